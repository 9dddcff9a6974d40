"""A chance for a person to do something: press keys, say something, choose on a screen (2.1)."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from localstack.connect.engine.effects import Chance, ChanceTaken, Choice, Chosen, Digits, Keyed, Said, Words
from localstack.connect.engine.timeline import Timeline, Timer

CANCEL_KEY = "*"
Done = Callable[[ChanceTaken], None]


class Listening(ABC):
    """One chance. Calls `done` exactly once, unless it is closed before.

    `press`, `say` and `choose` answer False when this chance does not take it, or not any more.
    """

    wanted: Chance

    def __init__(self, timeline: Timeline, done: Done, limit_s: float) -> None:
        self._timeline = timeline
        self._done = done
        self._timer: Timer | None = None
        self.open = True
        self.waived = False
        """The person does nothing: the time limit runs, and nobody is waited for."""
        self._arm(limit_s)

    def press(self, digit: str) -> bool:
        """One key."""
        del digit
        return False

    def say(self, text: str, spoken_s: float = 0.0) -> bool:
        """Something is said, which takes `spoken_s` seconds, or written."""
        del text, spoken_s
        return False

    def choose(self, action: str, data: Mapping[str, Any]) -> bool:
        """An action of a screen is chosen, with the data of its form."""
        del action, data
        return False

    def waive(self) -> None:
        """An interactive person chose to do nothing: the time limit passes."""
        self.waived = True

    def expire(self) -> None:
        """The time limit is over."""
        if self.open:
            self._finish(self._nothing())

    def close(self) -> None:
        """Stop listening without an answer."""
        self.open = False
        self._timeline.cancel(self._timer)

    @abstractmethod
    def _nothing(self) -> ChanceTaken:
        """What the chance has come to when the time limit is over."""

    def _arm(self, limit_s: float) -> None:
        self._timeline.cancel(self._timer)
        self._timer = self._timeline.after(limit_s, self.expire)

    def _finish(self, taken: ChanceTaken) -> None:
        self.close()
        self._done(taken)


class _Keypad(Listening):
    """Collects keys: time limits, terminators, cancel key."""

    def __init__(self, timeline: Timeline, wanted: Digits, done: Done) -> None:
        self.wanted: Digits = wanted
        self._typed = ""
        super().__init__(timeline, done, wanted.prompt_s + wanted.first_s)

    def press(self, digit: str) -> bool:
        """One key. False when nobody listens any more; the key is lost then."""
        if not self.open:
            return False
        if self.wanted.cancels and digit == CANCEL_KEY:
            self._typed = ""
            self._arm(self.wanted.first_s)
            return True
        self._typed += digit
        if self.wanted.ends_with and self._typed.endswith(self.wanted.ends_with):
            self._finish(Keyed(self._typed.removesuffix(self.wanted.ends_with)))
        elif len(self._typed) >= self.wanted.max_digits:
            self._finish(Keyed(self._typed))
        else:
            self._arm(self.wanted.between_s)
        return True

    def _nothing(self) -> Keyed:
        return Keyed(self._typed)


class _Ear(Listening):
    """Listens to words; the first key turns it into a keypad, where keys are taken."""

    def __init__(self, timeline: Timeline, wanted: Words, done: Done) -> None:
        self.wanted: Words = wanted
        self._spoken: str | None = None
        self._keypad: _Keypad | None = None
        super().__init__(timeline, done, wanted.prompt_s + wanted.first_s)

    def press(self, digit: str) -> bool:
        """One key: keys only from here on."""
        if not self.open or self._spoken is not None or self.wanted.keys is None:
            return False
        if self._keypad is None:
            self._timeline.cancel(self._timer)
            self._keypad = _Keypad(self._timeline, self.wanted.keys, self._keyed)
        return self._keypad.press(digit)

    def say(self, text: str, spoken_s: float = 0.0) -> bool:
        """Speech begins: it is heard when it is over, and only as much as fits into `longest_s`."""
        if not self.open or self._spoken is not None or self._keypad is not None:
            return False
        if spoken_s <= 0:
            self._finish(Said(text))
            return True
        self._spoken = _heard(text, self.wanted.longest_s / spoken_s)
        self._arm(min(spoken_s, self.wanted.longest_s) + self.wanted.silence_s)
        return True

    def close(self) -> None:
        """Stop listening without an answer."""
        super().close()
        if self._keypad is not None:
            self._keypad.close()

    def _keyed(self, taken: ChanceTaken) -> None:
        if isinstance(taken, Keyed):
            self._finish(Said(taken.digits, "keys"))

    def _nothing(self) -> Said:
        return Said(self._spoken or "")


class _Screen(Listening):
    """Shows a screen with actions."""

    def __init__(self, timeline: Timeline, wanted: Choice, done: Done) -> None:
        self.wanted: Choice = wanted
        super().__init__(timeline, done, wanted.limit_s)

    def choose(self, action: str, data: Mapping[str, Any]) -> bool:
        """An action is chosen."""
        if self.open:
            self._finish(Chosen(action, data))
            return True
        return False

    def _nothing(self) -> Chosen:
        return Chosen(None)


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A flow waits for events; `happened` tells it of one."""

    events: frozenset[str]
    happened: Callable[[str], None]


def listen(timeline: Timeline, wanted: Chance, done: Done) -> Listening:
    """Begin a chance."""
    match wanted:
        case Digits():
            return _Keypad(timeline, wanted, done)
        case Words():
            return _Ear(timeline, wanted, done)
        case Choice():
            return _Screen(timeline, wanted, done)


def _heard(text: str, share: float) -> str:
    """The beginning of what was said, in whole words where it has any."""
    if share >= 1:
        return text
    kept = text[: int(len(text) * share)]
    return kept.rpartition(" ")[0] or kept
