"""`GET /v1/eligibility` beside an empty FastAPI endpoint: same server, same client, alternating in one run.

`.venv/bin/python -m benchmarks.eligibility_http [SECONDS]`. One worker process each, on loopback; the client keeps
32 connections busy, then paces itself to half of what was reached for the latencies. Everybody was asked about once
before. Beside the rates stands the servers' own CPU time a request: on a machine that does other things too, or where
the client is the slower part, it is the better measure of the two.
"""

import asyncio
import multiprocessing
import os
import random
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from api import logs
from api.app import create
from api.settings import Settings
from ledger import bootstrap
from ledger.config import Config
from ledger.services import keys
from ledger.services.ledger import SYSTEM
from tests import population

SECONDS, ROUNDS, CONNECTIONS, INVESTORS = 4.0, 3, 32, 1000
READY_SECONDS = 120


@dataclass(frozen=True)
class Target:
    """Where to ask and what: one request is taken at random from ``requests``."""

    port: int
    requests: Sequence[bytes]
    process: int

    def cpu_seconds(self) -> float:
        """Return the server's CPU time so far."""
        fields = Path(f"/proc/{self.process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure both, alternating, and print the ratio."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        bearer, product, investors = _populate(data)
        targets = {"empty": _target(_empty, (), ["/"], ""), "eligibility": _asked(data, bearer, product, investors)}
        asyncio.run(_once(targets["eligibility"]))
        rates: dict[str, list[float]] = {name: [] for name in targets}
        costs: dict[str, list[float]] = {name: [] for name in targets}
        for _ in range(ROUNDS):
            for name, target in targets.items():
                used = target.cpu_seconds()
                done = len(asyncio.run(_load(target, seconds, None)))
                rates[name].append(done / seconds)
                costs[name].append((target.cpu_seconds() - used) / done * 1e6)
        best = {name: statistics.median(found) for name, found in rates.items()}
        cost = {name: statistics.median(found) for name, found in costs.items()}
        late = sorted(asyncio.run(_load(targets["eligibility"], seconds, best["eligibility"] / 2)))
    for name, rate in best.items():
        print(f"{name:12} {rate:8.0f} requests/s {cost[name]:8.0f} us of the server's CPU a request")
    ratio, cheaper = best["eligibility"] / best["empty"], cost["empty"] / cost["eligibility"]
    print(f"ratio        {ratio:8.0%}            {cheaper:8.0%}  target >= 60 %")
    half, tail = late[len(late) // 2] * 1000, late[len(late) * 99 // 100] * 1000
    print(f"p50, p99     {half:.1f} ms, {tail:.1f} ms  at half load, target p99 <= 10 ms")


def _populate(data: Path) -> tuple[str, str, list[str]]:
    ledger = bootstrap.open_ledger(Config(data))
    now = datetime.now(UTC)
    product = population.product(ledger, now)
    investors = population.investors(ledger, product, INVESTORS, now)
    with ledger.store.transaction() as tx:
        secret = str(keys.issue(ledger, tx, SYSTEM, duty="sales", label="benchmark")["secret"])
    bootstrap.close_ledger(ledger)
    return secret, product, investors


def _asked(data: Path, bearer: str, product: str, investors: list[str]) -> Target:
    paths = [f"/v1/eligibility?investor={i}&product={product}&amount=1000000.00&currency=CNY" for i in investors]
    return _target(_eligibility, (data,), paths, f"Authorization: Bearer {bearer}\r\n")


def _target(serve: Callable[..., None], arguments: tuple[object, ...], paths: list[str], headers: str) -> Target:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    port: int = listener.getsockname()[1]
    process = multiprocessing.get_context("fork").Process(target=serve, args=(listener, *arguments), daemon=True)
    process.start()
    listener.close()
    _wait(port)
    requests = [f"GET {path} HTTP/1.1\r\nHost: b\r\n{headers}\r\n".encode() for path in paths]
    assert process.pid is not None
    return Target(port, requests, process.pid)


def _serve(app: FastAPI, listener: socket.socket) -> None:
    settings = uvicorn.Config(app, access_log=False, log_level="error", server_header=False)
    uvicorn.Server(settings).run(sockets=[listener])


def _empty(listener: socket.socket) -> None:
    app = FastAPI()

    @app.get("/")
    async def nothing() -> dict[str, str]:
        return {}

    _serve(app, listener)


def _eligibility(listener: socket.socket, data: Path) -> None:
    with Path("/dev/null").open("w", encoding="utf-8") as sys.stderr:
        logs.configure("info")
        _serve(create(bootstrap.open_ledger(Config(data)), settings=Settings()), listener)


def _wait(port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"nothing listens on port {port}")


async def _once(target: Target) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
    for request in target.requests:
        await _answer(reader, writer, request)
    writer.close()


async def _load(target: Target, seconds: float, rate: float | None) -> list[float]:
    """Return the seconds that each request took, asked as fast as possible or at ``rate`` a second."""
    taken: list[float] = []
    deadline = time.monotonic() + seconds
    gap = None if rate is None else CONNECTIONS / rate
    await asyncio.gather(*[_ask(target, deadline, gap, taken, n) for n in range(CONNECTIONS)])
    return taken


async def _ask(target: Target, deadline: float, gap: float | None, taken: list[float], number: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
    chance = random.Random(number)  # noqa: S311 - a load pattern, no secret
    due = time.monotonic() + (0 if gap is None else gap * chance.random())
    while time.monotonic() < deadline:
        if gap is not None:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        begun = time.monotonic() if gap is None else max(due, 0.0)  # waiting for one's turn counts
        await _answer(reader, writer, chance.choice(target.requests))
        taken.append(time.monotonic() - begun)
        if gap is not None:
            due += gap
    writer.close()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(head.decode("latin-1"))
    await reader.readexactly(int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]))


if __name__ == "__main__":
    main()
