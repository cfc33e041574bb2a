"""Signed transactions, kept durably before they are sent (`ledger.ports.journal.Journal`)."""

from sqlalchemy import ColumnElement, delete, insert, select

from ledger.ports.journal import Attempt
from ledger.storage.schema import attempts
from ledger.storage.store import SqlStore


class SqlJournal:
    """Attempts in the ledger's own database. They go when their nonce is final: only then nobody sends them again."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    def keep(self, attempt: Attempt) -> None:
        """Commit it, unless it is there: the same bytes have the same hash."""
        with self._store.writing() as connection:
            known = select(attempts.c.number).where(attempts.c.transaction == attempt.transaction)
            if connection.execute(known).one_or_none() is None:
                row = {
                    "transaction": attempt.transaction,
                    "account": attempt.account,
                    "call": attempt.call,
                    "nonce": attempt.nonce,
                    "price": str(attempt.price),
                    "tip": None if attempt.tip is None else str(attempt.tip),
                    "raw": attempt.raw,
                    "block": attempt.block,
                }
                connection.execute(insert(attempts).values(row))

    def named(self, transaction: str) -> Attempt | None:
        """Return an attempt by its hash."""
        found = self._listed(attempts.c.transaction == transaction)
        return found[0] if found else None

    def of_call(self, account: str, call: str) -> tuple[Attempt, ...]:
        """Return the attempts at a call."""
        return self._listed(attempts.c.account == account, attempts.c.call == call)

    def of_nonce(self, account: str, nonce: int) -> tuple[Attempt, ...]:
        """Return the attempts with a nonce."""
        return self._listed(attempts.c.account == account, attempts.c.nonce == nonce)

    def settle(self, account: str, nonce: int) -> None:
        """Forget the attempts up to this nonce."""
        with self._store.writing() as connection:
            connection.execute(delete(attempts).where(attempts.c.account == account, attempts.c.nonce <= nonce))

    def _listed(self, *which: ColumnElement[bool]) -> tuple[Attempt, ...]:
        with self._store.reading() as connection:
            rows = connection.execute(select(attempts).where(*which).order_by(attempts.c.number)).all()
        return tuple(
            Attempt(
                transaction=row.transaction,
                account=row.account,
                call=row.call,
                nonce=row.nonce,
                price=int(row.price),
                tip=None if row.tip is None else int(row.tip),
                raw=row.raw,
                block=row.block,
            )
            for row in rows
        )
