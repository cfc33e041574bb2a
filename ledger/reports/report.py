"""report.pdf: what happened in one sale, and what proves it. Lays out finished facts, decides nothing."""

from reportlab.platypus import Flowable

from ledger.ports.papers import ReportFacts
from ledger.reports import words
from ledger.reports.house import House
from ledger.reports.page import Attachment, Furniture, render
from ledger.reports.report_sections import sections


def report(facts: ReportFacts, evidence: bytes, house: House) -> bytes:
    """Return the unsigned report with ``evidence`` attached as ``evidence.json``."""
    story: list[Flowable] = sections(facts, house)
    furniture = Furniture(
        title=f"私募基金销售合规报告 {facts.product_name}",
        author=facts.institution,
        head_left="私募基金销售合规报告  Sale compliance report",
        head_right=facts.institution,
        foot=f"evidence.json  SHA-256 {facts.bundle_sha256}",
        made_at=facts.made_at,
    )
    description = f"Evidence bundle of sale {words.short(facts.sale)}; check it with: pfl verify evidence.json"
    return render(house, furniture, story, Attachment("evidence.json", "application/json", description, evidence))
