"""Certifications and assessments on the chain, and the question they answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntFlag
from typing import ClassVar

from eth_typing import ChecksumAddress, HexStr

from ledger.chain.binding import Binding
from ledger.chain.units import instant, seconds, seconds_up, text, word
from ledger.ports.anchor import AssessmentWrite, CertificationWrite, EndingWrite

CertificationItem = tuple[bytes, bytes, bytes, int, int]
RevocationItem = tuple[bytes, bytes, bytes, bytes, int]
AssessmentItem = tuple[bytes, bytes, bytes, int, bool, int, int]
EndingItem = tuple[bytes, bytes, bytes, bytes, int]


class Reasons(IntFlag):
    """Why an investor, or its wallet, is not eligible, as in `Reasons` and `WalletReasons`; zero when eligible."""

    NOT_CERTIFIED = 1
    CERTIFICATION_EXPIRED = 2
    CERTIFICATION_REVOKED = 4
    CERTIFIER_NOT_IN_STANDING = 8
    NOT_ASSESSED = 16
    ASSESSMENT_EXPIRED = 32
    ASSESSOR_NOT_IN_STANDING = 64
    RISK_ABOVE_TOLERANCE = 128
    LOWEST_CLASS = 256
    NOT_LINKED = 512
    LINKER_NOT_IN_STANDING = 1024
    ASSESSMENT_ENDED = 2048


@dataclass(frozen=True, slots=True)
class ChainCertification:
    """A certification as the chain keeps it; ``tag`` is the first eight bytes of the leaf hash."""

    issuer: bytes
    granted_at: datetime
    valid_until: datetime
    recorded_at: datetime
    tag: bytes
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChainAssessment:
    """An assessment as the chain keeps it; ``tag`` is the first six bytes of the leaf hash."""

    assessor: bytes
    tolerance: int
    lowest: bool
    completed_at: datetime
    valid_until: datetime
    recorded_at: datetime
    tag: bytes
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Authorization:
    """A signature over an act of `ledger.chain.typed_data` that somebody else sends by ``deadline``."""

    signer: ChecksumAddress
    nonce: int
    deadline: datetime
    signature: bytes

    def item(self) -> tuple[ChecksumAddress, int, int, bytes]:
        """Return `ISigned.Authorization`."""
        return self.signer, self.nonce, seconds(self.deadline), self.signature


class InvestorRegistry(Binding):
    """`contracts/InvestorRegistry.sol`."""

    name = "InvestorRegistry"
    unused: ClassVar[dict[str, str]] = {
        "record": "called by the evidence log",
        "eip712Domain": "for wallets",
        "EIP712DomainChanged": "the domain never changes",
        "institutions": "checked through EvidenceLog at deployment",
        "log": "checked through EvidenceLog at deployment",
    }

    def certify(self, writes: Iterable[CertificationWrite]) -> HexStr:
        """Record certifications granted by the sender."""
        return self._write("certify", [certification(write) for write in writes])

    def revoke(self, writes: Iterable[CertificationWrite]) -> HexStr:
        """Revoke certifications; each write names the one it ends in ``revokes``."""
        return self._write("revoke", [revocation(write) for write in writes])

    def assess(self, writes: Iterable[AssessmentWrite]) -> HexStr:
        """Record assessments made by the sender."""
        return self._write("assess", [assessment(write) for write in writes])

    def end(self, writes: Iterable[EndingWrite]) -> HexStr:
        """End assessments early."""
        return self._write("end", [ending(write) for write in writes])

    def record_by_sig(
        self,
        authorization: Authorization,
        certifications: Iterable[CertificationWrite],
        assessments: Iterable[AssessmentWrite] = (),
        endings: Iterable[EndingWrite] = (),
    ) -> HexStr:
        """Record what another account signed: certifications first, then revocations, assessments and their ends."""
        writes = tuple(certifications)
        return self._write(
            "recordBySig",
            authorization.item(),
            [certification(write) for write in writes if write.revokes is None],
            [revocation(write) for write in writes if write.revokes is not None],
            [assessment(write) for write in assessments],
            [ending(write) for write in endings],
        )

    def next_nonce(self, signer: ChecksumAddress) -> int:
        """Return the nonce that the signer's next authorization takes."""
        return int(self._read("nonces", signer))

    def eligible_at(
        self, investor: str, regime: str, risk: int, at: datetime, *, known_at: datetime | None = None
    ) -> Reasons:
        """Return why the investor may not buy a product of R``risk`` at an instant; empty when it may.

        With ``known_at`` only facts count that the chain held by then.
        """
        question = (word(investor), text(regime), risk, seconds(at))
        if known_at is None:
            _, reasons = self._read("eligibleAt", *question)
        else:
            _, reasons = self._read("eligibleAsKnown", *question, seconds(known_at))
        return Reasons(reasons)

    def eligible_at_batch(self, queries: Iterable[tuple[str, str, int, datetime]]) -> tuple[Reasons, ...]:
        """Answer many (investor, regime, risk, instant)."""
        items = [(word(investor), text(regime), risk, seconds(at)) for investor, regime, risk, at in queries]
        return tuple(Reasons(reasons) for reasons in self._read("eligibleAtBatch", items))

    def certifications(self, investor: str, regime: str) -> tuple[ChainCertification, ...]:
        """Return the history of certifications, oldest first."""
        grants, withdrawals = self._read("certificationsOf", word(investor), text(regime))
        return tuple(
            ChainCertification(
                issuer=issuer,
                granted_at=instant(granted_at),
                valid_until=instant(valid_until),
                recorded_at=instant(recorded_at),
                tag=tag,
                revoked_at=instant(withdrawal[1]) if revoked else None,
            )
            for (issuer, granted_at, valid_until, recorded_at, tag, _number, revoked), withdrawal in zip(
                grants, withdrawals, strict=True
            )
        )

    def assessments(self, investor: str, regime: str) -> tuple[ChainAssessment, ...]:
        """Return the history of assessments, oldest first."""
        outcomes, ends = self._read("assessmentsOf", word(investor), text(regime))
        return tuple(
            ChainAssessment(
                assessor=assessor,
                tolerance=tolerance,
                lowest=lowest,
                completed_at=instant(completed_at),
                valid_until=instant(valid_until),
                recorded_at=instant(recorded_at),
                tag=tag,
                ended_at=instant(end[1]) if ended else None,
            )
            for (assessor, completed_at, valid_until, recorded_at, tag, _number, tolerance, lowest, ended), end in zip(
                outcomes, ends, strict=True
            )
        )


def certification(write: CertificationWrite) -> CertificationItem:
    """Return `IInvestorRegistry.Certification`."""
    return (
        word(write.investor),
        text(write.regime),
        word(write.leaf),
        seconds_up(write.granted_at),
        seconds(write.valid_until),
    )


def revocation(write: CertificationWrite) -> RevocationItem:
    """Return `IInvestorRegistry.Revocation`; ``granted_at`` of such a write is the instant of revocation."""
    if write.revokes is None:
        raise ValueError("the write names no certification in `revokes`")
    return (
        word(write.investor),
        text(write.regime),
        word(write.revokes),
        word(write.leaf),
        seconds(write.granted_at),
    )


def assessment(write: AssessmentWrite) -> AssessmentItem:
    """Return `IInvestorRegistry.Assessment`."""
    return (
        word(write.investor),
        text(write.regime),
        word(write.leaf),
        write.tolerance,
        write.lowest,
        seconds_up(write.completed_at),
        seconds(write.valid_until),
    )


def ending(write: EndingWrite) -> EndingItem:
    """Return `IInvestorRegistry.Ending`."""
    return (
        word(write.investor),
        text(write.regime),
        word(write.assessment),
        word(write.leaf),
        seconds(write.ended_at),
    )
