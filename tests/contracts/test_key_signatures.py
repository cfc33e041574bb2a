"""Signatures of P-256 keys checked on the chain, and the proof that a contract wallet accepted a signature."""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from eth_account import Account
from eth_typing import ChecksumAddress
from eth_utils import keccak

from ledger.chain import typed_data
from ledger.chain.evidence import receipt_proof
from ledger.chain.signature_registry import P256_ORDER, KeySignature, TypedSignature, low_s
from tests.contracts.wallets import put
from tests.contracts.world import SECOND, START, World, digest, key, refused
from verifier import rlp, trie
from verifier.keccak import keccak256

DEVICE = ec.derive_private_key(0xC0FFEE, ec.SECP256R1())
THUMBPRINT = sha256(DEVICE.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
DEADLINE = START + 3600 * SECOND
TERMS = {"document_sha256": digest("document"), "document_sm3": digest("sm3"), "statement_sha256": digest("statement")}
RECEIPTS_ROOT = 5


def signed(
    world: World,
    at: datetime = START,
    device: ec.EllipticCurvePrivateKey = DEVICE,
    domain: typed_data.Domain | None = None,
) -> KeySignature:
    here = domain or home(world)
    data = typed_data.document_signature(here, signed_at=at, deadline=DEADLINE, **TERMS)
    r, s = low_s(device.sign(typed_data.encoded(data), ec.ECDSA(SHA256())))
    numbers = device.public_key().public_numbers()
    return KeySignature(x=numbers.x, y=numbers.y, signed_at=at, deadline=DEADLINE, r=r, s=s, **TERMS)


def home(world: World) -> typed_data.Domain:
    return typed_data.Domain(world.deployment.chain_id, world.signatures.address)


def by_wallet(signer: ChecksumAddress, signature: bytes) -> TypedSignature:
    return TypedSignature(signer=signer, signed_at=START, deadline=DEADLINE, signature=signature, **TERMS)


def test_a_p256_signature_is_checked_and_kept_under_the_keys_thumbprint(world: World) -> None:
    relayer = world.seen_by("relayer")
    world.at(START + 60 * SECOND)
    relayer.signatures.sign_p256([signed(world)])
    kept = world.signatures.signature(TERMS["document_sha256"], THUMBPRINT)
    assert kept is not None
    assert (kept.suite, kept.checked_on_chain) == ("eip712-p256", True)
    assert (kept.signed_at, kept.recorded_at) == (START, START + 60 * SECOND)
    assert world.signatures.signed_before(TERMS["document_sha256"], THUMBPRINT, START + 61 * SECOND)


def test_many_keys_agree_with_cryptography(shared_world: World) -> None:
    """Keys and signatures of every size of number, against the library that made them."""
    devices = [ec.derive_private_key(number, ec.SECP256R1()) for number in (1, 2, P256_ORDER - 1, 2**128, 3**150)]
    shared_world.signatures.sign_p256([signed(shared_world, device=device) for device in devices])


def test_the_other_half_of_the_order_is_refused(world: World) -> None:
    good = signed(world)
    with refused("MalleableSignature", index=0):
        world.signatures.sign_p256([replace(good, s=P256_ORDER - good.s)])
    world.signatures.sign_p256([good])
    with refused("AlreadySigned", index=0, key=f"0x{THUMBPRINT}"):
        world.signatures.sign_p256([good])


def test_low_s_takes_the_lower_of_both() -> None:
    assert low_s(encode_dss_signature(5, P256_ORDER - 1)) == (5, 1)
    assert low_s(encode_dss_signature(5, P256_ORDER // 2)) == (5, P256_ORDER // 2)
    assert low_s(encode_dss_signature(5, P256_ORDER // 2 + 1)) == (5, P256_ORDER // 2)


@pytest.mark.parametrize(("x", "y"), [(0, 0), (1, 1), (2**256 - 1, 1), (None, 0)])
def test_a_key_that_is_not_on_the_curve_is_refused(world: World, x: int | None, y: int) -> None:
    good = signed(world)
    with refused("BadPublicKey", index=0):
        world.signatures.sign_p256([replace(good, x=good.x if x is None else x, y=y)])


def test_any_change_of_what_was_signed_is_refused(world: World) -> None:
    good, other = signed(world), signed(world, device=ec.derive_private_key(7, ec.SECP256R1()))
    for bad in (
        replace(good, document_sha256=digest("x")),
        replace(good, document_sm3=digest("x")),
        replace(good, statement_sha256=digest("x")),
        replace(good, signed_at=START - SECOND),
        replace(good, deadline=DEADLINE + SECOND),
        replace(good, r=good.r ^ 1),
        replace(good, s=good.s ^ 1),
        replace(good, r=0),
        replace(good, s=0),
        replace(good, r=P256_ORDER),
        replace(good, x=other.x, y=other.y),
        signed(world, domain=replace(home(world), chain_id=1)),
        signed(world, domain=replace(home(world), contract=world.log.address)),
    ):
        with refused("BadKeySignature", index=0):
            world.signatures.sign_p256([bad])
    with refused("BadKeySignature", index=1, key=f"0x{THUMBPRINT}"):
        world.signatures.sign_p256([other, replace(good, r=other.r)])
    with refused("MissingName", index=0):
        world.signatures.sign_p256([replace(good, document_sha256="0" * 64)])


def test_times_are_checked(world: World) -> None:
    later = world.now() + 100 * SECOND
    with refused("SignedInFuture", index=0, signedAt=int(later.timestamp())):
        world.signatures.sign_p256([signed(world, later)])
    good = signed(world)
    world.at(DEADLINE + SECOND)
    with refused("DeadlinePassed", index=0, deadline=int(DEADLINE.timestamp())):
        world.signatures.sign_p256([good])
    world.at(DEADLINE)
    world.signatures.sign_p256([good])


def test_a_pause_stops_it_too(world: World) -> None:
    world.institutions.pause()
    with refused("WritesPaused"):
        world.signatures.sign_p256([signed(world)])


def test_that_a_wallet_accepted_is_proven_offline_from_the_receipt(world: World) -> None:
    """EIP-1271 asks the wallet, which can change its mind; what it said stands under the block's receipts root."""
    owner = Account.from_key(key("investor"))
    wallet = put(world, "Wallet", owner.address)
    data = typed_data.document_signature(home(world), signed_at=START, deadline=DEADLINE, **TERMS)
    item = by_wallet(wallet, typed_data.sign(key("investor"), data))
    receipt = world.receipt(world.signatures.sign([item]))
    block, index = world.node.block_proof(receipt["blockNumber"]), receipt["transactionIndex"]

    proof = receipt_proof(block, index)
    root = rlp.text(rlp.decode_list(block.header)[RECEIPTS_ROOT], 32)
    proven = trie.verify_value(root, rlp.encode_integer(index), proof, keccak256)
    _, _, _, logs = rlp.decode_list(proven[1:])
    assert isinstance(logs, list)
    topic = keccak(text="WalletSigned(bytes32,address,bytes32,bytes32)")
    (found,) = [log for log in logs if isinstance(log, list) and log[1][0] == topic]
    code = bytes(world.node.web3.eth.get_code(wallet))
    assert found == [
        bytes.fromhex(world.signatures.address[2:]),
        [topic, bytes.fromhex(TERMS["document_sha256"]), bytes.fromhex(wallet[2:]).rjust(32, b"\0")],
        keccak(typed_data.encoded(data)) + keccak(code),
    ]


def test_an_accounts_signature_makes_no_wallets_event(world: World) -> None:
    data = typed_data.document_signature(home(world), signed_at=START, deadline=DEADLINE, **TERMS)
    account = Account.from_key(key("investor")).address
    item = by_wallet(account, typed_data.sign(key("investor"), data))
    assert len(world.receipt(world.signatures.sign([item]))["logs"]) == 1
