"""What was signed for the chain, kept before it is sent: after a crash the same bytes are sent again, not others."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Attempt:
    """A signed transaction. Several with one nonce: at most one of them is ever mined.

    ``account`` is ``chain:address``; ``call`` is SHA-256 (hex) of receiver and data; ``price`` is the most wei paid for
    a unit of gas, ``tip`` the validator's part of it (``None``: a legacy transaction); ``block`` was the newest when
    it was sent.
    """

    transaction: str
    account: str
    call: str
    nonce: int
    price: int
    tip: int | None
    raw: bytes
    block: int


class Journal(Protocol):
    """Attempts in the order in which they were kept."""

    def keep(self, attempt: Attempt) -> None:
        """Keep it durably; nothing happens if it is kept already."""
        ...

    def named(self, transaction: str) -> Attempt | None:
        """Return an attempt by its hash."""
        ...

    def of_call(self, account: str, call: str) -> tuple[Attempt, ...]:
        """Return the attempts at a call."""
        ...

    def of_nonce(self, account: str, nonce: int) -> tuple[Attempt, ...]:
        """Return the attempts with a nonce."""
        ...

    def settle(self, account: str, nonce: int) -> None:
        """Forget the attempts up to this nonce, which is final."""
        ...


class MemoryJournal:
    """For one process: what a deployment or a test sends."""

    def __init__(self) -> None:
        self._kept: dict[str, Attempt] = {}

    def keep(self, attempt: Attempt) -> None:
        """Keep it until the process ends."""
        self._kept.setdefault(attempt.transaction, attempt)

    def named(self, transaction: str) -> Attempt | None:
        """Return an attempt by its hash."""
        return self._kept.get(transaction)

    def of_call(self, account: str, call: str) -> tuple[Attempt, ...]:
        """Return the attempts at a call."""
        return tuple(each for each in self._kept.values() if (each.account, each.call) == (account, call))

    def of_nonce(self, account: str, nonce: int) -> tuple[Attempt, ...]:
        """Return the attempts with a nonce."""
        return tuple(each for each in self._kept.values() if (each.account, each.nonce) == (account, nonce))

    def settle(self, account: str, nonce: int) -> None:
        """Forget the attempts up to this nonce."""
        gone = [each.transaction for each in self._kept.values() if each.account == account and each.nonce <= nonce]
        for transaction in gone:
            del self._kept[transaction]
