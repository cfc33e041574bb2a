"""The port `ContractWallets`, on the embedded chain and over JSON-RPC: real contracts, asked and relayed."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data

from ledger.chain import EvmAnchor, deploy_rpc, open_embedded, open_rpc
from ledger.chain.errors import ContractRefusedError
from ledger.ports.anchor import ChainWrites
from ledger.ports.wallets import ApprovalWrite, Question, Says
from ledger.services.refusals import submit_accepted
from tests.contracts.wallets import high_s, put_at
from tests.nodes import DEVELOPMENT_KEY, json_rpc_node
from verifier.approvals import eip1271, on_chain
from verifier.approvals.eip1271 import Asked
from verifier.checkpoint import Checkpoint

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
OWNER = Account.from_key(hashlib.sha256(b"owner").digest())
NONE = ChainWrites()


@pytest.fixture(scope="module", params=["embedded", "json-rpc"])
def chain(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EvmAnchor]:
    folder: Path = tmp_path_factory.mktemp("chain")
    if request.param == "embedded":
        anchor = open_embedded(folder / "chain.sqlite", operator_key=DEVELOPMENT_KEY, now=NOW)
        yield anchor
        anchor.close()
        return
    with json_rpc_node("--timestamp", str(int(NOW.timestamp()) + 60)) as url:
        deploy_rpc(url, operator_key=DEVELOPMENT_KEY, deployment=folder / "deployment.json")
        anchor = open_rpc(url, operator_key=DEVELOPMENT_KEY, deployment=folder / "deployment.json")
        yield anchor
        anchor.close()


@pytest.fixture(scope="module")
def wallet(chain: EvmAnchor) -> str:
    return put_at(chain._node, chain._sender, "Wallet", OWNER.address).lower().removeprefix("0x")


def approval(chain: EvmAnchor, wallet: str, mark: str, by: bytes = OWNER.key, **other: int) -> ApprovalWrite:
    """Return what a wallet's owner signed; each ``mark`` is another document."""
    number, contract = chain.contract_wallets.registry()
    document, sm3, text = (
        hashlib.sha256(f"{name} {mark} {wallet}".encode()).hexdigest() for name in ("document", "sm3", "text")
    )
    times = {"signed_at": int(NOW.timestamp()), "deadline": int((NOW + timedelta(days=30)).timestamp()), **other}
    asked = Asked(wallet, number, contract, document, sm3, text, times["signed_at"], times["deadline"], b"")
    signed = Account.from_key(by).sign_message(encode_typed_data(full_message=asked.typed_data()))
    return ApprovalWrite(replace(asked, signature=bytes(signed.signature)), hashlib.sha256(mark.encode()).hexdigest())


def checkpoint(size: int) -> Checkpoint:
    return Checkpoint("ledger.test", size, *(hashlib.sha256(b"%d %d" % (size, n)).digest() for n in range(3)))


def ask(chain: EvmAnchor, asked: Asked, signature: bytes | None = None, *, document: bool = False) -> Says:
    given = asked.signature if signature is None else signature
    about = asked.document if document else None
    return chain.contract_wallets.ask(Question(asked.address, asked.digest(), given, about))


def test_a_wallet_is_asked(chain: EvmAnchor, wallet: str) -> None:
    asked = approval(chain, wallet, "question").asked
    assert ask(chain, asked) is ask(chain, asked, document=True) is Says.YES
    assert ask(chain, asked, asked.signature[:-1] + b"\0") is Says.NO  # it reverts
    assert ask(chain, asked, high_s(asked.signature)) is Says.NO
    assert ask(chain, approval(chain, wallet, "question", by=DEVELOPMENT_KEY).asked) is Says.NO
    assert ask(chain, replace(asked, address=OWNER.address[2:].lower())) is Says.NOT_A_CONTRACT
    assert ask(chain, replace(asked, address=chain.log.address[2:].lower())) is Says.NO  # no wallet


def test_what_it_approved_goes_ahead_of_the_checkpoint_and_is_proven(chain: EvmAnchor, wallet: str) -> None:
    first, second = approval(chain, wallet, "a"), approval(chain, wallet, "b")
    assert chain.contract_wallets.evidence(first.asked) is None
    for _ in range(2):  # a crash after the sending, and it is asked for again
        chain.submit(checkpoint(1), ChainWrites(approvals=(first, second)), NOW)
    for each in (first, second):
        found = chain.contract_wallets.evidence(each.asked)
        taken = on_chain.check(on_chain.parse(found))
        eip1271.require(each.asked, taken)
        assert taken.code != "00" * 32
    assert list(chain.differing(ChainWrites(approvals=(first,)))) == []
    assert ask(chain, first.asked, document=True) is Says.SIGNED_BEFORE
    other = replace(first.asked, statement="0" * 64)
    assert chain.contract_wallets.evidence(other) is None  # of another statement there is no word


def test_one_that_is_refused_is_left_out_and_named(chain: EvmAnchor, wallet: str) -> None:
    """The others of its batch are taken; what was signed for later than the block waits instead."""
    past = int((NOW - timedelta(days=1)).timestamp())
    good, bad = approval(chain, wallet, "c"), approval(chain, wallet, "d", by=DEVELOPMENT_KEY)
    late = approval(chain, wallet, "e", signed_at=past - 9, deadline=past)
    writes = ChainWrites(approvals=(bad, good, late))
    _, left_out = submit_accepted(lambda some: chain.submit(checkpoint(2), some, NOW), writes)
    assert left_out == (bad.leaf, late.leaf)
    assert chain.contract_wallets.evidence(good.asked) is not None
    assert chain.contract_wallets.evidence(bad.asked) is None
    assert [leaf for leaf, _ in chain.differing(writes)] == [bad.leaf, late.leaf]
    future = approval(chain, wallet, "f", signed_at=int((NOW + timedelta(days=3)).timestamp()))
    with pytest.raises(ContractRefusedError) as waits:
        submit_accepted(lambda some: chain.submit(checkpoint(3), some, NOW), ChainWrites(approvals=(future,)))
    assert waits.value.name == "SignedInFuture"
    assert chain.anchored_size() == 2


def test_a_block_is_found_by_its_time(chain: EvmAnchor, wallet: str) -> None:
    """Among many others, whatever their times."""
    before = approval(chain, wallet, "g")
    chain.submit(checkpoint(4), ChainWrites(approvals=(before,)), NOW)
    for size in range(5, 9):
        chain.submit(checkpoint(size), NONE, NOW + timedelta(hours=size))
    found = chain.contract_wallets.evidence(before.asked)
    assert found is not None
    assert on_chain.check(on_chain.parse(found)).digest == before.asked.digest().hex()
