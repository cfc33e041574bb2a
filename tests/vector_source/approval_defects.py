"""Vectors of statements approved with a passkey, a wallet or a national certificate, and what can be wrong there."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from tests.vector_source import asn1, chain, keys, sm2
from tests.vector_source.approvals import SM2_ROOT, ContractWallet, NationalCertificate, Passkey, Wallet
from tests.vector_source.consortium import CHAIN_ID, IBFT, KEYS, all_resealed, pins
from tests.vector_source.recipe import Body, Recipe, edit, of
from tests.vector_source.story import Story
from tests.vector_source.world import START, text

STRANGE_KEY = sm2.Key("stranger")
STRANGE_ROOT = sm2.certify("Other SM2 Root", STRANGE_KEY, start=keys.BORN, end=keys.BORN + timedelta(days=3650))


def _roots(body: Body, _story: Story) -> None:
    body["certificates"]["sm2_roots"] = [SM2_ROOT.public_bytes(Encoding.DER).hex()]


def _before_registration(statement: Body) -> None:
    statement["signed_at"] = text(START + timedelta(seconds=60))  # after the identity, before the credential


def on_chain(approver: ContractWallet, *, seconds: int = 5, **other: Any) -> Callable[[Body, Story], None]:
    """Add the block in which a registry took the wallet's signature; ``other`` is what a defect says differently."""

    def change(body: Body, story: Story) -> None:
        signed = of(body, "document.signed")
        (text,) = [value.encode() for _, name, value in signed["disclosures"] if name == "statement"]
        document = bytes.fromhex(json.loads(text)["documents"][0]["sha256"])
        at = story.log.now + timedelta(seconds=seconds)
        asked = {"document": document, "wallet": bytes.fromhex(approver.address), "digest": approver.digest(text)}
        body["anchors"].append(chain.signed(number=200, at=at, **(asked | other)))

    return change


def by_contract(approver: ContractWallet, *changes: Callable[[Body, Story], None], **pins: Any) -> Recipe:
    """A sale up to the signed risk disclosure, approved by a contract wallet."""

    def change(body: Body, story: Story) -> None:
        for each in changes:
            each(body, story)

    return Recipe({"approver": approver}, signing=True, body=change, **pins)


def _twice(body: Body, _story: Story) -> None:
    body["anchors"].append(body["anchors"][-1])


def _first(body: Body, _story: Story) -> None:
    body["anchors"].insert(0, body["anchors"].pop())


def approved(approver: Any, **story: Any) -> Recipe:
    """A sale up to the signed risk disclosure, approved by a device."""
    return Recipe({"approver": approver, **story}, signing=True, body=_roots)


SAFE, OTHER_SAFE = ContractWallet(), ContractWallet(address="5afe" + "00" * 17 + "02")
SAFE_THERE = ContractWallet(chain_id=CHAIN_ID)
LATE = ContractWallet(deadline="2026-03-02T01:00:00.000000Z")

