"""Who counts as qualified by what they are: shared by the rules of every regime that has such a list."""

from collections.abc import Iterable
from datetime import datetime

from ledger.domain.decision import Facts
from ledger.domain.profile import Exemption
from ledger.domain.sale import Step
from ledger.rules import exempting
from ledger.rules.facts import certification, text_in
from ledger.rules.law import Listing, Parameters
from ledger.rules.values import Item

PREFIX = "deemed_"
LISTS = {
    "cn_private_fund": ("cn/order_105/art13_deemed", "cn/notice_71/art7_deemed"),
    "cn_am_plan": ("cn/am_plan_rules/unnumbered_deemed",),
}


def find(keys: Iterable[str], branch: str, parameters: Parameters) -> tuple[Listing, Item] | None:
    """Return the list in force that has the branch, with its row."""
    for key in keys:
        listing = parameters.lists.in_force(key)
        row = None if listing is None else listing.by_key.get((branch,))
        if listing is not None and row is not None:
            return listing, row
    return None


def claimed(facts: Facts, at: datetime) -> str | None:
    """Return the branch by which the investor is, is about to be, or says to be qualified."""
    if facts.step is Step.CERTIFY:
        return text_in(facts.inputs, "branch")
    known = certification(facts, at)
    return facts.investor.declared_branch if known is None else known.branch


def exempt(facts: Facts, parameters: Parameters, at: datetime) -> tuple[str, str, Exemption] | None:
    """Return branch, manager and exemption of whom art. 32 lets go without a certification, and who has none."""
    if facts.investor.exemption is None or facts.step is Step.CERTIFY or certification(facts, at) is not None:
        return None
    return exempting.branch(facts, parameters, at)


def stands(facts: Facts, parameters: Parameters, at: datetime) -> tuple[Listing, Item] | None:
    """Return the row under which the investor is deemed qualified, if it is one of the regime's."""
    let_go = exempt(facts, parameters, at)
    branch = claimed(facts, at) if let_go is None else let_go[0]
    if branch is None or not branch.startswith(PREFIX):
        return None
    return find(LISTS.get(facts.product.regime, ()), branch, parameters)
