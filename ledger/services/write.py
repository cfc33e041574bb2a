"""Run one use case as one transaction, once per idempotency key (`design.md` §11)."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from ledger.domain.actors import Actor
from ledger.domain.events import Value
from ledger.errors import LedgerError
from ledger.ports.store import Reader, Transaction
from ledger.services.ledger import Ledger
from verifier import canonical

__all__ = ["Reader", "Transaction", "Use", "execute", "run"]  # callers name what they hand to a use case from here

R = TypeVar("R")
Use = Callable[[Transaction], Mapping[str, Value]]


def run(ledger: Ledger, use: Callable[[Transaction], R]) -> R:
    """Run ``use`` as one transaction and return what it returns, after the commit.

    An error marked ``kept`` (a refusal, a wrong code) has written its own record: that is committed, then raised.
    """
    with ledger.store.transaction() as tx:
        try:
            return use(tx)
        except LedgerError as error:
            if not error.kept:
                raise
            failure = error
    raise failure


def execute(ledger: Ledger, actor: Actor, use: Use, *, key: str, digest: str) -> bytes:
    """Return the canonical JSON answer of ``use``; the first answer when ``key`` was used before.

    ``digest`` names the request (method, path, body). `IdempotencyConflictError` when the key came with another one.
    """

    def once(tx: Transaction) -> bytes:
        known = tx.answer(key, actor.id, digest)
        if known is not None:
            return known
        answer = canonical.encode(use(tx))
        tx.remember(key, actor.id, digest, answer, ledger.clock.now())
        return answer

    return run(ledger, once)
