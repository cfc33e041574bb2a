"""Alembic's entry: runs on the connection that `ledger.storage.database` hands over."""

from alembic import context

from ledger.storage.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
