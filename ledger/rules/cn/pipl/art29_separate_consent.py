"""个人信息保护法 art. 29: sensitive personal data, financial accounts among them, only with a separate consent.

Asked where a proof of assets or income is first used. What is given to manager and custodian (art. 23) has a consent of
its own; no step waits for it, as what the contract needs may rest on the contract (art. 13).
"""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, missing, not_applicable, passed
from ledger.rules.values import Item, text

KEY = "cn/pipl/art29_separate_consent"
SHARING = "cn/pipl/art23_sharing_consent"
PURPOSES = (KEY, SHARING)


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Each purpose of the list has a consent that stands."""
    del at
    by, investor = parameters.lists[KEY], facts.investor
    if investor.kind != "natural_person":
        return not_applicable(KEY, by, "the law protects natural persons", "该规定保护自然人")
    names = [text(row, "purpose") for row in by.items]
    lacking = [name for name in names if name not in investor.consents]
    if lacking:
        en, zh = f"no separate consent to {', '.join(lacking)}", "尚未取得处理敏感个人信息的单独同意"
        return missing(
            KEY, by, en, zh, condition=("have the investor consent to it, separately", "请取得投资者的单独同意")
        )
    rests_on = tuple(investor.consents[name].leaf for name in names)
    return passed(KEY, by, "separate consent was given", "已取得单独同意", rests_on)


def purposes(parameters: Parameters) -> tuple[Item, ...]:
    """Return what may be consented to on these days, with its words."""
    lists = [parameters.lists.in_force(key) for key in PURPOSES]
    return tuple(row for found in lists if found is not None for row in found.items)


RULE = Rule(KEY, "separate_consent", (KEY,), judge, steps=frozenset({Step.CERTIFY}), also=(SHARING,))
