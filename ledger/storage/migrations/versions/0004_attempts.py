"""Signed transactions before they are sent, the block of each anchor, and writes that contracts refused."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempts",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("transaction", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.Column("call", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.Integer(), nullable=False),
        sa.Column("price", sa.String(length=78), nullable=False),
        sa.Column("tip", sa.String(length=78), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("transaction"),
        sqlite_autoincrement=True,
    )
    op.create_index("attempts_nonce", "attempts", ["account", "nonce"], unique=False)
    op.create_table(
        "left_out",
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("leaf", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["size"], ["checkpoints.size"]),
        sa.PrimaryKeyConstraint("size", "leaf"),
    )
    op.add_column("outbox", sa.Column("block_number", sa.Integer(), nullable=True))
    op.add_column("outbox", sa.Column("block_hash", sa.String(length=64), nullable=True))
    op.add_column("outbox", sa.Column("block_time", sa.String(length=27), nullable=True))
