"""Decisions, replay, and what else can be asked of the rules."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

import pytest

from ledger.domain.actors import Actor, Role
from ledger.domain.decision import Answer, Outcome
from ledger.domain.events import Value
from ledger.domain.money import Money
from ledger.domain.sale import Step
from ledger.errors import CallerError, NotFoundError
from ledger.rules import Rules, load
from ledger.rules.canonical import encode
from ledger.rules.dated import KINDS
from ledger.rules.errors import ConflictingRulesError, FactsError, LawNotInForceError, RulesetError
from ledger.rules.loader import parse, read
from ledger.rules.policy import reminders, retakes
from ledger.rules.registry import RULES as REGISTRY
from ledger.rules.replay import canonical, replay
from ledger.rules.rule import failed
from ledger.rules.values import Item, rows, text, texts, whole
from tests.rules import world
from verifier import canonical as verifier_canonical

RULES = load()
NOW = world.NOW


def test_a_decision_says_what_it_rests_on() -> None:
    decision = RULES.decide(world.facts(), at=NOW, as_of=NOW, known_at=NOW + timedelta(days=1))
    assert decision.answer is Answer.ELIGIBLE
    assert decision.law_date == "2026-03-02"
    assert decision.ruleset == RULES.digest
    assert decision.known_at == NOW + timedelta(days=1)
    assert decision.question == "may buy for 1000000 CNY, fee 10000"
    assert decision.conditions == ()
    assert decision.changes_at == NOW + timedelta(days=90)
    assert "cn/order_105/art12_net_of_fee" in decision.unconfirmed
    assert "policy/assessment_validity" in decision.unconfirmed
    assert "cn/order_105/art12_minimum" not in decision.unconfirmed


def test_the_law_date_is_the_day_in_shanghai() -> None:
    at = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
    assert RULES.decide(world.facts(), at=at, as_of=at, known_at=at).law_date == "2026-03-03"


def test_the_answer_can_change_when_the_next_law_comes() -> None:
    at = datetime(2023, 8, 1, tzinfo=UTC)
    facts = world.facts(None)
    empty = replace(
        facts,
        investor=type(facts.investor)(world.INVESTOR),
        product=replace(facts.product, introduced_at=None, rated_at=None, approved_at=None, listed_at=None),
    )
    decision = RULES.decide(empty, at=at, as_of=at, known_at=at)
    assert decision.changes_at == datetime(2023, 8, 31, 16, 0, tzinfo=UTC)


def test_every_condition_is_listed_once() -> None:
    facts = replace(world.facts(), investor=replace(world.investor(), assessments=()))
    decision = RULES.decide(facts, at=NOW, as_of=NOW, known_at=NOW)
    assert decision.answer is Answer.CONDITIONAL
    assert len(decision.conditions) == len(set(decision.conditions)) > 1


def test_a_failure_outweighs_missing_evidence() -> None:
    facts = replace(world.facts(), investor=replace(world.investor(), assessments=(), self_purchase_declared=False))
    assert RULES.decide(facts, at=NOW, as_of=NOW, known_at=NOW).answer is Answer.INELIGIBLE


def test_replay_gives_the_same_bytes() -> None:
    facts = world.facts()
    decision = RULES.decide(facts, at=NOW, as_of=NOW, known_at=NOW)
    assert replay(facts, RULES.files(), at=NOW, as_of=NOW, known_at=NOW) == canonical(decision)


def test_replay_under_another_ruleset_does_not() -> None:
    files = RULES.files()
    name = "cn/order_105/art12_financial_assets.toml"
    changed = files | {name: files[name].replace("3000000", "3000001")}
    decision = RULES.decide(world.facts(), at=NOW, as_of=NOW, known_at=NOW)
    assert replay(world.facts(), changed, at=NOW, as_of=NOW, known_at=NOW) != canonical(decision)


def test_our_canonical_bytes_are_the_verifiers() -> None:
    decision = RULES.decide(world.facts(), at=NOW, as_of=NOW, known_at=NOW)
    odd: Value = {"a": '\u0001\u007f"\\/é😀\n', "b": [None, True, -1, {}]}
    values: list[Value] = [decision.as_json(), odd, {**RULES.files()}]
    for value in values:
        assert encode(value) == verifier_canonical.encode(value)


@pytest.mark.parametrize("value", [{"键": 1}, {"a": object()}, [0.5]])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        encode(value)  # type: ignore[arg-type] # that is the point


def test_two_rules_that_disagree_are_an_error() -> None:
    minimum = next(r for r in REGISTRY if r.question == "minimum_amount")
    other = replace(
        minimum, key="cn/other", judge=lambda _f, p, _a: failed("cn/other", p.limits[minimum.key], "no", "否")
    )
    rules = Rules(parse(read()), registry=(*REGISTRY, other))
    with pytest.raises(ConflictingRulesError, match=r"art12_minimum says PASS, cn/other says FAIL"):
        rules.decide(world.facts(), at=NOW, as_of=NOW, known_at=NOW)


def test_two_rules_of_one_question_may_agree() -> None:
    minimum = next(r for r in REGISTRY if r.question == "minimum_amount")
    rules = Rules(parse(read()), registry=(*REGISTRY, replace(minimum, key="cn/other")))
    assert rules.decide(world.facts(), at=NOW, as_of=NOW, known_at=NOW).answer is Answer.ELIGIBLE


def test_a_regime_without_rules_is_named() -> None:
    facts = replace(world.facts(), product=replace(world.product(), regime="cn_trust"))
    with pytest.raises(FactsError, match="cn_private_fund"):
        RULES.decide(facts, at=NOW, as_of=NOW, known_at=NOW)


def test_a_question_after_the_end_of_the_law_is_refused() -> None:
    files = {n: t for n, t in RULES.files().items() if not n.startswith("cn/order_105") or "seats" in n}
    ended = RULES.files()
    for name in ended:
        if name.startswith("cn/order_105/"):
            ended[name] = ended[name].replace("from = 2014-08-21", "from = 2014-08-21\nuntil = 2027-01-01")
    ended["sources.toml"] = ended["sources.toml"].replace(
        "from = 2014-08-21", "from = 2014-08-21\nuntil = 2027-01-01", 1
    )
    assert files
    at = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    rules = Rules.from_files(ended)
    with pytest.raises(LawNotInForceError, match="2027-01-01"):
        rules.decide(world.facts(), at=at, as_of=at, known_at=at)
    before = at - timedelta(microseconds=1)
    assert rules.decide(world.facts(None), at=before, as_of=before, known_at=before).law_date == "2026-12-31"


def test_every_step_has_rules_and_a_duty() -> None:
    for step in Step:
        rules = [r for r in REGISTRY if step in r.steps]
        assert len(rules) > 1, step
        assert any(r.key == "policy/duties" for r in rules)


def test_rule_keys_are_unique() -> None:
    keys = [r.key for r in REGISTRY]
    assert len(keys) == len(set(keys))


def test_the_outlook_leaves_out_what_reads_inputs() -> None:
    facts, compliance = world.facts("contract_signed_at"), Actor(world.COMPLIANCE, Role.COMPLIANCE)
    permitted = RULES.permit(facts, Step.RECEIVE_PAYMENT, compliance, NOW)
    outlook = RULES.outlook(facts, Step.RECEIVE_PAYMENT, compliance, NOW)
    assert any(f.outcome is Outcome.NEEDS_EVIDENCE for f in permitted)
    assert {f.outcome for f in outlook} == {Outcome.PASS}
    assert set(outlook) < set(permitted)


def test_a_step_that_the_policy_forgot_is_an_error_of_the_ruleset() -> None:
    files = RULES.files()
    name = "policy/default/duties.toml"
    files[name] = "\n".join(line for line in files[name].splitlines() if '"rescind"' not in line)
    with pytest.raises(RulesetError, match="says nothing about the step rescind"):
        Rules.from_files(files).permit(world.facts(), Step.RESCIND, Actor(world.INVESTOR, Role.INVESTOR), NOW)


def test_a_step_that_the_order_forgot_is_an_error_of_the_ruleset() -> None:
    files = RULES.files()
    name = "cn/amac_raising/art15_order.toml"
    head, *rows = files[name].split("[[value.items]]")
    files[name] = "[[value.items]]".join([head, *(row for row in rows if 'step = "visit"' not in row)])
    with pytest.raises(RulesetError, match="says nothing about the step visit"):
        Rules.from_files(files).permit(world.facts(), Step.VISIT, Actor(world.VISITOR, Role.VISITOR), NOW)


@pytest.mark.parametrize("key", ["policy/duties", "cn/amac_raising/art30_visitor", "cn/order_130/art29_separation"])
def test_a_rule_about_persons_wants_to_know_the_person(key: str) -> None:
    rule = next(r for r in REGISTRY if r.key == key)
    with pytest.raises(FactsError, match="actor is not named"):
        rule.judge(world.facts(), RULES._parameters(NOW), NOW)


def test_a_rule_about_steps_wants_to_know_the_step() -> None:
    rule = next(r for r in REGISTRY if r.key == "cn/amac_raising/art15_order")
    with pytest.raises(FactsError, match="step is not named"):
        rule.judge(world.facts(), RULES._parameters(NOW), NOW)


def test_amount_and_fee_are_those_of_the_sale_unless_others_are_asked_about() -> None:
    facts = replace(world.facts(), amount=None, fee=None)
    assert RULES.decide(facts, at=NOW, as_of=NOW, known_at=NOW).question == "may buy for 1000000 CNY, fee 10000"


def test_where_no_text_leaves_the_fee_out_it_counts() -> None:
    files = RULES.files()
    name = "cn/order_105/art12_net_of_fee.toml"
    files[name] = files[name].replace("from = 2014-08-21", "from = 2014-08-21\nuntil = 2015-01-01")
    facts = replace(world.facts(), amount=Money(Decimal(990_000)))
    assert RULES.decide(facts, at=NOW, as_of=NOW, known_at=NOW).answer is Answer.INELIGIBLE
    decision = Rules.from_files(files).decide(facts, at=NOW, as_of=NOW, known_at=NOW)
    assert decision.answer is Answer.ELIGIBLE
    assert "cn/order_105/art12_net_of_fee" not in decision.unconfirmed


def test_what_is_unconfirmed_is_named_by_its_citation() -> None:
    assert "《证券期货投资者适当性管理办法》第29条" in RULES.unconfirmed()
    assert "《证券投资基金法》第87条" not in RULES.unconfirmed()


@pytest.mark.parametrize(
    ("level", "classes"), [("R1", ("C1", "C2", "C3", "C4", "C5")), ("R4", ("C4", "C5")), ("R5", ("C5",))]
)
def test_the_classes_that_match_a_level(level: str, classes: tuple[str, ...]) -> None:
    assert RULES.suitable(level) == classes


@pytest.mark.parametrize(("microseconds", "outcome"), [(-1, Outcome.PASS), (0, Outcome.FAIL), (1, Outcome.FAIL)])
def test_without_policy_the_law_s_three_years_count(microseconds: int, outcome: Outcome) -> None:
    files = {n: t for n, t in RULES.files().items() if not n.endswith("/assessment_validity.toml")}
    person = world.investor()
    assessed = replace(person.assessments[0], valid_until=NOW + timedelta(days=9999))
    facts = replace(world.facts(), investor=replace(person, assessments=(assessed,)))
    at = datetime(2029, 1, 31, 2, 0, tzinfo=UTC) + timedelta(microseconds=microseconds)  # assessed 2026-01-31
    decision = Rules.from_files(files).decide(facts, at=at, as_of=at, known_at=at)
    finding = next(f for f in decision.findings if f.rule == "cn/amac_raising/art18_assessment_validity")
    assert finding.outcome is outcome
    assert finding.citation.article == "18"


def test_a_calendar_year_has_no_fixed_length() -> None:
    year = RULES._parameters(NOW).periods["cn/amac_raising/art18_assessment_validity"]
    assert year.after(datetime(2024, 2, 28, 16, 0, tzinfo=UTC)) == datetime(2025, 2, 27, 16, 0, tzinfo=UTC)
    with pytest.raises(ValueError, match="no fixed length"):
        year.span()


@pytest.mark.parametrize("read_cell", [text, whole, texts, rows])
def test_a_cell_is_read_as_what_it_is(read_cell: Callable[[Item, str], object]) -> None:
    with pytest.raises(TypeError, match="column odd"):
        read_cell({"odd": True}, "odd")


def test_a_part_of_the_gate_that_no_record_shows_is_an_error_of_the_ruleset() -> None:
    files = RULES.files()
    name = "cn/amac_raising/art20_online_gate.toml"
    files[name] = files[name].replace('part = "code"', 'part = "fingerprint"')
    with pytest.raises(RulesetError, match="fingerprint"):
        Rules.from_files(files).gate(world.investor(), NOW)


def test_the_gate_can_be_asked_alone() -> None:
    assert RULES.gate(world.investor(), NOW).outcome is Outcome.PASS
    assert RULES.gate(replace(world.investor(), notified_at=None), NOW).outcome is Outcome.NEEDS_EVIDENCE


def test_a_visit_succeeds_by_eight_unled_affirmations() -> None:
    yes = {str(n): True for n in range(1, 9)}
    assert RULES.visit_outcome(yes, leading=False, at=NOW).outcome is Outcome.PASS
    assert RULES.visit_outcome(yes, leading=True, at=NOW).outcome is Outcome.FAIL
    assert RULES.visit_outcome({**yes, "4": False}, leading=False, at=NOW).outcome is Outcome.FAIL
    missing = {k: v for k, v in yes.items() if k != "8"}
    assert RULES.visit_outcome(missing, leading=False, at=NOW).outcome is Outcome.NEEDS_EVIDENCE


def test_lists_periods_and_caps() -> None:
    product = world.product()
    assert [n for n, _, _ in RULES.statement_items()] == list(range(1, 14))
    assert [n for n, _, _ in RULES.visit_items()] == list(range(1, 9))
    assert RULES.cooling_off(product) == timedelta(hours=24)
    assert RULES.cooling_off(replace(product, cooling_off_hours=72)) == timedelta(hours=72)
    assert RULES.seat_cap(replace(product, legal_form="limited_partnership"), NOW) == 50
    assert RULES.certification_validity(NOW) == NOW + timedelta(days=180)
    with pytest.raises(LawNotInForceError, match="no rule reaches back"):
        RULES.seat_cap(product, datetime(2013, 9, 22, tzinfo=UTC))  # US 506(c) is the oldest norm


def test_the_index_lists_every_rule_with_its_values() -> None:
    rows = RULES.index()
    asked = [str(r["question"]) for r in rows if isinstance(r, dict)]
    assert len(rows) == len(REGISTRY) + len(KINDS) + len(retakes.PROVISIONS) + len(reminders.PROVISIONS)
    assert [q for q in asked if q.startswith("obligation: ")] == [f"obligation: {kind}" for kind in KINDS]
    row = next(r for r in rows if isinstance(r, dict) and r["rule"] == "cn/order_105/art12_minimum")
    assert isinstance(row, dict)
    assert (row["norm"], row["article"], row["status"]) == ("order_105", "12", "confirmed")
    assert encode(rows)


def answers(**changed: str) -> dict[str, str]:
    """Return the lowest-scoring answers that force nothing."""
    wire = RULES.questionnaire("natural_person")["questions"]
    assert isinstance(wire, list)
    chosen = {}
    for question in wire:
        assert isinstance(question, dict)
        options = question["options"]
        assert isinstance(options, list)
        assert isinstance(options[0], dict)
        chosen[str(question["id"])] = str(options[0]["id"])
    return {**chosen, "attitude": "steady", **changed}


VERSION = "2024-01-01"


@pytest.mark.parametrize(
    ("changed", "score", "tolerance"),
    [
        ({}, 14, "C1"),
        ({"debts": "friends", "term": "1_3"}, 21, "C2"),
        ({"debts": "friends"}, 19, "C1"),
        ({"debts": "friends", "income": "500k_1m"}, 20, "C1"),
    ],
)
def test_scores_fall_into_bands(changed: dict[str, str], score: int, tolerance: str) -> None:
    result = RULES.assess("natural_person", VERSION, answers(**changed), NOW)
    assert (result.score, result.tolerance, result.lowest) == (score, tolerance, False)
    assert result.valid_until == datetime(2027, 3, 2, 2, 0, tzinfo=UTC)
    assert str(score) in result.reasons[0]


@pytest.mark.parametrize("forced", [{"capacity": "no"}, {"attitude": "no_loss"}])
def test_the_lowest_class_overrides_the_score(forced: dict[str, str]) -> None:
    rich = {
        "income_source": "property",
        "income": "over_10m",
        "share": "over_50",
        "debts": "none",
        "knowledge": "rich",
        "experience": "derivatives",
        "years": "over_10",
        "term": "over_5",
        "product": "other",
    }
    result = RULES.assess("natural_person", VERSION, answers(**rich, **forced), NOW)
    assert result.score > 53
    assert (result.tolerance, result.lowest) == ("C1", True)
    assert len(result.reasons) == 1


@pytest.mark.parametrize(
    ("changed", "questions"),
    [
        ({"experience": "savings", "years": "over_10"}, ["experience", "years"]),
        ({"years": "none", "experience": "derivatives"}, ["years", "experience"]),
        ({"attitude": "no_loss", "loss": "over_50"}, ["attitude", "loss"]),
    ],
)
def test_contradictions_are_asked_about_and_never_averaged(changed: dict[str, str], questions: list[str]) -> None:
    with pytest.raises(CallerError, match="contradict") as caught:
        RULES.assess("natural_person", VERSION, answers(**changed), NOW)
    assert caught.value.evidence["questions"] == questions


def test_answers_must_be_complete_and_known() -> None:
    given = answers()
    with pytest.raises(CallerError, match="not answered: loss"):
        RULES.assess("natural_person", VERSION, {k: v for k, v in given.items() if k != "loss"}, NOW)
    with pytest.raises(CallerError, match="no question shoe_size"):
        RULES.assess("natural_person", VERSION, {**given, "shoe_size": "42"}, NOW)
    with pytest.raises(CallerError, match="question loss has no such option"):
        RULES.assess("natural_person", VERSION, {**given, "loss": "all"}, NOW)
    with pytest.raises(CallerError, match="answer version 2024-01-01"):
        RULES.assess("natural_person", "2023-01-01", given, NOW)
    with pytest.raises(NotFoundError, match="natural_person"):
        RULES.assess("martian", VERSION, given, NOW)
    with pytest.raises(NotFoundError, match="no version on 2023-12-31"):
        RULES.questionnaire("natural_person", datetime(2023, 12, 31, tzinfo=UTC))


def test_the_wire_form_shows_no_scores() -> None:
    assert "score" not in str(RULES.questionnaire("natural_person"))


def test_inputs_are_read_only_by_their_form() -> None:
    facts = replace(world.facts("disclosure_signed_at"), inputs=MappingProxyType({"valid_until": "tomorrow"}))
    with pytest.raises(FactsError, match="valid_until is not an instant"):
        RULES.permit(facts, Step.CERTIFY, Actor(world.CERTIFIER, Role.CERTIFIER), NOW)
