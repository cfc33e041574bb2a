"""Statements approved with a passkey, a wallet and an SM2 key, over HTTP, and proven by the bundle of one sale."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.devices import Key, SoftPasskey, SoftSm2, SoftWallet
from tests.e2e.serving import Service, done, refused
from tests.e2e.walking import Investor, Sale
from verifier.verify import verify

DEVICES: tuple[Callable[[], Key], ...] = (SoftPasskey, SoftWallet, SoftSm2)


def register(investor: Investor, device: Key) -> str:
    """Register a device; returns the credential."""
    here = f"/v1/investors/{investor.stream}/credentials"
    asked = done(investor.link.post(f"{here}/challenges", {"suite": device.suite}), 201)
    answer = {"challenge": asked["challenge"], "answer": device.register(asked["request"])}
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
