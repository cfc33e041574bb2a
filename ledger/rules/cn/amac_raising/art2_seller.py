"""募集行为办法 art. 2 (条例 art. 17): only the manager, or a licensed institution that is an AMAC member, raises."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.instants import to_text
from ledger.domain.sale import Step
from ledger.rules.errors import FactsError
from ledger.rules.law import Parameters
from ledger.rules.papers import AGENCY
from ledger.rules.rule import PRODUCT, Rule, failed, missing, passed

KEY = "cn/amac_raising/art2_seller"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """A licence may end."""
    by, mandate = parameters.duties[KEY], facts.product.mandate
    if mandate is None:
        en, zh = "the right to sell this product is not recorded", "尚未登记本产品的销售资格"
        return missing(
            KEY,
            by,
            en,
            zh,
            condition=(
                "record the mandate: own fund, or agency with licence and membership",
                "请登记销售依据：自行募集，或持有基金销售业务资格并具备协会会员资格的代销",
            ),
        )
    rests_on = (mandate.leaf,)
    if mandate.basis == "manager":
        return passed(KEY, by, "the manager sells its own fund", "管理人自行募集", rests_on)
    if mandate.basis != AGENCY:
        raise FactsError(f"basis {mandate.basis!r} is neither manager nor agency", "销售依据须为自行募集或代销")
    if not mandate.licence or not mandate.membership:
        en, zh = "an agent needs a fund sales licence and AMAC membership", "代销机构须具有基金销售业务资格并为协会会员"
        return missing(
            KEY,
            by,
            en,
            zh,
            condition=("record licence and membership numbers", "请登记基金销售业务资格编号与协会会员编号"),
            rests_on=rests_on,
        )
    if mandate.valid_until is not None and at >= mandate.valid_until:
        en, zh = f"the right to sell ended at {to_text(mandate.valid_until)}", "销售资格或委托已到期"
        return failed(
            KEY, by, en, zh, rests_on=rests_on, condition=("record the renewed mandate", "请登记续期后的销售依据")
        )
    en, zh = "licensed, a member, and commissioned", "具有销售资格、会员身份并受托"
    return passed(KEY, by, en, zh, rests_on, mandate.valid_until)


RULE = Rule(
    KEY,
    "seller_entitled",
    (KEY,),
    judge,
    decides=True,
    steps=frozenset({Step.APPROVE, Step.LIST, Step.PROMOTE, Step.OPEN, Step.SIGN_CONTRACT}),
    alone=PRODUCT,
)
