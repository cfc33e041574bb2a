"""130号令 art. 19: a product above the investor's tolerance is sold only by the procedure for it."""

from datetime import datetime

from ledger.domain.decision import Facts, Finding
from ledger.domain.sale import Step
from ledger.rules.errors import FactsError
from ledger.rules.facts import assessment
from ledger.rules.law import Parameters
from ledger.rules.rule import Rule, failed, leaves, missing, not_applicable, passed

KEY = "cn/order_130/art19_over_tolerance"
MATRIX = "cn/amac_suitability/unnumbered_matching_matrix"
PROCEDURE = (
    "only on the investor's own request for this named product before any promotion of it: the seller tells that it is"
    " unsuitable, checks that the investor is not in the lowest class, gives a special written warning, and the"
    " investor insists after it"
)


def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
    """Look the cell up; the lowest class is the business of art. 22."""
    del at
    by, known, level = parameters.duties[KEY], assessment(facts.investor), facts.product.risk_level
    if known is None or level is None:
        return missing(
            KEY,
            by,
            "assessment and product rating are needed",
            "需要风险测评与产品评级",
            condition="complete the risk questionnaire and rate the product",
        )
    row = parameters.lists[MATRIX].by_key.get((known.tolerance, known.lowest))
    if row is None:
        raise FactsError(f"tolerance {known.tolerance!r} (lowest: {known.lowest}) has no row", "风险承受能力等级未知")
    rests_on = (known.leaf, *leaves(facts.product.leaves, "product.rated"))
    match row[level]:
        case "buy":
            en, zh = f"{known.tolerance} matches {level}", f"{known.tolerance}与{level}相匹配"
            return passed(KEY, by, en, zh, rests_on)
        case "refuse" if known.lowest:
            return not_applicable(KEY, by, "art. 22 speaks about the lowest class", "最低类别适用第二十二条")
        case word:
            return failed(
                KEY,
                by,
                f"{level} is above the investor's tolerance {known.tolerance}",
                f"产品风险等级{level}高于投资者风险承受能力{known.tolerance}",
                rests_on=rests_on,
                condition=PROCEDURE if word == "special" else None,
            )


def suitable(level: str, parameters: Parameters) -> tuple[str, ...]:
    """Return the tolerance classes that may buy a risk level without the special procedure, lowest first."""
    rows = parameters.lists[MATRIX].items
    return tuple(str(row["tolerance"]) for row in rows if row[level] == "buy" and not row["lowest"])


RULE = Rule(KEY, "suitable", (KEY, MATRIX), judge, decides=True, steps=frozenset({Step.MATCH, Step.SIGN_CONTRACT}))
