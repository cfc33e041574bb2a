"""Rebuild the facts of a recorded decision from the records that an evidence bundle discloses; no database."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime

from ledger.domain import investor, product, sale
from ledger.domain.actors import Actor, Role
from ledger.domain.decision import Facts
from ledger.domain.events import DocumentRef, Event, Ref, Value, seen
from ledger.domain.instants import from_text
from ledger.domain.investor import money_of
from verifier import disclosure, record
from verifier.bundle import Bundle
from verifier.errors import UndecidedError
from verifier.record import Record

RECEIPTS = ("decision.made", "eligibility.decided")
_NO_FACT = frozenset({"investor.code_sent", "investor.code_rejected"})
"""One-time codes stay secret, and no rule looks at them."""


class Disclosed(Mapping[str, Value]):
    """The opened fields of one record. Asking for a withheld one is an `UndecidedError`, never a default."""

    def __init__(self, known: Record, opened: Mapping[str, Value]) -> None:
        self._record, self._opened = known, opened

    def __getitem__(self, name: str) -> Value:
        if name in self._opened or name not in self._record.fields:
            return self._opened[name]
        raise UndecidedError(
            "withheld",
            f"record {self._record.type} {self._record.leaf_sha256[:12]}… withholds {name}, which the facts need",
            leaf=self._record.leaf_sha256,
            field=name,
        )

    def __contains__(self, name: object) -> bool:
        if name in self._record.fields and name not in self._opened:
            self[str(name)]  # raises: whether it was there is known, what it said is not
        return name in self._opened

    def __iter__(self) -> Iterator[str]:
        return iter(self._opened)

    def __len__(self) -> int:
        return len(self._opened)


class Held:
    """The events of a bundle that has been verified, by stream and in order."""

    def __init__(self, bundle: Bundle) -> None:
        self._streams: defaultdict[str, list[Event]] = defaultdict(list)
        self.receipts: list[Event] = []
        self.signed: list[Event] = []
        """Signatures that name the shortest reading time."""
        for entry in bundle.records:
            known = record.of(entry.record)
            event = _event(entry.index, known, disclosure.open_fields(known.fields, entry.disclosures))
            self._streams[event.stream].append(event)
            if event.type in RECEIPTS:
                self.receipts.append(event)
            if event.type == "document.signed" and "reading" in known.fields:
                self.signed.append(event)

    def facts(self, receipt: Event, body: Mapping[str, Value]) -> Facts:
        """Return what was known when ``receipt`` was written; `UndecidedError` names what the bundle lacks.

        Records of before the receipt, seen at the decision's ``as_of`` and ``known_at``.
        """
        known = moments(body)
        of_sale = body.get("sale")
        return Facts(
            investor=investor.fold(str(body["investor"]), self._before(receipt, str(body["investor"]), *known)),
            product=product.fold(str(body["product"]), self._before(receipt, str(body["product"]), *known)),
            sale=None if of_sale is None else sale.fold(str(of_sale), self._before(receipt, str(of_sale), *known)),
            amount=None if body["amount"] is None else money_of(body["amount"]),
            fee=None if body["fee"] is None else money_of(body["fee"]),
        )

    def _before(self, receipt: Event, stream: str, as_of: datetime, known_at: datetime) -> tuple[Event, ...]:
        if stream not in self._streams:
            raise UndecidedError(
                "stream_missing",
                f"the bundle does not hold stream {stream[:12]}…: it is about another sale or product",
                stream=stream,
            )
        earlier = [e for e in self._streams[stream] if e.index < receipt.index]
        return seen(earlier, as_of=as_of, known_at=known_at)


def moments(body: Mapping[str, Value]) -> tuple[datetime, datetime]:
    """Return ``as_of`` and ``known_at`` of a recorded decision."""
    return from_text(str(body["as_of"])), from_text(str(body["known_at"]))


def _event(index: int, known: Record, opened: Mapping[str, Value]) -> Event:
    return Event(
        type=known.type,
        stream=known.stream,
        seq=known.seq,
        index=index,
        leaf=known.leaf_sha256,
        actor=Actor(known.actor_id, Role(known.actor_role)),
        occurred_at=from_text(known.occurred_at),
        recorded_at=from_text(known.recorded_at),
        fields=_seat(known, opened) or Disclosed(known, opened),
        refs=tuple(Ref(ref.role, ref.leaf) for ref in known.refs),
        documents=tuple(DocumentRef(d.sha256, d.sm3, d.bytes, d.media_type, d.role) for d in known.documents),
        withheld=known.type in _NO_FACT,
    )


def _seat(known: Record, opened: Mapping[str, Value]) -> dict[str, Value] | None:
    """Name somebody else's seat by the record that reserved it: whose it is stays withheld, that it counts does not."""
    if "sale" in opened:
        return None
    if known.type == "product.seats_reserved" and "seats" in opened:
        return {"seats": opened["seats"], "sale": known.leaf_sha256}
    reserved = next((ref.leaf for ref in known.refs if ref.role == "reservation"), None)
    if known.type == "product.seats_released" and reserved is not None:
        return {"sale": reserved}
    return None
