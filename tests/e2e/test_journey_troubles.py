"""What goes wrong on the way: links, sessions, scripts that skip, double taps, cut lines, files that prove nothing."""

import base64
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pikepdf
import pytest
from playwright.sync_api import APIResponse, Browser, expect

from ledger.demo.story import bank_statement
from ledger.domain.instants import from_text
from ledger.services import links
from tests.e2e.browsing import DESKTOP, Person, chromium, device
from tests.e2e.looking import violations
from tests.e2e.serving import Service, done
from tests.e2e.walking import Investor, Sale
from verifier import canonical

pytestmark = pytest.mark.timeout(300)
OURS = {"X-PFL-Page": "1", "Idempotency-Key": "of-a-script"}

CUT = """
const listen = XMLHttpRequest.prototype.addEventListener;
XMLHttpRequest.prototype.addEventListener = function (kind, act) {
  const page = document.documentElement.dataset;
  const answered = (event) => {
    if (page.cut !== "next") return act(event);
    page.cut = "lost";
    this.dispatchEvent(new ProgressEvent("error"));
  };
  listen.call(this, kind, kind === "load" ? answered : act);
};
"""
"""Loses the next answer to an upload on the way back."""

WRONG_CLOCK = """
const skew = %d;
const Right = Date;
window.Date = class extends Right {
  constructor(...parts) {
    super(...(parts.length ? parts : [Right.now() + skew]));
  }
  static now() {
    return Right.now() + skew;
  }
};
"""
"""A device whose clock is this many milliseconds off."""

DAY = 86_400_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def problem(response: APIResponse, status: int, code: str) -> dict[str, object]:
    document: dict[str, object] = response.json()
    assert (response.status, document["code"]) == (status, code), document
    return document


def gated(service: Service, profile: str = "bold") -> Investor:
    """Return an investor who has passed the gate elsewhere."""
    investor = Investor.register(service)
    investor.gate(profile)
    return investor


@pytest.fixture(scope="module")
def paid(service: Service, fund: str) -> Sale:
    """A sale in cooling-off."""
    return Sale.open(service, gated(service), fund).to_paid()


def expired(service: Service, investor: str) -> str:
    """Return a link of our own that was good until the beginning of the year."""
    assert service.ledger is not None
    body = canonical.encode({"expires_at": "2026-01-01T00:00:00.000000Z", "investor": investor})
    mac = service.ledger.secrets.mac("investor-link", body)
    parts = [base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (body, mac)]
    return links.PREFIX + ".".join(parts)


def test_a_link_that_is_over_or_forged_says_what_to_do_and_shows_nothing(service: Service, browser: Browser) -> None:
    context = device(browser, DESKTOP, "en-US", color_scheme="dark")
    page = context.new_page()
    investor = Investor.register(service)
    for link in (expired(service, investor.stream), investor.link.bearer[:-4] + "AAAA", "pfl-link.x"):
        page.goto("about:blank")
        page.goto(f"{service.base}/sign#{link}")
        expect(page.locator("main.view-expired h1")).to_have_text("Open your link again")
        assert "#" not in page.url
    assert violations(page, "expired") == []
    context.close()


def test_the_way_goes_on_at_another_device_and_a_found_link_shows_nothing(service: Service, browser: Browser) -> None:
    first, second = device(browser), device(browser)
    person = Person.arrive(service, first)
    person.identify()
    person.at("agreement")
    person.page.check("[data-field=accept] input")
    person.page.click("#accept-agreement")
    person.at("declaration")

    found = second.new_page()
    found.goto(f"{service.base}/sign#{person.investor.link.bearer}")
    found.wait_for_selector("main.view-identity")
    here = f"{service.base}/v1/investors/{person.investor.stream}"
    problem(second.request.get(here, headers=OURS), 403, "code_needed")
    told = second.request.get(f"{service.base}/v1/journey", headers=OURS).json()
    assert (told["name"], told["sale"], told["choices"], told["mobile"]) == (None, None, None, "138****0000")

    other = Person(service, person.investor, found)
    other.identify()
    other.at("declaration")
    first.close()
    second.close()


