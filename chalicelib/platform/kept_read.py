"""A read that several decisions share: made at most every few seconds, beside other work, never waited for long."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from chalicelib.platform.errors import ProductError

_log = logging.getLogger(__name__)


class Reading[T](Protocol):
    """Port: a value that is read beside other work; see `KeptRead`."""

    def ask(self, within_s: float) -> None:
        """Begin to read when what is known is too old; at most `within_s` seconds from now it is waited for."""

    def latest(self) -> T | None:
        """Return the newest value; None when none was ever read."""


@dataclass(slots=True)
class KeptRead[T]:
    """The newest value of `read`. One invocation uses it at a time; only the reading has a thread of its own.

    `ask` begins to read when the value is older than `keep_s`; `latest` waits for that at most as long as `ask` allowed
    and gives the newest value there is. So a read and another one that the caller makes between the two cost one round
    trip together, and a store that is slow or refuses costs nothing but the value. `clock_s` is a monotonic clock.
    """

    read: Callable[[], T]
    keep_s: float
    clock_s: Callable[[], float] = time.monotonic
    _value: T | None = None
    _read_at_s: float = float("-inf")
    _until_s: float = 0.0
    _reading: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, within_s: float) -> None:
        """Begin to read if the value is too old and nobody reads already; `latest` waits until `within_s` from now."""
        self._until_s = self.clock_s() + within_s
        if self._reading is not None and self._reading.is_alive():
            return
        if self.clock_s() - self._read_at_s > self.keep_s:
            self._reading = threading.Thread(target=self._read, daemon=True)
            self._reading.start()

    def latest(self) -> T | None:
        """Return the newest value; None when none was ever read."""
        if self._reading is not None:
            self._reading.join(max(0.0, self._until_s - self.clock_s()))
        with self._lock:
            return self._value

    def _read(self) -> None:
        began_s = self.clock_s()
        try:
            value = self.read()
        except ProductError as error:
            # The reader of the value sees how old it is, and the next decision asks again.
            _log.warning("not read", extra={"code": error.code, "reason": error.detail})
            return
        with self._lock:
            self._value, self._read_at_s = value, began_s


@dataclass(frozen=True, slots=True)
class PartOf[Whole, T]:
    """A part of a reading that several share: whoever asks first begins it, and it is made once for all of them."""

    whole: KeptRead[Whole]
    part: Callable[[Whole], T | None]

    def ask(self, within_s: float) -> None:
        """Begin to read the whole."""
        self.whole.ask(within_s)

    def latest(self) -> T | None:
        """Return the part of the newest whole; None when none was ever read, or it has no such part."""
        found = self.whole.latest()
        return None if found is None else self.part(found)
