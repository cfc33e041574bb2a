"""募集 art. 32: which steps an investor may skip, by a basis that was recorded on proof. Other norms are untouched."""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from ledger.domain.decision import Facts, Finding
from ledger.domain.profile import Exemption
from ledger.rules.law import Listing, Parameters
from ledger.rules.rule import Rule, not_applicable
from ledger.rules.values import Item, text, texts

KEY = "cn/amac_raising/art32_exemptions"
INSTITUTION = "professional_institution"
QUESTIONS = frozenset(
    {
        "specific_person",
        "assessment_current",
        "items_confirmed",
        "certification_stands",
        "cooling_off_over",
        "contact",
        "visitor",
        "visit_items",
        "visit_success",
    }
)
"""What may be skipped at all; the rules of these questions, and no others, look at exemptions."""


class Basis(NamedTuple):
    """An exemption that holds now for this product, the list and its row."""

    exemption: Exemption
    listing: Listing
    row: Item


def basis(facts: Facts, parameters: Parameters, at: datetime) -> Basis | None:
    """Return what the investor is exempt by, if anything; ``None`` for the manager's staff in another's fund."""
    known = facts.investor.exemption
    if known is None or not known.stands(at):
        return None
    listing = parameters.lists.in_force(KEY)
    row = None if listing is None else listing.by_key.get((known.basis,))
    if listing is None or row is None:
        return None
    if row["own_fund"] and (not known.manager or known.manager != facts.product.manager):
        return None
    if known.basis == INSTITUTION and not _professional_institution(facts, at):
        return None
    return Basis(known, listing, row)


def branch(facts: Facts, parameters: Parameters, at: datetime) -> tuple[str, str, Exemption] | None:
    """Return the branch of art. 13 that the basis stands for, the manager it names, and the exemption."""
    found = basis(facts, parameters, at)
    if found is None or text(found.row, "branch") == "none":
        return None
    return text(found.row, "branch"), found.exemption.manager, found.exemption


def skipped(facts: Facts, parameters: Parameters, at: datetime) -> tuple[str, ...]:
    """Return the steps of the procedure that need not be done."""
    found = basis(facts, parameters, at)
    return () if found is None else texts(found.row, "steps")


def wrap(rule: Rule) -> Rule:
    """Return the rule so that it does not speak where art. 32 lets its question be skipped; others as they are."""
    if rule.question not in QUESTIONS or not rule.key.startswith("cn/amac_raising/"):
        return rule

    def judge(facts: Facts, parameters: Parameters, at: datetime) -> Finding:
        if facts.investor.exemption is None:
            return rule.judge(facts, parameters, at)
        found = basis(facts, parameters, at)
        if found is None or rule.question not in texts(found.row, "questions"):
            return rule.judge(facts, parameters, at)
        en, zh = f"skipped: {text(found.row, 'en')}", f"豁免适用：{text(found.row, 'zh')}"
        finding = not_applicable(rule.key, found.listing, en, zh)
        return finding._replace(rests_on=(found.exemption.leaf,), changes_at=found.exemption.valid_until)

    return replace(rule, judge=judge, also=(*rule.also, KEY))


def _professional_institution(facts: Facts, at: datetime) -> bool:
    return facts.investor.kind != "natural_person" and facts.investor.standing.at(at) is not None
