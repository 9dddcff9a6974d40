"""Supervisors who listen to a call, and who barge in (6.3, 11.6).

A supervisor has a contact of an own, MONITOR, on which no flow runs. It lasts until the supervisor leaves, or until the
contact that is listened to is over. Whoever has barged in is one of the call's parties, and goes on with the customer
when the agent leaves, or is disconnected by him.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING

from localstack.connect.engine.contact import Contact, Line
from localstack.connect.engine.legs import MONITOR, AgentLeg, Capability
from localstack.connect.engine.parts import State
from localstack.connect.engine.plan import CallPlan
from localstack.connect.engine.staff import OFFERED, Agent

if TYPE_CHECKING:
    from localstack.connect.engine.world import World

ENHANCED = "ENHANCED_CONTACT_MONITORING"
"""The attribute of an instance that allows barging in."""
BARGED = "BARGED"
"""Why the contact of an agent is over whom a supervisor has disconnected (6.4)."""
MOST = 5
"""So many listen to one contact at a time."""


class Monitoring:
    """Who listens to which contact."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._watched: dict[str, Contact] = {}
        """The contact that is listened to, by the id of the supervisor's."""
        self._may: dict[str, frozenset[Capability]] = {}

    def of(self, contact: Contact) -> list[Contact]:
        """The contacts of the supervisors who listen to this one."""
        return [self._world.contacts[one] for one, watched in self._watched.items() if watched is contact]

    def barged(self, line: Line) -> int:
        """How many supervisors have barged in on a call."""
        return sum(self._state(one) == "BARGE" for segment in line.segments for one in self.of(segment))

    def is_full(self, contact: Contact) -> bool:
        """Whether nobody more may listen."""
        return len(self.of(contact)) >= MOST

    def start(self, agent: Agent, watched: Contact, may: Collection[Capability]) -> Contact:
        """A signed-in user listens to a call; nobody hears it. Raises ValueError when that cannot be."""
        self._check(agent, watched)
        world = self._world
        plan = CallPlan(to=watched.plan.to, caller=watched.plan.caller)
        contact = world.succeed(watched, MONITOR, apart=plan)
        contact.hooks, contact.recorded, contact.analytics, contact.criteria = {}, (), False, None
        contact.state, contact.connected_at = State.CONNECTED, world.now
        contact.leg = AgentLeg(world.now, agent=agent)
        contact.leg.watched.append((world.now, "SILENT_MONITOR"))
        self._watched[contact.id], self._may[contact.id] = watched, frozenset(may)
        world.reporter.contact_event(contact, "INITIATED")
        world.reporter.contact_event(contact, "CONNECTED_TO_SYSTEM")
        world.desks.joined(agent, contact)
        world.reporter.contact_event(contact, "CONNECTED_TO_AGENT")
        self._tell(contact, f"{agent.user.username} listens")
        return contact

    def barge(self, agent: Agent, contact: Contact) -> None:
        """The supervisor talks with the others. Raises ValueError when he may not, or nobody more fits in."""
        watched = self._listened(agent, contact)
        if "BARGE" not in self._may[contact.id]:
            msg = f"{agent.user.username} may listen only"
            raise ValueError(msg)
        if self._state(contact) == "BARGE":
            msg = f"{agent.user.username} has barged in already"
            raise ValueError(msg)
        if self.barged(watched.call):
            msg = "another supervisor has barged in"
            raise ValueError(msg)
        self._world.conferences.check_party(watched)
        self._set(contact, "BARGE", f"{agent.user.username} barges in")

    def listen(self, agent: Agent, contact: Contact) -> None:
        """The supervisor goes back to listening. Raises ValueError when he has not barged in."""
        self._listened(agent, contact)
        if self._state(contact) != "BARGE":
            msg = f"{agent.user.username} listens only"
            raise ValueError(msg)
        self._set(contact, "SILENT_MONITOR", f"{agent.user.username} listens only")

    def take_over(self, agent: Agent, contact: Contact) -> None:
        """The supervisor disconnects the agent and goes on with the customer. Raises ValueError unless barged in."""
        watched = self._listened(agent, contact)
        if self._state(contact) != "BARGE":
            msg = f"{agent.user.username} listens only"
            raise ValueError(msg)
        self._hand_over(watched, contact, BARGED)

    def stays(self, contact: Contact, reason: str) -> bool:
        """The agent leaves: a supervisor who has barged in goes on with the customer; False when there is none."""
        barged = next((one for one in self.of(contact) if self._state(one) == "BARGE"), None)
        if barged is None or not self._world.conferences.with_customer(contact.call):
            return False
        self._hand_over(contact, barged, reason)
        return True

    def _hand_over(self, watched: Contact, contact: Contact, reason: str) -> None:
        """The agent leaves, and the supervisor is a party of the call like any other one from here on."""
        world, line, leg = self._world, watched.call, contact.leg
        del self._watched[contact.id], self._may[contact.id]
        if leg is None:
            return
        leg.took_over = True
        contact.line, contact.transcript = line, watched.transcript
        contact.recorded, contact.analytics = watched.recorded, watched.analytics
        line.segments.append(contact)
        contact.tell(world.now, "monitoring", f"{leg.agent.user.username} takes the call over", state="BARGE")
        world.conferences.leave(watched, reason)
        world.conferences.settle(line, reason)
        if contact.talking and world.conferences.with_customer(line):
            world.joining.talk(contact, leg.agent)

    def over(self, contact: Contact) -> None:
        """A contact is over: so is the listening to it. A supervisor who leaves is forgotten."""
        self._watched.pop(contact.id, None)
        self._may.pop(contact.id, None)
        if self._watched:
            for one in self.of(contact):
                self._world.calls.end(one, contact.disconnect_reason or "OTHER")

    def _check(self, agent: Agent, watched: Contact) -> None:
        leg = watched.leg
        if watched.channel != "VOICE" or (leg is not None and leg.listens):
            msg = f"contact {watched.id} is no call of an agent with a customer"
        elif leg is None or watched.state is not State.CONNECTED:
            msg = f"contact {watched.id} is not connected to an agent"
        elif leg.agent is agent:
            msg = f"{agent.user.username} is the agent of contact {watched.id}"
        elif not agent.has_slot("VOICE") or any(one.activity in OFFERED for one in agent.desk.values()):
            msg = f"{agent.user.username} has no free line to listen"
        else:
            return
        raise ValueError(msg)

    def _listened(self, agent: Agent, contact: Contact) -> Contact:
        watched = self._watched.get(contact.id)
        if watched is None:
            msg = f"{agent.user.username} listens to nobody by this contact"
            raise ValueError(msg)
        return watched

    @staticmethod
    def _state(contact: Contact) -> Capability | None:
        return contact.leg.watched[-1][1] if contact.leg is not None else None

    def _set(self, contact: Contact, state: Capability, text: str) -> None:
        if contact.leg is not None:
            contact.leg.watched.append((self._world.now, state))
        self._tell(contact, text)

    def _tell(self, contact: Contact, text: str) -> None:
        for one in (contact, self._watched[contact.id]):
            one.tell(self._world.now, "monitoring", text, state=self._state(contact))
