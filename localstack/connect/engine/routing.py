"""Routing terms that change while a contact waits: criteria that expire step by step, priority and age (11.3, 11.4)."""

from typing import TYPE_CHECKING

from localstack.connect.engine.contact import Contact
from localstack.connect.engine.criteria import Criteria
from localstack.connect.engine.staff import is_agent_queue

if TYPE_CHECKING:
    from localstack.connect.engine.world import World

STEP_CHANGED = "RoutingCriteria.Step.Status"
CHANGED = "RoutingCriteria"


class Routing:
    """Runs the criteria of contacts on the timeline."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def set(self, contact: Contact, criteria: Criteria) -> None:
        """New criteria: at once those of a waiting contact, whose old ones are interrupted; else when it queues."""
        old = contact.criteria
        criteria.history = [] if old is None else [*old.history, old]
        if old is not None:
            criteria.index = old.index + 1
            self._stop(contact, "INTERRUPTED", "DEACTIVATED")
        contact.criteria = criteria
        if contact.waiting:
            self.entered(contact)
            self._world.floor.reconsider(contact)
        else:
            self._world.reporter.data_updated(contact, CHANGED)

    def entered(self, contact: Contact) -> None:
        """The contact is in a queue: in a standard one its criteria become active."""
        if contact.criteria is None or contact.visit is None or is_agent_queue(contact.visit.queue):
            return
        contact.criteria.activated_at = self._world.now
        contact.criteria.at = 0
        self._activate(contact, contact.criteria)

    def joined(self, contact: Contact) -> None:
        """An agent has the contact: the step that found the agent is over, and the rest with it."""
        self._stop(contact, "JOINED", "INACTIVE")

    def over(self, contact: Contact) -> None:
        """The contact is over; a step that was active is interrupted."""
        self._stop(contact, "INTERRUPTED", "INACTIVE")

    def change(self, contact: Contact, *, priority: int | None, older_s: int | None) -> None:
        """Change priority or age: at once before the queue, later for a contact that waits already (11.3)."""
        if contact.waiting:
            delay_s = self._world.settings.routing_change_s
            self._world.timeline.after(delay_s, lambda: self._apply(contact, priority, older_s))
        else:
            self._apply(contact, priority, older_s)

    def _apply(self, contact: Contact, priority: int | None, older_s: int | None) -> None:
        if contact.ended or contact.leg is not None:
            return
        if priority is not None:
            contact.priority = priority
        if older_s is not None:
            contact.age_adjustment_s = older_s
        self._world.floor.reconsider(contact)

    def _activate(self, contact: Contact, criteria: Criteria) -> None:
        if criteria.at >= len(criteria.steps):
            self._world.reporter.data_updated(contact, STEP_CHANGED)
            return
        step = criteria.steps[criteria.at]
        step.status = "ACTIVE"
        if step.expiry_s is not None:
            contact.step_timer = self._world.timeline.after(step.expiry_s, lambda: self._expire(contact, criteria))
        contact.tell(self._world.now, "criteria", f"Routing step {criteria.at + 1} is active", step=criteria.at + 1)
        self._world.reporter.data_updated(contact, STEP_CHANGED)

    def _expire(self, contact: Contact, criteria: Criteria) -> None:
        criteria.steps[criteria.at].status = "EXPIRED"
        criteria.at += 1
        self._activate(contact, criteria)
        self._world.floor.reconsider(contact)

    def _stop(self, contact: Contact, active: str, later: str) -> None:
        self._world.timeline.cancel(contact.step_timer)
        criteria = contact.criteria
        step = criteria.active if criteria else None
        if criteria is None or step is None:
            return
        step.status = active
        for following in criteria.steps[criteria.at + 1 :]:
            following.status = later
        self._world.reporter.data_updated(contact, STEP_CHANGED)
