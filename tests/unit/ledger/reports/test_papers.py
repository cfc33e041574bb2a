import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from ledger.domain.money import Money
from ledger.ports.papers import ReportFacts, SalePaperFacts
from ledger.reports import ReportlabPapers, page
from ledger.reports.linebreak import CLOSING
from ledger.signing import open_ca, open_pdf_signing, open_tsa
from tests.unit.ledger.reports.conftest import REPORT, SALE, Poppler
from verifier import pdf as verifier_pdf

EVIDENCE = b'{"kind":"pfl-evidence"}' * 100
Render = Callable[[ReportlabPapers], bytes]
ALL: dict[str, Render] = {
    "risk_disclosure": lambda papers: papers.risk_disclosure(SALE),
    "fund_contract": lambda papers: papers.fund_contract(SALE),
    "report": lambda papers: papers.report(REPORT, EVIDENCE),
}


@pytest.fixture(params=ALL)
def pdf(request: pytest.FixtureRequest, papers: ReportlabPapers) -> bytes:
    return ALL[request.param](papers)


def overflowing(poppler: Poppler, pdf: bytes) -> list[str]:
    """Return the words that stand outside the margins."""
    found = re.findall(
        r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>',
        poppler.run(pdf, "pdftotext", "-bbox", "PDF", "-"),
    )
    assert found
    tops = {float(y0) for _, y0, _, _, _ in found}
    furniture = {min(tops), max(tops)}  # the running head and foot
    edge, hang = 1.5, 6.0  # the empty half of a closing mark may stand in the margin
    return [
        word
        for x0, y0, x1, y1, word in found
        if float(x0) < page.MARGIN - edge
        or float(x1) > page.WIDTH - page.MARGIN + (hang if word[-1] in CLOSING else edge)
        or not (page.TOP - edge < float(y1) < page.HEIGHT - page.BOTTOM + edge or float(y0) in furniture)
    ]


def test_every_font_is_embedded(pdf: bytes, poppler: Poppler) -> None:
    rows = poppler.run(pdf, "pdffonts", "PDF").splitlines()[2:]
    assert rows
    for row in rows:
        assert "NotoSans" in row
        assert row.split()[-5:-2] == ["yes", "yes", "yes"], row


@pytest.mark.parametrize("name", ALL)
def test_the_same_facts_give_the_same_bytes(papers: ReportlabPapers, name: str) -> None:
    assert ALL[name](papers) == ALL[name](papers)


def test_nothing_stands_outside_the_margins(pdf: bytes, poppler: Poppler) -> None:
    assert overflowing(poppler, pdf) == []


def test_pages_are_numbered(pdf: bytes, poppler: Poppler) -> None:
    (pages,) = (int(found) for found in re.findall(r"Pages:\s+(\d+)", poppler.run(pdf, "pdfinfo", "PDF")))
    text = poppler.text(pdf)
    for number in range(1, pages + 1):
        assert f"第{number}页/共{pages}页" in text


def test_the_risk_disclosure_says_what_it_must(papers: ReportlabPapers, sale: SalePaperFacts, poppler: Poppler) -> None:
    text = poppler.text(papers.risk_disclosure(sale))
    for part in (
        "私募投资基金风险揭示书",
        "R4",
        "C4、C5",
        "投资有风险",
        "基金管理人承诺",
        "特殊风险揭示",
        "一般风险揭示",
        "投资者声明",
    ):
        assert part in text
    assert sale.special_risks[0] in text
    for number, zh, en in sale.items:
        assert zh in text
        assert "".join(en.split()) in text
        assert f"逐项确认{number}／13" in text


def test_a_fund_without_special_risks_says_so(papers: ReportlabPapers, sale: SalePaperFacts, poppler: Poppler) -> None:
    assert "不存在须单独揭示的特殊风险" in poppler.text(papers.risk_disclosure(replace(sale, special_risks=())))


