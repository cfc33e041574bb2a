"""Fork proofs: two heads under one log key that no single history can hold (`docs/format.md` §13)."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from verifier import canonical, checkpoint, merkle
from verifier.checkpoint import Checkpoint
from verifier.cosignature import MAX_WITNESSES
from verifier.errors import MalformedError, UndecidedError, VerificationError
from verifier.record import members

MAX_BYTES: Final = 128 * 1024
_BEGINNING: Final = re.compile(rb'\s*\{\s*"kind"\s*:\s*"pfl-fork"')
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_MEMBERS: Final = frozenset(("v", "kind", "log", "notes", "paths", "witnesses"))


@dataclass(frozen=True, slots=True)
class Fork:
    """The file, read: ``paths`` holds, by suite, a consistency path with its first node written out, or nothing."""

    log: str
    notes: tuple[str, str]
    paths: Mapping[str, tuple[bytes, ...]]
    witnesses: tuple[str, ...]


def is_fork(data: bytes) -> bool:
    """Tell whether a file means to be a fork proof."""
    return _BEGINNING.match(data) is not None


def parse(data: bytes) -> Fork:
    """Read a fork proof of at most 128 KiB; `MalformedError` names the member that is not of the format."""
    body = members(canonical.decode(data, MAX_BYTES), _MEMBERS, "fork proof")
    if type(body["v"]) is not int or body["v"] != 1 or body["kind"] != "pfl-fork":
        raise MalformedError("unknown_version", "this is not a fork proof of version 1")
    notes = _texts(body["notes"], "notes", 2)
    if len(notes) != 2:  # noqa: PLR2004 - a contradiction has two sides
        raise MalformedError("bad_member", "notes are not two", member="notes")
    suites = frozenset(suite.name for suite in merkle.SUITES)
    paths = members(body["paths"], suites, "paths")
    (log,) = _texts([body["log"]], "log", 1)
    return Fork(
        log,
        (notes[0], notes[1]),
        {name: _nodes(paths[name], f"paths.{name}") for name in sorted(suites)},
        _texts(body["witnesses"], "witnesses", MAX_WITNESSES),
    )


def make(
    log: str,
    one: str,
    other: str,
    witnesses: Collection[str] = (),
    paths: Mapping[str, Sequence[bytes]] | None = None,
) -> bytes:
    """Return the file of two notes; `UndecidedError` or `VerificationError` unless it proves a fork.

    ``paths`` are needed where the sizes differ: by suite, how the larger tree holds the smaller one's leaves.
    """
    notes = sorted((one, other), key=lambda note: (_head(note, log).size, note))
    given = {suite.name: tuple((paths or {}).get(suite.name, ())) for suite in merkle.SUITES}
    require_fork(_head(notes[0], log), _head(notes[1], log), given)
    body: dict[str, Any] = {
        "v": 1,
        "kind": "pfl-fork",
        "log": log,
        "notes": notes,
        "paths": {name: [node.hex() for node in nodes] for name, nodes in given.items()},
        "witnesses": sorted(witnesses),
    }
    return canonical.encode(body)


def require_fork(small: Checkpoint, large: Checkpoint, paths: Mapping[str, Sequence[bytes]]) -> tuple[str, ...]:
    """Return in what the two contradict one another: ``sha256``, ``sm3``, ``map``; `UndecidedError` if they may agree.

    Of one size, any difference is a contradiction. Of two, a path must lead to the larger root, which binds it, and
    to another root of its first leaves than the smaller head has.
    """
    if small.origin != large.origin:
        raise UndecidedError("other_origin", "the two notes are of different logs: that is no contradiction")
    if small.size == large.size:
        if small == large:
            raise UndecidedError("no_fork", "both notes say the same: that is no contradiction")
        pairs = zip(("sha256", "sm3", "map"), small.roots, large.roots, strict=True)
        return tuple(name for name, one, other in pairs if one != other)
    found = []
    for suite, small_root, large_root in zip(merkle.SUITES, small.roots, large.roots, strict=False):  # not of the map
        nodes = paths[suite.name]
        if not nodes:
            continue
        old_reached, new_reached = merkle.prefix_roots(suite, small.size, large.size, nodes)
        if new_reached != large_root:
            raise VerificationError(
                "root_mismatch", f"the {suite.name} path does not lead to the larger head's root", suite=suite.name
            )
        if old_reached != small_root:
            found.append(suite.name)
    if not found:
        raise UndecidedError("no_fork", "nothing here shows that the larger head does not continue the smaller one")
    return tuple(found)


def _head(note: str, log: str) -> Checkpoint:
    return checkpoint.open_note(note, {log})


def _texts(value: object, what: str, most: int) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > most or not all(isinstance(item, str) for item in value):
        raise MalformedError("bad_member", f"{what} is not a list of at most {most} texts", member=what)
    return tuple(value)


def _nodes(value: object, what: str) -> tuple[bytes, ...]:
    texts = _texts(value, what, merkle.MAX_PATH)
    if not all(_HASH.fullmatch(text) for text in texts):
        raise MalformedError("bad_member", f"{what} are not hashes of 32 bytes in lower-case hex", member=what)
    return tuple(bytes.fromhex(text) for text in texts)
