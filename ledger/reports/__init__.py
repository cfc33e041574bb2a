"""Papers as PDF: finished facts in, bytes out. Nothing here decides anything."""

from ledger.reports.papers import ReportlabPapers

__all__ = ["ReportlabPapers"]
