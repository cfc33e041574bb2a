"""Whether a certification under a foreign regime rests on a proof that is fresh, of the right kind, large enough."""

from datetime import datetime, time

from ledger.domain.decision import Facts, Finding
from ledger.domain.instants import SHANGHAI, day_of, to_text
from ledger.domain.investor import Proof
from ledger.domain.sale import Step
from ledger.rules.facts import day_from, instant_in, text_in
from ledger.rules.foreign.conversion import converted
from ledger.rules.foreign.regime import Case, Regime, claimed
from ledger.rules.law import Parameters, Provision
from ledger.rules.rule import Rule, failed, missing, passed
from ledger.rules.values import texts

AGE = "policy/proof_age"
VALIDITY = "policy/certification_validity"


def rule(key: str, regime: Regime, duty: str) -> Rule:
    """Return the rule for a regime; ``duty`` is its provision that asks for the assessment."""

    def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
        by, claim = parameters.duties[duty], claimed(facts, regime.name, at)
        leaf, until = text_in(facts.inputs, "proof"), instant_in(facts.inputs, "valid_until")
        proof = next((p for p in facts.investor.proofs if p.leaf == leaf), None)
        if proof is None or claim is None or until is None:
            en, zh = "a certification needs proof, branch, amount and end", "认定须有证明材料、依据、金额与有效期"
            return missing(
                key,
                by,
                en,
                zh,
                condition=(
                    "upload a proof and name it, the amount and the end of validity",
                    "请上传证明材料，并注明该材料、金额与有效期",
                ),
            )
        found = regime.row(claim.branch, facts.investor.kind, parameters)
        kinds = () if found is None else texts(found[1], "proofs")
        if proof.kind not in kinds:
            en = f"a {proof.kind} does not prove {claim.branch}: {', '.join(kinds) or 'no such branch'}"
            return _refused(key, by, en, "证明材料类型与认定依据不符", proof.leaf)
        if problem := _age(proof, parameters, at):
            return _refused(key, by, *problem, proof.leaf)
        if found is not None and not _shown(Case(facts, parameters, claim, *found)):
            en, zh = "the certified amount is more than the proof shows", "认定金额超过证明材料所示金额"
            return _refused(key, by, en, zh, proof.leaf)
        latest = parameters.periods[VALIDITY].after(at)
        if not at < until <= latest:
            en, zh = f"valid_until must be after now and by {to_text(latest)}", "认定有效期超出允许范围"
            return _refused(key, parameters.periods[VALIDITY], en, zh, proof.leaf)
        return passed(key, by, "the proof carries the certification", "证明材料支持该认定", (proof.leaf,))

    return Rule(
        key,
        f"{regime.name}:proof",
        (duty, AGE, VALIDITY, regime.branches[0]),
        judge,
        steps=frozenset({Step.CERTIFY}),
        reads_inputs=True,
        regimes=frozenset({regime.name}),
        also=regime.branches[1:],
    )


def _age(proof: Proof, parameters: Parameters, at: datetime) -> tuple[str, str] | None:
    dated, limit = day_from(proof.as_of, "as_of"), parameters.periods[AGE]
    if dated > day_of(at):
        return "the proof is dated in the future", "证明材料日期晚于当前日期"
    if at >= limit.after(datetime.combine(dated, time(), SHANGHAI)):
        return f"the proof is older than {limit.number} {limit.step}s", f"证明材料已超过{limit.number}日"
    return None


def _shown(case: Case) -> bool:
    """Tell whether the proof shows the certified amount, at a proven rate where it is in another currency."""
    claim, investor = case.claim, case.facts.investor
    proof = next(p for p in investor.proofs if p.leaf in claim.rests_on)
    if case.row["comparison"] == "none" and claim.amount.amount == 0:
        return True
    return claim.amount.amount <= converted(proof.amount, claim.amount.currency, claim, investor, "the proof")


def _refused(key: str, by: Provision, en: str, zh: str, leaf: str) -> Finding:
    return failed(
        key, by, en, zh, rests_on=(leaf,), condition=("upload a proof that meets this", "请上传符合要求的证明材料")
    )
