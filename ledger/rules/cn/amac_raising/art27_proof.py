"""募集行为办法 art. 27: a certification rests on a proof that is fresh, of the right kind, and shows the amount."""

from datetime import datetime, time

from ledger.domain.decision import Facts, Finding
from ledger.domain.instants import SHANGHAI, day_of, to_text
from ledger.domain.investor import Proof
from ledger.domain.sale import Step
from ledger.rules.facts import day_from, instant_in, money_in, text_in
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, missing, passed
from ledger.rules.values import text

KEY = "cn/amac_raising/art27_proof"
DUTY = "cn/amac_raising/art27_confirmation"
AGE = "policy/proof_age"
KINDS = "policy/proof_kinds"
VALIDITY = "policy/certification_validity"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Judge the certification that is about to be granted."""
    duty, inputs = parameters.duties[DUTY], facts.inputs
    leaf, regime, branch = text_in(inputs, "proof"), text_in(inputs, "regime"), text_in(inputs, "branch")
    amount, valid_until = money_in(inputs, "amount"), instant_in(inputs, "valid_until")
    proof = next((p for p in facts.investor.proofs if p.leaf == leaf), None)
    if proof is None or amount is None or valid_until is None:
        return missing(
            KEY,
            duty,
            "a certification needs proof, amount and end",
            "认定须有证明材料、金额与有效期",
            condition=(
                "upload a proof and name it, the certified amount and the end of validity",
                "请上传证明材料，并注明该材料、认定金额与有效期",
            ),
        )
    if regime != facts.product.regime:
        en, zh = f"the product is under {facts.product.regime}, not {regime}", "认定适用制度与产品不符"
        return failed(
            KEY,
            duty,
            en,
            zh,
            rests_on=(proof.leaf,),
            condition=(f"certify for {facts.product.regime}", "请按本产品适用的合格投资者制度办理认定"),
        )
    if problem := _kind(proof, branch, parameters) or _age(proof, facts, parameters, at):
        return failed(
            KEY,
            duty,
            *problem,
            rests_on=(proof.leaf,),
            condition=("upload a proof that meets this", "请上传符合要求的证明材料"),
        )
    if amount.currency != proof.amount.currency or amount.amount > proof.amount.amount:
        en, zh = "the certified amount is more than the proof shows", "认定金额超过证明材料所示金额"
        return failed(
            KEY,
            duty,
            en,
            zh,
            rests_on=(proof.leaf,),
            condition=("certify what the proof shows", "请按证明材料所示金额认定"),
        )
    latest = parameters.periods[VALIDITY].after(at)
    if not at < valid_until <= latest:
        en, zh = f"valid_until must be after now and by {to_text(latest)}", "认定有效期超出允许范围"
        return failed(
            KEY,
            parameters.periods[VALIDITY],
            en,
            zh,
            rests_on=(proof.leaf,),
            condition=(en, f"请将有效期设在当前时间之后、不晚于{to_text(latest)}"),
        )
    return passed(KEY, duty, "the proof carries the certification", "证明材料支持该认定", (proof.leaf,))


def _kind(proof: Proof, branch: str | None, parameters: Parameters) -> tuple[str, str] | None:
    kinds = parameters.lists[KINDS]
    row = kinds.by_key.get((proof.kind,))
    if row is not None and text(row, "branch") == branch:
        return None
    allowed = ", ".join(text(item, "kind") for item in kinds.items if item["branch"] == branch)
    return f"a {proof.kind} does not prove {branch}: {allowed or 'no such branch'}", "证明材料类型与认定依据不符"


def _age(proof: Proof, facts: Facts, parameters: Parameters, at: datetime) -> tuple[str, str] | None:
    dated = day_from(proof.as_of, "as_of")
    if dated > day_of(at):
        return "the proof is dated in the future", "证明材料日期晚于当前日期"
    if facts.product.regime == "cn_am_plan" and facts.inputs.get("branch") == "net_assets":
        return None  # of the end of the last year, however long ago: am_plan_rules/unnumbered_year_end
    limit = parameters.periods[AGE]
    if at >= limit.after(datetime.combine(dated, time(), SHANGHAI)):
        return f"the proof is older than {limit.number} {limit.step}s", f"证明材料已超过{limit.number}日"
    return None


RULE = Rule(KEY, "proof", (DUTY, AGE, KINDS, VALIDITY), judge, steps=frozenset({Step.CERTIFY}), reads_inputs=True)
