"""Statements approved with a passkey, a wallet and an SM2 key, over HTTP, and proven by the bundle of one sale."""

import json
from collections.abc import Callable
from typing import Any, cast

import pytest

from ledger.chain.anchor import EvmAnchor
from ledger.chain.embedded import EmbeddedNode
from ledger.errors import ChainError
from tests.contracts.wallets import put_at
from tests.devices import Key, SoftContractWallet, SoftPasskey, SoftSm2, SoftWallet
from tests.e2e.serving import Service, done, refused
from tests.e2e.walking import Investor, Sale
from verifier import canonical
from verifier.bundle import seal_digest
from verifier.verify import verify

DEVICES: tuple[Callable[[], Key], ...] = (SoftPasskey, SoftWallet, SoftSm2)


def register(investor: Investor, device: Key, asked: str = "") -> str:
    """Register a device; returns the credential."""
    suite = asked or device.suite
    here = f"/v1/investors/{investor.stream}/credentials"
    given = done(investor.link.post(f"{here}/challenges", {"suite": suite}), 201)
    answer = {"challenge": given["challenge"], "answer": device.register(given["request"])}
    return str(done(investor.link.post(here, answer), 201)["record"])


def signing(sale: Sale, ready: dict[str, Any], approval: dict[str, str] | None) -> Any:
    """Hand in the event key's signatures with an approval."""
    device = sale.investor.device
    body = {
        "statement_signature": device.sign(ready["statement"].encode()).hex(),
        "pdf_signature": device.sign(bytes.fromhex(ready["pdf_to_sign"])).hex(),
        "approval": approval,
    }
    return sale.investor.link.post(f"{sale.here}/signatures/{ready['signature']}", body)


@pytest.fixture
def sale(service: Service, fund: str) -> Sale:
    investor = Investor.register(service)
    investor.gate()
    opened = Sale.open(service, investor, fund)
    opened.match()
    opened.confirm(opened.disclose()["items"])
    opened.certify_device()
    return opened


def prepare(sale: Sale, purpose: str, credential: str) -> dict[str, Any]:
    body = {"purpose": purpose, "credential": credential}
    ready: dict[str, Any] = done(sale.investor.link.post(f"{sale.here}/signatures", body), 201)
    return ready


@pytest.mark.parametrize("make", DEVICES)
def test_a_disclosure_signed_with_each_suite(sale: Sale, make: Callable[[], Key], service: Service) -> None:
    device = make()
    credential = register(sale.investor, device)
    listed = done(sale.investor.link.get(f"/v1/investors/{sale.investor.stream}/credentials"))["items"]
    assert [(c["credential"], c["suite"]) for c in listed] == [(credential, device.suite)]
    ready = prepare(sale, "risk_disclosure", credential)
    assert ready["suite"] == device.suite
    done(signing(sale, ready, device.approve(ready["approval"], ready["statement"])), 201)
    auditor = service.staff["auditor"]
    done(auditor.post(f"{sale.here}/reports"))
    bundle = auditor.get(f"{sale.here}/reports/evidence.json")
    steps = {step["key"]: step for step in verify(bundle.content).as_json()["steps"]}
    assert steps["statements"]["outcome"] == "holds"
    assert steps["statements"]["evidence"]["suites"] == [device.suite]


@pytest.fixture
def contract_wallet(service: Service) -> SoftContractWallet:
    """A wallet on the service's own chain, which asks for one owner's signature."""
    assert service.ledger is not None
    wallet, chain = SoftContractWallet(), cast("EvmAnchor", service.ledger.anchor)
    wallet.address = put_at(chain._node, chain._sender, "Wallet", wallet.account.address)
    return wallet


def test_a_contract_wallet_approves_and_the_chain_says_so(
    sale: Sale, contract_wallet: SoftContractWallet, service: Service
) -> None:
    """Proven by an anchor; without it undecided, and the verdict says what is missing."""
    credential = register(sale.investor, contract_wallet, asked="eip712-secp256k1")
    ready = prepare(sale, "risk_disclosure", credential)
    assert ready["suite"] == ready["approval"]["suite"] == "eip1271"
    assert "0x" + ready["approval"]["address"] == contract_wallet.address.lower()
    stranger = SoftWallet().approve(ready["approval"], ready["statement"])
    refused(signing(sale, ready, stranger), "invalid_request", 422)
    done(signing(sale, ready, contract_wallet.approve(ready["approval"], ready["statement"])), 201)
    auditor = service.staff["auditor"]
    done(auditor.post(f"{sale.here}/reports"))
    bundle = auditor.get(f"{sale.here}/reports/evidence.json").content
    report = verify(bundle)
    steps = {step["key"]: step for step in report.as_json()["steps"]}
    assert report.exit_code == 0, report.first_problem
    assert steps["statements"]["evidence"]["wallets"] == {contract_wallet.address[2:].lower(): "self-asserted"}
    assert steps["statements"]["basis"] == "self-asserted"
    body = json.loads(bundle)
    body["anchors"] = [anchor for anchor in body["anchors"] if "wallet" not in anchor]
    assert service.ledger is not None
    body["seal"] = service.ledger.secrets.seal(seal_digest(body)).hex()
    without = verify(canonical.encode(body))
    assert (without.exit_code, without.first_problem and without.first_problem.code) == (2, "approval_not_anchored")


