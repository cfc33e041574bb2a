"""The witness over HTTP: C2SP tlog-witness's add-checkpoint and checkpoint, fork proofs, and how it goes."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from ledger.witness.directory import WatchedLog
from ledger.witness.judging import BAD_REQUEST, UNKNOWN_LOG, RefusedError, Witness
from ledger.witness.wire import CHAIN_HEADER, MAX_BODY, ROOTS_HEADER, SIZE_TYPE, SM3_HEADER, chain_header, parse
from verifier.errors import MalformedError

_log = logging.getLogger(__name__)
_TOO_LARGE = 413


def create(witness: Witness, follow: Callable[[], None] | None = None, seconds: float = 30.0) -> Starlette:
    """Return the application; ``follow``, if given, is called every so many seconds as long as it runs."""

    async def add(request: Request) -> Response:
        content = bytearray()
        async for chunk in request.stream():
            content += chunk
            if len(content) > MAX_BODY:
                return _refused(RefusedError(_TOO_LARGE, f"the request is longer than {MAX_BODY} bytes"))
        try:
            submission = parse(bytes(content), request.headers.get(SM3_HEADER), request.headers.get(ROOTS_HEADER))
            line, on_chain = await run_in_threadpool(witness.answer, submission, int(time.time()))
        except MalformedError as error:
            return _refused(RefusedError(BAD_REQUEST, error.message))
        except RefusedError as error:
            return _refused(error)
        return PlainTextResponse(line, headers={} if on_chain is None else {CHAIN_HEADER: chain_header(on_chain)})

    def checkpoint(request: Request) -> Response:
        note = witness.latest(_named(witness, request))
        if note is None:
            raise RefusedError(UNKNOWN_LOG, "this witness has cosigned no checkpoint of that log yet")
        return PlainTextResponse(note)

    def forks(request: Request) -> Response:
        found = [json.loads(path.read_bytes()) for path in witness.forks(_named(witness, request))]
        return JSONResponse(found)

    def health(_: Request) -> Response:
        return JSONResponse(status(witness))

    return Starlette(
        routes=[
            Route("/add-checkpoint", add, methods=["POST"]),
            Route("/health", health),
            Route("/{origin}/checkpoint", checkpoint),
            Route("/{origin}/forks", forks),
        ],
        exception_handlers={RefusedError: lambda _, error: _refused(error)},
        lifespan=_following(follow, seconds),
    )


def status(witness: Witness) -> dict[str, object]:
    """Say who the witness is, what it saw last of each log, and how many forks it caught."""
    logs: list[dict[str, object]] = []
    for log in witness.directory.logs.values():
        with witness.book.reading() as page:
            head = page.latest(log.origin)
        logs.append(
            {
                "origin": log.origin,
                "size": None if head is None else head.checkpoint.size,
                "time": None if head is None else head.time,
                "forks": len(witness.forks(log)),
            }
        )
    directory = witness.directory
    return {"name": directory.name, "vkey": directory.vkey, "account": directory.account, "logs": logs}


def _following(
    follow: Callable[[], None] | None, seconds: float
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        task = None if follow is None else asyncio.create_task(_repeat(follow, seconds))
        try:
            yield
        finally:
            if task is not None:
                task.cancel()

    return lifespan


async def _repeat(follow: Callable[[], None], seconds: float) -> None:
    while True:
        await run_in_threadpool(follow)
        await asyncio.sleep(seconds)


def _named(witness: Witness, request: Request) -> WatchedLog:
    log = witness.directory.log(request.path_params["origin"])
    if log is None:
        raise RefusedError(UNKNOWN_LOG, "this witness does not follow that log")
    return log


def _refused(error: RefusedError) -> Response:
    if error.proof is not None:
        _log.error("THE LOG HAS FORKED: the proof is in %s; check it with pfl verify", error.proof)
    else:
        _log.warning("not cosigned (%d): %s", error.status, error.message)
    if error.size is not None and error.status == 409:  # noqa: PLR2004 - C2SP: the body is our size
        return Response(f"{error.size}\n", error.status, {"content-type": SIZE_TYPE})
    return PlainTextResponse(f"{error.message}\n", error.status)
