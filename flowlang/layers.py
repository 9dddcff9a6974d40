"""A layered layout for drawings: every arrow leads down, boxes of one row stand apart, arrows cross seldom.

Rows by the longest way from the start, order in a row by the mean of the neighbours, then positions that pull boxes
under each other. Small and deterministic; good for some hundred boxes.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

GAP_PX = 28
_SWEEPS = 8
_PULLS = 12

type Node = Hashable
type Link = tuple[Node, Node]


@dataclass(slots=True)
class Layout:
    """Rows of nodes, and the middle of each node. A long link passes through bends, one in each row between."""

    rows: list[list[Node]]
    x: dict[Node, float] = field(default_factory=dict)
    bends: dict[Link, list[Node]] = field(default_factory=dict)

    @property
    def width(self) -> float:
        """Right edge of the rightmost middle."""
        return max(self.x.values(), default=0.0)


def backward(start: Node, links: Mapping[Node, Sequence[Node]]) -> set[Link]:
    """Return the links that lead back to where a depth-first walk came from."""
    back: set[Link] = set()
    done: set[Node] = set()
    on_way: set[Node] = set()
    for root in (start, *links):
        waiting = [(root, False)]
        while waiting:
            node, leaving = waiting.pop()
            if leaving:
                on_way.discard(node)
                done.add(node)
            elif node not in done and node not in on_way:
                on_way.add(node)
                waiting.append((node, True))
                for target in reversed(links.get(node, ())):
                    if target in on_way:
                        back.add((node, target))
                    elif target not in done:
                        waiting.append((target, False))
    return back


def arrange(nodes: Sequence[Node], links: Sequence[Link], widths: Mapping[Node, float]) -> Layout:
    """Lay out nodes whose links hold no circle. `widths` in pixels; nodes without one are narrow."""
    layout = Layout(_rows(nodes, links))
    neighbours = _bend(layout, links)
    _order(layout, neighbours)
    _place(layout, neighbours, widths)
    return layout


def _rows(nodes: Sequence[Node], links: Sequence[Link]) -> list[list[Node]]:
    before: dict[Node, set[Node]] = {node: set() for node in nodes}
    after: dict[Node, list[Node]] = {node: [] for node in nodes}
    for source, target in links:
        before[target].add(source)
        after[source].append(target)
    row = dict.fromkeys(nodes, 0)
    left = {node: len(found) for node, found in before.items()}
    ready = [node for node in nodes if not left[node]]
    for node in ready:
        for target in dict.fromkeys(after[node]):
            row[target] = max(row[target], row[node] + 1)
            left[target] -= 1
            if not left[target]:
                ready.append(target)
    rows: list[list[Node]] = [[] for _ in range(max(row.values(), default=-1) + 1)]
    for node in nodes:
        rows[row[node]].append(node)
    return rows


def _bend(layout: Layout, links: Sequence[Link]) -> dict[Node, tuple[list[Node], list[Node]]]:
    """Put bends into the rows that a link passes; return the neighbours above and below each node."""
    row = {node: number for number, nodes in enumerate(layout.rows) for node in nodes}
    neighbours: dict[Node, tuple[list[Node], list[Node]]] = {node: ([], []) for node in row}
    for source, target in dict.fromkeys(links):
        chain: list[Node] = [source]
        for number in range(row[source] + 1, row[target]):
            bend = ("bend", source, target, number)
            layout.rows[number].append(bend)
            neighbours[bend] = ([], [])
            chain.append(bend)
        chain.append(target)
        layout.bends[source, target] = chain[1:-1]
        for upper, lower in pairwise(chain):
            neighbours[upper][1].append(lower)
            neighbours[lower][0].append(upper)
    return neighbours


def _order(layout: Layout, neighbours: Mapping[Node, tuple[list[Node], list[Node]]]) -> None:
    for sweep in range(_SWEEPS):
        side = sweep % 2
        rows = layout.rows if side == 0 else layout.rows[::-1]
        place = {node: float(at) for nodes in layout.rows for at, node in enumerate(nodes)}
        for nodes in rows:
            wish = {node: _mean([place[one] for one in neighbours[node][side]], place[node]) for node in nodes}
            nodes.sort(key=wish.__getitem__)
            place.update({node: float(at) for at, node in enumerate(nodes)})


def _place(
    layout: Layout, neighbours: Mapping[Node, tuple[list[Node], list[Node]]], widths: Mapping[Node, float]
) -> None:
    x = layout.x
    for nodes in layout.rows:
        x.update(_apart(nodes, dict.fromkeys(nodes, 0.0), widths))
    for pull in range(_PULLS):
        side = pull % 2
        for nodes in layout.rows if side == 0 else layout.rows[::-1]:
            wish = {node: _mean([x[one] for one in neighbours[node][side]], x[node]) for node in nodes}
            x.update(_apart(nodes, wish, widths))
    least = min((x[node] - widths.get(node, 0) / 2 for node in x), default=0.0)
    for node in x:
        x[node] -= least


def _apart(nodes: Sequence[Node], wish: Mapping[Node, float], widths: Mapping[Node, float]) -> dict[Node, float]:
    """Return positions near the wishes in which no two nodes overlap: the mean of pushing right and pushing left."""
    pushed_right = _pushed(nodes, wish, widths)
    mirrored = _pushed(nodes[::-1], {node: -wish[node] for node in nodes}, widths)
    return {node: (pushed_right[node] - mirrored[node]) / 2 for node in nodes}


def _pushed(nodes: Sequence[Node], wish: Mapping[Node, float], widths: Mapping[Node, float]) -> dict[Node, float]:
    found: dict[Node, float] = {}
    edge = float("-inf")
    for node in nodes:
        half = widths.get(node, 0.0) / 2
        found[node] = max(wish[node], edge + half)
        edge = found[node] + half + GAP_PX
    return found


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
