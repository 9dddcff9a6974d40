"""Collecting keys: time limits, terminators, cancel key (2.1, GetParticipantInput)."""

from collections.abc import Callable

from localstack.connect.engine.effects import Digits, Keyed
from localstack.connect.engine.timeline import Timeline, Timer

CANCEL_KEY = "*"


class Listening:
    """One chance for the customer to press keys. Calls `done` exactly once, unless it is closed before."""

    def __init__(self, timeline: Timeline, wanted: Digits, done: Callable[[Keyed], None]) -> None:
        self.wanted = wanted
        self._timeline = timeline
        self._done = done
        self._typed = ""
        self._timer: Timer | None = None
        self.open = True
        self._arm(wanted.prompt_s + wanted.first_s)

    def press(self, digit: str) -> bool:
        """One key. False when nobody listens any more; the key is lost then, there is no type-ahead."""
        if not self.open:
            return False
        if self.wanted.cancels and digit == CANCEL_KEY:
            self._typed = ""
            self._arm(self.wanted.first_s)
            return True
        self._typed += digit
        if self.wanted.ends_with and self._typed.endswith(self.wanted.ends_with):
            self._finish(self._typed.removesuffix(self.wanted.ends_with))
        elif len(self._typed) >= self.wanted.max_digits:
            self._finish(self._typed)
        else:
            self._arm(self.wanted.between_s)
        return True

    def expire(self) -> None:
        """Let the time limit be over now: an interactive caller chose to stay silent."""
        if self.open:
            self._finish(self._typed)

    def close(self) -> None:
        """Stop listening without an answer."""
        self.open = False
        self._timeline.cancel(self._timer)

    def _arm(self, limit_s: float) -> None:
        self._timeline.cancel(self._timer)
        self._timer = self._timeline.after(limit_s, self.expire)

    def _finish(self, digits: str) -> None:
        self.close()
        self._done(Keyed(digits))
