"""Acts for an institution: what no vector needs to carry for others."""

from datetime import timedelta
from typing import Any

import pytest

from ledger.domain import authority as domain
from ledger.domain.actors import Role
from ledger.domain.catalogue import EVENT_TYPES, Stream
from tests.retelling import problem, step
from tests.vector_source.approvals import Passkey
from tests.vector_source.companies import NAME, CompanyStory
from tests.vector_source.recipe import SHORT, SIGNING
from tests.vector_source.story import tell
from tests.vector_source.world import START, assemble, sealed, text
from verifier.certificates import MAX_NAME, short_name
from verifier.steps.authority import scope_of
from verifier.verify import verify


def company(order: tuple[str, ...] = SHORT, **options: Any) -> CompanyStory:
    return CompanyStory("steps", order, frozenset({order[-1]}), **options)


def told(order: tuple[str, ...] = SHORT, **options: Any) -> tuple[str, str] | None:
    story = company(order, **options)
    story.tell()
    return problem(assemble(story.log, story.sale))


def fielded(kind: str, name: str, value: Any, order: tuple[str, ...] = SHORT, **options: Any) -> Any:
    story = company(order, **options)
    assert tell(story, kind, name, value)
    return problem(assemble(story.log, story.sale))


def test_the_verifier_and_the_ledger_ask_for_the_same_scope() -> None:
    for name, row in EVENT_TYPES.items():
        if Role.INVESTOR in row.roles:
            in_sale = row.stream is Stream.SALE
            assert scope_of(name, in_sale=in_sale) == domain.scope_of(name, in_sale=in_sale), name


def test_the_step_says_how_many_acted() -> None:
    story = company()
    story.tell()
    found = step(verify(sealed(assemble(story.log, story.sale))), "authority")
    assert (found.outcome, found.evidence) == ("holds", {"acts": 4, "people": 1})


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"scopes": "subscribe"}, "bad_member"),
        ({"scopes": ("govern",)}, "bad_member"),
        ({"limits": lambda _: {"valid_from": "yesterday"}}, "bad_instant"),
        ({"limits": lambda _: {"valid_until": None}}, "bad_instant"),
        ({"limits": lambda _: {"product": 7}}, "bad_member"),
        ({"limits": lambda _: {"most": "1000000.00"}}, "bad_member"),
        ({"limits": lambda _: {"most": {"amount": "1e9", "currency": "CNY"}}}, "bad_member"),
        ({"limits": lambda _: {"most": {"amount": "9000000.00", "currency": "USD"}}}, "authority_exceeded"),
        ({"power_for": "9" * 64}, "authority_unknown"),
        ({"names": lambda refs, _: [*refs, ("authority", "9" * 64)]}, "authority_missing"),
    ],
)
def test_a_power_is_what_it_must_be(options: dict[str, Any], code: str) -> None:
    assert told(**options) == ("authority", code)


def test_a_signatory_is_not_the_legal_representative() -> None:
    """The record that names a signatory is no authority by itself."""

    def by_naming(refs: list[tuple[str, str]], _kind: str) -> list[tuple[str, str]]:
        return [("authority", story.clerk)] if refs else refs

    story = company(names=by_naming)
    story.tell()
    assert problem(assemble(story.log, story.sale)) == ("authority", "authority_ended")


@pytest.mark.parametrize(("microseconds", "expected"), [(1, None), (0, ("authority", "authority_not_valid"))])
def test_the_last_instant_of_a_power_is_not_in_it(microseconds: int, expected: Any) -> None:
    story = company()
    story.tell()
    last = max(k.body["recorded_at"] for k in story.log.kept if k.body["actor"]["role"] == "investor")
    end = story.log.now
    while text(end) > last:
        end -= timedelta(seconds=1)
    assert text(end) == last
    assert told(end=end - START + timedelta(microseconds=microseconds)) == expected


def test_a_statement_is_not_older_than_the_authority_to_sign_it() -> None:
    """It was made out under a power that covers no signing, and signed under another that was given later."""
    told_at: list[str] = []

    def backdated(body: dict[str, Any]) -> None:
        body["signed_at"] = told_at[0]

    def renewed(self: CompanyStory) -> None:
        told_at.append(text(self.log.now))
        self.authority = self._power()

    story = company((*SIGNING[:-1], "renew", SIGNING[-1]), statement=backdated)
    story.renew = renewed.__get__(story)  # type: ignore[attr-defined] # a step of this story alone
    story.tell()
    assert problem(assemble(story.log, story.sale)) == ("authority", "authority_not_valid")


@pytest.mark.parametrize(
    ("own", "code"),
    [
        ({"certificate": []}, "bad_members"),
        ("signature", "bad_members"),
        ({"certificate": "one", "signature": "00"}, "bad_member"),
        ({"certificate": [7], "signature": "00"}, "bad_member"),
        ({"certificate": [], "signature": 7}, "bad_member"),
        ({"certificate": [], "signature": "00"}, "bad_chain"),
    ],
)
def test_a_signatorys_signature_has_its_form(own: Any, code: str) -> None:
    assert told(SIGNING, own=lambda _: own) == ("authority", code)


def test_a_colleagues_credential_signs_nothing() -> None:
    def by_the_chief(refs: list[tuple[str, str]], kind: str) -> list[tuple[str, str]]:
        return [("authority", story.chief)] if kind == "credential.registered" else refs

    story = company(SIGNING, approver=Passkey(), names=by_the_chief)
    story.tell()
    assert problem(assemble(story.log, story.sale)) == ("authority", "other_person")


@pytest.mark.parametrize(("kind", "name"), [("investor.registered", "name"), ("representative.named", "name")])
def test_names_are_text(kind: str, name: str) -> None:
    assert fielded(kind, name, 7) == ("authority", "bad_member")


def test_a_seal_without_an_organization_or_with_two_is_nobodys() -> None:
    assert told(SIGNING, organization=None) == ("authority", "other_seal")


@pytest.mark.parametrize(
    ("name", "shown"),
    [(NAME, NAME), ("a" * 64, "a" * 64), ("a" * 65, "a" * 61 + "…"), ("名" * 22, "名" * 20 + "…")],
)
def test_a_long_name_is_cut_as_certificates_carry_it(name: str, shown: str) -> None:
    assert short_name(name) == shown
    assert len(shown.encode()) <= MAX_NAME
