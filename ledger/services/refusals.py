"""One bad item must not stop the log: a write that a contract refuses for good is left out and told.

The checkpoint still proves the record itself; only the contract cannot answer about it. Contracts name the index of
the item that they refuse, not its list, so the lists are tried; nothing is sent before everything is accepted.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final, TypeAlias

from ledger.errors import ChainError
from ledger.ports.anchor import ChainWrites, SaleStepWrite

MAX_LEFT_OUT: Final = 50
_PASSING: Final = frozenset({"SignedInFuture", "StepInFuture"})  # true a block later
_Fewer: TypeAlias = tuple[tuple[str, ...], ChainWrites]
"""Leaves left out, and the writes without them."""


def submit_accepted(submit: Callable[[ChainWrites], str], writes: ChainWrites) -> tuple[str, tuple[str, ...]]:
    """Return the transaction and the leaves of writes left out; `ChainError` for anything but a refused item."""
    answer = _ask(submit, writes)
    left_out: tuple[str, ...] = ()
    while isinstance(answer, ChainError):
        if len(left_out) >= MAX_LEFT_OUT:
            raise answer
        leaves, writes, answer = _better(submit, writes, answer)
        left_out += leaves
    return answer, left_out


def _better(
    submit: Callable[[ChainWrites], str], writes: ChainWrites, refused: ChainError
) -> tuple[tuple[str, ...], ChainWrites, ChainError | str]:
    """Leave out the least that changes the answer; raise the refusal if nothing does."""
    for leaves, fewer in _without(writes, int(str(refused.evidence["index"]))):
        answer = _ask(submit, fewer)
        if isinstance(answer, str) or answer.evidence != refused.evidence:
            return leaves, fewer, answer
    raise refused


def _ask(submit: Callable[[ChainWrites], str], writes: ChainWrites) -> ChainError | str:
    try:
        return submit(writes)
    except ChainError as error:
        if not isinstance(error.evidence.get("index"), int) or error.evidence.get("name") in _PASSING:
            raise
        return error


def _without(writes: ChainWrites, index: int) -> Iterator[_Fewer]:
    """Leave out item ``index`` of each list in turn, then each whole list (its items may be refused alike)."""
    lists: list[tuple[str, list[Any]]] = [
        # a contract counts grants and revocations apart
        ("certifications", [w for w in writes.certifications if w.revokes is not None]),
        ("certifications", [w for w in writes.certifications if w.revokes is None]),
        ("assessments", list(writes.assessments)),
        ("endings", list(writes.endings)),
        ("signatures", list(writes.signatures)),
        ("sale_steps", list(writes.sale_steps)),
        ("approvals", list(writes.approvals)),
    ]
    named = [(name, items) for name, items in lists if index < len(items)]
    for name, items in [*((name, _with_followers(items, index)) for name, items in named), *named]:
        gone = {id(item) for item in items}
        kept = tuple(item for item in getattr(writes, name) if id(item) not in gone)
        yield tuple(item.leaf for item in items), replace(writes, **{name: kept})


def _with_followers(items: list[Any], index: int) -> list[Any]:
    """Return an item; a step of a sale with all that come after it, which would be refused for want of it."""
    item = items[index]
    if not isinstance(item, SaleStepWrite):
        return [item]
    return [other for other in items[index:] if other.sale == item.sale]
