"""Each kind of bad input gives exactly one clear problem, and never repeats what the caller sent."""

from typing import Any

import pytest

from api.settings import Settings
from tests.unit.api.fakes import OWN, OWN_SALE, Caller, caller, problem

REGISTRATION = {
    "kind": "natural_person",
    "name": "测试投资者",
    "id_type": "resident_identity_card",
    "id_number": "11010119900307881X",
    "mobile": "13800000000",
    "channel": "mobile",
}
JSON = {"Content-Type": "application/json"}
SECRET = "11010119900307881X-is-nobody's-business"


@pytest.fixture(scope="module")
def call() -> Caller:
    return caller("sales", settings=Settings(body_limit=4096, upload_limit=8192, development=True))


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"{'name': 1}",
        b'{"name": NaN}',
        b'{"name": Infinity}',
        b'{"name": "a", "name": "b"}',
        b'{"a": {"b": 1, "b": 2}}',
        b"\xff\xfe",
        b'{"name": "\xed\xa0\x80"}',
        b"[" * 2000,
        b"",
        b"not json at all",
    ],
    ids=lambda c: repr(c[:24]),
)
def test_malformed_json_is_one_problem(call: Caller, content: bytes) -> None:
    response = call("POST", "/v1/investors", content=content, headers=JSON)
    problem(response, 400, "malformed_body")


def test_a_number_too_long_to_read_is_one_problem() -> None:
    response = caller("sales")("POST", "/v1/investors", content=b'{"name": ' + b"9" * 5000 + b"}", headers=JSON)
    problem(response, 400, "malformed_body")


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/xml", "multipart/form-data; boundary=x"])
def test_another_content_type_is_one_problem(call: Caller, media_type: str) -> None:
    response = call("POST", "/v1/investors", content=b"{}", headers={"Content-Type": media_type})
    assert "Content-Type: application/json" in problem(response, 415, "unsupported_media_type")["detail"]


@pytest.mark.parametrize("content", [b"[]", b'"text"', b"1", b"null", b"true"])
def test_json_that_is_no_object_is_one_problem(call: Caller, content: bytes) -> None:
    problem(call("POST", "/v1/investors", content=content, headers=JSON), 422, "invalid_fields")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "alien"),
        ("name", ""),
        ("name", 7),
        ("name", "x" * 201),
        ("name", "a\x00b"),
        ("name", "a\nb"),
        ("name", "\u202egnp.exe"),
        ("name", ["list"]),
        ("name", None),
        ("id_number", "'; drop table"),
        ("mobile", "phone"),
        ("mobile", 13800000000),
        ("channel", "UPPER CASE"),
    ],
)
def test_a_wrong_field_is_named_with_its_fix(call: Caller, field: str, value: Any) -> None:
    document = problem(call("POST", "/v1/investors", json={**REGISTRATION, field: value}), 422, "invalid_fields")
    (wrong,) = document["fields"]
    assert wrong["field"] == field
    assert wrong["problem"]
    assert wrong["zh"]
    assert document["detail"].startswith(field)


def test_lone_surrogates_are_refused(call: Caller) -> None:
    content = (
        b'{"kind":"natural_person","name":"\\ud800","id_type":"a","id_number":"1234","mobile":"123456","channel":"b"}'
    )
    problem(call("POST", "/v1/investors", content=content, headers=JSON), 422, "invalid_fields")


def test_a_missing_field_is_named(call: Caller) -> None:
    body = {k: v for k, v in REGISTRATION.items() if k != "mobile"}
    document = problem(call("POST", "/v1/investors", json=body), 422, "invalid_fields")
    assert [f["field"] for f in document["fields"]] == ["mobile"]


def test_an_unknown_field_is_named(call: Caller) -> None:
    document = problem(call("POST", "/v1/investors", json={**REGISTRATION, "vip": True}), 422, "invalid_fields")
    assert document["fields"] == [{"field": "vip", "problem": "is not known here: remove it", "zh": "未知字段，请删除"}]


def test_what_the_caller_sent_is_never_repeated(call: Caller) -> None:
    body = {**REGISTRATION, **dict.fromkeys(REGISTRATION, SECRET), SECRET: SECRET}
    response = call("POST", "/v1/investors", json=body)
    problem(response, 422, "invalid_fields")
    assert "11010119900307881X" not in response.text
    assert "nobody" not in response.text


