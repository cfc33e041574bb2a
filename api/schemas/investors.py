"""Wire models of the investor: gate, assessment, proof, certification."""

from typing import Annotated, Literal

from fastapi import UploadFile
from pydantic import Field, Strict, StringConstraints

from api.schemas import base
from api.schemas.base import (
    EXAMPLE_INSTANT,
    EXAMPLE_INVESTOR,
    EXAMPLE_LEAF,
    EXAMPLE_SALE,
    EXAMPLE_SHA256,
    Flag,
    Name,
    Out,
    Question,
    Sentence,
    Tolerance,
    Wire,
    Word,
    example,
)
from api.schemas.common import MoneyOut, Recorded, Told

_GATE = {
    "registered_at": EXAMPLE_INSTANT,
    "identity_verified_at": EXAMPLE_INSTANT,
    "agreement_accepted_at": None,
    "declared_at": None,
    "assessed_at": None,
    "notified_at": None,
}
_LINK = "pfl-link.eyJleHBpcmVzX2F0Ijoi….x8Jk"
_PEM = "-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----\n"


class Registration(Wire):
    """A new investor. Personal values are kept encrypted; the record holds only commitments."""

    model_config = example(
        kind="natural_person",
        name="测试投资者",
        id_type="resident_identity_card",
        id_number="11010119900307881X",
        mobile="13800000000",
        channel="mobile",
    )

    kind: Literal["natural_person", "institution", "product"]
    name: Name
    id_type: Word
    id_number: Annotated[str, StringConstraints(pattern=base.ID_NUMBER)]
    mobile: Annotated[str, StringConstraints(pattern=base.MOBILE)]
    channel: Word


class Registered(Out):
    """The investor's stream: random, never derived from personal data."""

    model_config = example(investor=EXAMPLE_INVESTOR, record=EXAMPLE_LEAF)

    investor: base.Stream
    record: base.Leaf


class Gate(Out):
    """When each act of the specific-person determination was done."""

    model_config = example(**_GATE)

    registered_at: str | None
    identity_verified_at: str | None
    agreement_accepted_at: str | None
    declared_at: str | None
    assessed_at: str | None
    notified_at: str | None


class AssessmentOut(Out):
    """The latest risk assessment. ``lowest`` is the flag inside C1."""

    model_config = example(
        assessment=EXAMPLE_LEAF, tolerance="C4", lowest=False, score=62, valid_until="2029-03-02T01:30:00.000000Z"
    )

    assessment: base.Leaf
    tolerance: Tolerance
    lowest: bool
    score: int
    valid_until: str


class CertificationOut(Out):
    """One qualified-investor certification."""

    model_config = example(
        certification=EXAMPLE_LEAF,
        regime="cn_private_fund",
        branch="financial_assets",
        granted_at=EXAMPLE_INSTANT,
        valid_until="2026-06-02T01:30:00.000000Z",
        revoked_at=None,
    )

    certification: base.Leaf
    regime: str
    branch: str
    granted_at: str
    valid_until: str
    revoked_at: str | None


class ProofOut(Out):
    """One uploaded proof of assets or income."""

    model_config = example(
        proof=EXAMPLE_LEAF,
        kind="asset_statement",
        as_of="2026-02-28",
        amount={"amount": "4200000.00", "currency": "CNY"},
    )

    proof: base.Leaf
    kind: str
    as_of: str
    amount: MoneyOut


class InvestorOut(Out):
    """Where an investor stands; no personal values."""

    model_config = example(
        investor=EXAMPLE_INVESTOR,
        kind="natural_person",
        gate=_GATE,
        assessment=None,
        certifications=[],
        proofs=[],
        at=EXAMPLE_INSTANT,
    )

    investor: base.Stream
    kind: str
    gate: Gate
    assessment: AssessmentOut | None
    certifications: list[CertificationOut]
    proofs: list[ProofOut]
    at: str


class Link(Out):
    """A bearer token for this investor only. Send it to the investor over the channel that was verified."""

    model_config = example(investor=EXAMPLE_INVESTOR, token=_LINK, expires_at="2026-03-09T01:30:00.000000Z")

    investor: base.Stream
    token: str
    expires_at: str


class CodeSent(Out):
    """A one-time code is on its way to the registered mobile."""

    model_config = example(sent=True, expires_at="2026-03-02T01:40:00.000000Z")

    sent: bool
    expires_at: str


class Code(Wire):
    """The code that came to the mobile."""

    model_config = example(code="483920")

    code: Annotated[str, StringConstraints(pattern=base.CODE)]


class Verified(Recorded):
    """Identity verified."""

    model_config = example(record=EXAMPLE_LEAF, verified_at=EXAMPLE_INSTANT)

    verified_at: str


class Agreement(Wire):
    """The network service agreement, read and accepted."""

    model_config = example(agreement="network-service", version="1", accepted=True)

    agreement: Word
    version: Word
    accepted: Flag


class Accepted(Recorded):
    """Agreement accepted."""

    model_config = example(record=EXAMPLE_LEAF, accepted_at=EXAMPLE_INSTANT)

    accepted_at: str


class Declaration(Wire):
    """The active confirmation of being a qualified investor, with own money and for oneself."""

    model_config = example(branch="financial_assets", active=True, own_funds=True, self_purchase=True)

    branch: Word
    active: Flag
    own_funds: Flag
    self_purchase: Flag


