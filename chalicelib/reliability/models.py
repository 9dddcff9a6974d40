"""Reliability: what it is. Objectives, looks at what the tenant depends on, limits. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

LOOK: Final = "dependencies"
"""What the event of the clock names under `look`."""

OTHERS: Final = "adapter-"
"""What the names of checks of other systems begin with: no call waits for one, and availability is not theirs."""


class Measure(StrEnum):
    """What is promised of the system (REL-09)."""

    AVAILABILITY = "availability"
    RESPONSE = "response"
    CONNECTION_FAILURES = "connection_failures"
    VOICE_QUALITY = "voice_quality"


AT_MOST = frozenset({Measure.CONNECTION_FAILURES})
"""Measures of which less is better."""


class Scope(StrEnum):
    """Of whom a measure is."""

    TENANT = "tenant"
    CARRIER = "carrier"
    SITE = "site"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """A carrier, its numbers, and what is promised of it."""

    name: str
    numbers: frozenset[str]
    objectives: Mapping[Measure, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A site by its node of the organisation, and what is promised of it."""

    node: str
    objectives: Mapping[Measure, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The section of the contract as decisions see it; carriers and sites have every objective."""

    objectives: Mapping[Measure, float]
    carriers: tuple[Carrier, ...]
    sites: tuple[Site, ...]
    quotas: Mapping[str, int]
    warn_share: float
    clear_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A measure of somebody in a period: `good` of `total`, the value that they give, and whether the promise held.

    `value` and `met` are None where there was nothing to measure. Of voice quality `good` is the sum of the scores
    times 100.
    """

    measure: Measure
    scope: Scope
    name: str
    objective: float
    good: int
    total: int
    value: float | None
    met: bool | None


class State(StrEnum):
    """How a dependency or a limit stands."""

    OK = "ok"
    SHAKY = "shaky"
    """The last look alone says otherwise than the one before: nobody is told yet."""
    DOWN = "down"
    NEAR = "near"
    """Of a limit: in use from the warning share on, and not below the clearing share since."""
    REACHED = "reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One dependency in one look: whether it answered as it should, in how long, and what was wrong."""

    name: str
    ok: bool
    took_ms: int = 0
    problem: str = ""
    state: State = State.OK


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """How much of a limit is in use."""

    name: str
    used: int
    quota: int
    state: State = State.OK

    @property
    def share(self) -> float:
        """Used by quota."""
        return self.used / self.quota


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look of the clock. `counted_at` is when the slow counts of `usages` were made."""

    at: datetime
    checks: tuple[Check, ...] = ()
    usages: tuple[Usage, ...] = ()
    counted_at: datetime | None = None

    @property
    def up(self) -> bool:
        """Whether everything answered that calls and figures need: other systems that keep customers are not ours."""
        return all(check.ok for check in self.checks if not check.name.startswith(OTHERS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """Every finding of a period; `as_of` is when it was computed. `facts` is what the contract promises of recovery."""

    start: datetime
    end: datetime
    as_of: datetime
    findings: tuple[Finding, ...]
    recovery: Mapping[str, int] = field(default_factory=dict)


def terms(document: Mapping[str, Any]) -> Terms:
    """Return the terms that the compiled contract carries under `reliability`."""
    own = _objectives(document["objectives"], {})
    return Terms(
        objectives=own,
        carriers=tuple(
            Carrier(name=one["name"], numbers=frozenset(one["numbers"]), objectives=_objectives(one["objectives"], own))
            for one in document["carriers"]
        ),
        sites=tuple(
            Site(node=one["node"], objectives=_objectives(one["objectives"], own)) for one in document["sites"]
        ),
        quotas=dict(document["quotas"]),
        warn_share=document["warn_share"],
        clear_share=document["clear_share"],
    )


def _objectives(given: Mapping[str, float | None], others: Mapping[Measure, float]) -> dict[Measure, float]:
    """Return every objective: the given one, else that of the tenant."""
    known = {Measure(name): value for name, value in given.items() if value is not None}
    return {**others, **known}
