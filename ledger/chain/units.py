"""Between words of the ledger and words of the EVM."""

from datetime import UTC, datetime, timedelta

from ledger.domain.instants import require_utc

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


def seconds(at: datetime) -> int:
    """Return whole seconds since 1970, rounded down: what ends, ends no later on the chain than in the log."""
    return (require_utc(at) - _EPOCH) // _SECOND


def seconds_up(at: datetime) -> int:
    """Return whole seconds since 1970, rounded up: what begins, begins no earlier on the chain than in the log."""
    return -((_EPOCH - require_utc(at)) // _SECOND)


def instant(whole: int) -> datetime:
    """Return the UTC instant of a block time."""
    return _EPOCH + timedelta(seconds=whole)


def word(hexadecimal: str) -> bytes:
    """Return 32 bytes of 64 hex digits; `ValueError` otherwise."""
    value = bytes.fromhex(hexadecimal)
    if len(value) != 32:  # noqa: PLR2004 - one word
        raise ValueError(f"not 64 hex digits but {len(hexadecimal)}")
    return value


def text(name: str, size: int = 32) -> bytes:
    """Return an ASCII name padded with zeros on the right; `ValueError` if it is too long or empty."""
    value = name.encode("ascii")
    if not 0 < len(value) <= size:
        raise ValueError(f"the name {name!r} does not fit into {size} bytes")
    return value.ljust(size, b"\0")


def untext(value: bytes) -> str:
    """Return the name that `text` wrote."""
    return value.rstrip(b"\0").decode("ascii")
