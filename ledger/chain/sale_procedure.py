"""The order of every sale on the chain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar, Final

from ledger.chain.binding import Binding
from ledger.chain.errors import ContractRefusedError
from ledger.chain.units import instant, seconds, word
from ledger.ports.anchor import Exempt, SaleStep, SaleStepWrite, SaleTerms

SaleStepItem = tuple[bytes, bytes, int, int, int, int, int, bool, int]
STARTS: Final = ("signed_and_paid", "signed", "paid")
"""What begins cooling-off, in the order of `ISaleProcedure.Start`; what the ledger calls signed is completed there."""
_STEPS: Final = tuple(SaleStep)
_EXEMPT: Final = tuple(Exempt)
_ENDS: Final = (None, SaleStep.VISITED, SaleStep.EFFECTIVE, SaleStep.RESCINDED)
_TIMED: Final = _STEPS[: _STEPS.index(SaleStep.PAID) + 1]


@dataclass(frozen=True, slots=True)
class ChainSale:
    """A sale as the chain keeps it; ``done`` tells when, ``ended`` how. Times are whole seconds, rounded down."""

    done: Mapping[SaleStep, datetime]
    ended: SaleStep | None
    steps: int
    terms: SaleTerms
    cooling_off_ends: datetime | None
    reopened: bool
    qualification_skipped: bool
    cooling_off_skipped: bool


class SaleProcedure(Binding):
    """`contracts/SaleProcedure.sol`."""

    name = "SaleProcedure"
    unused: ClassVar[dict[str, str]] = {
        "record": "called by the evidence log",
        "log": "checked through EvidenceLog at deployment",
    }

    def sale(self, stream: str) -> ChainSale | None:
        """Return a sale in its order, ``None`` if the chain has none of that name."""
        try:
            order = self._read("proofOfOrder", word(stream))
        except ContractRefusedError as error:
            if error.name == "UnknownSale":
                return None
            raise
        return _sale(order)

    def sales(self, streams: Sequence[str]) -> tuple[ChainSale | None, ...]:
        """As `sale`, for many in one question."""
        orders = self._read("proofsOfOrder", [word(stream) for stream in streams])
        return tuple(_sale(order) if order[0] else None for order in orders)


def sale_step(write: SaleStepWrite) -> SaleStepItem:
    """Return `ISaleProcedure.SaleStep`; `ValueError` if a sale is opened without terms."""
    terms = write.terms
    if terms is None and write.step is SaleStep.OPENED:
        raise ValueError("a sale is opened on terms")
    return (
        word(write.sale),
        word(write.leaf),
        _STEPS.index(write.step),
        write.number,
        seconds(write.at),
        0 if terms is None else terms.cooling_off_hours,
        0 if terms is None else STARTS.index(terms.cooling_off_from),
        terms is not None and terms.visit_due,
        _EXEMPT.index(write.exempt),
    )


def _sale(order: Sequence[Any]) -> ChainSale:
    """Read `ISaleProcedure.Order`."""
    *moments, closed, outcome, ends, hours, start, visit_due, steps, reopened, unqualified, early = order
    ended = _ENDS[outcome]
    done = {step: instant(at) for step, at in zip(_TIMED, moments, strict=True) if at}
    if ended is not None:
        done[ended] = instant(closed)
    return ChainSale(
        done=MappingProxyType(done),
        ended=ended,
        steps=steps,
        terms=SaleTerms(hours, STARTS[start], visit_due),
        cooling_off_ends=instant(ends) if ends else None,
        reopened=reopened,
        qualification_skipped=unqualified,
        cooling_off_skipped=early,
    )
