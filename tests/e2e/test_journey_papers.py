"""Papers in the browser under a policy: reading times, a drawn name, the payment slip, and a review by a person."""

import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from playwright.sync_api import Browser, expect

from ledger.rules.loader import PACKAGED
from ledger.services.handwriting import strokes_of
from tests.e2e import walking
from tests.e2e.browsing import WAIT, Person, chromium, device
from tests.e2e.looking import violations
from tests.e2e.serving import Service, done, serving
from tests.e2e.walking import Investor, Sale
from verifier import bundle as bundles

PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service whose policy demands a second a page and four in all of the contract."""
    root: Path = tmp_path_factory.mktemp("strict")
    policy = copytree(PACKAGED / "policy" / "default", root / "policy")
    file = policy / "reading_time.toml"
    file.write_text(
        file.read_text(encoding="utf-8").replace(
            'paper = "fund_contract", page = 0, total = 0', 'paper = "fund_contract", page = 1, total = 6'
        ),
        encoding="utf-8",
    )
    file = policy / "handwriting.toml"
    file.write_text(
        file.read_text(encoding="utf-8").replace(
            'paper = "fund_contract", asked = false', 'paper = "fund_contract", asked = true'
        ),
        encoding="utf-8",
    )
    with serving(root / "data", policy=policy) as running:
        yield running


def to_contract(service: Service) -> Sale:
    """Return a sale whose contract is the next thing."""
    investor = Investor.register(service)
    investor.gate()
    sale = Sale.open(service, investor, walking.product(service)).to_signed_disclosure()
    done(sale.qualify(sale.grant(sale.upload_proof())), 201)
    return sale


def test_the_page_says_how_long_to_read_on_and_goes_on_by_itself(strict: Service, browser: Browser) -> None:
    sale = to_contract(strict)
    context = device(browser)
    person = Person.come(strict, context, sale.investor)
    page = person.page
    person.at("contract")
    pace = page.locator(".pace")
    expect(pace).to_be_visible()
    expect(page.locator("#next-page")).to_have_attribute("aria-disabled", "true")
    expect(page.locator("#next-page")).to_have_attribute("aria-describedby", re.compile("wait-"))
    assert violations(page, "pace") == []
    total = person.turn_pages()
    assert total >= 2
    page.wait_for_selector("#sign")
    seconds = done(strict.staff["auditor"].get(f"{sale.here}/timeline"))["items"]
    assert sum(item["type"] == "document.page_read" for item in seconds) == total
    expect(page.locator("#clear-pad")).to_be_disabled()
    draw(person)
    assert violations(page, "drawing") == []
    page.click("#sign")
    person.at("seal")
    kept(strict, sale)
    done(strict.staff["compliance"].post(f"{sale.here}/contract-completion"), 201)
    slip(person)
    assert person.errors == []
    context.close()


def draw(person: Person) -> None:
    """Draw, clear, and draw again: one stroke of a line and a hook."""
    page = person.page
    page.locator("#pad").scroll_into_view_if_needed()
    for again in (False, True):
        box = page.locator("#pad").bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 20, box["y"] + 30)
        page.mouse.down()
        page.mouse.move(box["x"] + 120, box["y"] + 30)
        page.mouse.move(box["x"] + 100, box["y"] + 60)
        page.mouse.up()
        expect(page.locator("#clear-pad")).to_be_enabled()
        if not again:
            page.click("#clear-pad")
            expect(page.locator("#clear-pad")).to_be_disabled()


def kept(service: Service, sale: Sale) -> None:
    """The drawing is a document of the signature's record; the report shows it and the bundle verifies."""
    assert service.ledger is not None
    with service.ledger.store.snapshot() as reader:
        signed = [e for e in reader.events(sale.stream) if e.type == "document.signed"]
        (drawn,) = [d for d in signed[-1].documents if d.role == "handwriting"]
        assert [d.role for d in signed[0].documents] == ["shown", "signed"], "no policy, no drawing"
        svg = service.ledger.documents.get(drawn.sha256, subject=sale.investor.stream)
    (stroke,) = strokes_of(svg)
    assert (drawn.media_type, len(stroke)) == ("image/svg+xml", 3)
    assert done(service.staff["auditor"].post(f"{sale.here}/reports"), 201)["verdict"] == "holds"
    found = service.staff["auditor"].get(f"{sale.here}/reports/evidence.json").content
    assert drawn.sha256 in {d.sha256 for d in bundles.parse(found).documents}


def slip(person: Person) -> None:
    """Give a payment slip: a wrong kind is told at once, a picture is taken and listed."""
    page = person.page
    person.at("payment")
    expect(page.locator(".facts.slip")).to_contain_text("张三")
    page.click("#send-slip")
    expect(page.locator("#file-error")).not_to_be_empty()
    page.set_input_files("#slip-file", {"name": "a.gif", "mimeType": "image/gif", "buffer": b"GIF89a"})
    expect(page.locator("#file-error")).to_contain_text("PDF")
    page.set_input_files("#slip-file", {"name": "slip.png", "mimeType": "image/png", "buffer": PNG})
    page.click("#send-slip")
    expect(page.locator(".slips .given li")).to_have_count(1)
    assert violations(page, "payment") == []


def test_a_person_reviews_the_result_and_the_page_shows_the_reasons(strict: Service, browser: Browser) -> None:
    context = device(browser)
    person = Person.arrive(strict, context)
    page = person.page
    person.identify()
    person.agree()
    person.answer()
    person.at("result")
    page.click("#ask-review")
    page.fill("textarea", "我的收入已经变化")
    page.click("#send-review")
    expect(page.locator(".right .tick")).to_contain_text("已提交")
    page.click("#acknowledge-result")
    person.at("offer")

    compliance = strict.staff["compliance"]
    (waiting,) = [i for i in done(compliance.get("/v1/reviews"))["items"] if i["investor"] == person.investor.stream]
    assert (waiting["type"], waiting["reason"]) == ("assessment.completed", "我的收入已经变化")
    path = f"/v1/investors/{person.investor.stream}/reviews/{waiting['review']}/completion"
    done(compliance.post(path, {"outcome": "upheld", "reasons": "问卷答案与等级相符"}), 201)
    expect(page.locator("main.view-offer .reasons")).to_have_text("问卷答案与等级相符", timeout=WAIT)
    assert violations(page, "offer") == []
    page.goto(f"{strict.base}/sign/result")
    expect(page.locator("main.view-result .reasons")).to_have_text("问卷答案与等级相符")
    assert violations(page, "past result") == []
    assert person.errors == []
    context.close()
