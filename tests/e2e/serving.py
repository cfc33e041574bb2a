"""The real thing for end-to-end tests: a ledger on disk, its worker, the API on a loopback port, callers with keys."""

import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import httpx
import uvicorn
from fastapi.routing import APIRoute

from api.app import create
from api.schemas.common import Problem
from api.settings import Settings
from ledger import bootstrap
from ledger.config import Config
from ledger.services import keys, staff
from ledger.services.anchoring import SealPolicy
from ledger.services.ledger import SYSTEM, Ledger
from ledger.services.worker import AnchorWorker

STAFF = ("sales", "certifier", "visitor", "compliance", "auditor", "admin")
READY_SECONDS = 120
ROUTES = [
    route
    for route in create(cast("Ledger", None), settings=Settings(development=True)).routes
    if isinstance(route, APIRoute)
]


@dataclass(frozen=True)
class Caller:
    """One caller with one bearer."""

    base: str
    bearer: str

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self._ask("GET", path, params=query)

    def post(self, path: str, body: Mapping[str, Any] | None = None, *, key: str | None = None) -> httpx.Response:
        return self._ask("POST", path, key or str(uuid.uuid4()), json=dict(body or {}))

    def upload(self, path: str, content: bytes, fields: Mapping[str, str]) -> httpx.Response:
        files = {"file": ("statement.pdf", content, "application/pdf")}
        return self._ask("POST", path, str(uuid.uuid4()), data=dict(fields), files=files)

    def delete(self, path: str) -> httpx.Response:
        return self._ask("DELETE", path, str(uuid.uuid4()))

    def _ask(self, method: str, path: str, key: str | None = None, **request: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.bearer}", **({"Idempotency-Key": key} if key else {})}
        # plain HTTP on loopback: reading the authorities' certificates for it would take longer than most answers
        return described(httpx.request(method, self.base + path, headers=headers, timeout=60, verify=False, **request))


@dataclass(frozen=True)
class Service:
    """A running service with one key for each duty."""

    base: str
    staff: Mapping[str, Caller]
    ledger: Ledger | None = None

    def advance(self, **delta: float) -> None:
        """Let simulated time pass."""
        seconds = int(timedelta(**delta).total_seconds())
        done(self.staff["admin"].post("/v1/development/clock", {"seconds": seconds}))


def described(response: httpx.Response) -> httpx.Response:
    """Hold every answer to the shape that the OpenAPI document promises for it."""
    method, path = response.request.method, response.request.url.path
    if not response.is_success:
        Problem.model_validate(response.json())
        return response
    for route in ROUTES:
        if method in (route.methods or ()) and route.path_regex.match(path):
            assert response.status_code == (route.status_code or 200)
            if route.response_model is not None:
                route.response_model.model_validate(response.json())
            return response
    raise LookupError(f"{method} {path} is not described")


def done(response: httpx.Response, status: int | None = None) -> Any:
    """Return the answer of a request that must succeed."""
    assert response.is_success, response.text
    assert status is None or response.status_code == status
    return response.json()


def refused(response: httpx.Response, code: str = "refused_by_rule", status: int = 409) -> dict[str, Any]:
    """Return the problem of a request that must not succeed; a refusal by law names at least one article."""
    document: dict[str, Any] = response.json()
    assert (response.status_code, document["code"]) == (status, code), response.text
    assert response.headers["content-type"] == "application/problem+json"
    if code == "refused_by_rule":
        assert all(f["citation"]["article"] and f["reason"]["zh"] for f in document["findings"])
        assert document["findings"]
    return document


def issue(ledger: Ledger, duty: str) -> str:
    """Issue a key as `pfl keys issue` does; whoever sells gets the fund qualification too."""
    with ledger.store.transaction() as tx:
        issued = keys.issue(ledger, tx, SYSTEM, duty=duty, label=f"test {duty}")
        if duty == "sales":
            end = ledger.clock.now() + timedelta(days=3650)
            staff.qualify(ledger, tx, SYSTEM, staff=str(issued["staff"]), certificate="A2024-1", valid_until=end)
        return str(issued["secret"])


@contextmanager
def serving(data: Path, *, host: str = "127.0.0.1", policy: Path | None = None) -> Iterator[Service]:
    """Serve a fresh or existing ledger from this process; passkeys work on the host ``localhost`` only."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    base = f"http://{host}:{listener.getsockname()[1]}"
    site = base if host == "localhost" else "http://localhost:8000"
    ledger = bootstrap.open_ledger(Config(data, simulated_clock=True, development=True, site=site, policy=policy))
    worker = AnchorWorker(ledger, policy=SealPolicy(interval=timedelta(milliseconds=100)))
    server = uvicorn.Server(
        uvicorn.Config(create(ledger, settings=Settings(development=True)), log_level="warning", access_log=False)
    )
    with listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        worker.start()
        thread.start()
        wait_until_ready(base)
        try:
            yield Service(base, {duty: Caller(base, issue(ledger, duty)) for duty in STAFF}, ledger)
        finally:
            server.should_exit = True
            thread.join(READY_SECONDS)
            worker.stop()
            bootstrap.close_ledger(ledger)


@contextmanager
def beside(ledger: Ledger, settings: Settings, certificate: Path | None = None) -> Iterator[str]:
    """Serve the same ledger with other settings, over TLS with a certificate (PEM with its key); yields the base."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        scheme = "http" if certificate is None else "https"
        config = uvicorn.Config(
            create(ledger, settings=settings), log_level="warning", access_log=False, ssl_certfile=certificate
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        base = f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"
        wait_until_ready(base, thread.is_alive)
        try:
            yield base
        finally:
            server.should_exit = True
            thread.join(READY_SECONDS)


def wait_until_ready(base: str, alive: Callable[[], bool] = lambda: True) -> None:
    """Wait until health answers, as long as the service is ``alive``."""
    deadline = time.monotonic() + READY_SECONDS
    while alive() and time.monotonic() < deadline:
        try:
            if httpx.get(f"{base}/health", timeout=5, verify=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise TimeoutError(f"{base} ended, or is not ready after {READY_SECONDS} seconds")
