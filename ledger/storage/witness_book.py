"""Cosignatures and troubles of witnesses in the ledger's own database (`ledger.ports.witnesses.WitnessBook`)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select

from ledger.domain.instants import from_text, to_text
from ledger.ports.witnesses import Cosigned, Trouble
from ledger.storage.schema import cosignatures, witness_troubles
from ledger.storage.store import SqlStore


class SqlWitnessBook:
    """Lines are only added; a trouble is one row a witness."""

    def __init__(self, store: SqlStore) -> None:
        """``store`` holds the tables."""
        self._store = store

    def keep(self, cosigned: Cosigned, at: datetime) -> None:
        """Keep a line unless there is one of this witness and size."""
        here = (cosignatures.c.size == cosigned.size, cosignatures.c.vkey == cosigned.vkey)
        with self._store.writing() as connection:
            if connection.execute(select(cosignatures.c.size).where(*here)).one_or_none() is None:
                row = {"size": cosigned.size, "vkey": cosigned.vkey, "line": cosigned.line, "received_at": to_text(at)}
                connection.execute(insert(cosignatures).values(row))

    def of(self, size: int) -> Sequence[Cosigned]:
        """Return the lines over a checkpoint."""
        wanted = select(cosignatures).where(cosignatures.c.size == size).order_by(cosignatures.c.vkey)
        with self._store.reading() as connection:
            return [Cosigned(row.size, row.vkey, row.line) for row in connection.execute(wanted)]

    def last(self, vkey: str) -> int:
        """Return the largest size that a witness cosigned."""
        wanted = select(func.coalesce(func.max(cosignatures.c.size), 0)).where(cosignatures.c.vkey == vkey)
        with self._store.reading() as connection:
            return int(connection.execute(wanted).scalar_one())

    def witnessed(self, vkeys: Sequence[str], quorum: int, *, above: int, limit: int = 20) -> Sequence[int]:
        """Return sizes with a quorum, the largest first."""
        wanted = (
            select(cosignatures.c.size)
            .where(cosignatures.c.size > above, cosignatures.c.vkey.in_(vkeys))
            .group_by(cosignatures.c.size)
            .having(func.count() >= quorum)
            .order_by(cosignatures.c.size.desc())
            .limit(limit)
        )
        with self._store.reading() as connection:
            return list(connection.execute(wanted).scalars())

    def tell(self, trouble: Trouble) -> None:
        """Note a trouble; nothing is written while it stays the same."""
        known = next((t for t in self.troubles() if t.vkey == trouble.vkey), None)
        if known is not None and (known.problem, known.contradiction) == (trouble.problem, trouble.contradiction):
            return
        with self._store.writing() as connection:
            connection.execute(delete(witness_troubles).where(witness_troubles.c.vkey == trouble.vkey))
            row = {
                "vkey": trouble.vkey,
                "problem": trouble.problem,
                "contradiction": trouble.contradiction,
                "since": to_text(trouble.since),
            }
            connection.execute(insert(witness_troubles).values(row))

    def settle(self, vkey: str) -> None:
        """Forget a trouble."""
        if any(trouble.vkey == vkey for trouble in self.troubles()):
            with self._store.writing() as connection:
                connection.execute(delete(witness_troubles).where(witness_troubles.c.vkey == vkey))

    def troubles(self) -> Sequence[Trouble]:
        """Return all troubles."""
        wanted = select(witness_troubles).order_by(witness_troubles.c.vkey)
        with self._store.reading() as connection:
            rows = connection.execute(wanted).all()
        return [Trouble(row.vkey, row.problem, from_text(row.since), row.contradiction) for row in rows]
