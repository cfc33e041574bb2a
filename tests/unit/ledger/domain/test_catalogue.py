import re
from dataclasses import replace

import pytest

from ledger.domain.actors import Actor, Role
from ledger.domain.catalogue import EVENT_TYPES, EventType, channelled, check
from ledger.domain.events import Draft
from tests.unit.ledger.domain.make import START, STREAM

ROWS = sorted(EVENT_TYPES.values(), key=lambda row: row.name)


def draft(row: EventType) -> Draft:
    role = min(row.roles)
    return Draft(
        row.name, STREAM, STREAM, Actor("f" * 32, role), START, dict.fromkeys(row.required | row.optional, "x")
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_complete_draft_finds_its_row(row: EventType) -> None:
    assert check(draft(row)) is row


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_required_field_is_required(row: EventType) -> None:
    whole = draft(row)
    for name in sorted(row.required):
        fields = {key: value for key, value in whole.fields.items() if key != name}
        with pytest.raises(ValueError, match=rf"^{re.escape(row.name)} lacks {name}$"):
            check(replace(whole, fields=fields))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_optional_fields_may_be_absent_and_others_may_not_be_there(row: EventType) -> None:
    whole = draft(row)
    assert check(replace(whole, fields=dict.fromkeys(row.required, "x"))) is row
    with pytest.raises(ValueError, match=rf"^{re.escape(row.name)} does not carry another, more$"):
        check(replace(whole, fields={**whole.fields, "more": 1, "another": 1}))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_only_the_listed_roles_may_write(row: EventType) -> None:
    for role in Role:
        mine = replace(draft(row), actor=Actor("f" * 32, role))
        if role in row.roles:
            assert check(mine) is row
        else:
            with pytest.raises(ValueError, match=rf"^{re.escape(row.name)} may not be written by {role}$"):
                check(mine)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_is_well_formed(row: EventType) -> None:
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", row.name)
    assert row.required
    assert not row.required & row.optional
    assert row.roles


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(ValueError, match=r"unknown record type 'sale\.guessed': add it to the catalogue first"):
        check(replace(draft(ROWS[0]), type="sale.guessed"))


def test_the_table_cannot_be_changed_at_run_time() -> None:
    with pytest.raises(TypeError):
        EVENT_TYPES["x.y"] = ROWS[0]  # type: ignore[index]  # that it cannot be done is the test


def test_whoever_sells_neither_certifies_nor_visits() -> None:
    for name in ("certification.granted", "certification.refused", "qualification.confirmed", "visit.completed"):
        assert Role.SALES not in EVENT_TYPES[name].roles


def test_only_the_investor_speaks_for_the_investor() -> None:
    for name in (
        "agreement.accepted",
        "qualification.declared",
        "questionnaire.submitted",
        "consent.given",
        "consent.withdrawn",
        "review.requested",
        "match.acknowledged",
        "disclosure.item_confirmed",
        "document.signed",
        "sale.rescinded",
    ):
        assert EVENT_TYPES[name].roles == {Role.INVESTOR}


def test_an_act_of_the_investor_carries_the_channel_through_which_they_came() -> None:
    came = Actor("1" * 64, Role.INVESTOR, channel="app")
    acknowledged = Draft("match.acknowledged", STREAM, STREAM, came, START, {"opinion_sha256": "x"})
    assert channelled(acknowledged).fields == {"opinion_sha256": "x", "channel": "app"}
    assert check(channelled(acknowledged)).name == "match.acknowledged"
    assert came == Actor("1" * 64, Role.INVESTOR), "it is not part of who they are"
    for other in (
        replace(acknowledged, actor=Actor("1" * 64, Role.INVESTOR)),
        replace(acknowledged, fields={"opinion_sha256": "x", "channel": "web"}),
        replace(acknowledged, type="visit.answered"),
        replace(acknowledged, type="staff.appointed"),
        replace(acknowledged, type="sale.guessed"),
    ):
        assert channelled(other) is other
