"""风险揭示书: the risk disclosure statement, after AMAC's 内容与格式指引 (募集行为办法 art. 26)."""

from reportlab.platypus import Flowable, KeepTogether

from ledger.ports.papers import SalePaperFacts
from ledger.reports import house as h
from ledger.reports import parts, shapes, words
from ledger.reports.house import House
from ledger.reports.page import BODY_WIDTH, Furniture, render
from ledger.reports.signatures import signature_block
from ledger.reports.text import Shape, Span

_PROMISES = (
    "私募基金管理人保证在募集资金前已在中国证券投资基金业协会（以下简称“基金业协会”）登记为私募基金管理人，并取得管理人登记编码。",
    "基金业协会为私募基金管理人和私募基金办理登记备案，不构成对管理人投资能力、持续合规情况的认可；不作为对基金财产安全的保证。",
    (
        "私募基金管理人保证在投资者签署基金合同前已向投资者揭示相关风险；已经了解投资者的风险偏好、风险认知能力和承受能力；"
        "已向投资者说明有关法律法规，说明投资冷静期、回访确认的制度安排以及投资者的权利。"
    ),
    "私募基金管理人承诺按照恪尽职守、诚实信用、谨慎勤勉的原则管理运用基金财产，不保证基金财产一定盈利，也不保证最低收益。",
)
_GENERAL_RISKS = (
    (
        "资金损失风险",
        (
            "基金投资过程中可能发生投资本金的部分或者全部损失。基金管理人不承诺投资本金不受损失，也不承诺最低收益。"
            "本基金属于{risk}（{level}）投资品种，适合风险识别、评估、承受能力为 {suitable} 的合格投资者。"
        ),
    ),
    (
        "基金运营风险",
        "基金管理人依据基金合同约定管理和运用基金财产所产生的风险，由基金财产及投资者承担。投资者应充分知晓投资运营的相关风险，其风险应由投资者自担。",
    ),
    (
        "流动性风险",
        "在基金存续期内，投资者可能面临资金不能退出带来的流动性风险；依据实际投资运作情况，基金有可能提前结束或延期结束。",
    ),
    (
        "募集失败风险",
        "基金的成立需符合相关法律法规的规定，存在不能满足成立条件从而无法成立的风险。募集失败的，管理人应当返还投资者已交纳的款项及同期存款利息。",
    ),
    (
        "投资标的风险",
        "基金投资标的的价值取决于发行人的经营状况、行业周期和市场价格，可能大幅波动，并可能受宏观经济、政策、利率和交易对手信用的影响。",
    ),
    (
        "税收风险",
        "基金所适用的税收征管法律法规可能由于国家相关税收政策调整而发生变化，投资者收益也可能因相关税收政策调整而受到影响。",
    ),
    (
        "其他风险",
        "包括但不限于法律与政策风险、发行失败风险、基金本身存在的其他风险、操作或技术风险、电子签约所用网络与设备的风险，以及不可抗力风险。",
    ),
)


def risk_disclosure(facts: SalePaperFacts, house: House) -> bytes:
    """Return the unsigned statement as PDF."""
    story = [
        *parts.title(house, "私募投资基金风险揭示书", "Private Investment Fund · Risk Disclosure Statement"),
        *_opening(facts, house),
        *_product(facts, house),
        *_promises(house),
        *_risks(facts, house),
        *_items(facts, house),
        *signature_block(
            house,
            f"投资者（{facts.investor_name}）确认：以上各项声明均由{facts.speaker}逐项阅读并单独确认，{facts.speaker}自愿承担投资风险。",
            "The investor confirms that each statement above was read and confirmed on its own.",
            ((facts.signing, facts.investor_name), ("募集机构", facts.seller), ("日期", words.day(facts.made_at))),
        ),
    ]
    furniture = Furniture(
        title=f"私募投资基金风险揭示书 {facts.product_name}",
        author=facts.seller,
        head_left="私募投资基金风险揭示书",
        head_right=facts.product_code,
        foot=f"认购编号 {facts.sale[:16]}",
        made_at=facts.made_at,
    )
    return render(house, furniture, story)


