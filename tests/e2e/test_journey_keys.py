"""The same way with keys that outlive it: a passkey in a virtual authenticator, and a wallet injected into the page."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from playwright.sync_api import Browser, Page, expect

from tests.e2e import walking
from tests.e2e.browsing import Person, chromium, device
from tests.e2e.serving import Service, done, serving
from tests.e2e.wallets import InjectedWallet
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
WALLET = "eip712-secp256k1"
EXPORT = """(investor) => new Promise((resolve) => {
  const opening = indexedDB.open("pfl", 1);
  opening.onsuccess = () => {
    const asked = opening.result.transaction("keys").objectStore("keys").get(investor);
    asked.onsuccess = () => crypto.subtle.exportKey("pkcs8", asked.result.privateKey).then(
      () => resolve("exported"), (error) => resolve(error.name));
  };
})"""
"""What a script of the page gets that asks for the private key."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service by the name that passkeys ask for."""
    with serving(tmp_path_factory.mktemp("site") / "data", host="localhost") as running:
        yield running


@pytest.fixture(scope="module", autouse=True)
def fund(site: Service) -> str:
    """A fund on sale there."""
    return walking.product(site)


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


def buy(person: Person, folder: Path) -> list[str]:
    """Go from the gate to the evidence, which must hold; returns the suites of the signatures."""
    person.buy()
    evidence = person.evidence(folder)
    report = verify.verify(evidence)
    assert report.verdict is Outcome.HOLDS, report.as_json()
    return suites(json.loads(evidence)["records"])


def test_the_fund_is_bought_with_a_passkey(site: Service, browser: Browser, tmp_path: Path) -> None:
    context = device(browser)
    person = Person.arrive(site, context, pictures="passkey")
    session, name = authenticator(person.page)
    assert buy(person, tmp_path) == ["webauthn-p256", "webauthn-p256"]
    assert len(session.send("WebAuthn.getCredentials", {"authenticatorId": name})["credentials"]) == 1
    assert person.errors == []
    context.close()


def confirmed(site: Service, fund: str) -> walking.Sale:
    """Come over HTTP to where the risk disclosure is to be signed; what is before that other tests do in the page."""
    investor = walking.Investor.register(site)
    investor.gate()
    sale = walking.Sale.open(site, investor, fund)
    sale.match()
    sale.confirm(sale.disclose()["items"])
    return sale


def signed(site: Service, sale: walking.Sale) -> list[str]:
    """Return the suites of what was signed in a sale."""
    assert site.ledger is not None
    with site.ledger.store.snapshot() as reader:
        return [event.text("suite") for event in reader.events(sale.stream) if event.type == "document.signed"]


def test_a_finger_that_does_not_fit_signs_nothing(site: Service, fund: str, browser: Browser) -> None:
    """The person is told, and signs once it fits."""
    sale = confirmed(site, fund)
    context = device(browser)
    person = Person.come(site, context, sale.investor)
    session, name = authenticator(person.page)
    session.send("WebAuthn.setUserVerified", {"authenticatorId": name, "isUserVerified": False})
    person.at("sign_disclosure")
    person.sign()
    expect(person.page.locator(".trouble .notice h2")).to_have_text("设备没有确认")
    assert signed(site, sale) == []
    session.send("WebAuthn.setUserVerified", {"authenticatorId": name, "isUserVerified": True})
    person.sign()
    person.at("proof")
    assert signed(site, sale) == ["webauthn-p256"]
    context.close()


def test_the_fund_is_bought_with_a_wallet(site: Service, browser: Browser, tmp_path: Path) -> None:
    wallet, context = InjectedWallet(), device(browser)
    wallet.inject(context)
    person = Person.arrive(site, context)
    person.means = WALLET
    assert buy(person, tmp_path) == [WALLET, WALLET]
    signing = ["eth_requestAccounts", "eth_chainId", "eth_signTypedData_v4"]
    assert wallet.asked == ["eth_requestAccounts", "personal_sign", *signing, "eth_requestAccounts", *signing]
    assert person.errors == []
    context.close()


def test_a_wallet_that_says_no_loses_nothing(site: Service, fund: str, browser: Browser) -> None:
    """Whatever goes wrong is said, and the same button goes on: a contract wallet, up to the signed disclosure."""
    wallet = InjectedWallet.of_contract(site)
    context = device(browser, language="en-US")
    wallet.inject(context)
    sale = confirmed(site, fund)
    investor = sale.investor
    person = Person.come(site, context, investor)
    person.at("sign_disclosure")
    person.mark(f"input[value={WALLET}]")
    told = person.page.locator(".trouble .notice h2")
    stranger = Account.create().address

    def told_when(method: str, words: str, *answers: dict[str, Any]) -> None:
        wallet.instead[method] = list(answers)
        person.page.click("#sign")
        expect(told).to_have_text(words)
        assert not wallet.instead[method]

    told_when("eth_requestAccounts", "The wallet gave no account", {"result": []})
    told_when("eth_requestAccounts", "The wallet is locked, or not connected", {"error": 4100})
    told_when("eth_requestAccounts", "A request waits for you in the wallet", {"error": -32002})
    told_when("personal_sign", "You rejected it in the wallet", {"error": 4001})
    assert done(investor.link.get(f"/v1/investors/{investor.stream}/credentials"))["items"] == []
    told_when("eth_signTypedData_v4", "You rejected it in the wallet", {"error": 4001})
    mine = {"result": [wallet.address]}
    told_when("eth_requestAccounts", "The wallet changed its account", mine, {"result": [stranger]})
    told_when("eth_signTypedData_v4", "The wallet lost its network", {"error": 4900})
    told_when("eth_signTypedData_v4", "The wallet did not finish", {"error": -32603})
    wallet.chain = 1
    told_when("eth_requestAccounts", "The wallet is on another network")
    wallet.instead["wallet_switchEthereumChain"] = [{"error": 4902}]
    person.page.click("#switch-chain")
    expect(told).to_have_text("The wallet does not have this network")
    told_when("eth_requestAccounts", "The wallet is on another network")
    person.page.click("#switch-chain")
    person.at("proof")
    kept = done(investor.link.get(f"/v1/investors/{investor.stream}/credentials"))["items"]
    assert [(each["suite"], each["key"]) for each in kept] == [("eip1271", wallet.address[2:].lower())]
    assert signed(site, sale) == ["eip1271"]
    assert person.page.evaluate(EXPORT, investor.stream) == "InvalidAccessError"  # the event key stays where it is
    assert person.errors == []
    context.close()
