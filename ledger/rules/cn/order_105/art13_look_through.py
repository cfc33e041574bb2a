"""105号令 art. 13: pools without legal personality are looked through; every final investor must be qualified."""

from collections.abc import Mapping
from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.holders import POOLS, Holder
from ledger.domain.sale import Step
from ledger.rules import deemed, look_through
from ledger.rules.cn.order_105.art12_qualified_investor import ASSETS, INCOME, NET_ASSETS, TESTS, branches
from ledger.rules.errors import FactsError
from ledger.rules.facts import certification
from ledger.rules.law import Parameters, once_per_law
from ledger.rules.rule import Rule, failed, leaves, missing, not_applicable, passed
from ledger.rules.values import texts

KEY = "cn/order_105/art13_look_through"
AS_INVESTOR = {
    "natural_person": {"natural_person"},
    "legal_person": {"institution", "product"},
    "partnership": {"product", "institution"},
    "contract": {"product"},
}


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Filed plans, pension and charity funds and supervised products are not looked through; staff are."""
    return look(KEY, _tests(parameters), facts, parameters, at)


@once_per_law
def _tests(parameters: Parameters) -> Mapping[str, Mapping[str, str]]:
    return {form: branches(parameters, form) for form in ("natural_person", "legal_person")}


def look(
    key: str, tests: Mapping[str, Mapping[str, str]], facts: Facts, parameters: Parameters, at: datetime
) -> Finding:
    """Judge by the thresholds of a regime, ``tests``: form of the holder, then branch, to limit."""
    outside = _outside(key, facts, parameters, at)
    return _inside(key, tests, facts, parameters, at) if outside is None else outside


def _outside(key: str, facts: Facts, parameters: Parameters, at: datetime) -> Finding | None:
    """Tell why an investor is not looked through; ``None`` for a pool that is."""
    by, investor = parameters.duties[key], facts.investor
    form = "natural_person" if investor.kind == "natural_person" else None
    form = form if form is not None or investor.profile is None else investor.profile.form
    if form is None:
        en, zh = "the investor's legal form is not recorded", "未登记投资者的组织形式"
        return missing(
            key,
            by,
            en,
            zh,
            condition=(
                "record whether the investor is a legal person or a pool",
                "请登记投资者为法人还是汇集他人资金的主体",
            ),
        )
    if form not in POOLS:
        if deemed.claimed(facts, at) != look_through.BRANCH:
            return not_applicable(key, by, f"a {form} is itself the final investor", "投资者本身即最终投资者")
        return failed(key, by, f"a {form} cannot be looked through", "该投资者不适用穿透核查", rests_on=_rests(facts))
    row = deemed.stands(facts, parameters, at)
    if row is not None and row[1]["stops"]:
        return not_applicable(key, by, "such an investor is not looked through", "该类投资者不再穿透核查")
    return None


def _inside(
    key: str, tests: Mapping[str, Mapping[str, str]], facts: Facts, parameters: Parameters, at: datetime
) -> Finding:
    by, investor, rests_on = parameters.duties[key], facts.investor, _rests(facts)
    if not investor.holders or investor.holders_at is None:
        en, zh = "nobody behind the pool is named", "未申报最终投资者"
        return missing(
            key,
            by,
            en,
            zh,
            condition=("declare all holders behind the pool", "请穿透申报全部最终持有人"),
            rests_on=rests_on,
        )
    known = None if facts.step is Step.CERTIFY else certification(facts, at)
    if known is not None and known.granted_at < investor.holders_at:
        en, zh = "the holders changed after the certification", "认定后持有人发生变化"
        return failed(
            key, by, en, zh, rests_on=(known.leaf, *rests_on), condition=("certify again", "请重新办理合格投资者认定")
        )
    final = look_through.investors(facts, parameters, at)
    if bad := [h.id for h in final if not _qualified(h, tests, facts, parameters, at)]:
        return failed(
            key,
            by,
            f"{len(bad)} of {len(final)} final investors are not qualified: {', '.join(bad[:5])}",
            f"{len(final)}名最终投资者中有{len(bad)}名不符合合格投资者标准",
            rests_on=rests_on,
            condition=("prove that each final investor is qualified", "请提供每名最终投资者均为合格投资者的证明"),
        )
    return passed(key, by, f"all {len(final)} final investors qualify", f"{len(final)}名最终投资者均合格", rests_on)


def _rests(facts: Facts) -> tuple[str, ...]:
    return leaves(facts.investor.leaves, "investor.profiled", "investor.holders_declared")


def _qualified(
    holder: Holder,
    tests: Mapping[str, Mapping[str, str]],
    facts: Facts,
    parameters: Parameters,
    at: datetime,
) -> bool:
    found = deemed.find(deemed.LISTS[facts.product.regime], holder.branch, parameters)
    if found is not None:
        row = found[1]
        kinds = AS_INVESTOR[holder.kind] & set(texts(row, "kinds"))
        return bool(kinds) and (not row["own_fund"] or _own_fund(facts, at))
    key = tests.get(holder.kind, {}).get(holder.branch)
    if key is None or holder.amount is None:
        return False
    limit = parameters.limits[key].money
    if holder.amount.currency != limit.currency:
        raise FactsError(f"the means of holder {holder.id} are not in {limit.currency}: convert", "金额须为人民币")
    return holder.amount.amount >= limit.amount


def _own_fund(facts: Facts, at: datetime) -> bool:
    manager = facts.inputs.get("manager")
    if facts.step is not Step.CERTIFY:
        known = certification(facts, at)
        manager = None if known is None else known.manager
    return bool(manager) and manager == facts.product.manager


RULE = Rule(
    KEY,
    "final_investors",
    (KEY, look_through.DEPTH, TESTS, ASSETS, INCOME, NET_ASSETS),
    judge,
    decides=True,
    steps=frozenset({Step.OPEN, Step.CERTIFY, Step.CONFIRM_QUALIFICATION, Step.SIGN_CONTRACT}),
    also=deemed.LISTS["cn_private_fund"],
)
