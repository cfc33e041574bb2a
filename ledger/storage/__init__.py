"""Records, keys, log and outbox on SQLAlchemy (SQLite in WAL mode; PostgreSQL by the same statements)."""
