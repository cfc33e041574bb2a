"""The outermost layer: security headers, HEAD, one log line and one count per request, 500s without a trace."""

import time
from secrets import token_hex
from typing import Any

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.metrics import Metrics

CSP = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"strict-transport-security", b"max-age=31536000"),
    (b"cache-control", b"no-store"),
)
_CSP = (b"content-security-policy", CSP.encode())
_GONE = 499
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})
_log = structlog.get_logger("api")


class Edge:
    """Plain ASGI, for it stands before every request."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        """``app`` is everything inside."""
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request through; nothing that it raises gets out."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = _Exchange(send, head=scope["method"] == "HEAD")
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        if exchange.head:
            scope["method"] = "GET"
        started = time.perf_counter()
        try:
            await self.app(scope, receive, exchange.send)
        except ClientDisconnect:
            exchange.status = _GONE
        except Exception as error:  # noqa: BLE001 - the last place before the server: it answers 500 and logs
            response = problems.incident(error)
            if exchange.status:  # too late to answer: the log has the incident, the connection is cut
                raise ConnectionAbortedError from None
            await response(scope, receive, exchange.send)
        finally:
            seconds = time.perf_counter() - started
            route = getattr(scope.get("route"), "path", "unknown")
            self.metrics.answered(method, route, exchange.status, seconds)
            _log.info(
                "request",
                method=method,
                route=route,
                status=exchange.status,
                ms=round(seconds * 1000, 2),
                request=exchange.id,
            )


class _Exchange:
    """What went out so far."""

    def __init__(self, send: Send, *, head: bool) -> None:
        self._send = send
        self.head = head
        self.status = 0
        self.id = token_hex(8)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers: list[Any] = list(message.get("headers", ()))
            own = {name for name, _ in headers}
            headers += [(name, value) for name, value in (*HEADERS, _CSP) if name not in own]
            headers.append((b"x-request-id", self.id.encode()))
            message = {**message, "headers": headers}
        elif self.head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)
