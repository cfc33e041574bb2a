"""Institution policy: promotion uses only marketing material that passed the check and still stands."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules import wording
from ledger.rules.facts import text_in
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, not_applicable, passed

KEY = "policy/checked_material"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Spoken promotion has no material."""
    del at
    by, used = parameters.duties[KEY], text_in(facts.inputs, "material")
    if used is None:
        return not_applicable(KEY, by, "no material is used", "未使用宣传材料")
    known = facts.product.materials.get(used)
    if known is None or known.withdrawn_at is not None:
        en, zh = "the material did not pass the check, or was withdrawn", "宣传材料未经审查或已撤回"
        return failed(KEY, by, en, zh, condition=("use material that passed the check", "请使用已通过审查的材料"))
    if known.wording != wording.digest(parameters):
        en, zh = "the barred words have changed since the material was checked", "禁止用语清单更新后尚未重新审查"
        return failed(
            KEY, by, en, zh, rests_on=(known.leaf,), condition=("have the material checked again", "请将材料重新送审")
        )
    return passed(KEY, by, "the material passed the check", "宣传材料已经审查", (known.leaf,))


RULE = Rule(KEY, "checked_material", (KEY,), judge, steps=frozenset({Step.PROMOTE}), reads_inputs=True)
