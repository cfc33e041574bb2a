"""What an institution signs with: its seal (O = the institution), and the own key of the person who acts for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.domain.actors import Actor
from ledger.domain.authority import Act, Scope
from ledger.domain.decision import Facts
from ledger.domain.events import Event, Value
from ledger.errors import CallerError, ConflictError
from ledger.ports.store import Reader, Transaction
from ledger.services import acting, certificates, representatives
from ledger.services.ledger import Ledger
from verifier import statement
from verifier.errors import VerificationError

INTENTS = {
    "risk_disclosure": "本机构已逐页阅读风险揭示书并逐项确认全部声明项，由有权代表签字并加盖机构电子印章，自愿签署。",
    "fund_contract": "本机构已阅读并理解基金合同，自愿以自有资金认购，由有权代表签字并加盖机构电子印章。",
}


@dataclass(frozen=True, slots=True)
class Keys:
    """The chain (PEM, leaf first) that signs the paper, and the person's own where one acts for an institution."""

    chain: tuple[str, ...]
    signatory: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """Records of the certificates that a device asked for: the paper's and the signatory's own; none: the newest."""

    certificate: str | None = None
    signatory: str | None = None


def keys_of(tx: Transaction, actor: Actor, facts: Facts, now: datetime, chosen: Chosen) -> Keys:
    """Return the certificates to sign with; refused to a person whose authority does not cover this sale."""
    investor = facts.investor.stream
    if actor.person is None:
        return Keys(certificates.valid(tx, investor, now, record=chosen.certificate))
    act = Act(Scope.SUBSCRIBE, facts.product.stream, facts.amount)
    acting.require(tx, actor, act, "document.signed", now)
    own = certificates.valid(
        tx, investor, now, holder=certificates.SIGNATORY, person=actor.person, record=chosen.signatory
    )
    return Keys(certificates.valid(tx, investor, now, holder=certificates.SEAL, record=chosen.certificate), own)


def identity_of(reader: Reader, actor: Actor, facts: Facts) -> dict[str, Value]:
    """Return the identity evidence of whoever acts."""
    if actor.person is None:
        return {"method": "one_time_code", "record": facts.investor.leaves["investor.identity_verified"]}
    verified = representatives.identity_of(reader, actor)
    if verified is None:
        raise ConflictError("verify your own identity with a one-time code first", "请先以验证码核验经办人本人身份")
    return {"method": "one_time_code", "record": verified.leaf}


def require_own(reader: Reader, actor: Actor, credential: Event) -> None:
    """Refuse a colleague's credential: it is a person's own, also where the person acts for an institution."""
    if acting.person_of(acting.representation_of(reader, actor.id), credential) != actor.person:
        raise CallerError(
            "this credential is another person's: register your own", "该凭证属于其他人员，请登记本人凭证"
        )


def signed(
    ledger: Ledger, text: str, chain: Sequence[str] | None, signature: str | None, now: datetime
) -> dict[str, Value]:
    """Return the person's own signature over the statement as it is recorded; nothing where nobody acts for another."""
    if (chain is None) != (signature is None):
        raise CallerError(
            "signatory_signature is made by who acts for an institution, and by nobody else",
            "仅机构代表人须另以本人密钥签署 signatory_signature",
        )
    if chain is None or signature is None:
        return {}
    try:
        statement.verify_x509_p256(text.encode(), bytes.fromhex(signature), chain, ledger.ca.roots_pem(), now)
    except VerificationError as error:
        raise CallerError(
            "the signatory's signature does not verify: sign exactly the bytes of `statement` with your own key",
            "签字人签名验证失败：请用本人密钥对 statement 原文签名",
            reason=error.code,
        ) from error
    listed: list[Value] = [*chain]
    return {"certificate": listed, "signature": signature}
