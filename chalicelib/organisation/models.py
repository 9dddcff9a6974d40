"""The organisation: what it is. What one user sees of it. Values only."""

from dataclasses import dataclass

NO_TEAM = "-"
"""Stands for the team and the site of agents of a tenant without an organisation."""


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

    @property
    def is_whole(self) -> bool:
        """Whether the subtree is the whole tree: what was granted is the headquarters."""
        return self.root in self.nodes