def test_a_session_is_no_use_to_another_page_or_for_another_investor(service: Service, browser: Browser) -> None:
    context = device(browser)
    person = Person.come(service, context, Investor.register(service))
    stranger = Investor.register(service)
    problem(context.request.get(f"{service.base}/v1/investors/{stranger.stream}", headers=OURS), 403, "forbidden")
    problem(context.request.get(f"{service.base}/v1/journey"), 401, "unauthenticated")
    crossing = {**OURS, "Sec-Fetch-Site": "cross-site"}
    problem(context.request.get(f"{service.base}/v1/journey", headers=crossing), 401, "unauthenticated")
    (cookie,) = context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    stolen = {**OURS, "Cookie": f"{cookie['name']}={cookie['value']}"}
    assert httpx.get(f"{service.base}/v1/journey", headers=stolen).is_success  # as good as its owner's, until this ends
    person.page.goto(f"{service.base}/sign#{stranger.link.bearer}")
    person.at("identity")  # somebody else's link: nothing is left of whoever was here before
    expect(person.page.locator(".progress a")).to_have_count(0)
    told = context.request.get(f"{service.base}/v1/journey", headers=OURS).json()
    assert (told["investor"], told["verified"], told["name"]) == (stranger.stream, False, None)
    assert httpx.delete(f"{service.base}/v1/session", headers=stolen).is_success
    assert httpx.get(f"{service.base}/v1/journey", headers=stolen).status_code == 401
    (cookie,) = context.cookies()
    context.add_cookies([{"name": cookie["name"], "value": cookie["value"][:-4] + "AAAA", "url": service.base}])
    person.page.reload()
    person.at("expired")
    context.close()


def test_back_shows_what_is_done_and_never_does_it_again(service: Service, browser: Browser) -> None:
    context = device(browser)
    person = Person.arrive(service, context)
    person.identify()
    person.at("agreement")
    person.page.check("[data-field=accept] input")
    person.page.click("#accept-agreement")
    person.at("declaration")
    person.page.go_back()
    person.at("agreement")
    expect(person.page.locator(".tick")).to_be_visible()
    assert person.page.locator("#accept-agreement").count() == 0
    person.page.goto(f"{service.base}/sign/visit")  # a stage that lies ahead leads to the one at hand
    person.at("declaration")
    assert person.page.url.endswith("/sign/declaration")
    context.close()


def test_a_script_that_skips_a_statement_is_refused_with_the_article(
    service: Service, browser: Browser, fund: str
) -> None:
    sale = Sale.open(service, gated(service), fund)
    sale.match()
    items = sale.disclose()["items"]
    sale.confirm(items[:12])
    context = device(browser)
    person = Person.come(service, context, sale.investor)
    person.at("items")
    expect(person.page.locator(".statement .number")).to_have_text("13")
    person.investor.link.post(
        f"/v1/investors/{sale.investor.stream}/certificates", {"csr": sale.investor.device.csr_pem()}
    )
    refused = context.request.post(
        f"{service.base}{sale.here}/signatures", headers=OURS, data={"purpose": "risk_disclosure"}
    )
    findings = problem(refused, 409, "refused_by_rule")["findings"]
    assert isinstance(findings, list)
    assert "26" in {finding["citation"]["article"] for finding in findings}
    context.close()


