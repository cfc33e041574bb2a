"""Instants are timezone-aware UTC datetimes; calendar days are Asia/Shanghai (UTC+8, no daylight saving since 1991)."""

from datetime import UTC, date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
_FORM = "%Y-%m-%dT%H:%M:%S.%fZ"


def require_utc(at: datetime) -> datetime:
    """Return ``at`` unchanged; ``ValueError`` if it is naive or not UTC."""
    if at.utcoffset() != timedelta(0):
        msg = f"instant {at!r} is not UTC; pass an aware UTC datetime"
        raise ValueError(msg)
    return at


def to_text(at: datetime) -> str:
    """Write an instant as the record format does: microseconds, ``Z``."""
    return require_utc(at).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def from_text(text: str) -> datetime:
    """Read exactly the form that `to_text` writes; ``ValueError`` otherwise."""
    at = datetime.strptime(text, _FORM).replace(tzinfo=UTC)
    if to_text(at) != text:
        msg = f"instant {text!r} is not written as YYYY-MM-DDThh:mm:ss.ffffffZ"
        raise ValueError(msg)
    return at


def day_of(at: datetime) -> date:
    """Return the calendar day in Asia/Shanghai that holds this instant."""
    return require_utc(at).astimezone(SHANGHAI).date()


def years_after(at: datetime, years: int) -> datetime:
    """Return the same wall-clock instant ``years`` later in Shanghai; 29 February becomes 28 February."""
    local = require_utc(at).astimezone(SHANGHAI)
    try:
        moved = local.replace(year=local.year + years)
    except ValueError:
        moved = local.replace(year=local.year + years, day=28)
    return moved.astimezone(UTC)
