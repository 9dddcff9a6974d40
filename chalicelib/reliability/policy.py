"""Reliability: what it decides. What counters and looks say of a promise; when somebody is told. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from chalicelib.reliability.models import AT_MOST, Check, Finding, Look, Measure, Scope, State, Terms, Usage

HUNDREDTHS: Final = 100
"""Scores of voices are counted in hundredths, so that sums are whole numbers."""

_VOICE: Final[Mapping[Scope, str]] = {Scope.SITE: "agent_voice", Scope.CARRIER: "voice", Scope.TENANT: "voice"}
"""A site answers for its agents' end of the line, a carrier for the customers'."""

_OF_SITE: Final = (Measure.CONNECTION_FAILURES, Measure.VOICE_QUALITY)
"""What agents' counters tell. A call is decided, or lost by the system, before it is at any site."""


def of_counters(
    scope: Scope, name: str, objectives: Mapping[Measure, float], counters: Mapping[str, int]
) -> tuple[Finding, ...]:
    """Return what the counters of one carrier, site or the tenant say of each promise that they can tell of."""
    told = {
        Measure.AVAILABILITY: (
            _count(counters, "accepted") - _count(counters, "dropped"),
            _count(counters, "accepted"),
        ),
        Measure.RESPONSE: _unlike(counters, "degraded"),
        Measure.CONNECTION_FAILURES: (
            _count(counters, "line_failures"),
            _count(counters, "handled" if scope is Scope.SITE else "accepted"),
        ),
        Measure.VOICE_QUALITY: (
            _count(counters, f"{_VOICE[scope]}_score"),
            _count(counters, f"{_VOICE[scope]}_rated"),
        ),
    }
    # Of the tenant as a whole availability is a matter of time, not of calls: at night nobody may call.
    left_out = {Scope.TENANT: {Measure.AVAILABILITY}, Scope.SITE: set(Measure) - set(_OF_SITE)}.get(scope, set())
    return tuple(
        finding(measure, scope, name, objectives[measure], *told[measure])
        for measure in Measure
        if measure not in left_out
    )


def availability(
    name: str, objectives: Mapping[Measure, float], looks: Sequence[Look], until: datetime, every: timedelta
) -> Finding:
    """Return the share of looks at which everything answered (K53), from the first of `looks` to `until`.

    Exact to the time between two looks, `every`. A look that is missing counts as one at which not everything
    answered: whoever should have written it down could not.
    """
    missing = 0
    for at, following in pairwise([*(look.at for look in looks), until]):
        missing += max(0, round((following - at) / every) - 1)
    ups = [look.up for look in looks]
    objective = objectives[Measure.AVAILABILITY]
    return finding(Measure.AVAILABILITY, Scope.TENANT, name, objective, sum(ups), len(ups) + missing)


def finding(measure: Measure, scope: Scope, name: str, objective: float, good: int, total: int) -> Finding:
    """Return how a promise came out; exactly the objective is met. Nothing measured, nothing judged."""
    units = HUNDREDTHS if measure is Measure.VOICE_QUALITY else 1
    value = good / total / units if total > 0 else None
    met = None if value is None else (value <= objective if measure in AT_MOST else value >= objective)
    return Finding(
        measure=measure, scope=scope, name=name, objective=objective, good=good, total=total, value=value, met=met
    )


def _unlike(counters: Mapping[str, int], bad: str) -> tuple[int, int]:
    """Return how many calls were not `bad`, and how many there were."""
    accepted = _count(counters, "accepted")
    return max(0, accepted - _count(counters, bad)), accepted


def _count(counters: Mapping[str, int], name: str) -> int:
    return counters.get(name, 0)


def followed(checks: Sequence[Check], before: Look | None) -> tuple[Check, ...]:
    """Return the checks of a look with the state that each is in, after that of the look before.

    Down after two looks in a row without an answer, up again after two with one: a single one may be chance.
    """
    was = {check.name: check for check in before.checks} if before else {}
    return tuple(replace(check, state=_state(check, was.get(check.name))) for check in checks)


def _state(check: Check, before: Check | None) -> State:
    settled = State.OK if check.ok else State.DOWN
    if before is None:
        return State.OK if check.ok else State.SHAKY
    if before.ok == check.ok:
        return settled
    # The first that says otherwise: what was down stays down for one more look, what was up is not down yet.
    return State.DOWN if before.state is State.DOWN else State.SHAKY


def measured(usages: Sequence[Usage], before: Look | None, terms: Terms) -> tuple[Usage, ...]:
    """Return usages with the state that each is in: warned of from the one share on, until below the other."""
    warned = {usage.name for usage in before.usages if usage.state is not State.OK} if before else set()
    return tuple(replace(usage, state=_standing(usage, terms, warned=usage.name in warned)) for usage in usages)


def _standing(usage: Usage, terms: Terms, *, warned: bool) -> State:
    if usage.used >= usage.quota:
        return State.REACHED
    bound = terms.clear_share if warned else terms.warn_share
    return State.NEAR if usage.share >= bound else State.OK


def counters_of(numbers: frozenset[str], by_number: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """Return the sum of the counters of these entry numbers."""
    total: dict[str, int] = {}
    for number in sorted(numbers):
        for name, count in by_number.get(number, {}).items():
            total[name] = total.get(name, 0) + count
    return total
