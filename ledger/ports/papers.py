"""Papers: finished facts in, PDF bytes out. The adapter (`ledger/reports`) lays out and decides nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ledger.domain.money import Money


@dataclass(frozen=True, slots=True)
class SalePaperFacts:
    """What the risk disclosure (风险揭示书) and the fund contract (基金合同) of one sale say.

    ``items`` are the statement items (number, Chinese, English); ``special_risks`` are Chinese sentences;
    ``institution``: the investor is one, which seals, and whose representative signs.
    """

    sale: str
    investor_name: str
    id_number_masked: str
    tolerance: str
    product_name: str
    product_code: str
    filing_number: str
    manager: str
    seller: str
    risk_level: str
    suitable_tolerance: str
    fund_type: str
    legal_form: str
    raising_account: str
    amount: Money
    fee: Money
    cooling_off_hours: int
    return_visit: bool
    special_risks: tuple[str, ...]
    items: tuple[tuple[int, str, str], ...]
    made_at: datetime
    institution: bool = False

    @property
    def signing(self) -> str:
        """Return what stands before the investor's place of signature."""
        return "投资者（盖章及代表签字）" if self.institution else "投资者（签字）"

    @property
    def speaker(self) -> str:
        """Return how the investor speaks of itself."""
        return "本机构" if self.institution else "本人"


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One line of the report's timeline: what, when, by whom (duty), under which article, which record."""

    at: datetime
    title_zh: str
    title_en: str
    actor: str
    article: str
    leaf: str
    refused: bool = False
    detail_zh: str = ""
    detail_en: str = ""


@dataclass(frozen=True, slots=True)
class ReportSignature:
    """One signature: over which document, by whose certificate."""

    purpose_zh: str
    purpose_en: str
    suite: str
    signed_at: datetime
    signer: str
    issuer: str
    certificate_serial: str
    valid_from: datetime
    valid_until: datetime
    document_sha256: str
    drawing: tuple[tuple[tuple[int, int], ...], ...] = ()
    """Strokes of a name drawn beside the signature, within 600 × 200; never the signature."""
    drawing_sha256: str = ""


@dataclass(frozen=True, slots=True)
class ReportReading:
    """Of one signed paper: (page, seconds on the screen) of each page, and what policy demanded, in seconds."""

    purpose_zh: str
    purpose_en: str
    pages: tuple[tuple[int, int], ...]
    page_minimum: int
    total_minimum: int


@dataclass(frozen=True, slots=True)
class ReportAnchor:
    """One anchored checkpoint that covers records of the sale; without ``size`` a contract wallet's approval."""

    size: int | None
    chain: str
    block_number: int
    block_time: datetime
    transaction: str
    trust: str


@dataclass(frozen=True, slots=True)
class ReportStep:
    """One step of the verifier's recipe with its outcome: holds, fails or undecided."""

    number: int
    title_zh: str
    title_en: str
    outcome: str
    detail: str


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """Everything report.pdf shows."""

    sale: str
    made_at: datetime
    institution: str
    product_name: str
    product_code: str
    investor_label: str
    amount: Money
    risk_level: str
    tolerance: str
    outcome_zh: str
    outcome_en: str
    rows: tuple[ReportRow, ...]
    signatures: tuple[ReportSignature, ...]
    anchors: tuple[ReportAnchor, ...]
    steps: tuple[ReportStep, ...]
    verdict: str
    stand_ins: tuple[str, ...]
    not_proven: tuple[tuple[str, str], ...]
    unconfirmed: tuple[str, ...]
    bundle_sha256: str
    record_count: int
    labels: Mapping[str, str]
    readings: tuple[ReportReading, ...] = ()


class Papers(Protocol):
    """Renders documents deterministically: the same facts give the same bytes."""

    def risk_disclosure(self, facts: SalePaperFacts) -> bytes:
        """Return the unsigned risk disclosure statement."""
        ...

    def fund_contract(self, facts: SalePaperFacts) -> bytes:
        """Return the unsigned fund contract."""
        ...

    def report(self, facts: ReportFacts, evidence: bytes) -> bytes:
        """Return the unsigned report with ``evidence.json`` attached."""
        ...

    def words(self, pdf: bytes) -> tuple[tuple[tuple[str, bool], ...], ...]:
        """Return each page of one of our papers as paragraphs of (text, whether it is a heading)."""
        ...

    def picture(self, pdf: bytes, page: int) -> bytes:
        """Return one page (from 1) of one of our papers as PNG; `NotFoundError`."""
        ...

    def active_parts(self, pdf: bytes) -> tuple[str, ...]:
        """Name what in somebody else's PDF could act (scripts, files inside); `CallerError` if it cannot be read."""
        ...
