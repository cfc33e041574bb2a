"""The outermost layer: headers, HEAD, logs without personal data, metrics without identifiers."""

import asyncio
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from tests.unit.api.fakes import NOW, OWN, Caller, caller

HEALTH = {
    "status": "ok",
    "records": 7,
    "anchored": 5,
    "backlog": 2,
    "oldest_unanchored_seconds": 3,
    "anchoring": {
        "running": True,
        "problem": None,
        "sealed": 7,
        "waiting": {"sealed": 0, "submitted": 1, "mined": 0},
        "final_lag_seconds": 4,
        "left_out": 2,
    },
    "timestamps": [],
    "chain": {},
    "clock": {"now": str(NOW), "simulated": True},
    "ruleset": "x",
    "stand_ins": [],
}


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Caller:
    structlog.reset_defaults()
    monkeypatch.setattr("ledger.services.health.read", lambda *_: dict(HEALTH))
    return caller("sales")


@pytest.mark.parametrize("path", ["/health", "/metrics", "/docs", "/openapi.json", "/v1/rules", "/nothing", "/v1/keys"])
def test_every_answer_has_the_security_headers(call: Caller, path: str) -> None:
    headers = call("GET", path).headers
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["x-request-id"]
    assert headers.get_list("content-security-policy", split_commas=False) == [headers["content-security-policy"]]


@pytest.mark.parametrize("path", ["/health", "/docs", "/openapi.json", "/nothing", "/v1/keys"])
def test_head_is_get_without_a_body(call: Caller, path: str) -> None:
    get, head = call("GET", path), call("HEAD", path)
    assert head.content == b""
    assert head.status_code == get.status_code
    assert head.headers["content-length"] == get.headers["content-length"]


def test_health_needs_no_key_and_tells_the_truth(call: Caller) -> None:
    assert call.as_(None)("GET", "/health").json() == HEALTH


def test_a_request_is_one_log_line_with_its_template_and_nothing_personal(call: Caller) -> None:
    with capture_logs() as lines:
        call("GET", f"/v1/investors/{OWN}?name=张三", headers={"User-Agent": "张".encode()})
    (line,) = lines
    assert line["event"] == "request"
    assert line["route"] == "/v1/investors/{investor}"
    assert (line["method"], line["status"]) == ("GET", 422)
    assert set(line) == {"event", "log_level", "method", "route", "status", "ms", "request"}


def test_metrics_count_by_template_and_show_the_backlog(call: Caller) -> None:
    call("GET", f"/v1/investors/{OWN}?x=1")
    call("FROBNICATE", f"/secret/{OWN}")
    text = call.as_(None)("GET", "/metrics").text
    assert 'pfl_http_requests_total{method="GET",route="/v1/investors/{investor}",status="422"} 1.0' in text
    assert 'pfl_http_requests_total{method="OTHER",route="unknown",status="404"} 1.0' in text
    assert "pfl_records 7.0" in text
    assert "pfl_unanchored_records 2.0" in text
    assert "pfl_oldest_unanchored_seconds 3.0" in text
    assert "pfl_final_lag_seconds 4.0" in text
    assert "pfl_left_out_writes 2.0" in text
    assert "pfl_anchoring_problem 0.0" in text
    assert OWN not in text


def test_a_caller_that_hangs_up_is_no_incident(call: Caller) -> None:
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": "/v1/investors",
        "raw_path": b"/v1/investors",
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 9),
        "headers": [
            (b"authorization", b"Bearer sales"),
            (b"idempotency-key", b"k"),
            (b"content-type", b"application/json"),
        ],
    }
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    with capture_logs() as lines:
        asyncio.run(call.app(scope, receive, send))
    assert sent == []
    assert [(line["event"], line["status"]) for line in lines] == [("request", 499)]
