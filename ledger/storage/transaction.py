"""One exclusive unit of work (`ledger.ports.store.Transaction`)."""

import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, delete, func, insert, select

from ledger.domain.catalogue import Stream, channelled
from ledger.domain.events import Draft, Event
from ledger.domain.instants import from_text, require_utc, to_text
from ledger.errors import CallerError, ConflictError, IdempotencyConflictError, NotFoundError
from ledger.storage import building
from ledger.storage.building import Head
from ledger.storage.keys import KEY_BYTES, seal, unseal
from ledger.storage.messages import SqlMessages
from ledger.storage.reader import missing_leaves
from ledger.storage.schema import answers, disclosures, pending, records, streams, subject_keys
from ledger.storage.sealed import seal_disclosures, unwrap_subject_key, wrap_subject_key
from verifier import merkle, record

ANSWER_RETENTION: Final = timedelta(days=7)
ANSWER_BYTES: Final = 4 * 1024 * 1024
KEY_LENGTH: Final = 255
_LAST = records.alias("last")
_PLACES = (
    select(
        streams.c.number,
        streams.c.stream,
        streams.c.kind,
        subject_keys.c.wrapped,
        records.c.seq,
        records.c.leaf_sha256,
        records.c.record,
    )
    .join(subject_keys, subject_keys.c.stream == streams.c.number)
    .outerjoin(
        records,
        (records.c.stream == streams.c.number)
        & (records.c.seq == select(func.max(_LAST.c.seq)).where(_LAST.c.stream == streams.c.number).scalar_subquery()),
    )
    .where(streams.c.stream.in_(bindparam("names", expanding=True)))
)


