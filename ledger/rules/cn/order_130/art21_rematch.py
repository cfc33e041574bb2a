"""130号令 art. 21: after a change for the worse the match is made again before anything else, and the investor told."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import OF_SALE, SaleState, Step
from ledger.rules.facts import assessment
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, leaves, missing, not_applicable, ordinary_only, passed

KEY = "cn/order_130/art21_rematch"
FREE = frozenset({Step.OPEN, Step.MATCH, Step.ACKNOWLEDGE_MATCH, Step.RESCIND, Step.CONTACT})


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """The match that stands rests on the present class and level, and its opinion is acknowledged."""
    by, sale = parameters.duties[KEY], facts.sale
    standing = facts.investor.standing.at(at)
    if sale is None or (sale.matched_at is None and sale.match_withdrawn_at is None):
        return not_applicable(KEY, by, "there is no match yet", "尚未进行适当性匹配")
    rests_on = leaves(sale.leaves, "match.completed", "match.superseded", "match.withdrawn")
    if sale.match_withdrawn_at is not None:
        en, zh = "the match was withdrawn: the product no longer suits", "匹配结论已撤回：产品不再适合投资者"
        return failed(
            KEY,
            by,
            en,
            zh,
            rests_on=rests_on,
            condition=("match again, or have the investor rescind", "请重新进行适当性匹配，或由投资者解除合同"),
        )
    if standing is not None:
        return ordinary_only(KEY, by, standing)
    if problem := _changed(facts, sale):
        en, zh = problem
        return failed(KEY, by, en, zh, rests_on=rests_on, condition=("match again", "请重新进行适当性匹配"))
    if sale.match_superseded_at is not None and sale.match_acknowledged_at is None:
        en, zh = "the new match opinion is not acknowledged", "新的匹配意见尚未经投资者确认"
        return missing(
            KEY,
            by,
            en,
            zh,
            condition=(
                "tell the investor and have the new opinion acknowledged",
                "请告知投资者，并取得其对新匹配意见的确认",
            ),
            rests_on=rests_on,
        )
    return passed(KEY, by, "the match stands", "匹配结论有效", rests_on)


def _changed(facts: Facts, sale: SaleState) -> tuple[str, str] | None:
    if sale.match_outcome == "professional":
        return "the investor was professional at the match and is ordinary now", "匹配后投资者转为普通投资者"
    if worse(facts, sale):
        return "class or level changed for the worse since the match", "匹配后投资者类别或产品风险等级发生不利变化"
    return None


def worse(facts: Facts, sale: SaleState) -> bool:
    """Tell whether the level has risen or the class fallen since the match. Both are written in rising order."""
    known, level = assessment(facts.investor), facts.product.risk_level
    if sale.match_risk_level is None or sale.match_tolerance is None or known is None or level is None:
        return False
    fell = known.tolerance < sale.match_tolerance or (known.lowest and not sale.match_lowest)
    return fell or level > sale.match_risk_level


RULE = Rule(KEY, "match_stands", (KEY,), judge, decides=True, steps=OF_SALE - FREE)
