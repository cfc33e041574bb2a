"""Tiles of 16 hashes in place of 256, made anew from the records."""

import sqlalchemy as sa
from alembic import op

from ledger.storage import tiles

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("tiles")
    op.create_table(
        "tiles",
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("suite", sa.String(length=8), nullable=False),
        sa.Column("hashes", sa.LargeBinary(length=512), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("length(hashes) = 512 AND length(root) = 32"),
        sa.PrimaryKeyConstraint("level", "number", "suite"),
    )
    connection = op.get_bind()
    sealed = connection.execute(sa.text("SELECT coalesce(max(size), 0) FROM checkpoints")).scalar_one()
    tiles.extend(connection, 0, sealed)
    if connection.dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER tiles_no_{verb.lower()} BEFORE {verb} ON tiles "
                f"BEGIN SELECT RAISE(ABORT, 'tiles is append-only: {verb} refused'); END"
            )
    else:
        for verb, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER tiles_no_{verb.lower()} BEFORE {verb} ON tiles "
                f"FOR EACH {each} EXECUTE FUNCTION pfl_refuse()"
            )


def downgrade() -> None:
    raise NotImplementedError("append-only: restore a backup instead")
