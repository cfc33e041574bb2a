"""The stream map, by page and by the checkpoint that wrote it."""

import sqlalchemy as sa
from alembic import op

from ledger.errors import ConfigurationError

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT count(*) FROM checkpoints")).scalar_one():
        message = (
            "the checkpoints of this database have no stream map: they are of an unreleased version;"
            " begin a new data directory, or read this one with the version that wrote it"
        )
        raise ConfigurationError(message, "该数据库由未发布的旧版本写入，请使用新的数据目录")
    op.create_table(
        "map_pages",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("slots", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", "since"),
    )


def downgrade() -> None:
    raise NotImplementedError("append-only: restore a backup instead")
