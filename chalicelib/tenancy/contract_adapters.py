"""The other systems that keep a tenant's customers too, in its contract (INT-02). Authoring side only."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints

from chalicelib.tenancy.contract_base import Id, Model
from chalicelib.tenancy.contract_problems import Problem, items, twice

COMMON: Final = ("name", "phone", "region", "grade", "language")
"""What every customer has that may be shared; beside these, the tenant's own fields that are not sensitive."""


class SharedField(Model):
    """A fact that both systems keep. `theirs` is its name there, ours if it is left out.

    `rule` says who wins when both changed it since they last agreed: `ours`, `theirs`, or whose customer was changed
    last (`newest`).
    """

    field: Id
    theirs: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,63}$")] | None = None
    rule: Literal["ours", "theirs", "newest"] = "newest"


class Adapter(Model):
    """A CRM or ERP system that keeps customers, asked and told over HTTPS as docs/adapters.md says.

    `secret` is the last part of the name of a secret of AWS Secrets Manager, `trunkline/<tenant>/<secret>`: a token
    that goes along (`bearer`) or the key that requests are signed with (`hmac`).
    """

    id: Id
    url: Annotated[
        str, StringConstraints(pattern=r"^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?$", max_length=300)
    ]
    secret: Id
    sign: Literal["bearer", "hmac"] = "bearer"
    timeout_ms: int = Field(default=1_500, ge=100, le=5_000)
    fields: list[SharedField] = Field(min_length=1, max_length=25)


def adapter_problems(customers: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a problem for an adapter or a shared field that stands twice, and one that customers do not have."""
    adapters = items(customers, "adapters")
    yield from twice(adapters, "id", "customers.adapters")
    own = {one.get("id"): one.get("classification") for one in items(customers, "fields")}
    for i, adapter in enumerate(adapters):
        path = f"customers.adapters.{i}.fields"
        yield from twice(items(adapter, "fields"), "field", path)
        for j, shared in enumerate(items(adapter, "fields")):
            name = shared.get("field")
            if name not in COMMON and name not in own:
                yield Problem(f"{path}.{j}.field", f"expected {', '.join(COMMON)} or a field of customers.fields")
            elif own.get(name) == "sensitive":
                yield Problem(f"{path}.{j}.field", "a sensitive field stays here")
