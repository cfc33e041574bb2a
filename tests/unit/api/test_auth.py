"""Who is calling: keys, links, and everything that is neither."""

import pytest

from api import auth
from api.errors import UnauthenticatedError
from ledger.domain.actors import Actor, Role
from ledger.domain.instants import from_text
from ledger.services.ledger import Ledger
from tests.unit.api.fakes import NOW, OTHER, OWN, caller, fake_ledger, link_token, problem

LATER, PAST = "2026-03-09T01:30:00.000000Z", "2026-03-02T01:30:00.000000Z"


@pytest.fixture
def ledger() -> Ledger:
    return fake_ledger()


def test_a_key_speaks_for_its_staff_member(ledger: Ledger) -> None:
    assert auth.authenticate(ledger, "Bearer sales").role is Role.SALES


def test_the_scheme_is_not_case_sensitive(ledger: Ledger) -> None:
    assert auth.authenticate(ledger, "bearer sales").role is Role.SALES


def test_a_link_speaks_for_its_investor(ledger: Ledger) -> None:
    token = link_token(ledger, OWN, LATER)
    assert auth.authenticate(ledger, f"Bearer {token}") == Actor(OWN, Role.INVESTOR)


def test_a_link_opens_only_its_own_investor() -> None:
    call = caller()
    token = {"Authorization": f"Bearer {link_token(call.app.state.ledger, OWN, LATER)}"}
    problem(call("GET", f"/v1/investors/{OTHER}", headers=token), 403, "forbidden")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic c2FsZXM6",
        "sales",
        "Bearer unknown",
        "Bearer " + "x" * 3000,
        "Bearer schlüssel",
        "Bearer pfl-link.",
        "Bearer pfl-link.a.b",
        "Bearer pfl-link.a.b.c",
        "Bearer pfl-link." + "A" * 1200,
    ],
)
def test_everything_else_is_nobody(ledger: Ledger, header: str | None) -> None:
    with pytest.raises(UnauthenticatedError):
        auth.authenticate(ledger, header)


def test_a_link_ends_at_its_instant(ledger: Ledger) -> None:
    assert from_text(PAST) == NOW
    with pytest.raises(UnauthenticatedError, match="expired"):
        auth.authenticate(ledger, f"Bearer {link_token(ledger, OWN, PAST)}")


def test_a_link_for_another_investor_cannot_be_made_from_ones_own(ledger: Ledger) -> None:
    own, other = link_token(ledger, OWN, LATER), link_token(ledger, OTHER, LATER)
    forged = ".".join([*other.split(".")[:2], own.split(".")[2]])
    with pytest.raises(UnauthenticatedError):
        auth.authenticate(ledger, f"Bearer {forged}")
