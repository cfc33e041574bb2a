"""The port `Anchor`, on every chain that we claim to speak to."""

import hashlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from eth_utils import to_checksum_address
from web3.types import RPCEndpoint

from ledger.chain import EvmAnchor, deploy_rpc, open_embedded, open_rpc, typed_data
from ledger.chain.errors import ChainContradictsError, ContractRefusedError
from ledger.chain.institutions import Role
from ledger.chain.investor_registry import Reasons
from ledger.chain.sender import account_of
from ledger.errors import ChainError, ConfigurationError, NotFoundError
from ledger.ports.anchor import (
    Anchor,
    AssessmentWrite,
    CertificationWrite,
    ChainWrites,
    CosignatureRefusedError,
    EndingWrite,
    SaleStep,
    SaleStepWrite,
    SaleTerms,
    SignatureWrite,
    Standing,
    WitnessSignature,
)
from tests.nodes import DEVELOPMENT_KEY, json_rpc_node
from verifier import anchor as offline
from verifier.checkpoint import Checkpoint
from verifier.errors import VerificationError

NOW = datetime(2026, 11, 2, 9, 30, 0, 250_000, tzinfo=UTC)
YEAR = timedelta(days=365)
NONE = ChainWrites()
REGIME = "cn_private_fund"


def digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def checkpoint(size: int, mark: str = "") -> Checkpoint:
    roots = (bytes.fromhex(digest(f"{name} {size} {mark}")) for name in ("sha256", "sm3", "map"))
    return Checkpoint("ledger.test", size, *roots)


def writes(mark: str) -> ChainWrites:
    investor, leaf = digest(f"investor {mark}"), digest(f"leaf {mark}")
    return ChainWrites(
        certifications=(CertificationWrite(investor, REGIME, leaf, NOW, NOW + YEAR),),
        assessments=(AssessmentWrite(investor, leaf, 3, lowest=False, completed_at=NOW, valid_until=NOW + YEAR),),
        signatures=(SignatureWrite(digest(f"document {mark}"), digest("key"), "x509-p256", leaf, NOW),),
    )


@pytest.fixture(scope="module")
def nodes() -> Iterator[Mapping[str, str]]:
    started = ("--timestamp", str(int(NOW.timestamp()) - 3600), "--hardfork")
    with json_rpc_node(*started, "london") as london, json_rpc_node(*started, "prague") as prague:
        yield {"london": london, "prague": prague}


@pytest.fixture(params=["embedded", "json-rpc london", "json-rpc prague"])
def anchor(request: pytest.FixtureRequest, tmp_path: Path, nodes: Mapping[str, str]) -> Iterator[EvmAnchor]:
    kind, _, fork = request.param.partition(" ")
    if kind == "embedded":
        made = open_embedded(tmp_path / "chain.sqlite", operator_key=DEVELOPMENT_KEY, now=NOW)
    else:
        made = _on_rpc(nodes[fork], tmp_path)
    yield made
    made.close()


@pytest.fixture(params=["london", "prague"])
def rpc(request: pytest.FixtureRequest, tmp_path: Path, nodes: Mapping[str, str]) -> Iterator[EvmAnchor]:
    made = _on_rpc(nodes[request.param], tmp_path)
    yield made
    made.close()


def state_when_mined(anchor: EvmAnchor, transaction: str) -> str:
    """Ask until the transaction is in a block: anvil answers before it mines."""
    for _ in range(200):
        if (state := anchor.tend(transaction).state) != "submitted":
            return state
        time.sleep(0.02)
    pytest.fail("not mined within four seconds")


def submit(anchor: EvmAnchor, head: Checkpoint, carried: ChainWrites = NONE) -> str:
    transaction = anchor.submit(head, carried, NOW)
    state_when_mined(anchor, transaction)
    return transaction


