"""Who leads whom on a simulated day: teams that agents change in the middle of it, and some who belong to none."""

import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from chalicelib.people.models import History, Place, Position, Unit

LEADERS = ("tl-1", "tl-2", "tl-3")
MOVED_SHARE, UNKNOWN_SHARE = 0.4, 0.1
"""Of the agents, so many change leader or unit while the day runs, and so many have no place at all."""


def places(agents: Iterable[str], start: datetime, end: datetime) -> tuple[Place, ...]:
    """Return the places of `agents`: from before the day, and of some another one, or none, from an instant in it."""
    chance = random.Random(3)  # noqa: S311 - reproducible, not secret
    found: list[Place] = []
    for user in sorted(agents):
        if chance.random() < UNKNOWN_SHARE:
            continue
        found.append(_place(user, start - timedelta(days=1), chance, Position.AGENT))
        if chance.random() < MOVED_SHARE:
            moved_at = start + timedelta(seconds=chance.uniform(0, (end - start).total_seconds()))
            found.append(_place(user, moved_at, chance, chance.choice((Position.AGENT, Position.AGENT, None))))
    return tuple(found)


def _place(user: str, since: datetime, chance: random.Random, position: Position | None) -> Place:
    unit, leader = chance.choice(tuple(Unit)), chance.choice(LEADERS)
    return Place(user=user, position=position, unit=unit, leader=leader, since=since, by="root")


def history(given: Sequence[Place]) -> History:
    """Return the places by user, in order of time."""
    ordered = sorted(given, key=lambda place: (place.user, place.since))
    return History({user: tuple(own) for user, own in groupby(ordered, key=lambda place: place.user)})
