"""Qualifications: the gate. Takes the queues from agents who lack something, and gives them back (PPL-06)."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from chalicelib.audit.models import Act, Actor, Noting
from chalicelib.qualifications import policy
from chalicelib.qualifications.models import Effect, File, User
from chalicelib.tenancy.models import UNQUALIFIED, Qualification

ACTOR: Final = Actor(user="trunkline-qualifications")
"""Who moves agents: no person does."""

_log = logging.getLogger(__name__)


class Floor(Protocol):
    """Port: Amazon Connect; see `floor.Floor`."""

    def users(self, name: str | None = None) -> Iterator[User]:
        """Yield all users, or the one of that name."""

    def now(self, user: User) -> User | None:
        """Return the user as it is at this moment."""

    def knows(self, skill: str) -> bool:
        """Return whether there is this routing profile."""

    def move(self, user: User, skill: str) -> None:
        """Give the user the routing profile `skill`."""


class Kept(Protocol):
    """Port: see `store.Results`."""

    def file(self, agent: str) -> File:
        """Return everything that is kept of an agent."""

    def keep_own(self, agent: str, skill: str, by: Actor, act: Act) -> None:
        """Write which skill an agent is given back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The gate of one tenant. `today` is the tenant's local day."""

    floor: Floor
    kept: Kept
    trail: Noting
    qualifications: Sequence[Qualification]
    today: Callable[[], date]

    def look(self, agent: str | None = None) -> dict[str, Effect]:
        """Put every agent, or the one named, where the results lead; return what was done by user name.

        Repeated, it does nothing more. Agents of routing profiles that require nothing are not even read.

        Raises:
            Throttled, StoreUnavailable: some may have been moved; the next look goes on.

        """
        if not self.qualifications:
            return {}
        gated = {UNQUALIFIED, *(one.skill for one in self.qualifications)}
        return {user.name: self._judge(user) for user in self.floor.users(agent) if user.skill in gated}

    def unserved(self) -> tuple[str, ...]:
        """Return the skills that require something and for which no agent is qualified today (TEN-09).

        Raises:
            Throttled, StoreUnavailable: Amazon Connect or the table did not tell.

        """
        if not self.qualifications:
            return ()
        gated = {one.skill for one in self.qualifications}
        people = ((user.skill, self.kept.file(user.name)) for user in self.floor.users() if user.skill in gated)
        return policy.unserved(people, self.qualifications, self.today())

    def _judge(self, found: User) -> Effect:
        file = self.kept.file(found.name)
        if policy.place(found.skill, file, self.qualifications, self.today()) == found.skill:
            return Effect.LEFT
        user = self.floor.now(found)
        if user is None:
            return Effect.LEFT
        wanted = policy.place(user.skill, file, self.qualifications, self.today())
        if wanted == user.skill:
            return Effect.LEFT
        if wanted == UNQUALIFIED:
            return self._withdraw(user)
        return self._restore(user, wanted)

    def _withdraw(self, user: User) -> Effect:
        """Keep the own skill first: an agent without queues whose skill nobody knows would never get it back."""
        act = Act(action="qualifications.withdraw", resource=f"agents/{user.name}", before=user.skill)
        self.kept.keep_own(user.name, user.skill, ACTOR, act)
        self.floor.move(user, UNQUALIFIED)
        return Effect.WITHDRAWN

    def _restore(self, user: User, skill: str) -> Effect:
        if not self.floor.knows(skill):
            _log.warning("the own routing profile is no more", extra={"agent": user.name, "profile": skill})
            return Effect.LEFT
        act = Act(action="qualifications.restore", resource=f"agents/{user.name}", after=skill)
        self.trail.note(ACTOR, act)
        self.floor.move(user, skill)
        return Effect.RESTORED
