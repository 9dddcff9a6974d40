"""What happens on agents' screens: offers, conversations, holds, after-contact work (5.2)."""

from typing import TYPE_CHECKING

from localstack.connect.engine.contact import Contact
from localstack.connect.engine.parts import State
from localstack.connect.engine.reporter import STATE_CHANGE
from localstack.connect.engine.staff import JITTER, OFFERED, REFUSED, Activity, Agent, Handling

if TYPE_CHECKING:
    from localstack.connect.engine.world import World

CHAT_ACW_S = 5_400
"""After-contact work of a chat takes no longer, where the user has a limit at all (5.2)."""
NOT_INBOUND = frozenset({"OUTBOUND", "CALLBACK"})
"""What does not count for TIME_SINCE_LAST_INBOUND."""


class Desks:
    """The deeds of agents, simulated ones and persons."""

    def __init__(self, world: "World") -> None:
        self._world = world

    @staticmethod
    def varied(middle_s: float, contact: Contact) -> float:
        """A simulated duration around its middle, drawn from the contact's own seed."""
        return middle_s * contact.rng.uniform(1 - JITTER, 1 + JITTER)

    def offer(self, agent: Agent, contact: Contact) -> None:
        """The agent's telephone rings. A person may take as long as the ring window; others do as is their habit."""
        contact.offered_to = agent
        contact.attempts += 1
        contact.state = State.RINGING
        activity = Activity.INCOMING if contact.is_callback else Activity.CONNECTING
        handling = agent.desk[contact.id] = Handling(contact, activity, self._world.now)
        self._changed(agent)
        username = agent.user.username
        contact.tell(self._world.now, "offered", f"Rings at {username}", agent=username)
        window_s = self._world.settings.ring_window_s
        ring_s = 0.0 if agent.habits.person else self.varied(agent.habits.ring_s, contact)
        if agent.habits.person:
            takes = agent.accepts_by_itself(contact)
        else:
            takes = contact.rng.random() < agent.habits.accept_share and ring_s < window_s
        timeline = self._world.timeline
        if takes:
            handling.timer = timeline.after(ring_s, lambda: self.accept(agent, contact))
        else:
            handling.timer = timeline.after(window_s, lambda: self.miss(agent, contact))

    def accept(self, agent: Agent, contact: Contact) -> None:
        """The agent takes the contact that is offered. Raises ValueError when none is."""
        handling = self._offered(agent, contact)
        self._world.timeline.cancel(handling.timer)
        handling.accepted = True
        if handling.activity is Activity.INCOMING:
            self._set(agent, contact, Activity.CONNECTING)
        self._world.joining.accepted(contact, agent)

    def miss(self, agent: Agent, contact: Contact) -> None:
        """Nobody answered in time: the contact keeps its place, the agent gets nothing more until it is cleared."""
        if contact.channel == "VOICE" and not agent.desk[contact.id].accepted:
            self._world.watch.count(contact.instance, "MissedCalls")
        self._refuse(agent, contact, Activity.MISSED, "does not answer")

    def reject(self, agent: Agent, contact: Contact) -> None:
        """The agent declines. A rejected call shows as missed (7). Raises ValueError when nothing is offered."""
        self._offered(agent, contact)
        shown = Activity.MISSED if contact.channel == "VOICE" else Activity.REJECTED
        self._refuse(agent, contact, shown, "declines")

    def ignore(self, agent: Agent, contact: Contact) -> None:
        """The agent lets it ring until it is missed. Raises ValueError when nothing is offered."""
        self._offered(agent, contact)
        self.miss(agent, contact)

    def clear_refused(self, agent: Agent, contact: Contact) -> None:
        """The agent clears a missed contact from the screen. Raises ValueError when it is not a missed one."""
        handling = agent.desk.get(contact.id)
        if handling is None or handling.activity not in REFUSED:
            msg = f"{agent.user.username} has missed no such contact"
            raise ValueError(msg)
        self._clear(agent, contact)

    def joined(self, agent: Agent, contact: Contact) -> None:
        """The contact has left the queue for this agent."""
        contact.offered_to = None
        self._world.floor.gone(contact)
        self._set(agent, contact, Activity.CONNECTED)
        self._world.guides.begin(contact, agent, "DefaultAgentUI")
        self._world.floor.match(agent.instance)

    def dialing(self, agent: Agent, contact: Contact) -> None:
        """The agent is on the line while it rings at the customer."""
        self._set(agent, contact, Activity.CONNECTING)
        agent.desk[contact.id].accepted = True
        self._world.guides.begin(contact, agent, "DefaultAgentUI")

    def held(self, agent: Agent, contact: Contact, *, on: bool) -> None:
        """The agent's line is on hold, or not any more."""
        self._set(agent, contact, Activity.ON_HOLD if on else Activity.CONNECTED)

    def paused(self, agent: Agent, contact: Contact, *, on: bool) -> None:
        """The agent has set a task aside, or taken it up again."""
        self._set(agent, contact, Activity.PAUSED if on else Activity.CONNECTED)

    def left(self, contact: Contact) -> None:
        """The conversation is over for the agent, who works on it until that is done."""
        leg = contact.leg
        if leg is None or leg.left_at is not None:
            return
        agent = leg.agent
        leg.close(self._world.now)
        self._world.chats.left(contact)
        handling = agent.desk[contact.id]
        self._world.timeline.cancel(handling.timer)
        agent.handled += 1
        if handling.activity is Activity.PAUSED and not agent.has_slot(contact.channel):
            leg.acw_ended_at = self._world.now  # its slot is another contact's: there is no room to write it up
            self._clear(agent, contact)
            return
        self._set(agent, contact, Activity.ENDED)
        self._world.guides.begin(contact, agent, "DisconnectAgentUI")
        acw_s = self._acw_s(agent, contact)
        facts = {} if acw_s is None else {"seconds": round(acw_s, 1)}
        contact.tell(self._world.now, "wrap-up", f"{agent.user.username} writes up the contact", **facts)
        if acw_s is not None:
            handling.timer = self._world.timeline.after(acw_s, lambda: self.close(agent, contact))

    def close(self, agent: Agent, contact: Contact) -> None:
        """After-contact work is done. Raises ValueError when the agent does none for this contact."""
        handling = agent.desk.get(contact.id)
        if handling is None or handling.activity is not Activity.ENDED:
            msg = f"{agent.user.username} does no after-contact work for it"
            raise ValueError(msg)
        if contact.leg is not None:
            contact.leg.acw_ended_at = self._world.now
        self.clear(agent, contact)
        self._world.calls.wrapped_up(contact)
        self._world.floor.refresh(agent)

    def clear(self, agent: Agent, contact: Contact) -> None:
        """The contact leaves the screen. A status that was waiting becomes true when it was the last one."""
        handling = agent.desk.pop(contact.id)
        self._world.guides.over(contact)
        self._world.timeline.cancel(handling.timer)
        answered = handling.activity not in OFFERED
        inbound_only = agent.profile.availability_timer == "TIME_SINCE_LAST_INBOUND"
        if answered and not (inbound_only and contact.initiation_method in NOT_INBOUND):
            agent.available_since = self._world.now
        if agent.desk or not self._world.floor.status_due(agent):
            self._changed(agent)
        self._world.floor.sync(agent)

    def _clear(self, agent: Agent, contact: Contact) -> None:
        if contact.id in agent.desk:
            self.clear(agent, contact)
            self._world.floor.refresh(agent)

    def _offered(self, agent: Agent, contact: Contact) -> Handling:
        handling = agent.desk.get(contact.id)
        if handling is None or handling.activity not in OFFERED or handling.accepted:
            msg = f"nothing is offered to {agent.user.username}"
            raise ValueError(msg)
        return handling

    def _refuse(self, agent: Agent, contact: Contact, activity: Activity, what: str) -> None:
        contact.offered_to = None
        contact.state = State.QUEUED
        username = agent.user.username
        contact.tell(self._world.now, "missed", f"{username} {what}", agent=username)
        handling = agent.desk[contact.id]
        self._world.timeline.cancel(handling.timer)
        self._set(agent, contact, activity)
        if agent.habits.clears_missed and not agent.habits.person:
            rest_s = self._world.settings.missed_rest_s
            handling.timer = self._world.timeline.after(rest_s, lambda: self._clear(agent, contact))
        self._world.floor.reconsider(contact)

    def _acw_s(self, agent: Agent, contact: Contact) -> float | None:
        """How long after-contact work takes; None = until a person closes it. Supervisors who listen have none."""
        if contact.leg is not None and contact.leg.listens:
            return 0.0
        limit_s = agent.acw_limit_s(contact)
        if contact.channel == "CHAT":
            limit_s = min(limit_s, CHAT_ACW_S)
        if agent.habits.person:
            return limit_s or None
        acw_s = self.varied(agent.habits.acw_s, contact)
        return min(acw_s, limit_s) if limit_s else acw_s

    def _set(self, agent: Agent, contact: Contact, activity: Activity) -> None:
        handling = agent.desk.setdefault(contact.id, Handling(contact, activity, self._world.now))
        handling.activity, handling.since = activity, self._world.now
        self._changed(agent)
        self._world.floor.sync(agent)

    def _changed(self, agent: Agent) -> None:
        self._world.reporter.agent_event(agent, STATE_CHANGE)
