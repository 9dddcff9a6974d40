"""Menus: the report of each node: usage, drop-off and self-service completion (IVR-12). Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chalicelib.menus.models import Exit, Use

VISITS, LEFT, COMPLETED = "visits", "left", "completed"


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeUse:
    """One node in a period. Shares are of its visits, None without any.

    `left`: callers who hung up here. `completed`: callers whom the menu served to the end here, without a person.
    `exits` counts every other way a step here ended.
    """

    node: str
    visits: int
    left: int
    completed: int
    exits: Mapping[Exit, int]

    @property
    def drop_off(self) -> float | None:
        """The share of visits in which the caller hung up without having been served."""
        return self.left / self.visits if self.visits else None

    @property
    def completion(self) -> float | None:
        """The share of visits that served the caller to the end."""
        return self.completed / self.visits if self.visits else None


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuReport:
    """A line's menus in a period: the nodes by visits, and which versions were walked."""

    nodes: tuple[NodeUse, ...]
    versions: tuple[int, ...]


def report(uses: Iterable[Use]) -> MenuReport:
    """Return what the counters say of each node; a node is the same in every version that has its id."""
    total: Counter[str] = Counter()
    versions: set[int] = set()
    for use in uses:
        total.update(use.counters)
        versions.add(use.version)
    names = {name.partition(".")[0] for name in total}
    nodes = sorted((_node(name, total) for name in names), key=lambda node: (-node.visits, node.node))
    return MenuReport(nodes=tuple(nodes), versions=tuple(sorted(versions)))


def _node(name: str, total: Mapping[str, int]) -> NodeUse:
    exits = {each: total[f"{name}.{each}"] for each in Exit if total.get(f"{name}.{each}")}
    return NodeUse(
        node=name,
        visits=total.get(f"{name}.{VISITS}", 0),
        left=total.get(f"{name}.{LEFT}", 0),
        completed=total.get(f"{name}.{COMPLETED}", 0),
        exits=exits,
    )
