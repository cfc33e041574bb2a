"""Approvals by contract wallets below HTTP: terms, the chain's answers in words, and what anchoring is given."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from ledger.domain.actors import Actor, Role
from ledger.domain.catalogue import Stream
from ledger.domain.events import DocumentRef, Draft, Value
from ledger.errors import AwayError, CallerError, ChainError, ConflictError, LedgerError
from ledger.ports.anchor import ChainWrites
from ledger.ports.wallets import Question, Says, Word
from ledger.services import wallet_approvals
from ledger.services.anchoring import anchor_once
from ledger.services.ledger import Ledger
from tests.fakes import START, FakeAnchor, registered
from tests.ledgers import Parts, open_parts
from tests.unit.verifier.test_statement import STATEMENT
from tests.unit.verifier.test_statement import text as statement_text

QUESTION = Question("ab" * 20, bytes(32), b"signature")
HELD: dict[str, Value] = {"address": "ab" * 20, "chain_id": 1}
SHOWN: dict[str, Any] = {**STATEMENT["documents"][0], "bytes": 7, "media_type": "application/pdf"}
del SHOWN["role"]


def ledger(anchor: FakeAnchor) -> Ledger:
    return cast("Ledger", SimpleNamespace(anchor=anchor))


def test_terms_name_the_registry_and_a_whole_second() -> None:
    anchor = FakeAnchor()
    now = START.replace(microsecond=999_999)
    terms = wallet_approvals.terms(ledger(anchor), HELD, now)
    assert terms == {"contract": "c0" * 20, "deadline": "2026-04-01T01:30:00.000000Z"}
    with pytest.raises(ConflictError, match="on chain 5, the ledger anchors on 1"):
        wallet_approvals.terms(ledger(anchor), {**HELD, "chain_id": 5}, now)


def test_where_the_registry_is_cannot_be_told_by_a_chain_that_never_answered() -> None:
    with pytest.raises(AwayError, match="use another key"):
        wallet_approvals.terms(ledger(FakeAnchor(away=True)), HELD, START)


def test_no_question_asks_no_chain() -> None:
    assert wallet_approvals.ask(cast("Ledger", None), None) is None


@pytest.mark.parametrize(
    ("says", "error", "words"),
    [
        (Says.NO, CallerError, "an owner of it"),
        (Says.NOT_A_CONTRACT, CallerError, "no contract on this chain"),
        (Says.SIGNED_BEFORE, ConflictError, "another key"),
        (ChainError("no answer"), AwayError, "nothing was recorded; try again later, or use another key"),
    ],
)
def test_every_answer_but_yes_says_how_to_go_on(says: Any, error: type[LedgerError], words: str) -> None:
    with pytest.raises(error, match=words) as refused:
        wallet_approvals.require(Word(QUESTION, says), QUESTION)
    assert refused.value.zh != refused.value.message


def test_only_a_yes_to_this_very_question_counts() -> None:
    wallet_approvals.require(Word(QUESTION, Says.YES), QUESTION)
    for word in (None, Word(Question("ab" * 20, bytes(32), b"other"), Says.YES)):
        with pytest.raises(ConflictError, match="send it again"):
            wallet_approvals.require(word, QUESTION)


def test_a_chain_that_is_away_is_an_answer() -> None:
    anchor = FakeAnchor(away=True)
    word = wallet_approvals.ask(ledger(anchor), QUESTION)
    assert word is not None
    assert isinstance(word.says, ChainError)
    anchor.away = False
    assert wallet_approvals.ask(ledger(anchor), QUESTION) == Word(QUESTION, Says.YES)


class Refusing(FakeAnchor):
    """A chain whose wallets take nothing."""

    def _judge(self, writes: ChainWrites) -> None:
        if writes.approvals:
            raise ChainError("a wallet refused", name="BadSignature", index=0)


def approved(parts: Parts) -> str:
    """Record a signature that a contract wallet approved; returns its leaf."""
    now, text = parts.clock.now(), statement_text(STATEMENT).decode()
    chain, shown = DocumentRef(**SHOWN, role="shown"), DocumentRef(**SHOWN, role="signed")
    approval: Value = {"contract": "c0" * 20, "deadline": "2026-04-01T00:00:00.000000Z", "signature": "ab"}
    with parts.store.transaction() as tx:
        investor, sale = tx.create(Stream.INVESTOR), tx.create(Stream.SALE)
        person = Actor(investor, Role.INVESTOR)
        held: Value = dict(HELD)
        fields = {"suite": "eip1271", "credential": held, "key": HELD["address"]}
        key = Draft("credential.registered", investor, investor, person, now, fields)
        _, registration = tx.append([registered(investor, now), key], now)
        given: dict[str, Value] = {
            "purpose": "risk_disclosure",
            "suite": "eip1271",
            "statement": text,
            "signature": "00",
            "certificate": [],
            "key": "1" * 64,
            "approval": approval,
        }
        refs = (registration.ref("credential"),)
        draft = Draft("document.signed", sale, investor, person, now, given, refs, (chain, shown))
        (event,) = tx.append([draft], now)
    return event.leaf


def test_what_a_wallet_approved_travels_with_its_checkpoint(tmp_path: Path) -> None:
    parts = open_parts(tmp_path)
    leaf = approved(parts)
    anchor_once(parts, parts.clock.now(), seal_now=True)
    ((_, _, writes),) = parts.anchor.held.values()
    (write,) = writes.approvals
    assert (write.leaf, write.asked.address, write.asked.contract) == (leaf, "ab" * 20, "c0" * 20)
    assert write.asked.document == SHOWN["sha256"]
    parts.store.close()


def test_an_approval_that_is_refused_is_left_out_and_its_record_is_not(tmp_path: Path) -> None:
    parts = open_parts(tmp_path, anchor=Refusing())
    leaf = approved(parts)
    done = anchor_once(parts, parts.clock.now(), seal_now=True)
    assert (done.left_out, done.final) == ((leaf,), (3,))
    assert parts.log.left_out() == ((3, leaf),)
    ((_, _, writes),) = parts.anchor.held.values()
    assert [write.leaf for write in writes.signatures] == [leaf]
    parts.store.close()
