"""个人信息保护法 art. 47: a deletion request inside the statutory term stops all use but storage; no new business.

Sales already contracted go on to their end: they rest on the contract (art. 13), not on what was asked to be deleted.
"""

from collections.abc import Iterator
from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules.cn.order_130 import art32_retention
from ledger.rules.law import Parameters
from ledger.rules.obligations import Book, Law, Obligation
from ledger.rules.rule import INVESTOR, Rule, failed, leaves, passed

KEY = "cn/pipl/art47_freeze"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Frozen data are not shown, promoted to or sold to again."""
    del at
    by, upkeep = parameters.duties[KEY], facts.investor.upkeep
    if upkeep.erasure_requested_at is None:
        return passed(KEY, by, "no deletion was requested", "未提出删除请求")
    return failed(
        KEY,
        by,
        "the investor asked for deletion: the data are frozen, only stored and protected",
        "投资者已请求删除个人信息，相关数据仅作存储和安全保护",
        rests_on=leaves(facts.investor.leaves, "erasure.requested", "data.frozen"),
    )


def due(book: Book, law: Law, at: datetime) -> Iterator[Obligation]:
    """What was asked to be deleted is deleted when the last retention term is over."""
    for stream, investor in book.investors.items():
        asked = investor.upkeep.erasure_requested_at
        by = None if asked is None else law(at).duties.in_force(KEY)
        if asked is None or by is None:
            continue
        yield Obligation(
            "erasure",
            by,
            stream,
            "investor",
            asked,
            art32_retention.until(art32_retention.of_investor(investor, book, law(at)), asked),
            ("the key of the investor's data is destroyed", "销毁该投资者数据的密钥"),
            rests_on=leaves(investor.leaves, "erasure.requested", "data.frozen"),
        )


RULE = Rule(
    KEY,
    "not_frozen",
    (KEY,),
    judge,
    decides=True,
    steps=frozenset({Step.PROMOTE, Step.SHOW, Step.OPEN}),
    alone=INVESTOR,
)
