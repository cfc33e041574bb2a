"""130号令 art. 8: who is professional: by licence, filing or status, or by means and experience together."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules import professional
from ledger.rules.facts import text_in
from ledger.rules.law import Parameters
from ledger.rules.professional import Lack
from ledger.rules.rule import Rule, missing, passed
from ledger.rules.values import text, texts

KEY = "cn/order_130/art8_professional"
PREFIX = "cn/order_130/art8"
GROUNDS = "cn/order_130/art8_institutions"
ORGANISATION, PERSON = "8_4", "8_5"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Every limb of the ground must be shown by proofs; being qualified shows none of them, and the reverse."""
    by, ground = parameters.lists[GROUNDS], text_in(facts.inputs, "ground")
    known = professional.claims(facts)
    if not known.proofs:
        en, zh = "no proof of the standing is named", "未提供专业投资者证明材料"
        return missing(
            KEY, by, en, zh, condition=("upload proofs of every limb and name them", "请上传并注明各项条件的证明材料")
        )
    lacking = _lacking(ground, facts, parameters, at)
    if lacking:
        return professional.lacks(KEY, by, lacking, known)
    return passed(KEY, by, f"professional under item {(ground or '')[2:]}", "符合专业投资者标准", known.proofs)


def _lacking(ground: str | None, facts: Facts, parameters: Parameters, at: datetime) -> list[Lack]:
    known, kind = professional.claims(facts), facts.investor.kind
    if ground == PERSON and kind == "natural_person":
        return list(professional.person(PREFIX, known, parameters, at, offices=True))
    if ground == ORGANISATION and kind == "institution":
        return list(professional.entity(PREFIX, known, parameters, at))
    row = parameters.lists[GROUNDS].by_key.get((ground,))
    if row is None or kind not in texts(row, "kinds"):
        return [(f"a ground of art. 8 that is open to a {kind}", "适用于该类投资者的认定依据")]
    if row["filed"] and (facts.investor.profile is None or not facts.investor.profile.filing_number):
        return [(f"the filing number of the {text(row, 'en')}", "产品备案编号")]
    return []


NEEDS = (
    GROUNDS,
    f"{PREFIX}_entity_net_assets",
    f"{PREFIX}_entity_financial_assets",
    f"{PREFIX}_entity_experience",
    f"{PREFIX}_person_financial_assets",
    f"{PREFIX}_person_income",
    f"{PREFIX}_person_experience",
)
RULE = Rule(KEY, "professional", NEEDS, judge, steps=frozenset({Step.RECOGNISE_PROFESSIONAL}), reads_inputs=True)
