"""The compliance console in a browser: every act of a sale is on its timeline, and reading it leaves a trace."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ledger.domain.catalogue import Stream
from tests.e2e.browsing import DESKTOP, PHONE, chromium, device, keep_picture
from tests.e2e.looking import violations
from tests.e2e.serving import Service, done, refused
from tests.e2e.walking import Investor, Sale
from verifier import verify
from verifier.report import Outcome

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def sale(service: Service, fund: str) -> Sale:
    """A sale in which the return visit was tried too early, and is still missing."""
    investor = Investor.register(service, "张䶮")
    investor.gate()
    paid = Sale.open(service, investor, fund).to_paid()
    refused(paid.visit())
    return paid


def sign_in(service: Service, page: Page, duty: str, path: str = "") -> None:
    page.goto(f"{service.base}/console{path}")
    page.wait_for_selector("main.view-entrance")
    page.fill("input[type=password]", service.staff[duty].bearer)
    page.keyboard.press("Enter")


def reads_of(service: Service, sale: Sale) -> list[str]:
    """Return for what the investor's data was read."""
    assert service.ledger is not None
    with service.ledger.store.snapshot() as reader:
        logged = [e for e in reader.events(service.ledger.operator) if e.type == "access.logged"]
    return [e.text("purpose") for e in logged if e.fields["subject"] == sale.investor.stream]


def test_the_timeline_shows_every_act_of_a_sale(service: Service, browser: Browser, sale: Sale, tmp_path: Path) -> None:
    context = device(browser, DESKTOP, "en-US", color_scheme="dark")
    page = context.new_page()
    sign_in(service, page, "auditor")
    page.wait_for_selector("main.view-sales")
    found = violations(page, "sales")
    assert page.evaluate("Object.keys(localStorage).concat(Object.keys(sessionStorage))") == ["pfl-language"]
    assert [c["httpOnly"] for c in context.cookies()] == [True]
    before = len(reads_of(service, sale))
    page.fill("input[type=text]", sale.stream)
    page.click("#find")
    page.wait_for_selector("main.view-timeline")
    found += violations(page, "timeline")
    keep_picture(page, "console-timeline")
    assert found == []

    assert service.ledger is not None
    with service.ledger.store.snapshot() as reader:
        known = [e for s in (sale.stream, sale.investor.stream) for e in reader.events(s)]
        seats = [e for e in reader.events(reader.events(sale.stream)[0].text("product")) if "seats" in e.type]
    own = [e.type for e in seats if e.fields["sale"] == sale.stream]
    shown = page.locator(".act").evaluate_all("all => all.map((each) => each.dataset.type)")
    assert sorted(shown) == sorted([*(e.type for e in known), *own])

    refusal = page.locator('[data-type="step.refused"]')
    expect(refusal.locator(".findings .article").first).to_contain_text("art. 29")
    expect(refusal.locator(".findings .change").last).to_contain_text("wait until after")
    page.click("[data-filter=refused]")
    expect(page.locator('.act:not([data-type="step.refused"]):not([data-type="decision.made"])')).to_have_count(0)
    page.click("[data-filter=signed]")
    expect(page.locator(".act .signed").first).to_contain_text("x509-p256")
    expect(page.locator(".act")).to_have_count(2)
    page.locator(".act summary").first.click()
    expect(page.locator(".act details[open]").first).to_contain_text("SM3")
    expect(page.locator("#missing li").first).to_contain_text("Cooling-off")
    expect(page.locator("#missing li")).to_have_count(3)

    with page.expect_download() as download:
        page.click("#take-evidence")
    download.value.save_as(tmp_path / "evidence.json")
    assert verify.verify((tmp_path / "evidence.json").read_bytes()).verdict is Outcome.HOLDS
    with page.expect_download() as download:
        page.click("#take-report")
    download.value.save_as(tmp_path / "report.pdf")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    told = done(service.staff["auditor"].get(f"{sale.here}/timeline"))["items"]
    assert [item["type"] for item in told].count("report.made") == 1  # the second file is of the same report
    assert reads_of(service, sale)[before:] == ["timeline_read", "evidence_read", "report_read"]
    context.close()


def test_identifying_numbers_stay_hidden_and_signing_out_ends_it(
    service: Service, browser: Browser, sale: Sale
) -> None:
    context = device(browser, PHONE)
    page = context.new_page()
    sign_in(service, page, "compliance", f"/{sale.stream}")
    page.wait_for_selector("main.view-timeline")  # signing in leads where the address pointed
    assert violations(page, "timeline") == []
    keep_picture(page, "console-timeline-phone")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    text = page.content()
    assert "张䶮" in text
    assert not [secret for secret in ("110101199001011234", "13800000000", "6222000000000001") if secret in text]
    page.click("#sign-out")
    page.wait_for_selector("main.view-entrance")
    page.goto(f"{service.base}/console/{sale.stream}")
    page.wait_for_selector("main.view-entrance")
    assert context.cookies() == []
    page.fill("input[type=password]", service.staff["sales"].bearer)
    page.click("#sign-in")
    expect(page.locator(".trouble")).to_contain_text("合规控制台仅供以下职责使用")
    page.fill("input[type=password]", "pfl_0000000000000000_0")
    page.click("#sign-in")
    expect(page.locator(".field .error")).to_have_text("密钥无效或已吊销")
    context.close()


def test_sales_are_listed_page_by_page_the_newest_first(service: Service, sale: Sale) -> None:
    auditor = service.staff["auditor"]
    assert service.ledger is not None
    with service.ledger.store.snapshot() as reader:
        known = list(reversed(reader.streams(Stream.SALE, limit=1000)))
    listed: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = done(auditor.get("/v1/sales", limit=2, **after))
        listed += [row["sale"] for row in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert listed == known
    (own,) = done(auditor.get("/v1/sales", investor=sale.investor.stream))["items"]
    assert (own["sale"], own["status"], own["refusals"]) == (sale.stream, "cooling_off_or_visit", 1)
    assert not {"amount", "investor", "name"} & set(own)
    refused(auditor.get("/v1/sales", investor=sale.stream), "not_found", 404)
    refused(auditor.get("/v1/sales", after=sale.investor.stream), "not_found", 404)


def test_acts_come_page_by_page_too(service: Service, sale: Sale) -> None:
    auditor = service.staff["auditor"]
    whole = done(auditor.get(f"{sale.here}/acts"))
    assert [act["index"] for act in whole["acts"]] == sorted(act["index"] for act in whole["acts"])
    assert len(whole["acts"]) == whole["total"]
    first = done(auditor.get(f"{sale.here}/acts", limit=10))
    rest = done(auditor.get(f"{sale.here}/acts", after=first["next"]))
    assert [a["record"] for a in first["acts"] + rest["acts"]] == [a["record"] for a in whole["acts"]]
    refused(auditor.get(f"/v1/sales/{sale.investor.stream}/acts"), "not_found", 404)
