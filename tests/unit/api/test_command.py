"""What runs outside a request: the described document, the log's form, the serving process."""

import asyncio
import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from starlette.exceptions import HTTPException
from structlog.testing import capture_logs

from api import logs, serving
from api.__main__ import document
from api.edge import Edge
from api.metrics import Metrics
from ledger import bootstrap, config
from ledger.config import Config
from tests.unit.api.fakes import caller
from tests.unit.api.test_openapi import COMMITTED


def test_the_command_writes_the_committed_bytes() -> None:
    assert document() == COMMITTED.read_text(encoding="utf-8")


def test_a_log_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        logs.configure("warning")
        structlog.get_logger("t").info("quiet")
        structlog.get_logger("t").warning("说", code="x")
    finally:
        structlog.reset_defaults()
    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert (told["event"], told["code"], told["level"]) == ("说", "x", "warning")
    assert told["timestamp"].endswith("Z")


def test_a_serving_process_runs_its_worker_and_closes_its_ledger(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    did: list[Any] = []
    ledger = SimpleNamespace(witnessing=None)
    monkeypatch.setattr(config, "from_environment", lambda: Config(tmp_path, development=True, interval_ms=250))
    monkeypatch.setattr(bootstrap, "open_ledger", lambda _: ledger)
    monkeypatch.setattr(bootstrap, "close_ledger", did.append)
    monkeypatch.setattr(logs, "configure", did.append)

    class Worker:
        def __init__(self, of: Any, *, policy: Any, guard: Any) -> None:
            assert of is ledger
            guard()  # nobody contradicts the log
            assert policy.interval == timedelta(milliseconds=250)

        def start(self) -> None:
            did.append("start")

        def stop(self) -> None:
            did.append("stop")

    monkeypatch.setattr(serving, "AnchorWorker", Worker)
    app = serving.from_environment()
    assert app.state.settings.development

    async def serve() -> None:
        async with app.router.lifespan_context(app):
            did.append("serving")

    asyncio.run(serve())
    assert did == ["info", "start", "serving", "stop", ledger]


def test_what_is_no_http_request_passes_through() -> None:
    seen: list[str] = []

    async def inner(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append(scope["type"])

    async def nothing(*_: Any) -> Any: ...

    asyncio.run(Edge(inner, Metrics())({"type": "lifespan"}, nothing, nothing))
    assert seen == ["lifespan"]


def test_a_failure_after_the_first_byte_cuts_the_connection_and_is_an_incident() -> None:
    async def inner(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("half-way")

    async def nothing(*_: Any) -> Any: ...

    scope = {"type": "http", "method": "GET", "path": "/"}
    with capture_logs() as lines, pytest.raises(ConnectionAbortedError):
        asyncio.run(Edge(inner, Metrics())(scope, nothing, nothing))
    assert [line["event"] for line in lines] == ["incident", "request"]
    assert "half-way" not in str(lines)


def test_the_framework_may_refuse_what_it_cannot_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise HTTPException(400)

    monkeypatch.setattr("ledger.services.keys.index", refuse)
    assert caller("admin")("GET", "/v1/keys").json()["code"] == "malformed_body"
