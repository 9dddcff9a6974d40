"""E-mails that are written outside of flows: first there is a contact, then the message, then it is sent (12)."""

from dataclasses import replace
from typing import TYPE_CHECKING

from localstack.connect.directory import Instance
from localstack.connect.engine import times
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.email import Email
from localstack.connect.engine.emails import OUTBOUND, segment
from localstack.connect.engine.imported import Imported
from localstack.connect.engine.parts import State
from localstack.connect.engine.plan import CallPlan
from localstack.connect.engine.staff import Agent
from localstack.connect.engine.tasks import USUAL_MIN

if TYPE_CHECKING:
    from localstack.connect.engine.world import World

SUBTYPE = "connect:Email"
METHODS = frozenset({"OUTBOUND", "AGENT_REPLY", "FLOW"})
"""Initiation methods of messages that go out."""
SENT_BY_SYSTEM = "API"
"""Disconnect reason of a message that no agent has sent."""


class Drafts:
    """Contacts of messages that are still to be written, and the sending of them."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def create(
        self, instance: Instance, method: str, said: Imported, agent: Agent | None, *, minutes: int = USUAL_MIN
    ) -> Contact:
        """A message that is still to be written; with an agent, it is on his screen at once.

        Raises ValueError when the agent cannot have it.
        """
        world = self._world
        if agent is not None:
            world.imports.make_sure_of_room(agent, "EMAIL")
        contact = world.new_contact(instance, CallPlan(to="", caller=""), method=method, channel="EMAIL")
        said.write(contact, SUBTYPE)
        contact.tell(world.now, "arrived", f"A message is begun: {said.name or method}")
        contact.expires_at = times.later(world.now, minutes * 60)
        world.tasks.watch(contact)
        world.reporter.contact_event(contact, "INITIATED")
        if agent is None:
            contact.state = State.FLOW
        else:
            world.joining.at_once(contact, agent)
        return contact

    def send(self, contact: Contact, email: Email) -> None:
        """The message is written: its outbound flow runs, then it is sent and over; the agent writes it up meanwhile.

        Raises ValueError when the contact is none that could be sent now.
        """
        if contact.channel != "EMAIL" or contact.initiation_method not in METHODS:
            msg = f"contact {contact.id} is no message that goes out"
            raise ValueError(msg)
        if contact.email is not None or contact.ended:
            msg = f"message {contact.id} is sent or over already"
            raise ValueError(msg)
        self._write(contact, email)
        self._world.desks.left(contact)
        self._world.emails.go_out(contact, "AGENT_DISCONNECT" if contact.leg else SENT_BY_SYSTEM)

    def campaign(self, instance: Instance, email: Email, campaign_id: str) -> Contact:
        """A message of an outbound campaign, which is sent at once."""
        contact = self.create(instance, OUTBOUND, Imported(), None)
        contact.campaign_id = campaign_id
        self.send(contact, email)
        return contact

    def _write(self, contact: Contact, email: Email) -> None:
        world = self._world
        contact.email, contact.connected_at = email, world.now
        contact.plan = replace(
            contact.plan, to=email.sender.address, caller=email.recipient.address, display_name=email.recipient.name
        )
        contact.segment_attributes = {**contact.segment_attributes, **segment(email, OUTBOUND)}
        contact.state = State.FLOW
        world.emails.store(contact, email)
        world.reporter.contact_event(contact, "CONNECTED_TO_SYSTEM")
