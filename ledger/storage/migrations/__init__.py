"""Alembic migrations, run by `ledger.storage.database` when a database is opened."""
