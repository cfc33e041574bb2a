"""One client through many doors: a message's link, WeChat, a desktop, a branch's terminal, a firm's app, a frame."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any, cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Browser, FrameLocator, Page, expect

from api.settings import Settings
from ledger.domain.actors import Actor, Role
from ledger.domain.events import Draft, Event
from ledger.services.ledger import Ledger
from tests.e2e.browsing import DESKTOP, PICTURES, Person, chromium, device
from tests.e2e.looking import violations
from tests.e2e.serving import Caller, Service, beside, done, refused
from tests.e2e.walking import Investor, Sale

pytestmark = pytest.mark.timeout(300)
WECHAT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36 MicroMessenger/8.0.50"
BACK = "fundapp://funds/back?from=sale"
HOST = """<!doctype html><meta charset="utf-8"><title>A firm's own app</title>
<script>events = []; addEventListener("message", ({origin, data}) => events.push({origin, data}))</script>
<iframe src="%s" width="390" height="800"></iframe>"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@contextmanager
def host() -> Iterator[tuple[str, dict[str, str]]]:
    """Serve another site's pages (``localhost`` is not ``127.0.0.1``); yields its origin and its pages by path."""
    pages: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(pages.get(self.path, "").encode())

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=partial(server.serve_forever, 0.05), daemon=True)
        thread.start()
        yield f"http://localhost:{server.server_port}", pages
        server.shutdown()
        thread.join()


