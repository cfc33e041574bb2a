"""A rule: which provisions it needs, which question it answers, when it is asked, and its pure judgement."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeAlias

from ledger.domain.decision import Condition, Facts, Finding, Outcome
from ledger.domain.professional import Professional
from ledger.domain.sale import Step
from ledger.rules.law import Parameters, Provision

PASS, FAIL, NEEDS_EVIDENCE, NOT_APPLICABLE = (  # read once: a member costs a look-up each time
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.NEEDS_EVIDENCE,
    Outcome.NOT_APPLICABLE,
)
_finding: Callable[[tuple[object, ...]], Finding] = partial(tuple.__new__, Finding)
"""What ``Finding(…)`` does, without a call in Python: every decision makes dozens."""

Judge: TypeAlias = Callable[[Facts, Parameters, datetime], Finding]
PRODUCT, INVESTOR = "product", "investor"
CN_PRIVATE_FUND = frozenset({"cn_private_fund"})
CN_AM_PLAN = frozenset({"cn_am_plan"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``key`` is its legal address; rules of the same ``question`` must agree when both apply.

    ``needs``: the provisions without which it is not in force (it then cites the one that is absent);
    ``also``: those that may be absent on a day; ``drafted``: files that so far only a draft of the law has.
    ``decides``: asked in every decision. ``steps``: asked before these.
    ``reads_inputs``: judges what comes with the step (an answer, a payment), so it has no outlook.
    ``alone``: in a decision it looks at this state and at nothing else, so its finding is kept with the state.
    """

    key: str
    question: str
    needs: tuple[str, ...]
    judge: Judge
    decides: bool = False
    steps: frozenset[Step] = frozenset()
    reads_inputs: bool = False
    regimes: frozenset[str] = CN_PRIVATE_FUND
    also: tuple[str, ...] = ()
    drafted: tuple[str, ...] = ()
    alone: str = ""


def passed(
    rule: str, by: Provision, en: str, zh: str, rests_on: tuple[str, ...] = (), changes_at: datetime | None = None
) -> Finding:
    """State that the rule holds, until ``changes_at`` at least."""
    return _finding((rule, PASS, by.citation, en, zh, rests_on, None, changes_at))


def failed(
    rule: str,
    by: Provision,
    en: str,
    zh: str,
    *,
    rests_on: tuple[str, ...] = (),
    condition: Condition | None = None,
    changes_at: datetime | None = None,
) -> Finding:
    """State that the rule is broken; ``condition`` says what would mend it, if anything can."""
    return _finding((rule, FAIL, by.citation, en, zh, rests_on, condition, changes_at))


def missing(
    rule: str, by: Provision, en: str, zh: str, *, condition: Condition, rests_on: tuple[str, ...] = ()
) -> Finding:
    """State that evidence is missing; ``condition`` says which."""
    return _finding((rule, NEEDS_EVIDENCE, by.citation, en, zh, rests_on, condition, None))


def not_applicable(rule: str, by: Provision, en: str, zh: str) -> Finding:
    """State that the rule does not speak about this case."""
    return _finding((rule, NOT_APPLICABLE, by.citation, en, zh, (), None, None))


def ordinary_only(rule: str, by: Provision, standing: Professional) -> Finding:
    """State that the rule protects ordinary investors, and this one is professional for the time being."""
    en, zh = "the investor is professional: the rule protects ordinary ones", "投资者为专业投资者，该规定保护普通投资者"
    return not_applicable(rule, by, en, zh)._replace(rests_on=(standing.leaf,), changes_at=standing.valid_until)


def leaf(of: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Return the leaf of this record type, where there is one."""
    return (of[name],) if name in of else ()


def leaves(of: Mapping[str, str], *types: str) -> tuple[str, ...]:
    """Return the leaves of these record types, where there are any."""
    found = []
    for name in types:
        if name in of:
            found.append(of[name])  # noqa: PERF401 - a comprehension takes half as long again, a dozen times a decision
    return tuple(found)
