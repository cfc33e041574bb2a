"""A match made again after papers were drawn: what names another level is presented, read and signed again."""

from typing import Any

from tests.e2e.serving import Service, done, refused
from tests.e2e.walking import Investor, Sale, product, rate
from verifier import verify
from verifier.report import Outcome


def contract(sale: Sale) -> str:
    shown: str = done(sale.investor.link.post(f"{sale.here}/contract"), 201)["document"]["sha256"]
    return shown


def words(sale: Sale, sha256: str) -> str:
    pages = done(sale.investor.link.get(f"{sale.here}/papers/{sha256}"))["pages"]
    return "".join(line["text"] for page in pages for line in page["lines"])


def stage(sale: Sale) -> tuple[str, dict[str, Any]]:
    told = done(sale.investor.link.get("/v1/journey"))
    return told["current"], told["sale"]


def test_papers_drawn_before_a_new_match_are_not_signed_any_more(service: Service) -> None:
    fund = product(service, "R3")
    investor = Investor.register(service)
    investor.gate()
    sale = Sale.open(service, investor, fund).to_signed_disclosure()
    done(sale.qualify(sale.grant(sale.upload_proof())), 201)
    old = contract(sale)
    assert contract(sale) == old, "the same paper as long as the match stands"
    assert "R3" in words(sale, old)
    prepared = sale.prepare("fund_contract")

    done(rate(service, fund, "R4"), 201)
    done(service.staff["admin"].post(f"/v1/products/{fund}/approvals", {"opinion": "准入同意"}), 201)
    assert (stage(sale)[0], stage(sale)[1]["matched_again"]) == ("match", True)
    refused(sale.investor.link.post(f"{sale.here}/contract"))
    refused(sale.complete(prepared))
    done(investor.link.post(f"{sale.here}/match-acknowledgements"), 201)
    assert "risk disclosure" in refused(sale.complete(prepared))["detail"], "the disclosure named another level"

    current, told = stage(sale)
    assert (current, set(told["documents"])) == ("disclosure", {"signed_risk_disclosure"})
    shown = done(investor.link.post(f"{sale.here}/disclosure"), 201)
    assert "R4" in words(sale, shown["document"]["sha256"])
    sale.confirm(shown["items"])
    sale.sign("risk_disclosure")
    assert refused(sale.complete(prepared), "conflict")["detail"].startswith("the paper was drawn up anew")
    assert stage(sale)[0] == "contract", "the certification stands: it rests on proof given after a risk disclosure"
    new = contract(sale)
    assert new != old
    assert "R4" in words(sale, new)
    sale.sign("fund_contract")
    done(service.staff["compliance"].post(f"{sale.here}/contract-completion"), 201)
    done(sale.pay(), 201)
    made = done(service.staff["auditor"].post(f"{sale.here}/reports"), 201)
    assert made["verdict"] == "holds"
    bundle = service.staff["auditor"].get(f"{sale.here}/reports/evidence.json").content
    assert verify.verify(bundle).verdict is Outcome.HOLDS
