"""Metrics: what agents' statuses and turns tell of a period: signed-in time, ringing, time in which they were free.

Read when a report is made, and stored nowhere. `staffing.py` has the rule for statuses; the one for turns is here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from typing import Final, Protocol

from chalicelib.agents.events import Activity, Stay, Turn, stays
from chalicelib.agents.models import StatusChange
from chalicelib.metrics import policy, staffing
from chalicelib.metrics.models import AgentSlot, Booking

DAY: Final = timedelta(days=1)
_MS: Final = timedelta(milliseconds=1)


class Statuses(Protocol):
    """Port: what agents' statuses were; see `agents.service.Agents`."""

    def changes(self, day: str) -> Iterator[StatusChange]:
        """Yield the changes of status of a UTC day."""


class Turns(Protocol):
    """Port: what agents turned to; see `agents.activity_store.Turns`."""

    def of_agent(self, username: str, day: str) -> Iterator[Turn]:
        """Yield the turns of one agent on a UTC day."""

    def of_day(self, day: str) -> Iterator[Turn]:
        """Yield the turns of all agents on a UTC day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What agents of one tenant did beside the contacts that they handled; `unpaid` are statuses that are no work."""

    statuses: Statuses
    turns: Turns
    unpaid: frozenset[str] = frozenset()

    def signed_in(self, start: datetime, end: datetime, agent: str | None) -> Iterator[Booking[AgentSlot]]:
        """Yield signed-in time of [start, end), of one agent or of all.

        A status that did not change since before the UTC day before is not seen.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        changes = (change for day in _days(start, end) for change in self.statuses.changes(day))
        of_one = (change for change in changes if agent in {None, change.username})
        yield from staffing.staffed(of_one, (start, end), self.unpaid)

    def offered(self, start: datetime, end: datetime, agent: str | None) -> Iterator[Booking[AgentSlot]]:
        """Yield how long contacts rang that were answered in [start, end), and how long agents were free in it.

        What an agent does since before the UTC day before is not seen. Raises as `signed_in` does.
        """
        read = self.turns.of_day if agent is None else lambda day: self.turns.of_agent(agent, day)
        yield from told((turn for day in _days(start, end) for turn in read(day)), start, end)


def _days(start: datetime, end: datetime) -> Iterator[str]:
    """Yield the UTC days from the one before `start` to that of `end`."""
    day = start.date() - DAY
    while day <= end.date():
        yield day.isoformat()
        day += DAY


def told(turns: Iterable[Turn], start: datetime, end: datetime) -> Iterator[Booking[AgentSlot]]:
    """Yield what turns, in any order, tell of [start, end); pure.

    Ringing is booked in the quarter-hour of the answer, which it led to; an offer that was not answered nowhere.
    """
    ordered = sorted(set(turns), key=lambda one: (one.agent_id, one.at, one.event_id))
    for _, group in groupby(ordered, key=lambda one: one.agent_id):
        own = list(group)
        spans = stays(own, start - DAY, end)
        yield from _rung(own[-1].username, spans, start)
        for span in spans:
            if span.doing.activity is Activity.READY and span.end > start:
                yield from staffing.split(own[-1].username, max(span.start, start), span.end, ("available_ms",))


def _rung(agent: str, spans: Iterable[Stay], start: datetime) -> Iterator[Booking[AgentSlot]]:
    for offer, answer in pairwise(spans):
        answered = offer.doing.activity is Activity.OFFERED and answer.doing.activity is Activity.ON_CONTACT
        if answered and offer.doing.contact_id == answer.doing.contact_id and answer.start >= start:
            slot = AgentSlot(start=policy.interval_start(answer.start), agent=agent)
            yield Booking(slot=slot, counters={"ring_ms": (offer.end - offer.start) // _MS, "rung": 1})
