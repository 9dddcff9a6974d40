"""The floor: signed-in agents, offers, conversations, after-contact work (5.2, 11.2)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from localstack.connect.directory import AgentStatus, Instance, RoutingProfile, User
from localstack.connect.engine import acd
from localstack.connect.engine.contact import Contact, State
from localstack.connect.engine.metrics import as_waiting
from localstack.connect.engine.reporter import HEART_BEAT, LOGIN, LOGOUT, STATE_CHANGE
from localstack.connect.engine.staff import JITTER, Activity, Agent, Habits

if TYPE_CHECKING:
    from localstack.connect.engine.timeline import Timer
    from localstack.connect.engine.world import World


class Floor:
    """All agents of all instances, and the contacts that wait for them."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self._agents: dict[str, Agent] = {}
        self._waiting: dict[str, dict[str, Contact]] = {}
        self._delay_timers: dict[str, Timer] = {}

    def agents_of(self, instance: Instance) -> list[Agent]:
        """The signed-in agents of an instance."""
        return [agent for agent in self._agents.values() if agent.instance.id == instance.id]

    def agents(self) -> list[Agent]:
        """All signed-in agents."""
        return list(self._agents.values())

    def waiting_in(self, instance: Instance) -> Iterable[Contact]:
        """The contacts in queues of an instance, those that are being offered included."""
        return self._waiting.get(instance.id, {}).values()

    def sign_in(self, instance: Instance, user: User, habits: Habits, status: AgentStatus) -> Agent:
        """Sign a user in, or give a signed-in one new habits and another status."""
        profile = instance.find(RoutingProfile, user.routing_profile_id)
        if profile is None:
            msg = f"user {user.username} has no routing profile"
            raise LookupError(msg)
        agent = self._agents.get(user.id)
        if agent is not None:
            agent.renew(user, profile, habits)
            self.set_status(agent, status)
            self.match(instance)
            return agent
        now = self.world.now
        agent = Agent(
            instance=instance,
            user=user,
            profile=profile,
            habits=habits,
            status=status,
            status_since=now,
            available_since=now,
            activity_since=now,
        )
        self._agents[user.id] = agent
        self.world.reporter.agent_event(agent, LOGIN)
        self.match(instance)
        return agent

    def set_status(self, agent: Agent, status: AgentStatus) -> None:
        """The agent chooses a status; with a contact on the screen it waits until that is cleared (7)."""
        if status == agent.status and agent.next_status is None:
            return
        if agent.contact is not None:
            agent.next_status, agent.next_status_at = status, self.world.now
            self.world.reporter.agent_event(agent, STATE_CHANGE)
            return
        self._change_status(agent, status)
        self.match(agent.instance)

    def beat(self, agent: Agent) -> None:
        """Nothing has happened to a signed-in agent for a while. One whose instance is gone, is gone too."""
        if self.world.directory.instance(agent.instance.id) is None:
            self._agents.pop(agent.user.id, None)
            return
        self.world.reporter.agent_event(agent, HEART_BEAT)

    def sign_out_all(self) -> list[Agent]:
        """Sign everybody out, whatever they do: the clock is about to be set. Answers who was there."""
        gone = self.agents()
        for agent in gone:
            self._sign_out(agent)
        return gone

    def wait(self, contact: Contact) -> None:
        """A contact has entered a queue."""
        self._waiting.setdefault(contact.instance.id, {})[contact.id] = contact
        self.match(contact.instance)

    def forget(self, contact: Contact) -> None:
        """A contact has left its queue; an agent whose telephone rings for it gets free again."""
        self._waiting.get(contact.instance.id, {}).pop(contact.id, None)
        agent, contact.offered_to = contact.offered_to, None
        if agent is not None and agent.contact is contact and agent.activity is Activity.CONNECTING:
            self.world.timeline.cancel(agent.timer)
            self._clear(agent)
            self.match(contact.instance)

    def match(self, instance: Instance) -> None:
        """Offer what can be offered now, and look again when the next delay is over."""
        self.world.timeline.cancel(self._delay_timers.pop(instance.id, None))
        waiting = [as_waiting(c) for c in self.waiting_in(instance) if c.offered_to is None]
        if not waiting:
            return
        now = self.world.now
        free = [agent.as_free() for agent in self.agents_of(instance) if agent.free]
        for pair in acd.match(free, waiting, now):
            self._offer(self._agents[pair.agent_id], self._waiting[instance.id][pair.contact_id])
        due = acd.next_delay_end(free, waiting, now)
        if due is not None:
            self._delay_timers[instance.id] = self.world.timeline.at(due, lambda: self.match(instance))

    def joined(self, agent: Agent, contact: Contact) -> None:
        """The contact has left the queue for this agent."""
        contact.offered_to = None
        self._waiting.get(contact.instance.id, {}).pop(contact.id, None)
        self._do(agent, Activity.CONNECTED, contact)

    def left(self, contact: Contact) -> None:
        """The conversation is over: the agent works on it until that is done."""
        leg = contact.leg
        if leg is None or leg.left_at is not None:
            return
        agent, leg.left_at = leg.agent, self.world.now
        self.world.timeline.cancel(agent.timer)
        agent.handled += 1
        self._do(agent, Activity.ENDED, contact)
        acw_s = self.varied(agent.habits.acw_s, contact)
        if agent.user.acw_limit_s:
            acw_s = min(acw_s, agent.user.acw_limit_s)
        contact.tell(self.world.now, "wrap-up", f"{agent.user.username} writes up the contact", seconds=round(acw_s, 1))
        agent.timer = self.world.timeline.after(acw_s, lambda: self._wrapped_up(agent, contact))

    @staticmethod
    def varied(middle_s: float, contact: Contact) -> float:
        """A simulated duration around its middle, drawn from the contact's own seed."""
        return middle_s * contact.rng.uniform(1 - JITTER, 1 + JITTER)

    def _offer(self, agent: Agent, contact: Contact) -> None:
        contact.offered_to = agent
        contact.attempts += 1
        contact.state = State.RINGING
        self._do(agent, Activity.CONNECTING, contact)
        contact.tell(self.world.now, "offered", f"Rings at {agent.user.username}", agent=agent.user.username)
        ring_s = self.varied(agent.habits.ring_s, contact)
        window_s = self.world.settings.ring_window_s
        if contact.rng.random() < agent.habits.accept_share and ring_s < window_s:
            agent.timer = self.world.timeline.after(ring_s, lambda: self.world.calls.accepted(contact, agent))
        else:
            agent.timer = self.world.timeline.after(window_s, lambda: self.missed(agent, contact))

    def missed(self, agent: Agent, contact: Contact) -> None:
        """Nobody answered within the ring window: the contact keeps its place, the agent gets nothing more for now."""
        contact.offered_to = None
        contact.state = State.QUEUED
        contact.tell(self.world.now, "missed", f"{agent.user.username} does not answer", agent=agent.user.username)
        self._do(agent, Activity.MISSED, contact)
        agent.timer = self.world.timeline.after(self.world.settings.missed_rest_s, lambda: self._rested(agent))
        self.match(agent.instance)

    def _rested(self, agent: Agent) -> None:
        agent.available_since = self.world.now
        self._clear(agent)
        self.match(agent.instance)

    def _wrapped_up(self, agent: Agent, contact: Contact) -> None:
        if contact.leg is not None:
            contact.leg.acw_ended_at = self.world.now
        agent.available_since = self.world.now
        self._clear(agent)
        self.world.calls.wrapped_up(contact)
        self.match(agent.instance)

    def _do(self, agent: Agent, activity: Activity, contact: Contact | None) -> None:
        agent.activity, agent.activity_since, agent.contact = activity, self.world.now, contact
        self.world.reporter.agent_event(agent, STATE_CHANGE)

    def _clear(self, agent: Agent) -> None:
        """The contact leaves the agent's screen; a status that was waiting becomes true."""
        waiting, agent.next_status, agent.next_status_at = agent.next_status, None, None
        if waiting is None:
            self._do(agent, Activity.IDLE, None)
            return
        agent.activity, agent.activity_since, agent.contact = Activity.IDLE, self.world.now, None
        self._change_status(agent, waiting)

    def _change_status(self, agent: Agent, status: AgentStatus) -> None:
        agent.status, agent.status_since = status, self.world.now
        agent.available_since = self.world.now
        if status.type == "OFFLINE":
            self._sign_out(agent)
        else:
            self.world.reporter.agent_event(agent, STATE_CHANGE)

    def _sign_out(self, agent: Agent) -> None:
        self._agents.pop(agent.user.id, None)
        self.world.timeline.cancel(agent.timer)
        self.world.reporter.agent_event(agent, LOGOUT, gone=True)
