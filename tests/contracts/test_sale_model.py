"""`SaleProcedure` against the procedure in Python, on random histories of records.

What the rules allow (募集 arts. 15, 29-32; 130号 art. 21) is recorded, told by `sale_steps` and taken by the contract,
and `proofOfOrder` is then what the fold of the records says. What they forbid the contract refuses too, if it is told.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.chain.errors import ContractRefusedError
from ledger.domain import investor, product, sale
from ledger.domain.actors import Actor, Role
from ledger.domain.decision import Facts, Outcome
from ledger.domain.events import Event, Value
from ledger.domain.instants import to_text
from ledger.domain.sale import SaleState, Step
from ledger.ports.anchor import ChainWrites, Exempt, SaleStep, SaleStepWrite, SaleTerms
from ledger.ports.store import Reader
from ledger.rules import exempting, load
from ledger.rules.cn.amac_raising import art15_order, art29_cooling_off, art30_visit_items, art31_rescission
from ledger.rules.cn.order_130 import art21_rematch
from ledger.services.sale_steps import sale_steps
from tests.contracts.world import START, World, digest

LAW = load()
PARAMETERS = LAW.law(START)
RULES = tuple(
    exempting.wrap(rule)
    for rule in (
        art15_order.RULE,
        art29_cooling_off.RULE,
        art30_visit_items.EFFECT,
        art31_rescission.RULE,
        art21_rematch.RULE,
    )
)
PRODUCT, INVESTOR = digest("a fund"), digest("an investor")
MINUTE, LATE = timedelta(minutes=1), START + timedelta(days=400)
MATCH: Final[Mapping[str, Value]] = {"tolerance": "C4", "lowest": False, "risk_level": "R3", "outcome": "match"}
MONEY: Final[Value] = {"amount": "1000000", "currency": "CNY"}
INTRODUCED: Final[Mapping[str, Value]] = {
    "name": "n",
    "code": "c",
    "manager": "m",
    "regime": "cn_private_fund",
    "legal_form": "contractual",
    "filing_number": "f",
    "raising_account": "a",
    "minimum": MONEY,
    "special_risks": [],
}
# word: (what is asked of the rules, the record, its fields, the chain's step); without a question it simply happens
WORDS: Final[dict[str, tuple[Step | None, str, Mapping[str, Value], SaleStep | None]]] = {
    "open": (
        Step.OPEN,
        "sale.opened",
        {"investor": INVESTOR, "product": PRODUCT, "amount": MONEY, "fee": MONEY},
        SaleStep.OPENED,
    ),
    "match": (Step.MATCH, "match.completed", MATCH, None),
    "supersede": (None, "match.superseded", MATCH, None),
    "withdraw": (None, "match.withdrawn", MATCH, None),
    "acknowledge": (Step.ACKNOWLEDGE_MATCH, "match.acknowledged", {}, SaleStep.MATCHED),
    "present": (Step.PRESENT_DISCLOSURE, "disclosure.presented", {}, None),
    "disclose": (Step.SIGN_DISCLOSURE, "document.signed", {"purpose": "risk_disclosure"}, SaleStep.DISCLOSED),
    "qualify": (
        Step.CONFIRM_QUALIFICATION,
        "qualification.confirmed",
        {"certification": "c" * 64},
        SaleStep.QUALIFIED,
    ),
    "sign": (Step.SIGN_CONTRACT, "document.signed", {"purpose": "fund_contract"}, SaleStep.SIGNED),
    "complete": (Step.COMPLETE_CONTRACT, "contract.completed", {}, SaleStep.COMPLETED),
    "pay": (
        Step.RECEIVE_PAYMENT,
        "payment.received",
        {"amount": MONEY, "payer_is_investor": True, "account": "a"},
        SaleStep.PAID,
    ),
    "visit": (Step.VISIT, "visit.completed", {"successful": True}, SaleStep.VISITED),
    "effect": (Step.MAKE_EFFECTIVE, "sale.effective", {"visit": None}, SaleStep.EFFECTIVE),
    "rescind": (Step.RESCIND, "sale.rescinded", {}, SaleStep.RESCINDED),
}
WAY: Final = "open match acknowledge present disclose qualify sign complete pay visit".split()
SELLER, VISITOR = Actor("1" * 32, Role.SALES), Actor("2" * 32, Role.VISITOR)
_numbers = itertools.count()


@dataclass
class Books:
    """The records of one sale, and what the rules and the contract say of them."""

    world: World
    stream: str
    streams: dict[str, list[Event]] = field(default_factory=dict)
    now: datetime = START
    sent: int = 0
    index: int = 0
    taken: list[str] = field(default_factory=list)

    def add(self, stream: str, kind: str, fields: Mapping[str, Value]) -> None:
        kept, by = self.streams.setdefault(stream, []), VISITOR if kind.startswith("visit") else SELLER
        leaf = digest(f"{self.stream} {self.index}")
        kept.append(Event(kind, stream, len(kept), self.index, leaf, by, self.now, self.now, fields))
        self.index += 1

    def events(self, stream: str) -> tuple[Event, ...]:
        return tuple(self.streams.get(stream, ()))

    @property
    def facts(self) -> Facts:
        events = self.events(self.stream)
        return Facts(
            investor=investor.fold(INVESTOR, self.events(INVESTOR)),
            product=product.fold(PRODUCT, self.events(PRODUCT)),
            sale=sale.fold(self.stream, events) if events else None,
        )

    @property
    def state(self) -> SaleState:
        return self.facts.sale or SaleState(self.stream)

    def allowed(self, word: str) -> bool:
        """Ask the rules; what no rule is asked about comes over a match that is there, until the sale has ended."""
        asked, known = WORDS[word][0], self.state
        if asked is None:
            return known.matched_at is not None and known.effective_at is None and known.rescinded_at is None
        if known.opened_at is None and asked is not Step.OPEN:
            return False
        facts = replace(self.facts, step=asked)
        findings = [rule.judge(facts, PARAMETERS, self.now) for rule in RULES if asked in rule.steps]
        return all(found.outcome in {Outcome.PASS, Outcome.NOT_APPLICABLE} for found in findings)

    def happen(self, word: str) -> None:
        """Record it, and have the chain take what it is told of it."""
        _, kind, fields, _ = WORDS[word]
        if word == "effect" and (visit := self.state.visited) is not None:
            fields = {"visit": visit.leaf}
        self.add(self.stream, kind, fields)
        writes = [step for _, step in sale_steps(cast(Reader, self), LAW, self.stream)]
        if fresh := tuple(writes[self.sent :]):
            self.world.log.record_ahead(ChainWrites(sale_steps=fresh))
        self.sent = len(writes)
        self.taken.append(word)

    def refuse(self, word: str) -> None:
        """Tell the chain what the rules forbid; times are no excuse, so it claims the present one."""
        step = WORDS[word][3]
        if step is None or self._beyond(step):
            return
        exempt = self.facts.investor.exemption
        told = Exempt.NOTHING
        if exempt is not None and exempt.stands(self.now):
            told = Exempt.VISIT if exempt.basis == exempting.INSTITUTION else Exempt.QUALIFICATION
        terms = SaleTerms(24, "paid", visit_due=True) if step is SaleStep.OPENED else None
        leaf = digest(f"{self.stream} refused {self.index}")
        write = SaleStepWrite(self.stream, leaf, step, self.sent + 1, self.now, terms, told)
        with pytest.raises(ContractRefusedError):
            self.world.log.record_ahead(ChainWrites(sale_steps=(write,)))

    def _beyond(self, step: SaleStep) -> bool:
        """Tell what the contract cannot know: opinions, papers shown again, what a fallen match does to papers."""
        held = self.world.sales.sale(self.stream)
        if held is None or held.ended is not None:
            return False
        if step is SaleStep.MATCHED:
            return held.reopened or SaleStep.MATCHED not in held.done
        if step in {SaleStep.DISCLOSED, SaleStep.QUALIFIED}:
            return SaleStep.MATCHED in held.done and step not in held.done
        at_its_end = held.cooling_off_ends == self.now  # the last second of cooling-off: the record decides
        return at_its_end and step in {SaleStep.VISITED, SaleStep.EFFECTIVE}

    def compare(self) -> None:
        """Hold `proofOfOrder` against the fold."""
        held, known = self.world.sales.sale(self.stream), self.state
        if held is None:
            assert known.opened_at is None
            return
        visit = known.visited
        told = {
            SaleStep.OPENED: known.opened_at,
            SaleStep.DISCLOSED: known.disclosure_signed_at,
            SaleStep.SIGNED: known.contract_signed_at,
            SaleStep.COMPLETED: known.contract_completed_at,
            SaleStep.PAID: known.paid_at,
            SaleStep.RESCINDED: known.rescinded_at,
            SaleStep.VISITED: None if visit is None else visit.at,
            SaleStep.EFFECTIVE: known.effective_at if visit is None else None,
        }
        for step, at in told.items():
            assert held.done.get(step) == at, step
        assert (SaleStep.QUALIFIED in held.done) == (known.qualification_confirmed_at is not None)
        if held.ended is None:
            stands = known.match_acknowledged_at is not None
            assert (SaleStep.MATCHED in held.done and not held.reopened) == stands
        fund = self.facts.product
        length, start = art29_cooling_off.length(fund, PARAMETERS), art29_cooling_off.start(fund)
        assert held.cooling_off_ends == known.cooling_off_ends(length, start)
        assert held.terms == SaleTerms(length // timedelta(hours=1), start, fund.return_visit)
        assert held.steps == self.sent


@pytest.fixture(scope="module")
def late(shared_world: World) -> World:
    """A chain whose blocks are later than every time claimed below."""
    shared_world.at(LATE)
    shared_world.log.record_ahead(ChainWrites())
    return shared_world


funds = st.fixed_dictionaries(
    {
        "fund_type": st.sampled_from(["equity", "securities"]),
        "cooling_off_hours": st.sampled_from([0, 24, 48]),
        "cooling_off_from": st.sampled_from(["paid", "signed", "signed_and_paid"]),
        "return_visit": st.booleans(),
    }
)
passing = st.sampled_from([1, 30, 11 * 60, 24 * 60, 24 * 60 + 1, 48 * 60])  # minutes before the next attempt
attempts = st.lists(st.tuples(st.sampled_from([*["next"] * 20, *WORDS]), passing), min_size=4, max_size=26)


@pytest.mark.slow
@settings(max_examples=14, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(fund=funds, exempt=st.sampled_from(["", "", "", "pension"]), history=attempts)
def test_the_contract_keeps_the_order_that_the_rules_keep(
    late: World, fund: dict[str, Value], exempt: str, history: list[tuple[str, int]]
) -> None:
    _walk(late, fund, exempt, history)


@pytest.mark.nightly
@pytest.mark.timeout(3_600)
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(fund=funds, exempt=st.sampled_from(["", "", "", "pension"]), history=attempts)
def test_many_histories_keep_the_same_order(
    late: World, fund: dict[str, Value], exempt: str, history: list[tuple[str, int]]
) -> None:
    _walk(late, fund, exempt, history)


@pytest.mark.parametrize(
    ("return_visit", "exempt", "words"),
    [
        (True, "", "visit sign pay"),  # forbidden at the start: refused by both
        (True, "", " ".join(WAY[:9]) + " effect visit match rescind effect"),
        (True, "", " ".join(WAY[:9]) + " withdraw visit complete rescind"),
        (True, "", " ".join(WAY) + " withdraw match acknowledge effect"),
        (False, "", " ".join(WAY[:9]) + " supersede effect acknowledge effect"),
        (True, "pension", "open match acknowledge present disclose sign pay complete effect"),
    ],
)
def test_histories_that_chance_seldom_draws(late: World, return_visit: bool, exempt: str, words: str) -> None:  # noqa: FBT001 - a parametrized case
    fund: dict[str, Value] = {"fund_type": "equity", "cooling_off_hours": 0, "cooling_off_from": "paid"}
    _walk(late, {**fund, "return_visit": return_visit}, exempt, [(word, 24 * 60 + 1) for word in words.split()])


def _walk(world: World, fund: Mapping[str, Value], exempt: str, history: list[tuple[str, int]]) -> None:
    books = Books(world, digest(f"a sale {next(_numbers)}"))
    books.add(PRODUCT, "product.introduced", {**INTRODUCED, **fund})
    books.add(INVESTOR, "investor.registered", {"kind": "institution", "channel": "web"})
    if exempt:
        until = to_text(LATE + timedelta(days=900))
        books.add(INVESTOR, "exemption.granted", {"basis": exempt, "valid_until": until})
    for attempt, minutes in history:
        books.now += minutes * MINUTE
        word = next((w for w in WAY if w not in books.taken), "effect") if attempt == "next" else attempt
        if books.allowed(word):
            books.happen(word)
        else:
            books.refuse(word)
    books.compare()
