"""募集行为办法 art. 32: an exemption has a basis that the list knows, on proof of exactly that, with an end."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.instants import to_text
from ledger.domain.sale import Step
from ledger.rules.exempting import INSTITUTION, KEY
from ledger.rules.facts import instant_in, text_in
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, missing, passed
from ledger.rules.values import Item, text

KINDS = "policy/proof_kinds"
VALIDITY = "policy/exemption_validity"


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Judge the basis that is about to be recorded."""
    by, validity, inputs = parameters.lists[KEY], parameters.periods[VALIDITY], facts.inputs
    name, leaf = text_in(inputs, "basis"), text_in(inputs, "proof")
    proof = next((p for p in facts.investor.proofs if p.leaf == leaf), None)
    row = by.by_key.get((name,))
    if row is None:
        known = ", ".join(str(key) for (key,) in by.by_key)
        return failed(KEY, by, f"there is no basis {name}: it is one of {known}", "豁免依据不属于第三十二条所列情形")
    if proof is None:
        en, zh = f"nothing proves to be a {text(row, 'en')}", "未提供豁免依据的证明材料"
        return missing(
            KEY, by, en, zh, condition=("upload a proof of the basis and name it", "请上传豁免依据的证明材料并注明")
        )
    if lack := _lack(row, proof.kind, facts, parameters, at):
        return failed(KEY, by, *lack, rests_on=(leaf or "",), condition=lack)
    until, latest = instant_in(inputs, "valid_until"), validity.after(at)
    if until is None or not at < until <= latest:
        en = f"valid_until must be after now and by {to_text(latest)}"
        return failed(
            KEY,
            validity,
            en,
            "豁免有效期超出允许范围",
            condition=(en, f"请将有效期设在当前时间之后、不晚于{to_text(latest)}"),
        )
    return passed(KEY, by, f"exempt as {text(row, 'en')}", f"豁免依据：{text(row, 'zh')}", (proof.leaf,))


def _lack(row: Item, kind: str, facts: Facts, parameters: Parameters, at: datetime) -> tuple[str, str] | None:
    if row["basis"] == INSTITUTION:
        if facts.investor.kind != "natural_person" and facts.investor.standing.at(at) is not None:
            return None
        return "only institutions recognised as professional are exempt by this basis", "仅限已认定的专业投资机构"
    shown = parameters.lists[KINDS].by_key.get((kind,))
    if shown is None or shown["branch"] != row["branch"]:
        return f"a {kind} does not prove to be a {text(row, 'en')}", "证明材料类型与豁免依据不符"
    if row["own_fund"] and not text_in(facts.inputs, "manager"):
        return "the manager whose own fund it is must be named", "须说明所属管理人"
    if row["basis"] == "filed_fund" and (facts.investor.profile is None or not facts.investor.profile.filing_number):
        return "the filing number of the investing fund must be recorded", "须登记投资者（基金）备案编号"
    return None


RULE = Rule(KEY, "exemption", (KEY, KINDS, VALIDITY), judge, steps=frozenset({Step.EXEMPT}), reads_inputs=True)
