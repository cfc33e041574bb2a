"""The OpenAPI document is complete, true to the models, and the committed one is current."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from api import docs
from api.duties import DUTIES
from api.schemas import (
    acts,
    base,
    common,
    evidence,
    investors,
    life_cycle,
    obligations,
    operator,
    products,
    sales,
    special,
)
from tests.unit.api.fakes import caller

COMMITTED = Path(__file__).parents[3] / "docs" / "openapi.json"
DOCUMENT: dict[str, Any] = caller().app.openapi()
OPERATIONS = [
    (f"{method.upper()} {path}", operation)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
]
MODELS = sorted(
    {
        model
        for module in (acts, common, evidence, investors, life_cycle, obligations, operator, products, sales, special)
        for model in vars(module).values()
        if isinstance(model, type) and issubclass(model, BaseModel) and model not in {base.Wire, base.Out}
    },
    key=lambda model: model.__name__,
)
FORMS = {investors.ProofUpload, life_cycle.PaperUpload, life_cycle.MaterialUpload}
each_operation = pytest.mark.parametrize("operation", [o for _, o in OPERATIONS], ids=[n for n, _ in OPERATIONS])


def test_the_committed_document_is_current() -> None:
    assert json.loads(COMMITTED.read_text(encoding="utf-8")) == DOCUMENT, "run: python -m api > docs/openapi.json"


def test_every_described_path_is_there() -> None:
    hidden = {("GET", "/docs"), ("GET", "/openapi.json")}
    assert {(n.split()[0], n.split()[1]) for n, _ in OPERATIONS} == set(DUTIES) - hidden


@each_operation
def test_an_operation_is_described_and_tagged(operation: dict[str, Any]) -> None:
    assert operation["description"]
    assert operation["summary"]
    assert [t["name"] for t in DOCUMENT["tags"] if t["name"] in operation["tags"]] == operation["tags"]


def test_operation_ids_are_unique() -> None:
    ids = [operation["operationId"] for _, operation in OPERATIONS]
    assert len(ids) == len(set(ids))


@each_operation
def test_an_answer_has_an_example(operation: dict[str, Any]) -> None:
    answers = [part for status, part in operation["responses"].items() if status.startswith("2")]
    assert len(answers) == 1
    assert docs._example(DOCUMENT, answers[0])


@each_operation
def test_a_json_request_has_an_example(operation: dict[str, Any]) -> None:
    if "application/json" in operation.get("requestBody", {}).get("content", {}):
        assert docs._example(DOCUMENT, operation["requestBody"])


@pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=[n for n, _ in OPERATIONS])
def test_keys_duties_idempotency_and_problems_are_told(name: str, operation: dict[str, Any]) -> None:
    method, path = name.split()
    roles = DUTIES[method, path].roles
    assert operation["security"] == ([] if roles is None else [{"bearer": []}])
    assert operation.get("x-duties", []) == sorted(r.value for r in roles or ())
    names = [p["name"] for p in operation.get("parameters", []) if p.get("required")]
    writes = method in {"POST", "DELETE"} and not DUTIES[method, path].reads
    assert ("Idempotency-Key" in names) is writes
    wanted = {"500", "503"} | (set() if roles is None else {"401", "403", "404", "409", "422"})
    assert wanted <= set(operation["responses"])
    for status, answer in operation["responses"].items():
        if not status.startswith("2"):
            assert answer == {"$ref": f"#/components/responses/Problem{status}"}
            assert f"Problem{status}" in DOCUMENT["components"]["responses"]


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_an_example_is_an_instance_of_its_model(model: type[BaseModel]) -> None:
    if model in FORMS:  # a form with a file; its parts have examples of their own
        return
    examples = model.model_json_schema()["examples"]
    assert examples
    for example in examples:
        model.model_validate(example)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_requests_refuse_unknown_fields_and_bound_every_string(model: type[BaseModel]) -> None:
    if not issubclass(model, base.Wire) or model in FORMS:
        return
    schema = model.model_json_schema()
    assert schema["additionalProperties"] is False
    for name, part in schema["properties"].items():
        shapes = part.get("anyOf", [part])
        for shape in shapes:
            if shape.get("type") == "string" and "enum" not in shape and "const" not in shape:
                assert {"maxLength", "pattern", "format"} & set(shape), name


def test_references_lead_somewhere() -> None:
    text = json.dumps(DOCUMENT)
    for reference in {part.split('"')[0] for part in text.split('"$ref": "')[1:]}:
        node: Any = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]


def test_the_page_lists_every_call_and_loads_nothing_from_elsewhere() -> None:
    response = caller()("GET", "/docs")
    page = response.text
    for name, operation in OPERATIONS:
        assert f'id="{operation["operationId"]}"' in page, name
    assert "<script" not in page
    assert "src=" not in page
    assert "//" not in page.split("<style>")[1].split("</style>")[0]
    assert 'href="http' not in page
    assert docs._HASH in response.headers["content-security-policy"]
    for code in ("idempotency_key_missing", "refused_by_rule", "body_too_large"):
        assert f'id="{code}"' in page
