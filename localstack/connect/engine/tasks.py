"""Tasks: contacts without a customer on a line (12). They are routed like calls, and expire when nobody ends them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from localstack.connect.directory import Document, Flow, Instance
from localstack.connect.engine import times
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.files import Fetched
from localstack.connect.engine.parts import State
from localstack.connect.engine.plan import CallPlan

if TYPE_CHECKING:
    from localstack.connect.engine.timeline import Timer
    from localstack.connect.engine.world import World

SUBTYPE = {"connect:Subtype": "connect:Task"}
EXPIRED = "EXPIRED"
USUAL_MIN, LONGEST_MIN = 7 * 1440, 90 * 1440
"""How long a task lives, in minutes from the moment that it begins (12)."""
WARNING = timedelta(hours=12)
"""So long before a task expires operators are warned: after 6.5 days of the usual 7."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPlan:
    """A task to create; `delay_s` from now. `template` is what it was made by."""

    flow: Flow
    name: str
    description: str | None = None
    references: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    segment_attributes: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    minutes: int = USUAL_MIN
    template: Document | None = None
    files: tuple[Fetched, ...] = ()


class Tasks:
    """Creates tasks, and ends those that are too old."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._expiries: dict[str, Timer] = {}
        self._warnings: dict[str, Timer] = {}

    def create(self, instance: Instance, plan: TaskPlan, *, related: Contact | None = None) -> Contact:
        """A task; its flow runs at once, or when it is due."""
        world = self._world
        contact = world.new_contact(instance, CallPlan(to="", caller=""), method="API", channel="TASK")
        contact.related = related
        contact.name, contact.description = plan.name, plan.description
        contact.references = dict(plan.references)
        contact.segment_attributes = {**plan.segment_attributes, **SUBTYPE}
        contact.attributes.update(plan.attributes)
        contact.template = plan.template
        world.files.attach(contact, plan.files)
        contact.state = State.SCHEDULED if plan.delay_s else State.FLOW
        contact.tell(world.now, "scheduled" if plan.delay_s else "arrived", f"Task: {plan.name}")
        if plan.delay_s:
            contact.scheduled_at = times.later(world.now, plan.delay_s)
        contact.expires_at = times.later(world.now, plan.delay_s + plan.minutes * 60)
        self.watch(contact)
        world.reporter.contact_event(contact, "INITIATED")
        world.timeline.after(plan.delay_s, lambda: self._begin(contact, plan.flow))
        return contact

    def watch(self, contact: Contact) -> None:
        """End the contact at the moment at which it expires, if it has one; a transfer does not put that off."""
        if contact.expires_at is not None:
            expire = lambda: self._world.calls.end(contact, EXPIRED)  # noqa: E731  two words
            self._expiries[contact.id] = self._world.timeline.at(contact.expires_at, expire, background=True)
            warned_at = contact.expires_at - WARNING
            if contact.channel == "TASK" and warned_at > self._world.now:
                warn = lambda: self._world.watch.count(contact.instance, "TasksExpiryWarningReached")  # noqa: E731
                self._warnings[contact.id] = self._world.timeline.at(warned_at, warn, background=True)

    def over(self, contact: Contact) -> None:
        """A contact is over; one that goes on as another hands its last moment on."""
        timer = self._expiries.pop(contact.id, None)
        if timer is None:
            return
        self._world.timeline.cancel(timer)
        self._world.timeline.cancel(self._warnings.pop(contact.id, None))
        if contact.next is not None and not contact.next.ended:
            self.watch(contact.next)

    def _begin(self, contact: Contact, flow: Flow) -> None:
        if contact.ended:
            return
        contact.state, contact.connected_at = State.FLOW, self._world.now
        self._world.reporter.contact_event(contact, "CONNECTED_TO_SYSTEM")
        self._world.calls.run(contact, flow, lambda finish: self._world.calls.flow_over(contact, finish))