GOOD: dict[str, Recipe] = {
    "good/suite_webauthn": approved(Passkey()),
    "good/suite_webauthn_synced": approved(
        Passkey(flags=0x1D, origin="https://m.fund.example", used_on="https://m.fund.example")
    ),
    "good/suite_other_withdrawn": approved(Passkey(), withdraws="another"),
    "good/suite_eip712": approved(Wallet()),
    "good/suite_eip1271": by_contract(SAFE, on_chain(SAFE)),
    "good/suite_eip1271_validators": by_contract(
        SAFE_THERE, on_chain(SAFE_THERE), all_resealed(IBFT), trust={"validators": [pins(*KEYS)]}
    ),
    "good/suite_sm2": approved(NationalCertificate()),
}
BAD: dict[str, tuple[Recipe, str, str]] = {
    "bad_credential_missing": (approved(Passkey(), registers=False), "statements", "credential_missing"),
    "bad_credential_withdrawn": (approved(Passkey(), withdraws="this"), "statements", "credential_withdrawn"),
    "bad_credential_suite": (approved(Passkey(), other_suite="sm2"), "statements", "wrong_key"),
    "bad_credential_key": (approved(Passkey(), credential_key=lambda _: "0" * 64), "statements", "wrong_key"),
    "bad_credential_later": (approved(Passkey(), statement=_before_registration), "statements", "credential_missing"),
    "bad_approval_unasked": (approved(Passkey(), other_suite="x509-p256"), "statements", "bad_member"),
    "bad_webauthn_statement": (
        approved(Passkey(challenge=lambda _: asn1.sha256(b"other"))),
        "statements",
        "other_statement",
    ),
    "bad_webauthn_origin": (approved(Passkey(used_on="https://evil.example")), "statements", "other_origin"),
    "bad_webauthn_insecure": (
        approved(Passkey(origin="http://fund.example", used_on="http://fund.example")),
        "statements",
        "other_origin",
    ),
    "bad_webauthn_domain": (
        approved(Passkey(origin="https://notfund.example", used_on="https://notfund.example")),
        "statements",
        "other_origin",
    ),
    "bad_webauthn_party": (approved(Passkey(answered="evil.example")), "statements", "other_origin"),
    "bad_webauthn_unverified": (approved(Passkey(flags=0x01)), "statements", "person_not_verified"),
    "bad_webauthn_extensions": (approved(Passkey(flags=0x85)), "statements", "bad_assertion"),
    "bad_webauthn_ceremony": (approved(Passkey(kind="webauthn.create")), "statements", "bad_assertion"),
    "bad_webauthn_framed": (approved(Passkey(cross=True)), "statements", "bad_assertion"),
    "bad_webauthn_high_s": (approved(Passkey(high_s=True)), "statements", "high_s"),
    "bad_webauthn_twice": (
        approved(Passkey(client=lambda text: text[:-1] + ',"type":"webauthn.get"}')),
        "statements",
        "bad_client_data",
    ),
    "bad_eip712_chain": (approved(Wallet(signs_for=1)), "statements", "bad_signature"),
    "bad_eip712_address": (approved(Wallet(address=lambda address: address[::-1])), "statements", "wrong_key"),
    "bad_eip712_high_s": (approved(Wallet(high_s=True)), "statements", "high_s"),
    "bad_eip1271_statement": (
        by_contract(SAFE, on_chain(SAFE, digest=asn1.sha256(b"another statement"))),
        "statements",
        "other_statement",
    ),
    "bad_eip1271_chain": (
        by_contract(SAFE, on_chain(SAFE), edit("anchors.-1.chain_id", 1)),
        "statements",
        "other_chain",
    ),
    "bad_eip1271_contract": (
        by_contract(SAFE, on_chain(SAFE, contract=chain.CONTRACT)),
        "statements",
        "other_chain",
    ),
    "bad_eip1271_early": (by_contract(SAFE, on_chain(SAFE, seconds=-600)), "statements", "approval_out_of_time"),
    "bad_eip1271_late": (by_contract(LATE, on_chain(LATE)), "statements", "approval_out_of_time"),
    "bad_eip1271_unasked": (
        by_contract(SAFE, on_chain(SAFE), on_chain(OTHER_SAFE)),
        "statements",
        "approval_unasked",
    ),
    "bad_eip1271_event": (by_contract(SAFE, on_chain(SAFE, more=b"\0" * 32)), "anchors", "event_missing"),
    "bad_eip1271_wallet": (
        by_contract(SAFE, on_chain(SAFE), edit("anchors.-1.wallet", OTHER_SAFE.address)),
        "anchors",
        "event_missing",
    ),
    "bad_eip1271_twice": (by_contract(SAFE, on_chain(SAFE), _twice), "anchors", "anchor_twice"),
    "bad_eip1271_order": (by_contract(SAFE, on_chain(SAFE), _first), "anchors", "anchors_out_of_order"),
    "bad_eip1271_pin": (
        by_contract(SAFE, on_chain(SAFE), trust={"contracts": [chain.CONTRACT.hex()]}),
        "pins",
        "not_pinned",
    ),
    "bad_sm2_statement": (approved(NationalCertificate(text=lambda text: text + b" ")), "statements", "bad_signature"),
    "bad_sm2_holder": (approved(NationalCertificate(holder=lambda _: "0" * 64)), "statements", "wrong_key"),
    "bad_sm2_expired": (approved(NationalCertificate(lasts=timedelta(days=1))), "statements", "certificate_not_valid"),
    "bad_sm2_root": (approved(NationalCertificate(issuer=(STRANGE_KEY, STRANGE_ROOT))), "statements", "unknown_root"),
}
UNDECIDED: dict[str, tuple[Recipe, str, str]] = {
    "undecided_eip1271": (by_contract(SAFE), "statements", "approval_not_anchored"),
    "undecided_suite": (approved(Passkey(), other_suite="falcon-1024"), "statements", "unknown_suite"),
    "undecided_sm2_roots": (
        Recipe({"approver": NationalCertificate()}, signing=True),
        "statements",
        "no_roots",
    ),
}
