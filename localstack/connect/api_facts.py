"""What the metrics of the past need to know of each contact that is over."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from localstack.connect.engine import hierarchy
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.parts import Outcome
from localstack.connect.engine.staff import is_agent_queue
from localstack.connect.engine.world import World

KEPT = 200_000
"""Contacts whose facts are kept; the oldest are forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One finished contact, booked at `at` (10.2); durations are seconds, None = there was none."""

    instance_id: str
    at: datetime
    channel: str
    method: str
    queue_id: str
    """"" when the contact was never in a standard queue."""
    profile_id: str
    agent_id: str
    group_ids: tuple[str, ...]
    """The groups of the agent, from the top of the hierarchy down."""
    wait_s: float | None
    answered: bool
    abandoned: bool
    talk_s: float
    hold_s: float
    acw_s: float
    initiated_at: datetime
    enqueued_at: datetime | None
    connected_at: datetime | None
    """When the agent was connected."""
    over_at: datetime | None
    """When the contact was over; None while it goes on."""
    holds: int
    held_at_end: bool
    reason: str
    moved_by: str
    """Who moved it on as another contact: "agent" or "queue"; "" when nobody did."""
    moved_out: bool
    """Whether the customer went on to somebody outside."""

    @property
    def handle_s(self) -> float:
        """Talk, hold and after-contact work."""
        return self.talk_s + self.hold_s + self.acw_s


@dataclass(slots=True)
class Ledger:
    """The facts of a world, oldest first. Written and read in the driver's thread."""

    world: World
    facts: deque[Fact] = field(default_factory=lambda: deque(maxlen=KEPT))

    def __post_init__(self) -> None:
        self.world.on_completed.append(self.book)

    def book(self, contact: Contact) -> None:
        """Keep what matters of a contact that is over; one that never arrived does not count."""
        if contact.disconnected_at is not None:
            self.facts.append(_fact(self.world, contact, contact.disconnected_at))

    def going_on(self) -> list[Fact]:
        """The same of contacts that are not over: only metrics that are booked at an earlier moment look at them."""
        begun = (one for one in self.world.active if one.transcript and one.disconnected_at is None)
        return [_fact(self.world, one, None) for one in begun]


def _booked(world: World, contact: Contact, at: datetime) -> datetime:
    """The moment in whose interval a contact counts: a switch, AWS does not say it of every metric (10.2)."""
    match world.settings.metrics_booked_by:
        case "initiation":
            return contact.initiated_at
        case "enqueue":
            return contact.visit.enqueued_at if contact.visit else contact.initiated_at
        case "disconnect":
            return at


def _fact(world: World, contact: Contact, over_at: datetime | None) -> Fact:
    at = over_at or world.now
    visit, leg = contact.visit, contact.leg
    counted = visit if visit is not None and not is_agent_queue(visit.queue) else None
    left = counted.left_at or at if counted else at
    ended = leg.left_at or at if leg else at
    hold_s = _seconds(leg.customer_held.over) if leg else 0.0
    return Fact(
        instance_id=contact.instance.id,
        at=_booked(world, contact, at),
        channel=contact.channel,
        method=contact.initiation_method,
        queue_id=counted.queue.id if counted else "",
        profile_id=leg.agent.profile.id if leg else "",
        agent_id=leg.agent.id if leg else "",
        group_ids=hierarchy.ids_of(leg.agent.instance, leg.agent.user) if leg else (),
        wait_s=(left - counted.enqueued_at).total_seconds() if counted else None,
        answered=leg is not None,
        abandoned=counted is not None and counted.outcome is Outcome.ABANDONED and not _called_back(world, contact),
        talk_s=(ended - leg.connected_at).total_seconds() - _seconds(leg.not_talking()) if leg else 0.0,
        hold_s=hold_s,
        acw_s=(leg.acw_ended_at - ended).total_seconds() if leg and leg.acw_ended_at else 0.0,
        initiated_at=contact.initiated_at,
        enqueued_at=counted.enqueued_at if counted else None,
        connected_at=leg.connected_at if leg else None,
        over_at=over_at,
        holds=len(leg.customer_held.over) if leg else 0,
        held_at_end=bool(leg and leg.customer_held.over and leg.customer_held.over[-1][1] == over_at),
        reason=contact.disconnect_reason or "",
        moved_by=_moved_by(contact),
        moved_out=contact.transferred_to is not None,
    )


def _moved_by(contact: Contact) -> str:
    """A transfer that was taken back has moved nobody."""
    new = contact.next
    if new is None or new.source is not None:
        return ""
    return {"TRANSFER": "agent", "QUEUE_TRANSFER": "queue"}.get(new.initiation_method, "")


def _seconds(spans: Iterable[tuple[datetime, datetime]]) -> float:
    return sum(((end - start).total_seconds() for start, end in spans), 0.0)


def _called_back(world: World, contact: Contact) -> bool:
    """Whether a callback came of it: such a contact is not abandoned (6.5)."""
    return any(one.is_callback and one.previous is contact for one in world.active)


def _group_on(level: int) -> Callable[[Any], str]:
    """The agent's group on a level, counted from 0 at the top; "" when there is none."""
    return lambda fact: fact.group_ids[level] if level < len(fact.group_ids) else ""


HIERARCHY = tuple(f"AGENT_HIERARCHY_LEVEL_{word}" for word in ("ONE", "TWO", "THREE", "FOUR", "FIVE"))
FIELDS: Mapping[str, Callable[[Any], str]] = {
    "QUEUE": lambda fact: fact.queue_id,
    "ROUTING_PROFILE": lambda fact: fact.profile_id,
    "AGENT": lambda fact: fact.agent_id,
    "CHANNEL": lambda fact: fact.channel,
    "INITIATION_METHOD": lambda fact: fact.method,
    **{name: _group_on(n) for n, name in enumerate(HIERARCHY)},
}
"""What facts are filtered and grouped by."""
