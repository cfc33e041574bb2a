"""From a draft to a record: identifiers, salts, commitments and canonical bytes (`docs/format.md` §2)."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from ledger.domain.catalogue import Stream, check
from ledger.domain.events import Draft, Event
from ledger.domain.instants import to_text
from ledger.errors import OperatorError
from ledger.storage.sealed import Disclosure
from verifier import disclosure, record
from verifier.errors import MalformedError

CLOCK_TOLERANCE: Final = timedelta(seconds=5)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SALT_BYTES: Final = 16


@dataclass(slots=True)
class Head:
    """Where the next record of a stream goes. ``recorded_at`` is the last record's, or ``None`` before the first."""

    number: int
    kind: Stream
    seq: int
    prev: str
    recorded_at: datetime | None


def uuid7(at: datetime) -> str:
    """Return a UUIDv7 (RFC 9562 §5.7): milliseconds since 1970, then 74 random bits."""
    milliseconds = (at - _EPOCH) // timedelta(milliseconds=1)
    noise = int.from_bytes(os.urandom(10))
    number = milliseconds << 80 | 0x7 << 76 | (noise >> 68) << 64 | 0b10 << 62 | noise & (1 << 62) - 1
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def disclose(draft: Draft) -> tuple[Disclosure, ...]:
    """Give every field a fresh salt of 128 random bits."""
    noise = os.urandom(_SALT_BYTES * len(draft.fields)).hex()
    width = 2 * _SALT_BYTES
    return tuple((noise[i * width : (i + 1) * width], name, draft.fields[name]) for i, name in enumerate(draft.fields))


def recorded_at(at: datetime, head: Head) -> datetime:
    """Return ``at``, but never before the stream's last record (format §2).

    A clock a few seconds behind another process's is evened out; `OperatorError` when it is further behind.
    """
    if head.recorded_at is None or at >= head.recorded_at:
        return at
    if head.recorded_at - at > CLOCK_TOLERANCE:
        message = f"the clock ({to_text(at)}) is behind the stream's last record ({to_text(head.recorded_at)}): set it"
        raise OperatorError(message, "系统时钟早于已有记录，请校准时钟")
    return head.recorded_at


def encode(draft: Draft, head: Head, recorded: datetime, opened: Sequence[Disclosure]) -> bytes:
    """Return the record's canonical bytes; ``ValueError`` when the catalogue or the format does not allow it."""
    row = check(draft)
    if row.stream is not head.kind:
        raise ValueError(f"{draft.type} lives in a stream of kind {row.stream}, not {head.kind}")
    if draft.occurred_at > recorded:
        raise ValueError(f"{draft.type} occurs after it is recorded: one act, one reading of the clock")
    try:
        return record.encode(
            {
                "v": 1,
                "type": draft.type,
                "id": uuid7(recorded),
                "stream": draft.stream,
                "seq": head.seq,
                "prev": head.prev,
                "occurred_at": to_text(draft.occurred_at),
                "recorded_at": to_text(recorded),
                "actor": {"id": draft.actor.id, "role": draft.actor.role.value},
                "refs": [{"leaf": ref.leaf, "role": ref.role} for ref in draft.refs],
                "fields": {name: disclosure.commitment(salt, name, value) for salt, name, value in opened},
                "documents": [
                    {"bytes": d.bytes, "media_type": d.media_type, "role": d.role, "sha256": d.sha256, "sm3": d.sm3}
                    for d in draft.documents
                ],
            }
        )
    except MalformedError as error:
        raise ValueError(f"{draft.type} cannot be recorded: {error.message}") from error


def event(draft: Draft, head: Head, index: int, leaf: str, recorded: datetime) -> Event:
    """Return what was recorded, as `Reader.events` will tell it."""
    return Event(
        type=draft.type,
        stream=draft.stream,
        seq=head.seq,
        index=index,
        leaf=leaf,
        actor=draft.actor,
        occurred_at=draft.occurred_at,
        recorded_at=recorded,
        fields=dict(draft.fields),
        refs=draft.refs,
        documents=draft.documents,
    )
