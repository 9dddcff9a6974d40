"""The strategies that a queue may follow (ACD-03 to ACD-07, ACD-17), by name. Authoring side only.

What each does, and what Amazon Connect does of it, is in `docs/routing.md`.
"""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from chalicelib.tenancy.contract_base import Id, Model
from chalicelib.tenancy.plan import MOST, MOST_TOGETHER, RELAX_AFTER_S, RING_S

CRITERIA_STEPS = 5
"""Amazon Connect's limit of steps in routing criteria (11.4)."""
CRITERIA_SKILLS = 8
"""Amazon Connect's limit of attributes in one step (11.4)."""

AttributeName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
"""Name or value of a predefined attribute of Amazon Connect."""

Level = Annotated[int, Field(ge=1, le=5)]
"""A proficiency level of Amazon Connect, 5 is best."""

Username = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.@-]{1,100}$")]

Ring = Annotated[int, Field(ge=RING_S[0], le=RING_S[1])]
"""How long one agent or group is offered a contact, in seconds."""


class AgentOrder(Model):
    """Offers the contact to single agents, `ring_s` each, at most `most` of them; then to any of the queue.

    `hunting` goes round from the agent after the last one tried, `fixed-order` from the first place, `least-talk` from
    the smallest talk time of the shift, `fewest-contacts` from the fewest handled, `random` by seeded chance.
    """

    id: Id
    kind: Literal["hunting", "fixed-order", "least-talk", "fewest-contacts", "random"]
    ring_s: Ring = 15
    most: int = Field(default=3, ge=MOST[0], le=MOST[1])


class Weighted(Model):
    """As `random`, with an agent's share proportional to the weight (others weigh 1, 0 is never chosen)."""

    id: Id
    kind: Literal["weighted"]
    weights: Mapping[Username, Annotated[int, Field(ge=0, le=1_000)]] = Field(min_length=1)
    ring_s: Ring = 15
    most: int = Field(default=3, ge=MOST[0], le=MOST[1])


class RingAll(Model):
    """Keeps the contact for the `most` longest idle agents of the queue during `ring_s`, then for any of it (ACD-04).

    `desks`: all of them are offered it at once at their desks, and the first who accepts gets it. `telephones`: for
    agents without a desk; Amazon Connect rings one telephone after the other.
    """

    id: Id
    kind: Literal["ring-all"]
    rings: Literal["desks", "telephones"] = "desks"
    ring_s: Ring = 20
    most: int = Field(default=10, ge=MOST_TOGETHER[0], le=MOST_TOGETHER[1])


class Requirement(Model):
    """A skill: a predefined attribute with a `value`, or with the contact's own fact named by `source`."""

    attribute: AttributeName
    value: AttributeName | None = None
    source: Literal["category", "language", "channel", "line", "region"] | None = None
    level: Level = 1

    @model_validator(mode="after")
    def _one_value(self) -> Self:
        if (self.value is None) == (self.source is None):
            msg = "expected either value or source"
            raise ValueError(msg)
        return self


class Relaxation(Model):
    """After `after_s` in the queue the levels are lowered to `levels` and the attributes in `drop` not asked for."""

    after_s: int = Field(ge=1, le=7_200)
    levels: Mapping[AttributeName, Level] = Field(default_factory=dict)
    drop: list[AttributeName] = Field(default_factory=list)


class Skills(Model):
    """Asks for every skill of `require` at its level, and for less after each step of `relax` (ACD-07)."""

    id: Id
    kind: Literal["skills"]
    require: list[Requirement] = Field(min_length=1, max_length=CRITERIA_SKILLS)
    relax: list[Relaxation] = Field(default_factory=list, max_length=CRITERIA_STEPS - 1)

    @model_validator(mode="after")
    def _relaxes(self) -> Self:
        asked = {one.attribute: one.level for one in self.require}
        if len(asked) < len(self.require):
            msg = "require: each attribute once"
            raise ValueError(msg)
        before_s = 0
        for step in self.relax:
            _check_step(step, asked, before_s)
            before_s = step.after_s
            asked |= step.levels
        return self


def _check_step(step: Relaxation, asked: Mapping[str, int], before_s: int) -> None:
    if step.after_s <= before_s:
        msg = "relax: expected after_s in ascending order"
        raise ValueError(msg)
    if unknown := sorted((set(step.levels) | set(step.drop)) - set(asked)):
        msg = f"relax: {', '.join(unknown)} is not among the attributes of require"
        raise ValueError(msg)
    if raised := sorted(name for name, level in step.levels.items() if level > asked[name]):
        msg = f"relax: {', '.join(raised)} would be raised, not lowered"
        raise ValueError(msg)


class SitePreferred(Model):
    """Prefers agents of `site` (of the caller's region or branch when left out), all sites after `after_s` (ACD-17)."""

    id: Id
    kind: Literal["site-preferred"]
    site: Id | None = None
    after_s: int = Field(default=30, ge=RELAX_AFTER_S[0], le=RELAX_AFTER_S[1])


class SiteShares(Model):
    """Prefers one site, by seeded chance in proportion to `shares`; all sites after `after_s`."""

    id: Id
    kind: Literal["site-shares"]
    shares: Mapping[Id, Annotated[int, Field(ge=1, le=1_000)]] = Field(min_length=2)
    after_s: int = Field(default=30, ge=RELAX_AFTER_S[0], le=RELAX_AFTER_S[1])


Strategy = Annotated[AgentOrder | Weighted | RingAll | Skills | SitePreferred | SiteShares, Field(discriminator="kind")]
