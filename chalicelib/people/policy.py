"""People: what is decided. Who stands where, who is above and below whom, and what is no tree. Pure.

(PPL-01) Whoever leads stands in a higher position, so nobody is above themselves, whatever is changed.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from chalicelib.people.models import History, Place, Position, Tree

_OF_ALL_UNITS: Final = frozenset({Position.DIRECTOR, Position.MANAGER})
"""Who may lead people of another unit."""


def history(places: Iterable[Place]) -> History:
    """Return the history that the places make. Of two of one user and instant the later one in the order counts."""
    by_user: dict[str, dict[datetime, Place]] = {}
    for place in places:
        by_user.setdefault(place.user, {})[place.since] = place
    return History({user: tuple(told[at] for at in sorted(told)) for user, told in by_user.items()})


def below(tree: Tree, user: str) -> frozenset[str]:
    """Return everybody whom the user leads, directly or through others; not the user."""
    found: frozenset[str] = frozenset()
    leaders = frozenset({user})
    while led := frozenset(one.user for one in tree.values() if one.leader in leaders) - found:
        found, leaders = found | led, led
    return found


def above(tree: Tree, user: str) -> tuple[str, ...]:
    """Return who leads the user, and who leads them, up to the top: the chain of escalation."""
    found: list[str] = []
    while (place := tree.get(user)) and place.leader and place.leader not in found:
        user = place.leader
        found.append(user)
    return tuple(found)


def is_top(tree: Tree, user: str) -> bool:
    """Return whether the user is a director: nobody stands above."""
    place = tree.get(user)
    return place is not None and place.position is Position.DIRECTOR


def problems(tree: Tree) -> Iterator[tuple[str, str]]:
    """Yield user and problem of everybody who stands wrong."""
    for user, place in sorted(tree.items()):
        problem = _problem(tree, place)
        if problem:
            yield user, problem


def _problem(tree: Tree, place: Place) -> str:
    if place.position is Position.DIRECTOR:
        return "nobody leads a director" if place.leader else ""
    leader = tree.get(place.leader or "")
    if leader is None or leader.position is None or place.position is None:
        return f"has no leader: {place.leader or 'nobody'} has no place"
    if leader.position.rank >= place.position.rank:
        return f"a {leader.position} does not lead a {place.position}"
    if leader.unit is not place.unit and leader.position not in _OF_ALL_UNITS:
        return f"a {leader.position} of the unit {leader.unit} leads nobody of {place.unit}"
    return ""


def first_problems(places: Iterable[Place], since: datetime) -> list[tuple[str, str]]:
    """Return who stands wrong at the first instant from `since` on at which anybody does; planned places count."""
    known = list(places)
    told = history(known)
    for at in sorted({since, *(place.since for place in known if place.since > since)}):
        if found := list(problems(told.tree(at))):
            return found
    return []
