"""条例 art. 20: the payer is the investor; a payment by somebody else is the mark of holding for others."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, missing, passed

KEY = "cn/regulation_762/art20_payer"
DUTY = "cn/regulation_762/art20_nominee"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """What the bank slip says about the payer."""
    del at
    by, own = parameters.duties[DUTY], facts.inputs.get("payer_is_investor")
    if not isinstance(own, bool):
        en, zh = "it is not said whether the payer is the investor", "未说明付款人是否为投资者本人"
        return missing(
            KEY,
            by,
            en,
            zh,
            condition=("compare the payer on the bank slip with the investor", "请核对银行回单付款人与投资者是否一致"),
        )
    if not own:
        en, zh = "the payer is not the investor", "付款人并非投资者本人"
        return failed(
            KEY,
            by,
            en,
            zh,
            condition=(
                "return the money and have it paid from the investor's own account",
                "请退回款项，并由投资者以本人账户划付",
            ),
        )
    return passed(KEY, by, "the payer is the investor", "付款人为投资者本人")


RULE = Rule(KEY, "payer", (DUTY,), judge, steps=frozenset({Step.RECEIVE_PAYMENT}), reads_inputs=True)
