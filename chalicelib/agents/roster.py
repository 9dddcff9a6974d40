"""Agents: what supervisors and clients are told. Every agent's state now (RTM-01) and day (DSK-05), seats (TEN-08)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from chalicelib.agents import activity, policy
from chalicelib.agents.activity import Stay, Turn
from chalicelib.agents.models import AgentState, House, SeatInterval, StatusChange
from chalicelib.tenancy.models import Seats, zone


class Store(Protocol):
    """Port: see `store.Agents`."""

    def house(self, *, consistent: bool = False) -> House:
        """Return all agents and queues."""

    def changes(self, day: str) -> Iterator[StatusChange]:
        """Yield the changes of status of a UTC day."""


class Turns(Protocol):
    """Port: see `activity_store.Turns`."""

    def of_agent(self, username: str, day: str) -> Iterator[Turn]:
        """Yield the turns of one agent on a UTC day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What an agent did on the tenant's local day `on`, so far as it is past at `as_of`; the intervals tile it."""

    agent: str
    on: date
    as_of: datetime
    stays: tuple[Stay, ...]


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
    turns: Turns
    seats: Seats
    time_zone: str
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

    def day(self, agent: str, on: date) -> Day:
        """Return the intervals of the agent on the tenant's local day `on`; none when nothing was heard of the agent.

        An activity that did not change since before the UTC day before is not seen.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        now, local = self.now(), zone(self.time_zone)
        start = datetime.combine(on, time(), local).astimezone(UTC)
        end = min(datetime.combine(on + timedelta(days=1), time(), local).astimezone(UTC), now)
        turns: list[Turn] = []
        day = start.date() - timedelta(days=1)
        while day <= end.date():
            turns += self.turns.of_agent(agent, day.isoformat())
            day += timedelta(days=1)
        return Day(agent=agent, on=on, as_of=now, stays=activity.stays(turns, start, end))
