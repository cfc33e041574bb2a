"""Cosignatures and troubles of witnesses in the ledger's own database (`ledger.ports.witnesses.WitnessBook`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, or_, select, update

from ledger.domain.instants import from_text, to_text
from ledger.ports.anchor import WitnessSignature
from ledger.ports.witnesses import Cosigned, Relay, Trouble
from ledger.storage.schema import chain_cosignatures, cosignatures, outbox, witness_troubles
from ledger.storage.store import SqlStore


class SqlWitnessBook:
    """Lines are only added; a trouble is one row a witness, a relay one a witness and size."""

    def __init__(self, store: SqlStore) -> None:
        """``store`` holds the tables."""
        self._store = store

    def keep(self, cosigned: Cosigned, at: datetime) -> None:
        """Keep a line, and what came with it for the chain, unless there is one of this witness and size."""
        here = (cosignatures.c.size == cosigned.size, cosignatures.c.vkey == cosigned.vkey)
        with self._store.writing() as connection:
            if connection.execute(select(cosignatures.c.size).where(*here)).one_or_none() is None:
                row = {"size": cosigned.size, "vkey": cosigned.vkey, "line": cosigned.line, "received_at": to_text(at)}
                connection.execute(insert(cosignatures).values(row))
                if cosigned.on_chain is not None:
                    connection.execute(insert(chain_cosignatures).values(_waiting(cosigned, cosigned.on_chain, at)))

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

    def relays(self, *, limit: int) -> Sequence[Relay]:
        """Return what is sent and, up to the limit, what may be sent."""
        table, final = chain_cosignatures, select(outbox.c.size).where(outbox.c.state == "final")
        sent = select(table).where(table.c.state == "sent").order_by(table.c.size, table.c.vkey)
        waiting = select(table).where(table.c.state == "waiting", table.c.size.in_(final))
        with self._store.reading() as connection:
            found = list(connection.execute(sent.limit(limit)))
            waiting = waiting.order_by(table.c.size.desc(), table.c.vkey).limit(limit - len(found))
            return [_relay(row) for row in (*found, *connection.execute(waiting))]

    def relayed(self) -> Sequence[Relay]:
        """Return the newest of each witness that is not waiting."""
        table = chain_cosignatures
        newest = select(func.max(table.c.size), table.c.vkey).where(table.c.state != "waiting").group_by(table.c.vkey)
        with self._store.reading() as connection:
            wanted = [(table.c.size == size, table.c.vkey == vkey) for size, vkey in connection.execute(newest).all()]
            rows = [connection.execute(select(table).where(*each)).one() for each in wanted]
        return sorted((_relay(row) for row in rows), key=lambda relay: relay.vkey)

    def relays_over(self, size: int) -> Sequence[Relay]:
        """Return those of one checkpoint."""
        table = chain_cosignatures
        with self._store.reading() as connection:
            return [
                _relay(r) for r in connection.execute(select(table).where(table.c.size == size).order_by(table.c.vkey))
            ]

    def move(self, relay: Relay) -> None:
        """Write state, transaction and problem."""
        table = chain_cosignatures
        values = {
            "state": relay.state,
            "transaction": relay.transaction,
            "problem": relay.problem,
            "changed_at": to_text(relay.changed_at),
        }
        with self._store.writing() as connection:
            here = (table.c.size == relay.size, table.c.vkey == relay.vkey)
            connection.execute(update(table).where(*here).values(values))

    def reopen(self, size: int, since: datetime | None, at: datetime) -> None:
        """Let what was sent, done or refused wait again."""
        table = chain_cosignatures
        which = (
            table.c.size >= size if since is None else or_(table.c.size >= size, table.c.changed_at >= to_text(since))
        )
        values = {"state": "waiting", "transaction": None, "problem": "", "changed_at": to_text(at)}
        with self._store.writing() as connection:
            connection.execute(update(table).where(table.c.state != "waiting", which).values(values))

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


def _waiting(cosigned: Cosigned, signed: WitnessSignature, at: datetime) -> dict[str, object]:
    return {
        "size": cosigned.size,
        "vkey": cosigned.vkey,
        "witness": signed.witness,
        "deadline": to_text(signed.deadline),
        "signature": signed.signature,
        "state": "waiting",
        "transaction": None,
        "problem": "",
        "changed_at": to_text(at),
    }


def _relay(row: Row[Any]) -> Relay:
    signed = WitnessSignature(row.witness, from_text(row.deadline), row.signature)
    return Relay(row.size, row.vkey, signed, row.state, from_text(row.changed_at), row.transaction, row.problem)
