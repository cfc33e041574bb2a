"""An asset-management plan and a bank's channel, over HTTP: each judged by its own thresholds, on top of the others."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from ledger.domain.instants import to_text
from tests.e2e.serving import Service, done, refused
from tests.e2e.walking import STATEMENT, Investor, Sale, now, product

PLAN = {
    "name": "测试固收一号集合资产管理计划",
    "code": "SPLAN1",
    "filing_number": "SPLAN1",
    "regime": "cn_am_plan",
    "fund_type": "fixed_income",
    "legal_form": "collective",
    "minimum": "300000.00",
}


def rules_of(response: httpx.Response) -> set[str]:
    return {finding["rule"] for finding in refused(response)["findings"]}


def certify(sale: Sale, **claim: Any) -> httpx.Response:
    """Upload a proof and certify by it."""
    investor, certifier = sale.investor, sale.service.staff["certifier"]
    here, amount = f"/v1/investors/{investor.stream}", {"amount": claim.pop("amount"), "currency": "CNY"}
    proof = {"kind": claim.pop("kind"), "as_of": to_text(now(sale.service))[:10], **amount}
    uploaded = done(investor.link.upload(f"{here}/proofs", STATEMENT, proof), 201)["proof"]
    years = {**proof, "kind": "investment_experience", "amount": "0.00"}
    experience = done(investor.link.upload(f"{here}/proofs", STATEMENT, years), 201)["proof"]
    body = {
        "sale": sale.stream,
        "proof": uploaded,
        "experience_proof": experience,
        "regime": "cn_am_plan",
        "valid_until": to_text(now(sale.service) + timedelta(days=180)),
        **amount,
        **claim,
    }
    return certifier.post(f"{here}/certifications", body)


def test_a_plan_is_sold_by_the_household_s_means_two_years_and_its_own_minimum(service: Service) -> None:
    plan, investor = product(service, "R3", **PLAN), Investor.register(service)
    investor.gate()
    done(investor.link.get(f"/v1/products/{plan}"))
    sales, low = service.staff["sales"], {"amount": "299999.99", "fee": "0.00"}
    assert "cn/am_plan_rules/unnumbered_minimum" in rules_of(sales.post("/v1/sales", investor.order(plan, **low)))
    terms = {"amount": "300000.00", "fee": "0.00"}
    sale = Sale(service, investor, done(sales.post("/v1/sales", investor.order(plan, **terms)), 201)["sale"])
    sale.to_signed_disclosure()

    since = to_text(now(service) - timedelta(days=800))[:10]
    household = {
        "kind": "household_net_asset_statement",
        "branch": "household_net_financial_assets",
        "experience_since": since,
    }
    assert "cn/am_plan_rules/unnumbered_qualified_investor" in rules_of(certify(sale, **household, amount="2999999.99"))
    personal = {"kind": "bank_statement", "branch": "financial_assets", "experience_since": since}
    assert "cn/am_plan_rules/unnumbered_qualified_investor" in rules_of(certify(sale, **personal, amount="9000000.00"))
    new = {**household, "experience_since": to_text(now(service) - timedelta(days=700))[:10]}
    assert "cn/am_plan_rules/unnumbered_experience" in rules_of(certify(sale, **new, amount="3000000.00"))
    granted = done(certify(sale, **household, amount="3000000.00"), 201)["certification"]
    done(sale.qualify(granted), 201)
    sale.sign("fund_contract")
    done(service.staff["compliance"].post(f"{sale.here}/contract-completion"), 201)
    done(sale.pay(amount="300000.00"), 201)
    service.advance(hours=25)
    assert done(sale.visit(), 201)["successful"] is True
    assert sale.show()["status"] == "effective"


@pytest.mark.parametrize(("channel", "outcome"), [("bank", "PASS"), ("web", "NOT_APPLICABLE")])
def test_in_a_bank_s_channel_the_nfra_order_is_judged_on_top(service: Service, channel: str, outcome: str) -> None:
    fund, investor = product(service, "R4"), Investor.register(service, channel=channel)
    investor.gate()
    question = {"investor": investor.stream, "product": fund, "amount": "1000000.00", "currency": "CNY"}
    decided = done(service.staff["sales"].get("/v1/eligibility", **question))
    found = {f["rule"]: f for f in decided["findings"] if f["rule"].startswith("cn/nfra_suitability/")}
    assert {name.rpartition("_")[2]: f["outcome"] for name, f in found.items()} == {
        "validity": outcome,
        "rating": outcome,
    }
    assert ("cn/nfra_suitability/unnumbered_validity" in decided["unconfirmed"]) is (channel == "bank")
    csrc = [f["outcome"] for f in decided["findings"] if f["rule"] == "cn/amac_raising/art18_assessment_validity"]
    assert csrc == ["PASS"], "the rules of the CSRC and AMAC apply in every channel"
