"""What the tenant was promised of the system itself, and what its account was granted (REL-09). Authoring side only."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from chalicelib.tenancy.contract_base import E164, Id, Model, Title
from chalicelib.tenancy.contract_problems import Problem, items, mapping, names, texts, twice

Share = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
Failures = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]
Score = Annotated[float, Field(ge=1, le=5, allow_inf_nan=False)]


class Objectives(Model):
    """What is promised of the tenant as a whole.

    `availability` is the share of the time in which everything that the tenant depends on answers; of a carrier it is
    the share of calls that the system did not end. `response` is the share of decisions within a second,
    `connection_failures` the share of calls that the telephone network ended, at most; `voice_quality` the mean score
    (1 to 5) that Amazon Connect gives to the audio.
    """

    availability: Share = 0.999
    response: Share = 0.99
    connection_failures: Failures = 0.02
    voice_quality: Score = 3.6


class OwnObjectives(Model):
    """What is promised of one carrier or site, where it is not what holds for the tenant."""

    availability: Share | None = None
    response: Share | None = None
    connection_failures: Failures | None = None
    voice_quality: Score | None = None


class Carrier(Model):
    """Who brings the calls of `numbers` to us."""

    name: Title
    numbers: list[E164] = Field(min_length=1)
    objectives: OwnObjectives = OwnObjectives()


class Site(Model):
    """A node of the organisation, where agents sit."""

    node: Id
    objectives: OwnObjectives = OwnObjectives()


class Quotas(Model):
    """What the account was granted, per instance; left out: what AWS grants a new account (connect-reference 13.1)."""

    concurrent_calls: int = Field(default=10, ge=1)
    users: int = Field(default=500, ge=1)
    queues: int = Field(default=100, ge=1)
    routing_profiles: int = Field(default=500, ge=1)
    flows: int = Field(default=100, ge=1)
    modules: int = Field(default=200, ge=1)
    hours: int = Field(default=100, ge=1)
    phone_numbers: int = Field(default=10, ge=1)


class Reliability(Model):
    """The whole section. A limit is warned of from `warn_share` of it on, until it is below `clear_share` again."""

    objectives: Objectives = Objectives()
    carriers: list[Carrier] = Field(default_factory=list)
    sites: list[Site] = Field(default_factory=list)
    quotas: Quotas = Quotas()
    warn_share: Share = 0.8
    clear_share: Share = 0.7

    @model_validator(mode="after")
    def _clears_below(self) -> Self:
        if self.clear_share >= self.warn_share:
            msg = "expected clear_share < warn_share, or a warning comes and goes with every call"
            raise ValueError(msg)
        return self


def reliability_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a problem for each carrier's number or site that the contract does not have, or that has two."""
    section = mapping(raw, "reliability")
    known, seen = names(items(raw, "entry_numbers"), "number"), set[str]()
    yield from twice(items(section, "carriers"), "name", "reliability.carriers")
    yield from twice(items(section, "sites"), "node", "reliability.sites")
    for i, carrier in enumerate(items(section, "carriers")):
        for j, number in enumerate(texts(carrier, "numbers")):
            path = f"reliability.carriers.{i}.numbers.{j}"
            if number not in known:
                yield Problem(path, f"no such entry in entry_numbers: {number!r}")
            elif number in seen:
                yield Problem(path, f"{number} has another carrier as well")
            seen.add(number)
    nodes = names(items(raw, "organisation"), "id")
    for i, site in enumerate(items(section, "sites")):
        if isinstance(site.get("node"), str) and site["node"] not in nodes:
            yield Problem(f"reliability.sites.{i}.node", f"no such entry in organisation: {site['node']!r}")
