"""175号令: only products on the centrally approved list are sold; approved by another person than introduced them."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.instants import start_of
from ledger.domain.sale import Step
from ledger.rules.facts import day_from
from ledger.rules.law import Parameters, Provision
from ledger.rules.rule import PRODUCT, Rule, failed, leaves, missing, passed

KEY = "cn/order_175/unnumbered_sales_list"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Approved with the rating that counts, listed, its first day reached, neither suspended nor closed."""
    return _approved(facts, parameters.duties[KEY]) or _listed(facts, parameters.duties[KEY], at)


def _approved(facts: Facts, by: Provision) -> Finding | None:
    product = facts.product
    rests_on = leaves(product.leaves, "product.approved", "product.listed")
    if product.approved_at is None or product.approved_by is None:
        en, zh = "the product is not approved for sale", "产品尚未通过准入审批"
        return missing(
            KEY, by, en, zh, condition=("have the product approved by a second person", "请由另一人完成产品准入审批")
        )
    if not product.approved:
        en, zh = "the product's new rating is not approved", "产品重新评级后尚未审批"
        return missing(
            KEY,
            by,
            en,
            zh,
            condition=("have the new rating approved by a second person", "请由另一人审批新的风险评级"),
            rests_on=rests_on,
        )
    if product.approved_by == product.introduced_by:
        en, zh = "the product was approved by the person who introduced it", "产品由引入人自行审批"
        return failed(
            KEY,
            by,
            en,
            zh,
            rests_on=rests_on,
            condition=("have the product approved by a second person", "请由另一人完成产品准入审批"),
        )
    return None


def _listed(facts: Facts, by: Provision, at: datetime) -> Finding:
    product = facts.product
    rests_on = leaves(product.leaves, "product.approved", "product.listed")
    if product.listed_at is None:
        en, zh = "the product is not listed for sale", "产品尚未上架"
        return missing(KEY, by, en, zh, condition=("list the product", "请将产品上架"), rests_on=rests_on)
    opens = None if product.listed_from is None else start_of(day_from(product.listed_from, "from_day"))
    if opens is not None and at < opens:
        en, zh = f"the product is on sale from {product.listed_from}", f"产品自{product.listed_from}起发售"
        wait = (f"wait until {product.listed_from}", f"请等待至{product.listed_from}")
        return failed(KEY, by, en, zh, rests_on=rests_on, condition=wait, changes_at=opens)
    if product.closed_at is not None or product.liquidated_at is not None:
        en, zh = "the product takes no more sales: it is closed", "产品已结束募集"
        return failed(KEY, by, en, zh, rests_on=leaves(product.leaves, "product.closed", "product.liquidated"))
    if product.suspended_at is not None:
        en, zh = "sale of the product is suspended", "产品已暂停销售"
        return failed(
            KEY,
            by,
            en,
            zh,
            rests_on=rests_on,
            condition=("wait until the product is listed again", "请等待产品重新上架"),
        )
    return passed(KEY, by, "the product is approved and listed", "产品已通过审批并上架", rests_on)


RULE = Rule(
    KEY,
    "product_on_sale",
    (KEY,),
    judge,
    decides=True,
    steps=frozenset({Step.PROMOTE, Step.SHOW, Step.REQUEST, Step.OPEN, Step.MATCH, Step.SIGN_CONTRACT}),
    alone=PRODUCT,
)
