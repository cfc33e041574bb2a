"""反洗钱法 art. 29: know the customer, the beneficial owners and, where the risk is higher, whence the money comes.

An institution or product whose qualification is confirmed by its form is looked into before the contract at the latest.
"""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, missing, not_applicable, passed

KEY = "cn/aml_law/art29_due_diligence"
HIGH = "high"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """The latest result counts."""
    del at
    by, investor = parameters.duties[KEY], facts.investor
    if facts.step is Step.CONFIRM_QUALIFICATION and investor.kind != "natural_person":
        en, zh = "asked of institutions and products before the contract", "机构或产品投资者在签署合同前核查"
        return not_applicable(KEY, by, en, zh)
    known = investor.diligence
    if known is None:
        en, zh = "customer due diligence was not done", "尚未完成客户尽职调查"
        return missing(
            KEY,
            by,
            en,
            zh,
            condition=("have compliance complete customer due diligence", "请由合规人员完成客户尽职调查"),
        )
    rests_on = (known.leaf,)
    if not known.beneficial_owners_known:
        en, zh = "the beneficial owners are not known", "尚未识别受益所有人"
        return missing(
            KEY, by, en, zh, rests_on=rests_on, condition=("find out who the beneficial owners are", "请识别受益所有人")
        )
    if known.risk == HIGH and known.source_of_funds is None:
        en, zh = "the money-laundering risk is high: the source of funds is missing", "洗钱风险高，尚未了解资金来源"
        return missing(
            KEY, by, en, zh, rests_on=rests_on, condition=("find out where the money comes from", "请了解资金来源")
        )
    if known.risk == HIGH and not known.source_of_funds:
        en, zh = "the money-laundering risk is high and the source of funds doubtful", "洗钱风险高，资金来源无法核实"
        return failed(
            KEY, by, en, zh, rests_on=rests_on, condition=("establish where the money comes from", "请查明资金来源")
        )
    return passed(KEY, by, "customer due diligence was done", "已完成客户尽职调查", rests_on)


RULE = Rule(
    KEY,
    "due_diligence",
    (KEY,),
    judge,
    decides=True,
    steps=frozenset({Step.CONFIRM_QUALIFICATION, Step.SIGN_CONTRACT}),
)
