"""105号令 art. 17: the product has a risk rating, and the rating is current."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.instants import to_text
from ledger.domain.sale import Step
from ledger.rules.law import Parameters
from ledger.rules.rule import PRODUCT, Rule, failed, leaf, missing, passed

KEY = "cn/order_105/art17_risk_rating"
VALIDITY = "policy/rating_validity"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Valid until the earlier of the rating's own end and the longest validity of policy."""
    by, validity, product = parameters.duties[KEY], parameters.periods[VALIDITY], facts.product
    if product.risk_level is None or product.rated_at is None or product.rating_valid_until is None:
        return missing(
            KEY,
            by,
            "the product has no risk rating",
            "产品尚未评定风险等级",
            condition=("rate the product", "请对产品进行风险评级"),
        )
    end = min(product.rating_valid_until, validity.after(product.rated_at))
    rests_on = leaf(product.leaves, "product.rated")
    if at >= end:
        en, zh = f"the product's rating expired at {to_text(end)}", "产品风险评级已过有效期"
        return failed(
            KEY, by, en, zh, rests_on=rests_on, condition=("rate the product again", "请重新对产品进行风险评级")
        )
    return passed(KEY, by, "the product is rated", "产品已评定风险等级", rests_on, end)


RULE = Rule(
    KEY,
    "product_rated",
    (KEY, VALIDITY),
    judge,
    decides=True,
    steps=frozenset({Step.OPEN, Step.MATCH, Step.SIGN_CONTRACT}),
    alone=PRODUCT,
)
