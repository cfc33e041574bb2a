"""105号令 art. 12: net assets of a unit, or financial assets or three-year average income of the person alone."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.money import Money
from ledger.domain.sale import Step
from ledger.rules.deemed import PREFIX
from ledger.rules.errors import FactsError
from ledger.rules.facts import certification, money_in, text_in
from ledger.rules.law import Parameters
from ledger.rules.look_through import BRANCH
from ledger.rules.rule import Rule, failed, missing, not_applicable, passed

KEY = "cn/order_105/art12_qualified_investor"
ASSETS = "cn/order_105/art12_financial_assets"
INCOME = "cn/order_105/art12_income"
NET_ASSETS = "cn/order_105/art12_net_assets"
BRANCHES = {
    "natural_person": {"financial_assets": ASSETS, "income": INCOME},
    "institution": {"net_assets": NET_ASSETS},
}
WORDS = {
    ASSETS: ("personal financial assets", "个人金融资产"),
    INCOME: ("personal average annual income of three years", "最近三年个人年均收入"),
    NET_ASSETS: ("net assets", "净资产"),
}


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """The certified amount must reach the threshold of its branch; a household's means are not the person's."""
    branches = BRANCHES.get(facts.investor.kind, {})
    by = parameters.limits[ASSETS if facts.investor.kind == "natural_person" else NET_ASSETS]
    branch, amount, rests_on = _certified(facts, at)
    if amount is None or branch is None:
        return missing(
            KEY,
            by,
            "no certification of assets or income yet",
            "尚无资产或收入的合格投资者认定",
            condition="after the risk disclosure, prove assets or income and have a second person certify it",
        )
    if branch == BRANCH or branch.startswith(PREFIX):
        en, zh = "art. 13 speaks about this branch", "该认定依据适用第十三条"
        return not_applicable(KEY, by, en, zh)
    if branch not in branches:
        return failed(
            KEY,
            by,
            f"{branch} is no branch of art. 12 for {facts.investor.kind}: {', '.join(branches) or 'none'}"
            " (only the person's own means count)",
            "认定依据不属于第十二条所列情形（须为投资者本人的资产或收入）",
            rests_on=rests_on,
            condition="certify by a branch that art. 12 names",
        )
    limit = parameters.limits[branches[branch]]
    en, zh = WORDS[limit.key]
    if amount.currency != limit.money.currency:
        raise FactsError(
            f"the certification is in {amount.currency}: convert to {limit.money.currency}, with proof of the rate",
            "认定金额须为人民币",
        )
    if amount.amount < limit.money.amount:
        return failed(
            KEY,
            limit,
            f"{en} are below {limit.money.amount} {limit.money.currency}",
            f"{zh}低于{limit.money.amount}元",
            rests_on=rests_on,
            condition=f"prove {en} of at least {limit.money.amount} {limit.money.currency}",
        )
    return passed(KEY, limit, f"{en} reach {limit.money.amount} {limit.money.currency}", f"{zh}符合标准", rests_on)


def _certified(facts: Facts, at: datetime) -> tuple[str | None, Money | None, tuple[str, ...]]:
    if facts.step is Step.CERTIFY:
        proof = text_in(facts.inputs, "proof")
        return text_in(facts.inputs, "branch"), money_in(facts.inputs, "amount"), (proof,) if proof else ()
    known = certification(facts, at)
    return (None, None, ()) if known is None else (known.branch, known.amount, (known.leaf,))


RULE = Rule(
    KEY,
    "qualified_investor",
    (ASSETS, INCOME, NET_ASSETS),
    judge,
    decides=True,
    steps=frozenset({Step.CONFIRM_QUALIFICATION, Step.SIGN_CONTRACT}),
)
CANDIDATE = Rule(
    f"{KEY}_candidate", "qualified_investor", RULE.needs, judge, steps=frozenset({Step.CERTIFY}), reads_inputs=True
)
