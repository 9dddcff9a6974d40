"""Real time: what is decided of this moment. Pure; the order in which contacts are given changes nothing."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.agents.models import QueueFigures
from chalicelib.realtime.models import (
    BEFORE_MENU,
    LONGEST_S,
    NO_LINE,
    WINS_AFTER_S,
    AgentCheck,
    AgentNow,
    Board,
    Check,
    LineNow,
    Moment,
    NodeNow,
    Place,
    QueueCheck,
    QueueNow,
    Stage,
)


def going_on(board: Board, now: datetime) -> tuple[Moment, ...]:
    """Return the contacts that have not ended, in order of their beginning.

    One that began twelve hours ago is taken for a lost end.
    """
    live = (one for one in board.moments if one.stage is not Stage.ENDED and _age_s(one.at, now) <= LONGEST_S)
    return tuple(sorted(live, key=lambda one: (one.at, one.id)))


def queues_now(moments: Iterable[Moment], now: datetime) -> dict[str, QueueFigures]:
    """Return how many wait in each queue where somebody does, and for how long the longest has."""
    since: dict[str, list[datetime]] = defaultdict(list)
    for one in moments:
        if one.stage is Stage.WAITING and one.queue and one.queued_at:
            since[one.queue].append(one.queued_at)
    return {queue: QueueFigures(waiting=len(all_), oldest_s=_age_s(min(all_), now)) for queue, all_ in since.items()}


def line_of(one: Moment, line_by_number: Mapping[str, str], places: Mapping[str, Place]) -> str:
    """Return the line of a contact: that whose menus it stands in, else that of its entry number."""
    place = places.get(one.id)
    return place.line if place else line_by_number.get(one.number or "", NO_LINE)


def lines_now(moments: Iterable[Moment], line_of_contact: Mapping[str, str]) -> list[LineNow]:
    """Return each line on which there is a contact."""
    counts: dict[str, Counter[Stage]] = defaultdict(Counter)
    for one in moments:
        counts[line_of_contact[one.id]][one.stage] += 1
    return [
        LineNow(line=line, in_flow=n[Stage.FLOW], waiting=n[Stage.WAITING], talking=n[Stage.TALKING])
        for line, n in sorted(counts.items())
    ]


def nodes_now(
    moments: Iterable[Moment], line_of_contact: Mapping[str, str], places: Mapping[str, Place], now: datetime
) -> list[NodeNow]:
    """Return each node of a menu at which callers stand, and per line those who have not reached one."""
    since: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for one in moments:
        if one.stage is Stage.FLOW:
            place = places.get(one.id)
            node, at = (place.node, place.at) if place else (BEFORE_MENU, one.at)
            since[line_of_contact[one.id], node].append(at)
    return [
        NodeNow(line=line, node=node, callers=len(all_), longest_s=_age_s(min(all_), now))
        for (line, node), all_ in sorted(since.items())
    ]


def check_queues(
    before: Check | None, ours: Mapping[str, QueueFigures], theirs: Mapping[str, QueueFigures], now: datetime
) -> Check:
    """Return `before` with what Amazon Connect says of the queues now, and since when we have said another thing."""
    known = before.queues if before else {}
    rows = {}
    for queue, figures in theirs.items():
        row = QueueCheck(waiting=figures.waiting, oldest_s=figures.oldest_s)
        if (ours[queue].waiting if queue in ours else 0) != figures.waiting:
            row = replace(row, differs_since=_since(known.get(queue)) or now)
        rows[queue] = row
    return replace(before, at=now, queues=rows) if before else Check(at=now, queues=rows)


def _since(row: QueueCheck | None) -> datetime | None:
    return row.differs_since if row else None


def check_agents(before: Check, ours: Mapping[str, AgentNow], theirs: Mapping[str, AgentNow], now: datetime) -> Check:
    """Return `before` with the agents of whom Amazon Connect says another activity than our events do.

    Somebody whom Amazon Connect does not name is signed out there.
    """
    known = {row.agent: row.differs_since for row in before.agents}
    rows = []
    for agent in sorted(ours.keys() | theirs.keys()):
        one, other = ours.get(agent), theirs.get(agent)
        if (one.activity if one else "") == (other.activity if other else ""):
            continue
        said = other or replace(ours[agent], activity="signed-out", status="signed-out", since=now)
        rows.append(
            AgentCheck(
                agent=agent,
                activity=said.activity,
                status=said.status,
                since=said.since,
                differs_since=known.get(agent, now),
            )
        )
    return replace(before, agents_at=now, agents=tuple(rows))


def settled_queue(row: QueueCheck | None, ours: QueueFigures | None, check: Check | None, now: datetime) -> QueueNow:
    """Return what waits in a queue: what our events say, unless Amazon Connect has long said another number."""
    if row and check and check.is_fresh(check.at, now) and _has_won(row.differs_since, check.at):
        oldest_s = row.oldest_s + _age_s(check.at, now) if row.waiting else 0.0
        return QueueNow(queue="", waiting=row.waiting, longest_s=oldest_s, source="connect")
    return QueueNow(queue="", waiting=ours.waiting if ours else 0, longest_s=ours.oldest_s if ours else 0.0)


def settled_agents(agents: Iterable[AgentNow], check: Check | None, now: datetime) -> list[AgentNow]:
    """Return the agents by name: as our events say, unless Amazon Connect has long said another thing of one."""
    rows: dict[str, AgentCheck] = {}
    if check and check.agents_at and check.is_fresh(check.agents_at, now):
        rows = {row.agent: row for row in check.agents if _has_won(row.differs_since, check.agents_at)}
    known = {one.agent: one for one in agents}
    for name, row in rows.items():
        before = known.pop(name, None) or AgentNow(agent=name, activity="", status="", since=row.since)
        if row.activity != "signed-out":
            known[name] = replace(
                before, activity=row.activity, status=row.status, since=row.since, contact_id=None, source="connect"
            )
    return [known[name] for name in sorted(known)]


def _has_won(differs_since: datetime | None, at: datetime) -> bool:
    return differs_since is not None and at - differs_since >= timedelta(seconds=WINS_AFTER_S)


def differences(check: Check | None, now: datetime) -> int:
    """Return of how many queues and agents Amazon Connect says another thing than our events."""
    if check is None:
        return 0
    queues = sum(row.differs_since is not None for row in check.queues.values()) if check.is_fresh(check.at, now) else 0
    return queues + (len(check.agents) if check.is_fresh(check.agents_at, now) else 0)


def _age_s(at: datetime, now: datetime) -> float:
    return max(0.0, (now - at).total_seconds())
