"""130号令 art. 11: which ordinary investors may be converted; the thresholds are lower than those of art. 8."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules import professional
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, missing, not_applicable, passed

KEY = "cn/order_130/art11_conversion"
PREFIX = "cn/order_130/art11"
NEEDS = (
    f"{PREFIX}_entity_net_assets",
    f"{PREFIX}_entity_financial_assets",
    f"{PREFIX}_entity_experience",
    f"{PREFIX}_person_financial_assets",
    f"{PREFIX}_person_income",
    f"{PREFIX}_person_experience",
)


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Only accepting is measured: the institution may refuse anybody."""
    by = parameters.limits[NEEDS[0] if facts.investor.kind == "institution" else NEEDS[3]]
    if facts.inputs.get("accepted") is not True:
        return not_applicable(KEY, by, "refusing needs no threshold", "不予转化无须审查标准")
    known = professional.claims(facts)
    if not known.proofs:
        en, zh = "no proof is named", "未提供证明材料"
        return missing(
            KEY, by, en, zh, condition=("name the proofs that the decision rests on", "请注明作为决定依据的证明材料")
        )
    if facts.investor.kind == "institution":
        lacking = list(professional.entity(PREFIX, known, parameters, at))
    elif facts.investor.kind == "natural_person":
        lacking = list(professional.person(PREFIX, known, parameters, at, offices=False))
    else:
        lacking = [("a legal person, organisation or natural person: products are not converted", "产品不适用转化")]
    if lacking:
        return professional.lacks(KEY, by, lacking, known)
    return passed(KEY, by, "the thresholds of conversion are reached", "符合转化标准", known.proofs)


RULE = Rule(KEY, "conversion", NEEDS, judge, steps=frozenset({Step.DECIDE_PROFESSIONAL}), reads_inputs=True)
