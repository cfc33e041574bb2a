"""Fork proofs by name: two histories under one log key, and files that only look like it."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.vector_source import keys
from tests.vector_source.world import ORIGIN, START, Log, cosigned
from verifier import canonical, checkpoint, cosignature, fork, merkle

LOG = checkpoint.vkey(ORIGIN, keys.LOG.public_key())
CUSTODIAN, REGULATOR = "custodian.example/witness", "regulator.example/witness"
WITNESSES = [cosignature.vkey(name, keys.WITNESSES[name].public_key()) for name in (CUSTODIAN, REGULATOR)]
Body = dict[str, Any]


def history(other_from: int, size: int) -> Log:
    """Return a log whose leaves differ from those of its sisters from one index on."""
    log = Log("fork")
    log.filler(other_from)
    log.hex(other_from + 1)
    log.filler(size - other_from)
    return log


def proof(small: tuple[int, int], large: tuple[int, int]) -> Body:
    """Return the proof that two logs fork; each is (index from which it differs, size)."""
    one, other = history(*small), history(*large)
    notes = [
        cosigned(log.head(len(log.leaves)), START + timedelta(minutes=minute), name)
        for minute, (log, name) in enumerate(((one, CUSTODIAN), (other, REGULATOR)))
    ]
    paths = {} if small[1] == large[1] else path(other, small[1])
    body: Body = json.loads(fork.make(LOG, notes[0], notes[1], WITNESSES, paths))
    return body


def path(log: Log, old: int) -> dict[str, list[bytes]]:
    """Return, by suite, the consistency path from ``old`` to the whole log with its first node written out."""
    found = {}
    for i, suite in enumerate(merkle.SUITES):
        hashes = [leaf[i] for leaf in log.leaves]
        first = [merkle.root(suite, hashes[:old])] if merkle.complete(old) else []
        found[suite.name] = first + merkle.consistency_path(suite, hashes, old, len(hashes))
    return found


def changed(change: Callable[[Body], None]) -> bytes:
    """Return the proof over two sizes after a change."""
    body = proof((3, 5), (4, 9))
    change(body)
    return canonical.encode(body)


def _swap(body: Body) -> None:
    body["notes"].reverse()


def _cut(body: Body) -> None:
    body["notes"] = body["notes"][:1]


def _same(body: Body) -> None:
    body["notes"][1] = body["notes"][0]


def _continued(body: Body) -> None:
    """Two heads of one history."""
    log = history(4, 9)
    heads = [log.head(5), log.head(9)]
    body["notes"] = [checkpoint.sign(head, ORIGIN, keys.LOG) for head in heads]


def _stranger(body: Body) -> None:
    note = body["notes"][0].partition("\n\n")[0] + "\n"
    body["notes"][0] = checkpoint.sign(checkpoint.parse_body(note), ORIGIN, keys.STRANGER)


def _other_log(body: Body) -> None:
    log = history(4, 5)
    held = log.head(5)
    other = checkpoint.Checkpoint("other.example/log", 5, *held.roots)
    body["notes"][0] = checkpoint.sign(other, ORIGIN, keys.LOG)


def _no_path(body: Body) -> None:
    body["paths"] = {"sha256": [], "sm3": []}


def _other_path(body: Body) -> None:
    body["paths"]["sha256"][-1] = "0" * 64


def _set(name: str, value: Any) -> Callable[[Body], None]:
    def change(body: Body) -> None:
        body[name] = value

    return change


Made = tuple[dict[str, bytes], str, int, str]


def made() -> dict[str, Made]:
    """Return files, verdict, step and code by name."""
    proven = {
        "same_size": proof((3, 9), (4, 9)),
        "two_sizes": proof((3, 5), (4, 9)),
        "two_sizes_complete": proof((3, 8), (4, 9)),
    }
    found: dict[str, Made] = {
        name: ({"fork.json": canonical.encode(body)}, "fails", 4, "log_forked") for name, body in proven.items()
    }
    pinned = json.dumps({"log": [LOG], "witnesses": WITNESSES}).encode()
    found["pinned"] = ({"fork.json": changed(lambda _: None), "trust.json": pinned}, "fails", 4, "log_forked")
    stranger = json.dumps({"log": [checkpoint.vkey(ORIGIN, keys.STRANGER.public_key())]}).encode()
    found["not_pinned"] = ({"fork.json": changed(lambda _: None), "trust.json": stranger}, "undecided", 2, "not_pinned")
    nothing: dict[str, tuple[bytes, int, str]] = {
        "not_canonical": (changed(lambda _: None).replace(b',"', b', "', 1), 1, "not_canonical"),
        "version": (changed(_set("v", 2)), 1, "unknown_version"),
        "one_note": (changed(_cut), 1, "bad_member"),
        "stranger": (changed(_stranger), 3, "unknown_note_key"),
        "swapped": (changed(_swap), 4, "sizes_out_of_order"),
        "same": (changed(_same), 4, "no_fork"),
        "continued": (changed(_continued), 4, "no_fork"),
        "other_log": (changed(_other_log), 4, "other_origin"),
        "no_path": (changed(_no_path), 4, "no_fork"),
        "other_path": (changed(_other_path), 4, "root_mismatch"),
    }
    return found | {
        name: ({"fork.json": data}, "undecided", step, code) for name, (data, step, code) in nothing.items()
    }
