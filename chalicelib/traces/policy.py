"""Traces: what is decided. A leg becomes marks in time, and a chain one course. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from chalicelib.contacts.models import Contact
from chalicelib.menus.service import read_log
from chalicelib.traces.models import Kind, Leg, Mark, Stage, Trace

_ORDER: Final = tuple(Kind)


def leg_of(contact: Contact) -> Leg:
    """Return the leg that a stored contact is."""
    return Leg(
        contact_id=contact.id,
        at=contact.at,
        channel=contact.channel,
        method=contact.method,
        is_kept=True,
        previous_id=contact.previous_id,
        next_id=contact.next_id,
        line=contact.line,
        number=contact.entry_number,
        queue=contact.queue_name or contact.queue,
        agent=contact.agent,
        menu_log=contact.menu_log,
        queued_at=contact.queued_at,
        dequeued_at=contact.dequeued_at,
        accepted_at=contact.accepted_at,
        answered_at=contact.answered_at,
        transferred_at=contact.transferred_at,
        transferred_to=contact.transferred_to,
        acw_started_at=contact.acw_started_at,
        acw_ended_at=contact.acw_ended_at,
        ended_at=contact.ended_at,
        end_reason=contact.end_reason,
        result=contact.result.value,
    )


def trace(legs: Iterable[Leg]) -> Trace:
    """Return the course of a chain: whatever the order of `legs`, its marks are in order of time."""
    ordered = tuple(sorted(legs, key=lambda leg: (leg.at, leg.contact_id)))
    place = {leg.contact_id: n for n, leg in enumerate(ordered)}
    marks = [mark for leg in ordered for mark in _marks(leg)]
    marks.sort(key=lambda mark: (mark.at, place[mark.contact_id], _ORDER.index(mark.kind)))
    return Trace(stage=_stage(ordered), legs=ordered, marks=tuple(marks))


def _stage(legs: tuple[Leg, ...]) -> Stage:
    if any(leg.ended_at is None for leg in legs):
        return Stage.LIVE
    return Stage.COMPLETE if is_complete(legs) else Stage.OVER


def is_complete(legs: Iterable[Leg]) -> bool:
    """Return whether every leg is over and kept, and so is each that one of them names."""
    found = {leg.contact_id: leg for leg in legs}
    named = {one for leg in found.values() for one in (leg.previous_id, leg.next_id) if one}
    return named <= found.keys() and all(leg.is_kept and leg.ended_at for leg in found.values())


def _marks(leg: Leg) -> Iterator[Mark]:
    yield _mark(leg, leg.at, Kind.ARRIVED, method=leg.method, channel=leg.channel, number=leg.number, line=leg.line)
    yield from _steps(leg)
    spans = (
        (Kind.QUEUED, leg.queued_at, {"queue": leg.queue}),
        (Kind.LEFT_QUEUE, leg.dequeued_at, {"queue": leg.queue}),
        (Kind.ACCEPTED, leg.accepted_at, {"agent": leg.agent}),
        (Kind.ANSWERED, leg.answered_at, {"agent": leg.agent}),
        (Kind.TRANSFERRED, leg.transferred_at, {"to": leg.transferred_to or leg.next_id}),
        (Kind.WRAPPING_UP, leg.acw_started_at, {"agent": leg.agent}),
        (Kind.ENDED, leg.ended_at, {"reason": leg.end_reason, "result": leg.result, "next": leg.next_id}),
        (Kind.WRAPPED_UP, leg.acw_ended_at, {"agent": leg.agent}),
    )
    for kind, at, facts in spans:
        if at is not None:
            yield _mark(leg, at, kind, **facts)


def _steps(leg: Leg) -> Iterator[Mark]:
    """Yield the steps in the menus; later legs inherit the log of the first, whose steps are not theirs."""
    log = read_log(leg.menu_log) if leg.menu_log and leg.previous_id is None else None
    if log is None:
        return
    for step in log.entries:
        at = log.began_at + timedelta(seconds=step.at_s)
        yield _mark(leg, at, Kind.MENU, node=step.node, choice=step.choice, exit=step.exit.value)


def _mark(leg: Leg, at: datetime, kind: Kind, **facts: str | None) -> Mark:
    known = {name: value for name, value in facts.items() if value is not None}
    return Mark(at=at, kind=kind, contact_id=leg.contact_id, facts=known)
