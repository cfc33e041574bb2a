"""募集行为办法 art. 7: a delegated sale rests on a written agreement whose annex goes with the fund contract."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules.law import Parameters
from ledger.rules.papers import attached
from ledger.rules.rule import PRODUCT, Rule

KEY = "cn/amac_raising/art7_sales_agreement"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Own funds need no agreement."""
    del at
    return attached(KEY, facts, parameters, "the sales agreement and its annex are there", "已签订书面销售协议及附件")


RULE = Rule(
    KEY,
    "sales_agreement",
    (KEY,),
    judge,
    decides=True,
    steps=frozenset({Step.APPROVE, Step.LIST, Step.OPEN}),
    alone=PRODUCT,
)