class Declared(Recorded):
    """Declaration recorded."""

    model_config = example(record=EXAMPLE_LEAF, declared_at=EXAMPLE_INSTANT)

    declared_at: str


class Answers(Wire):
    """A filled-in questionnaire: question to option."""

    model_config = example(
        questionnaire="natural-person", version="1", answers={"1": "C", "2": "B", "3": "D"}, device="mobile-browser"
    )

    questionnaire: Word
    version: Word
    answers: Annotated[dict[Question, Question], Field(min_length=1, max_length=100)]
    device: Name


class Assessed(Out):
    """The outcome of the risk assessment."""

    model_config = example(
        assessment=EXAMPLE_LEAF,
        tolerance="C4",
        lowest=False,
        score=62,
        questionnaire="natural-person",
        version="1",
        valid_until="2029-03-02T01:30:00.000000Z",
        reasons=[],
        notify=[],
    )

    assessment: base.Leaf
    tolerance: Tolerance
    lowest: bool
    score: int
    questionnaire: str
    version: str
    valid_until: str
    reasons: list[str]
    notify: list[Told]


class Notified(Recorded):
    """The investor has been told the result."""

    model_config = example(record=EXAMPLE_LEAF, notified_at=EXAMPLE_INSTANT)

    notified_at: str


class CertificateRequest(Wire):
    """A PKCS#10 request in PEM, for a P-256 key that only the investor's device holds.

    For an institution ``holder`` says whether the certificate is its seal or the acting person's own.
    """

    model_config = example(csr="-----BEGIN CERTIFICATE REQUEST-----\nMIH…\n-----END CERTIFICATE REQUEST-----\n")

    csr: Annotated[str, StringConstraints(min_length=64, max_length=8192, pattern=base.TEXT)]
    holder: Literal["seal", "signatory"] | None = None


class Certificate(Recorded):
    """The certificate chain in PEM, leaf first."""

    model_config = example(record=EXAMPLE_LEAF, certificate=[_PEM, _PEM], valid_until="2026-03-03T01:30:00.000000Z")

    certificate: list[str]
    valid_until: str


class ProofUpload(Wire):
    """One PDF, PNG or JPEG with what it is said to prove."""

    file: UploadFile
    kind: Word
    as_of: base.Day
    amount: base.Amount
    currency: base.Currency
    years: Annotated[str, StringConstraints(pattern=base.LINE, max_length=64)] | None = None


class ProofStored(Out):
    """The proof is stored, encrypted, and recorded. Nobody has certified it yet."""

    model_config = example(proof=EXAMPLE_LEAF, sha256=EXAMPLE_SHA256, sm3="6a" * 32, bytes=48213)

    proof: base.Leaf
    sha256: str
    sm3: str
    bytes: int


class Sum(Wire):
    """An amount in a currency."""

    model_config = example(amount="1000000.00", currency="USD")

    amount: base.Amount
    currency: base.Currency


Particular = Flag | Annotated[int, Strict(), Field(ge=0, le=1_000_000)] | Sum | Name


class CertificationGrant(Wire):
    """A certification by a second person, on a named proof, for a sale.

    ``experience_since``: on ``experience_proof``; ``manager``: whose own funds it is for (105号 art. 13).
    ``particulars``: what a foreign regime asks for beside the amount, such as ``home`` or ``rate`` and ``rate_proof``.
    """

    model_config = example(
        sale=EXAMPLE_SALE,
        proof=EXAMPLE_LEAF,
        regime="cn_private_fund",
        branch="financial_assets",
        amount="4200000.00",
        currency="CNY",
        valid_until="2026-06-02T01:30:00Z",
        particulars={},
    )

    sale: base.Stream
    proof: base.Leaf
    regime: Word
    branch: Word
    amount: base.Amount
    currency: base.Currency
    valid_until: base.Instant
    experience_since: base.Day | None = None
    experience_proof: base.Leaf | None = None
    manager: Name | None = None
    particulars: Annotated[dict[Word, Particular], Field(default_factory=dict, max_length=20)]


class Granted(Out):
    """The certification's leaf is its name."""

    model_config = example(certification=EXAMPLE_LEAF, valid_until="2026-06-02T01:30:00.000000Z")

    certification: base.Leaf
    valid_until: str


class Reason(Wire):
    """Why."""

    model_config = example(reason="资产证明经核实不再有效")

    reason: Sentence


class Revoked(Recorded):
    """Revoked from now on."""

    model_config = example(record=EXAMPLE_LEAF, revoked_at=EXAMPLE_INSTANT)

    revoked_at: str


class DueDiligence(Wire):
    """What customer due diligence found. Where the risk is high the source of funds must be known."""

    model_config = example(beneficial_owners_known=True, risk="low", source_of_funds=None, file_sha256=EXAMPLE_SHA256)

    beneficial_owners_known: Flag
    risk: Literal["low", "medium", "high"]
    source_of_funds: Flag | None = None
    file_sha256: base.Sha256 | None = None


class Diligent(Recorded):
    """Due diligence recorded."""

    model_config = example(record=EXAMPLE_LEAF, completed_at=EXAMPLE_INSTANT)

    completed_at: str
