"""130号令 art. 19: a product above the investor's tolerance is sold only by the procedure for it."""

from datetime import datetime

from ledger.domain.decision import Condition, Facts, Finding
from ledger.domain.sale import Step
from ledger.rules import matching
from ledger.rules.facts import assessment
from ledger.rules.law import Parameters
from ledger.rules.matching import MATRIX
from ledger.rules.rule import Rule, failed, leaf, not_applicable, ordinary_only, passed

KEY = "cn/order_130/art19_over_tolerance"
PROCEDURE = (
    (
        "only on the investor's own request for this named product before any promotion of it: the seller tells that it"
        " is unsuitable, checks that the investor is not in the lowest class, gives a special written warning, and the"
        " investor insists after it; still lacking: "
    ),
    (
        "仅限投资者在未被主动推介的情况下主动申请购买该指定产品：请由机构告知其不适合该产品，核实其不属于风险承受能力"
        "最低类别，并进行特别书面风险警示，投资者在警示后仍坚持购买；尚缺："
    ),
)


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Look the cell up; the lowest class is the business of art. 22."""
    by, known, level = parameters.duties[KEY], assessment(facts.investor), facts.product.risk_level
    if (standing := facts.investor.standing.at(at)) is not None:
        return ordinary_only(KEY, by, standing)
    if known is None or level is None:
        return matching.unrated(KEY, by)
    rests_on = (known.leaf, *leaf(facts.product.leaves, "product.rated"))
    word = matching.cell(known.tolerance, known.lowest, level, parameters)
    if word == "buy":
        en, zh = f"{known.tolerance} matches {level}", f"{known.tolerance}与{level}相匹配"
        return passed(KEY, by, en, zh, rests_on)
    if word == "refuse" and known.lowest:
        return not_applicable(KEY, by, "art. 22 speaks about the lowest class", "最低类别适用第二十二条")
    lacking = matching.lack(facts)
    if word == "special" and lacking is None:
        return passed(
            KEY,
            by,
            f"{level} is above {known.tolerance}; the investor asked for it unprompted, was warned and insists",
            f"产品风险等级{level}高于{known.tolerance}，投资者主动申请，经特别书面警示后仍坚持购买",
            (*rests_on, *matching.leaves(facts)),
        )
    return failed(
        KEY,
        by,
        f"{level} is above the investor's tolerance {known.tolerance}",
        f"产品风险等级{level}高于投资者风险承受能力{known.tolerance}",
        rests_on=rests_on,
        condition=_still(lacking) if word == "special" and lacking is not None else None,
    )


def _still(lacking: Condition) -> Condition:
    (en, zh), (lacking_en, lacking_zh) = PROCEDURE, lacking
    return en + lacking_en, zh + lacking_zh


def suitable(level: str, parameters: Parameters) -> tuple[str, ...]:
    """Return the tolerance classes that may buy a risk level without the special procedure, lowest first."""
    rows = parameters.lists[MATRIX].items
    return tuple(str(row["tolerance"]) for row in rows if row[level] == "buy" and not row["lowest"])


RULE = Rule(
    KEY,
    "suitable",
    (KEY, MATRIX),
    judge,
    decides=True,
    steps=frozenset({Step.OPEN, Step.MATCH, Step.SIGN_CONTRACT}),
)
