"""One investor's way through the whole procedure, with the refusals a careless seller would run into."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from ledger.demo.client import Client, ProblemError
from ledger.domain.instants import from_text, to_text
from ledger.signing.client import Device

HOUR = 3600
DUTIES = ("sales", "certifier", "visitor", "compliance", "auditor")
TOLERANCE = {"bold": "C4", "cautious": "C2"}
PAPERS = "manager_registration offering contract_template manager_rating sales_agreement agreement_annex".split()
FACTORS = (
    "liquidity maturity leverage structure minimum_amount investment_scope raising_method issuer_credit"
    " past_performance"
).split()
_QUESTIONS = (
    "capacity age education occupation income_source income share debts knowledge experience years term product"
    " attitude choice loss"
).split()
ANSWERS = {
    "bold": dict(
        zip(
            _QUESTIONS,
            "yes 31_50 graduate company business 1m_5m 25_50 none rich funds 5_10 3_5 mixed balanced more_b"
            " 30_50".split(),
            strict=True,
        )
    ),
    "cautious": dict(
        zip(
            _QUESTIONS,
            "yes 51_65 college public salary under_500k 10_25 mortgage limited bonds under_2 1_3 fixed_income steady"
            " more_a up_to_10".split(),
            strict=True,
        )
    ),
}


class UnexpectedError(Exception):
    """Something that the law refuses was allowed, or the reverse."""


@dataclass
class Story:
    """Walks the procedure through the API and tells each step to ``say``; ``between`` is called at named places."""

    base: str
    admin: Client
    say: Callable[[str, str], None]
    between: Callable[[str], None] = lambda _reached: None
    staff: dict[str, Client] = field(default_factory=dict)
    answers: dict[str, dict[str, str]] = field(default_factory=dict)

    def appoint(self) -> None:
        """Give each duty its own person and key."""
        for duty in DUTIES:
            issued = self.admin.post("/v1/keys", {"duty": duty, "label": f"demo {duty}"})
            self.staff[duty] = Client(self.base, issued["secret"])
            if duty == "sales":
                qualified = {"certificate": "A20240001", "valid_until": self._in_days(365)}
                self.admin.post(f"/v1/staff/{issued['staff']}/qualifications", qualified)
        self.say("done", "five people with one duty each: " + ", ".join(DUTIES))

    def product(self, name: str, code: str, level: str) -> str:
        """Introduce, rate, approve (second person) and list a securities fund."""
        compliance = self.staff["compliance"]
        fund: str = compliance.post(
            "/v1/products",
            {
                "name": name,
                "code": code,
                "manager": "示范私募基金管理有限公司",
                "regime": "cn_private_fund",
                "fund_type": "securities",
                "legal_form": "contract",
                "filing_number": code,
                "raising_account": "110000000000000001",
                "minimum": "1000000.00",
                "currency": "CNY",
                "cooling_off_hours": 24,
                "return_visit": True,
                "special_risks": ["delegated_raising"],
            },
        )["product"]
        self._authorise(fund)
        compliance.post(
            f"/v1/products/{fund}/ratings",
            {
                "risk_level": level,
                "manager_risk_level": level,
                "factors": dict.fromkeys(FACTORS, "as in the manager's rating report"),
                "valid_until": self._in_days(365),
            },
        )
        self.admin.post(f"/v1/products/{fund}/approvals", {"opinion": "准入同意"})
        compliance.post(f"/v1/products/{fund}/listings", {"from_day": self._now()[:10]})
        self.say("done", f"product {name} introduced, rated {level}, approved by a second person, listed")
        return fund

    def _authorise(self, fund: str) -> None:
        compliance = self.staff["compliance"]
        mandate = {
            "basis": "agency",
            "licence": "000000001",
            "membership": "P1000001",
            "agreement_signed_on": self._now()[:10],
            "valid_until": self._in_days(365),
        }
        compliance.post(f"/v1/products/{fund}/mandate", mandate)
        for kind in PAPERS:
            sample = f"SAMPLE - DEMONSTRATION ONLY: {kind}".encode()
            fields = {"kind": kind, "title": kind.replace("_", " ")}
            compliance.upload(f"/v1/products/{fund}/documents", f"{kind}.txt", sample, "text/plain", fields)
        self.say("done", "agency mandate recorded; the manager's data, sales agreement and annex attached")

    def investor(self, name: str, number: str, profile: str) -> tuple[str, Client]:
        """Register and pass the online gate."""
        sales = self.staff["sales"]
        stream: str = sales.post(
            "/v1/investors",
            {
                "kind": "natural_person",
                "name": name,
                "id_type": "resident_id",
                "id_number": number,
                "mobile": "13800000000",
                "channel": "web",
            },
        )["investor"]
        link = sales.post(f"/v1/investors/{stream}/links")["token"]
        person = Client(self.base, link)
        person.post(f"/v1/investors/{stream}/codes")
        code = self.admin.get(f"/v1/development/codes/{stream}")["code"]
        person.post(f"/v1/investors/{stream}/identity", {"code": code})
        agreement = {"agreement": "network-service-agreement", "version": "1", "accepted": True}
        person.post(f"/v1/investors/{stream}/agreements", agreement)
        declared = {"branch": "financial_assets", "active": True, "own_funds": True, "self_purchase": True}
        person.post(f"/v1/investors/{stream}/declarations", declared)
        diligence = {"beneficial_owners_known": True, "risk": "low", "source_of_funds": True}
        self.staff["compliance"].post(f"/v1/investors/{stream}/due-diligence", diligence)
        for words in person.get("/v1/consents")["items"]:
            consent = {"purpose": words["purpose"], "text_sha256": words["text_sha256"]}
            person.post(f"/v1/investors/{stream}/consents", consent)
        asked = person.get("/v1/questionnaires/natural_person")
        result = person.post(
            f"/v1/investors/{stream}/questionnaires",
            {
                "questionnaire": asked["questionnaire"],
                "version": asked["version"],
                "answers": ANSWERS[profile],
                "device": "web",
            },
        )
        person.post(f"/v1/investors/{stream}/assessment-notices")
        if result["tolerance"] != TOLERANCE[profile]:
            raise UnexpectedError(f"{profile} answers gave {result['tolerance']}, not {TOLERANCE[profile]}")
        self.say("done", f"{name}: identity, agreement, active confirmation, questionnaire → {result['tolerance']}")
        return stream, person

    def advance(self, seconds: int) -> None:
        """Let simulated time pass; the service records that it did."""
        self.admin.post("/v1/development/clock", {"seconds": seconds})
        self.say("clock", f"simulated clock advanced by {seconds / HOUR:g} h (recorded in the evidence)")

    def refused(self, what: str, act: Callable[[], Any]) -> None:
        """Do what must be refused, and show the article."""
        try:
            act()
        except ProblemError as problem:
            self.say("refused", f"{what}: {problem.reason}")
            return
        raise UnexpectedError(f"{what} was allowed")

    def run(self) -> tuple[str, bytes, bytes]:
        """Walk the whole way; return the sale, report.pdf and evidence.json."""
        self.appoint()
        fund = self.product("示范进取一号私募证券投资基金", "SDEMO1", "R4")
        self.between("listed")
        self._cautious_buyer(fund)
        investor, person = self.investor("张䶮", "110101199001011234", "bold")
        person.get(f"/v1/products/{fund}")
        sales = self.staff["sales"]
        order = {
            "investor": investor,
            "product": fund,
            "amount": "1000000.00",
            "fee": "10000.00",
            "currency": "CNY",
            "channel": "web",
        }
        sale: str = sales.post("/v1/sales", order)["sale"]
        here = f"/v1/sales/{sale}"
        sales.post(f"{here}/match")
        person.post(f"{here}/match-acknowledgements")
        self.say("done", "sale opened, C4 matched with R4, opinion acknowledged by the investor")
        self._disclosure(person, here)
        device = Device()
        csr = device.csr_pem("investor")
        person.post(f"/v1/investors/{investor}/certificates", {"csr": csr})
        self._sign(person, device, here, "risk_disclosure", investor)
        self._qualify(investor, sale, person)
        self.between("qualified")
        self._sign(person, device, here, "fund_contract", investor)
        self.staff["compliance"].post(f"{here}/contract-completion")
        self.say("done", "fund contract sealed by the institution: fully signed")
        paid = {
            "amount": "1010000.00",
            "currency": "CNY",
            "payer_is_investor": True,
            "payer_account": "6222000000000001",
            "account": "110000000000000001",
            "slip": "DEMO-SLIP-1",
        }
        cooling = self.staff["compliance"].post(f"{here}/payments", paid)["cooling_off"]
        self.say("done", f"paid into the supervised account; cooling-off until {cooling['ends']}")
        self.between("paid")
        self._visit(here)
        self.between("effective")
        return self._report(sale, here)

    def _cautious_buyer(self, fund: str) -> None:
        investor, person = self.investor("李保守", "110101198502022345", "cautious")
        self.refused("showing an R4 product to a C2 investor", lambda: person.get(f"/v1/products/{fund}"))
        order = {
            "investor": investor,
            "product": fund,
            "amount": "1000000.00",
            "fee": "0.00",
            "currency": "CNY",
            "channel": "web",
        }
        self.refused("a C2 buyer for an R4 product", lambda: self._open_and_match(order))

    def _open_and_match(self, order: dict[str, str]) -> None:
        sale = self.staff["sales"].post("/v1/sales", order)["sale"]
        self.staff["sales"].post(f"/v1/sales/{sale}/match")

    def _disclosure(self, person: Client, here: str) -> None:
        shown = person.post(f"{here}/disclosure")
        for item in shown["items"]:
            body = {"text_sha256": item["text_sha256"]}
            person.post(f"{here}/disclosure/items/{item['item']}", body)
        self.say("done", f"risk disclosure shown, {len(shown['items'])} statement items confirmed one by one")

    def _sign(self, person: Client, device: Device, here: str, purpose: str, investor: str) -> None:
        ready = person.post(f"{here}/signatures", {"purpose": purpose})
        shown = person.content(f"/v1/documents/{ready['document']['sha256']}", subject=investor)
        if sha256(shown).hexdigest() != ready["document"]["sha256"]:
            raise UnexpectedError("the document fetched is not the one to be signed")
        person.post(
            f"{here}/signatures/{ready['signature']}",
            {
                "statement_signature": device.sign(ready["statement"].encode()).hex(),
                "pdf_signature": device.sign(bytes.fromhex(ready["pdf_to_sign"])).hex(),
            },
        )
        self.say("done", f"{purpose.replace('_', ' ')} signed on the investor's device (PAdES, RFC 3161 timestamp)")

    def _qualify(self, investor: str, sale: str, person: Client) -> None:
        fields = {"kind": "bank_statement", "as_of": self._now()[:10], "amount": "3500000.00", "currency": "CNY"}
        proof = person.upload(
            f"/v1/investors/{investor}/proofs", "statement.pdf", bank_statement(), "application/pdf", fields
        )["proof"]
        self.say("done", "asset proof uploaded, after the risk disclosure as the law wants it")
        grant = {
            "sale": sale,
            "proof": proof,
            "regime": "cn_private_fund",
            "branch": "financial_assets",
            "amount": "3500000.00",
            "currency": "CNY",
        }
        path, certifier = f"/v1/investors/{investor}/certifications", self.staff["certifier"]
        soon = {**grant, "valid_until": self._in_hours(1)}
        self.refused("the seller certifying", lambda: self.staff["sales"].post(path, soon))
        short = certifier.post(path, soon)["certification"]
        self.advance(2 * HOUR)
        confirm = f"/v1/sales/{sale}/qualification"
        self.refused("an expired certification", lambda: certifier.post(confirm, {"certification": short}))
        granted = certifier.post(path, {**grant, "valid_until": self._in_days(180)})["certification"]
        certifier.post(confirm, {"certification": granted})
        self.say("done", "qualified investor certified by a second person and confirmed for this sale")

    def _visit(self, here: str) -> None:
        visitor = self.staff["visitor"]
        answers = {str(n): True for n in range(1, 9)}
        visit = {"answers": answers, "leading": False, "channel": "recorded_phone", "script": "return-visit/1"}
        contact = {"channel": "phone", "direction": "outbound", "purpose": "service"}
        self.refused("contact during cooling-off", lambda: self.staff["sales"].post(f"{here}/contacts", contact))
        self.advance(23 * HOUR)
        self.refused("the return visit an hour early", lambda: visitor.post(f"{here}/visits", visit))
        self.advance(HOUR)
        done = visitor.post(f"{here}/visits", visit)
        if not done["successful"]:
            raise UnexpectedError("the return visit did not succeed")
        self.say("done", f"return visit: eight affirmative answers; sale effective at {done['effective_at']}")

    def _report(self, sale: str, here: str) -> tuple[str, bytes, bytes]:
        auditor = self.staff["auditor"]
        made = auditor.post(f"{here}/reports")
        self.say("done", f"report made, bundle {made['evidence']['bytes']:,} bytes, verdict {made['verdict']}")
        report = auditor.content(f"{here}/reports/report.pdf")
        return sale, report, auditor.content(f"{here}/reports/evidence.json")

    def _now(self) -> str:
        now: str = self.admin.get("/health")["clock"]["now"]
        return now

    def _in_hours(self, hours: int) -> str:
        return to_text(from_text(self._now()) + timedelta(hours=hours))

    def _in_days(self, days: int) -> str:
        return self._in_hours(24 * days)


def bank_statement() -> bytes:
    """Return a sample proof of assets, plainly marked as such."""
    out = io.BytesIO()
    page = Canvas(out, pagesize=(420, 297), invariant=1)
    page.drawString(40, 240, "SAMPLE BANK STATEMENT - DEMONSTRATION ONLY")
    page.drawString(40, 210, "Balance of deposits and funds: CNY 3,500,000.00")
    page.save()
    return out.getvalue()
