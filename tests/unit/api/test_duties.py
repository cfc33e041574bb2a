"""Every route against every duty: the table is the whole truth."""

from typing import Any

import pytest
from fastapi.routing import APIRoute

from api.duties import DUTIES, Duty
from api.openapi import build
from api.settings import Settings
from ledger.domain.actors import Role
from tests.unit.api.fakes import OTHER, OTHER_SALE, OWN, OWN_SALE, Caller, caller, problem

ROWS = sorted(DUTIES.values(), key=lambda row: (row.path, row.method))
KEYED = [row for row in ROWS if row.roles is not None]


@pytest.fixture(scope="module")
def call() -> Caller:
    return caller()


class _Names(dict[str, str]):
    """Any other path parameter is a stream or a leaf."""

    def __missing__(self, key: str) -> str:
        return "ab" * 32


def filled(path: str, investor: str = OWN, sale: str = OWN_SALE) -> str:
    names = {
        "investor": investor,
        "sale": sale,
        "item": "1",
        "page": "1",
        "signature": "8e" * 16,
        "questionnaire": "q",
        "key": "k",
    }
    return path.format_map(_Names(names))


def name(row: Duty) -> str:
    return f"{row.method} {row.path}"


def test_every_route_has_a_row_and_every_row_a_route(call: Caller) -> None:
    routes = {(method, r.path) for r in call.app.routes if isinstance(r, APIRoute) for method in r.methods or ()}
    assert routes == set(DUTIES)


def test_without_configuration_the_development_paths_are_not_there() -> None:
    bare = caller("admin", settings=Settings())
    problem(bare("POST", "/v1/development/clock", json={"seconds": 1}), 404, "unknown_path")
    problem(bare("GET", f"/v1/development/codes/{OWN}"), 404, "unknown_path")


@pytest.mark.parametrize("row", KEYED, ids=name)
def test_without_a_key_nobody_gets_in(call: Caller, row: Duty) -> None:
    response = call(row.method, filled(row.path))
    problem(response, 401, "unauthenticated")
    assert response.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("row", KEYED, ids=name)
def test_a_duty_gets_in_exactly_where_its_row_says(call: Caller, row: Duty, role: Role) -> None:
    response = call.as_(role.value)(row.method, filled(row.path), content=b"\xff")
    assert row.roles is not None
    if role in row.roles:
        assert response.status_code != 401
        assert response.status_code != 403 or "needed" not in response.json().get("evidence", {})
        return
    document = problem(response, 403, "forbidden")
    assert document["evidence"] == {"needed": sorted(r.value for r in row.roles), "held": role.value}
    assert all(needed in document["detail"] for needed in document["evidence"]["needed"])


@pytest.mark.parametrize("row", [r for r in KEYED if Role.INVESTOR in (r.roles or ()) and "{inv" in r.path], ids=name)
def test_an_investor_gets_only_to_their_own_stream(call: Caller, row: Duty) -> None:
    problem(call.as_("investor")(row.method, filled(row.path, investor=OTHER)), 403, "forbidden")


@pytest.mark.parametrize("sale", [OTHER_SALE, "99" * 32], ids=["another's", "no such sale"])
@pytest.mark.parametrize("row", [r for r in KEYED if Role.INVESTOR in (r.roles or ()) and "{sale}" in r.path], ids=name)
def test_an_investor_gets_only_to_their_own_sales_and_learns_nothing_of_others(
    call: Caller, row: Duty, sale: str
) -> None:
    operation = build(call.app)["paths"][row.path][row.method.lower()]
    content = operation.get("requestBody", {}).get("content", {})
    body = content.get("application/json", {}).get("schema")
    sent: dict[str, Any] = {"files": {"file": b"%PDF-"}} if "multipart/form-data" in content else {}
    if body:
        schema = build(call.app)["components"]["schemas"][body["$ref"].rpartition("/")[2]]
        sent = {"json": schema["examples"][0]}
    response = call.as_("investor")(row.method, filled(row.path, sale=sale), **sent)
    assert problem(response, 403, "forbidden")["detail"].startswith("this link opens only its own investor")
