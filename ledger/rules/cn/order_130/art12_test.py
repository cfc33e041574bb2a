"""130号令 art. 12: a natural person passes a knowledge test or trades in simulation before being converted."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, leaf, missing, not_applicable, passed

KEY = "cn/order_130/art12_test"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Only the test of this application counts."""
    del at
    by, known = parameters.duties[KEY], facts.investor.standing.conversion
    if facts.investor.kind != "natural_person" or facts.inputs.get("accepted") is not True:
        return not_applicable(
            KEY, by, "a test is asked of natural persons who are accepted", "仅对拟转化的自然人要求测试"
        )
    if known is None or known.tested_at is None:
        en, zh = "there is no knowledge test or simulated trading", "尚未进行投资知识测试或模拟交易"
        return missing(KEY, by, en, zh, condition=("have the investor tested", "请组织投资者进行知识测试"))
    rests_on = leaf(facts.investor.leaves, "professional.tested")
    if not known.test_passed:
        en, zh = "the test was not passed", "投资知识测试或模拟交易未通过"
        return failed(
            KEY,
            by,
            en,
            zh,
            rests_on=rests_on,
            condition=("have the investor tested again", "请组织投资者重新进行知识测试"),
        )
    return passed(KEY, by, "the test was passed", "投资知识测试或模拟交易已通过", rests_on)


RULE = Rule(KEY, "conversion_test", (KEY,), judge, steps=frozenset({Step.DECIDE_PROFESSIONAL}), reads_inputs=True)
