"""A ledger of thin air for tests of the HTTP face alone: keys, one sale, and idempotency answers that commit or not."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from types import SimpleNamespace
from typing import Any, cast

import httpx
from fastapi import FastAPI

from api.app import create
from api.settings import Settings
from ledger.domain.actors import Actor, Role
from ledger.domain.catalogue import Stream
from ledger.domain.events import Event, Value
from ledger.errors import ForbiddenError, IdempotencyConflictError, NotFoundError
from ledger.services import links
from ledger.services.ledger import Ledger

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
OWN, OTHER = "1f" * 32, "2e" * 32
OWN_SALE, OTHER_SALE = "3d" * 32, "4c" * 32


class FakeTransaction:
    """Holds two sales, and answers that its store keeps if it ends well."""

    def __init__(self, answers: dict[tuple[str, str], tuple[str, bytes]]) -> None:
        self.answers = dict(answers)

    def answer(self, key: str, actor: str, digest: str) -> bytes | None:
        known = self.answers.get((key, actor))
        if known is None:
            return None
        if known[0] != digest:
            raise IdempotencyConflictError("used for another request: use a fresh key", "幂等键已使用")
        return known[1]

    def remember(self, key: str, actor: str, digest: str, answer: bytes, _at: datetime) -> None:
        self.answers[key, actor] = (digest, answer)

    def put_pending(self, name: str, _body: bytes, _expires: datetime) -> None:
        self.answers[name, ""] = ("", b"")

    def is_pending(self, name: str, _at: datetime) -> bool:
        return (name, "") in self.answers

    def kind_of(self, stream: str) -> Stream:
        return {OWN: Stream.INVESTOR, OTHER: Stream.INVESTOR}.get(stream, Stream.SALE)

    def events(self, stream: str) -> tuple[Event, ...]:
        owner = {OWN_SALE: OWN, OTHER_SALE: OTHER}.get(stream)
        if owner is None:
            raise NotFoundError("there is no such stream", "没有此记录流")
        fields: Mapping[str, Value] = {"investor": owner}
        actor = Actor("0" * 32, Role.SALES)
        return (Event("sale.opened", stream, 0, 0, "5b" * 32, actor, NOW, NOW, fields),)


class FakeStore:
    """Commits a transaction's answers on a clean end only."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], tuple[str, bytes]] = {}
        self.commits = 0

    @contextmanager
    def transaction(self) -> Iterator[FakeTransaction]:
        tx = FakeTransaction(self.answers)
        yield tx
        self.answers = tx.answers
        self.commits += 1

    def mark(self) -> object:
        return object()

    @contextmanager
    def snapshot(self) -> Iterator[FakeTransaction]:
        yield FakeTransaction(self.answers)


class FakeKeys:
    """The secret of a duty is its name."""

    def find(self, secret: str) -> SimpleNamespace:
        roles = [role.value for role in Role]
        if secret not in roles:
            raise ForbiddenError("the key is unknown or revoked: ask an administrator", "密钥无效")
        role = Role(secret)
        actor = Actor(OWN if role is Role.INVESTOR else f"{roles.index(secret):032x}", role)
        return SimpleNamespace(id=secret, actor=actor)

    def live(self, key_id: str) -> SimpleNamespace:
        return self.find(key_id)


def fake_ledger() -> Ledger:
    """Return a ledger whose services must be patched or must not be reached."""
    return cast(
        "Ledger",
        SimpleNamespace(
            store=FakeStore(),
            keys=FakeKeys(),
            clock=SimpleNamespace(now=lambda: NOW, simulated=True),
            secrets=SimpleNamespace(mac=lambda purpose, message: sha256(purpose.encode() + message).digest()),
        ),
    )


def link_token(ledger: Ledger, investor: str, expires_at: str) -> str:
    """Make an investor link as the service does."""
    body = json.dumps({"expires_at": expires_at, "investor": investor}, separators=(",", ":")).encode()
    return f"{links.PREFIX}{links._b64(body)}.{links._b64(ledger.secrets.mac('investor-link', body))}"


@dataclass
class Caller:
    """Calls the application in this process; one duty, a fresh idempotency key for every write."""

    app: FastAPI
    duty: str | None = None
    keys: Iterator[int] = field(default_factory=lambda: iter(range(10**6)))

    def __call__(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, Any] | None = None,
        chunks: Sequence[bytes] | None = None,
        **request: Any,
    ) -> httpx.Response:
        own = {} if self.duty is None else {"Authorization": f"Bearer {self.duty}"}
        if method in {"POST", "DELETE"}:
            own["Idempotency-Key"] = f"key-{next(self.keys)}"
        wanted = {**own, **(headers or {})}
        sent = {name: value for name, value in wanted.items() if value}

        async def call() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://ledger") as client:
                if chunks is not None:
                    request["content"] = _stream(chunks)
                return await client.request(method, path, headers=sent, **request)

        return asyncio.run(call())

    def as_(self, duty: str | None) -> "Caller":
        """Return a caller with another duty."""
        return Caller(self.app, duty, self.keys)


async def _stream(chunks: Sequence[bytes]) -> Any:
    for chunk in chunks:
        yield chunk


def caller(duty: str | None = None, *, settings: Settings | None = None) -> Caller:
    """Return a caller of a fresh application."""
    return Caller(create(fake_ledger(), settings=settings or Settings(development=True)), duty)


def problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Return the one clear problem a response must be."""
    assert response.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = response.json()
    assert (response.status_code, document["status"], document["code"]) == (status, status, code), document
    assert document["detail"]
    assert document["zh"]
    assert document["title"]
    assert document["type"].startswith("/docs#")
    assert "Traceback" not in response.text
    return document
