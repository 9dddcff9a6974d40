"""From an accepted offer to a conversation and its end: whispers, talk, disconnect flow (5.2)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from localstack.connect.directory import Flow
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.effects import Finish
from localstack.connect.engine.legs import AgentLeg, Participant
from localstack.connect.engine.parts import Outcome, State
from localstack.connect.engine.staff import OFFERED, Agent

if TYPE_CHECKING:
    from localstack.connect.engine.timeline import Timer
    from localstack.connect.engine.world import World

CUSTOMER_ENDS_SHARE = 0.7
"""How often the customer is the one who hangs up after a conversation."""


@dataclass(slots=True)
class Whisper:
    """A whisper that runs: what follows it, and what happens when it takes too long."""

    then: Callable[[], None]
    too_long: Callable[[], None]
    guard: "Timer | None" = None


class Joining:
    """Brings agent and customer together."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._whispers: dict[str, Whisper] = {}

    def accepted(self, contact: Contact, agent: Agent) -> None:
        """The agent takes the call: the whisper runs while the customer is still in the queue."""
        shown = dict(contact.attributes)
        username = agent.user.username
        contact.tell(self._world.now, "screen-pop", f"{username} sees the contact", agent=username, attributes=shown)
        flow = self._world.calls.hook(contact, "AgentWhisper")
        dialled = contact.is_callback
        joined = self._world.dialing.accepted if dialled else self._join
        self.whisper(contact, flow, "agent", lambda: joined(contact, agent), lambda: self.drop(contact, agent))

    def drop(self, contact: Contact, agent: Agent) -> None:
        """The agent is lost during the whisper; the customer keeps the place in the queue (5.2)."""
        if contact.agent_process is not None:
            contact.agent_process.cancel()
        self._world.desks.miss(agent, contact)

    def whisper(
        self,
        contact: Contact,
        flow: Flow | None,
        participant: Participant,
        then: Callable[[], None],
        too_long: Callable[[], None],
    ) -> None:
        """Run a whisper flow, then go on; a whisper that is too long drops the parties (5.2)."""
        if flow is None:
            then()
            return
        self._whispers[contact.id] = Whisper(then, too_long)
        self.guard_again(contact)

        def stop() -> None:
            whisper = self._whispers.pop(contact.id, None)
            if whisper is not None:
                self._world.timeline.cancel(whisper.guard)

        def over(finish: Finish) -> None:
            stop()
            if finish.how == "failed" and not self._world.settings.whisper_error_joins:
                self._world.calls.end(contact, "CONTACT_FLOW_DISCONNECT")
                return
            then()

        process = self._world.calls.run(contact, flow, over, participant)
        process.on_cancel = stop

    def guard_again(self, contact: Contact) -> None:
        """The whisper, if there is one, may take its whole time from here on."""
        whisper = self._whispers.get(contact.id)
        if whisper is not None:
            self._world.timeline.cancel(whisper.guard)
            whisper.guard = self._world.timeline.after(self._world.settings.whisper_limit_s, whisper.too_long)

    def whispering(self, contact: Contact) -> bool:
        """Whether a whisper runs for somebody of this contact."""
        return contact.id in self._whispers

    def cut_whisper(self, contact: Contact) -> None:
        """Somebody does something else meanwhile: the whisper is over, and what it was for goes on at once."""
        then = self._whispers[contact.id].then
        for process in (contact.process, contact.agent_process):
            if process is not None:
                process.cancel()
        then()

    def _join(self, contact: Contact, agent: Agent) -> None:
        """The customer leaves the queue for the agent; the customer whisper runs, then they talk."""
        if contact.visit is None:
            return
        contact.visit.leave(self._world.now, Outcome.ANSWERED)
        self._world.calls.served(contact)
        self._connect(contact, agent)
        flow = self._world.calls.hook(contact, "CustomerWhisper")
        if contact.source is not None:  # the source agent is the other party (5.1)
            self.whisper(contact, flow, "agent", lambda: self._world.transfers.met(contact), lambda: self._end(contact))
        else:
            self.whisper(contact, flow, "customer", lambda: self.talk(contact, agent), lambda: self._end(contact))

    def _end(self, contact: Contact) -> None:
        self._world.calls.end(contact, "OTHER")

    def _connect(self, contact: Contact, agent: Agent) -> None:
        now = self._world.now
        contact.leg = AgentLeg(now, agent=agent)
        if contact.source is not None:
            contact.leg.apart.begin(now)
        contact.state = State.CONNECTED
        self._world.routing.joined(contact)
        self._world.desks.joined(agent, contact)
        self._world.chats.joined(contact, agent)
        self._world.reporter.contact_event(contact, "CONNECTED_TO_AGENT")
        contact.tell(now, "joined", f"Connected to {agent.user.username}", agent=agent.user.username)

    def at_once(self, contact: Contact, agent: Agent) -> None:
        """The agent has a contact that was in no queue; there is no whisper."""
        self._connect(contact, agent)
        self.talk(contact, agent)

    def talk(self, contact: Contact, agent: Agent) -> None:
        """They talk. With a person at either end it lasts until somebody hangs up, unless the call says how long."""
        if contact.channel == "VOICE":
            self._world.recorder.start_conversation(contact)
        self._world.calls.listened_to(contact)
        self.talk_on(contact, agent)

    def talk_on(self, contact: Contact, agent: Agent) -> None:
        """They go on talking."""
        exact = contact.plan.talk_s
        if exact is None and agent.habits.person:
            return
        talk_s = self._world.desks.varied(agent.habits.talk_s, contact) if exact is None else exact
        alone = not self._world.calls.is_present(contact)
        by_customer = not alone and (agent.habits.person or contact.rng.random() < CUSTOMER_ENDS_SHARE)
        handling = agent.desk[contact.id]
        self._world.timeline.cancel(handling.timer)
        handling.timer = self._world.timeline.after(talk_s, lambda: self._talked(contact, by_customer=by_customer))

    def _talked(self, contact: Contact, *, by_customer: bool) -> None:
        if by_customer:
            self._world.hang_up(contact)
        else:
            self.agent_leaves(contact)

    def hang_up(self, agent: Agent, contact: Contact) -> None:
        """The agent hangs up, whatever is going on. Raises ValueError when there is nothing to hang up."""
        handling = agent.desk.get(contact.id)
        if handling is not None and contact.leg is not None and contact.leg.left_at is None:
            self.agent_leaves(contact)
        elif handling is not None and handling.accepted and handling.activity in OFFERED:
            self.drop(contact, agent)
        else:
            msg = f"{agent.user.username} is not connected to the contact"
            raise ValueError(msg)

    def agent_leaves(self, contact: Contact, reason: str = "") -> None:
        """The agent hangs up: ends the contact, unless the customer stays on for others or a disconnect flow.

        `reason` is why, unless the agent chose to.
        """
        calls, conferences = self._world.calls, self._world.conferences
        joined = contact.source is None
        if joined and self._world.monitoring.stays(contact, reason or _reason(contact)):
            return
        if joined and (self._world.transfers.pending(contact) is not None or conferences.others(contact)):
            self._world.transfers.complete(contact)
            return
        remaining = contact.hooks.get("CustomerRemaining")
        if remaining is None or not joined or not calls.is_present(contact):
            calls.end(contact, reason or _reason(contact))
            return
        self._world.holds.customer_back(contact.call)
        calls.stop_flows(contact)
        contact.tell(self._world.now, "left", "The agent hangs up", reason="AGENT_DISCONNECT")
        self._world.recorder.stop(contact)
        contact.state = State.FLOW
        self._world.desks.left(contact)
        calls.run(contact, remaining, lambda finish: calls.flow_over(contact, finish))


def _reason(contact: Contact) -> str:
    """Why a contact is over when its agent has ended it (6.4)."""
    if contact.channel == "EMAIL" and contact.email is None:  # a message that was never written
        return "DISCARDED"
    return "AGENT_COMPLETED" if contact.channel == "TASK" else "AGENT_DISCONNECT"
