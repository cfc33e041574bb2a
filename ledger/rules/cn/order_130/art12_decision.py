"""130号令 art. 12: a decision has its reasons; accepting rests on explanation and warning and on careful assessment."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.instants import to_text
from ledger.domain.sale import Step
from ledger.rules.facts import assessment, instant_in
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, leaves, missing, passed

KEY = "cn/order_130/art12_decision"
VALIDITY = "policy/professional_validity"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """The institution may refuse anybody, with reasons; the lowest class is never converted."""
    by, inputs, known = parameters.duties[KEY], facts.inputs, facts.investor.standing.conversion
    reasons, accepted = inputs.get("reasons"), inputs.get("accepted")
    rests_on = leaves(facts.investor.leaves, "professional.applied", "professional.explained")
    if not isinstance(accepted, bool) or not isinstance(reasons, str) or not reasons.strip():
        en, zh = "the decision or its reasons are not given", "未说明决定及理由"
        return missing(KEY, by, en, zh, condition=("say whether it is accepted, and why", "请说明是否同意及理由"))
    if not accepted:
        return passed(KEY, by, "the institution refuses, with reasons", "机构不予转化并说明理由", rests_on)
    if known is None or known.explained_at is None:
        en, zh = "the differences were not explained and the risk was not warned of", "尚未说明差别并警示风险"
        return missing(
            KEY,
            by,
            en,
            zh,
            condition=("explain the differences and warn of the risk first", "请先说明两类投资者的差别并警示风险"),
        )
    tolerance = assessment(facts.investor)
    if tolerance is not None and tolerance.lowest:
        en, zh = "the lowest class is not converted", "风险承受能力最低类别的投资者不得转化"
        return failed(KEY, by, en, zh, rests_on=(tolerance.leaf,))
    return end(KEY, facts, parameters, at, rests_on)


def end(key: str, facts: Facts, parameters: Parameters, at: datetime, rests_on: tuple[str, ...]) -> Finding:
    """Judge the end of a standing that is about to begin against the longest that policy allows."""
    validity, until = parameters.periods[VALIDITY], instant_in(facts.inputs, "valid_until")
    latest = validity.after(at)
    if until is None or not at < until <= latest:
        en = f"valid_until must be after now and by {to_text(latest)}"
        return failed(
            key,
            validity,
            en,
            "有效期超出允许范围",
            rests_on=rests_on,
            condition=(en, f"请将有效期设在当前时间之后、不晚于{to_text(latest)}"),
        )
    return passed(key, validity, "the standing ends in time", "有效期符合要求", rests_on)


def judge_end(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """The same limit binds a recognition under art. 8."""
    return end(RECOGNITION.key, facts, parameters, at, ())


RULE = Rule(
    KEY,
    "conversion_decision",
    (KEY, VALIDITY),
    judge,
    steps=frozenset({Step.DECIDE_PROFESSIONAL}),
    reads_inputs=True,
)
RECOGNITION = Rule(
    VALIDITY,
    "professional_end",
    (VALIDITY,),
    judge_end,
    steps=frozenset({Step.RECOGNISE_PROFESSIONAL}),
    reads_inputs=True,
)
