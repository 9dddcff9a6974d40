"""The organisation: what it is. What one user sees of it. Values only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a user sees: the nodes of the subtree granted, and what is bound to them.

    `owners` tells the node of every queue and entry number that is bound, of the whole tree; `root` is the node of what
    is not. `agents` are those bound within the subtree.
    """

    nodes: frozenset[str]
    owners: dict[str, str]
    root: str
    agents: frozenset[str]
