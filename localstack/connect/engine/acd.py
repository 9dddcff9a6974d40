"""Who is offered which contact (11.2). Pure: values in, pairs out.

`match` is the rule, stated over all agents and contacts at once; `dispatcher` keeps it true event by event.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from localstack.connect.engine import times
from localstack.connect.engine.criteria import Expression, Skills, holds

VOICE = "VOICE"
Pool = tuple[str, str]
"""(queue id, channel): contacts that wait in one line. An agent's own queue has the agent's id."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a routing profile."""

    queue_id: str
    priority: int
    delay_s: float
    channel: str = VOICE


class FreeAgent(NamedTuple):
    """An agent who can take a contact of one of `channels` now. A named tuple, because each offer makes new ones."""

    id: str
    available_since: datetime
    entries: tuple[Entry, ...]
    channels: frozenset[str] = frozenset({VOICE})
    skills: Skills = MappingProxyType({})
    tie: str = ""

    @property
    def rank(self) -> tuple[datetime, str, str]:
        """Smaller is served first: the longest idle time, then what breaks ties, then the lowest id."""
        return (self.available_since, self.tie, self.id)

    @property
    def pools(self) -> set[Pool]:
        """The lines that the agent serves now, the agent's own queue apart."""
        return {(entry.queue_id, entry.channel) for entry in self.entries if entry.channel in self.channels}


class WaitingContact(NamedTuple):
    """A contact in a queue that is not being offered. `sequence` breaks ties: the one that arrived first.

    `wanted` is what the active step of its routing criteria asks of an agent.
    """

    id: str
    queue_id: str
    priority: int
    enqueued_at: datetime
    age_adjustment_s: int
    sequence: int
    channel: str = VOICE
    wanted: Expression | None = None

    @property
    def age(self) -> tuple[datetime, int]:
        """Smaller is older: time of enqueueing with its adjustment, then order of arrival."""
        if not self.age_adjustment_s:
            return (self.enqueued_at, self.sequence)
        return (self.enqueued_at - timedelta(seconds=self.age_adjustment_s), self.sequence)

    @property
    def seniority(self) -> tuple[int, datetime, int]:
        """Smaller is served first: contact priority, then age."""
        enqueued_at, sequence = self.age
        return (self.priority, enqueued_at, sequence)

    @property
    def pool(self) -> Pool:
        """The line in which it stands."""
        return (self.queue_id, self.channel)


class Pair(NamedTuple):
    """An offer to make."""

    agent_id: str
    contact_id: str


def match(
    agents: Iterable[FreeAgent], contacts: Iterable[WaitingContact], now: datetime, *, across: bool = True
) -> tuple[Pair, ...]:
    """Pair free agents with waiting contacts.

    Agents choose in the order of their idle time (longest first, then lowest id). Each takes the contact of the best
    profile priority, then of the best seniority across the queues of equal priority. A delay that is not over
    hides the entry. No agent and no contact is in two pairs; what is left cannot be paired now.
    """
    pools: dict[Pool, list[WaitingContact]] = {}
    for contact in sorted(contacts, key=lambda c: c.seniority):
        pools.setdefault(contact.pool, []).append(contact)
    pairs = []
    for agent in sorted(agents, key=lambda a: a.rank):
        chosen = best(agent, pools, now, across=across)
        if chosen is not None:
            pools[chosen.pool].remove(chosen)
            pairs.append(Pair(agent.id, chosen.id))
    return tuple(pairs)


def suits(agent: FreeAgent, entry: Entry, contact: WaitingContact, now: datetime) -> bool:
    """Whether an entry of the agent's lets this contact through now."""
    if entry.delay_s and times.later(contact.enqueued_at, entry.delay_s) > now:
        return False
    return contact.wanted is None or holds(contact.wanted, agent.id, agent.skills)


def able(agent: FreeAgent, contact: WaitingContact, now: datetime) -> bool:
    """Whether the agent may be offered the contact now."""
    if contact.channel not in agent.channels:
        return False
    if contact.queue_id == agent.id:
        return True
    for entry in agent.entries:
        if (
            entry.queue_id == contact.queue_id
            and entry.channel == contact.channel
            and suits(agent, entry, contact, now)
        ):
            return True
    return False


def best(
    agent: FreeAgent, pools: Mapping[Pool, Sequence[WaitingContact]], now: datetime, *, across: bool = True
) -> WaitingContact | None:
    """The contact that the agent takes; each pool is in order of seniority. The agent's own queue goes first.

    `across`: contact priority counts across queues of equal profile priority; else only within its queue.
    """
    own = [pools[agent.id, channel][0] for channel in agent.channels if pools.get((agent.id, channel))]
    if own:
        return min(own, key=lambda c: c.seniority)
    found: list[tuple[int, WaitingContact]] = []
    for entry in agent.entries:
        if entry.channel in agent.channels:
            line = pools.get((entry.queue_id, entry.channel), ())
            head = next((contact for contact in line if suits(agent, entry, contact, now)), None)
            if head is not None:
                found.append((entry.priority, head))
    if not found:
        return None
    return min(found, key=lambda one: (one[0], one[1].seniority if across else one[1].age))[1]


def next_delay_end(agents: Iterable[FreeAgent], contacts: Sequence[WaitingContact], now: datetime) -> datetime | None:
    """The next moment at which a delay of a free agent's profile is over for a waiting contact."""
    delays: dict[Pool, set[float]] = {}
    for agent in agents:
        for entry in agent.entries:
            if entry.delay_s and entry.channel in agent.channels:
                delays.setdefault((entry.queue_id, entry.channel), set()).add(entry.delay_s)
    ends = (times.later(c.enqueued_at, delay_s) for c in contacts for delay_s in delays.get(c.pool, ()))
    return min((end for end in ends if end > now), default=None)


def position(contact_id: str, contacts: Iterable[WaitingContact]) -> int | None:
    """Place in the queue, 1 is next; `contacts` are all that wait in one queue."""
    order = sorted(contacts, key=lambda c: c.seniority)
    return next((n for n, c in enumerate(order, start=1) if c.id == contact_id), None)
