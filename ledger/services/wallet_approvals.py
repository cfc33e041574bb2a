"""Approvals by contract wallets: terms before they sign, the question to the chain, and what it is asked for good."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ledger.domain.events import Event, Value
from ledger.domain.instants import to_text
from ledger.errors import AwayError, CallerError, ChainError, ConflictError
from ledger.ports.store import Reader
from ledger.ports.wallets import Question, Says, Word
from ledger.services.ledger import Ledger
from verifier import statement
from verifier.approvals import eip1271

LIFE = timedelta(days=30)
"""How long the chain may take to hear of a signature: as long as a node may be away."""


def terms(ledger: Ledger, held: Mapping[str, Any], now: datetime) -> dict[str, Value]:
    """Return what an approval will name besides the signature; `ConflictError` if the wallet is on another chain."""
    try:
        chain, contract = ledger.anchor.contract_wallets.registry()
    except ChainError as away:
        raise _away() from away
    if held["chain_id"] != chain:
        raise ConflictError(
            f"this wallet was registered on chain {held['chain_id']}, the ledger anchors on {chain}: register it there",
            f"该合约钱包登记在链 {held['chain_id']}，本平台使用链 {chain}：请重新登记",
        )
    return {"contract": contract, "deadline": to_text(now.replace(microsecond=0) + LIFE)}


def asked(text: bytes, approval: object, held: object) -> eip1271.Asked:
    """Return what the chain is to be asked about a statement."""
    return eip1271.read(text, statement.parse(text), approval, held)


def asked_by(reader: Reader, signed: Event) -> eip1271.Asked | None:
    """Return what the chain is asked about a `document.signed`; ``None`` unless a contract wallet approved it."""
    if signed.text("suite") != eip1271.SUITE:
        return None
    (credential,) = [reader.event(ref.leaf) for ref in signed.refs if ref.role == "credential"]
    return asked(signed.text("statement").encode(), signed.fields["approval"], credential.fields["credential"])


def ask(ledger: Ledger, question: Question | None) -> Word | None:
    """Ask the chain, if there is a question; that it is away is an answer too, which `require` tells."""
    if question is None:
        return None
    try:
        return Word(question, ledger.anchor.contract_wallets.ask(question))
    except ChainError as error:
        return Word(question, error)


def require(word: Word | None, question: Question) -> None:
    """Refuse unless the wallet said yes to this very question; the error says how to go on."""
    if word is None or word.question != question:
        raise ConflictError(
            "the chain was asked about another signature: send it again", "链上核验内容不符，请重新提交"
        )
    match word.says:
        case Says.YES:
            return
        case Says.NO:
            raise CallerError(
                "the contract wallet does not take this signature for its own: sign with an owner of it, all that it"
                " asks for",
                "合约钱包不认可该签名：请使用其所有者（达到所需数量）签名",
            )
        case Says.NOT_A_CONTRACT:
            raise CallerError(
                f"the message was signed by another account, and 0x{question.address} is no contract on this chain:"
                " choose that account in the wallet; a contract wallet must be deployed on the chain first",
                "签名与账户不符，且该地址在链上不是合约：请切换到该账户，或先在链上启用合约钱包",
            )
        case Says.SIGNED_BEFORE:
            raise ConflictError(
                "the chain keeps another signature of this document by this wallet and takes no second one: sign with"
                " another key",
                "链上已存有该钱包对本文件的另一签名，不可重复：请改用其他签名方式",
            )
        case ChainError() as away:
            raise _away() from away


def _away() -> AwayError:
    return AwayError(
        "a contract wallet's signature can only be checked on its chain, which is away: nothing was recorded; try"
        " again later, or use another key",
        "合约钱包的签名须在链上核验，而链暂不可用：未作任何记录，请稍后重试或改用其他签名方式",
    )
