"""The order of things that refer to each other. Pure."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet


def components(references: Mapping[str, AbstractSet[str]]) -> list[list[str]]:
    """Strongly connected components, dependencies first (Tarjan); names inside a component are sorted.

    `references` says of each name which others it refers to; names that are not among the keys do not count.
    """
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in sorted(references[name] & references.keys()):
            if other not in index:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], index[other])
        if low[name] == index[name]:
            at = stack.index(name)
            found.append(sorted(stack[at:]))
            del stack[at:]

    for name in references:
        if name not in index:
            visit(name)
    return found
