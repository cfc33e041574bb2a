"""Which rules are asked, in which order, on one stretch of days without a change of law."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter
from typing import Final, NamedTuple

from ledger.domain.decision import Facts, Finding, Outcome
from ledger.domain.instants import start_of
from ledger.domain.keeping import Keeping
from ledger.domain.sale import Step
from ledger.rules.errors import ConflictingRulesError, RulesetError
from ledger.rules.law import Parameters
from ledger.rules.loader import Ruleset
from ledger.rules.rule import INVESTOR, NOT_APPLICABLE, PRODUCT, Judge, Rule

SPEAKING = (Outcome.PASS, Outcome.FAIL)
OF_CERTIFICATION = frozenset({"qualified_investor", "proof", "final_investors", "experience", "year_end"})
"""Questions of a regime about a certification under itself."""
NEVER: Final = datetime.max.replace(tzinfo=UTC)
PATTERNS = 4096
"""How many patterns of outcomes are remembered; a product on sale sees a few dozen."""


class Kept(NamedTuple):
    """Findings that hold for a state from ``since`` to before ``until``."""

    since: datetime
    until: datetime
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule on these days; not in force, its judgement always says so."""

    rule: Rule
    judge: Judge
    unconfirmed: tuple[str, ...]


class Plan:
    """The law from one change to the next: parameters, and what is asked of a decision or a step per regime."""

    def __init__(
        self, ruleset: Ruleset, rules: tuple[Rule, ...], start: date, end: date | None, *, allow_unconfirmed: bool
    ) -> None:
        self.parameters = Parameters(ruleset, start, allow_unconfirmed=allow_unconfirmed)
        self.changes_at = None if end is None else start_of(end)
        self._entries = [(rule, _entry(ruleset, rule, start, self.parameters)) for rule in rules]
        self._along: dict[tuple[str, tuple[str, ...], Step | None, object], Questions] = {}
        self._asked: dict[tuple[str, Step | None], Questions] = {}

    def asked(self, regime: str, step: Step | None) -> "Questions":
        """Return what is asked under a regime in a decision, or before ``step``; put together when first wanted."""
        found = self._asked.get((regime, step))
        if found is None:
            found = Questions(
                entry
                for rule, entry in self._entries
                if regime in rule.regimes and (rule.decides if step is None else step in rule.steps)
            )
            self._asked[regime, step] = found
        return found

    def along(self, regime: str, also: tuple[str, ...], step: Step | None, certifying: object) -> "Questions":
        """Return what is asked of a product that requires foreign regimes too: in a decision, or before ``step``.

        A certification under a foreign regime is judged by that regime, not by the words of the product's own.
        """
        chosen = (regime, also, step, certifying if step is Step.CERTIFY and certifying in also else None)
        if chosen not in self._along:
            self._along[chosen] = Questions(self._merged(*chosen))
        return self._along[chosen]

    def _merged(self, regime: str, also: tuple[str, ...], step: Step | None, certifying: object) -> Iterable[Entry]:
        def of(name: str) -> tuple[Entry, ...]:
            return self.asked(name, step).entries

        own = of(regime)
        if step is Step.CERTIFY:
            also = tuple(name for name in also if name == certifying)
            own = own if not also else tuple(e for e in own if e.rule.question not in OF_CERTIFICATION)
        return (*own, *(entry for name in also for entry in of(name)))


