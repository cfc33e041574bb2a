"""105号令 art. 12: what is paid in is what was agreed, so the minimum that was checked is really invested."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules.facts import money_in, sale_of
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, leaf, missing, passed

KEY = "cn/order_105/art12_paid_amount"
MINIMUM = "cn/order_105/art12_minimum"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """The payment is the amount of the sale with the fee on top."""
    del at
    by, paid, sale = parameters.limits[MINIMUM], money_in(facts.inputs, "amount"), sale_of(facts)
    if paid is None or sale.amount is None:
        en, zh = "the paid amount is not named", "未说明到账金额"
        return missing(KEY, by, en, zh, condition=("name the amount on the bank slip", "请填写银行回单所载金额"))
    rests_on = leaf(sale.leaves, "sale.opened")
    due = sale.amount.amount + (0 if sale.fee is None else sale.fee.amount)
    if paid.currency != sale.amount.currency or paid.amount != due:
        return failed(
            KEY,
            by,
            f"{paid.amount} {paid.currency} is not what is due, {due} {sale.amount.currency} with the fee",
            f"到账金额与应缴金额{due}元（含认购费）不一致",
            rests_on=rests_on,
            condition=(
                "have exactly the amount of the sale and its fee paid",
                "请由投资者足额划付认购金额与认购费，不多不少",
            ),
        )
    return passed(KEY, by, "the whole amount is paid", "认购金额及费用已足额到账", rests_on)


RULE = Rule(KEY, "paid_amount", (MINIMUM,), judge, steps=frozenset({Step.RECEIVE_PAYMENT}), reads_inputs=True)
