"""Whether what was certified under a foreign regime reaches the limit of its branch."""

from dataclasses import replace
from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules.foreign.conversion import same
from ledger.rules.foreign.regime import Case, Regime, claimed
from ledger.rules.law import Limit, Parameters
from ledger.rules.rule import Judge, Rule, failed, missing, passed
from ledger.rules.values import text, texts

SIGNS = {"more_than": ("more than", "超过"), "at_least": ("at least", "不低于")}


def rules(key: str, regime: Regime, needs: tuple[str, ...], also: tuple[str, ...] = ()) -> tuple[Rule, Rule]:
    """Return the rule and its form for a certification that is about to be granted."""
    judge = _judge(key, regime)
    own = frozenset({regime.name})
    steps = frozenset({Step.CONFIRM_QUALIFICATION, Step.SIGN_CONTRACT})
    rule = Rule(
        key, f"{regime.name}:qualified_investor", needs, judge, decides=True, steps=steps, regimes=own, also=also
    )
    certify = frozenset({Step.CERTIFY})
    return rule, replace(rule, key=f"{key}_candidate", decides=False, steps=certify, reads_inputs=True)


def _judge(key: str, regime: Regime) -> Judge:
    def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
        claim, by = claimed(facts, regime.name, at), parameters.lists[regime.branches[0]]
        if claim is None:
            return missing(
                key,
                by,
                f"no certification under {regime.name} yet, which this product requires too",
                f"尚无{regime.zh}认定，而本产品同时要求该认定",
                condition=(
                    f"have the investor certified under {regime.name} ({regime.en})",
                    f"请为投资者办理{regime.zh}认定",
                ),
            )
        found = regime.row(claim.branch, facts.investor.kind, parameters)
        if found is None:
            open_to = ", ".join(regime.open_to(facts.investor.kind, parameters)) or "none"
            return failed(
                key,
                by,
                f"{claim.branch} is no branch of {regime.name} for {facts.investor.kind} on this day: {open_to}",
                f"认定依据不属于当时有效的{regime.zh}情形",
                rests_on=claim.rests_on,
                condition=(f"certify by a branch of {regime.name}", f"请按{regime.zh}的法定情形办理认定"),
            )
        return _weigh(key, regime, Case(facts, parameters, claim, *found))

    return judge


def _weigh(key: str, regime: Regime, case: Case) -> Finding:
    claim, by, row = case.claim, case.listing, case.row
    en, zh = text(row, "en"), text(row, "zh")
    absent = [name for name in texts(row, "confirms") if claim.particulars.get(name) is not True]
    absent += [name for name in texts(row, "needs") if claim.particulars.get(name) is None]
    if absent:
        named = ", ".join(absent)
        return missing(
            key,
            by,
            f"the certification by {claim.branch} does not say: {named}",
            f"认定未说明:{named}",
            condition=(f"certify again and state {named}", f"请重新办理认定，并说明：{named}"),
            rests_on=claim.rests_on,
        )
    check = regime.checks.get(claim.branch)
    lack = None if check is None else check(case)
    if lack is not None:
        return failed(key, by, *lack, rests_on=claim.rests_on, condition=(f"prove {en}", f"请证明：{zh}"))
    if row["comparison"] == "none":
        return passed(key, by, f"{regime.name}: {en}", f"{regime.zh}：{zh}", claim.rests_on)
    return _compare(key, regime, case, case.parameters.limits[text(row, "limit")])


def _compare(key: str, regime: Regime, case: Case, limit: Limit) -> Finding:
    claim, row = case.claim, case.row
    en, zh, currency = text(row, "en"), text(row, "zh"), limit.money.currency
    measure = regime.measures.get(claim.branch)
    certified = same(claim.amount, currency, f"the certification under {regime.name}")
    amounts = (certified,) if measure is None else measure(case, limit)
    if None in amounts:
        return missing(
            key,
            limit,
            f"{en}: the amount is not named",
            f"{zh}：未说明金额",
            condition=("name the amount", "请填写金额"),
            rests_on=claim.rests_on,
        )
    more = row["comparison"] == "more_than"
    sign_en, sign_zh = SIGNS[text(row, "comparison")]
    wanted = f"{en} of {sign_en} {limit.money.amount} {currency}"
    reached = f"{zh}{sign_zh}{limit.money.amount} {currency}"
    if all(a is not None and (a > limit.money.amount if more else a >= limit.money.amount) for a in amounts):
        return passed(key, limit, wanted, reached, claim.rests_on)
    return failed(
        key,
        limit,
        f"not {wanted}",
        f"{zh}未{'超过' if more else '达到'}{limit.money.amount} {currency}",
        rests_on=claim.rests_on,
        condition=(f"prove {wanted}", f"请证明：{reached}"),
    )
