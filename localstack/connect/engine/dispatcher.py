"""Keeps `acd.match` true while agents and contacts come and go, without looking at all of them each time."""

from bisect import bisect_left, bisect_right, insort
from datetime import datetime

from localstack.connect.engine.acd import (
    FreeAgent,
    Pair,
    Pool,
    WaitingContact,
    able,
    best,
    next_delay_end,
)

Rank = tuple[int, datetime, int]
"""A contact's seniority."""
Standing = tuple[datetime, str, str]
"""An agent's rank."""


class Dispatcher:
    """The free agents and waiting contacts of one instance.

    After `pairs` nothing that is left can be paired, so one newcomer is all that the next look must consider.
    """

    def __init__(self, *, across: bool = True) -> None:
        self.across = across
        self._agents: dict[str, FreeAgent] = {}
        self._serving: dict[Pool, list[Standing]] = {}
        """Ranks of the agents who serve a pool, so that nobody else is looked at for its contacts."""
        self._places: dict[str, tuple[Standing, set[Pool]]] = {}
        """Where an agent stands: rank and pools."""
        self._contacts: dict[str, WaitingContact] = {}
        self._pools: dict[Pool, list[WaitingContact]] = {}
        self._ranks: dict[Pool, list[Rank]] = {}
        self._new_agents: dict[str, None] = {}
        self._new_contacts: dict[str, None] = {}
        """They stand in no line yet: most are offered at once and never do."""
        self._delayed: set[str] = set()
        self._stale = False

    def agent_free(self, agent: FreeAgent) -> None:
        """The agent can take something now, or something else than before."""
        known = self._agents.get(agent.id)
        if known is not None:
            if known == agent:
                return
            self.agent_gone(agent.id)
        self._agents[agent.id] = agent
        rank, pools = self._places[agent.id] = agent.rank, agent.pools
        for pool in pools:
            insort(self._serving.setdefault(pool, []), rank)
        self._new_agents[agent.id] = None
        if any([entry.delay_s for entry in agent.entries]):  # noqa: C419  twice as fast as a generator here
            self._delayed.add(agent.id)

    def agent_gone(self, agent_id: str) -> None:
        """The agent can take nothing now; one who is not known is not known afterwards."""
        agent = self._agents.pop(agent_id, None)
        if agent is not None:
            rank, pools = self._places.pop(agent_id)
            for pool in pools:
                order = self._serving[pool]
                del order[bisect_left(order, rank)]
            self._new_agents.pop(agent_id, None)
            self._delayed.discard(agent_id)

    def contact_waits(self, contact: WaitingContact) -> None:
        """The contact waits now, or on other terms than before."""
        if contact.id in self._contacts:
            self.contact_gone(contact.id)
        self._contacts[contact.id] = contact
        self._new_contacts[contact.id] = None

    def contact_gone(self, contact_id: str) -> None:
        """The contact does not wait to be offered; one that is not known is not known afterwards."""
        contact = self._contacts.pop(contact_id, None)
        if contact is None:
            return
        if contact_id in self._new_contacts:
            del self._new_contacts[contact_id]
            return
        pool = contact.pool
        line, ranks = self._pools[pool], self._ranks[pool]
        place = bisect_left(ranks, contact.seniority)
        while line[place].id != contact_id:
            place += 1
        del line[place], ranks[place]
        if not line:
            del self._pools[pool], self._ranks[pool]

    def time_passed(self) -> None:
        """A delay may be over: everybody is looked at again."""
        self._stale = True

    def pairs(self, now: datetime) -> tuple[Pair, ...]:
        """What can be paired now; those in a pair are neither free nor waiting any more."""
        pairs = self._find(now) if self._agents and self._contacts else ()
        for pair in pairs:
            self.agent_gone(pair.agent_id)
            self.contact_gone(pair.contact_id)
        if self._new_contacts:
            self._line_up()
        if self._new_agents:
            self._new_agents.clear()
        self._stale = False
        return pairs

    def next_delay_end(self, now: datetime) -> datetime | None:
        """When to look again although nobody came or went; None = no delay is running."""
        if not self._delayed or not self._contacts:
            return None
        agents = [self._agents[agent_id] for agent_id in self._delayed]
        return next_delay_end(agents, list(self._contacts.values()), now)

    def _find(self, now: datetime) -> tuple[Pair, ...]:
        newcomers = len(self._new_agents) + len(self._new_contacts)
        if self._stale or newcomers > 1:
            return self._sweep(now)
        if self._new_contacts:
            return self._for_contact(self._contacts[next(iter(self._new_contacts))], now)
        if self._new_agents:
            return self._for_agent(self._agents[next(iter(self._new_agents))], now)
        return ()

    def _for_contact(self, contact: WaitingContact, now: datetime) -> tuple[Pair, ...]:
        own = self._agents.get(contact.queue_id)
        if own is not None and able(own, contact, now):
            return (Pair(own.id, contact.id),)
        for _, _, agent_id in self._serving.get(contact.pool, ()):
            if able(self._agents[agent_id], contact, now):
                return (Pair(agent_id, contact.id),)
        return ()

    def _for_agent(self, agent: FreeAgent, now: datetime) -> tuple[Pair, ...]:
        chosen = best(agent, self._pools, now, across=self.across)
        return () if chosen is None else (Pair(agent.id, chosen.id),)

    def _line_up(self) -> None:
        for contact_id in self._new_contacts:
            contact = self._contacts[contact_id]
            pool, rank = contact.pool, contact.seniority
            ranks = self._ranks.setdefault(pool, [])
            place = bisect_right(ranks, rank)
            ranks.insert(place, rank)
            self._pools.setdefault(pool, []).insert(place, contact)
        self._new_contacts.clear()

    def _sweep(self, now: datetime) -> tuple[Pair, ...]:
        self._line_up()
        pools = {pool: list(line) for pool, line in self._pools.items()}
        left, pairs = len(self._contacts), []
        for agent in sorted(self._agents.values(), key=lambda one: one.rank):
            if not left:
                break
            chosen = best(agent, pools, now, across=self.across)
            if chosen is not None:
                pools[chosen.pool].remove(chosen)
                pairs.append(Pair(agent.id, chosen.id))
                left -= 1
        return tuple(pairs)
