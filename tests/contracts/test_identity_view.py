"""ERC-3643 tokens ask `isVerified`; the known faults of such registries (`pain` 1 to 4) are not here."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from eth_typing import ChecksumAddress
from web3.exceptions import ContractLogicError

from ledger.chain import typed_data
from ledger.chain.deploy import create, deploy_for_token
from ledger.chain.eligible_wallets import EligibleWallets
from ledger.chain.institutions import Role
from ledger.chain.investor_registry import Authorization, Reasons
from ledger.ports.anchor import AssessmentWrite, CertificationWrite
from tests.contracts.wallets import ZERO, compact, compiled, high_s, put
from tests.contracts.world import REGIME, SECOND, START, World, digest, key, refused

INVESTOR = digest("investor")
DEADLINE = START + timedelta(days=3)
ENDS = START + timedelta(days=30)
GRANT = CertificationWrite(INVESTOR, REGIME, digest("granted"), START, ENDS)
OUTCOME = AssessmentWrite(INVESTOR, digest("assessed"), 3, lowest=False, completed_at=START, valid_until=ENDS)
REVOKED = replace(GRANT, leaf=digest("revoked"), granted_at=START, revokes=GRANT.leaf)


def consent(
    world: World,
    by: str = "wallet",
    *,
    nonce: int = 0,
    deadline: datetime = DEADLINE,
    domain: typed_data.Domain | None = None,
    operator: ChecksumAddress | None = None,
) -> Authorization:
    wallet = world.seen_by(by).address
    data = typed_data.link(
        domain or typed_data.Domain(world.deployment.chain_id, world.wallets.address),
        investor=INVESTOR,
        wallet=wallet,
        operator=operator or world.address,
        nonce=nonce,
        deadline=deadline,
    )
    return Authorization(wallet, nonce, deadline, typed_data.sign(key(by), data))


@pytest.fixture
def linked(world: World) -> World:
    """The world with a certifier apart from the operator, an eligible investor, and its wallet."""
    certifier = world.member("certifier", Role.CERTIFIER, Role.ASSESSOR)
    certifier.investors.certify([GRANT])
    certifier.investors.assess([OUTCOME])
    world.wallets.link([(INVESTOR, consent(world))])
    return world


def registry(world: World, risk: int = 3, regime: str = REGIME) -> EligibleWallets:
    made = deploy_for_token(world.node, world.sender, world.deployment, regime=regime, risk=risk)
    return EligibleWallets(world.node, made.address, world.sender)


def test_a_token_transfers_to_an_eligible_investor_and_to_nobody_else(linked: World) -> None:
    asked, wallet = registry(linked), linked.seen_by("wallet").address
    address = put(linked, "Token", asked.address)
    token = linked.node.web3.eth.contract(address=address, abi=compiled("Token")["abi"])

    def transfer(to: ChecksumAddress) -> None:
        linked.sender.send(token.encode_abi("transfer", [to, 10]), address)

    transfer(wallet)
    assert token.functions.balanceOf(wallet).call() == 10
    for stranger in (linked.seen_by("stranger").address, ZERO):
        with pytest.raises(ContractLogicError, match=b"Transfer not possible".hex()):
            transfer(stranger)
    linked.seen_by("certifier").investors.revoke([REVOKED])
    with pytest.raises(ContractLogicError, match=b"Transfer not possible".hex()):
        transfer(wallet)
    assert token.functions.balanceOf(wallet).call() == 10


def test_it_says_why_not(linked: World) -> None:
    wallet, stranger = (linked.seen_by(name).address for name in ("wallet", "stranger"))
    asked = registry(linked)
    assert (asked.is_verified(wallet), asked.contains(wallet), asked.reasons(wallet)) == (True, True, Reasons(0))
    assert (asked.is_verified(stranger), asked.contains(stranger)) == (False, False)
    assert asked.reasons(stranger) == Reasons.NOT_LINKED
    dearer = registry(linked, risk=4)
    assert (dearer.is_verified(wallet), dearer.reasons(wallet)) == (False, Reasons.RISK_ABOVE_TOLERANCE)
    abroad = registry(linked, regime="us_reg_d")
    assert abroad.reasons(wallet) == Reasons.NOT_CERTIFIED | Reasons.NOT_ASSESSED
    assert abroad.contains(wallet)


def test_pain_1_lapsed_accreditation_does_not_pass(linked: World) -> None:
    """ERC-3643#95: there an expired claim still verifies. Here it ends with the second."""
    asked, wallet = registry(linked), linked.seen_by("wallet").address
    _block_at(linked, ENDS - SECOND)
    assert asked.is_verified(wallet)
    _block_at(linked, ENDS)
    assert not asked.is_verified(wallet)
    assert asked.reasons(wallet) == Reasons.CERTIFICATION_EXPIRED | Reasons.ASSESSMENT_EXPIRED
    assert asked.contains(wallet)


