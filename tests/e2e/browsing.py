"""A person with a browser: Debian's Chromium, driven like a thumb would, on the real service."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Self

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    FilePayload,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

from ledger.demo.story import bank_statement
from tests.e2e import looking
from tests.e2e.serving import Service, done
from tests.e2e.walking import ANSWERS, Investor, now

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "build" / "journey"  # ignored by git, kept for people to look at
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WAIT = 60_000


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser; a loud skip where there is none."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here: the investor's pages are NOT tested; install chromium to test them")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()


def device(browser: Browser, size: ViewportSize | None = None, language: str = "zh-CN", **other: Any) -> BrowserContext:
    """Return a device of its own: nothing is shared with another one."""
    phone = (size or PHONE) == PHONE
    context = browser.new_context(
        viewport=size or PHONE, locale=language, is_mobile=phone, has_touch=phone, accept_downloads=True, **other
    )
    context.set_default_timeout(WAIT)
    context.add_init_script(looking.SHIFTS)
    return context


def keep_picture(page: Page, name: str) -> None:
    """Keep a picture of a whole page for people to look at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


@dataclass
class Person:
    """One investor at one device. Every method is one stage, ended when the next one is on the screen."""

    service: Service
    investor: Investor
    page: Page
    pictures: str | None = None
    audit: bool = False
    errors: list[str] = field(default_factory=list)
    taken: int = 0
    means: str | None = None
    """The suite to sign in, where it is not the page's first choice."""
    asked: set[str] = field(default_factory=set)
    """Every origin of which the page asked anything."""

    @classmethod
    def come(cls, service: Service, context: BrowserContext, investor: Investor) -> Self:
        """Open the link of somebody who is registered already, and type in the code."""
        person = cls(service, investor, context.new_page())
        person.watch()
        person.open()
        person.identify()
        return person

    @classmethod
    def arrive(
        cls, service: Service, context: BrowserContext, *, name: str = "张三", pictures: str | None = None
    ) -> Self:
        """Register with the sales staff, get the link, open it."""
        person = cls(service, Investor.register(service, name), context.new_page(), pictures)
        person.watch()
        person.open()
        return person

    def watch(self) -> None:
        """Note what the browser complains about."""
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._told)
        self.page.on("request", lambda request: self.asked.add(request.url.partition("//")[2].partition("/")[0]))

    def _told(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def open(self) -> None:
        """Open the link."""
        self.page.goto(f"{self.service.base}/sign#{self.investor.link.bearer}")

    def at(self, stage: str) -> None:
        """Wait for a stage's page, and keep a picture of it."""
        self.page.wait_for_selector(f"main.view-{stage}")
        if self.audit:
            self.errors += looking.at(self.page, stage)
        if self.pictures is not None:
            PICTURES.mkdir(parents=True, exist_ok=True)
            self.taken += 1
            self.page.screenshot(path=PICTURES / f"{self.pictures}-{self.taken:02d}-{stage}.png", full_page=True)
        if self.audit:
            looking.rest(self.page)

    def press(self, selector: str) -> None:
        """Press a button or follow a link."""
        self.page.click(selector)

    def mark(self, selector: str) -> None:
        """Choose one of several, or tick a box."""
        self.page.check(selector)

    def choose(self, selector: str, value: str) -> None:
        """Choose from a list."""
        self.page.select_option(selector, value)

    def write(self, selector: str, text: str) -> None:
        """Type into a field."""
        self.page.fill(selector, text)

    def date(self, selector: str, day: date) -> None:
        """Give a day."""
        self.page.fill(selector, str(day))

    def give(self, file: FilePayload) -> None:
        """Choose the file of the proof."""
        self.page.set_input_files("#proof-file", file)

    def identify(self) -> None:
        """Ask for the code and type it in."""
        self.at("identity")
        self.press("#send-code")
        self.page.wait_for_selector("input[name=code]")
        code = done(self.service.staff["admin"].get(f"/v1/development/codes/{self.investor.stream}"))["code"]
        self.write("input[name=code]", code)

    def agree(self) -> None:
        """Accept the agreement, confirm one's qualification, decide on each consent."""
        self.at("agreement")
        self.mark("[data-field=accept] input")
        self.press("#accept-agreement")
        self.at("declaration")
        self.mark("input[value=financial_assets]")
        for name in ("own_funds", "self_purchase", "active"):
            self.mark(f"[data-field={name}] input")
        self.press("#declare")
        self.at("consents")
        for number in (1, 2):
            # the count names the total too: "1 of 2" holds a 2, and a click on a busy button does nothing
            expect(self.page.locator(".count")).to_have_text(re.compile(rf"^\D*{number}\D"))
            self.press("#consent")

    def answer(self, profile: str = "bold", **changed: str) -> None:
        """Answer question by question and send."""
        self.at("questionnaire")
        for number, option in enumerate({**ANSWERS[profile], **changed}.values(), 1):
            expect(self.page.locator(".meter progress")).to_have_attribute("value", str(number))
            self.mark(f'input[value="{option}"]')
            self.press("#next-question")
        self.press("#send-answers")

    def to_offer(self, profile: str = "bold") -> None:
        """Pass the gate."""
        self.identify()
        self.agree()
        self.answer(profile)
        self.at("result")
        self.press("#acknowledge-result")
        self.at("offer")

    def match(self) -> None:
        """Have the adviser open the sale; see the product and the opinion."""
        self.press("#dev-offer")
        self.at("product")
        self.page.wait_for_selector(".card.product")
        self.press("#to-match")
        self.at("match")
        self.press("#acknowledge-match")

    def turn_pages(self) -> int:
        """Read a paper to its last page; returns how many there were."""
        self.page.wait_for_selector(".sheet .flow")
        if self.audit:
            self.errors += looking.at(self.page, "reader")
            looking.rest(self.page)
        count = self.page.locator(".reader-bar .count")
        total = int(re.findall(r"[0-9]+", count.inner_text())[-1])
        for number in range(1, total + 1):
            expect(count).to_contain_text(re.compile(rf"(^|\D){number}\D+{total}\D*$"))
            self.press("#next-page")
        return total

    def disclose(self) -> None:
        """Read the risk disclosure, confirm each statement, sign."""
        self.at("disclosure")
        self.turn_pages()
        self.confirm(1, 13)
        self.at("sign_disclosure")
        self.sign()

    def sign(self) -> None:
        """Choose with what, if that was named, and sign."""
        if self.means is not None:
            self.mark(f"input[value={self.means}]")
        self.press("#sign")

    def confirm(self, first: int, last: int) -> None:
        """Confirm statements one at a time."""
        self.at("items")
        for number in range(first, last + 1):
            expect(self.page.locator(".statement .number")).to_have_text(str(number))
            self.press("#confirm-item")

    def prove(self, content: bytes, name: str = "statement.pdf", media_type: str = "application/pdf") -> None:
        """Fill in the proof and send it."""
        self.at("proof")
        self.choose("select", "bank_statement")
        self.write("input[name=amount]", "3,500,000")
        self.date("input[type=date]", now(self.service).date())
        self.give({"name": name, "mimeType": media_type, "buffer": content})
        self.press("#send-proof")

    def certified(self) -> None:
        """Have the certifier approve."""
        self.at("review")
        self.press("#dev-certify")

    def contract(self) -> None:
        """Read the contract and sign it."""
        self.at("contract")
        self.page.wait_for_selector("#next-page")
        self.turn_pages()
        self.sign()

    def paid(self) -> None:
        """Have the contract sealed and the money arrive."""
        self.at("seal")
        self.press("#dev-seal")
        self.at("payment")
        self.press("#dev-pay")
        self.at("cooling_off")

    def visited(self) -> None:
        """Let the time pass and answer the eight questions with yes."""
        self.press("#dev-pass_time")
        self.at("visit")
        for number in range(1, 9):
            expect(self.page.locator(".meter progress")).to_have_attribute("value", str(number))
            self.mark("input[value=yes]")
            self.press("#next-question")
        self.at("confirmation")
        self.press("#dev-visit")
        self.at("done")

    def buy(self) -> None:
        """Go the whole way, from the one-time code to the sale's effect."""
        self.to_offer()
        self.match()
        self.disclose()
        self.prove(bank_statement())
        self.certified()
        self.contract()
        self.paid()
        self.visited()

    def evidence(self, folder: Path) -> bytes:
        """Download the evidence of the sale that has taken effect."""
        with self.page.expect_download() as download:
            self.press("#download-evidence")
        kept = folder / "evidence.json"
        download.value.save_as(kept)
        return kept.read_bytes()
