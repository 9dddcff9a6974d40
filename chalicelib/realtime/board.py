"""Real time: the view of this moment, narrowed to what its reader sees."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from chalicelib.agents.models import QueueFigures
from chalicelib.agents.service import House
from chalicelib.organisation.service import Sight, sees_agent, sees_figures
from chalicelib.realtime import checking, policy, thresholds
from chalicelib.realtime.checking import Told
from chalicelib.realtime.floor import agents_now
from chalicelib.realtime.models import (
    AWAY,
    READY,
    AgentNow,
    Board,
    LineNow,
    Moment,
    NodeNow,
    Place,
    QueueNow,
    Stage,
    Standing,
)
from chalicelib.tenancy.models import Tenant


class Boards(Protocol):
    """Port: see `store.Boards`."""

    def board(self) -> Board:
        """Return everything that goes on."""


class Floor(Protocol):
    """Port: see `agents.service.Agents`."""

    def house(self) -> House:
        """Return all agents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """This moment. Each part says when it was true: `agents_at` (None: nothing was ever heard) and `contacts_at`.

    `checked_at` is when Amazon Connect's own figures were asked for last, `differing` of how many queues and agents
    they said another thing.
    """

    as_of: datetime
    agents_at: datetime | None
    contacts_at: datetime
    checked_at: datetime | None
    differing: int
    agents: tuple[AgentNow, ...]
    queues: tuple[QueueNow, ...]
    lines: tuple[LineNow, ...]
    nodes: tuple[NodeNow, ...]
    raised: Mapping[str, Standing]
    """The thresholds that are raised, by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Realtime:
    """The live view of one tenant: two Queries, of the floor and of the board."""

    tenant: Tenant
    floor: Floor
    boards: Boards
    now: Callable[[], datetime]

    def view(self, seen: Sight | None) -> View:
        """Return what goes on, as far as `seen` lets one see (TEN-11); None sees everything.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        return self.shown(self.floor.house(), self.boards.board(), seen, self.now())

    def shown(self, house: House, board: Board, seen: Sight | None, now: datetime) -> View:
        """Return what the two readings say of the instant `now`; pure."""
        told = told_by(house, board, self.tenant.agent_statuses, now)
        agents = checking.settled_agents(board.check, told, now)
        believed = checking.settled_queues(board.check, told, now)
        moments = policy.going_on(board, now)
        visible = [one for one in moments if sees_figures(seen, one.queue, one.number)]
        lines, nodes = self._lines(visible, board, seen, now)
        return View(
            as_of=now,
            agents_at=house.known_at(now),
            contacts_at=board.known_at(now),
            checked_at=board.check.at if board.check else None,
            differing=checking.differences(board.check, told, now),
            agents=tuple(one for one in agents if sees_agent(seen, one.agent)),
            queues=tuple(self._queues(moments, agents, believed, seen, now)),
            lines=lines,
            nodes=nodes,
            raised=self._raised(board, seen),
        )

    def _raised(self, board: Board, seen: Sight | None) -> dict[str, Standing]:
        """Return the raised thresholds; of a part of the tenant those of its own queues."""
        known = {one.id: one for one in thresholds.terms_of(self.tenant.realtime)}
        return {
            name: one
            for name, one in board.standings.items()
            if one.is_raised and name in known
            if seen is None or (known[name].queue and sees_figures(seen, known[name].queue, None))
        }

    def _queues(
        self,
        moments: tuple[Moment, ...],
        agents: list[AgentNow],
        believed: Mapping[str, QueueNow],
        seen: Sight | None,
        now: datetime,
    ) -> Iterator[QueueNow]:
        """Yield every queue of the contract that is the reader's to see, empty ones too; `believed` goes before."""
        ours = policy.queues_now(moments, now)
        for queue in sorted(self.tenant.queues):
            if sees_figures(seen, queue, None):
                serving = [one for one in agents if queue in one.queues]
                yield replace(
                    believed.get(queue) or _told_of(queue, ours.get(queue)),
                    staffed=sum(one.activity not in AWAY for one in serving),
                    available=sum(one.activity == READY and one.next_status is None for one in serving),
                    talking=sum(one.queue == queue and one.stage is Stage.TALKING for one in moments),
                )

    def _lines(
        self, moments: list[Moment], board: Board, seen: Sight | None, now: datetime
    ) -> tuple[tuple[LineNow, ...], tuple[NodeNow, ...]]:
        """Return every line of which the reader sees a number, idle ones too, and each place in their menus."""
        places: Mapping[str, Place] = {one.contact_id: one for one in board.places}
        by_number = {number: line.id for line in self.tenant.lines.values() for number in line.numbers}
        of_contact = {one.id: policy.line_of(one, by_number, places) for one in moments}
        busy = {one.line: one for one in policy.lines_now(moments, of_contact)}
        shown = busy.keys() | {
            line.id
            for line in self.tenant.lines.values()
            if any(sees_figures(seen, None, number) for number in line.numbers)
        }
        idle = {line: LineNow(line=line, in_flow=0, waiting=0, talking=0) for line in shown - busy.keys()}
        lines = {**idle, **busy}
        return (
            tuple(replace(lines[name], holds=self._holds(name, seen)) for name in sorted(lines)),
            tuple(policy.nodes_now(moments, of_contact, places, now)),
        )

    def _holds(self, line: str, seen: Sight | None) -> int | None:
        """Return how many contacts the line takes at once, to whoever sees all of its numbers."""
        found = self.tenant.lines.get(line)
        if found is None or not all(sees_figures(seen, None, number) for number in found.numbers):
            return None
        holds: int | None = self.tenant.realtime.get("lines", {}).get(line)
        return holds


def told_by(house: House | None, board: Board, kinds: Mapping[str, str], now: datetime) -> Told:
    """Return what our events tell, out of the two readings; `house` None: the floor was not read."""
    moments = policy.of_the_present(board, now)
    if house is None:
        return Told(moments=moments)
    return Told(
        moments=moments,
        agents=agents_now(house, kinds, now),
        heard_at={one.name: one.heard_at for one in house.agents},
    )


def _told_of(queue: str, ours: QueueFigures | None) -> QueueNow:
    return QueueNow(queue=queue, waiting=ours.waiting if ours else 0, longest_s=ours.oldest_s if ours else 0.0)