def _on_rpc(url: str, folder: Path) -> EvmAnchor:
    deployment = folder / "deployment.json"
    deploy_rpc(url, operator_key=DEVELOPMENT_KEY, deployment=deployment)
    return open_rpc(url, operator_key=DEVELOPMENT_KEY, deployment=deployment)


def test_it_has_every_method_of_the_port(anchor: EvmAnchor) -> None:
    as_port: Anchor = anchor
    assert as_port.status().kind in {"embedded", "json-rpc"}


def test_a_new_chain_holds_nothing(anchor: EvmAnchor) -> None:
    assert anchor.anchored_size() == 0
    assert anchor.find(1) is None
    assert anchor.root_at(1) is None
    with pytest.raises(NotFoundError, match="wait until it is anchored"):
        anchor.evidence(1)


def test_what_is_submitted_is_found_with_its_roots(anchor: EvmAnchor) -> None:
    head = checkpoint(7)
    transaction = submit(anchor, head)
    assert len(bytes.fromhex(transaction)) == 32
    assert state_when_mined(anchor, transaction) == "final"
    assert anchor.find(7) == transaction
    assert anchor.root_at(7) == head.roots
    assert anchor.anchored_size() == 7
    assert anchor.find(6) is None


def test_sending_again_anchors_once(anchor: EvmAnchor) -> None:
    transaction = submit(anchor, checkpoint(7))
    block = anchor.status().block
    assert submit(anchor, checkpoint(7)) == transaction
    assert anchor.status().block == block
    assert anchor.log.head() == (7, 1)


def test_an_older_checkpoint_is_found_after_newer_ones(anchor: EvmAnchor) -> None:
    first = submit(anchor, checkpoint(7))
    second = submit(anchor, checkpoint(9))
    assert (anchor.find(7), anchor.find(9)) == (first, second)
    assert submit(anchor, checkpoint(7)) == first


def test_another_root_for_an_anchored_size_stops_everything(anchor: EvmAnchor) -> None:
    submit(anchor, checkpoint(7))
    with pytest.raises(ChainContradictsError, match="other roots for size 7"):
        submit(anchor, checkpoint(7, "forged"))


def test_a_smaller_checkpoint_is_refused(anchor: EvmAnchor) -> None:
    submit(anchor, checkpoint(7))
    with pytest.raises(ChainContradictsError, match="holds a checkpoint of 7, not below 6"):
        submit(anchor, checkpoint(6))
    assert anchor.log.head() == (7, 1)


def test_writes_travel_with_their_checkpoint(anchor: EvmAnchor) -> None:
    transaction = submit(anchor, checkpoint(7), writes("a"))
    assert state_when_mined(anchor, transaction) == "final"
    later = max(anchor.status().block_time, NOW) + timedelta(seconds=1)
    investor = digest("investor a")
    assert anchor.investors.eligible_at(investor, REGIME, 3, later) == Reasons(0)
    assert anchor.investors.eligible_at(investor, REGIME, 4, later) == Reasons.RISK_ABOVE_TOLERANCE
    assert anchor.investors.eligible_at(investor, REGIME, 3, NOW - YEAR) == Reasons.NOT_CERTIFIED | Reasons.NOT_ASSESSED
    signature = anchor.signatures.signature(digest("document a"), digest("key"))
    assert signature is not None
    assert (signature.suite, signature.checked_on_chain) == ("x509-p256", False)
    assert anchor.signatures.signed_before(digest("document a"), digest("key"), later)


def test_a_revocation_travels_with_the_certification_it_ends(anchor: EvmAnchor) -> None:
    (granted,) = writes("a").certifications
    revoked = replace(granted, leaf=digest("revocation"), granted_at=NOW + timedelta(hours=1), revokes=granted.leaf)
    submit(anchor, checkpoint(7), replace(writes("a"), certifications=(granted, revoked)))
    before, after = NOW + timedelta(minutes=59), NOW + timedelta(hours=1)
    assert anchor.investors.eligible_at(granted.investor, REGIME, 1, before) == Reasons(0)
    assert anchor.investors.eligible_at(granted.investor, REGIME, 1, after) == Reasons.CERTIFICATION_REVOKED


