"""Vectors of an institution: who acted without authority, and what was sealed or signed by the wrong one."""

from datetime import timedelta
from typing import Any

from tests.vector_source.approvals import Passkey
from tests.vector_source.companies import CompanyStory
from tests.vector_source.recipe import SIGNING, Recipe

Refs = list[tuple[str, str]]


def company(*order: str, **story: Any) -> Recipe:
    """A sale to an institution up to the signed risk disclosure."""
    return Recipe({"order": order or SIGNING, **story}, signing=True, teller=CompanyStory)


def _before(step: str, extra: str) -> tuple[str, ...]:
    at = SIGNING.index(step)
    return (*SIGNING[:at], extra, *SIGNING[at:])


def _at_item(change: Any) -> Any:
    """Change the authority that a confirmed item names."""
    return lambda refs, kind: change(refs) if kind == "disclosure.item_confirmed" else refs


def _most(amount: str) -> Any:
    return lambda _: {"most": {"amount": amount, "currency": "CNY"}}


GOOD: dict[str, Recipe] = {
    "good/institution": company(),
    "good/institution_legal_representative": company(capacity="legal_representative"),
    "good/institution_limits": company(
        limits=lambda story: {**_most("1000000.00")(story), "product": story.product_stream}
    ),
    "good/institution_revoked_after": company(*SIGNING, "revoke", checkpoints_after=frozenset({"revoke"})),
    "good/institution_passkey": company(approver=Passkey()),
}
BAD: dict[str, tuple[Recipe, str, str]] = {
    "bad_authority_missing": (company(names=_at_item(lambda refs: refs[:-1])), "authority", "authority_missing"),
    "bad_authority_unknown": (
        company(names=_at_item(lambda _: [("authority", "9" * 64)])),
        "authority",
        "authority_unknown",
    ),
    "bad_authority_revoked": (company(*_before("confirm", "revoke")), "authority", "authority_ended"),
    "bad_authority_succeeded": (
        company(*_before("confirm", "succeed"), capacity="legal_representative"),
        "authority",
        "authority_ended",
    ),
    "bad_authority_expired": (company(end=timedelta(minutes=1)), "authority", "authority_not_valid"),
    "bad_authority_early": (company(start=timedelta(minutes=2)), "authority", "authority_not_valid"),
    "bad_authority_scope": (company(scopes=("profile",)), "authority", "authority_exceeded"),
    "bad_authority_product": (
        company(limits=lambda story: {"product": story.operator}),
        "authority",
        "authority_exceeded",
    ),
    "bad_authority_amount": (company(limits=_most("999999.99")), "authority", "authority_exceeded"),
    "bad_seal_other_institution": (company(organization="别家有限公司"), "authority", "other_seal"),
    "bad_seal_of_a_person": (company(organization=None), "authority", "other_seal"),
    "bad_signatory_missing": (company(signs=False), "authority", "signatory_missing"),
    "bad_signatory_name": (company(own_name="别人"), "authority", "other_person"),
    "bad_signatory_holder": (company(own_holder=lambda _: "0" * 64), "authority", "other_person"),
    "bad_signatory_signature": (
        company(own=lambda own: {**own, "signature": own["signature"][:-2] + "00"}),
        "authority",
        "bad_signature",
    ),
    "bad_signatory_same_key": (company(own_key="investor"), "authority", "same_key"),
    "bad_signatory_identity": (company(colleague_identifies=True), "authority", "other_person"),
}
