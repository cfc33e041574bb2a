"""Complete the OpenAPI document: keys, duties, idempotency, problems; the same table that the guard enforces."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api import problems
from api.duties import DUTIES, Duty
from api.guard import IDEMPOTENCY_KEY, WRITES
from api.schemas.common import Problem
from ledger import errors as ours

DESCRIPTION = """Sell private funds online in compliance, and prove it years later to someone who trusts nobody.

* **Keys.** `Authorization: Bearer` with a local API key (one duty each) or an investor's link.
* **Writes** need `Idempotency-Key`: a fresh UUID for each act. A repeat returns the first answer, byte for byte;
  the same key with another body is a 409.
* **2xx means durable.** It survives power loss. Anchoring follows within seconds; `/v1/records/{leaf}/proof` has it.
* **Problems** are RFC 9457 documents in English and Chinese. 422: the request itself is wrong. 409: what is recorded,
  or the law applied to it, stands against it; a refusal names every article in `findings`.
* **Money** is a decimal string, instants are UTC, calendar days are Asia/Shanghai.
"""
TAGS = (
    ("eligibility", "May this investor buy this product, this amount, now?"),
    ("investors", "Identity, questionnaire, risk class, proof, certification"),
    ("pages", "What the investor's own pages ask for; see also docs/pages.md"),
    ("console", "Sessions of the compliance console; see also docs/pages.md"),
    ("products", "Introduced, rated, approved by a second person, listed"),
    ("sales", "The procedure, step by step, in the law's order"),
    ("documents", "Encrypted, content-addressed, re-hashed on every read"),
    ("records", "Records, proofs, signed heads of the log"),
    ("reports", "report.pdf and evidence.json"),
    ("rules", "The law as data"),
    ("obligations", "What the law asks for by when, and the acts that satisfy it"),
    ("operator", "Keys, health, metrics"),
    ("development", "Stand-ins; absent in production"),
)
_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "a fresh UUID for each act, the same one when the act is repeated",
    "schema": {"type": "string", "pattern": f"^{IDEMPOTENCY_KEY.pattern}$"},
    "example": "0f8fad5b-d9cb-469f-a165-70867728950e",
}
_ALWAYS = (500, 503)
_KEYED = (401, 403)
_WRITE = (400, 409, 413, 415, 422)
_READ = (404, 409, 422)


def build(app: FastAPI) -> dict[str, Any]:
    """Return the document; computed once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=DESCRIPTION,
            routes=app.routes,
            tags=[{"name": name, "description": text} for name, text in TAGS],
            license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        )
        _complete(document)
        app.openapi_schema = document
    return app.openapi_schema


def _complete(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    model = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    for name, schema in model.pop("$defs", {}).items():
        schemas.setdefault(name, schema)
    schemas["Problem"] = model
    for schema in schemas.values():
        for part in schema.get("properties", {}).values():
            if "patternProperties" in part:  # a map whose keys have a form takes no other keys
                part["additionalProperties"] = False
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    document["components"]["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "description": "a local API key or an investor's link"}
    }
    document["components"]["responses"] = {f"Problem{status}": _problem(status) for status in _statuses()}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            _operation(operation, DUTIES[method.upper(), path])


def _operation(operation: dict[str, Any], duty: Duty) -> None:
    statuses = set(_ALWAYS)
    operation["operationId"] = _operation_id(duty)
    if duty.roles is None:
        operation["security"] = []
        statuses |= {*_KEYED, *_WRITE} if duty.method in WRITES else set()
    else:
        operation["security"] = [{"bearer": []}]
        operation["x-duties"] = sorted(role.value for role in duty.roles)
        statuses |= {*_KEYED, *(_WRITE if duty.method in WRITES else _READ), 404}
    if duty.method in WRITES and not duty.reads:
        operation.setdefault("parameters", []).insert(0, _PARAMETER)
    operation["responses"].pop("422", None)
    for status in sorted(statuses):
        operation["responses"][str(status)] = {"$ref": f"#/components/responses/Problem{status}"}


def _operation_id(duty: Duty) -> str:
    words = [part.strip("{}").replace("-", "_").replace(".", "_") for part in duty.path.split("/") if part != "v1"]
    return "_".join([duty.method.lower(), *(word for word in words if word)])


def _statuses() -> set[int]:
    return {*_ALWAYS, *_KEYED, *_WRITE, *_READ}


def _problem(status: int) -> dict[str, Any]:
    rows = {cls: row for cls, row in problems.TABLE.items() if row.status == status}
    examples = {cls.code: {"summary": row.zh, "value": _example(cls, row)} for cls, row in rows.items()}
    return {
        "description": "; ".join(dict.fromkeys(row.title for row in rows.values())),
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}},
    }


def _example(cls: type[ours.LedgerError], row: problems.Row) -> dict[str, Any]:
    head = {"type": f"/docs#{cls.code}", "title": row.title, "status": row.status, "code": cls.code}
    return {**head, "detail": f"{row.title}: what to do, in one sentence", "zh": row.zh}
