"""The traps of naive software (`docs/coverage.md`), 23 to 43: amounts, counts, product, evidence, retention, words."""

import ast
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.edge import CSP
from ledger.domain.actors import Role
from ledger.domain.catalogue import EVENT_TYPES
from ledger.domain.decision import Citation
from ledger.domain.oversight import Oversight
from ledger.domain.product import ProductState
from ledger.domain.sale import Step
from ledger.rules import look_through
from ledger.rules.cn.order_130 import art29_sampling_visit, art30_self_check, art32_retention
from ledger.rules.loader import parse, read
from ledger.rules.obligations import Book
from ledger.rules.values import Kind
from tests.rules import world
from tests.rules.asking import RULES, answer, outcome, refused
from tests.rules.given import build
from verifier.report import Basis
from verifier.verify import verify

ROOT = Path(__file__).parents[2]
NOW = world.NOW
LAW = parse(read())
PARAMETERS = RULES._parameters(NOW)
MINIMUM = "cn/order_105/art12_minimum"
SEATS = "cn/order_105/art11_seats"
LOOK_THROUGH = "cn/order_105/art13_look_through"
CLEAN = {"audience": "specific_persons", "text": "本基金不保本", "sha256": "0"}
SEO = ("qsty-game5.com", "hymcn.com")  # they claim a revision of order 105 that nobody has published
NO_LAW = {  # integers other than 0, 1 and 2 in the code of rules, and why they are none of the law's
    ("calendar.py", 5),  # Friday
    ("cn/order_105/art13_look_through.py", 5),  # how many names a reason lists
    ("cn/order_130/art11_conversion.py", 3),  # a place in a tuple
    *(("cn/order_130/art29_sampling_visit.py", n) for n in (100, 12, 31)),  # percent; the last day of a year
    *(("cn/order_130/art30_self_check.py", n) for n in (7, 12, 31, 6, 30)),  # where half-years begin and end
    *(("cn/order_233/unnumbered_disclosure_frequency.py", n) for n in (12, 4)),  # months and quarters of a year
    ("owners.py", 100),  # the whole in percent
    ("plan.py", 4096),  # how much is remembered
}
VECTOR = ROOT / "tests" / "vectors" / "good" / "whole_sale" / "evidence.json"
EVIDENCE = json.loads(VECTOR.read_bytes())
POOL = {"investor.kind": "institution", "profile.form": "partnership", "certification.branch": "look_through"}


def staff(branch: str, form: str = "partnership") -> dict[str, object]:
    """Return a pool of twenty of the manager's staff, claimed under a branch."""
    people = [
        {"id": f"p{n}", "kind": "natural_person", "branch": "financial_assets", "amount": "3000000"} for n in range(20)
    ]
    root = {"id": "investor", "kind": form, "holders": [p["id"] for p in people]}
    return {
        **POOL,
        "profile.form": form,
        "certification.branch": branch,
        "investor.holders_at": "now - 10 days",
        "investor.holders": [root, *people],
    }


def test_trap_23_the_fee_does_not_make_up_the_minimum() -> None:
    assert outcome(MINIMUM, {"question.amount": "990000", "question.fee": "10000"}) == "FAIL"
    assert outcome(MINIMUM, {"question.amount": "1000000", "question.fee": "0"}) == "PASS"
    paid = {"step": "receive_payment", "by": "compliance", "done": "contract_completed_at"}
    slip = {"amount": "1000000", "payer_is_investor": True, "account": "6222-raising"}
    assert "cn/order_105/art12_paid_amount" in refused(inputs={**slip, "amount": "1009999.99"}, **paid)
    assert refused(inputs={**slip, "amount": "1010000"}, **paid) == set()


def test_trap_24_a_holder_may_add_less_than_the_minimum_and_may_not_leave_less() -> None:
    added = {"question.amount": "999999.99"}
    assert outcome(MINIMUM, added, sale=False) == "FAIL"
    assert outcome(MINIMUM, {**added, "investor.holdings": "1000000"}, sale=False) == "PASS"
    assert outcome(MINIMUM, {**added, "investor.holdings": "999999.99"}, sale=False) == "FAIL"
    two = {"investor.holdings": "2000000"}
    for amount, said in (("1000000", "PASS"), ("1000000.01", "FAIL"), ("2000000", "PASS")):
        asked = {"sale": False, "step": "redeem", "by": "investor", "inputs": {"amount": amount}}
        assert outcome("cn/order_105/art12_remaining", two, **asked) == said
    full = {"investor.holdings": "1000000", "product.seats": 200}
    assert outcome(SEATS, full, sale=False) == "FAIL", "the two hundred and first"
    assert outcome(SEATS, {**full, "product.seats": 199}, sale=False) == "PASS", "a holder sits already"
    assert outcome(SEATS, {"product.seats": 199}, sale=False) == "FAIL"


