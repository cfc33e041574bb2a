"""The adapters of the store port that are tested: SQLite, and PostgreSQL where there is a server."""

import os

POSTGRESQL = os.environ.get("PFL_TEST_POSTGRESQL")
"""URL of a PostgreSQL server whose user may create databases, such as postgresql+psycopg://user@/postgres?host=…"""
STORES = ("sqlite", "postgresql") if POSTGRESQL else ("sqlite",)
