"""The customers section of a tenant contract: the fields of its own that its customers have (CRM-01)."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from chalicelib.tenancy.contract_adapters import Adapter, adapter_problems
from chalicelib.tenancy.contract_base import Id, Model, Title, each_once
from chalicelib.tenancy.contract_problems import Problem, items, mapping, twice
from chalicelib.tenancy.terms import PAGE_KEYS

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


class Page(Model):
    """A page of the tenant's own CRM that the screen opens instead of ours (DSK-02).

    In the path, the query or the fragment of `url` stand the contact's keys in braces: see PAGE_KEYS. A key that is not
    known becomes nothing.
    """

    url: Annotated[
        str, StringConstraints(pattern=r"^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?/[\x21-\x7e]*$", max_length=500)
    ]
    when: Literal["unmatched", "always"] = "unmatched"

    @model_validator(mode="after")
    def _names_known_keys(self) -> Self:
        rest = re.sub(r"\{([a-z_]+)\}", lambda found: "" if found[1] in PAGE_KEYS else found[0], self.url)
        if "{" in rest or "}" in rest:
            msg = f"expected no key in braces but {', '.join(PAGE_KEYS)}"
            raise ValueError(msg)
        return self


class Customers(Model):
    """What the tenant keeps of its customers beside name, numbers, region and grade, and what the screen opens."""

    fields: list[CustomerField] = Field(default_factory=list, max_length=20)
    page: Page | None = None
    adapters: list[Adapter] = Field(default_factory=list, max_length=4)


def customer_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a problem for a field that stands twice or is everybody's, and for what adapters share that nobody has."""
    fields = items(mapping(raw, "customers"), "fields")
    yield from twice(fields, "id", "customers.fields")
    for i, one in enumerate(fields):
        if one.get("id") in OWN_FIELDS:
            yield Problem(f"customers.fields.{i}.id", f"every customer has a {one['id']} already")
    yield from adapter_problems(mapping(raw, "customers"))
