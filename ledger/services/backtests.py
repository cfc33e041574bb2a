"""Back-test: decide every recorded sale again under the law and under a draft of it, and tell which answers flip."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from ledger.domain import investor, product, sale
from ledger.domain.catalogue import Stream
from ledger.domain.decision import Decision, Facts, Finding
from ledger.domain.events import Event, Value, seen
from ledger.domain.instants import day_of, to_text
from ledger.domain.money import Money
from ledger.errors import CallerError
from ledger.ports.store import Reader
from ledger.rules import Rules
from ledger.rules.drafts import Draft, lay_over
from ledger.services.ledger import Ledger

PAGE = 500
PRODUCTS = 64
Progress = Callable[[int, int], None]
"""Called with how many sales are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that answers otherwise under the draft; ``finding`` is the draft's."""

    before: str
    finding: Finding

    def as_json(self) -> dict[str, Value]:
        """Return the wire form."""
        return {"before": self.before, **self.finding.as_json()}


@dataclass(frozen=True, slots=True)
class Flip:
    """A sale whose answer would be another one. ``recorded`` is what its last receipt says, if it has one."""

    sale: str
    decided_at: datetime
    amount: Money
    recorded: str | None
    law: str
    draft: str
    reasons: tuple[Reason, ...]

    def as_json(self) -> dict[str, Value]:
        """Return the wire form."""
        return {
            "sale": self.sale,
            "decided_at": to_text(self.decided_at),
            "amount": {**self.amount.as_json()},
            "recorded": self.recorded,
            "law": self.law,
            "draft": self.draft,
            "reasons": [r.as_json() for r in self.reasons],
        }


@dataclass(frozen=True, slots=True)
class Backtest:
    """What a draft would have changed. ``answers`` counts (answer by law, answer by draft)."""

    draft: str
    since: date
    law_digest: str
    draft_digest: str
    files: tuple[str, ...]
    sales: int
    answers: Counter[tuple[str, str]]
    flips: tuple[Flip, ...]
    undecided: tuple[tuple[str, str], ...]

    def as_json(self) -> dict[str, Value]:
        """Return the wire form."""
        answers: list[Value] = [
            {"law": law, "draft": new, "sales": n} for (law, new), n in sorted(self.answers.items())
        ]
        undecided: list[Value] = [{"sale": stream, "reason": reason} for stream, reason in self.undecided]
        return {
            "draft": self.draft,
            "since": self.since.isoformat(),
            "law_digest": self.law_digest,
            "draft_digest": self.draft_digest,
            "files": list(self.files),
            "sales": self.sales,
            "answers": answers,
            "flips": [f.as_json() for f in self.flips],
            "undecided": undecided,
        }


def backtest(
    ledger: Ledger,
    reader: Reader,
    folder: Path,
    *,
    first: date | None = None,
    until: date | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Backtest:
    """Try a draft out on the sales opened from ``first`` to the day before ``until`` (Asia/Shanghai days).

    Each is decided at its last recorded decision (or, without one, its last record), with what was known then. A draft
    that would begin later is applied as if it were law on that day, and so is the law it is compared with.
    `RulesetError` points at the draft's first mistake.
    """
    if first is not None and until is not None and until <= first:
        raise CallerError(
            "`until` must be later than `from`: it is the first day that is left out", "截止日须晚于起始日"
        )
    draft = lay_over(ledger.rules.files(), folder)
    streams = tuple(_sales(reader))
    answers: Counter[tuple[str, str]] = Counter()
    flips: list[Flip] = []
    undecided: list[tuple[str, str]] = []
    tried = 0
    of_product = lru_cache(PRODUCTS)(reader.events)
    for number, stream in enumerate(streams, 1):
        events = reader.events(stream)
        if _within(events, first, until):
            tried += 1
            outcome = _try(ledger.rules, draft, Asked(reader.events, of_product), stream, events)
            if isinstance(outcome, str):
                undecided.append((stream, outcome))
            else:
                answers[outcome.law, outcome.draft] += 1
                if outcome.law != outcome.draft:
                    flips.append(outcome)
        progress(number, len(streams))
    return Backtest(
        draft.name,
        draft.since,
        ledger.rules.digest,
        draft.rules.digest,
        draft.files,
        tried,
        answers,
        tuple(flips),
        tuple(undecided),
    )


def _sales(reader: Reader) -> Iterator[str]:
    after = None
    while page := reader.streams(Stream.SALE, after=after, limit=PAGE):
        yield from page
        after = page[-1]


def _within(events: tuple[Event, ...], first: date | None, until: date | None) -> bool:
    day = day_of(events[0].occurred_at)
    return (first is None or first <= day) and (until is None or day < until)


@dataclass(frozen=True, slots=True)
class Asked:
    """Where events are read from; those of a product, which many sales share, are kept for a while."""

    investor: Callable[[str], tuple[Event, ...]]
    product: Callable[[str], tuple[Event, ...]]


def _try(law: Rules, draft: Draft, asked: Asked, stream: str, events: tuple[Event, ...]) -> Flip | str:
    """Return both answers, or why there is none."""
    receipt = next((e for e in reversed(events) if e.type == "decision.made"), None)
    at = (receipt or events[-1]).occurred_at
    facts, withheld = _facts(asked, stream, events, at)
    if withheld:
        return "the investor's key was destroyed: what the sale was about is no longer known"
    day = max(day_of(at), draft.since)
    try:
        before = law.decide(facts, at=at, as_of=at, known_at=at, law_date=day)
        after = draft.rules.decide(facts, at=at, as_of=at, known_at=at, law_date=day)
    except CallerError as error:
        return error.message
    if facts.amount is None:
        return "the sale names no amount"
    reasons = _reasons(before, after)
    return Flip(stream, at, facts.amount, _recorded(receipt), before.answer.value, after.answer.value, reasons)


def _facts(asked: Asked, stream: str, events: tuple[Event, ...], at: datetime) -> tuple[Facts, bool]:
    known = seen(events, as_of=at, known_at=at)
    state = sale.fold(stream, known)
    if any(e.withheld for e in known):
        return Facts(investor.fold("", ()), product.fold("", ())), True
    of_investor = seen(asked.investor(state.investor), as_of=at, known_at=at)
    of_product = seen(asked.product(state.product), as_of=at, known_at=at)
    facts = Facts(
        investor.fold(state.investor, of_investor),
        product.fold(state.product, of_product),
        sale=state,
        amount=state.amount,
        fee=state.fee,
    )
    return facts, any(e.withheld for e in of_investor)


def _recorded(receipt: Event | None) -> str | None:
    body = None if receipt is None else receipt.fields["decision"]
    return str(body["answer"]) if isinstance(body, dict) else None


def _reasons(before: Decision, after: Decision) -> tuple[Reason, ...]:
    """Return the findings that differ in outcome; a rule that only one side knows has no outcome on the other."""
    old = {f.rule: f.outcome.value for f in before.findings}
    return tuple(
        Reason(old.get(f.rule, "NOT_IN_FORCE"), f)
        for f in after.findings
        if f.outcome.value != old.get(f.rule, "NOT_IN_FORCE")
    )
