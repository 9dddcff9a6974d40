"""The floor of a world in this process: its agent events taken in by the product's own ingest, kept in memory."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from chalicelib.agents.activity import Turn
from chalicelib.agents.ingest import Ingest
from chalicelib.agents.models import LONG_AGO, AgentState, House, StatusChange
from chalicelib.agents.service import Standing, Standings
from chalicelib.agents.standing import standing
from chalicelib.agents.store import Kept, Lost
from chalicelib.routing.floor import Floor
from chalicelib.routing.live_floor import floor_of
from chalicelib.tenancy.models import Tenant
from cli.diary import Diary
from localstack.connect.engine.ports import Place, StreamRecord, Streams

AGENT_STREAM: Final = "arn:aws:kinesis:us-east-1:000000000000:stream/agents"


class NoDesk:
    """Signs nobody off: who works in a world of this process is planned, and its seats have no ceiling."""

    def sign_off(self, agent: AgentState, now: datetime) -> None:
        """Refuse to."""
        msg = f"nobody refuses {agent.name} a seat here, {now}"
        raise RuntimeError(msg)


@dataclass(slots=True)
class MemoryAgents:
    """The store of the ingest, in memory; see `chalicelib.agents.store.Agents`. `diary` keeps what they did, if any."""

    diary: Diary | None = None
    kept: dict[str, Kept] = field(default_factory=dict)
    stood: dict[str, Standing] = field(default_factory=dict)

    def write(self, state: AgentState, seen: int | None) -> Lost | None:
        """Store `state` over the copy number `seen`, or return what is there instead."""
        current = self.kept.get(state.id)
        if (current.revision if current else None) != seen:
            return Lost(current)
        self.kept[state.id] = Kept(state, (seen or 0) + 1)
        self.stood[state.id] = standing(state)
        return None

    def log(self, changes: Iterable[StatusChange]) -> None:
        """Keep them in the diary: without one nobody asks for them."""
        if self.diary:
            self.diary.log(changes)

    def keep(self, turn: Turn) -> None:
        """Keep it there, too."""
        if self.diary:
            self.diary.keep(turn)

    def house(self, *, consistent: bool = False) -> House:
        """Return all agents."""
        del consistent
        return House(agents=tuple(kept.state for kept in self.kept.values()))

    def standings(self) -> Standings:
        """Return the same as decisions need it."""
        return Standings(agents=tuple(self.stood.values()))


@dataclass(frozen=True, slots=True)
class WorldFloor:
    """Takes agent events in as the deployed system does, and tells decisions the floor at once (`service.Floors`).

    `deliver` hands over what the engine has told and nobody has taken yet.
    """

    ingest: Ingest
    agents: MemoryAgents
    deliver: Callable[[], object]

    def ask(self, within_s: float) -> None:
        """Let all events arrive."""
        del within_s
        self.deliver()

    def look(self, channel: str, now: datetime) -> Floor | None:
        """Return the floor as contacts of `channel` find it."""
        return floor_of(self.agents.standings(), channel, now)


def of_tenant(tenant: Tenant, deliver: Callable[[], object], diary: Diary | None = None) -> WorldFloor:
    """Return the floor of a tenant's world; `diary` is told what its agents do.

    Its events are taken in when somebody asks. To the ingest that is no delay: nobody could have known them later.
    """
    agents = MemoryAgents(diary)
    ingest = Ingest(
        store=agents,
        turns=agents,
        desk=NoDesk(),
        seats=replace(tenant.seats, burst=sys.maxsize),
        site_attribute=tenant.plan.site_attribute,
        instance_arn=None,
        now=lambda: LONG_AGO,
        kinds=tenant.agent_statuses,
    )
    return WorldFloor(ingest, agents, deliver)


@dataclass(frozen=True, slots=True)
class TwoStreams:
    """The engine's stream port: agent events to the floor, everything else to `others`."""

    floor: WorldFloor
    others: Streams

    def put(self, place: Place, stream_arn: str, records: Sequence[StreamRecord]) -> Sequence[int]:
        """Take every record in."""
        if stream_arn != AGENT_STREAM:
            return self.others.put(place, stream_arn, records)
        for record in records:
            self.floor.ingest.take(record.data)
        return ()
