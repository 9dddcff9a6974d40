"""Step-by-step guides: flows that show views to an agent, beside a contact on the screen (12).

A guide is a chat of its own (`connect:Guide`) whose customer is the agent, related to the contact. The hook
DefaultAgentUI names the flow for the time from when the agent has the contact, DisconnectAgentUI the one for when the
conversation is over; the next guide of a contact ends the one before, and none outlives the contact on the screen.
"""

from typing import TYPE_CHECKING, Literal

from localstack.connect.engine.chats import ChatPlan
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.staff import Agent

if TYPE_CHECKING:
    from localstack.connect.engine.world import World

Hook = Literal["DefaultAgentUI", "DisconnectAgentUI"]
GUIDE = "connect:Guide"
ENDED_BY = "API"
"""Disconnect reason of a guide that did not end by itself (6.4)."""


class Guides:
    """Which guide each contact's agent sees."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._shown: dict[str, Contact] = {}
        """By the id of the contact beside which a guide is shown."""

    def begin(self, contact: Contact, agent: Agent, hook: Hook) -> None:
        """Show the guide of a hook, if there is one, as soon as whatever goes on at this moment is done."""
        if hook in contact.hooks:
            self._world.timeline.after(0.0, lambda: self._begin(contact, agent, hook))

    def over(self, contact: Contact) -> None:
        """The contact is on the screen no longer, and neither is its guide."""
        guide = self._shown.pop(contact.id, None)
        if guide is not None:
            self._world.calls.end(guide, ENDED_BY)

    def _begin(self, contact: Contact, agent: Agent, hook: Hook) -> None:
        if contact.id not in agent.desk:
            return
        self.over(contact)
        flow, username = contact.hooks[hook], agent.user.username
        plan = ChatPlan(flow=flow, customer=username, subtype=GUIDE, attributes=dict(contact.attributes))
        guide = self._world.chats.create(contact.instance, plan)
        guide.related = contact
        self._shown[contact.id] = guide
        contact.tell(self._world.now, "guide", f"{username} sees the guide {flow.name}", contact_id=guide.id)
        self._world.chats.connect(guide)
