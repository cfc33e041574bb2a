"""Cosignatures of witnesses: sent by themselves, or signed by them and sent by anybody."""

from dataclasses import replace
from datetime import datetime

import pytest

from ledger.chain import typed_data
from ledger.chain.evidence_log import ChainCosignature
from ledger.chain.institutions import Role
from ledger.ports.anchor import ChainWrites
from tests.contracts.wallets import ZERO, compact, high_s, put
from tests.contracts.world import SECOND, START, World, digest, key, new_world, refused
from verifier.checkpoint import Checkpoint

TOP = Checkpoint("ledger.test", 9, *(bytes.fromhex(digest(name)) for name in ("sha256", "sm3", "map")))
DEADLINE = START + 3600 * SECOND
OTHER = bytes.fromhex(digest("other"))


@pytest.fixture
def anchored(world: World) -> World:
    """The world with a witness and one checkpoint."""
    world.member("custodian", Role.WITNESS)
    world.log.anchor(TOP, ChainWrites())
    return world


def cosigned(world: World, by: str = "custodian", top: Checkpoint = TOP, at: datetime = DEADLINE) -> ChainCosignature:
    domain = typed_data.Domain(world.deployment.chain_id, world.log.address)
    signature = typed_data.sign(key(by), typed_data.cosign(domain, top, at))
    return ChainCosignature(world.seen_by(by).address, top, at, signature)


def test_a_witness_cosigns_once(anchored: World) -> None:
    custodian = anchored.seen_by("custodian")
    assert anchored.log.witness_count(9) == 0
    assert not anchored.log.has_cosigned(9, custodian.address)
    custodian.log.cosign(TOP)
    with refused("AlreadyCosigned", index=0, size=9, witness=custodian.address):
        custodian.log.cosign(TOP)
    assert anchored.log.witness_count(9) == 1
    assert anchored.log.has_cosigned(9, custodian.address)
    assert anchored.log.witnesses(9) == (bytes.fromhex(custodian.address[2:14]),)


def test_only_witnesses_cosign(anchored: World) -> None:
    with refused("NotWitness", index=0, account=anchored.address):
        anchored.log.cosign(TOP)
    with refused("NotWitness", index=1, account=anchored.address):
        anchored.log.cosign_by_sig([cosigned(anchored), cosigned(anchored, "operator")])
    assert anchored.log.witness_count(9) == 0


def test_a_witness_that_lost_its_role_comes_too_late(anchored: World) -> None:
    signed_in_time = cosigned(anchored)
    anchored.institutions.assign(signed_in_time.witness, {Role.AUDITOR})
    with refused("NotWitness", index=0, account=signed_in_time.witness):
        anchored.log.cosign_by_sig([signed_in_time])


def test_the_roots_must_be_those_that_are_anchored(anchored: World) -> None:
    custodian = anchored.seen_by("custodian")
    for wrong in (replace(TOP, sha256_root=OTHER), replace(TOP, sm3_root=OTHER), replace(TOP, map_root=OTHER)):
        with refused("RootsDiffer", index=0, size=9):
            custodian.log.cosign(wrong)
        with refused("RootsDiffer", index=0, size=9):
            anchored.log.cosign_by_sig([cosigned(anchored, top=wrong)])
    with refused("UnknownCheckpoint", size=8):
        custodian.log.cosign(replace(TOP, size=8))


def test_many_witnesses_share_one_transaction_and_are_counted_each_once(anchored: World) -> None:
    names = ("manager", "distributor", "regulator", "auditor", "bank", "depository")
    for name in names:
        anchored.member(name, Role.WITNESS)
    anchored.seen_by("custodian").log.cosign(TOP)
    anchored.log.cosign_by_sig([cosigned(anchored, name) for name in names])
    assert anchored.log.witness_count(9) == 7
    assert all(anchored.log.has_cosigned(9, anchored.seen_by(name).address) for name in names)
    assert not anchored.log.has_cosigned(9, anchored.address)
    assert not anchored.log.has_cosigned(8, anchored.seen_by("manager").address)
    for name in ("custodian", "depository"):
        with refused("AlreadyCosigned", index=0, witness=anchored.seen_by(name).address):
            anchored.log.cosign_by_sig([cosigned(anchored, name)])


def test_twice_in_one_batch_is_refused(anchored: World) -> None:
    with refused("AlreadyCosigned", index=1):
        anchored.log.cosign_by_sig([cosigned(anchored), cosigned(anchored)])
    assert anchored.log.witness_count(9) == 0


def test_a_contract_wallet_is_a_witness_by_eip_1271(anchored: World) -> None:
    wallet = put(anchored, "Wallet", anchored.seen_by("owner").address)
    anchored.institutions.admit(wallet, digest("wallet"), {Role.WITNESS})
    item = replace(cosigned(anchored, "owner"), witness=wallet)
    with refused("BadSignature", index=0, signer=wallet):
        anchored.log.cosign_by_sig([replace(cosigned(anchored, "stranger"), witness=wallet)])
    anchored.log.cosign_by_sig([item])
    assert anchored.log.has_cosigned(9, wallet)


def test_a_deadline_is_the_last_second(anchored: World) -> None:
    item = cosigned(anchored)
    anchored.at(DEADLINE + SECOND)
    with refused("DeadlinePassed", index=0, deadline=int(DEADLINE.timestamp())):
        anchored.log.cosign_by_sig([item])
    anchored.at(DEADLINE)
    anchored.log.cosign_by_sig([item])


def test_malleable_and_wrongly_encoded_signatures_are_refused(anchored: World) -> None:
    good = cosigned(anchored)
    with refused("MalleableSignature", index=0):
        anchored.log.cosign_by_sig([replace(good, signature=high_s(good.signature))])
    for encoded in (b"", good.signature[:-1], good.signature + b"\0", compact(good.signature)):
        with refused("BadSignatureLength", index=0, length=len(encoded)):
            anchored.log.cosign_by_sig([replace(good, signature=encoded)])
    with refused("BadSignature", index=0):
        anchored.log.cosign_by_sig([replace(good, signature=bytes(65))])
    with refused("ZeroSigner", index=0):
        anchored.log.cosign_by_sig([replace(good, witness=ZERO)])


def test_any_change_of_what_was_signed_is_refused(anchored: World) -> None:
    good = cosigned(anchored)
    other = anchored.member("regulator", Role.WITNESS).address
    for bad in (
        replace(good, checkpoint=replace(TOP, size=8)),
        replace(good, checkpoint=replace(TOP, sm3_root=OTHER)),
        replace(good, checkpoint=replace(TOP, map_root=OTHER)),
        replace(good, deadline=DEADLINE + SECOND),
        replace(good, witness=other),
    ):
        with refused("BadSignature", index=0, signer=bad.witness):
            anchored.log.cosign_by_sig([bad])


def test_a_cosignature_for_another_chain_or_contract_is_refused(
    anchored: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    good = cosigned(anchored)
    for domain in (
        typed_data.Domain(1, anchored.log.address),
        typed_data.Domain(anchored.deployment.chain_id, anchored.signatures.address),
    ):
        signature = typed_data.sign(key("custodian"), typed_data.cosign(domain, TOP, DEADLINE))
        with refused("BadSignature", index=0):
            anchored.log.cosign_by_sig([replace(good, signature=signature)])
    again = new_world(tmp_path_factory.mktemp("again"))
    assert (again.log.address, cosigned(again)) == (anchored.log.address, good), "same chain, contract and statement"
    again.node.close()
