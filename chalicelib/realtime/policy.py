"""Real time: what is decided of this moment. Pure; the order in which contacts are given changes nothing."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from chalicelib.agents.models import QueueFigures
from chalicelib.realtime.models import (
    BEFORE_MENU,
    LONGEST_S,
    NO_LINE,
    Board,
    LineNow,
    Moment,
    NodeNow,
    Place,
    Stage,
)


def of_the_present(board: Board, now: datetime) -> tuple[Moment, ...]:
    """Return the contacts of the board without those that began twelve hours ago: their end was lost."""
    return tuple(one for one in board.moments if _age_s(one.at, now) <= LONGEST_S)


def going_on(board: Board, now: datetime) -> tuple[Moment, ...]:
    """Return the contacts of the present that have not ended, in order of their beginning."""
    live = (one for one in of_the_present(board, now) if one.stage is not Stage.ENDED)
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


def _age_s(at: datetime, now: datetime) -> float:
    return max(0.0, (now - at).total_seconds())
