"""Promises about the system in rows for people; everything comes from the REST API, nothing is judged here. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

_MARKS = {True: "✓", False: "✗", None: "-"}
_AT_MOST = "connection_failures"
_SCORED = "voice_quality"


def promises(card: Mapping[str, Any]) -> Iterator[str]:
    """Yield a row for each promise, and one for the recovery that is promised."""
    recovery = card["recovery"]
    yield f"recovery promised: back within {recovery['time_min']} min, at most {recovery['point_min']} min lost"
    for one in card["promises"]:
        whose = f"{one['scope']} {one['name']}"
        bound = "at most" if one["measure"] == _AT_MOST else "at least"
        told = f"{_value(one)} ({bound} {one['objective']:g}; {_count(one)})"
        yield f"{_MARKS[one['met']]} {whose:<28}{one['measure']:<21}{told}"


def _value(one: Mapping[str, Any]) -> str:
    if one["value"] is None:
        return "not measured"
    return f"{one['value']:.2f}" if one["measure"] == _SCORED else f"{one['value']:.4f}"


def _count(one: Mapping[str, Any]) -> str:
    return f"{one['total']} rated" if one["measure"] == _SCORED else f"{one['good']} of {one['total']}"


def parts(look: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield a row for each dependency and limit of the newest look."""
    if look is None:
        yield "nobody has looked at the dependencies since yesterday"
        return
    yield f"looked {look['age_s']} s ago"
    for check in look["dependencies"]:
        took = f"{check['took_ms']} ms  {check['problem']}".rstrip()
        yield f"{_MARKS[check['ok']]} {check['name']:<28}{check['state']:<8}{took}"
    for limit in look["limits"]:
        mark = _MARKS[limit["state"] == "ok"]
        yield f"{mark} {limit['name']:<28}{limit['state']:<8}{limit['used']} of {limit['quota']}"
