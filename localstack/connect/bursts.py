"""Bursts: many planned calls at once, and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from localstack.connect.control_requests import BurstCall
from localstack.connect.driver import Driver
from localstack.connect.engine import times
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.parts import Outcome
from localstack.connect.engine.world import World


@dataclass(slots=True)
class Burst:
    """One burst and its counters."""

    id: str
    total: int
    arrived: int = 0
    ended: int = 0
    answered: int = 0
    abandoned: int = 0
    state: Literal["running", "done", "failed"] = "running"


class Bursts:
    """All bursts of a world. Used in the driver's thread only."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._bursts: dict[str, Burst] = {}
        driver.world.on_completed.append(self._completed)

    def start(self, world: World, seed: int, start: datetime, calls: Sequence[BurstCall]) -> Burst:
        """Plan all calls. Raises LookupError, and plans none, when somebody dials a number that nobody answers."""
        unknown = sorted({one.plan.to for one in calls if world.directory.number(one.plan.to) is None})
        if unknown:
            msg = f"nobody answers {', '.join(unknown)}"
            raise LookupError(msg)
        burst = Burst(world.new_id("burst"), len(calls))
        self._bursts[burst.id] = burst
        for number, one in enumerate(calls):
            at = times.later(start, one.at_s)
            world.place_call(one.plan, at=at, seed=f"{seed}/{number}", burst_id=burst.id)
        if calls:
            self._driver.burning += 1
        else:
            burst.state = "done"
        return burst

    def tell(self, world: World, burst_id: str) -> dict[str, Any]:
        """The burst now. Raises LookupError."""
        burst = self._bursts[burst_id]
        contacts = [c for c in world.active if c.burst_id == burst_id and c.latest is c]
        planned = sum(not c.transcript for c in contacts)
        stuck = burst.state == "running" and world.timeline.idle and not world.awaited
        return {
            "burst_id": burst.id,
            "state": "failed" if stuck else burst.state,
            "error": (self._driver.failure or "some calls never end") if stuck else None,
            "total": burst.total,
            "arrived": burst.total - planned,
            "ended": burst.ended,
            "answered": burst.answered + sum(_answered(c) for c in contacts),
            "abandoned": burst.abandoned,
            "in_queue": sum(c.waiting for c in contacts),
            "now": times.micros(world.now),
        }

    def _completed(self, contact: Contact) -> None:
        burst = self._bursts.get(contact.burst_id)
        if burst is None or not all(segment.completed for segment in contact.segments):
            return
        burst.ended += 1
        burst.answered += _answered(contact)
        last = contact.latest.visit
        burst.abandoned += last is not None and last.outcome is Outcome.ABANDONED
        if burst.ended == burst.total:
            world = self._driver.world
            world.timeline.after(world.settings.record_delay_s, lambda: self._done(burst))

    def _done(self, burst: Burst) -> None:
        self._driver.world.outbox.flush()
        self._driver.burning -= 1
        burst.state = "done"


def _answered(contact: Contact) -> bool:
    return any(segment.leg is not None for segment in contact.segments)
