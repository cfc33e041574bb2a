"""Where a page may lead back to, and what a link and a session say of it: signed, and on the operator's list."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.actors import Actor, Role
from ledger.domain.events import Event
from ledger.errors import CallerError, ForbiddenError
from ledger.services import links, returns, sessions, tokens
from ledger.services.titles import title_of
from tests.deciding import open_world
from tests.fakes import START

ALLOWED = ("https://app.example", "fundapp:")


@pytest.mark.parametrize(
    "address",
    [
        "https://app.example",
        "https://app.example/",
        "https://app.example?x=1",
        "https://app.example/a/b",
        "fundapp://x",
    ],
)
def test_what_begins_with_an_entry_of_the_list_is_a_way_back(address: str) -> None:
    assert returns.require(address, ALLOWED) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "fundapp:",
        "https://app.example.evil.example/",
        "https://app.example@evil.example/",
        "https://app.example:444/",
        "https://app.example\\@evil.example/",
        "https://app.example/#fragment",
        "https://app.example/ x",
        "https://app.example/\n",
        "http://app.example/",
        "HTTPS://app.example/",
        "//app.example/",
        "javascript:alert(1)//https://app.example/",
        "https://app.example/" + "x" * 300,
        "https://app.example/，",
    ],
)
def test_nothing_else_is(address: str) -> None:
    with pytest.raises(CallerError, match="PFL_RETURN_TO"):
        returns.require(address, ALLOWED)


def test_the_outcome_and_the_state_are_added_and_an_entry_taken_off_the_list_leads_nowhere() -> None:
    assert returns.addresses("fundapp://x?a=1", "r 17&", ALLOWED) == {
        outcome: f"fundapp://x?a=1&outcome={outcome}&state=r%2017%26" for outcome in ("done", "rescinded", "left")
    }
    assert returns.addresses("https://app.example/", "", ALLOWED) == {
        outcome: f"https://app.example/?outcome={outcome}" for outcome in ("done", "rescinded", "left")
    }
    assert returns.addresses("fundapp://x", "", ALLOWED[:1]) is None


def test_a_session_keeps_what_the_link_said_and_a_terminals_is_short(tmp_path: Path) -> None:
    world = open_world(tmp_path)
    ledger, investor = world.ledger, world.investor()
    longest = "fundapp://" + "x" * (returns.MAX_ADDRESS - 10)
    terms = links.Terms("branch", longest, "s" * returns.MAX_STATE, ALLOWED)
    with ledger.store.transaction() as tx:
        token = str(links.issue(ledger, tx, Actor("1" * 32, Role.SALES), stream=investor, terms=terms)["token"])
    session = sessions.begin(ledger, token)
    kept = sessions.token(ledger, session)
    assert max(len(token), len(kept)) <= tokens.MAX_TOKEN
    assert (session.channel, session.return_to, session.state) == ("branch", longest, "s" * returns.MAX_STATE)
    assert replace(sessions.resume(ledger, kept), id="") == session
    assert sessions.channel_of(ledger, kept) == "branch"
    assert sessions.channel_of(ledger, kept[:-3]) == sessions.channel_of(ledger, None) == ""
    world.parts.clock.advance(seconds=30 * 60 - 1)
    assert sessions.resume(ledger, kept).expires_at == ledger.clock.now() + timedelta(seconds=1)
    world.parts.clock.advance(seconds=1)
    with pytest.raises(ForbiddenError):
        sessions.resume(ledger, kept)
    assert session.prolonged(ledger.clock.now()).expires_at == ledger.clock.now() + sessions.BRANCH_LIFE
    with ledger.store.snapshot() as reader:
        onward: Any = sessions.handover(ledger, reader, session)["token"]
    assert links.read(ledger, onward, ledger.clock.now()) == links.Link(Actor(investor, Role.INVESTOR))
    with pytest.raises(ForbiddenError):
        links.read(ledger, onward, ledger.clock.now() + links.HANDOVER)
    assert sessions.begin(ledger, onward).channel == "web"
    world.parts.store.close()


@pytest.mark.parametrize(
    ("channel", "said"),
    [("branch", "Match opinion acknowledged (at a branch's terminal)"), ("web", None), (None, None)],
)
def test_a_title_tells_the_channel_where_it_is_more_than_some_browser(channel: str | None, said: str | None) -> None:
    person, fields = Actor("1" * 64, Role.INVESTOR), {"opinion_sha256": "x"}
    event = Event("match.acknowledged", "2" * 64, 1, 1, "3" * 64, person, START, START, fields)
    if channel is not None:
        event = replace(event, fields={**fields, "channel": channel})
    assert title_of(event)[1] == (said or "Match opinion acknowledged")
    staff = replace(event, actor=Actor("4" * 32, Role.SALES))
    assert title_of(staff)[1] == "Match opinion acknowledged"
