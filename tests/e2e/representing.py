"""An institution and the people who act for it, step by step over HTTP."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from ledger.demo.story import bank_statement
from ledger.domain.instants import day_of, to_text
from ledger.signing.client import Device
from tests.e2e.serving import Caller, Service, done
from tests.e2e.walking import Investor, Sale, now

CODE = "91110000600037341L"
PAPER = bank_statement()
PEOPLE = {"legal_representative": ("王法定", "13911110000"), "signatory": ("李经办", "13922220000")}
OWNER = {"name": "赵受益", "id_type": "resident_id", "id_number": "110101199001011234"}


def name(service: Service, stream: str, capacity: str, **other: str) -> str:
    """Name a person who acts; returns their pseudonym."""
    full, mobile = PEOPLE[capacity]
    body = {"capacity": capacity, "name": full, "id_type": "resident_id", "id_number": "110101198001011234"}
    path = f"/v1/investors/{stream}/representatives"
    named = done(service.staff["sales"].post(path, {**body, "mobile": mobile, **other}), 201)
    return str(named["representative"])


def link(service: Service, stream: str, person: str) -> Caller:
    """Return the link of a person."""
    path = f"/v1/investors/{stream}/representatives/{person}/links"
    return Caller(service.base, done(service.staff["sales"].post(path), 201)["token"])


@dataclass
class Company(Investor):
    """An institution; ``link`` is of whoever acts now, ``device`` holds that one's own key, ``seal`` the seal's."""

    chief: str = ""
    person: str = ""
    seal: Device = field(default_factory=Device)

    @classmethod
    def found(cls, service: Service, title: str = "测试实业有限公司", form: str = "legal_person") -> "Company":
        """Register an institution with its legal representative, who acts at first."""
        body = {
            "kind": "institution",
            "name": title,
            "id_type": "unified_social_credit_code",
            "id_number": CODE,
            "mobile": "01088886666",
            "channel": "web",
        }
        stream = done(service.staff["sales"].post("/v1/investors", body), 201)["investor"]
        done(service.staff["sales"].post(f"/v1/investors/{stream}/profiles", {"form": form}), 201)
        chief = name(service, stream, "legal_representative")
        return cls(service, stream, link(service, stream, chief), chief=chief, person=chief)

    @property
    def here(self) -> str:
        return f"/v1/investors/{self.stream}"

    def send(self, person: str) -> "Company":
        """Return the same institution with another person acting."""
        return Company(
            self.service, self.stream, link(self.service, self.stream, person), chief=self.chief, person=person
        )

    def authorise(self, person: str, by: str = "compliance", **terms: Any) -> httpx.Response:
        """Have a power of attorney recorded: for a year from now, for everything, unless said otherwise."""
        at = now(self.service)
        fields = {
            "representative": person,
            "scopes": "profile,subscribe,after_sale",
            "signed_by": self.chief,
            "signed_on": str(day_of(at)),
            "valid_from": to_text(at),
            "valid_until": to_text(at + timedelta(days=365)),
            **terms,
        }
        return self.service.staff[by].upload(f"{self.here}/powers", PAPER, fields)

    def identify(self) -> None:
        """Verify the identity of whoever acts."""
        done(self.link.post(f"{self.here}/codes"), 201)
        code = done(self.service.staff["admin"].get(f"/v1/development/codes/{self.stream}"))["code"]
        done(self.link.post(f"{self.here}/identity", {"code": code}), 201)

    def own(self, *owners: dict[str, str]) -> str:
        """Declare the beneficial owners and confirm them."""
        listed = list(owners) or [{**OWNER, "basis": "shares", "share": "60.00"}]
        path = f"{self.here}/beneficial-owners"
        declared = done(self.service.staff["sales"].post(path, {"as_of": "2026-03-01", "owners": listed}), 201)[
            "record"
        ]
        done(self.link.post(f"{path}/confirmations", {"declared": declared}), 201)
        return str(declared)

    def declare(self, branch: str = "net_assets") -> None:
        """Accept the agreement and declare to be qualified."""
        agreement = {"agreement": "network-service-agreement", "version": "1", "accepted": True}
        done(self.link.post(f"{self.here}/agreements", agreement), 201)
        declared = {"branch": branch, "active": True, "own_funds": True, "self_purchase": True}
        done(self.link.post(f"{self.here}/declarations", declared), 201)

    def assess(self, profile: str = "institution", **changed: str) -> dict[str, Any]:
        """Answer the institution's questionnaire with the boldest options."""
        asked = done(self.link.get("/v1/questionnaires/institution"))
        answers = {q["id"]: q["options"][-1]["id"] for q in asked["questions"]} | changed
        filled = {"questionnaire": profile, "version": asked["version"], "answers": answers, "device": "web"}
        result: dict[str, Any] = done(self.link.post(f"{self.here}/questionnaires", filled), 201)
        done(self.link.post(f"{self.here}/assessment-notices"), 201)
        return result


class CompanySale(Sale):
    """A sale to an institution: sealed by it, signed besides by the person who acts."""

    investor: Company

    def certify_device(self) -> None:
        for holder, device in (("signatory", self.investor.device), ("seal", self.investor.seal)):
            body = {"csr": device.csr_pem(), "holder": holder}
            done(self.investor.link.post(f"{self.investor.here}/certificates", body), 201)

    def complete(self, ready: Mapping[str, Any], device: Device | None = None) -> httpx.Response:
        seal, own = device or self.investor.seal, self.investor.device
        body = {
            "statement_signature": seal.sign(ready["statement"].encode()).hex(),
            "pdf_signature": seal.sign(bytes.fromhex(ready["pdf_to_sign"])).hex(),
            "signatory_signature": own.sign(ready["statement"].encode()).hex(),
        }
        return self.investor.link.post(f"{self.here}/signatures/{ready['signature']}", body)

    def upload_proof(self) -> str:
        at = to_text(now(self.service))[:10]
        fields = {"kind": "financial_report", "as_of": at, "amount": "20000000.00", "currency": "CNY"}
        return str(done(self.investor.link.upload(f"{self.investor.here}/proofs", PAPER, fields), 201)["proof"])

    def grant(self, proof: str, *, valid: timedelta = timedelta(days=180)) -> str:
        body = {
            "sale": self.stream,
            "proof": proof,
            "regime": "cn_private_fund",
            "branch": "net_assets",
            "amount": "20000000.00",
            "currency": "CNY",
            "valid_until": to_text(now(self.service) + valid),
        }
        path = f"{self.investor.here}/certifications"
        return str(done(self.service.staff["certifier"].post(path, body), 201)["certification"])


def counted(number: int) -> re.Pattern[str]:
    """Match a count that begins with this number: "1 of 2" holds a 2."""
    return re.compile(rf"^\D*{number}\D")
