"""The organisation of a tenant contract: headquarters, regions, branches, outlets (TEN-11). Authoring side only."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import Field

from chalicelib.tenancy.contract_base import E164, Id, Model, Text, Title
from chalicelib.tenancy.contract_problems import Problem, items, names, texts, twice

RANKS = ("headquarters", "region", "branch", "outlet")
"""From the top down; a node stands below one of a higher rank, so the tree has no circle."""

_BOUND = ("numbers", "queues", "agents")


class Part(Model):
    """A part of the organisation. What it has is its own alone; `agents` are user names of Amazon Connect.

    A user whose token grants the node sees it and all below it (`docs/organisation.md`).
    """

    id: Id
    name: Title
    kind: Literal["headquarters", "region", "branch", "outlet"]
    parent: Id | None = None
    ownership: Literal["direct", "franchise"] = "direct"
    numbers: list[E164] = Field(default_factory=list)
    queues: list[Id] = Field(default_factory=list)
    agents: list[Text] = Field(default_factory=list)


def organisation_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what keeps the nodes from being one tree in which each thing has one place."""
    nodes = items(raw, "organisation")
    yield from twice(nodes, "id", "organisation")
    yield from _places(nodes)
    known = {"numbers": names(items(raw, "entry_numbers"), "number"), "queues": names(items(raw, "queues"), "id")}
    seen: set[tuple[str, str]] = set()
    for i, node in enumerate(nodes):
        for field in _BOUND:
            for j, value in enumerate(texts(node, field)):
                path = f"organisation.{i}.{field}.{j}"
                if field in known and value not in known[field]:
                    yield Problem(path, f"no such entry in {field}: {value!r}")
                if (field, value) in seen:
                    yield Problem(path, f"{value} is bound to another node as well")
                seen.add((field, value))


def _places(nodes: list[Mapping[str, Any]]) -> Iterator[Problem]:
    """Yield a problem for each node that does not stand below one of a higher rank, and for a second root."""
    kinds = {node.get("id"): node.get("kind") for node in nodes}
    roots = [i for i, node in enumerate(nodes) if node.get("parent") is None]
    for i, node in enumerate(nodes):
        kind, parent = node.get("kind"), node.get("parent")
        if i in roots:
            if kind != RANKS[0] or i != roots[0]:
                yield Problem(f"organisation.{i}.parent", "required below the one headquarters")
        elif parent not in kinds:
            yield Problem(f"organisation.{i}.parent", f"no such entry in organisation: {parent!r}")
        elif kind in RANKS and kinds[parent] in RANKS and RANKS.index(kinds[parent]) >= RANKS.index(kind):
            yield Problem(f"organisation.{i}.parent", f"a {kind} does not stand below a {kinds[parent]}")
    if nodes and not roots:
        yield Problem("organisation", "expected one headquarters without a parent")
