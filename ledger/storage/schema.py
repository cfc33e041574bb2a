"""The tables. `migrations/` makes them and adds what metadata cannot say (append-only triggers)."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

OUTBOX_STATES = ("sealed", "submitted", "mined", "final")
TILE_BYTES = 16 * 32
_INSTANT = 27  # the fixed width of an instant's text, which sorts as time does

settings = Table(
    "settings",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

streams = Table(
    "streams",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("stream", String(64), nullable=False, unique=True),
    Column("kind", String(32), nullable=False),
    CheckConstraint("length(stream) = 64"),
    sqlite_autoincrement=True,
)

subject_keys = Table(
    "subject_keys",
    metadata,
    Column("stream", Integer, ForeignKey("streams.number"), primary_key=True),
    Column("wrapped", LargeBinary, nullable=True),  # NULL: destroyed
)

records = Table(
    "records",
    metadata,
    Column("idx", Integer, primary_key=True, autoincrement=False),
    Column("stream", Integer, ForeignKey("streams.number"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("subject", Integer, ForeignKey("streams.number"), nullable=False),
    Column("leaf_sha256", LargeBinary(32), nullable=False, unique=True),
    Column("leaf_sm3", LargeBinary(32), nullable=False),
    Column("record", LargeBinary, nullable=False),
    UniqueConstraint("stream", "seq"),
    CheckConstraint("idx >= 0 AND seq >= 0"),
    CheckConstraint("length(leaf_sha256) = 32 AND length(leaf_sm3) = 32"),
)

_FIRST = records.c.seq == 0
Index(
    "records_first_of_subject",
    records.c.subject,
    records.c.stream,
    sqlite_where=_FIRST,
    postgresql_where=_FIRST,
)

disclosures = Table(
    "disclosures",
    metadata,
    Column("idx", Integer, ForeignKey("records.idx"), primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
)

tiles = Table(
    "tiles",
    metadata,
    Column("level", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("suite", String(8), primary_key=True),
    Column("hashes", LargeBinary(TILE_BYTES), nullable=False),
    Column("root", LargeBinary(32), nullable=False),
    CheckConstraint(f"length(hashes) = {TILE_BYTES} AND length(root) = 32"),
)

map_pages = Table(
    "map_pages",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("since", Integer, primary_key=True, autoincrement=False),
    Column("slots", LargeBinary, nullable=False),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("size", Integer, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
    Column("sealed_at", String(_INSTANT), nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("size", Integer, ForeignKey("checkpoints.size"), primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False),
    Column("transaction", String(66), nullable=True),
    Column("changed_at", String(_INSTANT), nullable=False),
    Column("block_number", Integer, nullable=True),
    Column("block_hash", String(64), nullable=True),
    Column("block_time", String(_INSTANT), nullable=True),
    CheckConstraint(f"state IN {OUTBOX_STATES}"),
    CheckConstraint("(state = 'sealed') = (\"transaction\" IS NULL)"),
)
Index("outbox_state", outbox.c.state, outbox.c.size)

attempts = Table(
    "attempts",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("transaction", String(64), nullable=False, unique=True),
    Column("account", String(128), nullable=False),
    Column("call", String(64), nullable=False),
    Column("nonce", Integer, nullable=False),
    Column("price", String(78), nullable=False),  # wei: wider than a column of numbers
    Column("tip", String(78), nullable=True),
    Column("raw", LargeBinary, nullable=False),
    Column("block", Integer, nullable=False),
    sqlite_autoincrement=True,
)
Index("attempts_nonce", attempts.c.account, attempts.c.nonce)

left_out = Table(
    "left_out",
    metadata,
    Column("size", Integer, ForeignKey("checkpoints.size"), primary_key=True, autoincrement=False),
    Column("leaf", String(64), primary_key=True),
)

timestamps = Table(
    "timestamps",
    metadata,
    Column("size", Integer, ForeignKey("checkpoints.size"), primary_key=True, autoincrement=False),
    Column("authority", String(255), primary_key=True),
    Column("token", LargeBinary, nullable=False),
    Column("stamped_at", String(_INSTANT), nullable=False),
)

cosignatures = Table(
    "cosignatures",
    metadata,
    Column("size", Integer, ForeignKey("checkpoints.size"), primary_key=True, autoincrement=False),
    Column("vkey", String(400), primary_key=True),
    Column("line", Text, nullable=False),
    Column("received_at", String(_INSTANT), nullable=False),
)

chain_cosignatures = Table(
    "chain_cosignatures",
    metadata,
    Column("size", Integer, ForeignKey("checkpoints.size"), primary_key=True, autoincrement=False),
    Column("vkey", String(400), primary_key=True),
    Column("witness", String(42), nullable=False),
    Column("deadline", String(_INSTANT), nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("state", String(16), nullable=False),
    Column("transaction", String(64), nullable=True),
    Column("problem", Text, nullable=False),
    Column("changed_at", String(_INSTANT), nullable=False),
)
Index("chain_cosignatures_state", chain_cosignatures.c.state, chain_cosignatures.c.size)

witness_troubles = Table(
    "witness_troubles",
    metadata,
    Column("vkey", String(400), primary_key=True),
    Column("problem", Text, nullable=False),
    Column("contradiction", Boolean, nullable=False),
    Column("since", String(_INSTANT), nullable=False),
)

timestamp_roots = Table(
    "timestamp_roots",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("certificate", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("until", String(_INSTANT), nullable=False),
)

answers = Table(
    "answers",
    metadata,
    Column("actor", String(64), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("remembered_at", String(_INSTANT), nullable=False),
)
Index("answers_remembered_at", answers.c.remembered_at)

pending = Table(
    "pending",
    metadata,
    Column("name", String(255), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("expires_at", String(_INSTANT), nullable=False),
)
Index("pending_expires_at", pending.c.expires_at)

messages = Table(
    "messages",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("stream", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("due_at", String(_INSTANT), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=True),  # NULL: ended
    sqlite_autoincrement=True,
)
Index("messages_due", messages.c.state, messages.c.due_at)

api_keys = Table(
    "api_keys",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String(16), nullable=False, unique=True),
    Column("secret_sha256", LargeBinary(32), nullable=False),
    Column("label", String(255), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("duty", String(32), nullable=False),
    Column("issued_at", String(_INSTANT), nullable=False),
    Column("revoked_at", String(_INSTANT), nullable=True),
    sqlite_autoincrement=True,
)

APPEND_ONLY = ("streams", "records", "tiles", "checkpoints", "timestamps")
"""Tables in which the database itself refuses every UPDATE and DELETE."""
