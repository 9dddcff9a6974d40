"""The qualifications section of a tenant contract: what an agent must have passed to serve a skill (PPL-06)."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from chalicelib.tenancy.contract_base import LONGEST_DAYS, Id, Model
from chalicelib.tenancy.contract_problems import Problem, items, names, twice
from chalicelib.tenancy.models import UNQUALIFIED


class Required(Model):
    """A training, an exam or a test that comes again. A pass holds for `valid_days`; left out, for good."""

    kind: Literal["training", "exam", "periodic-test"]
    id: Id
    valid_days: int | None = Field(default=None, ge=1, le=LONGEST_DAYS)

    @model_validator(mode="after")
    def _periodic_runs_out(self) -> Self:
        if self.kind == "periodic-test" and self.valid_days is None:
            msg = "a periodic test needs valid_days: it must come again"
            raise ValueError(msg)
        return self


class Qualification(Model):
    """Agents of the routing profile `skill` receive contacts only while all of this is passed and valid."""

    skill: Id
    requires: list[Required] = Field(min_length=1, max_length=20)


def qualification_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a problem for a skill that is no routing profile or stands twice, and for a profile of the gate's name."""
    qualifications, profiles = items(raw, "qualifications"), items(raw, "routing_profiles")
    known = names(profiles, "id")
    yield from twice(qualifications, "skill", "qualifications")
    for i, one in enumerate(qualifications):
        yield from twice(items(one, "requires"), "id", f"qualifications.{i}.requires")
        skill = one.get("skill")
        if isinstance(skill, str) and skill not in known:
            yield Problem(f"qualifications.{i}.skill", f"no such entry in routing_profiles: {skill!r}")
    for i, profile in enumerate(profiles):
        if profile.get("id") == UNQUALIFIED:
            yield Problem(f"routing_profiles.{i}.id", f"{UNQUALIFIED} is the profile of those who may serve no queue")
