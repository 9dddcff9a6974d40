"""Agents: what supervisors and clients are told. Every agent's state now (RTM-01), seats in use (TEN-08)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.agents import policy
from chalicelib.agents.models import AgentState, House, SeatInterval, StatusChange
from chalicelib.tenancy.models import Seats


class Store(Protocol):
    """Port: see `store.Agents`."""

    def house(self, *, consistent: bool = False) -> House:
        """Return all agents and queues."""

    def changes(self, day: str) -> Iterator[StatusChange]:
        """Yield the changes of status of a UTC day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """The agents who hold a seat at `as_of`, by username; `known_at` is when what is known was true."""

    as_of: datetime
    known_at: datetime | None
    agents: tuple[AgentState, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatUse:
    """Seats in use, a row a quarter-hour, and now."""

    as_of: datetime
    seats: Seats
    now: int
    intervals: tuple[SeatInterval, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """The agents of one tenant, for people."""

    store: Store
    seats: Seats
    now: Callable[[], datetime]

    def live(self) -> Live:
        """Return who is signed in and what each does.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        now = self.now()
        house = self.store.house()
        seated = sorted(policy.seated(house.agents, now), key=lambda one: (one.name, one.id))
        return Live(as_of=now, known_at=house.known_at(now), agents=tuple(seated))

    def use(self, start: datetime, end: datetime) -> SeatUse:
        """Return the most seats in use in each quarter-hour of [start, end), as far as it is past.

        A status that nobody changed for longer than the day before `start` is not seen.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        now = self.now()
        changes: list[StatusChange] = []
        day = start - timedelta(days=1)
        while day.date() <= end.date():
            changes += self.store.changes(day.date().isoformat())
            day += timedelta(days=1)
        intervals = policy.seats_in_use(changes, start, end, now, self.seats.contracted)
        seated = policy.seated(self.store.house().agents, now)
        return SeatUse(as_of=now, seats=self.seats, now=len(seated), intervals=tuple(intervals))
