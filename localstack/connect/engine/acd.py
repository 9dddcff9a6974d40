"""Who is offered which contact (11.2). Pure: values in, pairs out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from localstack.connect.engine import times


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a routing profile."""

    queue_id: str
    priority: int
    delay_s: float


@dataclass(frozen=True, slots=True)
class FreeAgent:
    """An agent who can take a contact now."""

    id: str
    available_since: datetime
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class WaitingContact:
    """A contact in a queue that is not being offered. `sequence` breaks ties: the one that arrived first."""

    id: str
    queue_id: str
    priority: int
    enqueued_at: datetime
    age_adjustment_s: int
    sequence: int

    @property
    def seniority(self) -> tuple[int, datetime, int]:
        """Smaller is served first: contact priority, then age with its adjustment, then order of arrival."""
        return (self.priority, self.enqueued_at - timedelta(seconds=self.age_adjustment_s), self.sequence)


@dataclass(frozen=True, slots=True)
class Pair:
    """An offer to make."""

    agent_id: str
    contact_id: str


def match(agents: Iterable[FreeAgent], contacts: Iterable[WaitingContact], now: datetime) -> tuple[Pair, ...]:
    """Pair free agents with waiting contacts.

    Agents choose in the order of their idle time (longest first, then lowest id). Each takes the contact of the best
    profile priority, then of the best seniority across the queues of equal priority. A delay that is not over
    hides the entry. No agent and no contact is in two pairs; what is left cannot be paired now.
    """
    by_queue: dict[str, list[WaitingContact]] = {}
    for contact in contacts:
        by_queue.setdefault(contact.queue_id, []).append(contact)
    pairs = []
    for agent in sorted(agents, key=lambda a: (a.available_since, a.id)):
        chosen = _best(agent, by_queue, now)
        if chosen is not None:
            by_queue[chosen.queue_id].remove(chosen)
            pairs.append(Pair(agent.id, chosen.id))
    return tuple(pairs)


def _best(agent: FreeAgent, by_queue: dict[str, list[WaitingContact]], now: datetime) -> WaitingContact | None:
    candidates = [
        (entry.priority, contact.seniority, contact)
        for entry in agent.entries
        for contact in by_queue.get(entry.queue_id, ())
        if times.later(contact.enqueued_at, entry.delay_s) <= now
    ]
    return min(candidates, key=lambda c: c[:2])[2] if candidates else None


def next_delay_end(agents: Iterable[FreeAgent], contacts: Sequence[WaitingContact], now: datetime) -> datetime | None:
    """The next moment at which a delay of a free agent's profile is over for a waiting contact."""
    ends = [
        times.later(contact.enqueued_at, entry.delay_s)
        for agent in agents
        for entry in agent.entries
        for contact in contacts
        if contact.queue_id == entry.queue_id
    ]
    return min((end for end in ends if end > now), default=None)


def position(contact_id: str, contacts: Iterable[WaitingContact]) -> int | None:
    """Place in the queue, 1 is next; `contacts` are all that wait in one queue."""
    order = sorted(contacts, key=lambda c: c.seniority)
    return next((n for n, c in enumerate(order, start=1) if c.id == contact_id), None)
