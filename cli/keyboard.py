"""Lines that a person types while something else goes on: reading never blocks longer than it is told to."""

import os
import select
import time
from dataclasses import dataclass, field
from typing import Final, Protocol

_CHUNK_BYTES: Final = 4_096


class Lines(Protocol):
    """What a person types."""

    @property
    def over(self) -> bool:
        """Whether nothing more can come."""

    def line(self, within_s: float) -> str | None:
        """Return the next line, waiting at most so long."""


@dataclass(slots=True)
class Keyboard:
    """Lines of one file descriptor (a terminal or a pipe). `over` is True once its end was reached."""

    descriptor: int
    over: bool = False
    _bytes: bytearray = field(default_factory=bytearray)

    def line(self, within_s: float) -> str | None:
        """Return the next line without its end, waiting at most `within_s` seconds; None when there is none yet."""
        if (found := self._taken()) is not None:
            return found
        if self.over:
            time.sleep(within_s)  # nobody will type any more, but the caller's turn takes as long as ever
            return None
        ready, _, _ = select.select([self.descriptor], [], [], within_s)
        if ready:
            chunk = os.read(self.descriptor, _CHUNK_BYTES)
            self.over = not chunk
            self._bytes += chunk
        return self._taken()

    def _taken(self) -> str | None:
        line, end, rest = bytes(self._bytes).partition(b"\n")
        if not end:
            return None
        self._bytes[:] = rest
        return line.decode("utf-8", "replace").strip()


@dataclass(slots=True)
class NoKeyboard:
    """Nobody types; a turn takes as long as it is told to."""

    over: bool = True

    def line(self, within_s: float) -> str | None:
        """Wait; return nothing."""
        time.sleep(within_s)
        return None
