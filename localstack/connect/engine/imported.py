"""Contacts that come from elsewhere: calls of a web page or an app, and tasks that another system keeps (12)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from localstack.connect.directory import Flow, Instance
from localstack.connect.engine import times
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.parts import State
from localstack.connect.engine.plan import CallPlan
from localstack.connect.engine.staff import OFFERED, Agent
from localstack.connect.engine.tasks import USUAL_MIN

if TYPE_CHECKING:
    from localstack.connect.engine.world import World

SUBTYPE = "connect:Subtype"
WEB, EXTERNAL_TASK, EXTERNAL_AUDIO = "connect:WebRTC", "connect:ExternalTask", "connect:ExternalAudio"
TRANSFER = "TRANSFER"
ENDED_BY = "API"
"""Disconnect reason of a task that was complete when it was created (6.4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What is said of a contact that comes from elsewhere."""

    attributes: Mapping[str, str] = field(default_factory=dict)
    segment_attributes: Mapping[str, str] = field(default_factory=dict)
    references: Mapping[str, Any] = field(default_factory=dict)
    name: str | None = None
    description: str | None = None
    related: Contact | None = None

    def write(self, contact: Contact, subtype: str) -> None:
        """Say it of a contact."""
        contact.attributes.update(self.attributes)
        contact.segment_attributes = {**self.segment_attributes, SUBTYPE: subtype}
        contact.references = dict(self.references)
        contact.name, contact.description, contact.related = self.name, self.description, self.related


class Imports:
    """Begins contacts that come from elsewhere."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def web_call(self, instance: Instance, flow: Flow, plan: CallPlan, said: Imported) -> Contact:
        """A customer calls from a web page or an app, and is there at once: the flow begins."""
        world = self._world
        contact = world.new_contact(instance, plan, method="WEBRTC_API")
        said.write(contact, WEB)
        contact.connected_at = world.now
        contact.tell(world.now, "arrived", f"{plan.display_name} calls from the web")
        world.reporter.contact_event(contact, "INITIATED")
        world.watch.count(instance, "CallsPerInterval")
        world.reporter.contact_event(contact, "CONNECTED_TO_SYSTEM")
        world.calls.begin(contact, flow)
        return contact

    def task(
        self,
        instance: Instance,
        said: Imported,
        minutes: int = USUAL_MIN,
        to: Agent | Literal["COMPLETED"] | None = None,
    ) -> Contact:
        """A task of another system, on which no flow runs: an agent has it, it is complete, or it only is there.

        Raises ValueError when the agent cannot have it.
        """
        world = self._world
        if isinstance(to, Agent):
            self.make_sure_of_room(to, "TASK")
        contact = world.new_contact(instance, CallPlan(to="", caller=""), method="API", channel="TASK")
        said.write(contact, EXTERNAL_TASK)
        contact.tell(world.now, "arrived", f"Task of another system: {said.name or contact.id}")
        contact.expires_at = times.later(world.now, minutes * 60)
        world.tasks.watch(contact)
        world.reporter.contact_event(contact, "INITIATED")
        contact.connected_at = world.now
        world.reporter.contact_event(contact, "CONNECTED_TO_SYSTEM")
        if to == "COMPLETED":
            world.calls.end(contact, ENDED_BY)
        elif to is not None:
            world.joining.at_once(contact, to)
        else:
            contact.state = State.FLOW
        return contact

    def audio(self, instance: Instance, said: Imported, to: Agent | None, previous: Contact | None) -> Contact:
        """A call that another voice system carries, as far as it is known here; no flow runs on it.

        Raises ValueError when the agent cannot have it.
        """
        world, plan = self._world, CallPlan(to="", caller="")
        if to is not None:
            self.make_sure_of_room(to, "VOICE")
        if previous is None:
            contact = world.new_contact(instance, plan, method=TRANSFER)
        else:
            contact = world.succeed(previous, TRANSFER, apart=plan)
            contact.hooks = {}
        said.write(contact, EXTERNAL_AUDIO)
        contact.connected_at = world.now
        contact.tell(world.now, "arrived", "A call of another voice system")
        world.reporter.contact_event(contact, "INITIATED")
        world.reporter.contact_event(contact, "CONNECTED_TO_SYSTEM")
        if to is None:
            contact.state = State.FLOW
        else:
            world.joining.at_once(contact, to)
        return contact

    @staticmethod
    def make_sure_of_room(agent: Agent, channel: str) -> None:
        """Raises ValueError when the agent has no slot for one more contact of the channel, or his telephone rings."""
        if not agent.has_slot(channel) or any(handling.activity in OFFERED for handling in agent.desk.values()):
            msg = f"{agent.user.username} has no free slot for a contact of channel {channel}"
            raise ValueError(msg)
