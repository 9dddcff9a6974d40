"""What the metrics of the past need to know of agents: how they spent their time, what became of each offer (10.2)."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from localstack.connect.engine import hierarchy
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.staff import OFFERED, REFUSED, Agent, Handling, is_agent_queue
from localstack.connect.engine.world import World

KEPT = 200_000
"""Spans, and offers, that are kept; the oldest are forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of an agent's signed-in time in which nothing of this changed. `end` None = it goes on."""

    instance_id: str
    agent_id: str
    group_ids: tuple[str, ...]
    profile_id: str
    start: datetime
    end: datetime | None
    custom: bool
    """The agent has chosen a custom status."""
    on_contact: bool
    """At least one contact is connected, on hold, or in after-contact work."""
    ringing: bool
    error: bool
    """A contact that the agent has missed or declined is on the screen."""

    @property
    def idle(self) -> bool:
        """Whether the agent could have taken a contact, and had none; ringing is not idle."""
        return not (self.custom or self.on_contact or self.ringing or self.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A contact that rang at an agent, at the moment when that was over."""

    instance_id: str
    agent_id: str
    group_ids: tuple[str, ...]
    profile_id: str
    queue_id: str
    channel: str
    method: str
    at: datetime
    rang_s: float
    outcome: str
    """"answered", "refused" (missed or declined) or "abandoned" (by the customer, while it rang)."""


@dataclass(slots=True)
class AgentLedger:
    """The history of all agents of a world, oldest first. Written and read in the driver's thread."""

    world: World
    spans: deque[Span] = field(default_factory=lambda: deque(maxlen=KEPT))
    offers: deque[Offer] = field(default_factory=lambda: deque(maxlen=KEPT))
    _current: dict[str, Span] = field(default_factory=dict)
    _ringing: dict[tuple[str, str], tuple[Handling, datetime]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.world.on_agent.append(self.changed)
        for agent in self.world.floor.agents():
            self.changed(agent)

    def changed(self, agent: Agent) -> None:
        """Book what is over."""
        for offer in list(self._over(agent)):
            self.offers.append(offer)
        self._rings(agent)
        old, new = self._current.pop(agent.id, None), self._span(agent)
        if old is not None and new is not None and replace(new, start=old.start) == old:
            new = old
        elif old is not None and old.start < self.world.now:
            self.spans.append(replace(old, end=self.world.now))
        if new is not None:
            self._current[agent.id] = new

    def all_spans(self) -> list[Span]:
        """What is over and what goes on."""
        return [*self.spans, *self._current.values()]

    def _span(self, agent: Agent) -> Span | None:
        if self.world.floor.agent(agent.id) is not agent:
            return None
        held = list(agent.desk.values())
        return Span(
            instance_id=agent.instance.id,
            agent_id=agent.id,
            group_ids=hierarchy.ids_of(agent.instance, agent.user),
            profile_id=agent.profile.id,
            start=self.world.now,
            end=None,
            custom=agent.status.type == "CUSTOM",
            on_contact=any(one.activity not in OFFERED | REFUSED for one in held),
            ringing=any(one.activity in OFFERED for one in held),
            error=any(one.activity in REFUSED for one in held),
        )

    def _rings(self, agent: Agent) -> None:
        for handling in agent.desk.values():
            key = (agent.id, handling.contact.id)
            if handling.activity in OFFERED and not handling.accepted and handling.contact.offered_to is agent:
                self._ringing.setdefault(key, (handling, self.world.now))

    def _over(self, agent: Agent) -> Iterator[Offer]:
        mine = [key for key in self._ringing if key[0] == agent.id]
        for key in mine:
            handling, since = self._ringing[key]
            if agent.desk.get(key[1]) is not handling:
                outcome = "answered" if handling.accepted else "abandoned"
            elif handling.activity in REFUSED:
                outcome = "refused"
            elif handling.accepted or handling.activity not in OFFERED:
                outcome = "answered"
            else:
                continue
            del self._ringing[key]
            yield self._offer(agent, handling.contact, since, outcome)

    def _offer(self, agent: Agent, contact: Contact, since: datetime, outcome: str) -> Offer:
        visit = contact.visit
        return Offer(
            instance_id=agent.instance.id,
            agent_id=agent.id,
            group_ids=hierarchy.ids_of(agent.instance, agent.user),
            profile_id=agent.profile.id,
            queue_id=visit.queue.id if visit and not is_agent_queue(visit.queue) else "",
            channel=contact.channel,
            method=contact.initiation_method,
            at=self.world.now,
            rang_s=(self.world.now - since).total_seconds(),
            outcome=outcome,
        )
