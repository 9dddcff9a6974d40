"""Numbers about queues, as flows see them (3, $.Metrics). Ours are of this moment; Amazon Connect's are 5-10 s old."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localstack.connect.directory import Instance, Queue
from localstack.connect.engine import acd
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.staff import REFUSED, Activity, Agent

if TYPE_CHECKING:
    from localstack.connect.engine.floor import Floor

COUNTED = ("Online", "Available", "Staffed", "AfterContactWork", "Busy", "Missed", "NonProductive")


@dataclass(frozen=True, slots=True)
class QueueSnapshot:
    """One queue now. `estimated_wait_s` is for the next contact, None when nobody serves the queue."""

    size: int
    oldest_age_s: int
    agents: Mapping[str, int]
    estimated_wait_s: int | None


class Metrics:
    """Reads the floor."""

    def __init__(self, floor: "Floor") -> None:
        self._floor = floor

    def size(self, instance: Instance, queue: Queue) -> int:
        """Contacts in a queue, those that are being offered included."""
        return len(self._in(instance, queue))

    def of_queue(self, instance: Instance, queue: Queue, channel: str = "") -> QueueSnapshot:
        """Size, age and agents of one queue; of one channel only when it is given."""
        waiting = [one for one in self._in(instance, queue) if channel in ("", one.channel)]
        agents = [one for one in self._serving(instance, queue) if not channel or channel in one.profile.concurrency]
        now = self._floor.world.now
        ages = [(now - contact.visit.enqueued_at).total_seconds() for contact in waiting if contact.visit]
        return QueueSnapshot(
            size=len(waiting),
            oldest_age_s=int(max(ages, default=0.0)),
            agents=_count(agents),
            estimated_wait_s=_estimate(len(waiting) + 1, agents),
        )

    def of_contact(self, contact: Contact) -> Mapping[str, Any]:
        """Position and estimated wait of a waiting contact; {} when it does not wait."""
        if contact.visit is None or not contact.waiting:
            return {}
        queue = contact.visit.queue
        place = acd.position(contact.id, [as_waiting(c) for c in self._in(contact.instance, queue)]) or 1
        return {
            "PositionInQueue": place,
            "EstimatedWaitTime": _estimate(place, self._serving(contact.instance, queue)),
        }

    def _in(self, instance: Instance, queue: Queue) -> list[Contact]:
        return [c for c in self._floor.waiting_in(instance) if c.visit and c.visit.queue.id == queue.id]

    def _serving(self, instance: Instance, queue: Queue) -> list[Agent]:
        return [a for a in self._floor.agents_of(instance) if _serves(a, queue)]


def _serves(agent: Agent, queue: Queue) -> bool:
    return agent.id == queue.id or queue.id in agent.queue_ids


def as_waiting(contact: Contact) -> acd.WaitingContact:
    """A contact in a queue as the matching sees it."""
    if contact.visit is None:
        msg = f"contact {contact.id} is in no queue"
        raise ValueError(msg)
    return acd.WaitingContact(
        id=contact.id,
        queue_id=contact.visit.queue.id,
        priority=contact.priority,
        enqueued_at=contact.visit.enqueued_at,
        age_adjustment_s=contact.age_adjustment_s,
        sequence=contact.sequence,
        channel=contact.channel,
        wanted=contact.criteria.active.expression if contact.criteria and contact.criteria.active else None,
    )


def _count(agents: list[Agent]) -> dict[str, int]:
    """How many do what, in one look at each: a flow may ask for every contact of a full floor."""
    count = dict.fromkeys(COUNTED, 0)
    count["Online"] = len(agents)
    for agent in agents:
        doing = {handling.activity for handling in agent.desk.values()}
        count["Available"] += bool(agent.open_channels())
        count["Staffed"] += agent.status.type == "ROUTABLE"
        count["AfterContactWork"] += Activity.ENDED in doing
        count["Busy"] += not doing <= REFUSED
        count["Missed"] += not doing.isdisjoint(REFUSED)
        count["NonProductive"] += agent.status.type == "CUSTOM"
    return count


def _estimate(place: int, agents: list[Agent]) -> int | None:
    """Place in the queue times the mean handling time, shared by those who serve it. AWS publishes no formula."""
    staffed = [a for a in agents if a.status.type == "ROUTABLE"]
    if not staffed:
        return None
    handle_s = sum(a.habits.talk_s + a.habits.acw_s for a in staffed) / len(staffed)
    return int(place * handle_s / len(staffed))
