"""A feeder fund open to China, Hong Kong and Singapore at once: certified under each, or not sold."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from ledger.domain.instants import to_text
from ledger.services.replay import Comparison, replay
from tests.e2e.serving import Service, done, refused
from tests.e2e.walking import STATEMENT, Investor, Sale, now, product

FEEDER = {"name": "测试跨境一号私募证券投资基金", "code": "SFEED1", "filing_number": "SFEED1"}
PORTFOLIO = {"regime": "hk_pi", "branch": "portfolio", "amount": "8000000.00", "currency": "HKD"}
INCOME = {"regime": "sg_ai", "branch": "income", "amount": "300000.00", "currency": "SGD"}
NOT_HERE = ("hk/cap_571d/unnumbered_professional_investor", "hk/cap_571d/unnumbered_certification_standing")


@pytest.fixture(scope="module")
def feeder(service: Service) -> str:
    """A fund that requires Hong Kong and Singapore too."""
    return product(service, also_requires=["hk_pi", "sg_ai"], **FEEDER)


@pytest.fixture
def sale(service: Service, feeder: str) -> Sale:
    """A sale up to the signed disclosure."""
    investor = Investor.register(service, "王跨境")
    investor.gate()
    return Sale.open(service, investor, feeder).to_signed_disclosure()


def prove(sale: Sale, kind: str, amount: str, currency: str) -> str:
    fields = {"kind": kind, "as_of": to_text(now(sale.service))[:10], "amount": amount, "currency": currency}
    path = f"/v1/investors/{sale.investor.stream}/proofs"
    return str(done(sale.investor.link.upload(path, STATEMENT, fields), 201)["proof"])


def grant(sale: Sale, proof: str, **claim: Any) -> httpx.Response:
    body = {
        "sale": sale.stream,
        "proof": proof,
        "valid_until": to_text(now(sale.service) + timedelta(days=90)),
        **claim,
    }
    return sale.service.staff["certifier"].post(f"/v1/investors/{sale.investor.stream}/certifications", body)


def statements(sale: Sale, regime: str) -> dict[str, dict[str, Any]]:
    known = done(sale.service.staff["auditor"].get(f"/v1/regimes/{regime}/statements"))["items"]
    return {item["statement"]: item for item in known}


def tell(sale: Sale, regime: str, statement: str) -> httpx.Response:
    path = f"/v1/investors/{sale.investor.stream}/statements/notices"
    return sale.service.staff["compliance"].post(path, {"regime": regime, "statement": statement})


def state(deal: Sale, regime: str, statement: str, **other: str) -> httpx.Response:
    body = {"regime": regime, "statement": statement, "text_sha256": statements(deal, regime)[statement]["text_sha256"]}
    return deal.investor.link.post(f"/v1/investors/{deal.investor.stream}/statements", body | other)


def broken(problem: dict[str, Any]) -> set[str]:
    return {finding["rule"] for finding in problem["findings"]}


def test_certified_under_each_regime_it_is_sold(sale: Sale) -> None:
    home = sale.grant(sale.upload_proof())
    assert broken(refused(sale.qualify(home))) > set(NOT_HERE)
    done(grant(sale, prove(sale, "custodian_statement", "8000000.00", "HKD"), **PORTFOLIO), 201)
    problem = refused(sale.qualify(home))
    assert not broken(problem) & set(NOT_HERE)
    assert "sg_ai" in str(problem["findings"])
    income = prove(sale, "tax_record", "300000.00", "SGD")
    assert broken(refused(grant(sale, income, **INCOME))) == {"sg/sfa_opt_in/unnumbered_opt_in"}
    done(tell(sale, "sg_ai", "notice"), 201)
    sale.service.advance(seconds=1)
    done(state(sale, "sg_ai", "opt_in"), 201)
    sale.service.advance(seconds=1)
    certified = done(grant(sale, income, **INCOME), 201)["certification"]
    done(sale.qualify(home), 201)
    auditor = sale.service.staff["auditor"]
    done(auditor.post(f"{sale.here}/reports"), 201)
    again = replay(auditor.get(f"{sale.here}/reports/evidence.json").content)
    assert again.outcome is Comparison.SAME, again.as_json()
    assert len(again.decisions) > 0
    path = f"/v1/investors/{sale.investor.stream}/certifications/{certified}/revocation"
    done(sale.service.staff["compliance"].post(path, {"reason": "the income was not as proven"}), 201)
    problem = refused(sale.investor.link.post(f"{sale.here}/signatures", {"purpose": "fund_contract"}))
    assert broken(problem) == {"sg/sfa/art4a_certification_standing"}


def test_a_withdrawn_consent_makes_the_investor_retail_again(sale: Sale, feeder: str) -> None:
    done(tell(sale, "sg_ai", "notice"), 201)
    sale.service.advance(seconds=1)
    done(state(sale, "sg_ai", "opt_in"), 201)
    withdraw = {"regime": "sg_ai", "statement": "opt_in"}
    path = f"/v1/investors/{sale.investor.stream}/statements"
    done(sale.investor.link.post(f"{path}/withdrawals", withdraw), 201)
    refused(sale.investor.link.post(f"{path}/withdrawals", withdraw), "conflict")
    made = done(sale.service.staff["auditor"].get(path))["items"]
    assert [(m["statement"], m["by"], m["withdrawn_at"] is None) for m in made] == [
        ("notice", "firm", True),
        ("opt_in", "investor", False),
    ]
    question = {"investor": sale.investor.stream, "product": feeder, "amount": "1000000.00", "currency": "CNY"}
    decision = done(sale.service.staff["sales"].get("/v1/eligibility", **question))
    opted = next(f for f in decision["findings"] if f["rule"] == "sg/sfa_opt_in/unnumbered_opt_in")
    assert opted["outcome"] == "NEEDS_EVIDENCE"


def test_the_least_investment_of_the_letter_counts_in_dollars_at_a_proven_rate(service: Service) -> None:
    fund = product(service, also_requires=["us_reg_d_506c"], name="测试美国一号", code="SUSA01", filing_number="SUSA01")
    investor = Investor.register(service, "赵海外")
    investor.gate()
    sale = Sale.open(service, investor, fund).to_signed_disclosure()
    agreement, rate = (
        prove(sale, "subscription_agreement", "200000.00", "USD"),
        prove(sale, "exchange_rate", "100.00", "CNY"),
    )
    claim = {"regime": "us_reg_d_506c", "branch": "minimum_investment", "amount": "200000.00", "currency": "USD"}
    safe: dict[str, Any] = {"no_contrary_knowledge": True}
    refused(state(sale, "us_reg_d_506c", "accredited"), "invalid_request", 422)
    for name in ("accredited", "not_financed"):
        done(state(sale, "us_reg_d_506c", name, sale=sale.stream), 201)
    problem = refused(grant(sale, agreement, particulars=safe, **claim), "facts_error", 422)
    assert "convert to USD, with the rate as evidence" in problem["detail"]
    dear = safe | {"rate": "0.1999", "rate_proof": rate}
    assert broken(refused(grant(sale, agreement, particulars=dear, **claim))) == {"us/reg_d/art501_accredited_investor"}
    done(grant(sale, agreement, particulars=safe | {"rate": "0.2", "rate_proof": rate}, **claim), 201)
    done(sale.qualify(sale.grant(sale.upload_proof())), 201)


def test_statements_are_made_in_their_order_and_in_their_words(sale: Sale) -> None:
    refused(state(sale, "eu_elective_professional", "separate_statement"), "conflict")
    refused(tell(sale, "eu_elective_professional", "warning"), "conflict")
    refused(state(sale, "eu_elective_professional", "request", text_sha256="0" * 64), "invalid_request", 422)
    refused(tell(sale, "eu_elective_professional", "request"), "not_found", 404)
    assert statements(sale, "hk_pi") == {}
    done(state(sale, "eu_elective_professional", "request"), 201)
    done(tell(sale, "eu_elective_professional", "warning"), 201)
    done(state(sale, "eu_elective_professional", "separate_statement"), 201)


@pytest.mark.parametrize("names", [["hk_retail"], ["hk_pi", "hk_pi"], ["cn_private_fund"]])
def test_a_product_names_only_foreign_regimes_each_once(service: Service, feeder: str, names: list[str]) -> None:
    shown = done(service.staff["compliance"].get(f"/v1/products/{feeder}"))
    assert shown["also_requires"] == ["hk_pi", "sg_ai"]
    body = {k: shown[k] for k in ("name", "manager", "regime", "fund_type", "legal_form", "filing_number")}
    body |= {"code": "X1", "raising_account": "1100000000", "minimum": "1000000.00", "currency": "CNY"}
    body |= {"cooling_off_hours": 24, "return_visit": True, "special_risks": [], "also_requires": names}
    problem = refused(service.staff["compliance"].post("/v1/products", body), "invalid_request", 422)
    assert "also_requires" in problem["detail"]
