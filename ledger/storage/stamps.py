"""Timestamp tokens beside their checkpoints, and the trust anchors of those who gave them."""

from collections.abc import Sequence

from sqlalchemy import func, insert, select

from ledger.domain.instants import from_text, to_text
from ledger.ports.log import SealedCheckpoint
from ledger.ports.outbox import Stamp
from ledger.storage.rows import CHECKPOINTS, SqlCheckpoints
from ledger.storage.schema import checkpoints, outbox, timestamp_roots, timestamps

_ANCHORED = ("mined", "final")


class SqlStamps(SqlCheckpoints):
    """RFC 3161 tokens (`ledger.ports.outbox.Outbox`, its second half)."""

    def unstamped(self, authority: str, *, limit: int = 100) -> tuple[SealedCheckpoint, ...]:
        """Return anchored checkpoints after the last that an authority stamped, the newest, by size."""
        last = select(func.coalesce(func.max(timestamps.c.size), 0)).where(timestamps.c.authority == authority)
        wanted = CHECKPOINTS.where(outbox.c.state.in_(_ANCHORED), checkpoints.c.size > last.scalar_subquery())
        return self.listed(wanted.order_by(None).order_by(checkpoints.c.size.desc()).limit(limit))[::-1]

    def last_stamp(self, authority: str) -> Stamp | None:
        """Return the token over the largest checkpoint that an authority stamped."""
        wanted = select(timestamps).where(timestamps.c.authority == authority)
        with self._store.reading() as connection:
            row = connection.execute(wanted.order_by(timestamps.c.size.desc()).limit(1)).one_or_none()
        return None if row is None else Stamp(row.size, row.authority, row.token, from_text(row.stamped_at))

    def stamped_from(self, authority: str, size: int) -> int | None:
        """Return the first final checkpoint of at least this size with a token of the authority."""
        wanted = (
            select(func.min(timestamps.c.size))
            .join(outbox, outbox.c.size == timestamps.c.size)
            .where(timestamps.c.authority == authority, timestamps.c.size >= size, outbox.c.state == "final")
        )
        with self._store.reading() as connection:
            found: int | None = connection.execute(wanted).scalar_one()
        return found

    def stampers(self) -> tuple[str, ...]:
        """Return the names of the authorities that ever gave a token."""
        with self._store.reading() as connection:
            rows = connection.execute(select(timestamps.c.authority).distinct().order_by(timestamps.c.authority))
            return tuple(rows.scalars())

    def keep_roots(self, roots: Sequence[bytes]) -> None:
        """Keep trust anchors (DER)."""
        known = set(self.kept_roots())
        fresh = [{"certificate": root} for root in dict.fromkeys(roots) if root not in known]
        if fresh:
            with self._store.writing() as connection:
                connection.execute(insert(timestamp_roots), fresh)

    def kept_roots(self) -> tuple[bytes, ...]:
        """Return every trust anchor that was kept, oldest first."""
        with self._store.reading() as connection:
            rows = connection.execute(select(timestamp_roots.c.certificate).order_by(timestamp_roots.c.number))
            return tuple(rows.scalars())

    def stamp(self, stamp: Stamp) -> None:
        """Keep a token beside its checkpoint."""
        with self._store.writing() as connection:
            connection.execute(
                insert(timestamps).values(
                    size=stamp.size,
                    authority=stamp.authority,
                    token=stamp.token,
                    stamped_at=to_text(stamp.stamped_at),
                )
            )

    def stamps(self, size: int) -> tuple[Stamp, ...]:
        """Return the tokens over the checkpoint of this size."""
        wanted = select(timestamps).where(timestamps.c.size == size).order_by(timestamps.c.authority)
        with self._store.reading() as connection:
            rows = connection.execute(wanted).all()
        return tuple(Stamp(row.size, row.authority, row.token, from_text(row.stamped_at)) for row in rows)
