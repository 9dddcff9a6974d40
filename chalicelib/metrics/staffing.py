"""Metrics: agents' signed-in time as counters, from their changes of status. Pure; any order of changes is the same."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby, pairwise

from chalicelib.agents.models import StatusChange, StatusType
from chalicelib.metrics import policy
from chalicelib.metrics.models import INTERVAL_S, AgentSlot, Booking

_MS = timedelta(milliseconds=1)


def staffed(
    changes: Iterable[StatusChange], period: tuple[datetime, datetime], unpaid: frozenset[str]
) -> Iterator[Booking[AgentSlot]]:
    """Yield what each agent adds to the quarter-hours of [start, end): milliseconds signed in, and unpaid ones of them.

    `changes` are from before `start` on; of an agent of whom none is before `start` nothing is counted until the first.
    A status holds until the next one, signed in is any that is not offline, `unpaid` are names of statuses.
    """
    ordered = sorted(set(changes), key=lambda one: (one.agent_id, one.at))
    for _, group in groupby(ordered, key=lambda one: one.agent_id):
        for change, start, end in _held(list(group), period):
            if change.type is not StatusType.OFFLINE:
                names = ("signed_in_ms", "unpaid_ms") if change.status in unpaid else ("signed_in_ms",)
                yield from split(change.username, start, end, names)


def _held(
    changes: Sequence[StatusChange], period: tuple[datetime, datetime]
) -> Iterator[tuple[StatusChange, datetime, datetime]]:
    """Yield each status with the part of the period in which it held."""
    start, end = period
    ends = [change.at for change in changes[1:]] + [end]
    for change, until in zip(changes, ends, strict=True):
        first, last = max(change.at, start), min(until, end)
        if first < last:
            yield change, first, last


def split(agent: str, start: datetime, end: datetime, counters: Sequence[str]) -> Iterator[Booking[AgentSlot]]:
    """Yield the milliseconds of [start, end) as each of `counters`, quarter-hour by quarter-hour."""
    cuts, at = [start], policy.interval_start(start) + timedelta(seconds=INTERVAL_S)
    while at < end:
        cuts.append(at)
        at += timedelta(seconds=INTERVAL_S)
    for first, last in pairwise([*cuts, end]):
        slot = AgentSlot(start=policy.interval_start(first), agent=agent)
        yield Booking(slot=slot, counters=dict.fromkeys(counters, (last - first) // _MS))
