"""Money: a decimal amount with a currency. On the wire it is ``{"amount": "1000000.00", "currency": "CNY"}``."""

import re
from dataclasses import dataclass
from decimal import Decimal

from ledger.domain.events import Value

_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,17})(\.[0-9]{1,2})?")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """A non-negative amount in one ISO 4217 currency."""

    amount: Decimal
    currency: str = "CNY"

    def __post_init__(self) -> None:
        """``ValueError`` for an amount that the wire form cannot say, or a currency that is not three capitals."""
        if not _AMOUNT.fullmatch(f"{self.amount:f}"):
            msg = f"amount {self.amount} must be finite, not negative, with at most 18 digits and 2 decimals"
            raise ValueError(msg)
        if not _CURRENCY.fullmatch(self.currency):
            msg = f"currency {self.currency!r} must be a three-letter ISO 4217 code such as CNY"
            raise ValueError(msg)

    @classmethod
    def parse(cls, amount: str, currency: str = "CNY") -> "Money":
        """Read a decimal string with at most 18 digits and 2 decimals; ``ValueError`` otherwise."""
        if not _AMOUNT.fullmatch(amount):
            msg = f"amount {amount!r} must be a plain decimal such as 1000000.00"
            raise ValueError(msg)
        return cls(Decimal(amount), currency)

    def minus(self, other: "Money") -> "Money":
        """Subtract; ``ValueError`` on another currency or a negative result."""
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def at_least(self, other: "Money") -> bool:
        """Tell whether this is not less than ``other``; ``ValueError`` on another currency."""
        self._same(other)
        return self.amount >= other.amount

    def as_json(self) -> dict[str, str]:
        """Return the wire form."""
        return {"amount": f"{self.amount:f}", "currency": self.currency}

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            msg = f"cannot compare {self.currency} with {other.currency}: convert first, with the rate as evidence"
            raise ValueError(msg)


def money_of(value: Value) -> Money:
    """Read a money field; ``ValueError`` when it is not one."""
    match value:
        case {"amount": str(amount), "currency": str(currency), **rest} if not rest:
            return Money.parse(amount, currency)
    msg = "money is written {amount, currency}, both strings"
    raise ValueError(msg)
