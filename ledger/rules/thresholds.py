"""A certified amount against the threshold of its branch: shared by the rules of every regime that has thresholds."""

from collections.abc import Mapping
from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.money import Money
from ledger.domain.sale import Step
from ledger.rules import deemed
from ledger.rules.deemed import PREFIX
from ledger.rules.errors import FactsError
from ledger.rules.facts import certification, money_in, text_in
from ledger.rules.law import Limit, Parameters
from ledger.rules.look_through import BRANCH
from ledger.rules.rule import failed, missing, not_applicable, passed

FIRST = (
    "after the risk disclosure, prove assets or income and have a second person certify it",
    "请在签署风险揭示书后提供资产或收入证明，并由另一人进行合格投资者认定",
)


def judge(
    key: str,
    branches: Mapping[str, str],
    words: Mapping[str, tuple[str, str]],
    facts: Facts,
    parameters: Parameters,
    at: datetime,
) -> Finding:
    """``branches``: from branch to limit, for this kind of investor; ``words``: from limit to (English, Chinese)."""
    by: Limit = parameters.limits[next(iter(branches.values()), next(iter(words)))]
    branch, amount, rests_on = certified(facts, at)
    if (amount is None or branch is None) and deemed.exempt(facts, parameters, at) is not None:
        return not_applicable(key, by, "the investor is exempt by type", "投资者按类型豁免")
    if amount is None or branch is None:
        en, zh = "no certification of assets or income yet", "尚无资产或收入的合格投资者认定"
        return missing(key, by, en, zh, condition=FIRST)
    if branch == BRANCH or branch.startswith(PREFIX):
        return not_applicable(key, by, "no threshold belongs to this branch", "该认定依据不适用金额标准")
    if branch not in branches:
        return failed(
            key,
            by,
            f"{branch} is no branch for {facts.investor.kind}: {', '.join(branches) or 'none'}"
            " (whose means count is fixed by law)",
            "认定依据不属于规定的情形（资产或收入的归属由法规确定）",
            rests_on=rests_on,
            condition=("certify by a branch that the law names", "请按法规规定的情形办理认定"),
        )
    limit = parameters.limits[branches[branch]]
    en, zh = words[limit.key]
    if amount.currency != limit.money.currency:
        raise FactsError(
            f"the certification is in {amount.currency}: convert to {limit.money.currency}, with proof of the rate",
            "认定金额须为人民币",
        )
    if amount.amount < limit.money.amount:
        return failed(
            key,
            limit,
            f"{en} are below {limit.money.amount} {limit.money.currency}",
            f"{zh}低于{limit.money.amount}元",
            rests_on=rests_on,
            condition=(
                f"prove {en} of at least {limit.money.amount} {limit.money.currency}",
                f"请提供{zh}不低于{limit.money.amount}元的证明",
            ),
        )
    return passed(key, limit, f"{en} reach {limit.money.amount} {limit.money.currency}", f"{zh}符合标准", rests_on)


def certified(facts: Facts, at: datetime) -> tuple[str | None, Money | None, tuple[str, ...]]:
    """Return branch and amount of the certification that counts, or is about to be granted, and what it rests on."""
    if facts.step is Step.CERTIFY:
        proof = text_in(facts.inputs, "proof")
        return text_in(facts.inputs, "branch"), money_in(facts.inputs, "amount"), (proof,) if proof else ()
    known = certification(facts, at)
    return (None, None, ()) if known is None else (known.branch, known.amount, (known.leaf,))
