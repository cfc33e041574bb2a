"""Credentials that outlive a sale: a passkey, a wallet, a national certificate; registered once, then used to approve.

The private key stays with the investor. What is registered is the public key and where it may be used; the record
binds it to the identity that was verified before.
"""

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from ledger.domain.actors import Actor
from ledger.domain.events import Draft, Event, Value
from ledger.domain.instants import from_text, to_text
from ledger.errors import CallerError, ConflictError, NotFoundError
from ledger.ports.store import Reader, Transaction
from ledger.ports.wallets import Question, Word
from ledger.services import wallet_approvals
from ledger.services.guard import investor_of
from ledger.services.investors import own, registered_name
from ledger.services.ledger import Ledger
from verifier import statement
from verifier.approvals import eip712, eip1271, sm2, sm2_certificates, webauthn
from verifier.errors import VerificationError

LIFE = timedelta(minutes=10)
MOST = 10
"""Credentials in use, for each investor."""
REGISTERED, WITHDRAWN = "credential.registered", "credential.withdrawn"


def challenge(ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, suite: str) -> dict[str, Value]:
    """Return what the device must answer to have a credential registered."""
    own(actor, stream)
    now = ledger.clock.now()
    if investor_of(tx, stream).identity_verified_at is None:
        raise ConflictError("verify the identity first: a credential belongs to a verified person", "请先完成身份核验")
    used = _in_use(tx, stream)
    if len(used) >= MOST:
        raise ConflictError(
            f"there are {MOST} credentials already: withdraw one first", "凭证数量已达上限，请先停用一个"
        )
    name, nonce = secrets.token_hex(16), secrets.token_bytes(32)
    request = ledger.proofs.request(suite, nonce, stream, [event.fields["credential"] for event in used])
    kept = {"stream": stream, "suite": suite, "nonce": nonce.hex()}
    tx.put_pending(name, json.dumps(kept).encode(), now + LIFE)
    return {"challenge": name, "suite": suite, "request": request, "expires_at": to_text(now + LIFE)}


def to_ask(
    ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, challenge: str, answer: Mapping[str, Any]
) -> Question | None:
    """Return what a chain is to be asked before `register`: about an answer that may be a contract wallet's.

    It is asked between the two transactions: in one, every other writer would wait for a node.
    """
    own(actor, stream)
    kept = json.loads(tx.pending(challenge, ledger.clock.now()))
    return ledger.proofs.question(str(kept["suite"]), bytes.fromhex(kept["nonce"]), stream, answer)


def register(
    ledger: Ledger,
    tx: Transaction,
    actor: Actor,
    *,
    stream: str,
    challenge: str,
    answer: Mapping[str, Any],
    word: Word | None = None,
) -> dict[str, Value]:
    """Check the device's answer and record its public key; `CallerError` says what does not fit.

    ``word`` answers `to_ask`; a contract wallet is registered as suite `eip1271`.
    """
    own(actor, stream)
    now = ledger.clock.now()
    kept = json.loads(tx.pending(challenge, now))
    if kept["stream"] != stream:
        raise CallerError("this challenge was given to another investor: ask for your own", "验证请求不属于该投资者")
    asked = str(kept["suite"]), bytes.fromhex(kept["nonce"]), stream, answer
    if (question := ledger.proofs.question(*asked)) is not None:
        wallet_approvals.require(word, question)
    found = ledger.proofs.check(*asked, name=registered_name(tx, stream), at=now, affirmed=question)
    suite, key = found.suite, found.key
    if any(event.fields["key"] == key for event in _in_use(tx, stream)):
        raise ConflictError("this key is registered already", "该密钥已登记")
    fields: dict[str, Value] = {"suite": suite, "credential": found.credential, "key": key}
    (event,) = tx.append([Draft(REGISTERED, stream, stream, actor, now, fields)], now)
    tx.drop_pending(challenge)
    return {"record": event.leaf, "suite": suite, "key": key, "registered_at": to_text(now)}


def withdraw(
    ledger: Ledger, tx: Transaction, actor: Actor, *, stream: str, credential: str, reason: str
) -> dict[str, Value]:
    """End the use of a credential; what it approved before stays approved."""
    own(actor, stream)
    now = ledger.clock.now()
    event = find(tx, stream, credential)
    (done,) = tx.append(
        [Draft(WITHDRAWN, stream, stream, actor, now, {"reason": reason}, (event.ref("credential"),))], now
    )
    return {"record": done.leaf, "withdrawn_at": to_text(now)}


