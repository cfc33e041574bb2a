"""The console's session: what opens it, what it may do, what ends it."""

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from api.duties import DUTIES, Duty
from ledger.domain.actors import Role
from ledger.errors import ForbiddenError
from ledger.services import console_sessions, sessions
from ledger.services.console_sessions import LIFE, ConsoleSession
from tests.unit.api.fakes import NOW, OWN, Caller, caller, link_token, problem
from tests.unit.api.test_duties import KEYED, filled, name

HERE = "/v1/console/session"
OURS = {"X-PFL-Page": "console"}


@pytest.fixture
def call() -> Caller:
    return caller()


def signed_in(call: Caller, duty: str = "auditor") -> dict[str, str]:
    """Return the headers of a signed-in console."""
    answer = call("POST", HERE, json={"key": duty}, headers=OURS)
    assert answer.status_code == 201, answer.text
    return {**OURS, "Cookie": answer.headers["set-cookie"].partition(";")[0]}


def test_a_key_is_exchanged_for_a_cookie_that_no_script_reads(call: Caller) -> None:
    answer = call("POST", HERE, json={"key": "auditor"}, headers=OURS)
    told, cookie = answer.json(), answer.headers["set-cookie"]
    assert told == {"duty": "auditor", "expires_at": "2026-03-02T09:30:00.000000Z"}
    assert cookie.startswith("pfl_console=")
    assert {"HttpOnly", "SameSite=strict", "Path=/", "Max-Age=28800"} <= set(cookie.split("; "))
    assert "auditor" not in json.loads(answer.content).get("key", "")


def test_the_session_opens_the_console_and_its_end_closes_it(call: Caller) -> None:
    known = signed_in(call, "compliance")
    assert call("GET", "/v1/sales", headers=OURS | {"Cookie": "pfl_console=x.y"}).status_code == 401
    call.app.state.ledger.institution, call.app.state.ledger.stand_ins = "示范", ()
    assert call("GET", "/v1/console", headers=known).json()["duty"] == "compliance"
    ended = call("DELETE", HERE, headers=known)
    assert 'pfl_console=""' in ended.headers["set-cookie"]
    problem(call("GET", "/v1/console", headers=known), 401, "unauthenticated")  # a copy that somebody kept
    assert call("DELETE", HERE, headers=known).status_code == 200
    assert call("GET", "/v1/console", headers=signed_in(call)).status_code == 200  # the key stays good


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-PFL-Page": "1"}, {"X-PFL-Page": "console", "Sec-Fetch-Site": "cross-site"}],
    ids=["no mark", "the investor's page", "another site"],
)
def test_another_page_can_neither_sign_in_nor_use_the_session(call: Caller, headers: dict[str, str]) -> None:
    problem(call("POST", HERE, json={"key": "auditor"}, headers=headers), 401, "unauthenticated")
    problem(call("DELETE", HERE, headers=headers), 401, "unauthenticated")
    cookie = {"Cookie": signed_in(call)["Cookie"]}
    problem(call("GET", "/v1/console", headers={**cookie, **headers}), 401, "unauthenticated")


def test_an_unknown_key_is_nobodys_and_another_dutys_is_named(call: Caller) -> None:
    problem(call("POST", HERE, json={"key": "nobody"}, headers=OURS), 401, "unauthenticated")
    for role in set(Role) - console_sessions.DUTIES - {Role.SYSTEM, Role.INVESTOR}:
        document = problem(call("POST", HERE, json={"key": role.value}, headers=OURS), 403, "forbidden")
        assert document["evidence"] == {"needed": ["auditor", "compliance"], "held": role.value}


@pytest.mark.parametrize("row", KEYED, ids=name)
def test_the_console_does_only_what_its_rows_name(call: Caller, row: Duty) -> None:
    response = call(row.method, filled(row.path), headers=signed_in(call), content=b"\xff")
    if row.console:
        assert response.status_code not in {401, 403}
    else:
        assert problem(response, 403, "forbidden")["detail"].startswith("the console only reads")


def test_it_writes_nothing_but_reports() -> None:
    writes = {row.path for row in DUTIES.values() if row.console and row.method != "GET"}
    assert writes == {"/v1/sales/{sale}/reports"}
    assert all(row.roles is not None and row.roles >= console_sessions.DUTIES for row in DUTIES.values() if row.console)


def test_an_investors_session_and_the_consoles_are_not_taken_for_each_other(call: Caller) -> None:
    ledger: Any = call.app.state.ledger
    investors = sessions.token(ledger, sessions.begin(ledger, link_token(ledger, OWN, "2026-03-09T01:30:00.000000Z")))
    consoles = signed_in(call)["Cookie"].partition("=")[2]
    problem(call("GET", "/v1/console", headers=OURS | {"Cookie": f"pfl_console={investors}"}), 401, "unauthenticated")
    page = {"X-PFL-Page": "1", "Cookie": f"pfl_session={consoles}"}
    problem(call("GET", "/v1/journey", headers=page), 401, "unauthenticated")
    both = f"pfl_session={investors}; pfl_console={consoles}"
    assert problem(call("GET", "/v1/journey", headers={"Cookie": both}), 401, "unauthenticated")
    assert call("GET", "/v1/sales/" + "3d" * 32, headers={"X-PFL-Page": "1", "Cookie": both}).status_code == 403


def test_a_revoked_key_ends_its_sessions_at_once(call: Caller) -> None:
    known = signed_in(call)

    def revoked(_key: str) -> SimpleNamespace:
        raise ForbiddenError("unknown or revoked", "已吊销")

    call.app.state.ledger.keys.live = revoked
    document = problem(call("GET", "/v1/console", headers=known), 401, "unauthenticated")
    assert document["detail"] == "this session is over: sign in again"


@pytest.mark.parametrize(("after", "status"), [(LIFE - timedelta(microseconds=1), 200), (LIFE, 401)])
def test_a_session_ends_at_its_instant(call: Caller, after: timedelta, status: int) -> None:
    known = signed_in(call)
    ledger: Any = call.app.state.ledger
    ledger.institution, ledger.stand_ins = "示范", ()
    ledger.clock.now = lambda: NOW + after
    response: httpx.Response = call("GET", "/v1/console", headers=known)
    assert response.status_code == status


def test_a_forged_session_is_nobodys(call: Caller) -> None:
    ledger: Any = call.app.state.ledger
    good = console_sessions.token(ledger, ConsoleSession("auditor", ledger.keys.find("auditor").actor, NOW + LIFE))
    for bad in (good[:-4] + "AAAA", good + ".x", "x", "", "A" * 2000, "é.é"):
        with pytest.raises(ForbiddenError):
            console_sessions.resume(ledger, bad)