def test_a_bad_write_takes_its_checkpoint_with_it(anchor: EvmAnchor) -> None:
    good = writes("a").certifications[0]
    bad = replace(good, leaf=digest("other"), valid_until=good.granted_at)
    with pytest.raises(ContractRefusedError, match="correct item 1") as refused:
        submit(anchor, checkpoint(7), ChainWrites(certifications=(good, bad)))
    assert refused.value.name == "EmptyValidity"
    assert refused.value.evidence["index"] == 1
    assert anchor.anchored_size() == 0
    assert anchor.investors.certifications(good.investor, REGIME) == ()
    submit(anchor, checkpoint(7), ChainWrites(certifications=(good,)))
    assert len(anchor.investors.certifications(good.investor, REGIME)) == 1


def test_evidence_convinces_the_offline_verifier(anchor: EvmAnchor) -> None:
    for size, carried in ((7, NONE), (9, writes("a"))):
        head = checkpoint(size)
        submit(anchor, head, carried)
        proven = offline.check(offline.parse(anchor.evidence(size)), head)
        assert (proven.size, proven.block.chain_id) == (size, anchor.status().chain_id)
        assert proven.block.block_time <= anchor.status().block_time
        with pytest.raises(VerificationError):
            offline.check(offline.parse(anchor.evidence(size)), checkpoint(size, "forged"))


def test_evidence_holds_for_every_transaction_of_a_full_block(rpc: EvmAnchor) -> None:
    """More than sixteen receipts make a trie with branches, and a key of two bytes."""
    ask = rpc._node.web3.provider.make_request
    ask(RPCEndpoint("evm_setAutomine"), [False])
    try:
        sent: dict[int, str] = {size: rpc.log.anchor(checkpoint(size), NONE) for size in range(1, 2)}
        for size in range(2, 20):
            sent[size] = _send_unchecked(rpc, size)
        assert rpc.tend(sent[1][2:]).state == "submitted"
        assert rpc.submit(checkpoint(1), NONE, NOW) == sent[1][2:]
    finally:
        ask(RPCEndpoint("evm_mine"), [])
        ask(RPCEndpoint("evm_setAutomine"), [True])
    blocks = set()
    for size, transaction in sent.items():
        assert state_when_mined(rpc, transaction[2:]) == "final"
        evidence = offline.parse(rpc.evidence(size))
        assert offline.check(evidence, checkpoint(size)).size == size
        blocks.add(evidence.claim.block_number)
    assert len(blocks) == 1


def _send_unchecked(rpc: EvmAnchor, size: int) -> str:
    """Send with a fixed gas limit, so that one block can hold checkpoints that build on each other."""
    head = checkpoint(size)
    log = rpc.log._contract
    sender = rpc._sender._account
    transaction = log.functions.anchor(head.size, *head.roots).build_transaction(
        {
            "from": sender.address,
            "gas": 200_000,
            "nonce": rpc._node.web3.eth.get_transaction_count(sender.address, "pending"),
        }
    )
    signed = sender.sign_transaction(cast("dict[str, Any]", transaction))
    return rpc._node.web3.eth.send_raw_transaction(signed.raw_transaction).to_0x_hex()


def test_an_unknown_transaction_is_lost(anchor: EvmAnchor) -> None:
    unknown = digest("nothing")
    assert anchor.tend(unknown) == Standing("lost", unknown, reason="the chain does not know it")


def test_a_reverted_transaction_is_lost(rpc: EvmAnchor) -> None:
    submit(rpc, checkpoint(7))
    reverted = _send_unchecked(rpc, 3)
    assert state_when_mined(rpc, reverted.removeprefix("0x")) == "lost"
    assert rpc.tend(reverted.removeprefix("0x")).reason == "it was reverted"


