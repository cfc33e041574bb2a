"""Instants are timezone-aware UTC datetimes; calendar days are Asia/Shanghai (UTC+8, no daylight saving since 1991)."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache, lru_cache
from operator import attrgetter

AHEAD = timedelta(hours=8)
SHANGHAI = timezone(AHEAD, "Asia/Shanghai")
_NONE = timedelta(0)


def require_utc(at: datetime) -> datetime:
    """Return ``at`` unchanged; ``ValueError`` if it is naive or not UTC."""
    if at.tzinfo is not UTC and at.utcoffset() != _NONE:
        msg = f"instant {at!r} is not UTC; pass an aware UTC datetime"
        raise ValueError(msg)
    return at


def to_text(at: datetime) -> str:
    """Write an instant as the record format does: microseconds, ``Z``."""
    return require_utc(at).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def from_text(text: str) -> datetime:
    """Read exactly the form that `to_text` writes; ``ValueError`` otherwise."""
    try:
        at = datetime.fromisoformat(text)  # reads more than our form: writing it again tells
        if to_text(at) == text:
            return at
    except ValueError:
        pass  # refused below like any other form
    msg = f"instant {text!r} is not written as YYYY-MM-DDThh:mm:ss.ffffffZ"
    raise ValueError(msg)


def day_of(at: datetime) -> date:
    """Return the calendar day in Asia/Shanghai that holds this instant."""
    return (require_utc(at) + AHEAD).date()


def start_of(day: date) -> datetime:
    """Return the instant at which a calendar day begins in Asia/Shanghai."""
    return datetime.combine(day, time(), UTC) - AHEAD


@lru_cache(maxsize=4096)
def years_after(at: datetime, years: int) -> datetime:
    """Return the same wall-clock instant ``years`` later in Shanghai; 29 February becomes 28 February."""
    local = require_utc(at) + AHEAD
    try:
        moved = local.replace(year=local.year + years)
    except ValueError:
        moved = local.replace(year=local.year + years, day=28)
    return moved - AHEAD


def months_after(day: date, months: int) -> date:
    """Return the same day so many calendar months later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year + month // 11, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def latest(state: object, names: tuple[str, ...]) -> tuple[datetime, str] | None:
    """Return the latest of these instants of a state with its name (two at least); ``None`` when none has come."""
    known = _reading(names)(state)
    last = max(filter(None, known), default=None)
    return None if last is None else (last, names[known.index(last)])


@cache
def _reading(names: tuple[str, ...]) -> "attrgetter[tuple[datetime | None, ...]]":
    return attrgetter(*names)
