"""The floor of a deployed tenant: what agents' events tell, in the form that decisions want. Pure but for `Live`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Final

from chalicelib.agents.models import GONE_S, StatusType
from chalicelib.agents.service import Agents, Standing, Standings
from chalicelib.platform import observability
from chalicelib.platform.kept_read import KeptRead, Reading
from chalicelib.routing.floor import Agent, Floor, Presence, QueueState
from chalicelib.tenancy.models import Tenant

WAIT_S: Final = 0.3
"""How long a decision waits for the floor, at the same time as for the caller; later than that it does without."""
KEEP_S: Final = 2.0
"""How long one reading serves the decisions of a function's process. Whom a decision names must still be offered the
contact by Amazon Connect, which knows better; one who went busy in these seconds costs one step of the criteria."""
QUEUES_MAX_AGE_S: Final = 60.0
"""Figures of queues that are older are not believed: nothing then keeps a contact out of a queue."""


_BY_NAME = attrgetter("name", "id")

type Formed = tuple[Standing, bool, Agent]
"""What a standing became, and whether its agent had gone by then."""


@dataclass(slots=True)
class _Channel:
    """The floor as contacts of one channel find it; of a new reading only agents who changed are brought into form."""

    of: Standings | None = None
    floor: Floor | None = None
    formed: dict[str, Formed] = field(default_factory=dict)


@dataclass(slots=True)
class Live:
    """The floor from the table; see `service.Floors`. One reading is brought into form once a channel."""

    read: Reading[Standings]
    _made: dict[str, _Channel] = field(default_factory=dict)

    def ask(self, within_s: float) -> None:
        """Begin to read the floor when what is known is older than two seconds."""
        self.read.ask(min(within_s, WAIT_S))

    def look(self, channel: str, now: datetime) -> Floor | None:
        """Return the floor as contacts of `channel` find it; None when nothing was ever heard of an agent.

        Its age is the metric FloorAge; FloorUnpacked counts decisions whose floor was read from the agents' own items.
        """
        standings = self.read.latest()
        floor = self._floor(standings, channel, now) if standings else None
        at = standings.known_at(now) if standings else None
        if standings is None or floor is None or at is None:
            return None
        observability.measure("FloorAge", (now - at).total_seconds(), "Seconds")
        observability.measure("FloorUnpacked", float(not standings.is_packed))
        return replace(floor, at=at)

    def _floor(self, standings: Standings, channel: str, now: datetime) -> Floor | None:
        made = self._made.setdefault(channel, _Channel())
        if made.of is not standings:
            made.of, made.floor = standings, floor_of(standings, channel, now, made.formed)
        return made.floor


def of_table(client: Any, table: str, tenant: Tenant) -> Live:
    """Return the floor that lies in the tenant's table; `client` has the patience of a waiting caller."""
    agents = Agents(client, table, tenant.id, tenant.contacts_days)
    return Live(KeptRead(agents.standings, KEEP_S))


def floor_of(
    standings: Standings, channel: str, now: datetime, formed: dict[str, Formed] | None = None
) -> Floor | None:
    """Return agents and queues; the place of an agent in hunting orders is that of the username in the alphabet.

    `formed` keeps by id what the agents of `channel` became, for the next standings: who is the same is not made again.
    """
    at = standings.known_at(now)
    if at is None:
        return None
    known = {} if formed is None else formed
    gone_before = now - timedelta(seconds=GONE_S)
    rows: list[Formed] = []
    for place, one in enumerate(sorted(standings.agents, key=_BY_NAME)):
        row, gone = known.get(one.id), one.heard_at < gone_before
        if row is None or row[0] is not one or row[1] is not gone or row[2].place != place:
            row = one, gone, _agent(one, place, channel, gone=gone)
        rows.append(row)
    known.clear()
    known.update((row[0].id, row) for row in rows)
    return Floor(at=at, agents=tuple(row[2] for row in rows), queues=_queues(standings, now))


def _agent(one: Standing, place: int, channel: str, *, gone: bool) -> Agent:
    if one.status is None or gone:
        return Agent(id=one.id, name=one.name, presence=Presence.OFFLINE, place=place)
    slots = one.slots.get(channel, 0)
    return Agent(
        id=one.id,
        name=one.name,
        presence=_presence(one),
        queues=one.queues,
        place=place,
        site=one.site,
        idle_since=one.idle_since,
        talk_s=one.talk_s,
        handled=one.handled,
        slots=slots,
        used=slots if one.is_blocked else one.works.count(channel),
        asked_at=max([one.idle_since, *one.tried.values()]),
    )


def _presence(one: Standing) -> Presence:
    """Return the presence; one who has chosen a next status is asked no more (7)."""
    if one.status is None or one.status is StatusType.OFFLINE:
        return Presence.OFFLINE
    return Presence.AVAILABLE if one.status is StatusType.ROUTABLE and not one.moves_on else Presence.AWAY


def _queues(standings: Standings, now: datetime) -> Mapping[str, QueueState]:
    """Return the queues of which anything is known: what waits, if that is fresh, and who was tried last."""
    fresh = standings.queues_at is not None and now - standings.queues_at <= timedelta(seconds=QUEUES_MAX_AGE_S)
    figures = standings.queues if fresh else {}
    tried: dict[str, tuple[datetime, str]] = {}
    for agent in standings.agents:
        for queue, at in agent.tried.items():
            if queue not in tried or (at, agent.name) > tried[queue]:
                tried[queue] = at, agent.name
    return {
        queue: QueueState(
            waiting=figures[queue].waiting if queue in figures else 0,
            oldest_s=figures[queue].oldest_s if queue in figures else 0.0,
            last_tried=tried[queue][1] if queue in tried else None,
        )
        for queue in figures.keys() | tried.keys()
    }
