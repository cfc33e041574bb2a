"""The engine: facts and the law's date in, findings and a decision out. Pure, and fast because laws change rarely."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from operator import attrgetter

from ledger.domain.actors import Actor
from ledger.domain.decision import Answer, Decision, Facts, Finding, Outcome
from ledger.domain.events import Value
from ledger.domain.holders import Holder
from ledger.domain.instants import day_of
from ledger.domain.investor import InvestorState
from ledger.domain.product import ProductState
from ledger.domain.sale import Step
from ledger.rules import assessing, catalogue, look_through, matching, wording
from ledger.rules.attempts import Attempt
from ledger.rules.cn.amac_raising import art20_online_gate, art29_cooling_off, art30_visit_items
from ledger.rules.cn.order_105 import art11_seats
from ledger.rules.cn.order_130 import art19_over_tolerance, art21_rematch
from ledger.rules.errors import FactsError, LawNotInForceError
from ledger.rules.facts import check
from ledger.rules.identity import engine
from ledger.rules.law import Parameters, change_days
from ledger.rules.loader import Ruleset, parse
from ledger.rules.plan import Plan, Questions
from ledger.rules.policy import retakes
from ledger.rules.registry import FOREIGN, REGIMES, RULES, STATEMENTS
from ledger.rules.rule import Rule
from ledger.rules.values import Item, text, whole

_decision: Callable[[tuple[object, ...]], Decision] = partial(tuple.__new__, Decision)
"""What ``Decision(…)`` does, without a call in Python."""
_outcome, _condition, _changes_at = attrgetter("outcome"), attrgetter("condition"), attrgetter("changes_at")
STATEMENT = "cn/amac_raising/art26_statement_items"
VALIDITY = "policy/certification_validity"
FUNDS = "cn_private_fund"


class Rules:
    """A ruleset with the rules that read it. Immutable; every answer is a function of its arguments."""

    def __init__(self, ruleset: Ruleset, *, allow_unconfirmed: bool = True, registry: tuple[Rule, ...] = RULES) -> None:
        self._ruleset = ruleset
        self._rules = registry
        self._days = change_days(ruleset.parameters.values())
        ends = (*self._days[1:], None)
        self._plans = tuple(
            Plan(ruleset, registry, start, end, allow_unconfirmed=allow_unconfirmed)
            for start, end in zip(self._days, ends, strict=True)
        )
        self._engine = engine()
        self._questionnaires = assessing.questionnaires(ruleset)

    @classmethod
    def from_files(cls, files: Mapping[str, str], *, allow_unconfirmed: bool = True) -> "Rules":
        """Build from file texts, such as those in an evidence bundle."""
        return cls(parse(files), allow_unconfirmed=allow_unconfirmed)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over the canonical JSON of all files."""
        return self._ruleset.digest

    def files(self) -> dict[str, str]:
        """Return path → text of every file, for the bundle."""
        return dict(self._ruleset.files)

    def decide(
        self, facts: Facts, *, at: datetime, as_of: datetime, known_at: datetime, law_date: date | None = None
    ) -> Decision:
        """Decide whether this investor may buy this product, this amount, at ``at``.

        ``law_date``: by the law of another day than that of ``at`` (Asia/Shanghai), to try out a draft.
        """
        facts = _with_amount(facts)
        check(facts, at)
        day = day_of(at) if law_date is None else law_date
        plan = self._plan(facts.product, day)
        questions = _questions(plan, facts, None)
        findings = questions.decide(facts, plan.parameters, at)
        outcomes = tuple(map(_outcome, findings))
        moments = [end for end in filter(None, map(_changes_at, findings)) if end > at]
        if plan.changes_at is not None:
            moments.append(plan.changes_at)
        return _decision(
            (
                _question(facts),
                facts.investor.stream,
                facts.product.stream,
                None if facts.sale is None else facts.sale.stream,
                facts.amount,
                facts.fee,
                _answer(outcomes),
                findings,
                tuple(dict.fromkeys(filter(None, map(_condition, findings)))),
                at,
                as_of,
                known_at,
                day.isoformat(),
                self._ruleset.digest,
                self._engine,
                min(moments) if moments else None,
                questions.unconfirmed(outcomes),
            )
        )

    def permit(self, facts: Facts, step: Step, actor: Actor, at: datetime) -> tuple[Finding, ...]:
        """Return all findings on doing this step now by this actor; it is allowed if none is FAIL or NEEDS_EVIDENCE.

        What comes with the step (``facts.inputs``) is judged too: without it, those findings need evidence.
        """
        facts = replace(_with_amount(facts), step=step, actor=actor)
        check(facts, at)
        plan = self._plan(facts.product, day_of(at))
        return _questions(plan, facts, step).ask(facts, plan.parameters, at)

    def outlook(self, facts: Facts, step: Step, actor: Actor, at: datetime) -> tuple[Finding, ...]:
        """As `permit`, but for a step whose inputs are not there yet: may it be tried at all?"""
        plan = self._plan(facts.product, day_of(at))
        facts = replace(_with_amount(facts), step=step, actor=actor)
        check(facts, at)
        entries = _questions(plan, facts, step).entries
        return tuple(e.judge(facts, plan.parameters, at) for e in entries if not e.rule.reads_inputs)

    def gate(self, investor: InvestorState, at: datetime) -> Finding:
        """Tell whether the specific-person determination (募集 art. 20) is complete."""
        facts = Facts(investor, ProductState(""))
        return art20_online_gate.judge(facts, self._parameters(at), at)

    def visit_outcome(self, answers: Mapping[str, Value], *, leading: bool, at: datetime) -> Finding:
        """Tell whether a return visit with these answers succeeds (募集 art. 30)."""
        return art30_visit_items.outcome(answers, leading=leading, parameters=self._parameters(at))

    def cooling_off(self, product: ProductState, at: datetime | None = None) -> timedelta:
        """Return the length of cooling-off for a product, by the law of ``at`` or the newest."""
        return art29_cooling_off.length(product, self._parameters(at))

    def cooling_off_start(self, product: ProductState) -> str:
        """Return what begins cooling-off: ``signed_and_paid`` for securities funds, else what the contract says."""
        return art29_cooling_off.start(product)

    def suitable(self, risk_level: str, at: datetime | None = None) -> tuple[str, ...]:
        """Return the tolerance classes that match a risk level, for the risk disclosure's opening."""
        return art19_over_tolerance.suitable(risk_level, self._parameters(at))

    def match_outcome(self, facts: Facts, at: datetime) -> str:
        """Return ``match``, ``special`` (above tolerance, by the procedure) or ``refused``, as things stand."""
        return matching.outcome(facts, self._parameters(at), at)

    def match_worse(self, facts: Facts) -> bool:
        """Tell whether the investor's class has fallen or the level risen since the sale's match (130号 art. 21)."""
        return facts.sale is not None and art21_rematch.worse(facts, facts.sale)

    def special_lacks(self, facts: Facts) -> tuple[str, str] | None:
        """Return what an over-tolerance purchase of this product still lacks, in English and Chinese."""
        return matching.lack(facts)

    def wording_digest(self, at: datetime) -> str:
        """Name the words barred from marketing material at ``at``, all lists together."""
        return wording.digest(self._parameters(at))

    def special_warning(self, at: datetime) -> tuple[tuple[int, str, str], ...]:
        """Return what the special written warning says (130号 art. 19), as (number, Chinese, English)."""
        return self._numbered("cn/order_130/art19_special_warning", at)

    def high_risk_items(self, at: datetime) -> tuple[tuple[int, str, str], ...]:
        """Return what the extra disclosure of a high-risk product says (130号 art. 20)."""
        return self._numbered("cn/amac_suitability/unnumbered_high_risk_items", at)

    def seats(self, facts: Facts, at: datetime) -> int:
        """Return how many seats an investor takes: its final investors, where it is looked through."""
        return look_through.seats(facts, self._parameters(at), at)

    def final_investors(self, holders: Iterable[Holder], at: datetime, regime: str = FUNDS) -> tuple[Holder, ...]:
        """Return the final investors behind a pool; `FactsError` for a cycle, too many layers, or an empty pool."""
        law = self._parameters(at)
        return look_through.final(holders, look_through.stops(law, regime), law.counts[look_through.DEPTH].number)

    def seat_cap(self, product: ProductState, at: datetime) -> int:
        """Return how many looked-through investors the product may have."""
        return art11_seats.cap(product, self._parameters(at))

    def certification_validity(self, granted_at: datetime) -> datetime:
        """Return the latest instant until which a certification granted then may be valid."""
        return self._parameters(granted_at).periods[VALIDITY].after(granted_at)

    def statement_items(self, at: datetime | None = None) -> tuple[tuple[int, str, str], ...]:
        """Return the statement items of the risk disclosure as (number, Chinese, English)."""
        return self._numbered(STATEMENT, at)

    def visit_items(self, at: datetime | None = None) -> tuple[tuple[int, str, str], ...]:
        """Return the questions of the return visit as (number, Chinese, English)."""
        return self._numbered(art30_visit_items.KEY, at)

    def foreign(self) -> tuple[str, ...]:
        """Return the foreign regimes that a product may require too."""
        return tuple(FOREIGN)

    def regime_statements(self, regime: str, at: datetime) -> tuple[Item, ...]:
        """Return the written statements of a foreign regime (unit ``regime_statement``); `FactsError` if it is none."""
        if regime not in FOREIGN:
            raise FactsError(f"there is no foreign regime {regime!r}: it is one of {', '.join(FOREIGN)}", "制度未知")
        key = STATEMENTS.get(regime)
        listing = None if key is None else self._parameters(at).lists.in_force(key)
        return () if listing is None else listing.items

    def questionnaire(self, key: str, at: datetime | None = None) -> dict[str, Value]:
        """Return a questionnaire's wire form (of ``at`` or the newest); `NotFoundError` names those there are."""
        return assessing.find(self._questionnaires, key, at).wire()

    def assess(
        self, questionnaire: str, version: str, answers: Mapping[str, str], at: datetime
    ) -> assessing.AssessmentResult:
        """Score answers; `CallerError` names missing, unknown or contradictory ones."""
        form = assessing.find(self._questionnaires, questionnaire, at)
        return assessing.assess(form, version, answers, at, self._parameters(at))

    def law(self, at: datetime) -> Parameters:
        """Return every provision in force at ``at``, for what is computed beside decisions (`ledger.rules.dated`)."""
        return self._parameters(at)

    def attempt(self, attempt: Attempt, at: datetime) -> tuple[Finding, ...]:
        """Return all findings on answering a questionnaire now; the attempt counts if none fails."""
        return retakes.judge(attempt, self._parameters(at), at)

    def article_of(self, record_type: str) -> str:
        """Return the article that a record of this type answers, such as 《…》第29条; empty where there is none."""
        return catalogue.article_of(self._ruleset, record_type)

    def unconfirmed(self) -> tuple[str, ...]:
        """Name the citations that still wait for somebody to open the official text."""
        return catalogue.unconfirmed(self._ruleset)

    def index(self) -> list[Value]:
        """List all rules with their articles, values, dates and status."""
        return catalogue.index(self._ruleset, self._rules)

    def _numbered(self, key: str, at: datetime | None) -> tuple[tuple[int, str, str], ...]:
        items = self._parameters(at).lists[key].items
        return tuple((whole(i, "n"), text(i, "zh"), text(i, "en")) for i in items)

    def _plan(self, product: ProductState, day: date) -> Plan:
        self._in_force(product.regime, REGIMES, day)
        for regime in product.also_requires:
            self._in_force(regime, FOREIGN, day)
        return self._on(day)

    def _in_force(self, regime: str, known: Mapping[str, str], day: date) -> None:
        norm = known.get(regime)
        if norm is None:
            raise FactsError(f"there is no regime {regime!r}: it is one of {', '.join(known)}", "产品适用制度未知")
        source = self._ruleset.sources[norm]
        if day < source.start or (source.end is not None and day >= source.end):
            raise LawNotInForceError(
                f"{source.title} was not in force on {day.isoformat()}, only from {source.start.isoformat()}"
                f" to {'open end' if source.end is None else source.end.isoformat()}",
                f"{source.title}当时不在施行期间",
                regime=regime,
                day=day.isoformat(),
            )

    def _on(self, day: date) -> Plan:
        position = bisect_right(self._days, day) - 1
        if position < 0:
            raise LawNotInForceError(f"no rule reaches back to {day.isoformat()}", "所询问的时间早于全部规则的施行日期")
        return self._plans[position]

    def _parameters(self, at: datetime | None) -> Parameters:
        return self._plans[-1].parameters if at is None else self._on(day_of(at)).parameters


def _questions(plan: Plan, facts: Facts, step: Step | None) -> Questions:
    """Return what is asked in a decision (no step) or before a step, foreign regimes included."""
    regime, also = facts.product.regime, facts.product.also_requires
    if also:
        return plan.along(regime, also, step, facts.inputs.get("regime"))
    return plan.asked(regime, step)


def _with_amount(facts: Facts) -> Facts:
    sale = facts.sale
    if sale is None or facts.amount is not None:
        return facts
    return replace(facts, amount=sale.amount, fee=sale.fee if facts.fee is None else facts.fee)


def _answer(outcomes: tuple[Outcome, ...]) -> Answer:
    if Outcome.FAIL in outcomes:
        return Answer.INELIGIBLE
    return Answer.CONDITIONAL if Outcome.NEEDS_EVIDENCE in outcomes else Answer.ELIGIBLE


def _question(facts: Facts) -> str:
    if facts.amount is None:
        return "may buy"
    fee = "" if facts.fee is None else f", fee {facts.fee.amount:f}"
    return f"may buy for {facts.amount.amount:f} {facts.amount.currency}{fee}"