def certificate(path: Path) -> Path:
    """Write a certificate for 127.0.0.1 that nobody has signed, with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    path.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, form, plain))
    return path


@dataclass
class Doors:
    """The same ledger behind a TLS and a plain service that one app may frame and be led back to from."""

    secure: Service
    plain: Service
    app: str
    pages: dict[str, str]
    stranger: str
    strange: dict[str, str]


@pytest.fixture(scope="module")
def doors(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    ledger = cast("Ledger", service.ledger)
    with ExitStack() as open_:
        (app, pages), (stranger, strange) = open_.enter_context(host()), open_.enter_context(host())
        settings = Settings(development=True, embedders=(app,), returns=("fundapp:",))
        pem = certificate(tmp_path_factory.mktemp("tls") / "server.pem")
        secure = open_.enter_context(beside(ledger, settings, pem))
        plain = open_.enter_context(beside(ledger, settings))
        yield Doors(replace(service, base=secure), replace(service, base=plain), app, pages, stranger, strange)


def link(service: Service, base: str, investor: str, **terms: str) -> str:
    """Have sales make a link with terms, at the service that allows them."""
    seller = Caller(base, service.staff["sales"].bearer)
    return str(done(seller.post(f"/v1/investors/{investor}/links", terms), 201)["token"])


def records(service: Service, stream: str) -> list[Event]:
    assert service.ledger is not None
    with service.ledger.store.snapshot() as reader:
        return list(reader.events(stream))


def rescinded(service: Service, investor: Investor, fund: str) -> None:
    """Open a sale and end it: what its page says is the same however it came to that."""
    sale = Sale.open(service, investor, fund).stream
    assert service.ledger is not None
    with service.ledger.store.transaction() as tx:
        now = service.ledger.clock.now()
        person = Actor(investor.stream, Role.INVESTOR)
        tx.append([Draft("sale.rescinded", sale, investor.stream, person, now, {"reason": "x"})], now)


def code_of(service: Service, investor: str) -> str:
    return str(done(service.staff["admin"].get(f"/v1/development/codes/{investor}"))["code"])


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"channel-{name}.png", full_page=True)


def test_the_adviser_pushes_and_the_client_goes_on_in_wechat_and_at_a_desktop(
    service: Service, browser: Browser
) -> None:
    investor = Investor.register(service)
    sales, here = service.staff["sales"], f"/v1/investors/{investor.stream}"
    told = done(sales.post(f"{here}/invitations", {"channel": "wechat"}), 201)
    assert "token" not in told
    (text,) = done(service.staff["admin"].get(f"/v1/development/messages/{investor.stream}"))["messages"]
    token = text.partition("#")[2].partition(" ")[0]
    inside = device(browser, user_agent=WECHAT)
    person = Person(service, Investor(service, investor.stream, Caller(service.base, token)), inside.new_page())
    person.watch()
    person.open()
    person.identify()
    person.at("agreement")
    assert violations(person.page, "wechat") == []
    person.page.check("[data-field=accept] input")
    person.page.click("#accept-agreement")
    person.at("declaration")
    person.page.click(".elsewhere summary")
    picture(person.page, "wechat")
    person.page.click("#take-elsewhere")
    address = person.page.input_value("#handover")
    assert violations(person.page, "handover") == []

    outside = device(browser, DESKTOP, "en-US")
    other = replace(person, page=outside.new_page(), errors=[])
    other.watch()
    other.page.goto(address)
    other.identify()
    other.at("declaration")  # where the other one stands
    assert other.page.locator(".strip").count() == 0
    other.page.check("input[value=financial_assets]")
    for name in ("own_funds", "self_purchase", "active"):
        other.page.check(f"[data-field={name}] input")
    other.page.click("#declare")
    other.at("consents")
    person.page.goto(f"{service.base}/sign")
    person.at("consents")
    by_type = {e.type: e.fields.get("channel") for e in records(service, investor.stream)}
    assert (by_type["agreement.accepted"], by_type["qualification.declared"]) == ("wechat", "web")
    assert person.errors == other.errors == []
    inside.close()
    outside.close()


def test_one_call_opens_a_sale_and_sends_its_link_and_repeating_it_sends_none(service: Service, fund: str) -> None:
    investor = Investor.register(service)
    investor.gate()
    done(investor.link.get(f"/v1/products/{fund}"))
    sales, order = service.staff["sales"], {**investor.order(fund), "invitation": {"language": "en"}}
    opened = done(sales.post("/v1/sales", order, key=f"push-{investor.stream}"), 201)
    assert done(sales.post("/v1/sales", order, key=f"push-{investor.stream}"), 201) == opened
    (text,) = done(service.staff["admin"].get(f"/v1/development/messages/{investor.stream}"))["messages"]
    assert re.search(r"waits for you in person.*#pfl-link\.", text)
    here = f"/v1/sales/{opened['sale']}"
    listed = done(sales.get(f"{here}/messages"))["items"]
    assert [(i["message"], i["outcome"]) for i in listed] == [(opened["invitation"]["message"], "delivered")]
    early = refused(sales.post(f"{here}/invitations", {}))
    assert early["findings"][0]["rule"] == "policy/reminder_interval"
    assert "pfl-link." not in str([e.fields for e in records(service, opened["sale"])])
    refused(sales.post(f"{here}/reminders", {}), "conflict")  # the match is the adviser's turn


def test_a_branchs_terminal_keeps_nothing_and_shows_nothing_after_it_was_left(
    service: Service, browser: Browser
) -> None:
    investor = Investor.register(service)
    token = link(service, service.base, investor.stream, channel="branch")
    context = device(browser, DESKTOP)
    person = Person(service, Investor(service, investor.stream, Caller(service.base, token)), context.new_page())
    person.watch()
    person.open()
    person.identify()
    person.at("agreement")
    assert violations(person.page, "terminal") == []
    picture(person.page, "terminal")
    (cookie,) = context.cookies()
    assert cookie["expires"] - datetime.now(UTC).timestamp() <= 30 * 60
    kept = """async (whose) => {
      const { keyOf } = await import("/assets/keys.js");
      const [one, two] = [await keyOf(whose), await keyOf(whose)];
      return [one === two, one.privateKey.extractable, (await indexedDB.databases()).length];
    }"""
    assert person.page.evaluate(kept, investor.stream) == [True, False, 0]
    person.page.click("#large-type")
    person.page.click("#leave-terminal")
    person.at("left")
    assert violations(person.page, "left") == []
    assert context.cookies() == []
    assert person.page.evaluate("[localStorage.getItem('pfl-large'), history.state]") == [None, None]
    person.page.go_back()
    person.at("expired")
    assert person.errors == ["Failed to load resource: the server responded with a status of 401 (Unauthorized)"]
    context.close()


def test_the_page_leads_back_to_the_app_that_the_link_names_and_to_no_other(
    service: Service, doors: Doors, browser: Browser, fund: str
) -> None:
    investor = Investor.register(service)
    base, seller = doors.plain.base, Caller(doors.plain.base, service.staff["sales"].bearer)
    here = f"/v1/investors/{investor.stream}/links"
    for evil in (
        "https://evil.example/",
        "javascript:alert(1)",
        f"{doors.app}.evil.example/",
        f"{doors.app}@evil.example",
    ):
        refused(seller.post(here, {"return_to": evil}), "invalid_request", 422)
    token = link(service, base, investor.stream, channel="app", return_to=BACK, state="r-17")
    context = device(browser)
    person = Person(doors.plain, Investor(service, investor.stream, Caller(base, token)), context.new_page())
    person.page.goto(f"{base}/sign?return_to=https://evil.example/#{token}")
    person.identify()
    person.at("agreement")
    way = person.page.locator("#return-to-app")
    expect(way).to_have_attribute("href", f"{BACK}&outcome=left&state=r-17")
    assert violations(person.page, "return") == []
    investor.gate()
    rescinded(service, investor, fund)
    person.page.goto(f"{base}/sign")
    person.at("rescinded")
    expect(way).to_have_attribute("href", f"{BACK}&outcome=rescinded&state=r-17")
    picture(person.page, "return")
    context.close()


def framed(page: Page, origin: str, pages: dict[str, str], address: str) -> FrameLocator:
    pages["/app"] = HOST % address
    page.goto(f"{origin}/app")
    return page.frame_locator("iframe")


def test_a_listed_app_of_another_site_frames_the_pages_and_hears_what_happens(
    service: Service, doors: Doors, browser: Browser, fund: str
) -> None:
    investor = Investor.register(service)
    investor.gate()
    rescinded(service, investor, fund)
    token = link(service, doors.plain.base, investor.stream, channel="app", return_to=BACK)
    context = device(browser, DESKTOP, ignore_https_errors=True)
    page = context.new_page()
    inside = framed(page, doors.app, doors.pages, f"{doors.secure.base}/sign#{token}")
    inside.locator("#send-code").click()
    inside.locator("input[name=code]").wait_for()
    inside.locator("input[name=code]").fill(code_of(service, investor.stream))
    inside.locator("main.view-rescinded").wait_for()
    assert inside.locator("#return-to-app").count() == 0, "a frame is told by events"
    page.wait_for_function("events.some(({data}) => data.event === 'rescinded')")
    heard: list[dict[str, Any]] = page.evaluate("events")
    assert {each["origin"] for each in heard} == {doors.secure.base}
    names = [each["data"]["event"] for each in heard]
    assert (names[0], names[-1]) == ("ready", "rescinded")
    assert {each["data"].get("stage") for each in heard} >= {"identity", "rescinded"}
    assert investor.stream not in str(heard)
    (cookie,) = context.cookies()
    assert (cookie["name"], cookie["sameSite"], cookie["secure"]) == ("__Host-pfl_session", "None", True)
    assert "localhost" in str(cookie.get("partitionKey")), "the session is good inside this app's pages only"
    context.close()


def test_another_site_is_refused_by_frame_ancestors(service: Service, doors: Doors, browser: Browser) -> None:
    investor = Investor.register(service)
    context = device(browser, DESKTOP, ignore_https_errors=True)
    page = context.new_page()
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        framed(page, doors.stranger, doors.strange, f"{doors.secure.base}/sign#{investor.link.bearer}")
    assert page.evaluate("events") == []
    assert context.cookies() == []
    context.close()


def test_over_plain_http_a_frame_of_another_site_has_no_session(
    service: Service, doors: Doors, browser: Browser
) -> None:
    investor = Investor.register(service)
    context = device(browser, DESKTOP)
    inside = framed(context.new_page(), doors.app, doors.pages, f"{doors.plain.base}/sign#{investor.link.bearer}")
    inside.locator("main.view-expired").wait_for()  # the cookie is SameSite=Strict there, and never kept
    assert context.cookies() == []
    context.close()
