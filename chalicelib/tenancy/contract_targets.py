"""What the client holds the outsourcer to: KPI targets, each with the days on which it is in force (TEN-06).

Authoring side only. A KPI may stand several times: each entry is a version of its target, in force from its
`effective_from` until the next version takes over or until `effective_until`. A past version is never edited: a change
is a new entry, so that a past period is judged by what was agreed then.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from chalicelib.metrics.registry import EVERY_KPI
from chalicelib.tenancy.contract_base import Model, Text
from chalicelib.tenancy.contract_problems import Problem, items

_UNITS: Mapping[str, str] = {kpi.id: kpi.unit for kpi in EVERY_KPI}


class KpiTarget(Model):
    """One version of the target of a KPI (ids K01-K54 of `docs/requirements.md`).

    `warning` lies on the good side of `target`: a value between the two meets the target and is warned of. `window` is
    the period that is judged as one, of the tenant's calendar. `consequence` is what a miss leads to, in the words of
    the contract. The target is in force from the midnight that begins `effective_from` (left out: from ever) to the one
    that begins `effective_until` (left out: until the next version), in the tenant's time zone.
    """

    kpi: Annotated[str, StringConstraints(pattern=r"^K(0[1-9]|[1-4][0-9]|5[0-4])$")]
    direction: Literal["at-least", "at-most"]
    target: float = Field(ge=0, allow_inf_nan=False)
    unit: Literal["share", "seconds", "erlang", "per-thousand", "per-hour", "score"]
    window: Literal["day", "week", "month"] = "month"
    warning: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    consequence: Text | None = None
    effective_from: dt.date | None = None
    effective_until: dt.date | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if _UNITS.get(self.kpi, self.unit) != self.unit:
            msg = f"{self.kpi} is told in {_UNITS[self.kpi]}, not in {self.unit}"
            raise ValueError(msg)
        if self.unit == "share" and max(self.target, self.warning or 0) > 1:
            msg = "a share is at most 1"
            raise ValueError(msg)
        if self.warning is not None and (self.warning < self.target) == (self.direction == "at-least"):
            msg = "expected the warning on the good side of the target: it comes before the miss"
            raise ValueError(msg)
        if self.effective_from and self.effective_until and self.effective_until <= self.effective_from:
            msg = "expected effective_until after effective_from; it is the first day without the target"
            raise ValueError(msg)
        return self


def target_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a problem for each entry that begins on the same day as an earlier one of its KPI."""
    seen: set[tuple[str, str]] = set()
    for i, entry in enumerate(items(raw, "kpi_targets")):
        version = (str(entry.get("kpi")), str(entry.get("effective_from")))
        if version in seen:
            since = entry.get("effective_from") or "the beginning"
            yield Problem(f"kpi_targets.{i}.kpi", f"{version[0]} has two targets from {since} on")
        seen.add(version)
