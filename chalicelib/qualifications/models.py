"""Qualifications: what they are. Results of agents, and what they amount to on a day. Values only."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from chalicelib.platform.errors import Conflict
from chalicelib.tenancy.models import Required


class Effect(StrEnum):
    """What the gate did with an agent."""

    LEFT = "left"
    """Stands where the agent belongs, or is no user of the instance."""
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"


class AlreadyRecorded(Conflict):
    """A result of this agent, requirement and day was recorded in the same second."""

    code, title = "already-recorded", "Already recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """An agent took a training, exam or test on the local day `on`; `recorded_at` and `by` say who wrote it down."""

    agent: str
    kind: str
    id: str
    on: date
    passed: bool
    recorded_at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether an agent is qualified for a skill on a day.

    `lacking` is what is not passed or not valid. Of a qualified agent `until` is the last day on which that is so;
    None: no requirement runs out.
    """

    skill: str
    lacking: tuple[Required, ...] = ()
    until: date | None = None

    @property
    def qualified(self) -> bool:
        """Whether nothing is lacking."""
        return not self.lacking


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """Everything that is kept of an agent: the results, and the skill that was withdrawn last (None: never)."""

    results: tuple[Result, ...] = ()
    own_skill: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An agent as Amazon Connect has it: its id, and the name of the routing profile ('' for one that is not ours)."""

    id: str
    name: str
    skill: str
