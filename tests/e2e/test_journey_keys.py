"""The same way with keys that outlive it: a passkey in a virtual authenticator, and a wallet injected into the page."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct, encode_typed_data
from playwright.sync_api import Browser, Page

from ledger.demo.story import bank_statement
from tests.e2e import walking
from tests.e2e.browsing import Person, chromium, device
from tests.e2e.serving import Service, done, serving
from verifier import verify
from verifier.report import Outcome

pytestmark = pytest.mark.timeout(300)
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
WALLET = """
window.ethereum = { request: ({ method, params }) => window.walletOfTests(method, params ?? []) };
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service by the name that passkeys ask for, with a fund on sale."""
    with serving(tmp_path_factory.mktemp("site") / "data", host="localhost") as running:
        walking.product(running)
        yield running


def authenticator(page: Page) -> Any:
    """Give the page's device an authenticator with a fingerprint that always fits."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    name = session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})["authenticatorId"]
    return session, name


def suites(records: list[dict[str, Any]]) -> list[str]:
    """Return the suites of the signatures, in order."""
    signed = [r for r in records if r["record"]["type"] == "document.signed"]
    return [value for r in signed for _, name, value in r["disclosures"] if name == "suite"]


def test_the_fund_is_bought_with_a_passkey(site: Service, browser: Browser, tmp_path: Path) -> None:
    context = device(browser)
    person = Person.arrive(site, context, pictures="passkey")
    session, name = authenticator(person.page)
    person.to_offer()
    person.match()
    person.disclose()
    person.prove(bank_statement())
    person.certified()
    person.contract()
    person.paid()
    person.visited()
    assert len(session.send("WebAuthn.getCredentials", {"authenticatorId": name})["credentials"]) == 1
    with person.page.expect_download() as download:
        person.page.click("#download-evidence")
    evidence = tmp_path / "evidence.json"
    download.value.save_as(evidence)
    report = verify.verify(evidence.read_bytes())
    assert report.verdict is Outcome.HOLDS, report.as_json()
    assert suites(json.loads(evidence.read_bytes())["records"]) == ["webauthn-p256", "webauthn-p256"]
    assert person.errors == []
    context.close()


def test_a_finger_that_does_not_fit_signs_nothing(site: Service, browser: Browser) -> None:
    """The person is told and may choose another way; then a key that was lost is replaced by a new one."""
    context = device(browser)
    person = Person.arrive(site, context)
    session, name = authenticator(person.page)
    session.send("WebAuthn.setUserVerified", {"authenticatorId": name, "isUserVerified": False})
    person.to_offer()
    person.match()
    person.disclose()
    person.page.wait_for_selector(".trouble .notice")
    session.send("WebAuthn.setUserVerified", {"authenticatorId": name, "isUserVerified": True})
    person.page.click("#sign")
    person.at("proof")
    sales = done(site.staff["auditor"].get(f"/v1/investors/{person.investor.stream}"))
    assert sales["investor"] == person.investor.stream
    context.close()


def test_a_wallet_shows_and_signs(site: Service, browser: Browser) -> None:
    account = Account.create()
    asked: list[str] = []

    def wallet(method: str, params: list[Any]) -> Any:
        asked.append(method)
        if method == "eth_requestAccounts":
            return [account.address]
        if method == "personal_sign":
            return "0x" + account.sign_message(encode_defunct(hexstr=params[0])).signature.hex()
        message = encode_typed_data(full_message=json.loads(params[1]))
        return "0x" + account.sign_message(message).signature.hex()

    context = device(browser)
    context.expose_function("walletOfTests", wallet)
    context.add_init_script(WALLET)
    person = Person.arrive(site, context, pictures="wallet")
    person.to_offer()
    person.match()
    person.at("disclosure")
    person.turn_pages()
    person.confirm(1, 13)
    person.at("sign_disclosure")
    person.page.check("input[value=eip712-secp256k1]")
    person.page.click("#sign")
    person.at("proof")
    assert asked == ["eth_requestAccounts", "personal_sign", "eth_requestAccounts", "eth_signTypedData_v4"]
    assert person.errors == []
    context.close()