def test_what_is_no_proof_is_refused_and_a_cut_connection_loses_nothing(
    service: Service, browser: Browser, fund: str, tmp_path: Path
) -> None:
    sale = Sale.open(service, gated(service), fund).to_signed_disclosure()
    context = device(browser, reduced_motion="reduce")
    context.add_init_script(CUT)
    person = Person.come(service, context, sale.investor)
    page = person.page
    person.prove(b"MZ", "proof.exe", "application/x-msdownload")
    expect(page.locator("#file-error")).to_contain_text("PNG")
    (tmp_path / "big.png").write_bytes(b"\x89PNG" * (5 * 2**20 + 1))
    page.set_input_files("#proof-file", tmp_path / "big.png")
    expect(page.locator("#file-error")).to_contain_text("20 MB")
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(bank_statement())) as pdf:
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        pdf.save(out)
    for content, words in ((out.getvalue(), "脚本"), (b"GIF89a", "PDF、PNG 或 JPEG")):
        page.set_input_files("#proof-file", {"name": "p.pdf", "mimeType": "application/pdf", "buffer": content})
        page.click("#send-proof")
        expect(page.locator(".trouble")).to_contain_text(words)
    page.set_input_files("#proof-file", {"name": "p.pdf", "mimeType": "application/pdf", "buffer": bank_statement()})
    context.set_offline(True)
    page.click("#send-proof")
    expect(page.locator(".trouble")).to_contain_text("网络不通")
    context.set_offline(False)
    page.evaluate("document.documentElement.dataset.cut = 'next'")
    page.click("#send-proof")  # this time the service has it, and only its answer is lost
    page.wait_for_selector("html[data-cut=lost]")
    expect(page.locator("#send-proof")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator(".trouble")).to_contain_text("网络不通")
    page.click("#send-proof")
    person.at("review")
    expect(page.locator(".pulse")).to_be_visible()
    assert page.evaluate("document.getAnimations().length") == 0  # this person wants nothing to move
    shown = done(sale.service.staff["compliance"].get(f"/v1/investors/{sale.investor.stream}"))
    assert len(shown["proofs"]) == 1
    context.close()


def test_two_taps_in_one_tab_and_one_elsewhere_sign_once(service: Service, browser: Browser, fund: str) -> None:
    sale = Sale.open(service, gated(service), fund).to_signed_disclosure()
    done(sale.qualify(sale.grant(sale.upload_proof())), 201)
    context, elsewhere = device(browser, DESKTOP, "en-US"), device(browser)
    person, other = (Person.come(service, each, sale.investor) for each in (context, elsewhere))
    for each in (person, other):
        each.at("contract")
        each.page.wait_for_selector("#next-page")
        each.turn_pages()
        each.page.wait_for_selector("#sign")
    tab = Person(service, sale.investor, context.new_page())
    tab.watch()
    tab.page.goto(f"{service.base}/sign")
    tab.at("contract")
    other.page.click("#sign")
    person.page.dblclick("#sign")
    for each in (person, other, tab):  # whoever was late, and the tab that only looked on, come to where the sale is
        each.at("seal")
    items = done(service.staff["compliance"].get(f"{sale.here}/timeline"))["items"]
    assert sum(item["type"] == "document.signed" for item in items) == 2  # the risk disclosure before, the contract now
    person.page.click("#rescind")
    person.at("rescind")
    person.page.click("#confirm-rescission")
    for each in (person, tab):
        each.at("rescinded")
        assert [error for error in each.errors if "409" not in error] == []
    context.close()
    elsewhere.close()


@pytest.mark.parametrize("skew", [DAY, -DAY], ids=["a day ahead", "a day behind"])
def test_a_wrong_clock_shortens_no_cooling_off(service: Service, browser: Browser, paid: Sale, skew: int) -> None:
    context = device(browser)
    context.add_init_script(WRONG_CLOCK % skew)
    person = Person.come(service, context, paid.investor)
    person.at("cooling_off")
    journey = context.request.get(f"{service.base}/v1/journey", headers=OURS).json()
    until = from_text(journey["sale"]["cooling_off"]["ends"])
    hours, minutes, seconds = map(int, person.page.inner_text(".countdown").split(":"))
    shown = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    assert abs(until - from_text(journey["at"]) - shown) < timedelta(minutes=1)
    china = until.astimezone(ZoneInfo("Asia/Shanghai"))
    expect(person.page.locator(".cooling")).to_contain_text(f"{china.year}年{china.month}月{china.day}日")
    context.close()


def test_whoever_may_not_buy_is_told_the_article_and_may_ask_for_a_person(
    service: Service, browser: Browser, fund: str
) -> None:
    assert fund
    context = device(browser)
    person = Person.come(service, context, gated(service, "cautious"))
    person.at("offer")
    person.page.click("#dev-offer")
    expect(person.page.locator(".trouble .findings")).to_contain_text("C2")
    person.page.reload()
    expect(person.page.locator("main .findings .article").first).to_contain_text("条")
    expect(person.page.locator("main .findings .change").first).to_contain_text("请")
    context.close()
