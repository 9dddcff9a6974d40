"""The other systems that keep a tenant's customers too, in its contract (INT-02). Authoring side only."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints

from chalicelib.tenancy.contract_base import Id, Model
from chalicelib.tenancy.contract_problems import Problem, items, mapping, twice

COMMON: Final = ("name", "phone", "region", "grade", "language")
"""What every customer has that may be shared; beside these, the tenant's own fields that are not sensitive."""


type Column = Annotated[str, StringConstraints(pattern=r'^[^\s",;|#][^\t\r\n",;|]{0,63}$')]
"""A name as the other system writes it: of a fact in JSON, or of a column, which no delimiter may stand in."""


class SharedField(Model):
    """A fact that both systems keep. `theirs` is its name there, ours if it is left out.

    `rule` says who wins when both changed it since they last agreed: `ours`, `theirs`, or whose customer was changed
    last (`newest`).
    """

    field: Id
    theirs: Column | None = None
    rule: Literal["ours", "theirs", "newest"] = "newest"


class Files(Model):
    """CSV files in the tenant's bucket, theirs below `adapters/<id>/in/` and ours below `adapters/<id>/out/`.

    `id`, `changed_at` (an instant with its zone) and `deleted` (`true` or `false`) are names of columns; without
    `changed_at` a line is as old as its file, without `deleted` only a full file tells who is gone. A full file in
    which more than `most_missing_percent` of their customers are missing deletes nobody.
    """

    id: Column = "id"
    changed_at: Column | None = None
    deleted: Column | None = None
    encoding: Literal["utf-8", "gb18030", "big5"] = "utf-8"
    delimiter: Literal[",", ";", "\t", "|"] = ","
    most_missing_percent: int = Field(default=10, ge=0, le=100)


class Adapter(Model):
    """A CRM or ERP system that keeps customers: asked and told over HTTPS at `url`, or by `files` (docs/adapters.md).

    `secret` is the last part of the name of a secret of AWS Secrets Manager, `trunkline/<tenant>/<secret>`: a token
    that goes along (`bearer`) or the key that requests are signed with (`hmac`). `deletions` says what becomes of a
    customer whom one of both deleted: people decide (`ask`), or the other one deletes him too, unless he was changed
    there meanwhile (`carry`).
    """

    id: Id
    url: (
        Annotated[
            str,
            StringConstraints(pattern=r"^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?$", max_length=300),
        ]
        | None
    ) = None
    secret: Id | None = None
    files: Files | None = None
    sign: Literal["bearer", "hmac"] = "bearer"
    timeout_ms: int = Field(default=1_500, ge=100, le=5_000)
    deletions: Literal["ask", "carry"] = "ask"
    fields: list[SharedField] = Field(min_length=1, max_length=25)


def adapter_problems(customers: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a problem for an adapter or a shared field that stands twice, and one that customers do not have."""
    adapters = items(customers, "adapters")
    yield from twice(adapters, "id", "customers.adapters")
    own = {one.get("id"): one.get("classification") for one in items(customers, "fields")}
    for i, adapter in enumerate(adapters):
        yield from _way_problems(adapter, f"customers.adapters.{i}")
        path = f"customers.adapters.{i}.fields"
        yield from twice(items(adapter, "fields"), "field", path)
        for j, shared in enumerate(items(adapter, "fields")):
            name = shared.get("field")
            if name not in COMMON and name not in own:
                yield Problem(f"{path}.{j}.field", f"expected {', '.join(COMMON)} or a field of customers.fields")
            elif own.get(name) == "sensitive":
                yield Problem(f"{path}.{j}.field", "a sensitive field stays here")


def _way_problems(adapter: Mapping[str, Any], path: str) -> Iterator[Problem]:
    """Yield a problem unless there is exactly one way to the system, and for a column that stands for two things."""
    files = adapter.get("files")
    if files is None:
        for name in ("url", "secret"):
            if adapter.get(name) is None:
                yield Problem(f"{path}.{name}", "expected of a system that is asked over HTTPS; or `files` instead")
        return
    for name in ("url", "secret", "sign", "timeout_ms"):
        if adapter.get(name) is not None:
            yield Problem(f"{path}.{name}", "not of a system that delivers files")
    columns = [str(mapping(adapter, "files").get(name) or "") for name in ("changed_at", "deleted")]
    columns.append(str(mapping(adapter, "files").get("id") or "id"))
    columns += [str(one.get("theirs") or one.get("field")) for one in items(adapter, "fields")]
    for column in sorted({one for one in columns if one and columns.count(one) > 1}):
        yield Problem(f"{path}.files", f"the column {column} stands for two things")
