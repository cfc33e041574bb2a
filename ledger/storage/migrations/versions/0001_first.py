"""Records, keys, log, outbox and everything beside them; append-only tables refuse UPDATE and DELETE."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_APPEND_ONLY = {
    "streams": ("UPDATE", "DELETE"),
    "records": ("UPDATE", "DELETE"),
    "disclosures": ("UPDATE",),  # deleting them is how the person is forgotten
    "subject_keys": ("DELETE",),
    "tiles": ("UPDATE", "DELETE"),
    "checkpoints": ("UPDATE", "DELETE"),
    "outbox": ("DELETE",),
    "timestamps": ("UPDATE", "DELETE"),
}

# The last guard against a gap, a second record in one place, and SQLite's INSERT OR REPLACE (which fires no DELETE).
_OUT_OF_PLACE = """
    NEW.idx <> (SELECT coalesce(max(idx) + 1, 0) FROM records)
    OR NEW.seq <> (SELECT coalesce(max(seq) + 1, 0) FROM records WHERE stream = NEW.stream)
    OR EXISTS (SELECT 1 FROM records WHERE leaf_sha256 = NEW.leaf_sha256)
"""


def upgrade() -> None:
    op.create_table(
        "answers",
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("remembered_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key"),
    )
    op.create_index("answers_remembered_at", "answers", ["remembered_at"], unique=False)
    op.create_table(
        "api_keys",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("secret_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("label", sa.String(length=255), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("duty", sa.String(length=32), nullable=False),
        sa.Column("issued_at", sa.String(length=27), nullable=False),
        sa.Column("revoked_at", sa.String(length=27), nullable=True),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "checkpoints",
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("size"),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("until", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "pending",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_index("pending_expires_at", "pending", ["expires_at"], unique=False)
    op.create_table(
        "settings",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "streams",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.CheckConstraint("length(stream) = 64"),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("stream"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "tiles",
        sa.Column("suite", sa.String(length=8), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(length=8192), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("length(hashes) = 8192 AND length(root) = 32"),
        sa.PrimaryKeyConstraint("suite", "level", "number"),
    )
    op.create_table(
        "outbox",
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("transaction", sa.String(length=66), nullable=True),
        sa.Column("changed_at", sa.String(length=27), nullable=False),
        sa.CheckConstraint("state IN ('sealed', 'submitted', 'mined', 'final')"),
        sa.CheckConstraint("(state = 'sealed') = (\"transaction\" IS NULL)"),
        sa.ForeignKeyConstraint(
            ["size"],
            ["checkpoints.size"],
        ),
        sa.PrimaryKeyConstraint("size"),
    )
    op.create_index("outbox_state", "outbox", ["state", "size"], unique=False)
    op.create_table(
        "records",
        sa.Column("idx", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Integer(), nullable=False),
        sa.Column("leaf_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("leaf_sm3", sa.LargeBinary(length=32), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("idx >= 0 AND seq >= 0"),
        sa.CheckConstraint("length(leaf_sha256) = 32 AND length(leaf_sm3) = 32"),
        sa.ForeignKeyConstraint(
            ["stream"],
            ["streams.number"],
        ),
        sa.ForeignKeyConstraint(
            ["subject"],
            ["streams.number"],
        ),
        sa.PrimaryKeyConstraint("idx"),
        sa.UniqueConstraint("leaf_sha256"),
        sa.UniqueConstraint("stream", "seq"),
    )
    op.create_table(
        "subject_keys",
        sa.Column("stream", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["stream"],
            ["streams.number"],
        ),
        sa.PrimaryKeyConstraint("stream"),
    )
    op.create_table(
        "timestamps",
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("authority", sa.String(length=255), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("stamped_at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["size"],
            ["checkpoints.size"],
        ),
        sa.PrimaryKeyConstraint("size", "authority"),
    )
    op.create_table(
        "disclosures",
        sa.Column("idx", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["idx"],
            ["records.idx"],
        ),
        sa.PrimaryKeyConstraint("idx"),
    )

    if op.get_bind().dialect.name == "sqlite":
        _sqlite_triggers()
    else:
        _postgresql_triggers()


def downgrade() -> None:
    raise NotImplementedError("append-only: restore a backup instead")


def _sqlite_triggers() -> None:
    for table, verbs in _APPEND_ONLY.items():
        for verb in verbs:
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: {verb} refused'); END"
            )
    op.execute(
        f"CREATE TRIGGER records_in_place BEFORE INSERT ON records WHEN {_OUT_OF_PLACE} "
        "BEGIN SELECT RAISE(ABORT, 'records are appended in order: INSERT refused'); END"
    )


def _postgresql_triggers() -> None:
    op.execute(
        "CREATE FUNCTION pfl_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP; END $$"
    )
    for table, verbs in _APPEND_ONLY.items():
        for verb in (*verbs, "TRUNCATE"):
            each = "STATEMENT" if verb == "TRUNCATE" else "ROW"
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION pfl_refuse()"
            )
    op.execute(
        "CREATE FUNCTION pfl_in_place() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {_OUT_OF_PLACE} THEN RAISE EXCEPTION 'records are appended in order: INSERT refused'; END IF; "
        "RETURN NEW; END $$"
    )
    op.execute("CREATE TRIGGER records_in_place BEFORE INSERT ON records FOR EACH ROW EXECUTE FUNCTION pfl_in_place()")