def test_trap_25_a_partnership_counts_to_fifty_and_everybody_behind_it_counts() -> None:
    partnership = {"product.legal_form": "limited_partnership"}
    assert outcome(SEATS, {**partnership, "product.seats": 49}) == "PASS"
    assert outcome(SEATS, {**partnership, "product.seats": 50}) == "FAIL"
    pool = build({"given": staff("look_through")})
    assert look_through.seats(pool, PARAMETERS, NOW) == 20
    assert outcome(SEATS, {**staff("look_through"), "product.seats": 180}) == "PASS"
    assert outcome(SEATS, {**staff("look_through"), "product.seats": 181}) == "FAIL"


def test_trap_26_where_looking_through_stops_and_where_not() -> None:
    unfiled = {**staff("deemed_filed_plan", "contract"), "investor.kind": "product"}
    assert outcome("cn/order_105/art13_deemed", unfiled) == "NEEDS_EVIDENCE"
    filed = {**unfiled, "profile.filing_number": "SAB123", "investor.holders": [{"id": "investor", "kind": "contract"}]}
    assert outcome(LOOK_THROUGH, filed) == "NOT_APPLICABLE"
    assert outcome("cn/order_105/art13_deemed", filed) == "PASS"
    assert look_through.seats(build({"given": staff("deemed_staff")}), PARAMETERS, NOW) == 20
    assert outcome("cn/order_105/art13_deemed", staff("deemed_staff")) == "FAIL"


def test_trap_27_nobody_invests_for_others_or_is_paid_for_by_others() -> None:
    assert answer({"investor.self_purchase_declared": False}) == "ineligible"
    slip = {"amount": "1010000", "payer_is_investor": False, "account": "6222-raising"}
    case = {"step": "receive_payment", "by": "compliance", "done": "contract_completed_at", "inputs": slip}
    assert refused(**case) == {"cn/regulation_762/art20_payer"}


def test_trap_28_the_seller_rates_for_itself_and_not_lower() -> None:
    lower = {"product.risk_level": "R2", "product.manager_risk_level": "R3"}
    assert outcome("cn/amac_suitability/unnumbered_rating_floor", lower) == "FAIL"
    copied = {"risk_level": "R3", "manager_risk_level": "R3", "factors": {}}
    case = {"sale": False, "step": "rate", "by": "compliance", "inputs": copied}
    assert "cn/order_130/art16_rating_factors" in refused(**case)


def test_trap_29_a_rating_gets_old_and_a_rise_stops_pending_sales() -> None:
    assert outcome("cn/order_105/art17_risk_rating", {"product.rating_valid_until": "now"}) == "FAIL"
    risen = {"product.risk_level": "R4", "sale.match_risk_level": "R3"}
    assert outcome("cn/order_130/art21_rematch", risen) == "FAIL"
    told = {"sale.match_superseded_at": "now - 1 hours", "sale.match_acknowledged_at": "never"}
    assert outcome("cn/order_130/art21_rematch", told) == "NEEDS_EVIDENCE"


def test_trap_30_thirteen_items_are_thirteen_acts_and_a_signature_is_no_picture() -> None:
    sign = {"done": "disclosure_presented_at", "step": "sign_disclosure", "by": "investor"}
    rule = "cn/amac_raising/art26_statement_items"
    assert len(PARAMETERS.lists[rule].items) == 13
    for left_out in range(1, 14):
        items = [n for n in range(1, 14) if n != left_out]
        assert rule in refused({"sale.items": items}, **sign)
    assert rule not in refused({"sale.items": list(range(1, 14))}, **sign)
    assert {"item", "text_sha256"} <= EVENT_TYPES["disclosure.item_confirmed"].required
    assert {"suite", "statement", "signature", "certificate"} <= EVENT_TYPES["document.signed"].required