def test_pain_1_pending_kyc_does_not_pass(world: World) -> None:
    """Linked, and waiting for the certification, then for its beginning, then for the assessment."""
    world.wallets.link([(INVESTOR, consent(world))])
    asked, wallet = registry(world), world.seen_by("wallet").address
    assert asked.reasons(wallet) == Reasons.NOT_CERTIFIED | Reasons.NOT_ASSESSED
    begins = START + timedelta(days=1)
    world.investors.certify([replace(GRANT, granted_at=begins)])
    assert asked.reasons(wallet) == Reasons.NOT_CERTIFIED | Reasons.NOT_ASSESSED
    world.at(begins)
    world.investors.assess([OUTCOME])
    assert asked.is_verified(wallet)


def test_pain_2_an_account_with_no_trusted_claim_does_not_pass(linked: World) -> None:
    """ERC-3643#101: there the issuer that a claim names is asked. Here only members write, while they stand."""
    stranger, asked = linked.seen_by("stranger"), registry(linked)
    with refused("NotCertifier", account=stranger.address):
        stranger.investors.certify([replace(GRANT, investor=digest("stranger"))])
    with refused("NotOperator", account=stranger.address):
        stranger.wallets.link([(INVESTOR, consent(linked, "stranger", operator=stranger.address))])
    assert asked.reasons(stranger.address) == Reasons.NOT_LINKED
    wallet = linked.seen_by("wallet").address
    linked.institutions.assign(linked.seen_by("certifier").address, {Role.AUDITOR})
    assert asked.reasons(wallet) == Reasons.CERTIFIER_NOT_IN_STANDING | Reasons.ASSESSOR_NOT_IN_STANDING
    assert not asked.is_verified(wallet)


def test_pain_2_a_link_by_an_operator_that_lost_its_role_does_not_pass(linked: World) -> None:
    former = linked.member("former", Role.OPERATOR)
    former.wallets.link([(INVESTOR, consent(linked, "another wallet", operator=former.address))])
    asked, wallet = registry(linked), linked.seen_by("another wallet").address
    assert asked.is_verified(wallet)
    linked.institutions.assign(former.address, set())
    assert asked.reasons(wallet) == Reasons.LINKER_NOT_IN_STANDING
    assert asked.is_verified(linked.seen_by("wallet").address), "the other operator's link stands"


def test_pain_3_a_revoked_claim_is_not_revived_by_re_encoding_its_signature(linked: World) -> None:
    """onchain-id#170: there the revocation names the signature's bytes. Here it names the fact."""
    asked, wallet = registry(linked), linked.seen_by("wallet").address
    signed = consent(linked)
    linked.wallets.unlink([wallet])
    assert asked.reasons(wallet) == Reasons.NOT_LINKED
    with refused("InvalidAccountNonce", account=wallet, currentNonce=1):
        linked.wallets.link([(INVESTOR, signed)])
    with refused("MalleableSignature", index=0):
        linked.wallets.link([(INVESTOR, replace(signed, signature=high_s(signed.signature)))])
    for encoded in (compact(signed.signature), signed.signature + b"\0", signed.signature[:-1], b""):
        with refused("BadSignatureLength", index=0, length=len(encoded)):
            linked.wallets.link([(INVESTOR, replace(signed, signature=encoded))])
    assert asked.reasons(wallet) == Reasons.NOT_LINKED
    linked.wallets.link([(INVESTOR, consent(linked, nonce=1))])
    assert asked.is_verified(wallet), "only a new consent links again"


def test_pain_3_a_revoked_certification_is_not_revived_by_the_act_that_granted_it(world: World) -> None:
    certifier = world.member("certifier", Role.CERTIFIER)
    here = typed_data.Domain(world.deployment.chain_id, world.investors.address)
    data = typed_data.record(here, [GRANT], [], nonce=0, deadline=DEADLINE)
    act = Authorization(certifier.address, 0, DEADLINE, typed_data.sign(key("certifier"), data))
    world.investors.record_by_sig(act, [GRANT])
    certifier.investors.revoke([REVOKED])
    with refused("InvalidAccountNonce", currentNonce=1):
        world.investors.record_by_sig(act, [GRANT])
    with refused("MalleableSignature", index=0):
        world.investors.record_by_sig(replace(act, signature=high_s(act.signature)), [GRANT])
    why = world.investors.eligible_at(INVESTOR, REGIME, 1, world.now())
    assert why == Reasons.CERTIFICATION_REVOKED | Reasons.NOT_ASSESSED


