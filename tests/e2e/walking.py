"""The steps of a sale as one function each, so that a test can leave one out or do it twice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from ledger.demo.story import bank_statement
from ledger.domain.instants import from_text, to_text
from ledger.signing.client import Device
from tests.e2e.serving import Caller, Service, done

_QUESTIONS = (
    "capacity age education occupation income_source income share debts knowledge experience years term product"
    " attitude choice loss"
).split()
_BOLD = "yes 31_50 graduate company business 1m_5m 25_50 none rich funds 5_10 3_5 mixed balanced more_b 30_50"
_CAUTIOUS = (
    "yes 51_65 college public salary under_500k 10_25 mortgage limited bonds under_2 1_3 fixed_income steady more_a"
    " up_to_10"
)
_BOLDEST = (
    "yes 31_50 graduate company property over_10m over_50 none rich derivatives over_10 over_5 other high_return all_b"
    " over_50"
)
ANSWERS = {
    "boldest": dict(zip(_QUESTIONS, _BOLDEST.split(), strict=True)),
    "bold": dict(zip(_QUESTIONS, _BOLD.split(), strict=True)),
    "cautious": dict(zip(_QUESTIONS, _CAUTIOUS.split(), strict=True)),
}
STATEMENT = bank_statement()
PAPERS = "manager_registration offering contract_template manager_rating sales_agreement agreement_annex".split()
FACTORS = (
    "liquidity maturity leverage structure minimum_amount investment_scope raising_method issuer_credit"
    " past_performance"
).split()
RAISING_ACCOUNT = "110000000000000001"
VISIT = {
    "answers": {str(number): True for number in range(1, 9)},
    "leading": False,
    "channel": "recorded_phone",
    "script": "return-visit/1",
}


def now(service: Service) -> datetime:
    """Return the service's present."""
    return from_text(service.staff["sales"].get("/health").json()["clock"]["now"])


def product(service: Service, level: str = "R4", **other: Any) -> str:
    """Introduce, rate, approve and list a securities fund."""
    body = {
        "name": "测试一号私募证券投资基金",
        "code": "STEST1",
        "manager": "测试私募基金管理有限公司",
        "regime": "cn_private_fund",
        "fund_type": "securities",
        "legal_form": "contract",
        "filing_number": "STEST1",
        "raising_account": RAISING_ACCOUNT,
        "minimum": "1000000.00",
        "currency": "CNY",
        "cooling_off_hours": 24,
        "return_visit": True,
        "special_risks": ["delegated_raising"],
        **other,
    }
    compliance = service.staff["compliance"]
    stream: str = done(compliance.post("/v1/products", body), 201)["product"]
    authorise(service, stream)
    done(rate(service, stream, level), 201)
    done(service.staff["admin"].post(f"/v1/products/{stream}/approvals", {"opinion": "准入同意"}), 201)
    done(compliance.post(f"/v1/products/{stream}/listings", {"from_day": to_text(now(service))[:10]}), 201)
    return stream


def authorise(service: Service, fund: str, without: str = "") -> None:
    """Record the mandate and attach the papers of a delegated sale, ``without`` one of them."""
    compliance, here = service.staff["compliance"], f"/v1/products/{fund}"
    mandate = {
        "basis": "agency",
        "licence": "000000001",
        "membership": "P1000001",
        "agreement_signed_on": "2026-01-15",
        "valid_until": to_text(now(service) + timedelta(days=3650)),
    }
    done(compliance.post(f"{here}/mandate", mandate), 201)
    for kind in PAPERS:
        if kind != without:
            text = f"{kind} of {fund}".encode()
            done(compliance.upload(f"{here}/documents", text, {"kind": kind, "title": kind}), 201)


def rate(service: Service, fund: str, level: str, **other: Any) -> httpx.Response:
    """Rate by every factor."""
    rating = {
        "risk_level": level,
        "manager_risk_level": level,
        "factors": dict.fromkeys(FACTORS, "as the manager says"),
        "valid_until": to_text(now(service) + timedelta(days=365)),
        **other,
    }
    return service.staff["compliance"].post(f"/v1/products/{fund}/ratings", rating)


@dataclass
class Investor:
    """One investor with their link and device."""

    service: Service
    stream: str
    link: Caller
    device: Device = field(default_factory=Device)

    @classmethod
    def register(cls, service: Service, name: str = "张三", channel: str = "web") -> "Investor":
        """Register, and hand over the link."""
        body = {
            "kind": "natural_person",
            "name": name,
            "id_type": "resident_id",
            "id_number": "110101199001011234",
            "mobile": "13800000000",
            "channel": channel,
        }
        sales = service.staff["sales"]
        stream = done(sales.post("/v1/investors", body), 201)["investor"]
        token = done(sales.post(f"/v1/investors/{stream}/links"), 201)["token"]
        return cls(service, stream, Caller(service.base, token))

    def gate(self, profile: str = "bold", **changed: str) -> dict[str, Any]:
        """Identity, agreement, active confirmation, questionnaire, notice."""
        self.identify()
        here = f"/v1/investors/{self.stream}"
        agreement = {"agreement": "network-service-agreement", "version": "1", "accepted": True}
        done(self.link.post(f"{here}/agreements", agreement), 201)
        declared = {"branch": "financial_assets", "active": True, "own_funds": True, "self_purchase": True}
        done(self.link.post(f"{here}/declarations", declared), 201)
        self.look_into()
        self.consent()
        return self.assess(profile, **changed)

    def identify(self) -> None:
        """Ask for the code and send it."""
        here = f"/v1/investors/{self.stream}"
        done(self.link.post(f"{here}/codes"), 201)
        code = done(self.service.staff["admin"].get(f"/v1/development/codes/{self.stream}"))["code"]
        done(self.link.post(f"{here}/identity", {"code": code}), 201)

    def look_into(self, **other: Any) -> None:
        """Customer due diligence, by compliance."""
        found = {"beneficial_owners_known": True, "risk": "low", **other}
        done(self.service.staff["compliance"].post(f"/v1/investors/{self.stream}/due-diligence", found), 201)

    def consent(self) -> None:
        """Consent to each purpose, one by one."""
        for words in done(self.link.get("/v1/consents"))["items"]:
            body = {"purpose": words["purpose"], "text_sha256": words["text_sha256"]}
            done(self.link.post(f"/v1/investors/{self.stream}/consents", body), 201)

    def assess(self, profile: str, **changed: str) -> dict[str, Any]:
        """Questionnaire and notice, with some answers changed."""
        here = f"/v1/investors/{self.stream}"
        asked = done(self.link.get("/v1/questionnaires/natural_person"))
        filled = {
            "questionnaire": asked["questionnaire"],
            "version": asked["version"],
            "answers": {**ANSWERS[profile], **changed},
            "device": "web",
        }
        result: dict[str, Any] = done(self.link.post(f"{here}/questionnaires", filled), 201)
        done(self.link.post(f"{here}/assessment-notices"), 201)
        return result

    def order(self, fund: str, **other: str) -> dict[str, str]:
        """Return a sale's opening."""
        terms = {"amount": "1000000.00", "fee": "10000.00", "currency": "CNY", "channel": "web"}
        return {"investor": self.stream, "product": fund, **terms, **other}


