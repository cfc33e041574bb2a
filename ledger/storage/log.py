"""The transparency log: seals checkpoints over the records and proves against them (`ledger.ports.log`)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, func, insert, select

from ledger.domain.instants import require_utc, to_text
from ledger.errors import ConfigurationError, IntegrityError, NotFoundError
from ledger.ports.log import Proof, SealedCheckpoint
from ledger.storage import map_pages, tiles, tree
from ledger.storage.outbox import SqlOutbox
from ledger.storage.rows import CHECKPOINTS, head_of
from ledger.storage.schema import checkpoints, outbox, records, settings
from ledger.storage.store import SqlStore
from verifier import checkpoint, merkle, stream_map
from verifier.checkpoint import Checkpoint
from verifier.errors import VerificationError
from verifier.merkle import SUITES


class SqlLog(SqlOutbox):
    """Log, outbox and tiles over one store (`ledger.ports.outbox.AnchoredLog`)."""

    def __init__(self, store: SqlStore, origin: str, signer: Ed25519PrivateKey) -> None:
        """Use `open_log`."""
        super().__init__(store)
        self.origin = origin
        self.vkey = checkpoint.vkey(origin, signer.public_key())
        self._signer = signer
        self._cache = tiles.TileCache()

    def seal(self, at: datetime, *, limit: int | None = None) -> SealedCheckpoint | None:
        """Extend trees and stream map by records not yet covered, sign the new head and put it into the outbox."""
        now = to_text(require_utc(at))
        with self._store.writing() as connection:
            old, new = _size(connection), _records(connection)
            if new < old:
                message = f"{old} records were sealed and only {new} are there: restore a backup, then run `pfl fsck`"
                raise IntegrityError(message, "已封存的记录缺失，请恢复备份", sealed=old, records=new)
            if new == old:
                return None
            new = new if limit is None else min(new, old + limit)
            tiles.extend(connection, old, new)
            sha256, sm3 = tiles.roots_of(connection, new)
            head = Checkpoint(self.origin, new, sha256, sm3, map_pages.extend(connection, old, new))
            note = checkpoint.sign(head, self.origin, self._signer)
            connection.execute(insert(checkpoints).values(size=new, note=note, sealed_at=now))
            connection.execute(insert(outbox).values(size=new, state="sealed", changed_at=now))
        return SealedCheckpoint(head, note, at, "sealed", None, old)

    def latest(self, *, final: bool = False, within: int | None = None) -> SealedCheckpoint | None:
        """Return the newest checkpoint, or the newest whose anchor is final; of at most ``within`` records."""
        wanted = CHECKPOINTS.order_by(None).order_by(checkpoints.c.size.desc()).limit(1)
        if within is not None:
            wanted = wanted.where(checkpoints.c.size <= within)
        found = self.listed(wanted.where(outbox.c.state == "final") if final else wanted)
        return found[0] if found else None

    def covering(self, index: int, *, final: bool = False) -> SealedCheckpoint | None:
        """Return the first checkpoint with size > index (the first final one)."""
        wanted = CHECKPOINTS.where(checkpoints.c.size > index).limit(1)
        found = self.listed(wanted.where(outbox.c.state == "final") if final else wanted)
        return found[0] if found else None

    def checkpoints(self, *, after: int = 0, limit: int = 100) -> tuple[SealedCheckpoint, ...]:
        """List checkpoints with size > ``after``, by size."""
        return self.listed(CHECKPOINTS.where(checkpoints.c.size > after).limit(limit))

    def inclusion(self, index: int, size: int) -> Proof:
        """Prove that record ``index`` is in the tree of ``size``, and check the proof if that size was sealed."""
        with self._store.reading() as connection:
            if not 0 <= index < size <= _size(connection):
                raise _outside(f"no record {index} in a sealed tree of {size}", index=index, size=size)
            paths = tiles.nodes(connection, tree.inclusion(index, size), size, self._cache)
            leaves = connection.execute(
                select(records.c.leaf_sha256, records.c.leaf_sm3).where(records.c.idx == index)
            ).one()
            head = _sealed(connection, size)
        if head is not None:
            with _holding(f"record {index} in the tree of {size}"):
                for suite, leaf, path, root in zip(SUITES, leaves, paths, _roots(head), strict=True):
                    merkle.verify_inclusion(suite, leaf, index, size, path, root)
        return _proof(paths)

    def stream_proof(self, stream: str, size: int) -> stream_map.Proof:
        """Prove what the checkpoint of ``size`` says of a stream, and check the proof."""
        with self._store.reading() as connection:
            head = _sealed(connection, size)
            if head is None:
                raise _outside(f"there is no checkpoint of {size} records", size=size)
            proof = map_pages.prove(connection, bytes.fromhex(stream), size)
        with _holding(f"the end of stream {stream[:8]}… under the checkpoint of {size}"):
            stream_map.verify(bytes.fromhex(stream), proof, head.map_root)
        return proof

    def consistency(self, old: int, new: int) -> Proof:
        """Prove that the tree of ``new`` extends the tree of ``old``, and check the proof if both were sealed."""
        with self._store.reading() as connection:
            if not 0 < old <= new <= _size(connection):
                raise _outside(f"no consistency from {old} to {new} within the sealed tree", old=old, new=new)
            paths = tiles.nodes(connection, tree.consistency(old, new), new, self._cache)
            before, after = _sealed(connection, old), _sealed(connection, new)
        if before is not None and after is not None:
            with _holding(f"the tree of {old} in the tree of {new}"):
                for suite, path, first, last in zip(SUITES, paths, _roots(before), _roots(after), strict=True):
                    merkle.verify_consistency(suite, old, new, path, first, last)
        return _proof(paths)

    def tile(self, suite: str, level: int, number: int) -> bytes | None:
        """Return a complete tile."""
        with self._store.reading() as connection:
            return tiles.read(connection, suite, level, number)

    def tiles(self, suite: str) -> Sequence[tuple[int, int]]:
        """Name every stored tile."""
        with self._store.reading() as connection:
            return tiles.names(connection, suite)


def open_log(store: SqlStore, *, origin: str, signer: Ed25519PrivateKey) -> SqlLog:
    """Open the log of this database; `ConfigurationError` if it was begun under another origin or key.

    ``origin`` is also the key's name (C2SP): printable ASCII without space and plus.
    """
    log = SqlLog(store, origin, signer)
    with store.writing() as connection:
        known = select(settings.c.value).where(settings.c.name == "log_vkey")
        kept = connection.execute(known).scalar_one_or_none()
        if kept is None:
            connection.execute(insert(settings).values(name="log_vkey", value=log.vkey.encode()))
        elif kept != log.vkey.encode():
            message = f"this log is signed by {kept.decode()}, not {log.vkey}: name its own origin and key"
            raise ConfigurationError(message, "日志的名称或签名密钥与数据库不符")
    return log


def _size(connection: Connection) -> int:
    size: int = connection.execute(select(func.coalesce(func.max(checkpoints.c.size), 0))).scalar_one()
    return size


def _records(connection: Connection) -> int:
    count: int = connection.execute(select(func.coalesce(func.max(records.c.idx) + 1, 0))).scalar_one()
    return count


def _sealed(connection: Connection, size: int) -> Checkpoint | None:
    note = connection.execute(select(checkpoints.c.note).where(checkpoints.c.size == size)).scalar_one_or_none()
    return None if note is None else head_of(size, note)


def _roots(head: Checkpoint) -> tuple[bytes, bytes]:
    return head.sha256_root, head.sm3_root


def _proof(paths: list[list[bytes]]) -> Proof:
    sha256, sm3 = (tuple(node.hex() for node in path) for path in paths)
    return Proof(sha256, sm3)


def _outside(message: str, **evidence: int) -> NotFoundError:
    return NotFoundError(message, "超出已封存的日志范围", **evidence)


@contextmanager
def _holding(what: str) -> Iterator[None]:
    """Never hand out a proof that does not hold."""
    try:
        yield
    except VerificationError as error:
        message = f"the stored tree does not prove {what} ({error.message}): run `pfl fsck` and restore a backup"
        raise IntegrityError(message, "存储的默克尔树与检查点不符，请运行 pfl fsck 并恢复备份") from error
