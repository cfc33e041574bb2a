"""Investors that are more than a natural person, over HTTP: pools, exempt funds, and who becomes professional."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from ledger.domain.instants import to_text
from tests.e2e.representing import Company
from tests.e2e.serving import Caller, Service, done, refused
from tests.e2e.walking import STATEMENT, Investor, Sale, now, product

MANAGER = "测试私募基金管理有限公司"
RICH = {"financial_assets": {"amount": "3000000.00", "currency": "CNY"}, "experience_since": "2020-01-01"}


@pytest.fixture(scope="module")
def fund(service: Service) -> str:
    return product(service, "R5", name="测试身份一号私募证券投资基金", code="SSTAND1", filing_number="SSTAND1")


def unit(service: Service, kind: str, name: str) -> Investor:
    body = {
        "kind": kind,
        "name": name,
        "id_type": "unified_social_credit_code",
        "id_number": "91110000123456789X",
        "mobile": "13900000000",
        "channel": "web",
    }
    sales = service.staff["sales"]
    stream = done(sales.post("/v1/investors", body), 201)["investor"]
    return Investor(
        service, stream, Caller(service.base, done(sales.post(f"/v1/investors/{stream}/links"), 201)["token"])
    )


def identify(investor: Investor, branch: str) -> None:
    here = f"/v1/investors/{investor.stream}"
    done(investor.link.post(f"{here}/codes"), 201)
    code = done(investor.service.staff["admin"].get(f"/v1/development/codes/{investor.stream}"))["code"]
    done(investor.link.post(f"{here}/identity", {"code": code}), 201)
    declared = {"branch": branch, "active": True, "own_funds": True, "self_purchase": True}
    done(investor.link.post(f"{here}/declarations", declared), 201)
    investor.look_into()


def prove(investor: Investor, kind: str, amount: str = "0.00") -> str:
    fields = {"kind": kind, "as_of": to_text(now(investor.service))[:10], "amount": amount, "currency": "CNY"}
    path = f"/v1/investors/{investor.stream}/proofs"
    return str(done(investor.link.upload(path, STATEMENT, fields), 201)["proof"])


def refused_by(response: httpx.Response, rule: str) -> None:
    assert any(rule in f["rule"] for f in refused(response)["findings"]), response.text


def in_days(service: Service, days: int) -> str:
    return to_text(now(service) + timedelta(days=days))


def standing(investor: Investor) -> dict[str, Any]:
    shown: dict[str, Any] = done(investor.link.get(f"/v1/investors/{investor.stream}/standing"))
    return shown


def test_an_ordinary_investor_is_converted_and_gives_it_up_again(service: Service, fund: str) -> None:
    investor = Investor.register(service, "王专业")
    assert investor.gate("cautious")["tolerance"] == "C2"
    here, staff = f"/v1/investors/{investor.stream}", service.staff
    steps = f"{here}/professional-applications"
    refused_by(staff["compliance"].post(f"{steps}/explanation"), "art12_order")
    assert "自行承担" in done(investor.link.post(steps), 201)["text"]["zh"]
    done(staff["compliance"].post(f"{steps}/explanation"), 201)
    proof = prove(investor, "bank_statement", "3000000.00")
    decision = {"accepted": True, "reasons": "经审慎评估", "valid_until": in_days(service, 300), "proofs": [proof]}
    refused_by(staff["certifier"].post(f"{steps}/decision", {**decision, "claims": RICH}), "art12_test")
    tested = {"method": "knowledge_test", "passed": True, "score": 90}
    done(staff["compliance"].post(f"{steps}/test", tested), 201)
    poor = {**RICH, "financial_assets": {"amount": "2999999.99", "currency": "CNY"}}
    refused_by(staff["certifier"].post(f"{steps}/decision", {**decision, "claims": poor}), "art11_conversion")
    done(staff["certifier"].post(f"{steps}/decision", {**decision, "claims": RICH}), 201)
    assert standing(investor)["class"] == "ordinary"
    assert "经审慎评估" in done(staff["compliance"].post(f"{steps}/notice"), 201)["text"]["zh"]
    assert (standing(investor)["class"], standing(investor)["ground"]) == ("professional", "converted")
    sale = Sale.open(service, investor, fund)  # R5 for C2: the matrix is for ordinary investors
    matched = done(staff["sales"].post(f"{sale.here}/match"), 201)
    assert matched["outcome"] == "professional"
    assert done(investor.link.post(f"{here}/professional-renunciation", {"notice": "按普通投资者"}), 201)
    assert standing(investor)["class"] == "ordinary"
    done(investor.link.post(f"{sale.here}/match-acknowledgements"), 201)
    refused_by(investor.link.post(f"{sale.here}/disclosure"), "art21_rematch")


def test_a_refused_application_changes_nothing(service: Service) -> None:
    investor = Investor.register(service, "赵申请")
    steps = f"/v1/investors/{investor.stream}/professional-applications"
    done(investor.link.post(steps), 201)
    body = {"accepted": False, "reasons": "投资经验不足", "claims": {}}
    done(service.staff["certifier"].post(f"{steps}/decision", body), 201)
    assert "未获同意" in done(service.staff["compliance"].post(f"{steps}/notice"), 201)["text"]["zh"]
    shown = standing(investor)
    assert (shown["class"], shown["application"]["accepted"]) == ("ordinary", False)


def test_a_pool_is_looked_through_and_takes_a_seat_for_each(service: Service, fund: str) -> None:
    investor = Company.found(service, "测试合伙企业", "partnership")
    here = f"/v1/investors/{investor.stream}"
    investor.identify()
    rich = {"kind": "natural_person", "branch": "financial_assets", "amount": "3000000.00"}
    root = {"id": "investor", "kind": "partnership", "holders": ["a", "b", "c"]}
    circle = [{**root, "holders": ["p"]}, {"id": "p", "kind": "partnership", "holders": ["investor"]}]
    said = investor.link.post(f"{here}/holders", {"as_of": "2026-03-01", "holders": circle})
    assert (said.status_code, "in a circle" in said.text) == (422, True), said.text
    holders = [root, *({"id": name, **rich} for name in "abc")]
    declared = {"as_of": "2026-03-01", "holders": holders}
    assert done(investor.link.post(f"{here}/holders", declared), 201)["final_investors"] == 3
    shown = done(service.staff["compliance"].get(f"/v1/products/{fund}"))
    recognised = {
        "ground": "8_4",
        "valid_until": in_days(service, 300),
        "proofs": [prove(investor, "financial_report", "20000000.00")],
        "claims": {
            "year_end": "2025-12-31",
            "net_assets": {"amount": "20000000.00", "currency": "CNY"},
            "financial_assets": {"amount": "10000000.00", "currency": "CNY"},
            "experience_since": "2020-01-01",
        },
    }
    done(service.staff["certifier"].post(f"{here}/professional-recognitions", recognised), 201)
    investor.declare("look_through")
    investor.own()
    investor.look_into()
    investor.assess()
    Sale.open(service, investor, fund)
    after = done(service.staff["compliance"].get(f"/v1/products/{fund}"))
    assert after["seats_taken"] == shown["seats_taken"] + 3


def test_an_exempt_pension_fund_buys_without_questionnaire_certification_and_visit(service: Service, fund: str) -> None:
    investor = unit(service, "product", "测试养老基金")
    here, staff = f"/v1/investors/{investor.stream}", service.staff
    identify(investor, "deemed_pension")
    proof = prove(investor, "pension_approval")
    done(investor.link.post(f"{here}/profiles", {"form": "contract"}), 201)
    basis = {"basis": "pension", "proof": proof, "valid_until": in_days(service, 300)}
    refused_by(staff["certifier"].post(f"{here}/exemptions", {**basis, "basis": "friend"}), "art32_exemptions")
    done(staff["certifier"].post(f"{here}/exemptions", basis), 201)
    recognised = {"ground": "8_3", "valid_until": in_days(service, 300), "proofs": [proof], "claims": {}}
    done(staff["certifier"].post(f"{here}/professional-recognitions", recognised), 201)
    sale = Sale.open(service, investor, fund)
    sale.match()
    sale.disclose()
    sale.certify_device()
    sale.sign("risk_disclosure")
    way = done(investor.link.get("/v1/journey"))["stages"]
    assert not {"items", "proof", "review", "cooling_off", "visit"} & {stage["stage"] for stage in way}
    sale.sign("fund_contract")
    refused_by(staff["compliance"].post(f"{sale.here}/effect"), "art15_order")
    done(staff["compliance"].post(f"{sale.here}/contract-completion"), 201)
    done(sale.pay(), 201)
    done(staff["compliance"].post(f"{sale.here}/effect"), 201)
    assert sale.show()["status"] == "effective"
    made = done(staff["auditor"].post(f"{sale.here}/reports"), 201)
    assert made["verdict"] in {"holds", "holds_with_reservations", "pass"}, made
