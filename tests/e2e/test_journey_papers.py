"""Papers in the browser under a policy: reading times, a drawn name, the payment slip, and a review by a person."""

import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from playwright.sync_api import Browser, expect

from ledger.rules.loader import PACKAGED
from tests.e2e import walking
from tests.e2e.browsing import WAIT, Person, chromium, device
from tests.e2e.looking import violations
from tests.e2e.serving import Service, done, serving
from tests.e2e.walking import Investor, Sale

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
    page.click("#sign")
    person.at("seal")
    done(strict.staff["compliance"].post(f"{sale.here}/contract-completion"), 201)
    slip(person)
    assert person.errors == []
    context.close()


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
