"""募集行为办法 art. 29: during cooling-off nobody of the institution contacts the investor on their own initiative."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.instants import to_text
from ledger.domain.sale import Step
from ledger.rules.cn.amac_raising.art29_cooling_off import TICK, length, start
from ledger.rules.errors import FactsError
from ledger.rules.facts import sale_of, text_in
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, leaves, missing, passed

KEY = "cn/amac_raising/art29_contact_ban"
PERIOD = "cn/amac_raising/art29_cooling_off"
DIRECTIONS = ("inbound", "outbound")


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Answering an investor who asks is not a contact on one's own initiative."""
    by, sale, direction = parameters.duties[KEY], sale_of(facts), text_in(facts.inputs, "direction")
    if direction is None:
        en, zh = "the direction of the contact is not named", "未说明联系方向"
        return missing(
            KEY,
            by,
            en,
            zh,
            condition=("say whether the contact is inbound or outbound", "请说明联系由投资者发起还是由机构发起"),
        )
    if direction not in DIRECTIONS:
        raise FactsError("direction must be inbound or outbound", "联系方向须为 inbound 或 outbound")
    by_contract = start(facts.product)
    began, end = (
        sale.cooling_off_started(by_contract),
        sale.cooling_off_ends(length(facts.product, parameters), by_contract),
    )
    if direction == "outbound" and began is not None and end is not None and began <= at <= end:
        return failed(
            KEY,
            by,
            f"no contact on the institution's initiative until {to_text(end)}",
            "冷静期内不得主动联系投资者",
            rests_on=leaves(sale.leaves, "contract.completed", "payment.received"),
            condition=(f"wait until after {to_text(end)}", f"请等待至{to_text(end)}之后"),
            changes_at=end + TICK,
        )
    return passed(KEY, by, "contact is allowed", "可以联系投资者")


RULE = Rule(KEY, "contact", (KEY, PERIOD), judge, steps=frozenset({Step.CONTACT}), reads_inputs=True)
