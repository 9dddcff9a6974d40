"""Agents: what each does, moment by moment, and the intervals that this makes of a day (DSK-05). Values and rules.

Each agent event tells what the agent did before it and does after it, so that one event alone is one turn: neither the
order in which events come nor a repetition changes what is kept.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby, pairwise
from typing import Final

from chalicelib.agents.models import ENDED, OFFERED, SIGNED_OUT, AgentEvent, Snapshot, Status, StatusType, Work


class Activity(StrEnum):
    """What an agent does. A contact on the screen goes before the status that the agent has chosen."""

    READY = "ready"
    BUSY = "busy"
    """A status of the agent's own choice that offers no contacts and is no break; do not disturb is one."""
    BREAK = "break"
    OFFERED = "offered"
    """A contact rings and is not yet accepted."""
    ON_CONTACT = "on-contact"
    """Holds, and tasks that are paused, are in it."""
    AFTER_CONTACT_WORK = "after-contact-work"
    MISSED = "missed"
    """A contact was not accepted, or could not be joined, and is still on the screen."""
    SIGNED_OUT = "signed-out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """An activity and why. `status` is the chosen status, whose name is the reason while no contact is on the screen.

    Of several contacts on the screen it names the one that has come first among those that make the activity.
    """

    activity: Activity
    status: str
    contact_id: str | None = None
    queue: str | None = None

    @property
    def reason(self) -> str:
        """The contact that the agent is occupied with, else the name of the chosen status."""
        return self.contact_id or self.status


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What an agent did before and does after the event `event_id` at `at`; the two differ."""

    at: datetime
    event_id: str
    agent_id: str
    username: str
    before: Doing
    after: Doing


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """An agent did the same from `start` (in it) to `end` (not in it)."""

    start: datetime
    end: datetime
    doing: Doing

    @property
    def seconds(self) -> float:
        """The length of the interval."""
        return (self.end - self.start).total_seconds()


OUT: Final = Doing(activity=Activity.SIGNED_OUT, status=SIGNED_OUT)
"""What somebody does of whom there is no snapshot."""

_ON_CONTACT: Final = frozenset({"CONNECTED", "CONNECTED_ONHOLD", "PAUSED"})
_MISSED: Final = frozenset({"MISSED", "REJECTED", "ERROR"})
_BY_CONTACTS: Final[tuple[tuple[Activity, frozenset[str]], ...]] = (
    (Activity.ON_CONTACT, _ON_CONTACT),
    (Activity.AFTER_CONTACT_WORK, frozenset({ENDED})),
    (Activity.OFFERED, OFFERED | {"PENDING"}),
    (Activity.MISSED, _MISSED),
)
"""States of contacts (7) that make an activity; the first row that any contact fits decides."""


def doing(snapshot: Snapshot | None, kinds: Mapping[str, str]) -> Doing:
    """Return what the agent of `snapshot` does; `kinds` says of the tenant's own statuses whether each is a break."""
    if snapshot is None:
        return OUT
    for activity, states in _BY_CONTACTS:
        works = [work for work in snapshot.works if work.state in states]
        if works:
            first = min(works, key=_came)
            return Doing(activity=activity, status=snapshot.status.name, contact_id=first.contact_id, queue=first.queue)
    return Doing(activity=_chosen(snapshot.status, kinds), status=snapshot.status.name)


def since(snapshot: Snapshot, what: Doing) -> datetime:
    """Return since when the agent of `snapshot` does `what`: the contact's state, else the chosen status."""
    works = (work.since for work in snapshot.works if work.contact_id == what.contact_id)
    return next(works, snapshot.status.since)


def _came(work: Work) -> tuple[datetime, str]:
    return work.connected_at or work.since, work.contact_id


def _chosen(status: Status, kinds: Mapping[str, str]) -> Activity:
    """Return the activity of a status; a custom one that the contract does not have is busy."""
    if status.type is StatusType.OFFLINE:
        return Activity.SIGNED_OUT
    if status.type is StatusType.ROUTABLE:
        return Activity.READY
    return Activity(kinds.get(status.name, Activity.BUSY))


def turn(event: AgentEvent, kinds: Mapping[str, str]) -> Turn | None:
    """Return the turn that `event` tells of; None when the agent does after it what was done before it."""
    shown = event.current or event.previous
    before, after = doing(event.previous, kinds), doing(event.current, kinds)
    if event.type == "LOGOUT":
        after = Doing(activity=Activity.SIGNED_OUT, status=after.status)
    if shown is None or before == after:
        return None
    return Turn(
        at=event.at,
        event_id=event.id,
        agent_id=event.agent_id,
        username=shown.username,
        before=before,
        after=after,
    )


def stays(turns: Iterable[Turn], start: datetime, end: datetime) -> tuple[Stay, ...]:
    """Return what one agent did in [start, end), without a gap and without an overlap.

    `turns` are the agent's, in any order, from before `start` on; of none of them nothing follows. What was done before
    the first turn is what that one says; after the last one it goes on to `end`.
    """
    settled = list(_settled(turns))
    if not settled or end <= start:
        return ()
    begins = [(start, settled[0].before), *((max(one.at, start), one.after) for one in settled if one.at < end)]
    spans = [Stay(start=at, end=till, doing=what) for (at, what), (till, _) in pairwise([*begins, (end, OUT)])]
    return tuple(_merged(span for span in spans if span.start < span.end))


def _settled(turns: Iterable[Turn]) -> Iterator[Turn]:
    """Yield one turn an instant, in order of time: of several at one instant, the one that leads to the next."""
    ordered = sorted(turns, key=lambda one: (one.at, one.event_id))
    instants = [list(group) for _, group in groupby(ordered, key=lambda one: one.at)]
    for group, following in pairwise([*instants, []]):
        expected = {one.before for one in following}
        leads = [one for one in group if one.after in expected] or group
        yield leads[-1]


def _merged(spans: Iterable[Stay]) -> Iterator[Stay]:
    """Yield the spans, those that follow one another with the same doing as one."""
    for what, group in groupby(spans, key=lambda one: one.doing):
        members = list(group)
        yield Stay(start=members[0].start, end=members[-1].end, doing=what)
