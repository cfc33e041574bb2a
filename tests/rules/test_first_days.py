"""Each rule is silent the instant before its law came into force, and speaks at that instant."""

from datetime import date, datetime, timedelta

import pytest

from ledger.domain.decision import Facts, Outcome
from ledger.domain.instants import day_of, start_of
from ledger.domain.investor import InvestorState
from ledger.domain.product import ProductState
from ledger.rules import load
from ledger.rules.engine import Rules
from ledger.rules.errors import LawNotInForceError
from ledger.rules.loader import parse, read
from ledger.rules.plan import Entry
from ledger.rules.registry import RULES as REGISTRY
from ledger.rules.rule import Rule
from tests.rules import world

RULES = load()
LAW = parse(read())
TICK = timedelta(microseconds=1)
DAYS = sorted({v.start for p in LAW.parameters.values() for v in p.values})
FIRST, BASIC = DAYS[0], LAW.sources["order_105"].start


def first_day(rule: Rule) -> date | None:
    """Return the first day on which all law is in force that the rule needs; policy has no first day of its own."""
    return max((LAW.parameters[k].values[0].start for k in rule.needs if not k.startswith("policy/")), default=None)


def entry(rules: Rules, rule: Rule, at: datetime) -> Entry:
    plan = rules._on(day_of(at))
    regime = min(rule.regimes)
    questions = plan.asked(regime, None if rule.decides else min(rule.steps))
    (found,) = [e for e in questions.entries if e.rule.key == rule.key]
    return found


@pytest.mark.parametrize("rule", [r for r in REGISTRY if first_day(r)], ids=lambda rule: rule.key)
def test_each_rule_is_silent_the_instant_before_its_law_and_speaks_at_it(rule: Rule) -> None:
    day = first_day(rule)
    assert day is not None
    at = start_of(day)
    assert entry(RULES, rule, at).judge is rule.judge
    if day == FIRST:
        with pytest.raises(LawNotInForceError, match="no rule reaches back"):
            entry(RULES, rule, at - TICK)
        return
    finding = entry(RULES, rule, at - TICK).judge(world.facts(), RULES.law(at - TICK), at - TICK)
    assert finding.outcome is Outcome.NOT_IN_FORCE
    assert finding.citation.norm in LAW.sources


@pytest.mark.parametrize("day", [day for day in DAYS if day > BASIC], ids=str)
def test_the_law_date_turns_at_midnight_in_shanghai(day: date) -> None:
    fund = ProductState(world.PRODUCT, regime="cn_private_fund", legal_form="contract")
    nobody = Facts(InvestorState(world.INVESTOR), fund)
    for at, named in ((start_of(day) - TICK, day - timedelta(days=1)), (start_of(day), day)):
        decision = RULES.decide(nobody, at=at, as_of=at, known_at=at)
        assert decision.law_date == named.isoformat()
        assert named == day or decision.changes_at == start_of(day)


def test_before_its_basic_norm_a_regime_does_not_exist() -> None:
    fund = ProductState(world.PRODUCT, regime="cn_private_fund", legal_form="contract")
    at = start_of(BASIC) - TICK
    with pytest.raises(LawNotInForceError, match=BASIC.isoformat()):
        RULES.decide(Facts(InvestorState(world.INVESTOR), fund), at=at, as_of=at, known_at=at)
