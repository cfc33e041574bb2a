"""Every kind of dated obligation there is, with the file that computes it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from ledger.rules import calendar, nfra
from ledger.rules.cn.amac_raising import art18_assessment_validity
from ledger.rules.cn.amac_suitability import unnumbered_result_notice
from ledger.rules.cn.order_130 import art13_material_changes, art29_sampling_visit, art30_self_check, art32_retention
from ledger.rules.cn.order_233 import unnumbered_disclosure_frequency
from ledger.rules.cn.pipl import art24_human_review, art47_freeze
from ledger.rules.cn.regulation_762 import art22_filing
from ledger.rules.errors import FactsError
from ledger.rules.obligations import Book, Due, Law, Obligation, order
from ledger.rules.policy import certification_validity, rating_validity

KINDS: Mapping[str, Due] = MappingProxyType(
    {
        "assessment_notice": unnumbered_result_notice.due,
        "assessment_renewal": art18_assessment_validity.due,
        "certification_renewal": certification_validity.due,
        "rating_renewal": rating_validity.due,
        "self_check": art30_self_check.due,
        "sample_draw": art29_sampling_visit.due,
        "sampling_visit": art29_sampling_visit.due,
        "filing": art22_filing.due,
        "disclosure": unnumbered_disclosure_frequency.due,
        "retention": art32_retention.due,
        "erasure": art47_freeze.due,
        "review": art24_human_review.due,
    }
)
PROVISIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "assessment_notice": (unnumbered_result_notice.KEY, calendar.KEY),
        "assessment_renewal": (
            art18_assessment_validity.KEY,
            art18_assessment_validity.CHANNEL,
            nfra.BOUND,
            art13_material_changes.KEY,
        ),
        "certification_renewal": (certification_validity.KEY,),
        "rating_renewal": (rating_validity.KEY,),
        "self_check": (art30_self_check.KEY, art30_self_check.DAYS),
        "sample_draw": (art29_sampling_visit.KEY, art29_sampling_visit.SHARE, art29_sampling_visit.SHARE_R5),
        "sampling_visit": (art29_sampling_visit.KEY,),
        "filing": (art22_filing.KEY, art22_filing.PARTS, calendar.KEY),
        "disclosure": (unnumbered_disclosure_frequency.KEY, unnumbered_disclosure_frequency.DAYS),
        "retention": (art32_retention.KEY, art32_retention.FUND, art32_retention.IDENTITY, art32_retention.TRADE),
        "erasure": (art47_freeze.KEY, art32_retention.KEY),
        "review": (art24_human_review.KEY,),
    }
)
"""What each kind rests on, its own provision first."""


def obligations(book: Book, law: Law, at: datetime, kinds: Iterable[str] | None = None) -> list[Obligation]:
    """Return the obligations of these kinds (default: all) as of ``at``, by due instant."""
    wanted = set(KINDS if kinds is None else kinds)
    if unknown := sorted(wanted - set(KINDS)):
        raise FactsError(f"there is no obligation {unknown[0]!r}: it is one of {', '.join(KINDS)}", "没有该类义务")
    asked = {KINDS[kind] for kind in wanted}  # two kinds may come from one file
    return order(o for due in asked for o in due(book, law, at) if o.kind in wanted)
