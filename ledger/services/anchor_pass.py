"""What anchoring needs, and what one pass of it did."""

from dataclasses import dataclass, field
from typing import Protocol

from ledger.errors import LedgerError
from ledger.ports.anchor import Anchor
from ledger.ports.outbox import AnchoredLog
from ledger.ports.outside import Clock, TimestampAuthority
from ledger.ports.store import Store
from ledger.services.sale_steps import SaleLaw
from ledger.services.witnessing import Witnessing


class Anchoring(Protocol):
    """The parts of `Ledger` that anchoring needs."""

    @property
    def store(self) -> Store:
        """Records."""
        ...

    @property
    def log(self) -> AnchoredLog:
        """Checkpoints and their outbox."""
        ...

    @property
    def anchor(self) -> Anchor:
        """The chain."""
        ...

    @property
    def tsa(self) -> TimestampAuthority | None:
        """RFC 3161, if configured."""
        ...

    @property
    def authorities(self) -> tuple[TimestampAuthority, ...]:
        """Further authorities."""
        ...

    @property
    def clock(self) -> Clock:
        """The present instant."""
        ...

    @property
    def rules(self) -> SaleLaw:
        """What the law says of cooling-off."""
        ...

    @property
    def witnessing(self) -> Witnessing | None:
        """Witnesses, if there are any."""
        ...


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass did: sizes of checkpoints by what happened to them, and what stood in the way.

    ``left_out`` are leaves of records that a contract refused: they are anchored, but it cannot answer about them.
    ``lost`` were reverted, or taken out of the chain by a reorganisation, and are sent again.
    """

    sealed: tuple[int, ...] = ()
    submitted: tuple[int, ...] = ()
    replaced: tuple[int, ...] = ()
    final: tuple[int, ...] = ()
    stamped: tuple[int, ...] = ()
    lost: tuple[int, ...] = ()
    left_out: tuple[str, ...] = ()
    problem: LedgerError | None = None
    busy: bool = False


@dataclass(slots=True)
class Notes:
    """A pass in the making."""

    submitted: list[int] = field(default_factory=list)
    replaced: list[int] = field(default_factory=list)
    final: list[int] = field(default_factory=list)
    stamped: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def told(self, sealed: list[int], problem: LedgerError | None, *, busy: bool) -> Pass:
        """Return what is noted here."""
        return Pass(
            sealed=tuple(sealed),
            submitted=tuple(self.submitted),
            replaced=tuple(self.replaced),
            final=tuple(self.final),
            stamped=tuple(self.stamped),
            lost=tuple(self.lost),
            left_out=tuple(self.left_out),
            problem=problem,
            busy=busy,
        )