class Questions:
    """Entries to ask in order; two that answer the same question must agree."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        asked: dict[str, list[int]] = {}
        for place, entry in enumerate(self.entries):
            asked.setdefault(entry.rule.question, []).append(place)
        self._shared = {question: places for question, places in asked.items() if len(places) > 1}
        self._judges = tuple(entry.judge for entry in self.entries)
        self._alone = {name: self._of(name) for name in (PRODUCT, INVESTOR, "")}
        apart = [place for name in self._alone for place, e in enumerate(self.entries) if e.rule.alone == name]
        self._in_order = _picking([apart.index(place) for place in range(len(apart))])
        self._resting = lru_cache(PATTERNS)(self._resting_behind)

    def ask(self, facts: Facts, parameters: Parameters, at: datetime) -> tuple[Finding, ...]:
        """Return all findings; `ConflictingRulesError` names two rules that disagree."""
        findings = tuple([judge(facts, parameters, at) for judge in self._judges])
        if self._shared:
            self._agree(findings)
        return findings

    def decide(self, facts: Facts, parameters: Parameters, at: datetime) -> tuple[Finding, ...]:
        """As `ask`, for a decision: what a rule finds by the product or the investor alone is found once for it.

        Such a finding holds for every question about that state until time alone can change it, which is what
        ``changes_at`` says and tests hold every rule to. Whom art. 32 exempts is judged with the product in sight.
        """
        if facts.step is not None or facts.actor is not None or facts.inputs or facts.investor.exemption is not None:
            return self.ask(facts, parameters, at)
        by_product = self._kept(facts.product, self._alone[PRODUCT], facts, parameters, at)
        by_investor = self._kept(facts.investor, self._alone[INVESTOR], facts, parameters, at)
        by_both = [judge(facts, parameters, at) for judge in self._alone[""]]
        findings = self._in_order((*by_product, *by_investor, *by_both))
        if self._shared:
            self._agree(findings)
        return findings

    def _kept(
        self, state: Keeping, judges: Iterable[Judge], facts: Facts, parameters: Parameters, at: datetime
    ) -> tuple[Finding, ...]:
        known: Kept | None = state.judged.get(self)
        if known is None or not known.since <= at < known.until:
            findings = tuple([judge(facts, parameters, at) for judge in judges])
            ends = [end for finding in findings if (end := finding.changes_at) is not None and end > at]
            known = state.judged[self] = Kept(at, min(ends, default=NEVER), findings)
        return known.findings

    def _of(self, name: str) -> tuple[Judge, ...]:
        return tuple(entry.judge for entry in self.entries if entry.rule.alone == name)

    def unconfirmed(self, outcomes: tuple[Outcome, ...]) -> tuple[str, ...]:
        """Return what the rules that applied rest on without official confirmation, each once, in order."""
        return self._resting(outcomes)

    def _resting_behind(self, outcomes: tuple[Outcome, ...]) -> tuple[str, ...]:
        speaking = [e for e, outcome in zip(self.entries, outcomes, strict=True) if outcome is not NOT_APPLICABLE]
        return tuple(dict.fromkeys(key for entry in speaking for key in entry.unconfirmed))

    def _agree(self, findings: tuple[Finding, ...]) -> None:
        for question, places in self._shared.items():
            spoke = [findings[place] for place in places if findings[place].outcome in SPEAKING]
            for first, other in pairwise(spoke):
                if first.outcome is not other.outcome:
                    raise ConflictingRulesError(
                        f"{first.rule} says {first.outcome}, {other.rule} says {other.outcome}: decide which applies",
                        f"规则冲突:{first.rule} 与 {other.rule} 结论不一致",
                        question=question,
                    )


def _picking(places: Sequence[int]) -> Callable[[tuple[Finding, ...]], tuple[Finding, ...]]:
    """Return what picks from a tuple by place; `itemgetter` does, but for a single place it makes no tuple."""
    return itemgetter(*places) if len(places) > 1 else lambda findings: findings


def _entry(ruleset: Ruleset, rule: Rule, day: date, parameters: Parameters) -> Entry:
    for key in (*rule.needs, *rule.also):
        parameter = ruleset.parameters.get(key)
        if parameter is None:
            raise RulesetError(f"is missing, and the rule {rule.key} needs it", file=f"{key}.toml")
        if key in rule.needs and parameter.on(day) is None and not key.startswith("policy/"):
            return Entry(rule, _not_in_force(rule, ruleset, key, day), ())
    named = (*rule.needs, *rule.also, *rule.drafted)
    usable = [parameters.provisions[key] for key in named if key in parameters.provisions]
    return Entry(rule, rule.judge, tuple(dict.fromkeys(k for p in usable for k in p.unconfirmed)))


def _not_in_force(rule: Rule, ruleset: Ruleset, key: str, day: date) -> Judge:
    values = ruleset.parameters[key].values
    nearest = values[0] if day < values[0].start else values[-1]
    silent = Finding(
        rule.key,
        Outcome.NOT_IN_FORCE,
        nearest.citation,
        f"not in force on {day.isoformat()}",
        "该规定当时不在施行期间",
    )
    return lambda _facts, _parameters, _at: silent
