"""Where a contact goes when it is not answered or not let in: chains, closed lines, the last resort. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.routing.floor import Floor, Presence
from chalicelib.routing.models import ContactFacts, Passed, Reason, Target, TargetKind, Why
from chalicelib.tenancy.models import WEEK, Chain, Duty, Hop, Queue, Tenant, is_open

WAIT_THRESHOLDS = 15
"""A queue is tried for fifteen times the wait its service level allows (20 s: 300 s), then the next target."""
WAIT_MIN_S = 60
WAIT_MAX_S = 1_800
VOICEMAIL_S = 120
"""The longest message."""
ANNOUNCEMENT_S = 300
"""How long the closing announcement may take."""
ANNOUNCEMENT = "announcement"
"""The self-service that says goodbye, for lines without voicemail."""
VOICE = "VOICE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What hops are judged by: the contact, the tenant, local time, and the floor when it may be used."""

    contact: ContactFacts
    number: str | None
    tenant: Tenant
    local: datetime
    floor: Floor | None


def wait_s(queue: Queue) -> int:
    """Return how long a contact waits in the queue before the next target, unless a chain says."""
    return min(max(WAIT_THRESHOLDS * queue.threshold_s, WAIT_MIN_S), WAIT_MAX_S)


def in_queue(queue: Queue, reason: Reason, timeout_s: int | None = None) -> Target:
    """Return the queue as a target."""
    return Target(
        kind=TargetKind.QUEUE, id=queue.id, timeout_s=wait_s(queue) if timeout_s is None else timeout_s, reason=reason
    )


def blocked(queue: Queue, chain: Chain | None, floor: Floor | None) -> Why | None:
    """Return why the queue lets nobody in now, as far as the floor tells: full, too long a wait, nobody signed in.

    The last two only when the queue has a chain to go on with.
    """
    if floor is None:
        return None
    state = floor.queue(queue.id)
    if queue.max_contacts is not None and state.waiting >= queue.max_contacts:
        return Why.QUEUE_FULL
    if chain is None:
        return None
    if chain.skip_wait_s is not None and state.oldest_s > chain.skip_wait_s:
        return Why.WAIT_OVER_LIMIT
    signed_in = any(agent.presence is not Presence.OFFLINE for agent in floor.team(queue.id).agents)
    return None if signed_in else Why.NOBODY_SIGNED_IN


def hops(way: Way, chosen: Iterable[Hop], reason: Reason) -> tuple[list[Target], list[Passed]]:
    """Return the hops as targets in their order, and those that cannot take the contact now, with why (ACD-16)."""
    targets: list[Target] = []
    passed: list[Passed] = []
    for hop in chosen:
        target = _target(way, hop, reason)
        if (why := _cannot(way, hop)) is None:
            targets.append(target)
        else:
            passed.append(Passed(what=f"{target.kind} {target.id}", why=why))
    return targets, passed


def last_resort(way: Way, before: Sequence[Target]) -> Target | None:
    """Return what always works after `before`: the line's voicemail, unless it stands there already.

    Without one a queue at the end stands, and anything else is followed by an announcement.
    """
    voicemail = _voicemail(way.contact, Reason.NOBODY_ANSWERED)
    if has_voicemail(way.contact) and voicemail.place not in {target.place for target in before}:
        return voicemail
    if before and before[-1].kind in {TargetKind.QUEUE, TargetKind.VOICEMAIL}:
        return None
    return Target(kind=TargetKind.IVR, id=ANNOUNCEMENT, timeout_s=ANNOUNCEMENT_S, reason=Reason.NOBODY_ANSWERED)


def has_voicemail(contact: ContactFacts) -> bool:
    """Return whether the contact can leave a message on its line."""
    return contact.line.off_hours == "voicemail" and contact.channel == VOICE


def on_duty(duty: Duty, local: datetime) -> str:
    """Return today's telephone: the date's, else the weekday's, else the roster's own (ACD-15)."""
    date, weekday = local.date().isoformat(), WEEK[local.weekday()]
    of_date = (day.number for day in duty.days if day.date == date)
    of_weekday = (day.number for day in duty.days if weekday in day.weekdays)
    return next(of_date, None) or next(of_weekday, None) or duty.number


def _voicemail(contact: ContactFacts, reason: Reason) -> Target:
    return Target(kind=TargetKind.VOICEMAIL, id=contact.line.id, timeout_s=VOICEMAIL_S, reason=reason)


def _target(way: Way, hop: Hop, reason: Reason) -> Target:
    match hop.to:
        case "voicemail":
            return _voicemail(way.contact, reason)
        case "duty":
            roster = next(one for one in way.tenant.plan.duties if one.id == hop.id)
            return Target(
                kind=TargetKind.OUTSIDE, id=on_duty(roster, way.local), timeout_s=hop.timeout_s, reason=reason
            )
        case _:
            place = hop.number or str(hop.id)
            return Target(kind=TargetKind(hop.to), id=place, timeout_s=hop.timeout_s, reason=reason)


def _cannot(way: Way, hop: Hop) -> Why | None:
    """Return why the hop cannot take the contact now."""
    if hop.to in {"outside", "duty", "voicemail"}:
        works = way.contact.channel == VOICE if hop.to != "voicemail" else has_voicemail(way.contact)
        return None if works else Why.NOT_A_CALL
    if hop.to == "callback":
        return None if way.number else Why.NO_NUMBER
    if hop.to == "ivr":
        return Why.NOT_FROM_A_QUEUE if way.contact.in_queue_flow else None
    queue = way.tenant.queues[str(hop.id)]
    timetable = way.tenant.hours.get(queue.hours)
    if timetable is not None and not is_open(timetable, way.local):
        return Why.CLOSED
    return blocked(queue, way.tenant.plan.chain_of(queue.id), way.floor)