@dataclass
class Sale:
    """One sale, step by step."""

    service: Service
    investor: Investor
    stream: str

    @classmethod
    def open(cls, service: Service, investor: Investor, fund: str) -> "Sale":
        """Show the product, then open the sale."""
        done(investor.link.get(f"/v1/products/{fund}"))
        stream = done(service.staff["sales"].post("/v1/sales", investor.order(fund)), 201)["sale"]
        return cls(service, investor, stream)

    @property
    def here(self) -> str:
        return f"/v1/sales/{self.stream}"

    def match(self) -> None:
        done(self.service.staff["sales"].post(f"{self.here}/match"), 201)
        done(self.investor.link.post(f"{self.here}/match-acknowledgements"), 201)

    def disclose(self) -> dict[str, Any]:
        shown: dict[str, Any] = done(self.investor.link.post(f"{self.here}/disclosure"), 201)
        return shown

    def confirm(self, items: list[Mapping[str, Any]]) -> None:
        for item in items:
            path = f"{self.here}/disclosure/items/{item['item']}"
            done(self.investor.link.post(path, {"text_sha256": item["text_sha256"]}), 201)

    def certify_device(self) -> None:
        csr = {"csr": self.investor.device.csr_pem()}
        done(self.investor.link.post(f"/v1/investors/{self.investor.stream}/certificates", csr), 201)

    def prepare(self, purpose: str) -> dict[str, Any]:
        ready: dict[str, Any] = done(self.investor.link.post(f"{self.here}/signatures", {"purpose": purpose}), 201)
        return ready

    def complete(self, ready: Mapping[str, Any], device: Device | None = None) -> httpx.Response:
        device = device or self.investor.device
        body = {
            "statement_signature": device.sign(ready["statement"].encode()).hex(),
            "pdf_signature": device.sign(bytes.fromhex(ready["pdf_to_sign"])).hex(),
        }
        return self.investor.link.post(f"{self.here}/signatures/{ready['signature']}", body)

    def sign(self, purpose: str) -> None:
        done(self.complete(self.prepare(purpose)), 201)

    def upload_proof(self) -> str:
        fields = {
            "kind": "bank_statement",
            "as_of": to_text(now(self.service))[:10],
            "amount": "3500000.00",
            "currency": "CNY",
        }
        path = f"/v1/investors/{self.investor.stream}/proofs"
        return str(done(self.investor.link.upload(path, STATEMENT, fields), 201)["proof"])

    def grant(self, proof: str, *, valid: timedelta = timedelta(days=180)) -> str:
        body = {
            "sale": self.stream,
            "proof": proof,
            "regime": "cn_private_fund",
            "branch": "financial_assets",
            "amount": "3500000.00",
            "currency": "CNY",
            "valid_until": to_text(now(self.service) + valid),
        }
        path = f"/v1/investors/{self.investor.stream}/certifications"
        return str(done(self.service.staff["certifier"].post(path, body), 201)["certification"])

    def qualify(self, certification: str) -> httpx.Response:
        return self.service.staff["certifier"].post(f"{self.here}/qualification", {"certification": certification})

    def pay(self, **other: Any) -> httpx.Response:
        body = {
            "amount": "1010000.00",
            "currency": "CNY",
            "payer_is_investor": True,
            "payer_account": "6222000000000001",
            "account": RAISING_ACCOUNT,
            "slip": "SLIP-1",
            **other,
        }
        return self.service.staff["compliance"].post(f"{self.here}/payments", body)

    def visit(self, **other: Any) -> httpx.Response:
        return self.service.staff["visitor"].post(f"{self.here}/visits", {**VISIT, **other})

    def to_signed_disclosure(self) -> "Sale":
        self.match()
        self.confirm(self.disclose()["items"])
        self.certify_device()
        self.sign("risk_disclosure")
        return self

    def to_paid(self) -> "Sale":
        self.to_signed_disclosure()
        done(self.qualify(self.grant(self.upload_proof())), 201)
        self.sign("fund_contract")
        done(self.service.staff["compliance"].post(f"{self.here}/contract-completion"), 201)
        done(self.pay(), 201)
        return self

    def show(self) -> dict[str, Any]:
        shown: dict[str, Any] = done(self.service.staff["compliance"].get(self.here))
        return shown
