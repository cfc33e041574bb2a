"""The matching matrix, and how far an investor's own request for a product above tolerance has come.

Shared by the rules of 130号 arts. 19, 20, 21 and 22, which must not see different cells.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from ledger.domain.decision import Facts, Finding
from ledger.domain.investor import Assessment
from ledger.domain.sale import Step
from ledger.domain.special import SpecialPurchase, Told
from ledger.rules.errors import FactsError
from ledger.rules.facts import assessment
from ledger.rules.law import Parameters, Provision
from ledger.rules.rule import missing

MATRIX: Final = "cn/amac_suitability/unnumbered_matching_matrix"
Lack = tuple[str, str]


def word(facts: Facts, parameters: Parameters, at: datetime) -> str | None:
    """Return ``buy``, ``special`` or ``refuse``; ``None`` until there are an assessment and a rating.

    A professional investor may buy any level: the matrix is for ordinary ones.
    """
    if facts.investor.standing.at(at) is not None:
        return "buy"
    known, level = assessment(facts.investor), facts.product.risk_level
    return None if known is None or level is None else cell(known.tolerance, known.lowest, level, parameters)


def cell(tolerance: str, lowest: bool, level: str, parameters: Parameters) -> str:  # noqa: FBT001 - a column of the matrix
    """Look one cell up; `FactsError` for a class that the matrix does not have."""
    row = parameters.lists[MATRIX].by_key.get((tolerance, lowest))
    if row is None:
        raise FactsError(f"tolerance {tolerance!r} (lowest: {lowest}) has no row", "风险承受能力等级未知")
    return str(row[level])


def unrated(rule: str, by: Provision) -> Finding:
    """State that there is nothing to look up yet."""
    en, zh = "assessment and product rating are needed", "需要风险测评与产品评级"
    condition = ("complete the risk questionnaire and rate the product", "请完成风险测评并评定产品风险等级")
    return missing(rule, by, en, zh, condition=condition)


def outcome(facts: Facts, parameters: Parameters, at: datetime) -> str:
    """Return ``match``, ``special`` when the procedure is complete and nothing was promoted, else ``refused``."""
    found = word(facts, parameters, at)
    if found == "buy":
        return "match"
    promoted = facts.product.stream in facts.investor.promoted
    return "special" if found == "special" and lack(facts) is None and not promoted else "refused"


def lack(facts: Facts, before: Step | None = None) -> Lack | None:
    """Return what the procedure still lacks, in English and Chinese: in all, or before one of its steps."""
    purchase, known = facts.investor.special.get(facts.product.stream), assessment(facts.investor)
    for step, check in _ACTS:
        if step is before:
            return None
        found = check(facts, known, purchase)
        if found is not None:
            return found
    return None


def leaves(facts: Facts) -> tuple[str, ...]:
    """Return the records of the procedure, in order."""
    purchase = facts.investor.special.get(facts.product.stream)
    return () if purchase is None else purchase.leaves


def _requested(facts: Facts, known: Assessment | None, purchase: SpecialPurchase | None) -> Lack | None:
    del known
    if purchase is None:
        return (
            "the investor's own request for this named product, before any promotion of it",
            "投资者主动提出的指定产品购买申请",
        )
    if not purchase.unpromoted:
        return "the investor's declaration that nobody promoted the product", "投资者关于未被主动推介的声明"
    exposed = facts.investor.exposed_at(facts.product.stream)
    if exposed is not None and exposed <= purchase.requested_at:
        return "a request that came before the product was shown or promoted", "早于产品展示或推介的主动申请"
    return None


def _notified(facts: Facts, known: Assessment | None, purchase: SpecialPurchase | None) -> Lack | None:
    if purchase is None or not _current(facts, known, purchase.notice):
        return "the notice that the product is unsuitable, as things stand", "关于产品不适合投资者的告知"
    return None


def _warned(facts: Facts, known: Assessment | None, purchase: SpecialPurchase | None) -> Lack | None:
    if purchase is None or not _current(facts, known, purchase.warning):
        return "the special written warning, as things stand", "特别书面风险警示"
    return None


def _acknowledged(facts: Facts, known: Assessment | None, purchase: SpecialPurchase | None) -> Lack | None:
    del facts, known
    if purchase is None or purchase.acknowledged_at is None:
        return "the investor's acknowledgement of the special warning", "投资者对特别风险警示的确认"
    return None


def _insisted(facts: Facts, known: Assessment | None, purchase: SpecialPurchase | None) -> Lack | None:
    del facts, known
    warning = None if purchase is None else purchase.warning
    if purchase is None or warning is None or purchase.insisted_at is None or purchase.insisted_at <= warning.at:
        return "the investor's insistence after the warning", "投资者在警示后仍坚持购买的表示"
    return None


def _current(facts: Facts, known: Assessment | None, told: Told | None) -> bool:
    """Tell whether a notice still speaks of the class and the level that count now."""
    if told is None or known is None:
        return False
    return (told.tolerance, told.risk_level) == (known.tolerance, facts.product.risk_level)


_ACTS: Final[tuple[tuple[Step, Callable[[Facts, Assessment | None, SpecialPurchase | None], Lack | None]], ...]] = (
    (Step.REQUEST, _requested),
    (Step.NOTIFY_UNSUITABLE, _notified),
    (Step.WARN, _warned),
    (Step.ACKNOWLEDGE_WARNING, _acknowledged),
    (Step.INSIST, _insisted),
)