def index(ledger: Ledger, reader: Reader, actor: Actor, *, stream: str) -> dict[str, Value]:
    """List the credentials in use."""
    del ledger
    own(actor, stream)
    items: list[Value] = [
        {
            "credential": e.leaf,
            "suite": e.fields["suite"],
            "key": e.fields["key"],
            "registered_at": to_text(e.occurred_at),
        }
        for e in _in_use(reader, stream)
    ]
    return {"items": items}


def find(reader: Reader, stream: str, credential: str) -> Event:
    """Return the registration of a credential in use; `NotFoundError` otherwise."""
    found = next((event for event in _in_use(reader, stream) if event.leaf == credential), None)
    if found is None:
        raise NotFoundError("there is no such credential in use: register one", "没有该凭证，或已停用")
    return found


def terms_of(ledger: Ledger, credential: Event) -> dict[str, Value]:
    """Return what an approval will say besides what the device makes; only a contract wallet's says more."""
    if credential.text("suite") != eip1271.SUITE:
        return {}
    return wallet_approvals.terms(ledger, _held(credential), ledger.clock.now())


def request_of(credential: Event, text: bytes, terms: Mapping[str, Value]) -> dict[str, Value]:
    """Return what the device of a credential must sign for a statement."""
    suite, held = credential.text("suite"), _held(credential)
    if suite == webauthn.SUITE:
        return {
            "suite": suite,
            "challenge": webauthn.challenge(text),
            "rp_id": held["rp_id"],
            "credential_id": held["credential_id"],
        }
    if suite == eip712.SUITE:
        shown = eip712.typed_data(text, statement.parse(text), held["chain_id"])
        return {"suite": suite, "address": held["address"], "typed_data": shown}
    if suite == eip1271.SUITE:
        shown = wallet_approvals.asked(text, {**terms, "signature": "00"}, held).typed_data()
        return {"suite": suite, "address": held["address"], "typed_data": shown}
    return {"suite": suite, "user_id": sm2.USER_ID.decode("ascii")}


def wallet_question(
    ledger: Ledger, credential: Event, text: bytes, approval: Mapping[str, Any] | None, terms: Mapping[str, Value]
) -> Question | None:
    """Return what the chain is to be asked about an approval before `approved`; ``None`` for other suites."""
    if credential.text("suite") != eip1271.SUITE:
        return None
    form = _form(ledger, eip1271.SUITE, approval, terms)
    with _told():
        asked = wallet_approvals.asked(text, form, _held(credential))
    return Question(asked.address, asked.digest(), asked.signature, asked.document)


def approved(
    ledger: Ledger,
    credential: Event,
    text: bytes,
    approval: Mapping[str, Any] | None,
    terms: Mapping[str, Value],
    word: Word | None,
) -> dict[str, Value]:
    """Return the approval in the one form that is recorded, after the verifier's own check of it.

    A contract wallet's is checked by the chain alone, whose ``word`` was asked before; its proof follows (`anchor`).
    """
    suite, held = credential.text("suite"), _held(credential)
    said = statement.parse(text)
    form = _form(ledger, suite, approval, terms)
    if (question := wallet_question(ledger, credential, text, approval, terms)) is not None:
        wallet_approvals.require(word, question)
        return form
    with _told():
        if suite == webauthn.SUITE:
            webauthn.verify(text, form, held)
        elif suite == eip712.SUITE:
            eip712.verify(text, said, form, held)
        else:
            roots = [sm2_certificates.load_pem(pem) for pem in ledger.ca.sm2_roots_pem()]
            sm2_certificates.verify(text, said, form, held, roots, from_text(said.signed_at))
    return form


def _form(
    ledger: Ledger, suite: str, approval: Mapping[str, Any] | None, terms: Mapping[str, Value]
) -> dict[str, Value]:
    if approval is None:
        raise CallerError("approve the statement with the credential that was named", "请用所选凭证确认签署声明")
    with _told():
        return {**ledger.proofs.form(suite, approval), **terms}


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except VerificationError as error:
        raise CallerError(
            f"the approval does not verify: {error.message}", "凭证确认验证失败，请重新签署", reason=error.code
        ) from error


def _in_use(reader: Reader, stream: str) -> list[Event]:
    events = reader.events(stream)
    ended = {ref.leaf for event in events if event.type == WITHDRAWN for ref in event.refs}
    return [event for event in events if event.type == REGISTERED and event.leaf not in ended]


def _held(credential: Event) -> dict[str, Any]:
    held = credential.fields["credential"]
    if not isinstance(held, dict):
        raise NotFoundError("the credential's particulars were destroyed", "凭证信息已被销毁")
    return held
