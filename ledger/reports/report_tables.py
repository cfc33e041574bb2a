"""The tables of report.pdf: timeline, refusals, signatures, verification steps, anchors."""

from reportlab.platypus import Flowable, KeepTogether

from ledger.ports.papers import ReportFacts, ReportRow, ReportSignature
from ledger.reports import house as h
from ledger.reports import parts, words
from ledger.reports.drawing import Drawing
from ledger.reports.house import House
from ledger.reports.text import Shape, Span, Text

DUTIES = {
    "investor": "投资者",
    "sales": "销售",
    "certifier": "认定",
    "assessor": "评估",
    "visitor": "回访",
    "compliance": "合规",
    "auditor": "审计",
    "admin": "管理",
    "system": "系统",
}
OUTCOMES = {
    "holds": ("成立", "holds", h.GREEN),
    "fails": ("不成立", "fails", h.RED),
    "undecided": ("无法判定", "undecided", h.AMBER),
}
TRUST = {
    "self-asserted": "本机构单方陈述（self-asserted）：该链由一方运行，区块时间不构成第三方证明",
    "validators": "验证节点签封（validators）：区块载有其所列验证节点三分之二以上的签封；节点身份须由您固定",
}
_TINY = h.look(7, 12, h.GREY)
_CELL = h.look(8.2, 12)


def timeline(facts: ReportFacts, house: House) -> list[Flowable]:
    """Every record of the sale and of the investor's path to it, in order."""
    rows = [
        (
            house.cell(str(number), _TINY),
            house.cell(words.beijing_short(row.at), _TINY),
            _event(row, house),
            house.cell(DUTIES.get(row.actor, row.actor), _CELL),
            house.cell(words.zh(row.article), _TINY),
            house.cell(row.leaf[:10], _TINY),
        )
        for number, row in enumerate(facts.rows, 1)
    ]
    head = ("#", "时间 UTC+8", "事项  Event", "角色", "依据  Article", "记录")
    return [
        *parts.section(house, "时间线", "Timeline: every step with its article"),
        parts.grid(house, head, rows, (18, 76, 153, 35, 150, 51)),
    ]


def _event(row: ReportRow, house: House) -> Text:
    spans = [
        Span(words.zh(row.title_zh), bold=row.refused, color=h.RED if row.refused else h.INK),
        Span(f"  {row.title_en}", color=h.GREY, size=7.2),
    ]
    if row.detail_zh:
        spans.append(Span(f"\n{words.zh(row.detail_zh)}", color=h.RED if row.refused else h.NAVY, size=7.6))
    return house.cell(spans, _CELL)


def refusals(facts: ReportFacts, house: House) -> list[Flowable]:
    """What the rules refused, with the article and the reason."""
    refused = [(number, row) for number, row in enumerate(facts.rows, 1) if row.refused]
    story = parts.section(house, "被拒绝的操作", "Refusals")
    if not refused:
        return [*story, house.body("本认购过程中没有被拒绝的操作。", indent=False)]
    for number, row in refused:
        reason = [
            house.text(words.zh(row.detail_zh or row.title_zh), h.STRONG, Shape(align="left")),
            house.gloss(row.detail_en or row.title_en, after=2),
            house.text(
                f"{words.zh(row.article)}  ·  {words.beijing(row.at)}  ·  时间线第 {number} 项"
                f"  ·  记录 {row.leaf[:12]}",
                _TINY,
                Shape(align="left"),
            ),
        ]
        story.append(KeepTogether([parts.box(reason, ground=h.PALE_RED, edge=h.RED, after=6)]))
    return story


def signatures(facts: ReportFacts, house: House) -> list[Flowable]:
    """Each signature with its certificate."""
    story = parts.section(house, "电子签名", "Signatures, each with its certificate")
    if not facts.signatures:
        story.append(house.body("尚无电子签名。", indent=False))
    for signature in facts.signatures:
        story.append(KeepTogether(_signature(signature, house)))
    return story


def _signature(signature: ReportSignature, house: House) -> list[Flowable]:
    rows = [
        ("签署时间  Signed at", words.beijing(signature.signed_at)),
        ("签署人密钥  Signer", signature.signer),
        ("签名套件  Suite", signature.suite),
        ("证书颁发者  Issuer", signature.issuer),
        ("证书序列号  Serial", signature.certificate_serial),
        ("证书有效期  Valid", f"{words.beijing(signature.valid_from)}  至  {words.beijing(signature.valid_until)}"),
        ("已签文件  SHA-256", signature.document_sha256),
    ]
    heading = house.text(
        [Span(signature.purpose_zh), Span(f"  {signature.purpose_en}", bold=False, color=h.GREY, size=7.8)],
        h.CLAUSE,
        Shape(align="left", before=4, after=3, keep_with_next=True),
    )
    return [heading, parts.pairs(house, rows, name_width=112), *_drawn(signature, house)]


def _drawn(signature: ReportSignature, house: House) -> list[Flowable]:
    if not signature.drawing:
        return []
    said = f"附件：手写姓名图样，不是电子签名，仅存形状。SHA-256 {signature.drawing_sha256}，文件在证据包内。"
    return [
        Drawing(signature.drawing),
        house.text(said, h.SMALL, Shape(align="left", before=2)),
        house.gloss("Attachment: a name drawn by hand. It is not the signature; only its shape is kept."),
    ]


def steps(facts: ReportFacts, house: House) -> list[Flowable]:
    """The verifier's recipe, step by step."""
    rows = []
    for step in facts.steps:
        zh, en, color = OUTCOMES.get(step.outcome, (step.outcome, "", h.AMBER))
        outcome = house.cell([Span(zh, bold=True, color=color), Span(f" {en}", color=h.GREY, size=7)], _CELL)
        title = [Span(words.zh(step.title_zh)), Span(f"\n{step.title_en}", color=h.GREY, size=7.2)]
        rows.append(
            (house.cell(str(step.number), _CELL), house.cell(title, _CELL), outcome, house.cell(step.detail, _TINY))
        )
    return [
        *parts.section(house, "逐步验证", "Verification, step by step"),
        parts.grid(house, ("步骤", "检查内容  What was checked", "结果", "说明  Detail"), rows, (6, 40, 20, 40)),
    ]


def anchors(facts: ReportFacts, house: House) -> list[Flowable]:
    """Every anchor with its trust level."""
    story = parts.section(house, "上链锚定", "Anchors and how far each can be trusted")
    if not facts.anchors:
        return [*story, house.body("尚无检查点上链：记录已持久保存，时间仅由本机构陈述。", indent=False)]
    rows = [
        (
            house.cell("钱包签署" if anchor.size is None else str(anchor.size), _CELL),
            house.cell(f"{anchor.chain}\n区块 {anchor.block_number}", _TINY),
            house.cell(words.beijing_short(anchor.block_time), _TINY),
            house.cell(anchor.transaction, _TINY),
            house.cell(TRUST.get(anchor.trust, anchor.trust), _TINY),
        )
        for anchor in facts.anchors
    ]
    head = ("记录数", "链与区块  Chain", "区块时间 UTC+8", "交易  Transaction", "信任级别  Trust")
    return [*story, parts.grid(house, head, rows, (8, 16, 18, 30, 32))]
