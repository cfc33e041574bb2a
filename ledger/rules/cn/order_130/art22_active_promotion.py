"""130号令 art. 22: nothing above tolerance is promoted or shown to an ordinary investor who did not ask for it."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules import matching
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, leaves, not_applicable, passed

KEY = "cn/order_130/art22_active_promotion"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """A showing above tolerance is promotion too, unless the investor's own request came before it."""
    by, word, product = parameters.duties[KEY], matching.word(facts, parameters, at), facts.product.stream
    if word is None:
        return matching.unrated(KEY, by)
    if word == "buy":
        return not_applicable(KEY, by, "the product is not above tolerance", "产品风险等级未高于投资者风险承受能力")
    if facts.step is Step.PROMOTE:
        en, zh = "a product above tolerance may not be promoted", "不得主动推介风险等级高于其风险承受能力的产品"
        return failed(KEY, by, en, zh, rests_on=_rests_on(facts))
    if product in facts.investor.promoted:
        en, zh = "the product above tolerance was promoted to the investor", "该产品曾被主动推介给投资者，不得销售"
        return failed(KEY, by, en, zh, rests_on=_rests_on(facts))
    if facts.step is Step.SHOW and (word == "refuse" or matching.lack(facts, before=Step.NOTIFY_UNSUITABLE)):
        en, zh = (
            "a product above tolerance is shown only on own request",
            "非经投资者主动申请，不得展示高于其风险承受能力的产品",
        )
        return failed(KEY, by, en, zh, rests_on=_rests_on(facts))
    return passed(KEY, by, "the product was not promoted to the investor", "未主动推介该产品", _rests_on(facts))


def _rests_on(facts: Facts) -> tuple[str, ...]:
    return leaves(facts.investor.leaves, "assessment.completed", "product.promoted", "product.requested")


RULE = Rule(
    KEY,
    "not_promoted_above",
    (KEY, matching.MATRIX),
    judge,
    decides=True,
    steps=frozenset({Step.PROMOTE, Step.SHOW, Step.OPEN, Step.MATCH, Step.SIGN_CONTRACT}),
)