def test_trap_31_online_asks_for_reliable_confirmation_and_trace_and_not_for_recordings() -> None:
    assert not [name for name, row in EVENT_TYPES.items() if {"audio", "video"} & (row.required | row.optional)]
    own_acts = ("match.acknowledged", "care.acknowledged", "disclosure.item_confirmed", "warning.acknowledged")
    for name in own_acts:
        assert {"text_sha256", "opinion_sha256"} & EVENT_TYPES[name].required, "what was shown is bound to the act"
        assert EVENT_TYPES[name].roles == {Role.INVESTOR}
    for step in ("sign_disclosure", "sign_contract"):
        assert "policy/duties" in refused(step=step, by="seller", done="qualification_confirmed_at")


def test_trap_32_three_clocks_and_the_latest_end_counts() -> None:
    liquidated = datetime(2040, 5, 6, tzinfo=UTC)
    sale = replace(world.sale(), effective_at=NOW)
    fund = ProductState(world.PRODUCT, liquidated_at=liquidated, liquidated_on="2040-05-06")
    book = Book(Oversight("0" * 64), products={world.PRODUCT: fund}, sales={world.SALE: sale})
    clocks = art32_retention.of_sale(sale, book, PARAMETERS)
    years = {clock.by.key.split("/")[1]: clock.by.number for clock in clocks}
    assert years == {"order_130": 20, "order_105": 10, "aml_law": 10}
    assert art32_retention.until(clocks) == max(clock.ends for clock in clocks if clock.ends is not None)
    running = replace(book, products={})
    assert art32_retention.until(art32_retention.of_sale(sale, running, PARAMETERS)) is None, (
        "no end before liquidation"
    )


def test_trap_33_a_deletion_request_freezes_and_nothing_personal_is_in_the_log() -> None:
    asked = {"upkeep.erasure_requested_at": "now"}
    assert answer(asked) == "ineligible"
    for step, by in (("show", "investor"), ("open", "seller")):
        assert "cn/pipl/art47_freeze" in refused(asked, sale=False, step=step, by=by)
    for entry in EVIDENCE["records"]:
        record = json.dumps(entry["record"], ensure_ascii=False)
        texts = [value for _, _, value in entry["disclosures"] if isinstance(value, str) and not value.isascii()]
        assert [value for value in texts if value in record] == []
        assert all(re.fullmatch("[0-9a-f]{64}", commitment) for commitment in entry["record"]["fields"].values())


def test_trap_34_a_chain_does_not_prove_what_was_false_before_it() -> None:
    steps = {step.key: step for step in verify(VECTOR.read_bytes()).steps}
    assert steps["anchors"].basis is Basis.SELF_ASSERTED, "one party's chain is that party's word"
    assert steps["statements"].basis is Basis.AUTHORITY, "the investor's signature does not rest on the chain"
    assert "chain:embedded" in EVIDENCE["stand_ins"]
    assert {"device"} <= EVENT_TYPES["questionnaire.submitted"].required, "who answered on what is kept from the start"
    assert {"kind", "as_of"} <= EVENT_TYPES["proof.uploaded"].required, "and what the proof was of"


def test_trap_35_the_self_check_is_an_obligation_and_the_sample_is_policy() -> None:
    book = Book(Oversight("0" * 64, registered_at=NOW))
    found = list(art30_self_check.due(book, lambda _: PARAMETERS, NOW))
    assert [o.period for o in found] == ["2026-H1"]
    assert LAW.parameters[art29_sampling_visit.SHARE].unit.kind is Kind.COUNT
    assert (
        PARAMETERS.counts[art29_sampling_visit.SHARE_R5].number > PARAMETERS.counts[art29_sampling_visit.SHARE].number
    )


def test_trap_36_questionnaire_and_contract_are_on_no_foreign_platform() -> None:
    assert CSP.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in CSP, "nobody shows our pages inside theirs"
    assert "form-action 'none'" in CSP, "nothing is sent elsewhere"
    served = [p for p in (ROOT / "api").rglob("*") if p.suffix in {".html", ".js", ".mjs", ".css"}]
    foreign = [p.name for p in served if re.search(r"(src|href|action)=[\"']https?://", p.read_text(encoding="utf-8"))]
    assert foreign == []