def test_the_block_of_an_anchor_is_told_and_held(anchor: EvmAnchor) -> None:
    transaction = submit(anchor, checkpoint(7))
    block = anchor.tend(transaction).block
    assert block is not None
    assert block.time <= anchor.status().block_time
    assert anchor.holds(block)
    assert not anchor.holds(replace(block, hash=digest("another")))


def test_a_block_that_has_not_come_yet_is_no_contradiction(rpc: EvmAnchor) -> None:
    block = rpc.tend(submit(rpc, checkpoint(7))).block
    assert block is not None
    with pytest.raises(ChainError, match="it is behind"):
        rpc.holds(replace(block, number=block.number + 1000))


def test_a_block_is_final_after_as_many_confirmations_as_asked(tmp_path: Path, nodes: Mapping[str, str]) -> None:
    url, deployment = nodes["london"], tmp_path / "deployment.json"
    deploy_rpc(url, operator_key=DEVELOPMENT_KEY, deployment=deployment)
    anchor = open_rpc(url, operator_key=DEVELOPMENT_KEY, deployment=deployment, confirmations=2)
    transaction = submit(anchor, checkpoint(7))
    states = [state_when_mined(anchor, transaction)]
    for _ in range(2):
        anchor._node.web3.provider.make_request(RPCEndpoint("evm_mine"), [])
        states.append(anchor.tend(transaction).state)
    anchor.close()
    assert states == ["mined", "mined", "final"]


def test_a_chain_that_goes_away_is_a_chain_error_and_comes_back(tmp_path: Path) -> None:
    state, deployment = tmp_path / "state", tmp_path / "deployment.json"
    with json_rpc_node("--hardfork", "london", "--dump-state", str(state)) as url:
        deploy_rpc(url, operator_key=DEVELOPMENT_KEY, deployment=deployment)
        anchor = open_rpc(url, operator_key=DEVELOPMENT_KEY, deployment=deployment)
        transaction = submit(anchor, checkpoint(7))
    for use in (
        anchor.status,
        anchor.anchored_size,
        lambda: anchor.find(7),
        lambda: anchor.evidence(7),
        lambda: anchor.tend(transaction),
        lambda: anchor.submit(checkpoint(8), NONE, NOW),
        lambda: open_rpc(url, operator_key=DEVELOPMENT_KEY, deployment=deployment),
    ):
        with pytest.raises(ChainError, match="records are safe"):
            use()
    anchor.close()
    with json_rpc_node("--hardfork", "london", "--load-state", str(state)) as url:
        anchor = open_rpc(url, operator_key=DEVELOPMENT_KEY, deployment=deployment)
        assert anchor.anchored_size() == 7
        submit(anchor, checkpoint(8))
        anchor.close()


def test_another_chain_than_the_deployments_is_refused(tmp_path: Path, nodes: Mapping[str, str]) -> None:
    deployment = tmp_path / "deployment.json"
    deploy_rpc(nodes["london"], operator_key=DEVELOPMENT_KEY, deployment=deployment)
    with (
        json_rpc_node("--chain-id", "4242") as url,
        pytest.raises(ConfigurationError, match="no contracts on chain 4242"),
    ):
        open_rpc(url, operator_key=DEVELOPMENT_KEY, deployment=deployment)


def test_foreign_code_at_our_addresses_is_refused(tmp_path: Path, nodes: Mapping[str, str]) -> None:
    anchor = _on_rpc(nodes["london"], tmp_path)
    address = anchor.investors.address
    web3 = anchor._node.web3
    code = bytearray(web3.eth.get_code(address))
    code[100] ^= 1
    web3.provider.make_request(RPCEndpoint("anvil_setCode"), [address, "0x" + code.hex()])
    with pytest.raises(ChainContradictsError, match=r"the code of InvestorRegistry at .* is not our artifact's"):
        open_rpc(nodes["london"], operator_key=DEVELOPMENT_KEY, deployment=tmp_path / "deployment.json")
    anchor.close()


