"""The timeline: what happens next, and when. Discrete events on one clock, in one thread."""

import heapq
import itertools
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


def nothing() -> None:
    """Do what a timer that is over has left to do."""


@dataclass(slots=True, eq=False)
class Timer:
    """One thing to do. One that is over forgets what it was for: that often knows the timer, and lives as long."""

    when: datetime
    call: Callable[[], None]
    background: bool = False
    """Goes on for ever (a heartbeat): does not keep the world from being idle."""
    gate: Future[Any] | None = None
    """Work outside the world that must be finished before the timer may fire."""
    dead: bool = False


class Timeline:
    """A heap of timers and the moment that the world has reached.

    Equal moments keep the order in which they were planned, so a run is repeatable.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._heap: list[tuple[datetime, int, Timer]] = []
        self._sequence = itertools.count()
        self._foreground = 0

    def at(
        self,
        when: datetime,
        call: Callable[[], None],
        *,
        background: bool = False,
        gate: Future[Any] | None = None,
    ) -> Timer:
        """Plan `call`; a moment that is over means now."""
        return self._plan(Timer(max(when, self.now), call, background, gate))

    def after(
        self,
        delay_s: float,
        call: Callable[[], None],
        *,
        background: bool = False,
        gate: Future[Any] | None = None,
    ) -> Timer:
        """Plan `call` in `delay_s` seconds."""
        when = self.now + timedelta(seconds=delay_s) if delay_s > 0 else self.now
        return self._plan(Timer(when, call, background, gate))

    def _plan(self, timer: Timer) -> Timer:
        heapq.heappush(self._heap, (timer.when, next(self._sequence), timer))
        self._foreground += not timer.background
        return timer

    def cancel(self, timer: Timer | None) -> None:
        """Make sure that `timer` does not fire any more; cancelling twice is allowed."""
        if timer is not None and not timer.dead:
            timer.dead = True
            timer.call = nothing
            self._foreground -= not timer.background

    def head(self) -> Timer | None:
        """The timer that fires next."""
        while self._heap and self._heap[0][2].dead:
            heapq.heappop(self._heap)
        return self._heap[0][2] if self._heap else None

    @property
    def idle(self) -> bool:
        """Whether nothing is left to do but what goes on for ever."""
        return self._foreground == 0

    def fire(self) -> None:
        """Move to the head's moment and do it. There must be a head, and its gate must be open."""
        if self.head() is None:
            msg = "nothing is planned"
            raise LookupError(msg)
        self._fire(heapq.heappop(self._heap)[2])

    def run(self, most: int) -> int:
        """Fire up to `most` timers, until the world is idle. Answers how many; every gate must be open."""
        heap, fired = self._heap, 0
        while fired < most and self._foreground:
            timer = heapq.heappop(heap)[2]
            if not timer.dead:
                fired += 1
                self._fire(timer)
        return fired

    def _fire(self, timer: Timer) -> None:
        timer.dead = True
        self._foreground -= not timer.background
        self.now = timer.when
        call, timer.call = timer.call, nothing
        call()

    def move_to(self, when: datetime) -> None:
        """Move the clock forward to `when` without doing anything; never past the head, never back."""
        head = self.head()
        target = when if head is None else min(when, head.when)
        self.now = max(self.now, target)

    def rebase(self, now: datetime) -> None:
        """Start again at another moment, which may be earlier. Nothing but background timers may be planned."""
        if not self.idle:
            msg = "the clock cannot be set while contacts are active"
            raise ValueError(msg)
        for _, _, timer in self._heap:
            timer.dead = True
            timer.call = nothing
        self._heap.clear()
        self.now = now
