"""Tasks: contacts without a customer on a line (12). They are routed like calls."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from localstack.connect.directory import Flow, Instance
from localstack.connect.engine.contact import CallPlan, Contact, State

if TYPE_CHECKING:
    from localstack.connect.engine.world import World

SUBTYPE = {"connect:Subtype": "connect:Task"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPlan:
    """A task to create; `delay_s` from now."""

    flow: Flow
    name: str
    description: str | None = None
    references: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0


class Tasks:
    """Creates tasks."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def create(self, instance: Instance, plan: TaskPlan, *, related: Contact | None = None) -> Contact:
        """A task; its flow runs at once, or when it is due."""
        contact = self._world.new_contact(instance, CallPlan(to="", caller=""), method="API", channel="TASK")
        contact.related = related
        contact.name, contact.description = plan.name, plan.description
        contact.references = dict(plan.references)
        contact.segment_attributes = dict(SUBTYPE)
        contact.attributes.update(plan.attributes)
        contact.state = State.SCHEDULED if plan.delay_s else State.FLOW
        contact.tell(self._world.now, "scheduled" if plan.delay_s else "arrived", f"Task: {plan.name}")
        self._world.reporter.contact_event(contact, "INITIATED")
        self._world.timeline.after(plan.delay_s, lambda: self._begin(contact, plan.flow))
        return contact

    def _begin(self, contact: Contact, flow: Flow) -> None:
        if contact.ended:
            return
        contact.state, contact.connected_at = State.FLOW, self._world.now
        self._world.reporter.contact_event(contact, "CONNECTED_TO_SYSTEM")
        self._world.calls.run(contact, flow, lambda finish: self._world.calls.flow_over(contact, finish))
