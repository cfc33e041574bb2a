"""130号令 art. 19: the acts of an over-tolerance purchase come in their order, and begin with the investor."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules import matching
from ledger.rules.facts import step_of
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, missing, passed

KEY = "cn/order_130/art19_own_request"
ACTS = frozenset({Step.REQUEST, Step.NOTIFY_UNSUITABLE, Step.WARN, Step.ACKNOWLEDGE_WARNING, Step.INSIST})


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """A request wants the declaration and no earlier exposure; every later act wants the ones before it."""
    by, step, word = parameters.duties[KEY], step_of(facts), matching.word(facts, parameters, at)
    if word is None:
        return matching.unrated(KEY, by)
    if word != "special":
        en, zh = (
            "the special procedure is for products above tolerance only",
            "特别程序仅适用于风险等级高于承受能力的产品",
        )
        condition = (
            ("open the sale: the product matches", "产品与投资者相匹配，请直接发起认购") if word == "buy" else None
        )
        return failed(KEY, by, en, zh, condition=condition)
    if step is Step.REQUEST:
        return _request(facts, parameters, at)
    lacking = matching.lack(facts, before=step)
    if lacking is not None:
        return failed(
            KEY,
            by,
            f"first: {lacking[0]}",
            f"须先有：{lacking[1]}",
            rests_on=matching.leaves(facts),
            condition=lacking,
        )
    return passed(KEY, by, "in the order of the procedure", "符合特别程序的顺序", matching.leaves(facts))


def _request(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    by, exposed = parameters.duties[KEY], facts.investor.exposed_at(facts.product.stream)
    if exposed is not None and exposed <= at:
        en, zh = (
            "the product was shown or promoted before the investor asked for it",
            "产品已先行展示或推介，不属于投资者主动申请",
        )
        return failed(KEY, by, en, zh)
    if facts.inputs.get("unpromoted") is not True:
        en, zh = "it is not declared that nobody promoted the product", "投资者未声明本机构未主动推介"
        return missing(
            KEY,
            by,
            en,
            zh,
            condition=(
                "have the investor declare that nobody promoted the product",
                "请由投资者声明本机构未主动推介该产品",
            ),
        )
    return passed(KEY, by, "the investor asks unprompted for a named product", "投资者主动申请购买指定产品")


RULE = Rule(KEY, "own_request", (KEY, matching.MATRIX), judge, steps=ACTS, reads_inputs=True)
