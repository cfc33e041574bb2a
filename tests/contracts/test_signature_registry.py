"""Signatures: EIP-712 by accounts and contract wallets checked on the chain, other suites recorded and marked."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data

from ledger.chain.institutions import Role
from ledger.chain.signature_registry import TypedSignature, account_key
from ledger.ports.anchor import SignatureWrite
from tests.contracts.wallets import ZERO, compact, high_s, put
from tests.contracts.world import SECOND, START, World, digest, key, refused

_DOCUMENT, _SM3, _STATEMENT = digest("document"), digest("document sm3"), digest("statement")
INVESTOR = Account.from_key(key("investor"))
DEADLINE = START + 3600 * SECOND
RECORDED = SignatureWrite(_DOCUMENT, digest("passkey"), "webauthn-p256", digest("leaf"), START)


def typed_data(world: World, at: datetime, **changed: Any) -> dict[str, Any]:
    """What a wallet shows and signs, written down independently of the contract."""
    domain = {
        "name": "PrivateFundLedger",
        "version": "1",
        "chainId": world.deployment.chain_id,
        "verifyingContract": world.signatures.address,
    }
    fields = (
        ("EIP712Domain", "name string,version string,chainId uint256,verifyingContract address"),
        (
            "DocumentSignature",
            "document bytes32,documentSm3 bytes32,statement bytes32,signedAt uint40,deadline uint256",
        ),
    )
    message = {"document": _DOCUMENT, "documentSm3": _SM3, "statement": _STATEMENT}
    return {
        "types": {
            name: [dict(zip(("name", "type"), field.split(), strict=True)) for field in listed.split(",")]
            for name, listed in fields
        },
        "primaryType": "DocumentSignature",
        "domain": {**domain, **changed},
        "message": {
            **{name: f"0x{value}" for name, value in message.items()},
            "signedAt": int(at.timestamp()),
            "deadline": int(DEADLINE.timestamp()),
        },
    }


def signed(world: World, at: datetime = START, **changed: Any) -> TypedSignature:
    signature = INVESTOR.sign_message(encode_typed_data(full_message=typed_data(world, at, **changed))).signature
    return TypedSignature(INVESTOR.address, _DOCUMENT, _SM3, _STATEMENT, at, DEADLINE, bytes(signature))


def test_the_digest_is_that_of_eip_712(world: World) -> None:
    message = encode_typed_data(full_message=typed_data(world, START))
    ours = world.signatures.digest(signed(world))
    assert Account.recover_message(message, signature=INVESTOR.unsafe_sign_hash(ours).signature) == INVESTOR.address


def test_an_accounts_signature_is_checked_and_kept_whoever_sends_it(world: World) -> None:
    relayer = world.seen_by("relayer")
    world.at(START + 60 * SECOND)
    relayer.signatures.sign([signed(world)])
    kept = world.signatures.signature(_DOCUMENT, account_key(INVESTOR.address))
    assert kept is not None
    assert (kept.suite, kept.checked_on_chain) == ("eip712-secp256k1", True)
    assert (kept.signed_at, kept.recorded_at) == (START, START + 60 * SECOND)


def test_signed_before_means_before_by_block_time(world: World) -> None:
    world.at(START + 60 * SECOND)
    world.signatures.sign([signed(world)])
    before, who = world.signatures.signed_before, account_key(INVESTOR.address)
    assert not before(_DOCUMENT, who, START + 30 * SECOND), "the claim is earlier, the proof is not"
    assert not before(_DOCUMENT, who, START + 60 * SECOND)
    assert before(_DOCUMENT, who, START + 61 * SECOND)
    assert not before(digest("another"), who, START + 61 * SECOND)
    assert not before(_DOCUMENT, digest("another"), START + 61 * SECOND)


def test_any_change_of_what_was_signed_is_refused(world: World) -> None:
    good = signed(world)
    for bad in (
        replace(good, document_sha256=digest("x")),
        replace(good, document_sm3=digest("x")),
        replace(good, statement_sha256=digest("x")),
        replace(good, signed_at=START - SECOND),
        replace(good, signer=world.address),
        replace(good, deadline=DEADLINE + SECOND),
        signed(world, chainId=1),
        signed(world, verifyingContract=world.log.address),
        signed(world, version="2"),
    ):
        with refused("BadSignature", index=0, signer=bad.signer):
            world.signatures.sign([bad])


def test_a_re_encoded_signature_is_neither_valid_nor_a_second_one(world: World) -> None:
    good = signed(world)
    with refused("MalleableSignature", index=0):
        world.signatures.sign([replace(good, signature=high_s(good.signature))])
    for other in (b"", good.signature[:-1], good.signature + b"\0", compact(good.signature)):
        with refused("BadSignatureLength", index=0, length=len(other)):
            world.signatures.sign([replace(good, signature=other)])
    world.signatures.sign([good])
    with refused("AlreadySigned", index=0, document=f"0x{_DOCUMENT}"):
        world.signatures.sign([good])


def test_a_signature_from_the_future_is_refused(world: World) -> None:
    at = world.now() + 3600 * SECOND
    with refused("SignedInFuture", index=0, signedAt=int(at.timestamp())):
        world.signatures.sign([signed(world, at)])


def test_a_signature_may_be_sent_until_its_deadline_and_no_later(world: World) -> None:
    good = signed(world)
    world.at(DEADLINE + SECOND)
    with refused("DeadlinePassed", index=0, deadline=int(DEADLINE.timestamp())):
        world.signatures.sign([good])
    world.at(DEADLINE)
    world.signatures.sign([good])


def test_a_bad_signature_names_its_index_and_nothing_of_the_batch_is_kept(world: World) -> None:
    good = signed(world)
    with refused("BadSignature", index=1):
        world.signatures.sign([good, replace(good, document_sha256=digest("x"))])
    with refused("AlreadySigned", index=1):
        world.signatures.sign([good, good])
    with refused("MissingName", index=1):
        world.signatures.sign([good, replace(good, document_sha256="0" * 64)])
    with refused("ZeroSigner", index=1):
        world.signatures.sign([good, replace(good, signer=ZERO)])
    assert world.signatures.signature(_DOCUMENT, account_key(INVESTOR.address)) is None


def test_a_contract_wallet_signs_by_eip_1271(world: World) -> None:
    wallet = put(world, "Wallet", INVESTOR.address)
    digest_to_sign = world.signatures.digest(signed(world))
    signature = bytes(INVESTOR.unsafe_sign_hash(digest_to_sign).signature)
    item = TypedSignature(wallet, _DOCUMENT, _SM3, _STATEMENT, START, DEADLINE, signature)
    stranger = Account.from_key(key("stranger")).unsafe_sign_hash(digest_to_sign)
    with refused("BadSignature", index=0, signer=wallet):
        world.signatures.sign([replace(item, signature=bytes(stranger.signature))])
    with refused("BadSignature", index=0, signer=world.log.address):
        world.signatures.sign([replace(item, signer=world.log.address)])
    world.signatures.sign([item])
    kept = world.signatures.signature(_DOCUMENT, account_key(wallet))
    assert kept is not None
    assert (kept.suite, kept.checked_on_chain) == ("eip1271", True)


def test_other_suites_are_recorded_by_operators_and_say_that_nobody_checked(world: World) -> None:
    world.signatures.record([RECORDED])
    kept = world.signatures.signature(_DOCUMENT, RECORDED.key)
    assert kept is not None
    assert (kept.suite, kept.checked_on_chain, kept.signed_at) == ("webauthn-p256", False, START)
    seller = world.member("seller", Role.SELLER)
    with refused("NotOperator", account=seller.address):
        seller.signatures.record([RECORDED])


def test_the_first_signature_of_a_key_stays(world: World) -> None:
    world.signatures.record([RECORDED])
    world.signatures.record([replace(RECORDED, suite="sm2", signed_at=START + SECOND)])
    kept = world.signatures.signature(_DOCUMENT, RECORDED.key)
    assert kept is not None
    assert (kept.suite, kept.signed_at) == ("webauthn-p256", START)


@pytest.mark.parametrize("field", ["document_sha256", "key", "leaf"])
def test_a_nameless_record_names_its_index(world: World, field: str) -> None:
    with refused("MissingName", index=1):
        world.signatures.record([RECORDED, _nameless(field)])
    assert world.signatures.signature(_DOCUMENT, RECORDED.key) is None


def test_an_unknown_signature_is_an_error_on_the_chain_and_none_here(world: World) -> None:
    assert world.signatures.signature(_DOCUMENT, RECORDED.key) is None
    with refused("UnknownSignature", document=f"0x{_DOCUMENT}", key=f"0x{RECORDED.key}"):
        world.signatures._read("signatureOf", bytes.fromhex(_DOCUMENT), bytes.fromhex(RECORDED.key))


def _nameless(field: str) -> SignatureWrite:
    changed: dict[str, Any] = {field: "0" * 64}
    return replace(RECORDED, **changed)
