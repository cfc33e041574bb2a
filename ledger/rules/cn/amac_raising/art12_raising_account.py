"""募集行为办法 arts. 12-14: money goes from the investor's own account to the supervised raising account."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules.facts import text_in
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, leaf, missing, passed

KEY = "cn/amac_raising/art12_raising_account"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """The account that was paid into is the product's."""
    del at
    by, account = parameters.duties[KEY], text_in(facts.inputs, "account")
    if account is None:
        en, zh = "the account paid into is not named", "未说明收款账户"
        return missing(KEY, by, en, zh, condition=("name the account that received the money", "请填写收款账户"))
    rests_on = leaf(facts.product.leaves, "product.introduced")
    if not facts.product.raising_account or account != facts.product.raising_account:
        en, zh = (
            "the money went to another account than the supervised raising account",
            "款项未进入募集结算资金专用账户",
        )
        return failed(
            KEY,
            by,
            en,
            zh,
            rests_on=rests_on,
            condition=(
                "return the money and have it paid to the raising account",
                "请退回款项，并由投资者划付至募集结算资金专用账户",
            ),
        )
    return passed(KEY, by, "paid into the supervised raising account", "款项进入募集结算资金专用账户", rests_on)


RULE = Rule(KEY, "raising_account", (KEY,), judge, steps=frozenset({Step.RECEIVE_PAYMENT}), reads_inputs=True)
