"""Customers on hold: what both sides hear, and how long it lasts (5.2, 6.3)."""

from typing import TYPE_CHECKING

from localstack.connect.engine.contact import Contact
from localstack.connect.engine.effects import Finish
from localstack.connect.engine.interpreter import Participant
from localstack.connect.engine.staff import Activity, Agent

if TYPE_CHECKING:
    from localstack.connect.engine.world import World


class Holds:
    """Puts customers on hold and takes them back."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def hold(self, agent: Agent, contact: Contact, *, for_transfer: bool = False) -> None:
        """The customer hears the hold flow; so does the agent, except while a transfer flow plays to the agent.

        Raises ValueError when they do not talk.
        """
        if contact.channel != "VOICE":
            msg = f"a {contact.channel} contact cannot be put on hold"
            raise ValueError(msg)
        leg, handling = contact.leg, agent.desk.get(contact.id)
        whispering = contact.process is not None and not contact.process.over
        if leg is None or handling is None or handling.activity is not Activity.CONNECTED or whispering:
            msg = f"{agent.user.username} is not talking to the customer"
            raise ValueError(msg)
        leg.hold_since = self._world.now
        self._world.desks.held(agent, contact, on=True)
        contact.tell(self._world.now, "held", f"{agent.user.username} puts the caller on hold")
        self._play(contact, "CustomerHold", "customer")
        if not for_transfer:
            self._play(contact, "AgentHold", "agent")

    def _play(self, contact: Contact, hook: str, participant: Participant) -> None:
        flow = self._world.calls.hook(contact, hook)
        if flow is not None:
            self._world.calls.run(contact, flow, _silence, participant)

    def resume(self, agent: Agent, contact: Contact) -> None:
        """They talk again. Raises ValueError when the customer is not on hold."""
        leg, handling = contact.leg, agent.desk.get(contact.id)
        if leg is None or handling is None or handling.activity is not Activity.ON_HOLD:
            msg = f"{agent.user.username} has nobody on hold"
            raise ValueError(msg)
        self._world.calls.stop_flows(contact)
        leg.end_hold(self._world.now)
        self._world.desks.held(agent, contact, on=False)
        contact.tell(self._world.now, "resumed", f"{agent.user.username} takes the caller back")


def _silence(_finish: Finish) -> None:
    """A hold flow that ends leaves silence."""