def _opening(facts: SalePaperFacts, house: House) -> list[Flowable]:
    level = shapes.Badge(house, facts.risk_level, h.look(22, 28, h.WHITE, bold=True), h.RED, pad=12)
    level_text = house.text(
        [
            Span(f"{words.risk(facts.risk_level)[2:].strip()}产品\n", bold=True, size=11),
            Span("本基金的风险等级  Risk level of this fund", color=h.GREY, size=7.6),
        ],
        h.look(9, 15),
        Shape(align="left", indent=10),
    )
    suitable = shapes.Badge(house, facts.suitable_tolerance, h.look(13, 28, h.WHITE, bold=True), h.NAVY, pad=10)
    suitable_text = house.text(
        [Span("适合的投资者类别\n", bold=True, size=11), Span("Suitable investor classes", color=h.GREY, size=7.6)],
        h.look(9, 15),
        Shape(align="left", indent=10),
    )
    level_width, _ = level.wrap(0, 0)
    suitable_width, _ = suitable.wrap(0, 0)
    rest = (BODY_WIDTH - level_width - suitable_width) / 2
    warning = [
        house.text("尊敬的投资者：", h.STRONG, Shape(align="left", after=2)),
        house.body(
            "投资有风险。当您／贵机构认购或申购私募基金时，可能获得投资收益，但同时也面临着投资风险。您／贵机构在做出投资决策之前，"
            "请仔细阅读本风险揭示书和基金合同，充分认识本基金的风险收益特征和产品特性，认真考虑基金存在的各项风险因素，"
            "并充分考虑自身的风险承受能力，理性判断并谨慎做出投资决策。",
            after=2,
        ),
        house.gloss(
            "Investing involves risk, including the loss of all money invested. Read this statement and the fund"
            " contract before you decide.",
            after=0,
        ),
    ]
    return [
        parts.columns([level, level_text, suitable, suitable_text], [level_width, rest, suitable_width, rest]),
        parts.box(warning, ground=h.PALE_RED, edge=h.RED),
        house.body("根据有关法律法规，基金管理人及投资者分别作出如下承诺、风险揭示及声明："),
    ]


def _product(facts: SalePaperFacts, house: House) -> list[Flowable]:
    rows = [
        ("基金名称", facts.product_name),
        ("基金编码", f"{facts.product_code}（备案编码 {facts.filing_number}）"),
        ("类型与形式", words.kind(facts.fund_type, facts.legal_form)),
        ("基金管理人", facts.manager),
        ("募集机构", facts.seller),
        ("投资者", f"{facts.investor_name}（证件 {facts.id_number_masked}，风险承受能力 {facts.tolerance}）"),
        ("认购金额", f"{words.money(facts.amount)}（不含认购费 {words.money(facts.fee)}）"),
    ]
    return [parts.pairs(house, rows)]


def _promises(house: House) -> list[Flowable]:
    story = parts.section(house, "一、基金管理人承诺", "What the manager promises")
    story += [house.numbered(f"（{_CHINESE[n]}）", text, indent=30) for n, text in enumerate(_PROMISES)]
    return story


def _risks(facts: SalePaperFacts, house: House) -> list[Flowable]:
    story = parts.section(house, "二、风险揭示", "Risks")
    story.append(
        house.text("（一）特殊风险揭示", h.CLAUSE, Shape(align="left", before=2, after=3, keep_with_next=True))
    )
    if facts.special_risks:
        story += [house.numbered(f"{n}.", text, indent=22) for n, text in enumerate(facts.special_risks, 1)]
    else:
        story.append(house.body("经募集机构核对产品资料，本基金不存在须单独揭示的特殊风险事项。"))
    story.append(
        house.text("（二）一般风险揭示", h.CLAUSE, Shape(align="left", before=6, after=3, keep_with_next=True))
    )
    for number, (name, text) in enumerate(_GENERAL_RISKS, 1):
        filled = text.format(
            risk=words.risk(facts.risk_level)[2:].strip() or "相应风险",
            level=facts.risk_level,
            suitable=facts.suitable_tolerance,
        )
        story.append(house.numbered(f"{number}.", [Span(f"{name}。", bold=True), Span(filled)], indent=22))
    return story


def _items(facts: SalePaperFacts, house: House) -> list[Flowable]:
    story: list[Flowable] = [
        *parts.section(house, "三、投资者声明", "Statements by the investor, each confirmed on its own"),
        house.body(
            "作为本基金的投资者，本人／机构已充分了解并谨慎评估自身风险承受能力，自愿自行承担投资本基金所面临的风险。"
            f"本人／机构做出以下陈述和声明，并在线上对以下 {len(facts.items)} 项逐项单独确认，"
            "每一项的文本摘要与确认时间均作为独立记录保存："
        ),
    ]
    for number, zh, en in facts.items:
        story.append(
            KeepTogether(
                [
                    house.text(zh, h.BODY, Shape(indent=26, before=4, after=1), label=f"{number}."),
                    house.gloss(en, indent=26, after=2),
                    house.text(
                        f"逐项确认 {number}／{len(facts.items)}",
                        h.look(7.4, 11, h.GOLD, bold=True),
                        Shape(align="right", after=2),
                    ),
                    shapes.Rule(after=2),
                ]
            )
        )
    return story


_CHINESE = "一二三四五六七八九十"
