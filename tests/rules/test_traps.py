"""The traps of naive software (`docs/coverage.md`), 1 to 22: gate, match, procedure. The rest: `test_traps_more.py`."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from ledger.domain.actors import Actor, Role
from ledger.domain.decision import Outcome
from ledger.domain.money import Money
from ledger.domain.professional import Professional, Standing
from ledger.domain.sale import SampleVisit, Step
from ledger.domain.upkeep import Attempt as Tried
from ledger.domain.upkeep import Upkeep
from ledger.rules import attempts
from ledger.rules.policy import retakes
from tests.rules import world
from tests.rules.asking import RULES, answer, judged, outcome, refused, with_investor, with_sale

COOLING = "cn/amac_raising/art29_cooling_off"
ORDER = "cn/amac_raising/art15_order"
GATE = "cn/amac_raising/art20_online_gate"
QUALIFIED = "cn/order_105/art12_qualified_investor"
VISITED = "cn/amac_raising/art30_visit_items"
STANDS = "cn/amac_raising/art27_certification_standing"
YES = {str(n): True for n in range(1, 9)}
VISIT = {"step": "visit", "by": "visitor", "inputs": {"answers": YES, "leading": False}}
NOW = world.NOW
AM_PLAN = {
    "product.regime": "cn_am_plan",
    "product.fund_type": "mixed",
    "product.legal_form": "collective",
    "certification.regime": "cn_am_plan",
    "certification.experience_since": "2024-03-01",
}


def test_trap_01_cooling_off_from_signature_time() -> None:
    assert outcome(COOLING, {"sale.paid_at": "now - 1 hours"}, **VISIT) == "FAIL"
    assert outcome(COOLING, {"sale.contract_completed_at": "never"}, **VISIT) == "FAIL"
    late = {"sale.contract_completed_at": "now - 2 hours", "sale.paid_at": "now - 30 hours"}
    assert outcome(COOLING, late, **VISIT) == "FAIL"
    assert outcome(COOLING, **VISIT) == "PASS"


def test_trap_02_24_hours_are_hours_and_not_the_next_day() -> None:
    assert outcome(COOLING, {"sale.paid_at": "now - 24 hours"}, **VISIT) == "FAIL"
    paid = {"sale.paid_at": "now - 24 hours"}
    assert outcome(COOLING, paid, at="now + 1 us", **VISIT) == "PASS"
    assert outcome(COOLING, {"sale.paid_at": "now - 26 hours", "product.cooling_off_hours": 72}, **VISIT) == "FAIL"


def test_trap_03_the_right_to_rescind_outlasts_cooling_off() -> None:
    weeks_later = {"at": "now + 20 days", "by": "investor", "step": "rescind", "inputs": {"reason": "x"}}
    assert refused(**weeks_later) == set()
    effect = refused(step="make_effective", at="now + 20 days")
    assert effect == {VISITED}


def test_trap_04_a_private_equity_fund_never_has_less_than_24_hours() -> None:
    for hours in (0, 12, 24):
        fund = replace(world.product(), fund_type="equity", cooling_off_hours=hours)
        assert RULES.cooling_off(fund, NOW) == timedelta(hours=24)
    paid = {"product.fund_type": "equity", "product.cooling_off_hours": 0, "sale.paid_at": "now - 24 hours"}
    assert outcome(COOLING, paid, **VISIT) == "FAIL"


@pytest.mark.parametrize("by", ["seller", "seller as visitor", "system", "certifier"])
def test_trap_05_a_visit_by_the_seller_or_anyone_else_in_promotion(by: str) -> None:
    assert outcome("cn/amac_raising/art30_visitor", **{**VISIT, "by": by}) == "FAIL"


def test_trap_06_a_visit_inside_cooling_off_or_before_payment_is_void() -> None:
    assert {COOLING} <= refused({"sale.paid_at": "now - 23 hours"}, **VISIT)
    assert {ORDER, COOLING} <= refused(done="contract_completed_at", **VISIT)
    early = {"sale.visits": ["now - 5 hours"], "sale.paid_at": "now - 26 hours"}
    assert refused(early, step="make_effective") == {VISITED}


def test_trap_07_a_leading_question_makes_the_visit_void() -> None:
    assert RULES.visit_outcome(YES, leading=True, at=NOW).outcome is Outcome.FAIL
    assert RULES.visit_outcome(YES, leading=False, at=NOW).outcome is Outcome.PASS
    unanswered = {**VISIT, "inputs": {"answers": {**YES, "8": None}, "leading": False}}
    assert outcome(VISITED, **unanswered) == "NEEDS_EVIDENCE"


def test_trap_08_a_sampling_visit_is_no_return_visit() -> None:
    sampled = with_sale(sample_visits=(SampleVisit(world.leaf("sample"), "2026", NOW),))
    findings = RULES.permit(sampled, Step.MAKE_EFFECTIVE, Actor("0" * 32, Role.SYSTEM), NOW)
    (effect,) = [f for f in findings if f.rule == VISITED]
    assert effect.outcome is Outcome.FAIL


def test_trap_09_the_visit_binds_because_the_contract_says_so() -> None:
    without = {"product.return_visit": False}
    assert outcome(VISITED, without, step="make_effective") == "NOT_APPLICABLE"
    assert outcome(VISITED, step="make_effective") == "FAIL"
    assert outcome(COOLING, {**without, "sale.paid_at": "now - 1 hours"}, step="make_effective") == "FAIL"


@pytest.mark.parametrize("purpose", ["renewal reminder", "customer service", "marketing push"])
def test_trap_10_no_contact_during_cooling_off_whatever_it_is_called(purpose: str) -> None:
    paid = {"sale.paid_at": "now - 1 hours"}
    call = {"step": "contact", "by": "seller", "inputs": {"direction": "outbound", "purpose": purpose}}
    assert refused(paid, **call) == {"cn/amac_raising/art29_contact_ban"}
    assert refused(paid, **{**call, "inputs": {"direction": "inbound", "purpose": purpose}}) == set()


def test_trap_11_the_order_of_steps() -> None:
    proof = {"proof": "proof", "regime": "cn_private_fund", "branch": "financial_assets", "amount": "3000000"}
    certify = {"step": "certify", "by": "certifier", "inputs": {**proof, "valid_until": "now + 90 days"}}
    assert ORDER in refused(done="disclosure_presented_at", **certify)
    assert ORDER not in refused(done="disclosure_signed_at", **certify)
    assert ORDER in refused(done="disclosure_signed_at", step="sign_contract", by="investor")
    assert ORDER not in refused(done="qualification_confirmed_at", step="sign_contract", by="investor")


def test_trap_12_no_product_before_the_gate() -> None:
    for fact in ("investor.notified_at", "investor.identity_verified_at", "investor.agreement_accepted_at"):
        assert GATE in refused({fact: "never"}, sale=False, step="show", by="investor")
    assert refused(sale=False, step="show", by="investor") == set()
    card = {"audience": "public", "fields": ["manager_name", "net_value"], "text": "x", "sha256": "0"}
    assert "cn/amac_raising/art16_public_fields" in refused(sale=False, step="publish", by="compliance", inputs=card)


@pytest.mark.parametrize(
    "lacking",
    [
        {"investor.registered_at": "never"},
        {"investor.identity_verified_at": "never"},
        {"investor.agreement_accepted_at": "never"},
        {"investor.declared_active": False},
        {"assessment.none": True},
        {"investor.notified_at": "never"},
    ],
    ids=lambda given: next(iter(given)),
)
def test_trap_13_the_gate_is_more_than_a_tick(lacking: dict[str, object]) -> None:
    assert outcome(GATE, lacking) == "NEEDS_EVIDENCE"


def test_trap_14_a_household_is_not_the_person() -> None:
    for branch in ("household_financial_assets", "household_net_financial_assets"):
        household = {"certification.branch": branch, "certification.amount": "9000000"}
        assert outcome(QUALIFIED, household) == "FAIL"
    plan = {**AM_PLAN, "certification.branch": "household_financial_assets", "certification.amount": "5000000"}
    assert outcome("cn/am_plan_rules/unnumbered_qualified_investor", plan) == "PASS"
    personal = {**AM_PLAN, "certification.branch": "income", "certification.amount": "399999.99"}
    assert outcome("cn/am_plan_rules/unnumbered_qualified_investor", personal) == "FAIL"


@pytest.mark.parametrize(
    ("key", "amount"),
    [
        ("cn/order_105/art12_financial_assets", 3_000_000),
        ("cn/order_105/art12_income", 500_000),
        ("cn/order_130/art8_person_financial_assets", 5_000_000),
        ("cn/order_130/art8_person_income", 500_000),
        ("cn/order_130/art11_person_financial_assets", 3_000_000),
        ("cn/order_130/art11_person_income", 300_000),
        ("cn/am_plan_rules/unnumbered_household_financial_assets", 5_000_000),
        ("cn/am_plan_rules/unnumbered_household_net_financial_assets", 3_000_000),
        ("cn/am_plan_rules/unnumbered_income", 400_000),
    ],
)
def test_trap_15_four_tests_have_each_their_own_thresholds(key: str, amount: int) -> None:
    limit = RULES._parameters(NOW).limits[key]
    assert limit.money.amount == amount
    assert limit.citation.norm == key.split("/")[1]


def test_trap_16_professional_is_not_qualified() -> None:
    far = NOW + timedelta(days=100)
    standing = Standing(Professional(world.leaf("p"), "8_5", NOW - timedelta(days=9), far))
    assert judged(QUALIFIED, with_investor(standing=standing, certifications=())) == "NEEDS_EVIDENCE"
    small = replace(with_investor(standing=standing), amount=Money(Decimal(999_999)))
    assert judged("cn/order_105/art12_minimum", small) == "FAIL"
    assert world.investor().certifications
    assert world.investor().standing.at(NOW) is None, "qualified, and ordinary: with full protection"


def test_trap_17_means_alone_make_nobody_professional_and_conversion_has_its_procedure() -> None:
    by = {"step": "decide_professional", "by": "certifier"}
    accepted = {"accepted": True, "reasons": "careful assessment"}
    assert "cn/order_130/art12_test" in refused(sale=False, inputs=accepted, **by)
    assert "cn/order_130/art12_decision" in refused(sale=False, inputs={"accepted": True, "reasons": ""}, **by)
    rules = {f"cn/order_130/art{key}" for key in ("8_person_experience", "11_person_experience")}
    assert all(RULES._parameters(NOW).periods[key].number > 0 for key in rules)


def test_trap_18_c1_and_the_lowest_class_are_two_things() -> None:
    low = {"assessment.tolerance": "C1", "product.risk_level": "R2", "product.manager_risk_level": "R1"}
    insisting = {"special": {"done": "insisted"}, "sale": False}
    assert answer({**low, "assessment.lowest": False}, **insisting) == "eligible"
    assert answer({**low, "assessment.lowest": True}, **insisting) == "ineligible"
    for by in ("seller", "compliance", "system"):
        refusing = refused(
            {**low, "assessment.lowest": True}, done="opened_at", step="match", by=by, special={"done": "insisted"}
        )
        assert "cn/order_130/art22_lowest_class" in refusing


@pytest.mark.parametrize("exposure", ["investor.shown", "investor.promoted"])
def test_trap_19_a_continue_anyway_button_is_promotion(exposure: str) -> None:
    above = {"assessment.tolerance": "C2"}
    case = {"special": {"done": "insisted"}, "sale": False}
    assert answer(above, **case) == "eligible"
    assert answer({**above, exposure: "now - 10 days"}, **case) == "ineligible"
    assert answer(above, special={"done": "insisted", "unpromoted": False}, sale=False) == "ineligible"


def test_trap_20_retakes_to_fit_are_limited_and_all_kept() -> None:
    tried = tuple(Tried(world.leaf(f"try {n}"), NOW - timedelta(minutes=n), scored=True) for n in (9, 8))
    investor = replace(world.investor(), upkeep=Upkeep(attempts=tried))
    attempt = attempts.Attempt(investor, "natural_person", "own phone", "distributor")
    found = {f.rule: f.outcome for f in retakes.judge(attempt, RULES._parameters(NOW), NOW)}
    assert found[retakes.INTERVAL] is Outcome.FAIL
    staff = attempts.Attempt(world.investor(), "natural_person", "staff_tablet", "distributor")
    devices = RULES._parameters(NOW).lists[retakes.DEVICES]
    staff = replace(staff, device=str(devices.items[0]["device"]))
    found = {f.rule: f.outcome for f in retakes.judge(staff, RULES._parameters(NOW), NOW)}
    assert found[retakes.DEVICES] is Outcome.FAIL


def test_trap_21_validity_ends_early_and_is_checked_twice() -> None:
    longest = RULES._parameters(NOW).periods["cn/amac_raising/art18_assessment_validity"]
    assert longest.number <= 3
    assert outcome("cn/order_130/art13_material_changes", {"upkeep.changes": ["income at now - 1 days"]}) == "FAIL"
    expired = {"assessment.valid_until": "now"}
    for step in ("show", "sign_contract"):
        case = {"sale": False} if step == "show" else {"done": "qualification_confirmed_at"}
        assert "cn/amac_raising/art18_assessment_validity" in refused(expired, step=step, by="investor", **case)


def test_trap_22_a_proof_is_for_this_fund_and_gets_old() -> None:
    assert (
        outcome(STANDS, {"certification.sale": "0" * 64, "sale.certification": world.leaf("certification")}) == "FAIL"
    )
    assert outcome(STANDS, {"certification.granted_at": "now - 180 days"}) == "FAIL"
    fresh = {"proof": "proof", "regime": "cn_private_fund", "branch": "financial_assets", "amount": "3000000"}
    certify = {"done": "disclosure_signed_at", "step": "certify", "by": "certifier"}
    inputs = {**fresh, "valid_until": "now + 90 days"}
    assert outcome("cn/amac_raising/art27_proof", {"proof.as_of": "2025-09-01"}, inputs=inputs, **certify) == "FAIL"
    assert outcome("cn/amac_raising/art27_proof", inputs=inputs, **certify) == "PASS"