def test_the_contract_says_what_it_must(papers: ReportlabPapers, sale: SalePaperFacts, poppler: Poppler) -> None:
    text = poppler.text(papers.fund_contract(sale))
    parts = (
        "合同样本",
        "壹佰万元整",
        "CNY1,000,000.00",
        "不少于24小时",
        "回访确认成功时生效",
        "解除本合同",
        "争议",
        sale.manager,
    )
    for part in parts:
        assert part in text


def test_a_contract_without_return_visit_promises_none(
    papers: ReportlabPapers, sale: SalePaperFacts, poppler: Poppler
) -> None:
    text = poppler.text(papers.fund_contract(replace(sale, return_visit=False, cooling_off_hours=48)))
    assert "不少于48小时" in text
    assert "未约定回访" in text
    assert "回访确认成功" not in text


@pytest.mark.parametrize(
    "name", ["张䶮", "㛃㛃", "欧阳·买买提江·阿卜杜拉", "O'Brien-Łukasiewicz José", "名" * 120, "x" * 300]
)
def test_any_name_is_shown_whole(papers: ReportlabPapers, sale: SalePaperFacts, poppler: Poppler, name: str) -> None:
    for render in (papers.risk_disclosure, papers.fund_contract):
        pdf = render(replace(sale, investor_name=name))
        assert "".join(name.split()) in poppler.text(pdf)
        assert overflowing(poppler, pdf) == []


def test_an_institution_seals_and_speaks_of_itself(
    papers: ReportlabPapers, sale: SalePaperFacts, poppler: Poppler
) -> None:
    company = replace(sale, investor_name="测试实业投资（集团）股份有限公司", institution=True)
    for render in (papers.risk_disclosure, papers.fund_contract):
        pdf = render(company)
        assert "盖章及代表签字" in "".join(poppler.text(pdf).split())
        assert overflowing(poppler, pdf) == []
    text = "".join(poppler.text(papers.risk_disclosure(company)).split())
    assert "均由本机构逐项阅读并单独确认" in text
    assert "盖章及代表签字" not in "".join(poppler.text(papers.fund_contract(sale)).split())


def test_a_character_without_a_face_is_shown_by_its_code_point(
    papers: ReportlabPapers, sale: SalePaperFacts, poppler: Poppler
) -> None:
    text = poppler.text(papers.fund_contract(replace(sale, investor_name="张\U00020001🙂")))
    assert "张〔U+20001〕〔U+1F642〕" in text


@pytest.mark.parametrize(
    "name", ["<b>张</b>", "&amp;", "{facts.sale}", "张<para>", "%s%n", "\0\x1b[31m", "张\u202e三\u200b", "a\nb"]
)
def test_a_name_is_never_markup(papers: ReportlabPapers, sale: SalePaperFacts, poppler: Poppler, name: str) -> None:
    text = poppler.text(papers.fund_contract(replace(sale, investor_name=name, raising_account=name)))
    shown = name.replace("\0", "〔U+0000〕").replace("\x1b", "〔U+001B〕")
    shown = shown.replace("\u202e", "〔U+202E〕").replace("\u200b", "〔U+200B〕")
    assert text.count("".join(shown.split())) >= 2


def test_the_report_answers_first_and_tells_its_limits(
    papers: ReportlabPapers, report_facts: ReportFacts, poppler: Poppler
) -> None:
    text = poppler.text(papers.report(report_facts, EVIDENCE))
    order = (
        "认购已生效",
        "各步全部成立",
        "开发替身",
        "时间线",
        "被拒绝的操作",
        "电子签名",
        "逐步验证",
        "上链锚定",
        "未能证明",
        "自行验证",
    )
    positions = [text.index(part) for part in order]
    assert positions == sorted(positions)
    for part in (
        "模拟时钟",
        "something:new",
        "self-asserted",
        "冷静期尚未届满，此时回访无效。",
        "2d822a6b7c6a23f49501e08afdaac7fcfc25a8ab",
        "7a" * 32,
        "上链之前内容的真实性。",
        "募集行为办法第26条",
    ):
        assert part in text
    assert text.count("风险测评完成") == 40
    assert text.count(f"evidence.jsonSHA-256{'7a' * 32}") >= 2


