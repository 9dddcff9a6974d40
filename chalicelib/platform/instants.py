"""Instants as keys and attributes hold them: in UTC, of one width, so that they sort by time as texts do.

`isoformat` is far quicker than `strftime`, and pads the year.
"""

from datetime import UTC, datetime


def instant(at: datetime) -> str:
    """Return `at` in whole seconds: 2026-03-02T09:00:00Z."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def instant_ms(at: datetime) -> str:
    """Return `at` in whole milliseconds: 2026-03-02T09:00:00.250Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
