"""Part of step 12: the approval of a statement with a credential that the investor registered before."""

from typing import Any

from verifier import record, statement
from verifier.approvals import eip712, eip1271, sm2, sm2_certificates, webauthn
from verifier.errors import UndecidedError, VerificationError
from verifier.record import Record
from verifier.report import Basis
from verifier.statement import Statement
from verifier.steps import levels
from verifier.steps.case import Case

REGISTERED, WITHDRAWN = "credential.registered", "credential.withdrawn"


def require(case: Case, now: Record, suite: str, text: bytes, said: Statement) -> None:
    """Hold a signature's approval against the credential that its record refers to."""
    if suite == statement.SUITE:
        if "approval" in now.fields:
            raise VerificationError("bad_member", "a signature by the event key alone carries an approval")
        return
    if suite not in {webauthn.SUITE, eip712.SUITE, eip1271.SUITE, sm2.SUITE}:
        raise UndecidedError("unknown_suite", "this verifier does not know the signature's suite")
    if "approval" not in now.fields:
        raise VerificationError("approval_missing", "the suite asks for an approval, and the record has none")
    (approval,) = case.fields(now, "approval")
    credential = _credential(case, now, said)
    registered_suite, held, key = case.fields(credential, "suite", "credential", "key")
    if registered_suite != suite:
        raise VerificationError("wrong_key", "the credential was registered for another suite")
    if _verified(case, suite, text, said, approval, held) != key:
        raise VerificationError("wrong_key", "the credential holds another key than its record says")


def wallets(case: Case) -> str:
    """Say on whose word the approvals of contract wallets rest; `VerificationError` if a chain's word is not one's."""
    if strange := sorted(case.taken.keys() - case.levels.keys()):
        document, wallet = strange[0]
        raise VerificationError(
            "approval_unasked",
            f"an anchor holds a signature by wallet 0x{wallet} that no record has",
            wallet=wallet,
            document=document,
        )
    if not case.levels:
        return ""
    words = ", ".join(sorted(set(case.levels.values())))
    return f"; {len(case.levels)} approved by a contract wallet, which is the chain's word ({words})"


def _verified(case: Case, suite: str, text: bytes, said: Statement, approval: Any, held: Any) -> str:
    if suite == webauthn.SUITE:
        return webauthn.verify(text, approval, held)
    if suite == eip712.SUITE:
        return eip712.verify(text, said, approval, held)
    if suite == eip1271.SUITE:
        return _taken(case, eip1271.read(text, said, approval, held))
    at = record.instant(said.signed_at, "signed_at")
    return sm2_certificates.verify(text, said, approval, held, case.sm2_roots(), at)


def _taken(case: Case, asked: eip1271.Asked) -> str:
    """Return the wallet's address once the chain has said that it signed; without its word nothing is decided."""
    found = case.taken.get((asked.document, asked.address))
    if found is None:
        raise UndecidedError(
            "approval_not_anchored",
            f"what is missing: the chain's word that contract wallet 0x{asked.address} approved, for only its"
            " contract can check its signature; make the bundle again once that is final on chain",
            wallet=asked.address,
            document=asked.document,
        )
    eip1271.require(asked, found)
    case.levels[asked.document, asked.address] = level = levels.level(case, found.block)
    if level == levels.SELF_ASSERTED:
        case.basis["statements"] = Basis.SELF_ASSERTED
    return asked.address


def _credential(case: Case, now: Record, said: Statement) -> Record:
    """Return the registration that the signature rests on: the investor's own, earlier, not withdrawn by then."""
    named = {ref.leaf for ref in now.refs if ref.role == "credential"}
    found = [r for r in case.of(REGISTERED, stream=said.investor) if r.leaf_sha256 in named]
    if len(named) != 1 or len(found) != 1:
        raise VerificationError("credential_missing", "the signature names no credential of its investor")
    for withdrawn in case.of(WITHDRAWN, stream=said.investor):
        if withdrawn.recorded_at <= said.signed_at and any(ref.leaf in named for ref in withdrawn.refs):
            raise VerificationError("credential_withdrawn", "the credential had been withdrawn before the signature")
    if found[0].recorded_at > said.signed_at:
        raise VerificationError("credential_missing", "the credential was registered after the signature")
    return found[0]
