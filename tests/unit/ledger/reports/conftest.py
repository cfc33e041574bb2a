"""Facts for papers, and the font they need."""

import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.money import Money
from ledger.errors import ConfigurationError
from ledger.ports.papers import (
    ReportAnchor,
    ReportFacts,
    ReportReading,
    ReportRow,
    ReportSignature,
    ReportStep,
    SalePaperFacts,
)
from ledger.reports import ReportlabPapers, fonts

AT = datetime(2026, 11, 22, 3, 4, 5, 678900, tzinfo=UTC)
SALE = SalePaperFacts(
    sale="ab12cd34" * 8,
    investor_name="张三",
    id_number_masked="3101**********1234",
    tolerance="C4",
    product_name="恒远稳健一号私募证券投资基金",
    product_code="HYWJ01",
    filing_number="SXX123",
    manager="上海恒远私募基金管理有限公司",
    seller="示范基金销售有限公司",
    risk_level="R4",
    suitable_tolerance="C4、C5",
    fund_type="securities",
    legal_form="contract",
    raising_account="恒远稳健一号募集专户 6222 0000 1234 5678",
    amount=Money(Decimal(1_000_000)),
    fee=Money(Decimal(10_000)),
    cooling_off_hours=24,
    return_visit=True,
    special_risks=("本基金委托募集机构代为销售。",),
    items=tuple(
        (n, f"第{n}项声明：本人已阅读并理解相关文件。", f"Statement {n}: I have read it.") for n in range(1, 14)
    ),
    made_at=AT,
)
ROW = ReportRow(AT, "风险测评完成", "Risk assessment completed", "system", "《募集行为办法》第18条", "0f" * 32)
REFUSED = ReportRow(
    AT + timedelta(hours=1),
    "系统拒绝",
    "Step refused",
    "visitor",
    "《募集行为办法》第30条",
    "cc" * 32,
    refused=True,
    detail_zh="冷静期尚未届满，此时回访无效。",
    detail_en="Cooling-off is not over: a visit now would be void.",
)
SIGNATURE = ReportSignature(
    purpose_zh="风险揭示书",
    purpose_en="risk disclosure",
    suite="x509-p256",
    signed_at=AT,
    signer="key 0011223344556677…",
    issuer="CN=DEVELOPMENT Issuing CA 开发签发证书",
    certificate_serial="2d822a6b7c6a23f49501e08afdaac7fcfc25a8ab",
    valid_from=AT,
    valid_until=AT + timedelta(hours=24),
    document_sha256="5e" * 32,
    drawing=(((20, 120), (80, 40), (140, 150)), ((300, 100),)),
    drawing_sha256="6f" * 32,
)
REPORT = ReportFacts(
    sale=SALE.sale,
    made_at=AT,
    institution=SALE.seller,
    product_name=SALE.product_name,
    product_code=SALE.product_code,
    investor_label="投资者 ab12cd34ab12…",
    amount=SALE.amount,
    risk_level="R4",
    tolerance="C4",
    outcome_zh="认购已生效",
    outcome_en="Effective",
    rows=(ROW,) * 40 + (REFUSED,),
    signatures=(SIGNATURE,),
    anchors=(
        ReportAnchor(57, "evm 20260101", 14, AT, "0x" + "9f" * 32, "self-asserted"),
        ReportAnchor(None, "evm 20260101", 13, AT, "0x" + "8f" * 32, "self-asserted"),
    ),
    steps=tuple(ReportStep(n, "检查", f"Check number {n}", "holds", "57 records") for n in range(1, 13)),
    verdict="holds",
    stand_ins=("clock:simulated", "ca:development", "something:new"),
    not_proven=(("上链之前内容的真实性。", "Truth before recording."),),
    unconfirmed=("募集行为办法 第26条",),
    bundle_sha256="7a" * 32,
    record_count=57,
    labels={},
    readings=(
        ReportReading("签署风险揭示书", "Risk disclosure signed", ((1, 12), (2, 0), (3, 31)), 0, 0),
        ReportReading("签署基金合同", "Fund contract signed", ((1, 7), (2, 9)), 5, 12),
        ReportReading("签署基金合同", "Fund contract signed", (), 0, 0),
    ),
)


@pytest.fixture(scope="session")
def files() -> fonts.FontFiles:
    try:
        return fonts.find()
    except ConfigurationError as error:
        pytest.skip(f"no font to make papers with: {error.message}")


@pytest.fixture(scope="session")
def papers(files: fonts.FontFiles) -> ReportlabPapers:
    return ReportlabPapers(files)


@pytest.fixture(scope="session")
def faces(files: fonts.FontFiles) -> fonts.Faces:
    return fonts.load(files)


@pytest.fixture
def sale() -> SalePaperFacts:
    return SALE


@pytest.fixture
def report_facts() -> ReportFacts:
    return REPORT


class Poppler:
    """Runs a program of poppler-utils over PDF bytes; skips loudly when it is not installed."""

    def __init__(self, directory: Path) -> None:
        self._file = directory / "paper.pdf"

    def run(self, pdf: bytes, *command: str) -> str:
        if shutil.which(command[0]) is None:
            pytest.skip(f"{command[0]} is not installed: install poppler-utils to look at papers as a reader does")
        self._file.write_bytes(pdf)
        program, *arguments = command
        paths = [str(self._file) if a == "PDF" else a for a in arguments]
        return subprocess.run([program, *paths], capture_output=True, text=True, check=True).stdout

    def text(self, pdf: bytes) -> str:
        """Return the text without white space, so that line breaks do not matter."""
        return "".join(self.run(pdf, "pdftotext", "-raw", "PDF", "-").split())


@pytest.fixture
def poppler(tmp_path: Path) -> Poppler:
    return Poppler(tmp_path)


def changed(facts: Any, **fields: object) -> Any:
    """Return the facts with some of them changed."""
    return replace(facts, **fields)
