"""The whole way in a browser, at a phone's size, without a pointer: from the link to the evidence."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.browsing import chromium, device
from tests.e2e.keyboard import Keyboard
from tests.e2e.looking import AXE
from tests.e2e.serving import Service
from verifier import verify
from verifier.report import Outcome

pytestmark = [pytest.mark.timeout(300), pytest.mark.usefixtures("fund")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(autouse=True)
def _audited() -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: the investor's pages are NOT tested; scripts/test installs it")


def told(records: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """Return what the records of a type disclose."""
    return [{n: v for _, n, v in r["disclosures"]} for r in records if r["record"]["type"] == kind]


def test_a_newcomer_buys_the_fund_by_keyboard_and_the_evidence_holds(
    service: Service, browser: Browser, tmp_path: Path
) -> None:
    context = device(browser)
    person = Keyboard.arrive(service, context, name="张䶮㛃", pictures="zh-phone")
    person.audit = True
    person.page.wait_for_selector("main.view-identity")
    person.skip()
    person.buy()
    assert "张䶮㛃" in person.page.inner_text(".lead")
    own = service.base.partition("//")[2]
    assert {origin for origin in person.asked if origin} == {own}, "nobody else sees questionnaire, contract or payment"
    content = person.evidence(tmp_path)
    report = verify.verify(content)
    assert report.verdict is Outcome.HOLDS, report.as_json()
    records = json.loads(content)["records"]
    signed = [r["record"] for r in records if r["record"]["type"] == "document.signed"]
    readings = told(records, "document.page_read")
    assert [sum(ref["role"] == "read" for ref in record["refs"]) for record in signed] == [
        sum(r["document"] == record["documents"][0]["sha256"] for r in readings) for record in signed
    ]
    assert all(sum(ref["role"] == "read" for ref in record["refs"]) >= 2 for record in signed)
    assert told(records, "visit.answered")[0]["answers"] == {str(n): True for n in range(1, 9)}
    assert person.errors == []
    context.close()
