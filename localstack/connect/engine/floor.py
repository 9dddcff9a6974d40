"""The floor: signed-in agents, their statuses, the contacts that wait for them, and who gets which (11.2)."""

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from localstack.connect.directory import AgentStatus, Instance, RoutingProfile, User
from localstack.connect.engine import times
from localstack.connect.engine.callbacks import QUEUED
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.dispatcher import Dispatcher
from localstack.connect.engine.metrics import as_waiting
from localstack.connect.engine.reporter import HEART_BEAT, LOGIN, LOGOUT, STATE_CHANGE
from localstack.connect.engine.staff import OFFERED, Agent, Habits

if TYPE_CHECKING:
    from localstack.connect.engine.timeline import Timer
    from localstack.connect.engine.world import World


class Floor:
    """All agents of all instances, and the contacts in their queues."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self._agents: dict[str, Agent] = {}
        self._people: dict[str, Agent] = {}
        self._signed_off: dict[str, Agent] = {}
        """Agents of whom heartbeats may still tell after they have signed out."""
        self._waiting: dict[str, dict[str, Contact]] = {}
        self._dispatchers: dict[str, Dispatcher] = {}
        self._delay_timers: dict[str, Timer] = {}

    def agents_of(self, instance: Instance) -> list[Agent]:
        """The signed-in agents of an instance."""
        return [agent for agent in self._agents.values() if agent.instance.id == instance.id]

    def agents(self) -> list[Agent]:
        """All signed-in agents."""
        return list(self._agents.values())

    def agent(self, user_id: str) -> Agent | None:
        """A signed-in agent by user id."""
        return self._agents.get(user_id)

    def ringing_at_people(self) -> list[Contact]:
        """The contacts that persons have to accept or not."""
        return [
            handling.contact
            for agent in self._people.values()
            for handling in agent.desk.values()
            if handling.activity in OFFERED and not handling.accepted and not agent.accepts_by_itself(handling.contact)
        ]

    def asked_people(self) -> list[Contact]:
        """The contacts of transfers whose flows ask persons for keys."""
        pending = (
            self.world.transfers.pending(handling.contact)
            for agent in self._people.values()
            for handling in agent.desk.values()
        )
        return [new for new in pending if new is not None and new.agent_listening is not None]

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
            self.refresh(agent)
            return agent
        now = self.world.now
        before = self._signed_off.pop(user.id, None)
        if before is not None:
            self.world.timeline.cancel(before.heartbeat)
        agent = Agent(
            instance=instance,
            user=user,
            profile=profile,
            habits=habits,
            status=status,
            status_since=now,
            available_since=now,
            tie=self._tie(user),
        )
        self._agents[user.id] = agent
        self.world.reporter.agent_event(agent, LOGIN)
        self.refresh(agent)
        return agent

    def follow(self, user_id: str) -> None:
        """A user has changed in the instance: signed in, he is offered what he now serves; his screen stays."""
        agent = self._agents.get(user_id)
        user = agent and agent.instance.find(User, user_id)
        profile = agent and user and agent.instance.find(RoutingProfile, user.routing_profile_id)
        if agent and user and profile:
            agent.renew(user, profile, agent.habits)
            self.refresh(agent)

    def set_status(self, agent: Agent, status: AgentStatus) -> None:
        """The agent chooses a status; with a contact on the screen it waits until that is cleared (7)."""
        if status == agent.status and agent.next_status is None:
            return
        if agent.desk:
            agent.next_status, agent.next_status_at = status, self.world.now
            self.world.reporter.agent_event(agent, STATE_CHANGE)
        else:
            self._change_status(agent, status)
        self.refresh(agent)

    def beat(self, agent: Agent) -> None:
        """Nothing has happened to a signed-in agent for a while. One whose instance is gone, is gone too."""
        if self.world.directory.instance(agent.instance.id) is None:
            self._agents.pop(agent.user.id, None)
            self._people.pop(agent.user.id, None)
            self._dispatcher(agent.instance).agent_gone(agent.id)
            return
        self.world.reporter.agent_event(agent, HEART_BEAT, gone=self._agents.get(agent.user.id) is not agent)

    def sign_out_all(self) -> list[Agent]:
        """Sign everybody out, whatever they do: the clock is about to be set. Answers who was there."""
        gone = self.agents()
        for agent in gone:
            self._sign_out(agent)
        return gone

    def wait(self, contact: Contact) -> None:
        """A contact has entered a queue."""
        self._waiting.setdefault(contact.instance.id, {})[contact.id] = contact
        self.reconsider(contact)

    def reconsider(self, contact: Contact) -> None:
        """A contact that waits can be offered again, or on other terms."""
        if contact.waiting and contact.offered_to is None and contact.id in self._waiting.get(contact.instance.id, {}):
            self._dispatcher(contact.instance).contact_waits(as_waiting(contact))
            self.match(contact.instance)

    def assign(self, agent: Agent, contact: Contact) -> None:
        """A contact that waits is offered to one agent, who can take it. One who does not gives it back to all."""
        self._dispatcher(contact.instance).contact_gone(contact.id)
        self._pair(agent, contact)
        self.sync(agent)

    def gone(self, contact: Contact) -> None:
        """A contact has left its queue; an agent whose telephone rings for it gets free again."""
        self._waiting.get(contact.instance.id, {}).pop(contact.id, None)
        self._dispatcher(contact.instance).contact_gone(contact.id)
        agent, contact.offered_to = contact.offered_to, None
        handling = agent.desk.get(contact.id) if agent else None
        if agent is not None and handling is not None and handling.activity in OFFERED:
            self.world.desks.clear(agent, contact)
            self.match(agent.instance)

    def refresh(self, agent: Agent) -> None:
        """Something has changed about the agent: what can be offered now is offered."""
        if agent.habits.person and agent.id in self._agents:
            self._people[agent.id] = agent
        else:
            self._people.pop(agent.id, None)
        self.sync(agent)
        self.match(agent.instance)

    def sync(self, agent: Agent) -> None:
        """Tell the matching what the agent may be offered, without an offer yet."""
        dispatcher = self._dispatcher(agent.instance)
        channels = agent.open_channels()
        if channels and agent.id in self._agents:
            dispatcher.agent_free(agent.as_free(channels))
        else:
            dispatcher.agent_gone(agent.id)

    def match(self, instance: Instance) -> None:
        """Offer what can be offered now, and look again when the next delay is over."""
        dispatcher = self._dispatcher(instance)
        now = self.world.now
        for pair in dispatcher.pairs(now):
            self._pair(self._agents[pair.agent_id], self._waiting[instance.id][pair.contact_id])
        self.world.timeline.cancel(self._delay_timers.pop(instance.id, None))
        due = dispatcher.next_delay_end(now)
        if due is not None:
            self._delay_timers[instance.id] = self.world.timeline.at(due, lambda: self._delay_over(instance))

    def _pair(self, agent: Agent, contact: Contact) -> None:
        if contact.initiation_method == QUEUED:
            self.world.callbacks.turn(contact, agent)
        else:
            self.world.desks.offer(agent, contact)

    def status_due(self, agent: Agent) -> bool:
        """The screen is empty: a status that was waiting becomes true, and is told. False when none was waiting."""
        waiting, agent.next_status, agent.next_status_at = agent.next_status, None, None
        if waiting is None:
            return False
        self._change_status(agent, waiting)
        return True

    def _delay_over(self, instance: Instance) -> None:
        self._dispatcher(instance).time_passed()
        self.match(instance)

    def configure(self) -> None:
        """Settings have changed: match by them."""
        for dispatcher in self._dispatchers.values():
            dispatcher.across = self.world.settings.priority_across_queues
        for agent in self._agents.values():
            agent.tie = self._tie(agent.user)
            self.sync(agent)

    def _tie(self, user: User) -> str:
        """What decides between equally idle agents (11.2): a smaller one is served first, then the lower id."""
        settings = self.world.settings
        if settings.equal_agents == "lowest-id":
            return ""
        return hashlib.sha256(f"{settings.seed}/{user.id}".encode()).hexdigest()

    def _dispatcher(self, instance: Instance) -> Dispatcher:
        found = self._dispatchers.get(instance.id)
        if found is None:
            across = self.world.settings.priority_across_queues
            found = self._dispatchers[instance.id] = Dispatcher(across=across)
        return found

    def _change_status(self, agent: Agent, status: AgentStatus) -> None:
        agent.status, agent.status_since = status, self.world.now
        agent.available_since = self.world.now
        if status.type == "OFFLINE":
            self._sign_out(agent)
        else:
            self.world.reporter.agent_event(agent, STATE_CHANGE)

    def _sign_out(self, agent: Agent) -> None:
        self._agents.pop(agent.user.id, None)
        self._people.pop(agent.user.id, None)
        self._dispatcher(agent.instance).agent_gone(agent.id)
        for handling in agent.desk.values():
            self.world.timeline.cancel(handling.timer)
        after_s = self.world.settings.heartbeats_after_logout_s
        if after_s:
            agent.beats_until = times.later(self.world.now, after_s)
            self._signed_off[agent.user.id] = agent
        self.world.reporter.agent_event(agent, LOGOUT, gone=True)
