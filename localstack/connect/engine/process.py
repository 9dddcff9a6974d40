"""A process: steps that run on the timeline, pausing at each effect, and that can be cancelled at any of them."""

from collections.abc import Callable
from typing import Any, Protocol

from localstack.connect.engine.effects import Effect, Steps

Disarm = Callable[[], None]
Resume = Callable[[Any], None]


class Stage(Protocol):
    """Where effects happen: arms one and says how to take it back."""

    def arm(self, effect: Effect, resume: Resume) -> Disarm:
        """Make `effect` happen; call `resume` with what came of it."""
        ...


class Process:
    """Runs `steps` until they return; then calls `on_end` with what they returned. Cancelled ones never do."""

    def __init__(self, stage: Stage, steps: Steps, on_end: Callable[[Any], None]) -> None:
        self._stage = stage
        self._steps = steps
        self._on_end = on_end
        self._disarm: Disarm | None = None
        self._waits_for = 0
        self.on_cancel: Disarm | None = None
        self.over = False

    def start(self) -> None:
        """Run until the first effect."""
        self._resume(None)

    def cancel(self) -> None:
        """Stop where it is. A running function is not stopped, but its answer is not awaited any more (5.3)."""
        if self.over:
            return
        self.over = True
        if self._disarm:
            self._disarm()
            self._disarm = None  # it knows its way back here: what refers to itself is freed late
        self._steps.close()
        if self.on_cancel:
            self.on_cancel()

    def go_on_alone(self) -> None:
        """Let it run to its end; what came of it is of no interest any more."""
        self._on_end = _nobody_asks

    def release(self) -> None:
        """Let it run on to its next effect, and no further: what it ran for goes on without it."""
        self.over = True

    def _resume(self, value: Any) -> None:
        if self.over:
            return
        self._disarm = None
        try:
            effect = self._steps.send(value)
        except StopIteration as stop:
            if self.over:
                return
            self.over = True
            self._on_end(stop.value)
            return
        if self.over:
            self._steps.close()
            return
        self._waits_for += 1
        turn = self._waits_for

        def answer(value: Any) -> None:
            if turn == self._waits_for:
                self._resume(value)

        self._disarm = self._stage.arm(effect, answer)


def _nobody_asks(_finish: Any) -> None:
    """The process went on alone."""
