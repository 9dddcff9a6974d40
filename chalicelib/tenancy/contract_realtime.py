"""What the live view is measured by: how much a line holds, and what somebody must be told of at once (RTM-01).

Authoring side only; `chalicelib/realtime/thresholds.py` reads the compiled form.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from chalicelib.tenancy.contract_base import Id, Model
from chalicelib.tenancy.contract_problems import Problem, items, mapping, names, twice

MOST_THRESHOLDS: Final = 50

_ABOUT: Final[Mapping[str, frozenset[str]]] = {
    "waiting": frozenset({"queue"}),
    "longest-wait-s": frozenset({"queue"}),
    "occupancy": frozenset({"line"}),
    "state-s": frozenset({"activity"}),
}


class Threshold(Model):
    """Raised when what it watches is above `raise_above` for `for_s`, cleared when it is at most `clear_at` as long.

    | `watches` | of | what |
    |---|---|---|
    | `waiting` | `queue` | contacts that wait |
    | `longest-wait-s` | `queue` | seconds that the first of them has waited |
    | `occupancy` | `line` | contacts in progress as a share of what the line holds (`lines`) |
    | `state-s` | `activity`, and a `queue` if given | seconds of the agent who has done this for longest |

    Between `clear_at` and `raise_above` nothing changes.
    """

    id: Id
    watches: Literal["waiting", "longest-wait-s", "occupancy", "state-s"]
    queue: Id | None = None
    line: Id | None = None
    activity: Literal["ready", "busy", "break", "offered", "on-contact", "after-contact-work", "missed"] | None = None
    raise_above: float = Field(ge=0, allow_inf_nan=False)
    clear_at: float = Field(ge=0, allow_inf_nan=False)
    for_s: int = Field(default=0, ge=0, le=3_600)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        given = {name for name in ("queue", "line", "activity") if getattr(self, name) is not None}
        needed = _ABOUT[self.watches]
        if not needed <= given or given - needed - ({"queue"} if self.watches == "state-s" else set()):
            msg = f"{self.watches} is of {' and '.join(sorted(needed))}, and of nothing else"
            raise ValueError(msg)
        if self.clear_at >= self.raise_above:
            msg = "expected clear_at below raise_above: between the two nothing changes"
            raise ValueError(msg)
        return self


class Realtime(Model):
    """`lines` is how many contacts at once each line holds: its circuits, or what was bought."""

    lines: Mapping[Id, Annotated[int, Field(ge=1, le=100_000)]] = Field(default_factory=dict)
    thresholds: list[Threshold] = Field(default_factory=list, max_length=MOST_THRESHOLDS)


def realtime_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a problem for a threshold that stands twice, or is about something that the contract does not have."""
    section = mapping(raw, "realtime")
    thresholds = items(section, "thresholds")
    yield from twice(thresholds, "id", "realtime.thresholds")
    known = {"queue": names(items(raw, "queues"), "id"), "line": names(items(raw, "service_lines"), "id")}
    held = mapping(section, "lines")
    for line in held:
        if line not in known["line"]:
            yield Problem(f"realtime.lines.{line}", f"no such entry in service_lines: {line!r}")
    for i, one in enumerate(thresholds):
        path = f"realtime.thresholds.{i}"
        for kind, ids in known.items():
            if one.get(kind) is not None and one[kind] not in ids:
                yield Problem(f"{path}.{kind}", f"no such {kind}: {one[kind]!r}")
        if one.get("watches") == "occupancy" and one.get("line") not in held:
            yield Problem(f"{path}.line", "realtime.lines does not say how much this line holds")
