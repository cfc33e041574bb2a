"""The sections of report.pdf in reading order: the answer first, then the evidence, then its limits."""

from reportlab.platypus import Flowable

from ledger.ports.papers import ReportFacts
from ledger.reports import house as h
from ledger.reports import parts, words
from ledger.reports.house import House
from ledger.reports.report_reading import readings
from ledger.reports.report_tables import anchors, refusals, signatures, steps, timeline
from ledger.reports.text import Shape, Span

STAND_INS = {
    "clock:simulated": ("模拟时钟", "simulated clock: waiting periods were skipped, not waited"),
    "ca:development": (
        "开发证书机构",
        "development certificate authority: identity was not checked by a licensed body",
    ),
    "tsa:development": ("开发时间戳", "development timestamp authority: its time is the operator's word"),
    "identity:one-time-code-outbox": (
        "开发验证码发件箱",
        "one-time codes went to an outbox, not to a telephone: the identity was not checked",
    ),
    "keys:development-passphrase": ("开发口令", "development passphrase: anybody who has the data can open the keys"),
    "codes:development": ("开发验证码发件箱", "development code outbox: no text message was sent"),
    "chain:embedded": ("嵌入式链", "embedded chain: one party runs it, so its blocks are self-asserted"),
}
_VERDICTS = {
    "holds": ("验证结论：各步全部成立", "Verification: every step holds", h.GREEN, h.PALE_GREEN),
    "fails": ("验证结论：有步骤不成立", "Verification: something is false", h.RED, h.PALE_RED),
    "undecided": ("验证结论：无法判定", "Verification: cannot be decided", h.AMBER, h.PALE_AMBER),
}


def sections(facts: ReportFacts, house: House) -> list[Flowable]:
    """Return the whole story."""
    return [
        *parts.title(house, "私募基金销售合规报告", "Private fund sale · compliance report with evidence"),
        *_summary(facts, house),
        *_stand_ins(facts, house),
        *timeline(facts, house),
        *refusals(facts, house),
        *signatures(facts, house),
        *readings(facts, house),
        *steps(facts, house),
        *anchors(facts, house),
        *_limits(facts, house),
        *_check_yourself(facts, house),
    ]


def _summary(facts: ReportFacts, house: House) -> list[Flowable]:
    zh, en, edge, ground = _VERDICTS.get(
        facts.verdict, (f"验证结论：{facts.verdict}", f"Verification: {facts.verdict}", h.AMBER, h.PALE_AMBER)
    )
    answer = [
        house.text(words.zh(facts.outcome_zh), h.look(14, 22, h.NAVY, bold=True), Shape(align="left")),
        house.text(facts.outcome_en, h.look(8.6, 13, h.GREY), Shape(align="left", after=5)),
        house.text(
            [Span(zh, bold=True, color=edge), Span(f"  {en}", color=h.GREY, size=8.2)], h.BODY, Shape(align="left")
        ),
    ]
    rows: list[tuple[str, str | list[Span]]] = [
        ("产品  Product", f"{facts.product_name}（{facts.product_code}）"),
        ("投资者  Investor", facts.investor_label),
        ("认购金额  Amount", f"{words.money(facts.amount)}（{words.capitals(facts.amount)}）"),
        ("风险匹配  Match", f"产品 {words.risk(facts.risk_level)}，投资者 {facts.tolerance}"),
        ("销售机构  Institution", facts.institution),
        ("认购编号  Sale", facts.sale),
        ("记录数  Records", str(facts.record_count)),
        ("出具时间  Made at", words.beijing(facts.made_at)),
        ("证据包  Evidence", f"evidence.json（附于本文件内），SHA-256 {facts.bundle_sha256}"),
        *[(name, value) for name, value in sorted(facts.labels.items())],
    ]
    return [parts.box(answer, ground=ground, edge=edge), parts.pairs(house, rows, name_width=112)]


def _stand_ins(facts: ReportFacts, house: House) -> list[Flowable]:
    if not facts.stand_ins:
        return []
    content: list[Flowable] = [
        house.text(
            [
                Span("本报告含开发替身，不得用于真实销售", bold=True, color=h.AMBER),
                Span("  Development stand-ins took part", color=h.GREY, size=8.2),
            ],
            h.BODY,
            Shape(align="left"),
        )
    ]
    for name in facts.stand_ins:
        zh, en = STAND_INS.get(name, (name, ""))
        content.append(
            house.text(
                [Span(zh, bold=True), Span(f"  {en}", color=h.GREY), Span(f"  [{name}]", color=h.GREY, size=7)],
                h.SMALL,
                Shape(align="left", indent=12),
                label="·",
            )
        )
    return [parts.box(content, ground=h.PALE_AMBER, edge=h.AMBER)]


def _limits(facts: ReportFacts, house: House) -> list[Flowable]:
    story = parts.section(house, "未能证明的事项", "What is not proven")
    for number, (zh, en) in enumerate(facts.not_proven, 1):
        story += [house.numbered(f"{number}.", words.zh(zh), after=0), house.gloss(en, indent=22)]
    if facts.unconfirmed:
        story.append(
            house.text(
                [
                    Span("以下引用尚未对照官方文本核实：", bold=True),
                    Span("；".join(facts.unconfirmed)),
                    Span("。", bold=False),
                ],
                h.SMALL,
                Shape(before=4, after=2),
            )
        )
        story.append(house.gloss("The citations above have not yet been checked against the official text."))
    return story


def _check_yourself(facts: ReportFacts, house: House) -> list[Flowable]:
    rows: list[tuple[str, str]] = [
        ("取出证据包", "pdfdetach -saveall report.pdf"),
        ("核对摘要", f"sha256sum evidence.json  →  {facts.bundle_sha256}"),
        ("离线验证", "pfl verify evidence.json（0 全部成立，1 有不实之处，2 无法判定）"),
        ("查验本报告签章", "pdfsig report.pdf，或任何支持 PAdES 的阅读器"),
    ]
    return [
        *parts.section(house, "自行验证", "Check it yourself, offline, trusting nobody"),
        parts.pairs(house, rows, name_width=112),
    ]
