"""The `Papers` port on reportlab."""

import threading

from ledger.ports.papers import ReportFacts, SalePaperFacts
from ledger.reports import fonts, inspection, pages
from ledger.reports.fund_contract import fund_contract
from ledger.reports.house import House
from ledger.reports.report import report
from ledger.reports.risk_disclosure import risk_disclosure

_PDFIUM = threading.Lock()
"""PDFium is not made for several threads, whichever object they come through."""


class ReportlabPapers:
    """Renders one paper at a time; reportlab's font tables are not made for several threads."""

    def __init__(self, files: fonts.FontFiles | None = None) -> None:
        """Find the font unless given; it is loaded when the first paper is made. `ConfigurationError` if missing."""
        self._files = fonts.find() if files is None else files
        self._lock = threading.Lock()

    def risk_disclosure(self, facts: SalePaperFacts) -> bytes:
        """Return the unsigned risk disclosure statement."""
        with self._lock:
            return risk_disclosure(facts, self._house())

    def fund_contract(self, facts: SalePaperFacts) -> bytes:
        """Return the unsigned fund contract."""
        with self._lock:
            return fund_contract(facts, self._house())

    def report(self, facts: ReportFacts, evidence: bytes) -> bytes:
        """Return the unsigned report with ``evidence.json`` attached."""
        with self._lock:
            return report(facts, evidence, self._house())

    def words(self, pdf: bytes) -> tuple[tuple[tuple[str, bool], ...], ...]:
        """Return each page as paragraphs of (text, whether it is a heading)."""
        with _PDFIUM:
            return pages.words(pdf)

    def picture(self, pdf: bytes, page: int) -> bytes:
        """Return one page as PNG."""
        with _PDFIUM:
            return pages.picture(pdf, page)

    def active_parts(self, pdf: bytes) -> tuple[str, ...]:
        """Name what in somebody else's PDF could act."""
        return inspection.active_parts(pdf)

    def _house(self) -> House:
        return House(fonts.load(self._files))
