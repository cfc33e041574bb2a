"""Find the streams about a subject (the sales of an investor) by the subject of their first record."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    first = sa.text("seq = 0")
    op.create_index(
        "records_first_of_subject", "records", ["subject", "stream"], sqlite_where=first, postgresql_where=first
    )