def test_a_contract_wallet_that_cannot_be_asked(service: Service, contract_wallet: SoftContractWallet) -> None:
    """No contract there, refused by the wallet, the chain away: each says so and how to go on; nothing is recorded."""
    investor = Investor.register(service)
    investor.identify()
    here = f"/v1/investors/{investor.stream}/credentials"

    def answer(wallet: SoftContractWallet) -> Any:
        asked = done(investor.link.post(f"{here}/challenges", {"suite": "eip712-secp256k1"}), 201)
        return investor.link.post(here, {"challenge": asked["challenge"], "answer": wallet.register(asked["request"])})

    nowhere = SoftContractWallet(address=SoftWallet().account.address)
    assert "no contract" in refused(answer(nowhere), "invalid_request", 422)["detail"]
    foreign = SoftContractWallet(address=contract_wallet.address)
    assert "an owner of it" in refused(answer(foreign), "invalid_request", 422)["detail"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EmbeddedNode, "final_block", away)
        problem = answer(contract_wallet)
        assert problem.headers["Retry-After"]
        assert "another key" in refused(problem, "outside_away", 503)["detail"]
        credential = register(investor, SoftWallet())  # an account's own key needs no chain
    assert [c["credential"] for c in done(investor.link.get(here))["items"]] == [credential]


def away(_: EmbeddedNode) -> None:
    raise ChainError("the chain does not answer")


def test_what_is_refused(sale: Sale) -> None:
    """A foreign approval, none, one that nobody asked for, a withdrawn credential, another investor's challenge."""
    passkey = SoftPasskey()
    credential = register(sale.investor, passkey)
    ready = prepare(sale, "risk_disclosure", credential)
    refused(signing(sale, ready, None), "invalid_request", 422)
    stranger = SoftPasskey().approve(ready["approval"], ready["statement"])
    refused(signing(sale, ready, stranger), "invalid_request", 422)
    asleep = SoftPasskey(flags=0x01, key=passkey.key).approve(ready["approval"], ready["statement"])
    refused(signing(sale, ready, asleep), "invalid_request", 422)
    elsewhere = SoftPasskey(origin="https://evil.example", key=passkey.key)
    refused(signing(sale, ready, elsewhere.approve(ready["approval"], ready["statement"])), "invalid_request", 422)
    alone = done(sale.investor.link.post(f"{sale.here}/signatures", {"purpose": "risk_disclosure"}), 201)
    good = passkey.approve(ready["approval"], ready["statement"])
    refused(signing(sale, alone, good), "invalid_request", 422)
    here = f"/v1/investors/{sale.investor.stream}/credentials"
    asked = done(sale.investor.link.post(f"{here}/challenges", {"suite": "sm2"}), 201)
    wrong = {"challenge": asked["challenge"], "answer": {**SoftSm2().register(asked["request"]), "signature": "00"}}
    refused(sale.investor.link.post(here, wrong), "invalid_request", 422)
    again = done(sale.investor.link.post(f"{here}/challenges", {"suite": "webauthn-p256"}), 201)
    answer = {"challenge": again["challenge"], "answer": passkey.register(again["request"])}
    refused(sale.investor.link.post(here, answer), "conflict", 409)  # registered already
    done(sale.investor.link.post(f"{here}/{credential}/withdrawal", {"reason": "手机遗失"}), 201)
    refused(signing(sale, ready, good), "not_found", 404)
    other = Investor.register(sale.service)
    other.gate()
    foreign = done(other.link.post(f"/v1/investors/{other.stream}/credentials/challenges", {"suite": "sm2"}), 201)
    stolen = {"challenge": foreign["challenge"], "answer": SoftSm2().register(foreign["request"])}
    refused(sale.investor.link.post(here, stolen), "invalid_request", 422)
