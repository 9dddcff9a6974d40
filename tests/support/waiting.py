"""Waiting for something that another thread or process does: poll with a deadline, never sleep and hope."""

import threading
import time
from collections.abc import Callable

WITHIN_S = 60.0
"""How long a machine that does much else may take. Nothing is proved by how soon something comes."""
PAUSE_S = 0.05
_NEVER = threading.Event()


def until[T](get: Callable[[], T], *, within_s: float = WITHIN_S, what: str = "the expected state") -> T:
    """The first true value that `get` gives.

    Raises:
        AssertionError: it gave none in time.

    """
    deadline = time.monotonic() + within_s
    while True:
        value = get()
        if value:
            return value
        if time.monotonic() > deadline:
            msg = f"{what} did not come within {within_s} s"
            raise AssertionError(msg)
        _NEVER.wait(PAUSE_S)
