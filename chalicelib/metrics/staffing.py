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
                yield from _split(change, start, end, is_unpaid=change.status in unpaid)


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


def _split(change: StatusChange, start: datetime, end: datetime, *, is_unpaid: bool) -> Iterator[Booking[AgentSlot]]:
    cuts, at = [start], policy.interval_start(start) + timedelta(seconds=INTERVAL_S)
    while at < end:
        cuts.append(at)
        at += timedelta(seconds=INTERVAL_S)
    for first, last in pairwise([*cuts, end]):
        ms = (last - first) // _MS
        slot = AgentSlot(start=policy.interval_start(first), agent=change.username)
        yield Booking(slot=slot, counters={"signed_in_ms": ms, **({"unpaid_ms": ms} if is_unpaid else {})})
