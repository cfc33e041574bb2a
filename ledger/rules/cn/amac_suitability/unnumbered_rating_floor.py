"""适当性指引: the seller's own rating is not lower than the manager's."""

from dataclasses import replace
from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules.facts import text_in
from ledger.rules.law import Parameters
from ledger.rules.rule import PRODUCT, Rule, failed, leaf, not_applicable, passed

KEY = "cn/amac_suitability/unnumbered_rating_floor"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Compare R levels, which are written so that their order is that of the text; when rating, the new ones."""
    del at
    by, product = parameters.duties[KEY], facts.product
    if facts.step is Step.RATE:
        own, manager = text_in(facts.inputs, "risk_level"), text_in(facts.inputs, "manager_risk_level")
        product = replace(product, risk_level=own, manager_risk_level=manager)
    if product.risk_level is None or product.manager_risk_level is None:
        return not_applicable(KEY, by, "there are no two ratings to compare", "尚无可比较的评级")
    rests_on = leaf(product.leaves, "product.rated")
    if product.risk_level < product.manager_risk_level:
        return failed(
            KEY,
            by,
            f"own rating {product.risk_level} is lower than the manager's {product.manager_risk_level}",
            f"销售机构评级{product.risk_level}低于管理人评级{product.manager_risk_level}",
            rests_on=rests_on,
            condition=(
                f"rate the product {product.manager_risk_level} or higher",
                f"请将产品风险等级评定为{product.manager_risk_level}或更高",
            ),
        )
    return passed(KEY, by, "own rating is not lower than the manager's", "评级不低于管理人评级", rests_on)


RULE = Rule(
    KEY,
    "rating_floor",
    (KEY,),
    judge,
    decides=True,
    steps=frozenset({Step.RATE, Step.OPEN, Step.MATCH, Step.SIGN_CONTRACT}),
    alone=PRODUCT,
)
