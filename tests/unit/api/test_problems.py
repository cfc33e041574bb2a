"""One table from errors to problems: complete, stable, and silent about what is not the caller's business."""

import inspect
import json

import pytest

from api import errors as api_errors
from api import problems
from ledger import errors
from tests.unit.api.fakes import caller, problem

FAMILIES = [
    cls
    for module in (errors, api_errors)
    for _, cls in inspect.getmembers(module, inspect.isclass)
    if issubclass(cls, errors.LedgerError)
]
SECRET = "张三 110101199003078811"


def make(cls: type[errors.LedgerError]) -> errors.LedgerError:
    if issubclass(cls, errors.RefusedError):
        return cls("refused: do otherwise", "拒绝", findings=())
    if issubclass(cls, api_errors.InvalidFieldsError):
        return cls([{"field": "x", "problem": "is missing: add it", "zh": "缺失"}])
    return cls("cannot: do otherwise", "不能")


@pytest.mark.parametrize("cls", FAMILIES, ids=lambda c: c.__name__)
def test_every_error_becomes_a_problem_with_its_own_code(cls: type[errors.LedgerError]) -> None:
    response = problems.respond(make(cls))
    document = json.loads(bytes(response.body))
    assert response.media_type == "application/problem+json"
    assert document["status"] == response.status_code
    assert document["code"] == cls.code
    assert {"type", "title", "detail", "zh"} <= set(document)


@pytest.mark.parametrize("cls", FAMILIES, ids=lambda c: c.__name__)
def test_the_callers_fault_is_4xx_and_ours_is_5xx(cls: type[errors.LedgerError]) -> None:
    status = problems.respond(make(cls)).status_code
    assert (400 <= status < 500) is issubclass(cls, errors.CallerError)


def test_codes_are_unique() -> None:
    codes = [cls.code for cls in problems.TABLE]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("cls", [errors.ConfigurationError, errors.ChainError, errors.IntegrityError])
def test_our_own_fault_keeps_its_details_and_gives_an_incident(cls: type[errors.LedgerError]) -> None:
    response = problems.respond(cls(f"disk /srv/{SECRET}", SECRET, path="/srv/x"))
    text = bytes(response.body).decode()
    assert SECRET not in text
    assert "/srv" not in text
    assert len(json.loads(text)["incident"]) == 16
    assert ("retry-after" in response.headers) is (response.status_code == 503)


def test_an_unexpected_exception_is_an_incident_without_trace_or_values(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fall(*_: object, **__: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("ledger.services.keys.index", fall)
    response = caller("admin")("GET", "/v1/keys")
    document = problem(response, 500, "ledger_error")
    logged = capsys.readouterr()
    assert SECRET not in response.text + logged.out + logged.err
    assert document["incident"] in logged.out + logged.err
    assert "RuntimeError" in logged.out + logged.err


def test_an_exception_of_the_law_with_odd_evidence_is_still_json() -> None:
    error = errors.ConflictError("no: wait", "否", sizes={1, 2}, nested={"a": [object()]}, none=None, yes=True)
    document = json.loads(bytes(problems.respond(error).body))
    assert document["evidence"]["sizes"] == [1, 2]
    assert document["evidence"]["none"] is None
    assert document["evidence"]["yes"] is True
