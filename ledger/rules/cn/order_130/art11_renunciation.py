"""130号令 art. 11: professional investors of items 4 and 5 become ordinary by a written notice; the others cannot."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.professional import RENOUNCEABLE
from ledger.domain.sale import Step
from ledger.rules.facts import text_in
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, missing, passed

KEY = "cn/order_130/art11_renunciation"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Whoever was converted was ordinary and may become so again."""
    by, known = parameters.duties[KEY], facts.investor.standing.at(at)
    if known is None:
        en, zh = "the investor is ordinary", "投资者为普通投资者"
        return failed(KEY, by, en, zh)
    if known.ground not in RENOUNCEABLE:
        en, zh = (
            "only investors of art. 8 items 4 and 5 may become ordinary",
            "仅第八条第四、五项的专业投资者可转为普通投资者",
        )
        return failed(KEY, by, en, zh, rests_on=(known.leaf,))
    notice = text_in(facts.inputs, "notice")
    if notice is None or not notice.strip():
        en, zh = "the written notice is empty", "未提供书面告知"
        return missing(
            KEY, by, en, zh, condition=("give the notice in writing", "请以书面形式告知"), rests_on=(known.leaf,)
        )
    return passed(
        KEY, by, "the investor becomes ordinary, with full protection", "转为普通投资者，适用特别保护", (known.leaf,)
    )


RULE = Rule(KEY, "renunciation", (KEY,), judge, steps=frozenset({Step.RENOUNCE_PROFESSIONAL}), reads_inputs=True)
