"""What `scripts/make_vectors.py` builds from: fixed keys, fixed times, one seeded source of salts and ids."""
