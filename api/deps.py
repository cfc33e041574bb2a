"""The only place where routes meet the ledger: reads on a snapshot, writes once per idempotency key."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any, Concatenate, ParamSpec, TypeVar

from fastapi import Depends
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from api import auth
from ledger.domain.actors import Actor
from ledger.domain.events import Value
from ledger.services import acting
from ledger.services import write as writing
from ledger.services.ledger import Ledger
from ledger.services.write import Reader, Transaction

P = ParamSpec("P")
R = TypeVar("R")
Answer = Mapping[str, Value]


def as_json(answer: Answer, status: int = 200) -> Response:
    """Write an answer of a service as it is: its shape is the service's, its model only documents it."""
    content = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(content, status, media_type="application/json")


@dataclass(frozen=True, slots=True)
class Reading:
    """One read on a consistent snapshot, as this actor."""

    ledger: Ledger
    actor: Actor
    path: Mapping[str, str]

    def __call__(
        self, service: Callable[Concatenate[Ledger, Reader, Actor, P], Answer], *args: P.args, **kwargs: P.kwargs
    ) -> Response:
        """Return the service's answer as JSON."""
        return as_json(self.value(service, *args, **kwargs))

    def value(
        self, service: Callable[Concatenate[Ledger, Reader, Actor, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Return what the service returns; an investor only about their own sale."""
        with self.ledger.store.snapshot() as reader:
            if "sale" in self.path:
                auth.require_own_sale(reader, self.actor, self.path["sale"])
            acting.require_standing(reader, self.actor, self.ledger)
            return service(self.ledger, reader, self.actor, *args, **kwargs)


@dataclass(frozen=True, slots=True)
class Recording:
    """A read that leaves a record (a product shown, a document opened): one transaction, no idempotency key."""

    ledger: Ledger
    actor: Actor
    path: Mapping[str, str]

    def __call__(
        self, service: Callable[Concatenate[Ledger, Transaction, Actor, P], Answer], *args: P.args, **kwargs: P.kwargs
    ) -> Response:
        """Return the service's answer as JSON, after its records are durable."""
        return as_json(self.value(service, *args, **kwargs))

    def value(
        self, service: Callable[Concatenate[Ledger, Transaction, Actor, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Return what the service returns, after its records are durable."""

        def use(tx: Transaction) -> R:
            if "sale" in self.path:
                auth.require_own_sale(tx, self.actor, self.path["sale"])
            return service(self.ledger, acting.under(tx, self.actor, self.ledger), self.actor, *args, **kwargs)

        return writing.run(self.ledger, use)


@dataclass(frozen=True, slots=True)
class Writing:
    """One write, done once per ``Idempotency-Key``: a replay gets the first answer, another body a conflict."""

    ledger: Ledger
    actor: Actor
    path: Mapping[str, str]
    key: str
    digest: str
    status: int

    def __call__(
        self, service: Callable[Concatenate[Ledger, Transaction, Actor, P], Answer], *args: P.args, **kwargs: P.kwargs
    ) -> Response:
        """Return the service's answer; records and answer are committed together before it leaves."""

        def use(tx: Transaction) -> Answer:
            if "sale" in self.path:
                auth.require_own_sale(tx, self.actor, self.path["sale"])
            return service(self.ledger, acting.under(tx, self.actor, self.ledger), self.actor, *args, **kwargs)

        return self._respond(writing.execute(self.ledger, self.actor, use, key=self.key, digest=self.digest))

    def before(
        self, service: Callable[Concatenate[Ledger, Transaction, Actor, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R | None:
        """Look into what is stored, in an own transaction, before something outside is asked; ``None``: a replay."""
        with self.ledger.store.transaction() as tx:
            if "sale" in self.path:
                auth.require_own_sale(tx, self.actor, self.path["sale"])
            if tx.answer(self.key, self.actor.id, self.digest) is not None:
                return None
            return service(self.ledger, tx, self.actor, *args, **kwargs)

    def outside(self, service: Callable[[Ledger, Actor], Answer]) -> Response:
        """Run a service that waits and opens its own transactions; a crash in between means it is done again."""
        with self.ledger.store.transaction() as tx:
            if "sale" in self.path:
                auth.require_own_sale(tx, self.actor, self.path["sale"])
            acting.require_standing(tx, self.actor, self.ledger)
            known = tx.answer(self.key, self.actor.id, self.digest)
        if known is not None:
            return self._respond(known)
        answer = service(self.ledger, self.actor)
        return self._respond(
            writing.execute(self.ledger, self.actor, lambda _: answer, key=self.key, digest=self.digest)
        )

    def _respond(self, content: bytes) -> Response:
        return Response(content, self.status, media_type="application/json")


def reading_of(request: Request) -> Reading:
    """Build the read of this request."""
    return Reading(request.app.state.ledger, request.state.actor, request.path_params)


def recording_of(request: Request) -> Recording:
    """Build the recorded read of this request."""
    return Recording(request.app.state.ledger, request.state.actor, request.path_params)


async def _reading(request: Request) -> Reading:  # async, so that FastAPI does not hop to a thread for it
    return reading_of(request)


async def _recording(request: Request) -> Recording:
    return recording_of(request)


async def _writing(request: Request) -> Writing:
    state = request.state
    return Writing(
        request.app.state.ledger,
        state.actor,
        request.path_params,
        state.idempotency_key,
        await digest(request.method, request.url.path, state.parsed),
        request.scope["route"].status_code or 200,
    )


async def digest(method: str, path: str, parsed: Any) -> str:
    """Name a request by its meaning: method, path and parsed body, so white space or a boundary change nothing."""
    body = await _form_digest(parsed) if isinstance(parsed, FormData) else parsed
    return sha256(json.dumps([method, path, body], sort_keys=True).encode()).hexdigest()


async def _form_digest(form: FormData) -> dict[str, Value]:
    named: dict[str, Value] = {}
    for name, part in form.multi_items():
        if isinstance(part, UploadFile):
            named[name] = {"sha256": sha256(await part.read()).hexdigest()}
            await part.seek(0)
        else:
            named[name] = part
    return named


Read = Annotated[Reading, Depends(_reading)]
Record = Annotated[Recording, Depends(_recording)]
Write = Annotated[Writing, Depends(_writing)]
