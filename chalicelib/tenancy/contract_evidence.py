"""The papers of a tenant contract: allocations of numbers and licences (NUM-06, LIC-02). Authoring side only."""

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from chalicelib.licences import models as papers
from chalicelib.tenancy.contract_base import Id, Model, Text

Province = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=40)]
LegalClass = Literal["B24-1", "B24-2"]
"""Domestic and offshore call-centre business in the national classification."""


class Allocation(Model):
    """The allocation of a 1xx, 95xxx or 96xxx number. What is left out is named by the gate, not guessed."""

    level: Literal["national", "provincial"] | None = None
    authority: Text | None = None
    provinces: list[Province] = Field(default_factory=list)
    certificate: Text | None = None
    expires_on: dt.date | None = None
    fee: Literal["paid", "exempt", "overdue"] | None = None

    def value(self) -> papers.Allocation:
        """Return what the gate looks at."""
        return papers.Allocation(**{**self.model_dump(), "provinces": tuple(self.provinces)})


class Connection(Model):
    """How callers of one carrier reach a number."""

    carrier: Id
    mode: Literal["direct", "transferred"]


class Licence(Model):
    """A value-added telecom licence of the outsourcer or the client; `provinces` empty: the whole country."""

    number: Text
    holder: Text
    legal_class: LegalClass
    scope: Literal["cross-province", "in-province"]
    provinces: list[Province] = Field(default_factory=list)
    expires_on: dt.date

    @model_validator(mode="after")
    def _scope_decides_provinces(self) -> Self:
        count = len(set(self.provinces))
        if (self.scope == "in-province") != (count == 1):
            msg = "an in-province licence names its one province, a cross-province one several or none for all"
            raise ValueError(msg)
        return self