def test_many_wrong_fields_are_still_one_bounded_problem(call: Caller) -> None:
    body = {**REGISTRATION, **{f"x{n}": n for n in range(200)}}
    assert len(problem(call("POST", "/v1/investors", json=body), 422, "invalid_fields")["fields"]) == 20


@pytest.mark.parametrize("amount", [1000000, 1000000.0, "1e6", "-1", "1,000", "01", "1.234", "", " 1", "NaN", "1" * 19])
def test_money_is_a_decimal_string(call: Caller, amount: Any) -> None:
    body = {"investor": OWN, "product": OWN, "amount": amount, "fee": "0", "currency": "CNY", "channel": "web"}
    document = problem(call("POST", "/v1/sales", json=body), 422, "invalid_fields")
    assert document["fields"][0]["field"] == "amount"


@pytest.mark.parametrize(
    "at",
    ["2026-03-02", "2026-03-02T01:30:00", "yesterday", 1772415000, "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+23:00"],
)
def test_instants_need_an_offset(call: Caller, at: Any) -> None:
    body = {"risk_level": "R4", "manager_risk_level": "R4", "factors": {"a": "b"}, "valid_until": at}
    path = f"/v1/products/{OWN}/ratings"
    document = problem(call.as_("compliance")("POST", path, json=body), 422, "invalid_fields")
    assert document["fields"][0]["field"] == "valid_until"


@pytest.mark.parametrize("day", ["2026-02-31", "2026-2-3", "20260203", ""])
def test_days_are_days_of_the_calendar(call: Caller, day: str) -> None:
    response = call.as_("compliance")("POST", f"/v1/products/{OWN}/listings", json={"from_day": day})
    assert problem(response, 422, "invalid_fields")["fields"][0]["field"] == "from_day"


@pytest.mark.parametrize("answer", ["yes", 1, None, "true"])
def test_a_flag_is_true_or_false_and_nothing_like_it(call: Caller, answer: Any) -> None:
    body = {"answers": {"1": answer}, "leading": False, "channel": "phone", "script": "v1"}
    document = problem(call.as_("visitor")("POST", f"/v1/sales/{OWN_SALE}/visits", json=body), 422, "invalid_fields")
    assert document["fields"][0]["field"] == "answers.1"


@pytest.mark.parametrize("path", ["/v1/sales/xyz", "/v1/sales/" + "A" * 64, "/v1/records/" + "0" * 63])
def test_a_malformed_identifier_is_one_problem(call: Caller, path: str) -> None:
    problem(call("GET", path), 422, "invalid_fields")


@pytest.mark.parametrize("path", ["/nothing", "/v1", "/v1/sales/", "/v1//sales", "/docs/", "/v1/investors/%00"])
def test_an_unknown_path_is_one_problem(call: Caller, path: str) -> None:
    response = call("GET", path)
    if path == "/v1/investors/%00":
        problem(response, 422, "invalid_fields")
    else:
        problem(response, 404, "unknown_path")


@pytest.mark.parametrize(
    ("method", "allow"), [("PUT", "GET, HEAD, POST"), ("PATCH", "GET, HEAD, POST"), ("OPTIONS", "GET, HEAD, POST")]
)
def test_an_unknown_method_is_one_problem_that_names_the_known_ones(call: Caller, method: str, allow: str) -> None:
    response = call(method, "/v1/products")
    problem(response, 405, "method_not_allowed")
    assert response.headers["allow"] == allow


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 129, "schlüssel".encode("latin-1").decode("latin-1")])
def test_a_write_needs_an_idempotency_key(call: Caller, key: str) -> None:
    headers = {"Idempotency-Key": key.encode("latin-1")}
    response = call("POST", "/v1/investors", json=REGISTRATION, headers=headers)
    assert "Idempotency-Key" in problem(response, 400, "idempotency_key_missing")["detail"]


def test_a_delete_needs_an_idempotency_key(call: Caller) -> None:
    response = call.as_("admin")("DELETE", "/v1/keys/k", headers={"Idempotency-Key": ""})
    problem(response, 400, "idempotency_key_missing")


@pytest.mark.parametrize("announced", ["announced", "streamed"])
def test_a_large_body_is_one_problem_announced_or_not(call: Caller, announced: str) -> None:
    content = b'{"name":"' + b"x" * 5000 + b'"}'
    if announced == "announced":
        response = call("POST", "/v1/investors", content=content, headers=JSON)
    else:
        pieces = [content[i : i + 500] for i in range(0, len(content), 500)]
        response = call("POST", "/v1/investors", chunks=pieces, headers=JSON)
    assert problem(response, 413, "body_too_large")["evidence"] == {"limit": 4096}


