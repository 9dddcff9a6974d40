"""The customers section of a tenant contract: the fields of its own that its customers have (CRM-01)."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from chalicelib.tenancy.contract_base import Id, Model, Title, each_once
from chalicelib.tenancy.contract_problems import Problem, items, mapping, twice

OWN_FIELDS = frozenset({"name", "number", "created", "region", "grade", "language", "manager", "node"})
"""What every customer has; a field of the tenant's own has another name."""


class CustomerField(Model):
    """A field of the tenant's own. Customers are sorted by it when it is `listed`.

    `classification` says who sees it: `plain` and `personal` whoever may open a customer, `sensitive` leaders and the
    direction. `choices` are those of a `choice` and of nothing else.
    """

    id: Id
    title: Title
    kind: Literal["text", "number", "date", "choice", "flag"]
    choices: Annotated[list[Id], AfterValidator(each_once)] = Field(default_factory=list, max_length=50)
    listed: bool = False
    classification: Literal["plain", "personal", "sensitive"] = "personal"

    @model_validator(mode="after")
    def _a_choice_has_choices(self) -> Self:
        if (self.kind == "choice") != bool(self.choices):
            msg = "expected choices of a field of the kind choice, and none of another one"
            raise ValueError(msg)
        if self.listed and self.classification == "sensitive":
            msg = "a sensitive field cannot be listed: the order of a list would tell it"
            raise ValueError(msg)
        return self


class Customers(Model):
    """What the tenant keeps of its customers beside name, numbers, region and grade."""

    fields: list[CustomerField] = Field(default_factory=list, max_length=20)


def customer_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a problem for a field that stands twice or has the name of one that every customer has."""
    fields = items(mapping(raw, "customers"), "fields")
    yield from twice(fields, "id", "customers.fields")
    for i, one in enumerate(fields):
        if one.get("id") in OWN_FIELDS:
            yield Problem(f"customers.fields.{i}.id", f"every customer has a {one['id']} already")
