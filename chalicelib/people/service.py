"""People: what is done with them. Give somebody a place, and tell who is below whom. The only door for others."""

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from chalicelib.audit import service as audit
from chalicelib.audit.models import Act, Actor
from chalicelib.people import policy
from chalicelib.people.models import History, NoTree, Outdated, People, Place, Tree
from chalicelib.people.policy import above, below, is_top
from chalicelib.people.store import Register
from chalicelib.platform import aws, clock, settings
from chalicelib.platform.errors import Unprocessable
from chalicelib.tenancy import service as tenancy

__all__ = ["History", "People", "Place", "Staff", "above", "below", "is_top", "wired"]


ON_ITS_WAY: Final = timedelta(minutes=1)
"""How far a place may begin in the past: requests take time, and clocks differ."""


class Kept(Protocol):
    """Port: the places that are kept; see `store.Register`."""

    def read(self) -> People:
        """Return everybody's places as of now."""

    def write(self, place: Place, version: int, by: Actor, act: Act) -> None:
        """Write a place over a version of all, or raise Outdated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """The people of one tenant."""

    kept: Kept
    now: Callable[[], datetime]

    def history(self) -> History:
        """Return where everybody stood and will stand.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        return policy.history(self.kept.read().places)

    def tree(self, at: datetime | None = None) -> tuple[int, Tree]:
        """Return the version of the people, and who stands where, now or at another instant.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        people = self.kept.read()
        return people.version, policy.history(people.places).tree(at or self.now())

    def team(self, user: str) -> frozenset[str]:
        """Return whom the user leads now, through others too, and the user.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        _, tree = self.tree()
        return below(tree, user) | {user}

    def put(self, place: Place, *, seen: int, by: Actor) -> int:
        """Give somebody a place from its instant on, looking at the version `seen`; return the version after it.

        The same place again changes nothing. What is past stays: figures of the past keep their leaders.

        Raises:
            Unprocessable: the instant is past. NoTree: somebody would stand wrong then or later.
            Outdated: somebody changed the people meanwhile.
            StoreUnavailable, Throttled: nothing was written.

        """
        people = self.kept.read()
        before = policy.history(people.places).at(place.user, place.since)
        if _same(before, place):
            return people.version
        if people.version != seen:
            raise Outdated("somebody changed the people meanwhile", version=people.version, seen=seen)
        if place.since < self.now() - ON_ITS_WAY:
            errors = [{"field": "since", "problem": "is past: what was stays as it was"}]
            raise Unprocessable("a place begins now or later", errors=errors)
        if wrong := policy.first_problems((*people.places, place), place.since):
            errors = [{"field": user, "problem": problem} for user, problem in wrong]
            raise NoTree("somebody would stand wrong", errors=errors)
        act = Act(action="people.change", resource=f"people/{place.user}", before=_told(before), after=_told(place))
        self.kept.write(place, people.version, by, act)
        return people.version + 1


def _same(before: Place | None, place: Place) -> bool:
    if before is None:
        return place.position is None
    return (before.position, before.unit, before.leader) == (place.position, place.unit, place.leader)


def _told(place: Place | None) -> dict[str, str | None] | None:
    if place is None:
        return None
    position = place.position.value if place.position else None
    return {"position": position, "unit": place.unit.value, "leader": place.leader, "since": place.since.isoformat()}


@functools.cache
def wired() -> Staff:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    table, tenant = settings.StoreSettings.load(os.environ).table, tenancy.current()
    client = aws.client("dynamodb", aws.A_PERSON_WAITS)
    register = Register(client=client, table=table, tenant=tenant.id, trail=audit.trail())
    return Staff(kept=register, now=clock.from_environment())
