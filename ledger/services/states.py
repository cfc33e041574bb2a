"""Folded investors and products, kept so that a decision need not open and fold every record again.

Nothing here can be stale: a state is used only if the head read in the caller's own snapshot is the head it was folded
at, and a head's leaf hash commits to every record before it. So a revocation counts from its commit on, in every
process, and whoever's key was destroyed is folded anew. While nothing at all was committed, heads need not be read
again (`Store.mark`).
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Generic, TypeVar

from ledger.domain import investor, product
from ledger.domain.catalogue import Stream
from ledger.domain.events import Event, seen
from ledger.domain.investor import InvestorState
from ledger.domain.product import ProductState
from ledger.errors import NotFoundError
from ledger.ports.store import Reader, StreamHead

CAPACITY = 20_000
"""States of each kind: about 4 KB an investor."""

NAMED = 20
"""How many unknown streams an error names."""

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Kept(Generic[S]):
    """A state with the head it was folded at, and the latest instants in it."""

    head: StreamHead
    state: S
    occurred_at: datetime
    recorded_at: datetime


class Folds(Generic[S]):
    """The last states of one kind that were asked for."""

    def __init__(self, kind: Stream, fold: Callable[[str, Iterable[Event]], S], capacity: int = CAPACITY) -> None:
        """``fold`` is the domain's; ``capacity`` bounds what is kept."""
        self._kind, self._fold, self._capacity = kind, fold, capacity
        self._kept: OrderedDict[str, Kept[S]] = OrderedDict()
        self._current: tuple[object, dict[str, Kept[S]]] = (None, {})
        self._lock = Lock()

    def of(self, reader: Reader, streams: Sequence[str], *, as_of: datetime, known_at: datetime) -> dict[str, S]:
        """Return the states as of then, as known then; `NotFoundError` names what is not such a stream."""
        heads = reader.heads(streams)
        if strange := sorted({s for s in streams if s not in heads or heads[s].kind is not self._kind}):
            others = f" (and {len(strange) - 1} more)" if len(strange) > 1 else ""
            raise NotFoundError(
                f"there is no {self._kind} {strange[0][:12]}…{others}",
                f"{'投资者' if self._kind is Stream.INVESTOR else '产品'}不存在",
                streams=strange[:NAMED],
            )
        found: dict[str, S] = {}
        current = self._at(reader.mark())
        for stream, head in heads.items():
            kept = self._get(stream)
            if kept is None or kept.head != head:
                kept = self._put(stream, head, reader.events(stream))
            current[stream] = kept
            if kept.occurred_at <= as_of and kept.recorded_at <= known_at:
                found[stream] = kept.state
            else:  # a question about the past sees fewer records
                found[stream] = self._fold(stream, seen(reader.events(stream), as_of=as_of, known_at=known_at))
        return found

    def at(self, mark: object, stream: str, *, as_of: datetime, known_at: datetime) -> S | None:
        """Return a state as of then without reading, if it is known to be current at this mark."""
        at, current = self._current
        kept = current.get(stream) if at == mark else None
        return kept.state if kept and kept.occurred_at <= as_of and kept.recorded_at <= known_at else None

    def _at(self, mark: object) -> dict[str, Kept[S]]:
        """Return where to note what is current at a mark; nowhere, if it is not known what the caller sees."""
        if mark is None:
            return {}
        at, current = self._current
        if at != mark or len(current) > self._capacity:
            current = {}
            self._current = (mark, current)
        return current

    def __len__(self) -> int:
        return len(self._kept)

    def _get(self, stream: str) -> Kept[S] | None:
        with self._lock:
            kept = self._kept.get(stream)
            if kept is not None:
                self._kept.move_to_end(stream)
            return kept

    def _put(self, stream: str, head: StreamHead, events: Sequence[Event]) -> Kept[S]:
        kept = Kept(
            head,
            self._fold(stream, events),
            max(e.occurred_at for e in events),
            max(e.recorded_at for e in events),
        )
        with self._lock:
            self._kept[stream] = kept
            self._kept.move_to_end(stream)
            if len(self._kept) > self._capacity:
                self._kept.popitem(last=False)
        return kept


class States:
    """What decisions are made of."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        """``capacity`` bounds each kind."""
        self.investors: Folds[InvestorState] = Folds(Stream.INVESTOR, investor.fold, capacity)
        self.products: Folds[ProductState] = Folds(Stream.PRODUCT, product.fold, capacity)