def test_what_contracts_hold_otherwise_is_named(anchor: EvmAnchor) -> None:
    sent = writes("a")
    terms = SaleTerms(24, "paid", visit_due=True)
    began = NOW - timedelta(hours=2)  # the nodes of this file began an hour before `NOW`
    opened = SaleStepWrite(digest("sale"), digest("opened"), SaleStep.OPENED, 1, began, terms)
    matched = SaleStepWrite(digest("sale"), digest("matched"), SaleStep.MATCHED, 2, began)
    sent = replace(sent, sale_steps=(opened, matched))
    submit(anchor, checkpoint(7), sent)
    assert list(anchor.differing(sent)) == []
    later = NOW + timedelta(seconds=9)
    (grant,), (outcome,), (signature,) = sent.certifications, sent.assessments, sent.signatures
    other = ChainWrites(
        (replace(grant, valid_until=later), replace(grant, leaf=digest("r"), revokes=grant.leaf)),
        (replace(outcome, tolerance=4), replace(outcome, leaf=digest("none"))),
        (replace(signature, signed_at=later), replace(signature, key=digest("none"))),
        (replace(opened, terms=replace(terms, visit_due=False)), replace(matched, at=later)),
        endings=tuple(EndingWrite(outcome.investor, digest("e"), of, later) for of in (outcome.leaf, digest("none"))),
    )
    told = [what for _, what in anchor.differing(other)]
    assert [what.partition(" has ")[2] or "missing" for what in told] == [
        "another validity",
        "another revocation, or none",
        "another class or validity",
        "missing",
        "another end of the assessment, or none",
        "missing",
        "another suite or instant",
        "missing",
        "other terms of the sale",
        "the step matched at another time, or not at all",
    ]
    fewer = ChainWrites(sale_steps=(opened, replace(matched, sale=digest("no sale"))))
    assert [what for _, what in anchor.differing(fewer)] == [
        "the contract has 2 steps of the sale, the records 1",
        "the contract has the step matched, the records do not",
        "the contract does not hold it",
    ]


def test_a_witnesss_cosignature_is_sent_for_it(anchor: EvmAnchor) -> None:
    head, status = checkpoint(7), anchor.status()
    domain = typed_data.Domain(status.chain_id, to_checksum_address(status.contracts["EvidenceLog"]))
    deadline = NOW.replace(microsecond=0) + timedelta(days=7)
    keys = {name: hashlib.sha256(name.encode()).digest() for name in ("witness", "stranger")}

    def by(name: str, head: Checkpoint = head) -> WitnessSignature:
        signature = typed_data.sign(keys[name], typed_data.cosign(domain, head, deadline))
        return WitnessSignature(account_of(keys[name]).address, deadline, signature)

    sent = anchor.institutions.admit(account_of(keys["witness"]).address, digest("custodian"), {Role.WITNESS})
    state_when_mined(anchor, sent.removeprefix("0x"))
    with pytest.raises(ContractRefusedError, match="anchor it first"):
        anchor.cosign(head, by("witness"), NOW)
    submit(anchor, head)
    assert anchor.witness_count(7) == 0
    state_when_mined(anchor, anchor.cosign(head, by("witness"), NOW))
    assert (anchor.witness_count(7), anchor.has_cosigned(7, by("witness").witness)) == (1, True)
    assert not anchor.has_cosigned(7, by("stranger").witness)
    for refused in (by("stranger"), by("witness"), replace(by("stranger"), witness=by("witness").witness)):
        with pytest.raises(CosignatureRefusedError):
            anchor.cosign(head, refused, NOW)
    other = checkpoint(7, "other")
    with pytest.raises(ChainContradictsError, match="other roots"):
        anchor.cosign(other, by("witness", other), NOW)