@pytest.mark.parametrize(
    ("verdict", "says"),
    [("holds", "各步全部成立"), ("fails", "有步骤不成立"), ("undecided", "无法判定"), ("new", "验证结论：new")],
)
def test_the_verdict_is_the_verifiers(
    papers: ReportlabPapers, report_facts: ReportFacts, poppler: Poppler, verdict: str, says: str
) -> None:
    assert says in poppler.text(papers.report(replace(report_facts, verdict=verdict), EVIDENCE))


def test_an_empty_report_says_what_is_missing(
    papers: ReportlabPapers, report_facts: ReportFacts, poppler: Poppler
) -> None:
    empty = replace(
        report_facts, rows=(), signatures=(), anchors=(), steps=(), stand_ins=(), not_proven=(), unconfirmed=()
    )
    text = poppler.text(papers.report(empty, EVIDENCE))
    for part in ("没有被拒绝的操作", "尚无电子签名", "尚无检查点上链"):
        assert part in text
    assert "开发替身" not in text


def test_a_detail_longer_than_a_page_goes_on_overleaf(
    papers: ReportlabPapers, report_facts: ReportFacts, poppler: Poppler
) -> None:
    long = replace(report_facts.rows[-1], detail_zh="很长的理由。" * 1500, detail_en="a long reason " * 800)
    pdf = papers.report(replace(report_facts, rows=(long,)), EVIDENCE)
    assert overflowing(poppler, pdf) == []
    text = poppler.text(pdf)
    assert text[text.index("被拒绝的操作") :].count("理由") == 1500


def test_a_table_cell_too_long_for_a_page_is_cut_visibly(
    papers: ReportlabPapers, report_facts: ReportFacts, poppler: Poppler
) -> None:
    plain = replace(report_facts.rows[0], detail_zh="说明" * 3000)
    pdf = papers.report(replace(report_facts, rows=(plain,), product_name="长" * 2000), EVIDENCE)
    assert overflowing(poppler, pdf) == []
    assert poppler.text(pdf).count("〔下略〕") == 2


def test_a_large_amount_is_written_out(papers: ReportlabPapers, sale: SalePaperFacts, poppler: Poppler) -> None:
    text = poppler.text(papers.fund_contract(replace(sale, amount=Money(Decimal("999999999999.99")))))
    assert "CNY999,999,999,999.99" in text


def test_the_evidence_comes_out_as_it_went_in(
    papers: ReportlabPapers, report_facts: ReportFacts, poppler: Poppler, tmp_path: Path
) -> None:
    pdf = papers.report(report_facts, EVIDENCE)
    assert verifier_pdf.evidence(pdf) == EVIDENCE
    (tmp_path / "out").mkdir()
    poppler.run(pdf, "pdfdetach", "-saveall", "-o", str(tmp_path / "out"), "PDF")
    assert (tmp_path / "out" / "evidence.json").read_bytes() == EVIDENCE


def test_a_sealed_report_keeps_its_bytes_and_evidence(
    papers: ReportlabPapers, report_facts: ReportFacts, poppler: Poppler, tmp_path: Path
) -> None:
    at: datetime = report_facts.made_at
    ca, tsa = open_ca(tmp_path / "ca", "secret", at), open_tsa(tmp_path / "tsa", "secret", at)
    pdf = papers.report(report_facts, EVIDENCE)
    sealed = open_pdf_signing(ca, tsa).seal(pdf, field="Seal", reason="出具报告", at=at)
    assert sealed.startswith(pdf)
    assert verifier_pdf.evidence(sealed) == EVIDENCE
    said = poppler.run(sealed, "pdfsig", "-nocert", "PDF")
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert poppler.text(sealed) == poppler.text(pdf)
