"""金融机构产品适当性管理办法: in bank channels a risk assessment holds for twelve months at most."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.instants import to_text
from ledger.domain.sale import Step
from ledger.rules import nfra
from ledger.rules.facts import assessment
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, missing, not_applicable, passed

KEY = "cn/nfra_suitability/unnumbered_validity"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """On top of the three years of AMAC, which no channel may exceed."""
    by = parameters.periods[KEY]
    if not nfra.bound(facts, parameters):
        return not_applicable(KEY, by, "the order does not bind this channel", "该办法不适用于本渠道")
    known = assessment(facts.investor)
    if known is None:
        en, zh = "there is no risk assessment", "尚无风险测评"
        return missing(KEY, by, en, zh, condition=("complete the risk questionnaire", "请完成风险测评"))
    end = by.after(known.completed_at)
    if at >= end:
        return failed(
            KEY,
            by,
            f"in this channel the risk assessment expired at {to_text(end)}",
            "本渠道风险测评已过有效期，须重新测评",
            rests_on=(known.leaf,),
            condition=("complete the risk questionnaire again", "请重新进行风险测评"),
        )
    return passed(
        KEY, by, "the risk assessment is valid in this channel", "风险测评在本渠道有效期内", (known.leaf,), end
    )


RULE = Rule(
    KEY,
    "assessment_current_in_channel",
    (KEY, nfra.BOUND),
    judge,
    decides=True,
    steps=frozenset({Step.OPEN, Step.MATCH, Step.SIGN_CONTRACT}),
)
