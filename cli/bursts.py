"""A burst of simulated calls: planned from a call pattern, run by the emulator, watched until it is over."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chalicelib.platform.errors import ProductError
from chalicelib.tenancy.contract import Contract
from cli import arrivals, places
from cli.callers import plan_calls
from cli.control import BurstState, Control, PlannedCall

WINDOW_S: Final = 2_700
"""Three quarters of an hour about the peak: long enough for three intervals of the KPI table."""
POLL_S: Final = 0.25
DEADLINE_S: Final = 900.0
"""Real seconds after which a burst of a few hundred calls has certainly gone wrong."""


class BurstFailed(ProductError):
    """The emulator gave up on the burst, or did not finish it in time."""

    code, status, title = "burst-failed", 502, "Burst failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class BurstPlan:
    """The calls of a burst and a sentence on where their arrivals come from."""

    calls: tuple[PlannedCall, ...]
    source: str
    span_s: int


def default_pattern() -> Path:
    """Return the real pattern of the reference material where it lies beside the project, else our invented one."""
    return places.REFERENCE_PATTERN if places.REFERENCE_PATTERN.is_file() else places.SYNTHETIC_PATTERN


def plan(contracts: Sequence[Contract], *, calls: int, seed: int, pattern: Path | None = None) -> BurstPlan:
    """Plan `calls` calls around the busiest stretch of a usual day of the pattern.

    Raises:
        InvalidPattern: the file cannot be read as a pattern.

    """
    path = pattern or default_pattern()
    days = arrivals.read_pattern(path.read_text(encoding="utf-8-sig"))
    day = arrivals.choose_weekday(days)
    window = arrivals.peak_window(days[day], WINDOW_S)
    times = arrivals.arrival_times(window, calls, seed=seed)
    first, counted = window[0].start_s, sum(item.calls for item in window)
    source = (
        f"{_describe(path)}, {day:%A %Y-%m-%d} from {first // 3600:02d}:{first // 60 % 60:02d}, "
        f"{counted} calls counted, {calls} drawn (seed {seed})"
    )
    return BurstPlan(calls=plan_calls(contracts, times, seed=seed), source=source, span_s=arrivals.span_s(window))


def _describe(path: Path) -> str:
    if path == places.REFERENCE_PATTERN:
        return "the real bank's arrivals (reference material beside the project)"
    return "the invented weekday of cli/data" if path == places.SYNTHETIC_PATTERN else f"the pattern {path.name}"


def watch(
    look: Callable[[], BurstState], told: Callable[[BurstState], None], *, deadline_s: float = DEADLINE_S
) -> BurstState:
    """Tell the burst's progress until it is done, and return its last state.

    Raises:
        BurstFailed: it failed or is not done within `deadline_s`.

    """
    end = time.monotonic() + deadline_s
    while True:
        state = look()
        told(state)
        if state.state == "done":
            return state
        if state.state == "failed" or time.monotonic() > end:
            msg = f"the burst is {state.state} after {state.ended} of {state.total} calls. {state.error}".rstrip()
            raise BurstFailed(msg)
        time.sleep(POLL_S)


@dataclass(frozen=True, slots=True)
class Running:
    """A burst that the emulator runs."""

    control: Control
    burst_id: str

    def look(self) -> BurstState:
        """Return how far it is."""
        return self.control.burst(self.burst_id)
