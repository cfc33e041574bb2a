"""An institution's way in a browser: its authorised signatory acts, on a phone and on a desktop, in both languages."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from ledger.domain.catalogue import Stream
from ledger.domain.events import Event, Ref
from ledger.domain.instants import to_text
from tests.e2e import representing
from tests.e2e.browsing import DESKTOP, PHONE, Person, chromium, device
from tests.e2e.looking import violations
from tests.e2e.representing import OWNER, Company
from tests.e2e.serving import Service, done
from tests.e2e.walking import now
from verifier.verify import verify

pytestmark = pytest.mark.timeout(300)
FORM = "/v1/questionnaires/institution"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


class Representative(Person):
    """Somebody at a device who acts for an institution."""

    investor: Company

    def agree(self) -> None:
        self.at("agreement")
        self.page.check("[data-field=accept] input")
        self.page.click("#accept-agreement")
        self.at("declaration")
        self.page.check("input[value=net_assets]")
        for name in ("own_funds", "self_purchase", "active"):
            self.page.check(f"[data-field={name}] input")
        self.page.click("#declare")
        self.own()

    def own(self) -> None:
        """Confirm the beneficial owners, each of whom is shown."""
        self.page.wait_for_selector(".owner")
        self.at("owners")
        self.errors += [] if self.audit else violations(self.page, "owners")
        expect(self.page.locator(".owner")).to_have_count(2)
        assert OWNER["id_number"] not in self.page.content()
        self.page.check("[data-field=whole] input")
        self.page.click("#confirm-owners")
        self.at("consents")
        self.consent()

    def consent(self) -> None:
        for number in (1, 2):
            expect(self.page.locator(".count")).to_have_text(representing.counted(number))
            self.page.click("#consent")

    def answer(self, profile: str = "bold", **changed: str) -> None:
        del profile
        self.at("questionnaire")
        asked: list[dict[str, Any]] = done(self.investor.link.get(FORM))["questions"]
        for number, question in enumerate(asked, 1):
            expect(self.page.locator(".meter progress")).to_have_attribute("value", str(number))
            self.page.check(f'input[value="{changed.get(question["id"], question["options"][-1]["id"])}"]')
            self.page.click("#next-question")
        self.page.click("#send-answers")

    def prove(self, content: bytes, name: str = "report.pdf", media_type: str = "application/pdf") -> None:
        self.at("proof")
        self.page.select_option("select", "financial_report")
        self.page.fill("input[name=amount]", "20,000,000")
        self.page.fill("input[type=date]", str(now(self.service).date()))
        self.page.set_input_files("#proof-file", {"name": name, "mimeType": media_type, "buffer": content})
        self.page.click("#send-proof")


def clerk(service: Service, **terms: str) -> tuple[Company, str]:
    """Return an institution whose signatory has a power; its owners are declared, nothing is done yet."""
    company = Company.found(service, "测试长名称实业投资（集团）股份有限公司")
    person = representing.name(service, company.stream, "signatory")
    power = done(company.authorise(person, **terms), 201)["power"]
    owners = [{**OWNER, "basis": "shares", "share": "60.00"}, {**OWNER, "name": "钱控制", "basis": "control"}]
    declared = {"as_of": "2026-03-01", "owners": owners}
    done(service.staff["sales"].post(f"{company.here}/beneficial-owners", declared), 201)
    return company.send(person), power


def sales_of(service: Service, investor: str) -> tuple[str, ...]:
    assert service.ledger is not None
    with service.ledger.store.snapshot() as reader:
        return reader.about(investor, Stream.SALE)


def events_of(service: Service, stream: str) -> tuple[Event, ...]:
    assert service.ledger is not None
    with service.ledger.store.snapshot() as reader:
        return reader.events(stream)


def test_a_signatory_seals_and_signs_on_a_phone(service: Service, fund: str, browser: Browser) -> None:
    del fund
    company, power = clerk(service)
    context = device(browser, PHONE)
    person = Representative(service, company, context.new_page(), "institution")
    person.watch()
    person.open()
    person.to_offer()
    banner = person.page.locator("#acting")
    expect(banner).to_contain_text("李经办 代表 测试长名称实业投资（集团）股份有限公司")
    expect(banner).to_contain_text("授权签字人")
    person.match()
    person.at("disclosure")
    person.turn_pages()
    person.confirm(1, 13)
    person.at("sign_disclosure")
    person.errors += violations(person.page, "sign_disclosure")
    person.page.click("#sign")
    person.at("proof")
    (sale,) = sales_of(service, company.stream)
    (signed,) = [e for e in events_of(service, sale) if e.type == "document.signed"]
    assert Ref("authority", power) in signed.refs
    assert "signatory" in signed.fields
    assert person.errors == []
    context.close()


@pytest.mark.nightly
def test_a_signatory_buys_and_the_bundle_verifies(
    service: Service, fund: str, browser: Browser, tmp_path: Path
) -> None:
    """The whole way, every page held against WCAG; the purchase itself is tested over HTTP every time."""
    del fund
    company, _ = clerk(service)
    context = device(browser, DESKTOP)
    person = Representative(service, company, context.new_page(), "institution-whole", audit=True)
    person.watch()
    person.open()
    person.buy()
    report = verify(person.evidence(tmp_path))
    assert report.verdict == "holds", report.first_problem
    assert {step.key: step for step in report.steps}["authority"].evidence["people"] == 1
    assert person.errors == []
    context.close()


def test_without_a_power_the_page_says_so_and_goes_on_with_the_next(service: Service, browser: Browser) -> None:
    company, power = clerk(service)
    context = device(browser, DESKTOP, "en-GB")
    person = Representative(service, company, context.new_page(), "institution-desktop")
    person.open()
    person.identify()
    person.at("agreement")
    expect(person.page.locator("#acting")).to_contain_text("李经办 acts for")
    reason = {"reason": "岗位调整"}
    done(service.staff["compliance"].post(f"{company.here}/powers/{power}/revocation", reason), 201)
    person.page.check("[data-field=accept] input")
    person.page.click("#accept-agreement")
    expect(person.page.locator(".trouble .notice")).to_contain_text("revoked")
    person.page.reload()
    person.at("no_authority")
    assert violations(person.page, "no_authority") == []
    later = now(service)
    done(company.authorise(company.person, valid_until=to_text(later + timedelta(days=1))), 201)
    person.page.reload()
    person.at("agreement")
    context.close()
