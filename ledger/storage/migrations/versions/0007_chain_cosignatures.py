"""Witnesses' cosignatures for the chain, and how far each has come."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chain_cosignatures",
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("vkey", sa.String(length=400), nullable=False),
        sa.Column("witness", sa.String(length=42), nullable=False),
        sa.Column("deadline", sa.String(length=27), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("transaction", sa.String(length=64), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(["size"], ["checkpoints.size"]),
        sa.PrimaryKeyConstraint("size", "vkey"),
    )
    op.create_index("chain_cosignatures_state", "chain_cosignatures", ["state", "size"])
