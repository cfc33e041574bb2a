"""Every entry of the contracts' interfaces is wrapped, or listed as unused with a reason."""

import re
from pathlib import Path

import pytest

from ledger.chain import (
    eligible_wallets,
    errors,
    evidence_log,
    institutions,
    investor_registry,
    sale_procedure,
    signature_registry,
    wallet_registry,
)
from ledger.chain.artifacts import BUILT, load
from ledger.chain.binding import Binding
from verifier import anchor, seen
from verifier.approvals import on_chain

BINDINGS: dict[str, type[Binding]] = {
    "Institutions": institutions.Institutions,
    "EvidenceLog": evidence_log.EvidenceLog,
    "InvestorRegistry": investor_registry.InvestorRegistry,
    "SignatureRegistry": signature_registry.SignatureRegistry,
    "SaleProcedure": sale_procedure.SaleProcedure,
    "WalletRegistry": wallet_registry.WalletRegistry,
    "EligibleWallets": eligible_wallets.EligibleWallets,
}
TESTS = Path(__file__).resolve().parents[3] / "contracts"


def named(contract: str, kind: str) -> set[str]:
    return {entry["name"] for entry in load(contract).abi if entry["type"] == kind}


@pytest.mark.parametrize("contract", BUILT)
def test_every_function_is_wrapped_or_listed(contract: str) -> None:
    binding = BINDINGS[contract]
    source = Path(str(__import__(binding.__module__, fromlist=["x"]).__file__)).read_text()
    used = set(re.findall(r'_(?:read|write)\(\s*"(\w+)"', source))
    listed = set(binding.unused)
    assert used <= named(contract, "function"), "the binding calls what the contract lacks"
    assert not used & listed, "used and listed as unused"
    assert named(contract, "function") - used - listed == set()
    assert listed <= named(contract, "function") | named(contract, "event")
    assert all(binding.unused.values()), "each with its reason"


# Events that nobody reads back, because the state or the receipt says the same.
UNREAD_EVENTS = {
    "RolesChanged": "for indexers; Institutions answers for every instant",
    "Confirmed": "for indexers; proposalOf answers",
    "Withdrawn": "for indexers; proposalOf answers",
    "Executed": "for indexers; proposalOf answers",
    "ThresholdChanged": "for indexers; quorum answers",
    "Paused": "for indexers; paused answers",
    "Unpaused": "for indexers; paused answers",
    "CertificationGranted": "for indexers; certificationsOf answers",
    "CertificationRevoked": "for indexers; certificationsOf answers",
    "AssessmentCompleted": "for indexers; assessmentsOf answers",
    "AssessmentEnded": "for indexers; assessmentsOf answers",
    "DocumentSigned": "for indexers; signatureOf answers",
    "Cosigned": "for indexers; witnessesOf answers",
    "StepTaken": "for indexers; proofOfOrder answers",
    "WalletLinked": "for indexers; holderOf answers",
    "WalletUnlinked": "for indexers; holderOf answers",
    "WalletSigned": "for bundles: its receipt proves what a wallet accepted",
    "EIP712DomainChanged": "the domain never changes",
}


def test_every_event_is_read_or_listed() -> None:
    events = {name for contract in BUILT for name in named(contract, "event")}
    assert events - set(UNREAD_EVENTS) == {"CheckpointAnchored", "MemberAdmitted", "Proposed"}
    assert set(UNREAD_EVENTS) <= events


@pytest.mark.parametrize(
    ("contract", "event"),
    [("EvidenceLog", anchor.EVENT), ("EvidenceLog", seen.EVENT), ("SignatureRegistry", on_chain.EVENT)],
)
def test_the_verifier_looks_for_events_as_the_contracts_emit_them(contract: str, event: str) -> None:
    emitted = {errors.signature(entry) for entry in load(contract).abi if entry["type"] == "event"}
    assert event in emitted


def test_every_custom_error_is_translated_or_listed() -> None:
    names = {name for contract in BUILT for name in named(contract, "error")}
    assert names - errors.UNUSED == set(errors.TABLE)
    assert names >= errors.UNUSED


def test_one_selector_is_one_error() -> None:
    """Two contracts may share an error only with the same argument names: the table is one."""
    seen: dict[str, tuple[str, ...]] = {}
    for contract in BUILT:
        for entry in load(contract).abi:
            if entry["type"] == "error":
                names = tuple(argument["name"] for argument in entry["inputs"])
                assert seen.setdefault(errors.signature(entry), names) == names


def test_every_custom_error_is_provoked_by_a_contract_test() -> None:
    provoked = {
        name for path in TESTS.glob("test_*.py") for name in re.findall(r'refused\(\s*"(\w+)"', path.read_text())
    }
    assert set(errors.TABLE) - provoked == set()


@pytest.mark.parametrize("name", sorted(errors.TABLE))
def test_messages_name_only_arguments_that_exist(name: str) -> None:
    entry = next(entry for entry in errors.by_selector().values() if entry["name"] == name)
    known = {argument["name"] for argument in entry["inputs"]}
    _, english, chinese = errors.TABLE[name]
    assert set(re.findall(r"{(\w+)}", english + chinese)) <= known
