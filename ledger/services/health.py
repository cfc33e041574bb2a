"""Health tells the truth: how far anchoring is behind and why, what the chain says, which parts are stand-ins."""

from collections.abc import Iterator
from datetime import datetime

from ledger.domain.events import Value
from ledger.domain.instants import from_text, to_text
from ledger.errors import IntegrityError, LedgerError
from ledger.services import chain_clock, stamping, witness_health
from ledger.services.anchor_moves import require_final_holds
from ledger.services.ledger import Ledger
from ledger.services.worker import WorkerState
from verifier import record

LATE_SECONDS = 60


def read(ledger: Ledger, worker: WorkerState | None = None) -> dict[str, Value]:
    """Return ``ok``, ``degraded`` (something waits or is away), or ``broken`` (chain or witnesses contradict the log).

    Records are safe and go on in all three. ``worker`` is this process's own, if it has one.
    """
    now = ledger.clock.now()
    with ledger.store.snapshot() as reader:
        size = reader.size()
        final = ledger.log.latest(final=True)
        anchored = 0 if final is None else final.checkpoint.size
        oldest = reader.range(anchored, 1)
        behind = 0 if final is None else int(chain_clock.behind(reader, final).total_seconds())
    age = _age(from_text(record.parse(oldest[0].bytes).recorded_at), now) if oldest else 0
    chain, problem = _chain(ledger, now)
    if behind and problem is None:
        problem = _behind(behind)
    anchoring = _anchoring(ledger, worker, now)
    told: list[Value] = [each for each in (problem, anchoring["problem"]) if each is not None]
    stamps: list[Value] = [*_timestamps(ledger, worker)]
    told += [each for each in stamps if isinstance(each, dict) and each["problem"]]
    late = age > LATE_SECONDS or anchoring["running"] is False
    broken = any(isinstance(each, dict) and each.get("broken") for each in told)
    stand_ins: list[Value] = list(ledger.stand_ins)
    witnesses, unwitnessed, contradicted = witness_health.read(ledger, now)
    return {
        "status": "broken" if broken or contradicted else "degraded" if told or late or unwitnessed else "ok",
        "records": size,
        "anchored": anchored,
        "backlog": size - anchored,
        "oldest_unanchored_seconds": age,
        "anchoring": anchoring,
        "timestamps": stamps,
        "chain": {**chain, "problem": problem, "clock_behind_seconds": behind},
        "witnesses": witnesses,
        "clock": {"now": to_text(now), "simulated": ledger.clock.simulated},
        "ruleset": ledger.rules.digest,
        "stand_ins": stand_ins,
    }


def _anchoring(ledger: Ledger, worker: WorkerState | None, now: datetime) -> dict[str, Value]:
    waiting = ledger.log.waiting(limit=1)
    newest = ledger.log.latest()
    return {
        "running": None if worker is None else worker.running,
        "problem": None if worker is None or worker.problem is None else _problem(worker),
        "sealed": 0 if newest is None else newest.checkpoint.size,
        "waiting": {**ledger.log.counts()},
        "final_lag_seconds": _age(waiting[0].sealed_at, now) if waiting else 0,
        "left_out": len(ledger.log.left_out()),
    }


def _timestamps(ledger: Ledger, worker: WorkerState | None) -> Iterator[dict[str, Value]]:
    """Tell of each authority up to which record it stamped the log, and what is wrong with it."""
    for authority in stamping.authorities(ledger):
        last = ledger.log.last_stamp(authority.name)
        yield {
            "authority": authority.name,
            "stand_in": authority.stand_in,
            "stamped": 0 if last is None else last.size,
            "last": None if last is None else to_text(last.stamped_at),
            "problem": None if worker is None else worker.authorities.get(authority.name),
        }


def _chain(ledger: Ledger, now: datetime) -> tuple[dict[str, Value], Value]:
    chain: dict[str, Value] = {"reachable": False}
    try:
        found = ledger.anchor.status()
        chain = {
            "reachable": True,
            "kind": found.kind,
            "chain_id": found.chain_id,
            "block": found.block,
            "block_time": to_text(found.block_time),
            "block_age_seconds": _age(found.block_time, now),
            "trust": found.trust,
        }
        require_final_holds(ledger)
    except LedgerError as error:
        return chain, {
            "code": error.code,
            "message": error.message,
            "zh": error.zh,
            "broken": isinstance(error, IntegrityError),
        }
    return chain, None


def _problem(worker: WorkerState) -> dict[str, Value]:
    return {
        "code": worker.code,
        "message": worker.problem,
        "zh": worker.zh,
        "broken": worker.broken,
        "since": None if worker.since is None else to_text(worker.since),
    }


def _behind(seconds: int) -> dict[str, Value]:
    return {
        "code": "chain_clock_behind",
        "message": f"the newest anchor's block is dated {seconds} seconds before a record that it holds: verifiers"
        " refuse such an anchor, so proofs wait for the next; correct the clock of the chain's nodes, or ours",
        "zh": f"最新锚定区块的时间比其所含记录早 {seconds} 秒：请校正节点或本机时钟",
        "broken": False,
    }


def _age(since: datetime, now: datetime) -> int:
    return max(0, int((now - since).total_seconds()))
