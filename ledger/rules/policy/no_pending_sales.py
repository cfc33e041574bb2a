"""Institution policy: a product is liquidated only when no sale of it is still in procedure."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, missing, passed

KEY = "policy/no_pending_sales"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """The service counts them into the step's inputs."""
    del at
    by, pending = parameters.duties[KEY], facts.inputs.get("pending")
    if not isinstance(pending, int):
        en, zh = "the number of sales in procedure is not named", "未说明在途认购数量"
        return missing(KEY, by, en, zh, condition=("count the sales in procedure", "请统计在途认购数量"))
    if pending:
        en, zh = f"{pending} sales are still in procedure", f"尚有{pending}笔认购未完成"
        return failed(KEY, by, en, zh, condition=("finish or rescind them first", "请先完成或解除在途认购"))
    return passed(KEY, by, "no sale is in procedure", "无在途认购")


RULE = Rule(KEY, "no_pending_sales", (KEY,), judge, steps=frozenset({Step.LIQUIDATE}), reads_inputs=True)
