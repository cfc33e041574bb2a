"""运作管理规定: net assets are proven as of the end of the last year, neither older nor newer."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.instants import day_of
from ledger.domain.sale import Step
from ledger.rules.facts import text_in
from ledger.rules.law import Parameters
from ledger.rules.rule import CN_AM_PLAN, Rule, failed, not_applicable, passed

KEY = "cn/am_plan_rules/unnumbered_year_end"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Judge the proof that a certification by net assets is about to rest on."""
    by, leaf = parameters.duties[KEY], text_in(facts.inputs, "proof")
    proof = next((p for p in facts.investor.proofs if p.leaf == leaf), None)
    if proof is None or text_in(facts.inputs, "branch") != "net_assets":
        return not_applicable(KEY, by, "only net assets are of the year's end", "仅净资产以年末为准")
    end = f"{day_of(at).year - 1}-12-31"
    if proof.as_of != end:
        return failed(
            KEY,
            by,
            f"the report is of {proof.as_of}, not of {end}",
            f"财务报表日期为{proof.as_of}，应为{end}",
            rests_on=(proof.leaf,),
            condition=(f"prove the net assets as of {end}", f"请提供截至{end}的净资产证明"),
        )
    return passed(KEY, by, f"net assets are as of {end}", f"净资产为{end}数据", (proof.leaf,))


RULE = Rule(KEY, "year_end", (KEY,), judge, steps=frozenset({Step.CERTIFY}), reads_inputs=True, regimes=CN_AM_PLAN)
