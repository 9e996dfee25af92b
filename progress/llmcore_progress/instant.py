"""Moments as whole microseconds since 1970 in UTC, as the log stores them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970 of an aware moment; a naive one is a mistake of the caller (ValueError)."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    return (moment - EPOCH) // _MICROSECOND


def moment(microseconds_: int) -> datetime:
    """The aware moment in UTC."""
    return EPOCH + timedelta(microseconds=microseconds_)


def written(microseconds_: int) -> str:
    """The moment as text, always with six decimals, so that texts sort as moments do."""
    return moment(microseconds_).isoformat(timespec="microseconds").replace("+00:00", "Z")


def read(text: object) -> int | None:
    """Microseconds of a text with a time zone (ISO 8601); None for anything else."""
    if not isinstance(text, str) or len(text) > 40:
        return None
    try:
        parsed = datetime.fromisoformat(text)
        return None if parsed.tzinfo is None else microseconds(parsed)
    except (ValueError, OverflowError):
        return None
