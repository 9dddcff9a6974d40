"""Qualifications: what is done with them. Record a result, show an agent's standing. The only door for others."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from chalicelib.audit.models import Act, Actor
from chalicelib.platform.errors import InvalidInput, StoreUnavailable, Throttled
from chalicelib.qualifications import policy
from chalicelib.qualifications.models import Effect, File, Result, Verdict
from chalicelib.tenancy.models import Qualification, local_time

_log = logging.getLogger(__name__)


class Kept(Protocol):
    """Port: see `store.Results`."""

    def file(self, agent: str) -> File:
        """Return everything that is kept of an agent."""

    def add(self, result: Result, by: Actor, act: Act) -> None:
        """Write a result."""


class Gate(Protocol):
    """Port: see `gate.Gate`."""

    def look(self, agent: str | None = None) -> dict[str, Effect]:
        """Put an agent where the results lead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An agent's results and what they amount to today. `applied`: Amazon Connect follows them already."""

    file: File
    verdicts: tuple[Verdict, ...]
    today: date
    applied: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualifications:
    """The qualifications of one tenant's agents."""

    kept: Kept
    gate: Gate
    qualifications: Sequence[Qualification]
    time_zone: str
    now: Callable[[], datetime]

    def record(self, *, agent: str, kind: str, id_: str, on: date, passed: bool, actor: Actor) -> Shown:
        """Record a result, put the agent where it leads, and return what the agent is qualified for.

        When Amazon Connect cannot be asked the result is recorded all the same, and the gate's next look applies it.

        Raises:
            InvalidInput: no skill of the tenant requires this, or the day is not yet.
            AlreadyRecorded: the same was recorded in this second.
            StoreUnavailable, Throttled: nothing was written.

        """
        at = self.now().replace(microsecond=0)
        if not any((kind, id_) == (one.kind, one.id) for each in self.qualifications for one in each.requires):
            raise InvalidInput("no skill of this tenant requires it", field="id")
        if on > self._today(at):
            raise InvalidInput("a result of a day to come", field="on")
        result = Result(agent=agent, kind=kind, id=id_, on=on, passed=passed, recorded_at=at, by=actor.user)
        after = {"kind": kind, "id": id_, "on": on.isoformat(), "passed": passed}
        self.kept.add(result, actor, Act(action="qualifications.record", resource=f"agents/{agent}", after=after))
        return self._shown(agent, applied=self._applied(agent))

    def standing(self, agent: str) -> Shown:
        """Return an agent's results, and what they amount to today.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        return self._shown(agent, applied=True)

    def _applied(self, agent: str) -> bool:
        try:
            self.gate.look(agent)
        except (StoreUnavailable, Throttled) as error:
            _log.warning("recorded, and not applied yet", extra={"agent": agent, "code": error.code})
            return False
        return True

    def _shown(self, agent: str, *, applied: bool) -> Shown:
        file, today = self.kept.file(agent), self._today(self.now())
        verdicts = tuple(policy.judge(one, file.results, today) for one in self.qualifications)
        return Shown(file=file, verdicts=verdicts, today=today, applied=applied)

    def _today(self, at: datetime) -> date:
        return local_time(at, self.time_zone).date()
