"""Approvals by contract wallets below HTTP: terms, the chain's answers in words, and what anchoring is given."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from ledger.errors import AwayError, CallerError, ChainError, ConflictError, LedgerError
from ledger.ports.wallets import Question, Says, Word
from ledger.services import wallet_approvals
from ledger.services.ledger import Ledger
from tests.fakes import START, FakeAnchor

QUESTION = Question("ab" * 20, bytes(32), b"signature")
HELD = {"address": "ab" * 20, "chain_id": 1}


def ledger(anchor: FakeAnchor) -> Ledger:
    return cast("Ledger", SimpleNamespace(anchor=anchor))


def test_terms_name_the_registry_and_a_whole_second() -> None:
    anchor = FakeAnchor()
    now = START.replace(microsecond=999_999)
    terms = wallet_approvals.terms(ledger(anchor), HELD, now)
    assert terms == {"contract": "c0" * 20, "deadline": "2026-04-01T01:30:00.000000Z"}
    with pytest.raises(ConflictError, match="on chain 5, the ledger anchors on 1"):
        wallet_approvals.terms(ledger(anchor), {**HELD, "chain_id": 5}, now)


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
