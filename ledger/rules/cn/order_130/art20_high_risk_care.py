"""130号令 art. 20: before an ordinary investor buys a high-risk product: more information, and time to consider it."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.instants import to_text
from ledger.domain.sale import Step
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, leaves, missing, not_applicable, passed

KEY = "cn/order_130/art20_high_risk_care"
LEVELS = "cn/amac_suitability/unnumbered_high_risk_levels"
TIME = "policy/consideration_time"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Presented, acknowledged, and considered for as long as policy says."""
    by, hours, sale = parameters.duties[KEY], parameters.periods[TIME], facts.sale
    if facts.investor.standing.at(at) is not None:
        return not_applicable(KEY, by, "the investor is professional", "专业投资者不适用")
    if (facts.product.risk_level,) not in parameters.lists[LEVELS].by_key:
        return not_applicable(KEY, by, "the product is not high-risk", "不属于高风险产品")
    if sale is None or sale.care_presented_at is None or sale.care_acknowledged_at is None:
        return missing(
            KEY,
            by,
            "the extra disclosure of a high-risk product is not given and acknowledged",
            "尚未完成高风险产品的特别揭示与确认",
            condition=(
                f"give the extra disclosure, have it acknowledged, and leave {hours.number} hours to consider",
                f"请进行特别揭示并取得确认，并给予投资者{hours.number}小时的考虑时间",
            ),
        )
    end = hours.after(sale.care_acknowledged_at)
    rests_on = leaves(sale.leaves, "care.presented", "care.acknowledged")
    if at < end:
        return failed(
            KEY,
            by,
            f"the investor has until {to_text(end)} to consider",
            "高风险产品的考虑时间尚未届满",
            rests_on=rests_on,
            condition=(f"wait until {to_text(end)}", f"请等待至{to_text(end)}"),
            changes_at=end,
        )
    return passed(KEY, by, "extra disclosure given and considered", "已进行特别揭示并给予考虑时间", rests_on)


RULE = Rule(KEY, "high_risk_care", (KEY, LEVELS, TIME), judge, decides=True, steps=frozenset({Step.SIGN_CONTRACT}))