@pytest.mark.parametrize(
    ("words", "at", "rule"),
    [
        ("预期收益8%", "2026-09-02T02:00:00Z", "cn/order_233/unnumbered_promise_words"),
        ("保 本 理 财", "2026-09-02T02:00:00Z", "cn/order_233/unnumbered_promise_words"),
        ("最大亏损不超过5%", "2026-09-02T02:00:00Z", "cn/order_233/unnumbered_promise_words"),
    ],
)
def test_trap_37_barred_words(words: str, at: str, rule: str) -> None:
    case = {"sale": False, "step": "publish", "by": "compliance", "on": at}
    assert rule in refused(inputs={**CLEAN, "text": words}, **case)
    assert rule not in refused(inputs=CLEAN, **case)


def test_trap_38_performance_of_less_than_six_months() -> None:
    rule = "cn/amac_raising/art24_performance_period"
    case = {"sale": False, "step": "publish", "by": "compliance"}
    short = {**CLEAN, "performance": [{"from": "2025-09-01", "to": "2026-02-28"}]}
    enough = {**CLEAN, "performance": [{"from": "2025-09-01", "to": "2026-03-01"}]}
    assert outcome(rule, inputs=short, **case) == "FAIL"
    assert outcome(rule, inputs=enough, **case) == "PASS"
    assert outcome(rule, inputs={**CLEAN, "text": "近三月收益率 12%"}, **case) == "NEEDS_EVIDENCE"


@pytest.mark.parametrize(
    "lacking",
    [
        {"assessment.tolerance": "C2"},
        {"investor.self_purchase_declared": False},
        {"upkeep.erasure_requested_at": "now"},
        {"product.suspended_at": "now"},
        {"product.seats": 200},
    ],
    ids=lambda given: next(iter(given)),
)
def test_trap_39_an_exempt_investor_is_not_excused_from_everything(lacking: dict[str, object]) -> None:
    pension = {
        "investor.kind": "institution",
        "profile.form": "legal_person",
        "exemption.basis": "pension",
        "certification.none": True,
        "sale.certification": "none",
        "investor.agreement_accepted_at": "never",
    }
    assert answer(pension) == "eligible", "what art. 32 excuses is excused"
    assert answer({**pension, **lacking}) == "ineligible", "and nothing else"


@pytest.mark.parametrize("paper", [p for p in world.PAPERS if p != "filed_material"])
def test_trap_40_a_delegated_sale_without_annex_or_data_is_refused(paper: str) -> None:
    held = [kind for kind in world.PAPERS if kind != paper]
    assert refused({"product.documents": held}) & {
        "cn/amac_raising/art7_sales_agreement",
        "cn/order_130/art27_manager_data",
    }


def test_trap_41_no_record_and_no_step_splits_a_share_or_its_income() -> None:
    words = ("transfer", "split", "assign", "income_right")
    assert [name for name in (*EVENT_TYPES, *Step) if any(word in name for word in words)] == []
    assert outcome(MINIMUM, {"question.amount": "200000"}) == "FAIL"


def test_trap_42_no_number_of_the_law_is_in_the_code() -> None:
    found: set[tuple[str, int]] = set()
    for path in sorted((ROOT / "ledger" / "rules").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, int) and node.value not in {0, 1, 2}:
                found.add((path.relative_to(ROOT / "ledger" / "rules").as_posix(), node.value))
    assert found - NO_LAW == set(), "write it into a ruleset, with its date and citation"
    assert NO_LAW - found == set(), "gone: strike it here too"


def test_trap_43_no_confirmed_value_rests_on_a_page_made_for_search_engines() -> None:
    citations = [v.citation for p in LAW.parameters.values() for v in p.values]
    sources = [Citation(s.key, "", s.title, s.url, s.status) for s in LAW.sources.values()]
    assert [c for c in (*citations, *sources) if any(page in c.url for page in SEO)] == []
    assert all(c.url.startswith("http") for c in (*citations, *sources) if c.status == "confirmed")
    cooling = LAW.parameters["cn/amac_raising/art29_cooling_off"]
    assert (cooling.unit.step, str(cooling.values[-1].amount)) == ("hour", "24"), "not fifteen working days"
    assert PARAMETERS.lists[SEATS].by_key[("contract",)]["cap"] == 200, "not fifty"
