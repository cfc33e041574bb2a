"""The documented example of every call is accepted and reaches its service with arguments that the service takes."""

import inspect
from typing import Any

import httpx
import pytest
from starlette.responses import Response

from api import deps
from api.duties import DUTIES, Duty
from api.openapi import build
from tests.unit.api.fakes import OWN, OWN_SALE, Caller, caller

# they look into what the service returns, or ask two: tests/e2e
ELSEWHERE = {
    "/v1/eligibility",
    "/v1/documents/{sha256}",
    "/v1/development/messages/{investor}",
    "/v1/journey",
    "/v1/sales/{sale}/acts",
    "/v1/sales/{sale}/papers/{sha256}/pages/{page}",
}
ROWS = [
    row
    for row in DUTIES.values()
    if row.roles is not None and row.path not in ELSEWHERE and "/reports/" not in row.path and not row.reads
]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The description of every call, made once: it takes most of a second."""
    return build(caller().app)


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note which service each call reaches, after holding the arguments to its signature."""
    names: list[str] = []

    def note(self: Any, service: Any, *args: Any, **kwargs: Any) -> Response:
        inspect.signature(service).bind(None, None, None, *args, **kwargs)
        names.append(service.__qualname__)
        return Response(b"{}", getattr(self, "status", 200), media_type="application/json")

    def outside(self: deps.Writing, service: Any) -> Response:
        inspect.signature(service).bind(None, None)
        names.append(service.__qualname__)
        return Response(b"{}", self.status, media_type="application/json")

    def before(_: deps.Writing, service: Any, *args: Any, **kwargs: Any) -> None:
        inspect.signature(service).bind(None, None, None, *args, **kwargs)

    monkeypatch.setattr(deps.Writing, "before", before)
    for kind in (deps.Writing, deps.Reading, deps.Recording):
        monkeypatch.setattr(kind, "__call__", note)
    monkeypatch.setattr(deps.Writing, "outside", outside)
    return names


def ask(call: Caller, document: dict[str, Any], row: Duty) -> httpx.Response:
    """Send the documented example."""
    operation = document["paths"][row.path][row.method.lower()]
    values = {
        p["name"]: p.get("example") or p["schema"]["examples"][0]
        for p in operation.get("parameters", [])
        if p["in"] == "path"
    }
    path = row.path.format(**{**values, "investor": OWN, "sale": OWN_SALE})
    query = {
        p["name"]: str(p.get("example") or p["schema"]["examples"][0])
        for p in operation.get("parameters", [])
        if p["in"] == "query" and p.get("required")
    }
    content = operation.get("requestBody", {}).get("content", {})
    if not content:
        return call(row.method, path, params=query)
    ((media_type, part),) = content.items()
    model = document["components"]["schemas"][part["schema"]["$ref"].rpartition("/")[2]]
    if media_type == "application/json":
        return call(row.method, path, json=model["examples"][0])
    form = {name: sample(model["properties"][name]) for name in model["required"] if name != "file"}
    return call(row.method, path, data=form, files={"file": ("s.pdf", b"%PDF-1.7", "application/pdf")})


def sample(field: dict[str, Any]) -> str:
    """Return a value for a form field: its example, its first choice, or a word."""
    return str([*field.get("examples", ()), *field.get("enum", ()), "word"][0])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.path}")
def test_the_example_reaches_its_service(reached: list[str], document: dict[str, Any], row: Duty) -> None:
    assert row.roles is not None
    response = ask(caller(min(row.roles).value), document, row)
    assert response.is_success, response.text
    assert response.status_code == {"POST": 201}.get(row.method, 200)
    assert len(reached) == 1


def test_an_upload_is_described_as_multipart_with_a_binary_file(document: dict[str, Any]) -> None:
    content = document["paths"]["/v1/investors/{investor}/proofs"]["post"]["requestBody"]["content"]
    assert list(content) == ["multipart/form-data"]
    model = document["components"]["schemas"][content["multipart/form-data"]["schema"]["$ref"].rpartition("/")[2]]
    assert {"file", "kind", "as_of", "amount", "currency"} <= set(model["properties"])
    assert {"binary", "application/octet-stream"} & set(model["properties"]["file"].values())
