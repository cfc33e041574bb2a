"""The section of report.pdf on reading: pages × seconds, and the minimum in force."""

from reportlab.platypus import Flowable, KeepTogether

from ledger.ports.papers import ReportFacts, ReportReading
from ledger.reports import house as h
from ledger.reports import parts
from ledger.reports.house import House
from ledger.reports.text import Shape, Span

_CELL = h.look(8.2, 12)


def readings(facts: ReportFacts, house: House) -> list[Flowable]:
    """For each signed paper: how long each of its pages was on the screen before the signature."""
    story = parts.section(house, "阅读记录", "Reading: how long each page was on the screen before it was signed")
    if not facts.readings:
        return [*story, house.body("尚无已签署的文件。", indent=False)]
    for reading in facts.readings:
        story.append(KeepTogether(_reading(reading, house)))
    note = (
        "时长由投资者的浏览器计数并逐页存证，仅记录页面在屏幕上且窗口在前的整秒数，不记录按键、轨迹或生物特征。",
        "Whole seconds as the reader's browser counted them, page on the screen, tab in front; nothing else is kept.",
    )
    return [*story, house.text(note[0], h.SMALL, Shape(align="left", before=2)), house.gloss(note[1])]


def _reading(reading: ReportReading, house: House) -> list[Flowable]:
    heading = house.text(
        [Span(reading.purpose_zh), Span(f"  {reading.purpose_en}", bold=False, color=h.GREY, size=7.8)],
        h.CLAUSE,
        Shape(align="left", before=4, after=3, keep_with_next=True),
    )
    total = sum(seconds for _, seconds in reading.pages)
    each = "  ".join(f"{page}: {seconds} s" for page, seconds in reading.pages)
    rows = [
        ("逐页  Page by page", each or "未经本页面阅读  not read in our pages"),
        ("合计  In all", f"{len(reading.pages)} 页，共 {total} 秒  {len(reading.pages)} pages, {total} s"),
        ("最短要求  Minimum", _minimum(reading)),
    ]
    return [heading, parts.pairs(house, rows, name_width=112)]


def _minimum(reading: ReportReading) -> str:
    if not (reading.page_minimum or reading.total_minimum):
        return "机构政策未作要求  none demanded by policy"
    return (
        f"每页 {reading.page_minimum} 秒，合计 {reading.total_minimum} 秒"
        f"  {reading.page_minimum} s a page, {reading.total_minimum} s in all"
    )
