"""Reads while a caller waits: bounded in time, with one more try only where it fits."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from chalicelib.platform.aws import CALLER_WAITS
from chalicelib.platform.dynamo import store_errors
from chalicelib.platform.errors import StoreUnavailable, Throttled

QUICK_FAILURE_S = 0.1
"""A failure this fast (a connection that froze with the function, a throttle) leaves time for a second try."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the monotonic clock, for work that takes more than one read."""

    at_s: float

    @classmethod
    def after(cls, seconds: float) -> Self:
        """Return the deadline `seconds` from now."""
        return cls(time.monotonic() + seconds)

    def left_s(self) -> float:
        """Return the seconds that are left, never less than none."""
        return max(0.0, self.at_s - time.monotonic())


def read_within[T](what: str, budget_s: float, read: Callable[[], T]) -> T:
    """Return what `read` returns; it uses a client with the patience CALLER_WAITS, whose limits bound one try.

    A second try follows only a failure within 0.1 s, so that both together end within 1 s: 0.1 + 0.2 to connect + 0.7
    to read.

    Raises:
        StoreUnavailable, Throttled: the store refused, did not answer in time, or hardly one read's time was left.

    """
    if budget_s < CALLER_WAITS.read_timeout_s - QUICK_FAILURE_S:
        raise StoreUnavailable(f"{what}: no time left")
    started_s = time.monotonic()
    try:
        with store_errors(what):
            return read()
    except (StoreUnavailable, Throttled):
        if time.monotonic() - started_s > QUICK_FAILURE_S:
            raise
    with store_errors(what):
        return read()
