"""Agents: what is decided of them. Pure.

An agent's state is a join of all events that were heard of him: the newest snapshot counts, spans and contacts are
gathered from every one of them. So neither order nor repetition changes it, and the next event or heartbeat heals
what a lost one would have told.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.agents.models import (
    CALLS_KEPT,
    ENDED,
    LONG_AGO,
    OFFERED,
    SEATS_S,
    SIGNED_OUT,
    AgentEvent,
    AgentState,
    Call,
    SeatInterval,
    Shift,
    Snapshot,
    StatusChange,
    StatusType,
    Work,
)

_MARK = 6
_BOUNDS = frozenset({"LOGIN", "LOGOUT"})


def fold(state: AgentState | None, event: AgentEvent, taken_at: datetime, site_attribute: str) -> AgentState:
    """Return the state with `event` in it; an event that is in it already changes nothing.

    Exact in any order as long as a contact's end is heard before the agent's next dozen contacts; an end that comes
    later than that is not counted. Events of one millisecond are taken in the order in which they come.
    """
    known = state or _nothing(event)
    if _is_newer(known, event):
        known = _with_news(known, event, taken_at, site_attribute)
    works = [work for one in (event.current, event.previous) if one for work in one.works]
    return replace(
        known,
        shift=_shift(known, event, works),
        online_at=_latest(known.online_at, _took_seat_at(event)),
        offline_at=_latest(known.offline_at, _left_seat_at(event)),
        cleared_at=_latest(known.cleared_at, event.at if _has_cleared(event) else None),
        tried=_tried(known, works),
    )


def _nothing(event: AgentEvent) -> AgentState:
    return AgentState(
        id=event.agent_id, name="", heard_at=LONG_AGO, heard_ids=(), taken_at=LONG_AGO, snapshot=None, shift=Shift()
    )


def _is_newer(state: AgentState, event: AgentEvent) -> bool:
    if event.at == state.heard_at:
        return event.id not in state.heard_ids
    return event.at > state.heard_at


def _with_news(state: AgentState, event: AgentEvent, taken_at: datetime, site_attribute: str) -> AgentState:
    now, before = event.current, event.previous
    name = now.username if now else before.username if before else state.name
    return replace(
        state,
        name=name,
        heard_at=event.at,
        heard_ids=(*(state.heard_ids if event.at == state.heard_at else ()), event.id),
        taken_at=taken_at,
        # The site is what routing needs of the proficiencies.
        snapshot=replace(now, proficiencies={}) if now else None,
        site=now.proficiencies.get(site_attribute) if now else state.site,
    )


def _took_seat_at(event: AgentEvent) -> datetime | None:
    """Return since when the agent holds the seat that he takes in this event."""
    now, before = event.current, event.previous
    return now.status.since if now and now.is_online and not (before and before.is_online) else None


def _left_seat_at(event: AgentEvent) -> datetime | None:
    if event.current is None:
        return event.at
    return None if event.current.is_online else event.current.status.since


def _has_cleared(event: AgentEvent) -> bool:
    """Return whether a contact that the agent handled left his screen."""
    there = {work.contact_id for work in event.current.works} if event.current else set()
    before = event.previous.works if event.previous else ()
    return any(work.connected_at is not None and work.contact_id not in there for work in before)


def _tried(state: AgentState, works: Iterable[Work]) -> dict[str, datetime]:
    tried = dict(state.tried)
    for work in works:
        if work.queue is not None and work.state in OFFERED:
            tried[work.queue] = max(work.since, tried.get(work.queue, work.since))
    return tried


def _latest(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(filter(None, (one, other)), default=None)


def _shift(state: AgentState, event: AgentEvent, works: Iterable[Work]) -> Shift:
    """Return the shift with the contacts of `works`; a LOGIN or LOGOUT that is newer begins another one."""
    shift = state.shift
    if event.type in _BOUNDS and event.at > shift.began_at:
        calls = tuple(call for call in shift.calls if call.connected_at >= event.at)
        # What is only counted began before anything that is told apart, so with the old shift.
        shift = Shift(began_at=event.at, calls=calls)
    calls_by_mark = {call.mark: call for call in shift.calls}
    for work in works:
        began_at = work.connected_at
        if began_at is not None and began_at >= shift.began_at and began_at > shift.counted_until:
            call = _call(work, began_at)
            calls_by_mark[call.mark] = _merged(calls_by_mark.get(call.mark), call)
    ordered = sorted(calls_by_mark.values(), key=lambda call: (call.connected_at, call.mark))
    return _counted(replace(shift, calls=tuple(ordered)), state.snapshot)


def _call(work: Work, began_at: datetime) -> Call:
    talk = work.since - began_at if work.state == ENDED else None
    return Call(
        mark=hashlib.sha256(work.contact_id.encode()).hexdigest()[:_MARK],
        connected_at=began_at,
        talk_ms=None if talk is None else round(talk.total_seconds() * 1000),
    )


def _merged(known: Call | None, told: Call) -> Call:
    if known is None or known.talk_ms is None:
        return told
    return known if told.talk_ms is None else replace(known, talk_ms=max(known.talk_ms, told.talk_ms))


def _counted(shift: Shift, now: Snapshot | None) -> Shift:
    """Return the shift with its oldest contacts only counted, as many as are too many; open ones are kept apart."""
    open_until = min((work.connected_at for work in now.works if work.connected_at), default=None) if now else None
    while len(shift.calls) > CALLS_KEPT and (open_until is None or shift.calls[0].connected_at < open_until):
        oldest = shift.calls[0]
        shift = replace(
            shift,
            calls=shift.calls[1:],
            talk_ms=shift.talk_ms + (oldest.talk_ms or 0),
            handled=shift.handled + 1,
            counted_until=oldest.connected_at,
        )
    return shift


def takes_seat(event: AgentEvent, before: AgentState | None, after: AgentState) -> bool:
    """Return whether the agent holds a seat that this event, or what was known `before` it, did not show him in."""
    held = before.seat_since if before else None
    return after.seat_since is not None and (after.seat_since != held or _took_seat_at(event) == after.seat_since)


def seated(agents: Iterable[AgentState], now: datetime) -> list[AgentState]:
    """Return the agents who hold a seat, the first to take one first."""
    held = [(one.seat_since, one.id, one) for one in agents if one.seat_since is not None and not one.is_gone(now)]
    return [one for _, _, one in sorted(held, key=lambda row: row[:2])]


def beyond(agents: Iterable[AgentState], ceiling: int, now: datetime) -> list[AgentState]:
    """Return whom the ceiling refuses: the last to take a seat. Of two at one instant the greater id (TEN-08)."""
    return seated(agents, now)[ceiling:]


def status_changes(event: AgentEvent, before: AgentState | None) -> Iterator[StatusChange]:
    """Yield the statuses that the event tells and that `before` it the newest state did not show.

    Some may be known already, told by an older event that came earlier; the newest event itself tells nothing again.
    """
    if before and event.id in before.heard_ids:
        return
    known = before.status.since if before and before.status else None
    name = before.name if before else ""
    for shown in (event.previous, event.current):
        if shown is not None:
            name = shown.username
            if shown.status.since != known:
                yield StatusChange(
                    at=shown.status.since,
                    agent_id=event.agent_id,
                    username=shown.username,
                    status=shown.status.name,
                    type=shown.status.type,
                )
    if event.current is None and event.type == "LOGOUT":
        yield StatusChange(
            at=event.at, agent_id=event.agent_id, username=name, status=SIGNED_OUT, type=StatusType.OFFLINE
        )


def seats_in_use(
    changes: Iterable[StatusChange], start: datetime, end: datetime, now: datetime, contracted: int
) -> list[SeatInterval]:
    """Return the most seats taken at once in each quarter-hour of [start, min(end, now)), and how many are over.

    `changes` are all changes from before `start` on, in any order; an agent of whom none is before `start` held no
    seat then. An agent takes a seat with his first status that is not offline and leaves it with the next offline one.
    """
    # Of one instant, seats are left before others are taken.
    ordered = sorted(changes, key=lambda one: (one.at, one.type is not StatusType.OFFLINE, one.agent_id))
    taken: set[str] = set()
    intervals: list[SeatInterval] = []
    position, at, ends_at = 0, start, min(end, now)
    while at < ends_at:
        till = min(at + timedelta(seconds=SEATS_S), ends_at)
        while position < len(ordered) and ordered[position].at <= at:
            _apply(ordered[position], taken)
            position += 1
        peak = len(taken)
        while position < len(ordered) and ordered[position].at < till:
            _apply(ordered[position], taken)
            peak = max(peak, len(taken))
            position += 1
        intervals.append(SeatInterval(start=at, peak=peak, over=max(0, peak - contracted)))
        at += timedelta(seconds=SEATS_S)
    return intervals


def _apply(change: StatusChange, taken: set[str]) -> None:
    if change.type is StatusType.OFFLINE:
        taken.discard(change.agent_id)
    else:
        taken.add(change.agent_id)