def test_pain_4_a_consent_for_one_chain_does_not_count_on_another(world: World) -> None:
    """tips#848: there claims name no chain. Here the domain does, and the contract."""
    here = typed_data.Domain(world.deployment.chain_id, world.wallets.address)
    for domain in (replace(here, chain_id=1), replace(here, contract=world.investors.address)):
        with refused("BadSignature", index=0):
            world.wallets.link([(INVESTOR, consent(world, domain=domain))])
    second = create(world.node, world.sender, "WalletRegistry", [world.institutions.address, world.investors.address])
    world.wallets.link([(INVESTOR, consent(world))])
    other = type(world.wallets)(world.node, second.address, world.sender)
    with refused("BadSignature", index=0):
        other.link([(INVESTOR, consent(world))])


def test_a_consent_is_to_one_operator_for_one_investor_in_time(world: World) -> None:
    rival, good = world.member("rival", Role.OPERATOR), consent(world)
    with refused("BadSignature", index=0, signer=good.signer):
        rival.wallets.link([(INVESTOR, good)])
    with refused("BadSignature", index=0, signer=good.signer):
        world.wallets.link([(digest("somebody else"), good)])
    with refused("ZeroSigner", index=0):
        world.wallets.link([(INVESTOR, replace(good, signer=ZERO))])
    with refused("MissingName", index=1):
        world.wallets.link([(INVESTOR, good), ("0" * 64, consent(world, "b"))])
    world.at(DEADLINE + SECOND)
    with refused("DeadlinePassed", index=0):
        world.wallets.link([(INVESTOR, good)])
    assert world.wallets.holder(good.signer) is None


def test_a_wallet_is_one_investors_until_it_is_unlinked(linked: World) -> None:
    wallet, stranger = linked.seen_by("wallet"), linked.seen_by("stranger")
    held = linked.wallets.holder(wallet.address)
    assert held is not None
    assert (held.investor, held.operator) == (INVESTOR, linked.address)
    assert linked.wallets.next_nonce(wallet.address) == 1
    with refused("AlreadyLinked", index=0, wallet=wallet.address):
        linked.wallets.link([(INVESTOR, consent(linked, nonce=1))])
    with refused("NotHolder", index=0, account=stranger.address):
        stranger.wallets.unlink([wallet.address])
    with refused("NotLinked", index=1, wallet=stranger.address):
        linked.wallets.unlink([wallet.address, stranger.address])
    wallet.wallets.unlink([wallet.address])
    assert linked.wallets.holder(wallet.address) is None


def test_a_contract_wallet_consents_by_eip_1271(linked: World) -> None:
    wallet = put(linked, "Wallet", linked.seen_by("owner").address)
    here = typed_data.Domain(linked.deployment.chain_id, linked.wallets.address)
    data = typed_data.link(here, investor=INVESTOR, wallet=wallet, operator=linked.address, nonce=0, deadline=DEADLINE)
    linked.wallets.link([(INVESTOR, Authorization(wallet, 0, DEADLINE, typed_data.sign(key("owner"), data)))])
    assert registry(linked).is_verified(wallet)


def test_a_pause_stops_links_and_not_the_question(linked: World) -> None:
    asked, wallet = registry(linked), linked.seen_by("wallet").address
    linked.institutions.pause()
    with refused("WritesPaused"):
        linked.wallets.link([(INVESTOR, consent(linked, "b"))])
    with refused("WritesPaused"):
        linked.wallets.unlink([wallet])
    assert asked.is_verified(wallet)


def test_a_registry_is_for_a_regime_and_a_risk(world: World) -> None:
    for risk in (0, 6):
        with refused("BadProductRisk", productRisk=risk):
            registry(world, risk)
    with refused("MissingRegime"):
        create(world.node, world.sender, "EligibleWallets", [world.wallets.address, bytes(32), 3])


def test_too_many_wallets_at_once_are_refused_with_the_limit(world: World) -> None:
    with refused("BatchTooLarge", length=1001, limit=1000):
        world.wallets.link([(INVESTOR, consent(world))] * 1001)
    with refused("BatchTooLarge", length=1001, limit=1000):
        world.wallets.unlink([ZERO] * 1001)


def _block_at(world: World, when: datetime) -> None:
    """Make a block at this instant: what `isVerified` asks is the time of the newest one."""
    world.at(when)
    world.institutions._write("assign", [])
    assert world.now() == when