def test_a_body_at_the_limit_is_read(call: Caller) -> None:
    content = b'{"a":"' + b"x" * (4096 - 8) + b'"}'
    assert len(content) == 4096
    problem(call("POST", "/v1/investors", content=content, headers=JSON), 422, "invalid_fields")


@pytest.mark.parametrize("content", [b"", b"{}", b" {} "])
def test_where_no_fields_are_taken_an_empty_body_passes(call: Caller, content: bytes, monkeypatch: Any) -> None:
    monkeypatch.setattr("ledger.services.matches.match", lambda *_, **__: {"record": "4c" * 32})
    assert call("POST", f"/v1/sales/{OWN_SALE}/match", content=content).status_code == 201


def test_where_no_fields_are_taken_a_body_is_one_problem(call: Caller) -> None:
    problem(call("POST", f"/v1/sales/{OWN_SALE}/match", json={"force": True}), 400, "malformed_body")


UPLOAD = f"/v1/investors/{OWN}/proofs"
FIELDS = {"kind": "bank_statement", "as_of": "2026-03-01", "amount": "3500000.00", "currency": "CNY"}
FILE = {"file": ("statement.pdf", b"%PDF-1.7", "application/pdf")}


def test_a_large_upload_is_one_problem(call: Caller) -> None:
    files = {"file": ("big.pdf", b"%PDF-" + b"x" * 9000, "application/pdf")}
    problem(call("POST", UPLOAD, data=FIELDS, files=files), 413, "body_too_large")


def test_an_upload_must_be_multipart(call: Caller) -> None:
    problem(call("POST", UPLOAD, json=FIELDS), 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "content", [b"", b"garbage", b"--x\r\nContent-Disposition: form-data\r\n\r\nvalue\r\n--x--\r\n", b"--x\r\nbroken"]
)
def test_a_broken_multipart_body_is_one_problem(call: Caller, content: bytes) -> None:
    response = call("POST", UPLOAD, content=content, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert response.status_code in {400, 422}
    problem(response, response.status_code, {400: "malformed_body", 422: "invalid_fields"}[response.status_code])


def test_a_multipart_body_without_a_boundary_is_one_problem(call: Caller) -> None:
    response = call("POST", UPLOAD, content=b"x", headers={"Content-Type": "multipart/form-data"})
    problem(response, 400, "malformed_body")


def test_two_files_are_one_problem(call: Caller) -> None:
    files = [("file", ("a.pdf", b"%PDF-", "application/pdf")), ("file", ("b.pdf", b"%PDF-", "application/pdf"))]
    problem(call("POST", UPLOAD, data=FIELDS, files=files), 400, "malformed_body")


def test_a_form_without_its_file_names_the_file(call: Caller) -> None:
    document = problem(call("POST", UPLOAD, data=FIELDS, files={"x": (None, "y")}), 422, "invalid_fields")
    assert "file" in {f["field"] for f in document["fields"]}


def test_a_form_with_a_text_for_a_file_is_one_problem(call: Caller) -> None:
    files = {"file": (None, "just text")}
    problem(call("POST", UPLOAD, data=FIELDS, files=files), 422, "invalid_fields")


def test_an_unknown_form_field_is_named(call: Caller) -> None:
    document = problem(call("POST", UPLOAD, data={**FIELDS, "vip": "1"}, files=FILE), 422, "invalid_fields")
    assert [f["field"] for f in document["fields"]] == ["vip"]


ELIGIBILITY = f"/v1/eligibility?investor={OWN}&product={OWN}&amount=1000000.00&currency=CNY"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("&att=2026-03-02T00:00:00Z", "query"),
        ("&amount=5", "amount"),
        ("&at=tomorrow", "at"),
        ("&receipt=maybe", "receipt"),
        ("&fee=-1", "fee"),
    ],
)
def test_a_wrong_or_unknown_query_parameter_is_named(call: Caller, query: str, field: str) -> None:
    document = problem(call("GET", ELIGIBILITY + query), 422, "invalid_fields")
    assert document["fields"][0]["field"] == field


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "after=zz", "page=2"])
def test_pages_are_bounded(call: Caller, query: str) -> None:
    problem(call("GET", f"/v1/products?{query}"), 422, "invalid_fields")
