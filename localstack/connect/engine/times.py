"""How moments are written. Everything inside is an aware UTC datetime."""

from datetime import UTC, datetime, timedelta

SECONDS_A_DAY = 86_400
OFFSET_CHARACTERS = len("+00:00")


def parse(text: str) -> datetime:
    """An ISO 8601 text as an aware UTC datetime; a text without zone is taken as UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def micros(at: datetime) -> str:
    """2026-03-02T01:00:00.000000Z: what the clock route answers."""
    return _written(at, "microseconds")


def millis(at: datetime) -> str:
    """2026-03-02T01:00:00.000Z: agent events, contact events and flow logs."""
    return _written(at, "milliseconds")


def epoch_ms(at: datetime) -> int:
    """Milliseconds since 1970."""
    return int(at.timestamp() * 1000)


def seconds(at: datetime | None) -> str | None:
    """2026-03-02T01:00:00Z: contact records know whole seconds only."""
    return None if at is None else _written(at, "seconds")


def whole_s(start: datetime, end: datetime) -> int:
    """Whole seconds between two moments as a contact record shows them, so that durations fit its time stamps."""
    apart = end - start
    return apart.days * SECONDS_A_DAY + apart.seconds + (end.microsecond < start.microsecond)


def later(at: datetime, seconds_: float) -> datetime:
    """`at` moved by some seconds."""
    return at + timedelta(seconds=seconds_)


def _written(at: datetime, precision: str) -> str:
    """ISO 8601 in UTC, what is finer than `precision` cut off; several times as fast as strftime."""
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return utc.isoformat(timespec=precision)[:-OFFSET_CHARACTERS] + "Z"
