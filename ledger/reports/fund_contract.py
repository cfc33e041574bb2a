"""基金合同: a sample fund contract for one investor. It shows what a contract must settle; it is no legal advice."""

from reportlab.platypus import Flowable

from ledger.ports.papers import SalePaperFacts
from ledger.reports import house as h
from ledger.reports import parts, words
from ledger.reports.fund_contract_articles import articles
from ledger.reports.house import House
from ledger.reports.page import Furniture, render
from ledger.reports.signatures import signature_block
from ledger.reports.text import Shape, Span


def fund_contract(facts: SalePaperFacts, house: House) -> bytes:
    """Return the unsigned contract as PDF."""
    story = [
        *parts.title(house, "私募证券投资基金合同", "Private Fund Contract · for one investor"),
        *_sample(house),
        *_terms(facts, house),
        *_articles(facts, house),
        *signature_block(
            house,
            "各方确认已阅读、理解并接受本合同全部条款及作为其组成部分的风险揭示书。",
            "The parties have read, understood and accepted this contract and the risk disclosure statement.",
            (
                (facts.signing, facts.investor_name),
                ("基金管理人", facts.manager),
                ("募集机构", facts.seller),
                ("日期", words.day(facts.made_at)),
            ),
        ),
    ]
    furniture = Furniture(
        title=f"基金合同（样本） {facts.product_name}",
        author=facts.seller,
        head_left="私募证券投资基金合同（样本）",
        head_right=facts.product_code,
        foot=f"认购编号 {facts.sale[:16]}",
        made_at=facts.made_at,
    )
    return render(house, furniture, story)


def _sample(house: House) -> list[Flowable]:
    return [
        parts.box(
            [
                house.text("合同样本，仅用于演示电子签约流程", h.STRONG, Shape(align="left", after=2)),
                house.text(
                    "本文本未经律师审阅，不构成法律意见，不得用于真实募集。正式合同应依基金业协会合同指引另行拟定。",
                    h.SMALL,
                    Shape(after=2),
                ),
                house.gloss(
                    "Sample contract: shows electronic signing, not reviewed by counsel, not for real fund-raising.",
                    after=0,
                ),
            ],
            ground=h.PALE_AMBER,
            edge=h.AMBER,
        )
    ]


def _terms(facts: SalePaperFacts, house: House) -> list[Flowable]:
    rows = [
        ("投资者", f"{facts.investor_name}（证件 {facts.id_number_masked}）"),
        ("基金管理人", facts.manager),
        ("募集机构", facts.seller),
        ("基金名称", facts.product_name),
        ("基金编码", f"{facts.product_code}（备案编码 {facts.filing_number}）"),
        ("类型与形式", words.kind(facts.fund_type, facts.legal_form)),
        (
            "风险等级",
            f"{words.risk(facts.risk_level)}，适合 {facts.suitable_tolerance} 类投资者；测评结果 {facts.tolerance}",
        ),
        ("认购金额", f"{words.money(facts.amount)}（{words.capitals(facts.amount)}）"),
        ("认购费用", f"{words.money(facts.fee)}（价外收取，不计入认购金额）"),
        ("募集账户", facts.raising_account),
        ("投资冷静期", f"不少于 {facts.cooling_off_hours} 小时"),
        ("回访确认", "有，成功后合同方生效" if facts.return_visit else "本合同未约定"),
    ]
    return [*parts.section(house, "要素表", "Terms"), parts.pairs(house, rows)]


def _articles(facts: SalePaperFacts, house: House) -> list[Flowable]:
    story = parts.section(house, "合同条款", "Articles")
    for number, (name, en, paragraphs) in enumerate(articles(facts), 1):
        story.append(
            house.text(
                [Span(f"第{_CHINESE[number]}条  {name}"), Span(f"  {en}", bold=False, color=h.GREY, size=7.8)],
                h.CLAUSE,
                Shape(align="left", before=7, after=2, keep_with_next=True),
            )
        )
        story += [house.numbered(f"{number}.{k}", text, indent=32) for k, text in enumerate(paragraphs, 1)]
    return story


_CHINESE = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三")
