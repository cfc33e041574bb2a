"""募集行为办法 art. 20: online, nobody sees a product before the specific-person determination is complete."""

from collections.abc import Callable, Mapping
from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.investor import InvestorState
from ledger.domain.sale import Step
from ledger.rules.errors import RulesetError
from ledger.rules.law import Parameters, once_per_law
from ledger.rules.rule import INVESTOR, Rule, leaves, missing, passed
from ledger.rules.values import Item, text

KEY = "cn/amac_raising/art20_online_gate"
PARTS: Mapping[str, Callable[[InvestorState], bool]] = {
    "identity": lambda i: i.registered_at is not None,
    "code": lambda i: i.identity_verified_at is not None,
    "agreement": lambda i: i.agreement_accepted_at is not None,
    "active_confirmation": lambda i: i.declared_at is not None and i.declared_active,
    "questionnaire": lambda i: bool(i.assessments),
    "result": lambda i: i.notified_at is not None,
}
RECORDS = (
    "investor.registered",
    "investor.identity_verified",
    "agreement.accepted",
    "qualification.declared",
    "assessment.completed",
    "assessment.notified",
)


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Every part that the listing names must have happened."""
    del at
    investor, gate = facts.investor, parameters.lists[KEY]
    rests_on = leaves(investor.leaves, *RECORDS)
    absent = [item for item, done in _parts(parameters) if not done(investor)]
    if not absent:
        return passed(KEY, gate, "specific-person determination is complete", "特定对象确定程序已完成", rests_on)
    en = ", ".join(text(item, "en") for item in absent)
    zh = "、".join(text(item, "zh") for item in absent)
    return missing(
        KEY,
        gate,
        f"specific-person determination lacks: {en}",
        f"特定对象确定程序尚缺：{zh}",
        condition=(f"complete: {en}", f"请完成：{zh}"),
        rests_on=rests_on,
    )


@once_per_law
def _parts(parameters: Parameters) -> tuple[tuple[Item, Callable[[InvestorState], bool]], ...]:
    items = parameters.lists[KEY].items
    if unknown := [part for part in (text(item, "part") for item in items) if part not in PARTS]:
        raise RulesetError(f"no record shows the part {unknown[0]!r}", file=f"{KEY}.toml", key="value.items")
    return tuple((item, PARTS[text(item, "part")]) for item in items)


RULE = Rule(
    KEY,
    "specific_person",
    (KEY,),
    judge,
    decides=True,
    steps=frozenset({Step.PROMOTE, Step.SHOW, Step.REQUEST, Step.OPEN, Step.MATCH, Step.SIGN_CONTRACT}),
    alone=INVESTOR,
)
