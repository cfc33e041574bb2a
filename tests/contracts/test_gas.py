"""The gas that design.md §17 allows, and the snapshot. `benchmarks/gas.py` prints these beside EAS and ONCHAINID."""

from datetime import timedelta
from typing import Any

import pytest

from benchmarks import gas
from ledger.chain.artifacts import load
from ledger.chain.institutions import Role
from ledger.ports.anchor import AssessmentWrite, CertificationWrite, ChainWrites
from tests.contracts.world import REGIME, START, World, digest
from tests.nodes import require_node_packages
from verifier import merkle
from verifier.checkpoint import Checkpoint

YEAR = timedelta(days=365)


def head(size: int) -> Checkpoint:
    return Checkpoint("x", size, *(bytes.fromhex(digest(f"{mark}{size}")) for mark in "abc"))


def certifications(count: int, mark: str = "") -> tuple[CertificationWrite, ...]:
    return tuple(
        CertificationWrite(digest(f"investor {n}"), REGIME, digest(f"leaf {n} {mark}"), START, START + YEAR)
        for n in range(count)
    )


def test_a_checkpoint_of_a_thousand_records_costs_at_most_60_gas_a_record(world: World) -> None:
    world.log.anchor(head(1), ChainWrites())  # the very first one also opens the head's slot
    costs = [world.gas(world.log.anchor(head(1 + 1_000 * n), ChainWrites())) for n in range(1, 4)]
    assert max(costs) <= 60_000


def test_a_backlog_costs_less_a_checkpoint(world: World) -> None:
    world.log.anchor(head(1), ChainWrites())
    cost = world.gas(world.log.anchor_batch([head(1 + 1_000 * n) for n in range(1, 51)]))
    assert cost / 50 <= 30_000


def test_a_hundred_certifications_cost_at_most_30_000_gas_each(world: World) -> None:
    assert world.gas(world.investors.certify(certifications(100))) <= 100 * 30_000


def test_certifications_that_travel_with_a_checkpoint_cost_at_most_30_000_gas_each(world: World) -> None:
    world.log.anchor(head(1), ChainWrites())
    assert world.gas(world.log.anchor(head(2), ChainWrites(certifications=certifications(100)))) <= 100 * 30_000


def test_renewals_keep_their_history_for_at_most_34_000_gas_each(world: World) -> None:
    world.investors.certify(certifications(100))
    assert world.gas(world.investors.certify(certifications(100, "renewed"))) <= 100 * 34_000


def test_one_certification_costs_at_most_60_000_gas(world: World) -> None:
    assert world.gas(world.investors.certify(certifications(1))) <= 60_000


@pytest.mark.parametrize(("issuers", "limit"), [(1, 15_000), (2, 16_000)])
def test_eligibility_costs_at_most_15_000_gas_to_ask(world: World, issuers: int, limit: int) -> None:
    """A second issuer is a second cold slot to read."""
    assessor = world.member("assessor", Role.ASSESSOR) if issuers == 2 else world
    world.investors.certify(certifications(1))
    facts: dict[str, Any] = {"lowest": False, "completed_at": START, "valid_until": START + YEAR}
    assessor.investors.assess([AssessmentWrite(digest("investor 0"), digest("a"), 3, **facts)])
    question = (bytes.fromhex(digest("investor 0")), REGIME.encode().ljust(32, b"\0"), 3, int(START.timestamp()) + 9)
    assert execution_gas(world, "InvestorRegistry", "eligibleAt", question) <= limit


def test_inclusion_at_1024_costs_at_most_15_000_gas_to_check(world: World) -> None:
    leaves = [merkle.SHA256.leaf(str(n).encode()) for n in range(1024)]
    root = merkle.root(merkle.SHA256, leaves)
    world.log.anchor(Checkpoint("x", 1024, root, root, root), ChainWrites())
    path = merkle.inclusion_path(merkle.SHA256, leaves, 1000, 1024)
    question = (leaves[1000], 1000, (1024, root, root, root), list(path))
    assert execution_gas(world, "EvidenceLog", "verifyInclusion", question) <= 15_000


@pytest.mark.slow
def test_gas_is_what_was_committed() -> None:
    """Every number of ours, to the unit: a change that costs gas is seen in its commit."""
    require_node_packages()
    assert gas.snapshot(gas.measure()) == gas.SNAPSHOT.read_text("utf-8"), (
        "run `.venv/bin/python -m benchmarks.gas --write` and commit contracts/gas.json and docs/numbers.md"
    )


def execution_gas(world: World, contract: str, function: str, arguments: tuple[object, ...]) -> int:
    """Return what a call costs beyond what every transaction pays (21,000 and its data, EIP-2028)."""
    bound = world.node.web3.eth.contract(address=world.deployment.address(contract), abi=load(contract).abi)
    data = bytes.fromhex(bound.encode_abi(function, list(arguments))[2:])
    intrinsic = 21_000 + sum(16 if byte else 4 for byte in data)
    sent = world.sender.send(bound.encode_abi(function, list(arguments)), bound.address)
    return world.gas(sent) - intrinsic