class SqlTransaction(SqlMessages):
    """Reads its own writes; the store commits or rolls back."""

    def create(self, kind: Stream) -> str:
        """Reserve a new stream with its own subject key."""
        stream = secrets.token_hex(32)
        added = self._connection.execute(insert(streams).values(stream=stream, kind=kind.value))
        (number,) = added.inserted_primary_key or (None,)
        wrapped = wrap_subject_key(self._master, stream, secrets.token_bytes(KEY_BYTES))
        self._connection.execute(insert(subject_keys).values(stream=number, wrapped=wrapped))
        return stream

    def append(self, drafts: Sequence[Draft], at: datetime) -> tuple[Event, ...]:
        """Append records with contiguous indexes; ``ValueError``, `NotFoundError`, `ConflictError`."""
        require_utc(at)
        drafts = [channelled(draft) for draft in drafts]
        self._refuse_unknown_refs(drafts)
        heads, subjects = self._places({name for draft in drafts for name in (draft.stream, draft.subject)})
        keys: dict[str, bytes] = {}
        rows: list[dict[str, Any]] = []
        boxes: list[dict[str, Any]] = []
        events: list[Event] = []
        for index, draft in enumerate(drafts, self.size()):
            if draft.subject not in keys:
                keys[draft.subject] = self._key(draft.subject, subjects[draft.subject])
            head, key = heads[draft.stream], keys[draft.subject]
            recorded, opened = building.recorded_at(at, head), building.disclose(draft)
            body = building.encode(draft, head, recorded, opened)
            leaf = merkle.SHA256.leaf(body)
            place = {"idx": index, "stream": head.number, "seq": head.seq, "subject": heads[draft.subject].number}
            rows.append({**place, "leaf_sha256": leaf, "leaf_sm3": merkle.SM3.leaf(body), "record": body})
            boxes.append({"idx": index, "sealed": seal_disclosures(key, leaf, opened)})
            events.append(building.event(draft, head, index, leaf.hex(), recorded))
            head.seq, head.prev, head.recorded_at = head.seq + 1, leaf.hex(), recorded
        if rows:
            self._connection.execute(insert(records), rows)
            self._connection.execute(insert(disclosures), boxes)
        return tuple(events)

    def answer(self, key: str, actor: str, digest: str) -> bytes | None:
        """Return the first answer to this idempotency key; `IdempotencyConflictError` for another digest."""
        _bounded_key(key)
        wanted = select(answers.c.digest, answers.c.sealed).where(answers.c.actor == actor, answers.c.key == key)
        found = self._connection.execute(wanted).one_or_none()
        if found is None:
            return None
        if found.digest != digest:
            raise IdempotencyConflictError(
                "this Idempotency-Key was used for another request: take a new key for a new request",
                "该幂等键已用于另一请求，请为新请求使用新的幂等键",
            )
        return unseal(self._master.derive("answers"), found.sealed, f"{actor}:{key}".encode())

    def remember(self, key: str, actor: str, digest: str, answer: bytes, at: datetime) -> None:
        """Keep the answer, encrypted, for seven days in the same commit as the records it speaks of."""
        _bounded_key(key)
        if len(answer) > ANSWER_BYTES:
            raise ValueError(f"an answer of {len(answer)} bytes is more than {ANSWER_BYTES}: return less")
        sealed = seal(self._master.derive("answers"), answer, f"{actor}:{key}".encode())
        self._connection.execute(delete(answers).where(answers.c.remembered_at < to_text(at - ANSWER_RETENTION)))
        self._connection.execute(
            insert(answers).values(actor=actor, key=key, digest=digest, sealed=sealed, remembered_at=to_text(at))
        )

    def put_pending(self, name: str, body: bytes, expires_at: datetime) -> None:
        """Keep work in progress, encrypted; a second time replaces the first."""
        sealed = seal(self._master.derive("pending"), body, name.encode())
        self.drop_pending(name)
        values = {"name": name, "sealed": sealed, "expires_at": to_text(expires_at)}
        self._connection.execute(insert(pending).values(**values))

    def pending(self, name: str, at: datetime) -> bytes:
        """Return work in progress; `NotFoundError` when unknown or expired. Everything expired is forgotten."""
        self._connection.execute(delete(pending).where(pending.c.expires_at <= to_text(at)))
        found = self._connection.execute(select(pending.c.sealed).where(pending.c.name == name)).scalar_one_or_none()
        if found is None:
            raise NotFoundError("this work in progress is unknown or has expired: begin again", "该操作不存在或已过期")
        return unseal(self._master.derive("pending"), found, name.encode())

    def drop_pending(self, name: str) -> None:
        """Forget work in progress."""
        self._connection.execute(delete(pending).where(pending.c.name == name))

    def _places(self, names: set[str]) -> tuple[dict[str, Head], dict[str, bytes | None]]:
        """Ask once for where every stream stands and for its wrapped key; `NotFoundError` for an unknown one."""
        heads: dict[str, Head] = {}
        wrapped: dict[str, bytes | None] = {}
        for row in self._connection.execute(_PLACES, {"names": list(names)}):
            head = Head(row.number, Stream(row.kind), 0, record.ZERO, None)
            if row.seq is not None:
                head.seq, head.prev = row.seq + 1, row.leaf_sha256.hex()
                head.recorded_at = from_text(json.loads(row.record)["recorded_at"])
            heads[row.stream], wrapped[row.stream] = head, row.wrapped
        for name in names - heads.keys():
            self._stream(name)  # raises
        return heads, wrapped

    def _key(self, stream: str, wrapped: bytes | None) -> bytes:
        if wrapped is None:
            raise ConflictError(
                "the subject's key was destroyed: nothing more can be recorded about them", "主体密钥已销毁"
            )
        return unwrap_subject_key(self._master, stream, wrapped)

    def _refuse_unknown_refs(self, drafts: Sequence[Draft]) -> None:
        leaves = {ref.leaf for draft in drafts for ref in draft.refs}
        if leaves and (unknown := missing_leaves(self._connection, leaves)):
            raise NotFoundError("a record refers to one that does not exist", "引用的记录不存在", leaf=min(unknown))


def _bounded_key(key: str) -> None:
    if not 0 < len(key) <= KEY_LENGTH:
        raise CallerError(
            f"an Idempotency-Key has 1 to {KEY_LENGTH} characters", f"幂等键长度须为 1 至 {KEY_LENGTH} 个字符"
        )
