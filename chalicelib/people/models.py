"""People: what they are. Positions, units, and the place that somebody has from an instant on. Values only."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from chalicelib.platform.errors import Conflict, Unprocessable

NOBODY: Final = "-"
"""Stands for the leader and the unit of whoever has no place."""


class Position(StrEnum):
    """From the top down: whoever leads stands higher than whoever is led; ranks may be skipped."""

    DIRECTOR = "director"
    MANAGER = "manager"
    SUPERVISOR = "supervisor"
    TEAM_LEADER = "team-leader"
    AGENT = "agent"

    @property
    def rank(self) -> int:
        """How far from the top: 0 is the director."""
        return tuple(Position).index(self)


class Unit(StrEnum):
    """What part of the work somebody does."""

    OPERATIONS = "operations"
    QA = "qa"
    TRAINING = "training"
    REVISIT = "revisit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The place of `user` from `since` on, until the next one; `position` None: the user has left.

    `leader` is who leads the user; None: nobody, the user is a director. `by` is who said so.
    """

    user: str
    position: Position | None
    unit: Unit
    leader: str | None
    since: datetime
    by: str


type Tree = Mapping[str, Place]
"""Who stands where at one instant, by user; nobody of it has left."""


@dataclass(frozen=True, slots=True)
class History:
    """Where everybody stood, at any time."""

    by_user: Mapping[str, tuple[Place, ...]]

    def at(self, user: str, at: datetime) -> Place | None:
        """Return the place that the user had; None: none, not yet or no more."""
        places = self.by_user.get(user, ())
        n = bisect_right(places, at, key=lambda place: place.since)
        return places[n - 1] if n and places[n - 1].position is not None else None

    def tree(self, at: datetime) -> Tree:
        """Return who stood where."""
        found = ((user, self.at(user, at)) for user in self.by_user)
        return {user: place for user, place in found if place is not None}

    def leader(self, user: str, at: datetime) -> str:
        """Return who led the user, NOBODY when nobody did."""
        place = self.at(user, at)
        return (place.leader if place else None) or NOBODY

    def unit(self, user: str, at: datetime) -> str:
        """Return the user's unit, NOBODY when the user had no place."""
        place = self.at(user, at)
        return place.unit.value if place else NOBODY


NO_PEOPLE: Final = History({})


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Every place that was ever given, in any order. `version` counts the changes."""

    version: int
    places: tuple[Place, ...]


class Outdated(Conflict):
    """Somebody changed the people meanwhile; `version` is the present one."""

    code, title = "outdated", "Outdated"


class NoTree(Unprocessable):
    """With that place the people would not be a tree; `errors` names each who would stand wrong."""
