"""Papers as PDF: finished facts in, bytes out. Nothing here decides anything."""

from ledger.reports.papers import PdfPapers, open_papers

__all__ = ["PdfPapers", "open_papers"]
