"""The floor of a deployed tenant: what agents' events tell, in the form that decisions want. Pure but for `Live`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from chalicelib.agents.models import IN_THE_WAY
from chalicelib.agents.service import Agents, AgentState, House
from chalicelib.platform import observability
from chalicelib.platform.kept_read import KeptRead
from chalicelib.routing.floor import Agent, Floor, Presence, QueueState
from chalicelib.tenancy.models import Tenant

WAIT_S: Final = 0.3
"""How long a decision waits for the floor, at the same time as for the caller; later than that it does without."""
KEEP_S: Final = 2.0
"""How long one reading serves the decisions of a function's process. Whom a decision names must still be offered the
contact by Amazon Connect, which knows better; one who went busy in these seconds costs one step of the criteria."""
QUEUES_MAX_AGE_S: Final = 60.0
"""Figures of queues that are older are not believed: nothing then keeps a contact out of a queue."""


@dataclass(slots=True)
class Live:
    """The floor from the table; see `service.Floors`. One reading is brought into form once a channel."""

    house: KeptRead[House]
    _made: dict[str, tuple[House, Floor | None]] = field(default_factory=dict)

    def ask(self, within_s: float) -> None:
        """Begin to read the floor when what is known is older than two seconds."""
        self.house.ask(min(within_s, WAIT_S))

    def look(self, channel: str, now: datetime) -> Floor | None:
        """Return the floor as contacts of `channel` find it; None when nothing was ever heard of an agent.

        Its age is the metric FloorAge.
        """
        house = self.house.latest()
        floor = self._floor(house, channel, now) if house else None
        at = house.known_at(now) if house else None
        if floor is None or at is None:
            return None
        observability.measure("FloorAge", (now - at).total_seconds(), "Seconds")
        return replace(floor, at=at)

    def _floor(self, house: House, channel: str, now: datetime) -> Floor | None:
        made = self._made.get(channel)
        if made is None or made[0] is not house:
            made = self._made[channel] = house, floor_of(house, channel, now)
        return made[1]


def of_table(client: Any, table: str, tenant: Tenant) -> Live:
    """Return the floor that lies in the tenant's table; `client` has the patience of a waiting caller."""
    agents = Agents(client, table, tenant.id, tenant.contacts_days)
    return Live(KeptRead(agents.house, KEEP_S))


def floor_of(house: House, channel: str, now: datetime) -> Floor | None:
    """Return agents and queues; the place of an agent in hunting orders is that of the username in the alphabet."""
    at = house.known_at(now)
    if at is None:
        return None
    by_name = sorted(house.agents, key=lambda one: (one.name, one.id))
    agents = tuple(_agent(one, place, channel, now) for place, one in enumerate(by_name))
    return Floor(at=at, agents=agents, queues=_queues(house, now))


def _agent(state: AgentState, place: int, channel: str, now: datetime) -> Agent:
    snapshot = state.snapshot
    if snapshot is None or state.is_gone(now):
        return Agent(id=state.id, name=state.name, presence=Presence.OFFLINE, place=place)
    slots = snapshot.slots.get(channel, 0)
    blocked = any(work.state in IN_THE_WAY for work in snapshot.works)
    return Agent(
        id=state.id,
        name=state.name,
        presence=_presence(state),
        queues=frozenset(snapshot.queues),
        place=place,
        site=state.site,
        idle_since=state.idle_since,
        talk_s=state.shift.whole_talk_s,
        handled=state.shift.whole_handled,
        slots=slots,
        used=slots if blocked else sum(work.channel == channel for work in snapshot.works),
    )


def _presence(state: AgentState) -> Presence:
    """Return the presence; one who has chosen a next status is asked no more (7)."""
    status = state.status
    if status is None or status.type == "OFFLINE":
        return Presence.OFFLINE
    chosen = state.snapshot.next_status if state.snapshot else None
    return Presence.AVAILABLE if status.type == "ROUTABLE" and chosen is None else Presence.AWAY


def _queues(house: House, now: datetime) -> Mapping[str, QueueState]:
    """Return the queues of which anything is known: what waits, if that is fresh, and who was tried last."""
    fresh = house.queues_at is not None and now - house.queues_at <= timedelta(seconds=QUEUES_MAX_AGE_S)
    figures = house.queues if fresh else {}
    tried: dict[str, tuple[datetime, str]] = {}
    for agent in house.agents:
        for queue, at in agent.tried.items():
            tried[queue] = max((at, agent.name), tried.get(queue, (at, agent.name)))
    return {
        queue: QueueState(
            waiting=figures[queue].waiting if queue in figures else 0,
            oldest_s=figures[queue].oldest_s if queue in figures else 0.0,
            last_tried=tried[queue][1] if queue in tried else None,
        )
        for queue in figures.keys() | tried.keys()
    }
