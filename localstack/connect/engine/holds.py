"""Parties on hold: the customer, agents and third parties; what they hear, and how long it lasts (5.2, 6.3, 11.6)."""

from typing import TYPE_CHECKING

from localstack.connect.engine.contact import Contact, Line
from localstack.connect.engine.effects import Finish
from localstack.connect.engine.legs import Participant
from localstack.connect.engine.staff import Activity, Agent

if TYPE_CHECKING:
    from localstack.connect.engine.process import Process
    from localstack.connect.engine.world import World


class Holds:
    """Puts parties on hold and takes them back."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def hold(self, agent: Agent, contact: Contact) -> None:
        """The customer hears the hold flow; so does the agent when nobody else is there. A whisper is cut short.

        Raises ValueError when they do not talk, or the agent may not do it.
        """
        if contact.channel != "VOICE":
            msg = f"a {contact.channel} contact cannot be put on hold"
            raise ValueError(msg)
        self._check_on_line(agent, contact)
        line = contact.call
        if not self._world.conferences.with_customer(line) or line.held_by is not None:
            msg = f"{agent.user.username} is not talking to the customer"
            raise ValueError(msg)
        self._check_control(contact, None)
        self._hold_customer(contact)
        if not self._world.conferences.others(contact):
            self._play(contact, "AgentHold", "agent")

    def resume(self, agent: Agent, contact: Contact) -> None:
        """They talk again. Raises ValueError when the customer is not on hold."""
        holder = contact.call.held_by
        if holder is None or not (holder is contact or self._world.conferences.several(contact)):
            msg = f"{agent.user.username} has nobody on hold"
            raise ValueError(msg)
        self._resume_customer(contact.call)
        contact.tell(self._world.now, "resumed", f"{agent.user.username} takes the caller back")

    def hold_party(self, agent: Agent, contact: Contact, party: Contact) -> None:
        """Another agent or a third party is on hold. Raises ValueError when that is not possible."""
        self._check_on_line(agent, contact)
        if party not in self._world.conferences.others(contact) or party.held_by is not None:
            msg = "that party is not in the conversation"
            raise ValueError(msg)
        self._check_control(contact, party)
        self._hold_party(contact, party)

    def resume_party(self, agent: Agent, contact: Contact, party: Contact) -> None:
        """The party is back. With many parties every agent may do that, also for himself."""
        holder = party.held_by
        if holder is None or not (holder is contact or self._world.conferences.several(contact)):
            msg = f"{agent.user.username} has not put that party on hold"
            raise ValueError(msg)
        self._resume_party(party)

    def everybody_on_hold(self, contact: Contact) -> None:
        """Somebody is brought in: all others wait, and this contact's agent talks to the newcomer."""
        line, conferences = contact.call, self._world.conferences
        if conferences.with_customer(line) and line.held_by is None:
            self._hold_customer(contact)
        for other in conferences.others(contact):
            if other.held_by is None:
                self._hold_party(contact, other)

    def everybody_back(self, line: Line) -> None:
        """Nobody is on hold."""
        if line.held_by is not None:
            self._resume_customer(line)
        for one in line.segments:
            if one.held_by is not None:
                self._resume_party(one)

    def let_go(self, contact: Contact) -> None:
        """The agent leaves: whoever waits for this agent is back."""
        line = contact.call
        if line.held_by is contact:
            self._resume_customer(line)
        for one in line.segments:
            if one.held_by is contact:
                self._resume_party(one)
        contact.held_by = None

    def hand_over(self, contact: Contact, heir: Contact) -> None:
        """The agent leaves, and another one has the holds from here on."""
        line = contact.call
        if heir.held_by is not None:
            self._resume_party(heir)
        if line.held_by is contact:
            line.held_by = heir
            if heir.leg is not None:
                heir.leg.own_holds.begin(self._world.now)
        for one in line.segments:
            if one.held_by is contact:
                one.held_by = heir
        contact.held_by = None
        self._show(heir)

    def silence(self, line: Line) -> None:
        """The customer hears no hold flow any more."""
        _stop(line.home.process)

    def customer_back(self, line: Line) -> None:
        """The customer is off hold, whoever had put him there."""
        if line.held_by is not None:
            self._resume_customer(line)

    def customer_gone(self, line: Line) -> None:
        """The call is over for the customer: nobody has him on hold any more, whatever the screens show."""
        self._unmark(line)

    def customer_away(self, contact: Contact) -> None:
        """The customer is on hold in silence, for this contact's agent."""
        if contact.call.held_by is None and self._world.conferences.with_customer(contact.call):
            self._hold_customer(contact)
        self.silence(contact.call)

    def agent_away(self, contact: Contact, by: Contact, *, on: bool) -> None:
        """A transfer flow puts the agent on hold, in silence, or takes him back."""
        if on and contact.held_by is None:
            contact.held_by = by
            if contact.part is not None:
                contact.part.apart.begin(self._world.now)
            self._show(contact)
        elif not on and contact.held_by is by:
            self._resume_party(contact)

    def during_whisper(self, contact: Contact, *, agent: bool, customer: bool) -> None:
        """An outbound whisper puts its agent or its customer on hold, in silence, or takes them back."""
        self.agent_away(contact, contact, on=agent)
        held = contact.call.held_by is contact
        if customer and contact.call.held_by is None:
            self._mark(contact)
        elif held and not customer:
            self._unmark(contact.call)
        self._show(contact)

    def _hold_customer(self, contact: Contact) -> None:
        line = contact.call
        if self._world.joining.whispering(line.home):
            self._world.joining.cut_whisper(line.home)
        self._mark(contact)
        self._show(contact)
        self._play(line.home, "CustomerHold", "customer")

    def _mark(self, contact: Contact) -> None:
        """The customer is on hold for this contact's agent from here on."""
        line, now = contact.call, self._world.now
        line.held_by = contact
        for one in self._world.conferences.joined(line):
            if one.part is not None:
                one.part.customer_held.begin(now)
        if contact.leg is not None:
            contact.leg.own_holds.begin(now)
            contact.tell(now, "held", f"{contact.leg.agent.user.username} puts the caller on hold")

    def _unmark(self, line: Line) -> Contact | None:
        """The customer is off hold; answers whose agent had put him there."""
        now, holder = self._world.now, line.held_by
        line.held_by = None
        for one in line.segments:
            if one.part is not None:
                one.part.customer_held.end(now)
        if holder is not None and holder.leg is not None:
            holder.leg.own_holds.end(now)
        return holder

    def _resume_customer(self, line: Line) -> None:
        _stop(line.home.process)
        holder = self._unmark(line)
        if holder is not None and holder.leg is not None:
            if holder.source is None:
                _stop(holder.agent_process)
            self._show(holder)

    def _hold_party(self, contact: Contact, party: Contact) -> None:
        party.held_by = contact
        if party.part is not None:
            party.part.apart.begin(self._world.now)
        contact.tell(self._world.now, "held", f"{contact.party_name} puts {party.party_name} on hold")
        self._show(party)

    def _resume_party(self, party: Contact) -> None:
        party.held_by = None
        if party.part is not None and self._world.conferences.with_customer(party.call):
            party.part.apart.end(self._world.now)
        self._show(party)

    def _show(self, contact: Contact) -> None:
        """The agent's screen shows a hold while the agent holds the customer, or is on hold."""
        leg = contact.leg
        if leg is None or leg.left_at is not None:
            return
        on = contact.call.held_by is contact or contact.held_by is not None
        handling = leg.agent.desk[contact.id]
        if (handling.activity is Activity.ON_HOLD) != on:
            self._world.desks.held(leg.agent, contact, on=on)

    def _check_on_line(self, agent: Agent, contact: Contact) -> None:
        handling = agent.desk.get(contact.id)
        talks = contact.leg is not None and contact.talking and contact.source is None
        if handling is None or handling.activity is not Activity.CONNECTED or not talks:
            msg = f"{agent.user.username} is not talking to the customer"
            raise ValueError(msg)

    def _check_control(self, contact: Contact, party: Contact | None) -> None:
        if not self._world.conferences.may_control(contact, party):
            msg = "an agent controls only the parties that he has brought in"
            raise ValueError(msg)

    def _play(self, contact: Contact, hook: str, participant: Participant) -> None:
        flow = self._world.calls.hook(contact, hook)
        if flow is not None:
            self._world.calls.run(contact, flow, _silence, participant)


def _stop(process: "Process | None") -> None:
    if process is not None:
        process.cancel()


def _silence(_finish: Finish) -> None:
    """A hold flow that ends leaves silence."""
