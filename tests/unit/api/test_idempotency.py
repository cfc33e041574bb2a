"""A write happens once per key: replay, another body, another caller, a failure, a kept refusal."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from api import deps
from ledger.domain.decision import Citation, Finding, Outcome
from ledger.errors import CallerError, CodeRejectedError, RefusedError
from tests.unit.api.fakes import OWN, OWN_SALE, Caller, caller, problem

AGREEMENT = {"agreement": "network-service", "version": "1", "accepted": True}
KEY = {"Idempotency-Key": "one-and-the-same"}
PATH = f"/v1/investors/{OWN}/agreements"


@pytest.fixture
def call() -> Caller:
    return caller("investor")


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Count what the service is asked."""
    asked: list[dict[str, Any]] = []

    def accept(_ledger: Any, _tx: Any, _actor: Any, **arguments: Any) -> dict[str, Any]:
        asked.append(arguments)
        return {"record": f"{len(asked):064x}", "accepted_at": "2026-03-02T01:30:00.000000Z"}

    monkeypatch.setattr("ledger.services.investors.accept_agreement", accept)
    return asked


def test_a_replay_returns_the_first_answer_byte_for_byte(call: Caller, done: list[dict[str, Any]]) -> None:
    first = call("POST", PATH, json=AGREEMENT, headers=KEY)
    again = call("POST", PATH, json=AGREEMENT, headers=KEY)
    assert (first.status_code, first.content) == (again.status_code, again.content) == (201, first.content)
    assert len(done) == 1


def test_white_space_and_order_make_no_other_body(call: Caller, done: list[dict[str, Any]]) -> None:
    call("POST", PATH, json=AGREEMENT, headers=KEY)
    content = b'{ "accepted" : true, "version":"1",\n"agreement":"network-service"}'
    headers = {**KEY, "Content-Type": "application/json; charset=utf-8"}
    assert call("POST", PATH, content=content, headers=headers).status_code == 201
    assert len(done) == 1


def test_another_body_under_the_same_key_is_a_conflict(call: Caller, done: list[dict[str, Any]]) -> None:
    call("POST", PATH, json=AGREEMENT, headers=KEY)
    response = call("POST", PATH, json={**AGREEMENT, "version": "2"}, headers=KEY)
    problem(response, 409, "idempotency_key_reused")
    assert len(done) == 1


def test_another_path_under_the_same_key_is_a_conflict(call: Caller, done: list[dict[str, Any]]) -> None:
    call("POST", PATH, json=AGREEMENT, headers=KEY)
    problem(call("POST", f"/v1/investors/{OWN}/codes", headers=KEY), 409, "idempotency_key_reused")
    assert len(done) == 1


def test_keys_of_different_callers_do_not_meet(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.services.links.issue", lambda *_, **__: {"token": "t"})
    monkeypatch.setattr("ledger.services.investors.send_code", lambda *_, **__: {"sent": True})
    assert call.as_("sales")("POST", f"/v1/investors/{OWN}/links", headers=KEY).json() == {"token": "t"}
    assert call("POST", f"/v1/investors/{OWN}/codes", headers=KEY).json() == {"sent": True}


def test_a_failed_write_leaves_its_key_unused(
    call: Caller, done: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise CallerError("cannot: do it otherwise", "不能")

    with monkeypatch.context() as patched:
        patched.setattr("ledger.services.investors.accept_agreement", fail)
        problem(call("POST", PATH, json=AGREEMENT, headers=KEY), 422, "invalid_request")
    assert call.app.state.ledger.store.commits == 0
    assert call("POST", PATH, json=AGREEMENT, headers=KEY).status_code == 201
    assert len(done) == 1


def test_a_refusal_is_committed_and_told_with_its_article(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    citation = Citation("募集行为办法", "29", "冷静期", "https://example.org/29", "confirmed")
    finding = Finding("procedure.cooling_off", Outcome.FAIL, citation, "not over yet", "冷静期未届满", ("4c" * 32,))

    def refuse(*_: Any, **__: Any) -> Any:
        raise RefusedError("not over yet", "冷静期未届满", findings=(finding,), step="visit")

    monkeypatch.setattr("ledger.services.rescissions.rescind", refuse)
    document = problem(call("POST", f"/v1/sales/{OWN_SALE}/rescission", json={"reason": "x"}), 409, "refused_by_rule")
    assert document["findings"] == [finding.as_json()]
    assert document["findings"][0]["citation"]["article"] == "29"
    assert document["evidence"] == {"step": "visit"}
    assert call.app.state.ledger.store.commits == 1


def test_a_rejected_code_is_committed(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def reject(*_: Any, **__: Any) -> Any:
        raise CodeRejectedError("wrong: ask for a new one", "验证码错误")

    monkeypatch.setattr("ledger.services.investors.verify_identity", reject)
    problem(call("POST", f"/v1/investors/{OWN}/identity", json={"code": "123456"}), 422, "code_rejected")
    assert call.app.state.ledger.store.commits == 1


def test_work_outside_a_transaction_is_done_once_too(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    made: Iterator[int] = iter(range(9))
    monkeypatch.setattr("ledger.services.reports.make", lambda *_, **__: {"verdict": f"holds {next(made)}"})
    auditor = call.as_("auditor")
    answers = [auditor("POST", f"/v1/sales/{OWN_SALE}/reports", headers=KEY).json() for _ in range(2)]
    assert answers == [{"verdict": "holds 0"}] * 2


def test_an_upload_is_known_by_its_content_not_by_its_boundary(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []

    def upload(_ledger: Any, _tx: Any, _actor: Any, *, content: bytes, **_: Any) -> dict[str, Any]:
        seen.append(content)
        return {"bytes": len(content)}

    monkeypatch.setattr("ledger.services.proofs.upload", upload)
    fields = {"kind": "bank_statement", "as_of": "2026-03-01", "amount": "3500000.00", "currency": "CNY"}
    path = f"/v1/investors/{OWN}/proofs"

    def send(content: bytes, amount: str = "3500000.00") -> Any:
        files = {"file": ("s.pdf", content, "application/pdf")}
        return call("POST", path, data={**fields, "amount": amount}, files=files, headers=KEY)

    assert send(b"%PDF-1").json() == send(b"%PDF-1").json() == {"bytes": 6}
    problem(send(b"%PDF-2"), 409, "idempotency_key_reused")
    problem(send(b"%PDF-1", "3500001.00"), 409, "idempotency_key_reused")
    assert seen == [b"%PDF-1"]


async def _digest(*parts: Any) -> str:
    return await deps.digest(*parts)


@pytest.mark.parametrize(
    "other",
    [("POST", "/b", {"x": 1}), ("DELETE", "/a", {"x": 1}), ("POST", "/a", {"x": 2}), ("POST", "/a", {"x": "1"})],
)
def test_a_digest_names_method_path_and_body(other: tuple[Any, ...]) -> None:
    assert asyncio.run(_digest("POST", "/a", {"x": 1})) != asyncio.run(_digest(*other))
