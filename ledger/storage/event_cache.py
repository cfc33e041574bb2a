"""Events already checked, decrypted and parsed. A row is trusted again only if it is byte for byte the same row."""

from collections import OrderedDict
from dataclasses import replace
from threading import Lock
from typing import TypeAlias

from ledger.domain.events import Event

RecordRow: TypeAlias = tuple[int, str, int, bytes, bytes, bytes, str, bytes | None, bytes | None]
"""index, stream, seq, record, leaf SHA-256, leaf SM3, subject, wrapped key, sealed disclosures"""


class EventCache:
    """The last events asked for; their opened values stay in memory until forgotten or pushed out."""

    def __init__(self, capacity: int = 8192) -> None:
        """``capacity`` in events."""
        self._capacity = capacity
        self._kept: OrderedDict[int, tuple[RecordRow, Event]] = OrderedDict()
        self._lock = Lock()

    def get(self, row: RecordRow) -> Event | None:
        """Return the event of exactly this row: a changed byte, a destroyed key or a moved record does not match."""
        with self._lock:
            found = self._kept.get(row[0])
            if found is None or found[0] != row:
                return None
            self._kept.move_to_end(row[0])
        return replace(found[1], fields=dict(found[1].fields))

    def put(self, row: RecordRow, event: Event) -> None:
        """Keep an event whose row was checked; forget the oldest."""
        with self._lock:
            self._kept[row[0]] = (row, replace(event, fields=dict(event.fields)))
            if len(self._kept) > self._capacity:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forget everything (a subject's key was destroyed)."""
        with self._lock:
            self._kept.clear()
