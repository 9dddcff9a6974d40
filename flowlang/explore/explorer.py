"""Explore a flow: search, check, count."""

from collections.abc import Iterable

from flowlang.catalogue import ACTIONS
from flowlang.document import Edge
from flowlang.explore.checks import at_states
from flowlang.explore.circles import circles, traps
from flowlang.explore.library import Library
from flowlang.explore.model import Bounds, Problem, Report, Severity
from flowlang.explore.search import Trail, search
from flowlang.explore.state import FAILED, Place
from flowlang.load import Loaded

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
_ONCE = frozenset({"unset-anywhere"})
"""Codes of which one finding for each value is enough, wherever it is read."""


def explore(loaded: Loaded, others: Iterable[Loaded] = (), *, bounds: Bounds | None = None, file: str = "") -> Report:
    """Drive the flow through everything that choices can reach, within the bounds, and report.

    `others` are flows and modules that it may refer to: they are followed, what is missing is stubbed and named.
    Never raises for a document that `load` accepts.
    """
    library, limits = Library(loaded, others), bounds or Bounds()
    fine = search(library, limits)
    trails = [fine]
    if fine.bounded or _incomplete(library, fine):
        trails.append(search(library, limits, coarse=True))
    problems = _unique([*at_states(fine), *circles(fine), *traps(fine)])
    return _report(library, trails, problems, file)


def _incomplete(library: Library, fine: Trail) -> bool:
    """Tell whether something is missing: values rule it out, or setting them would have to fail twice on a way."""
    root = library.books[""]
    if root.reachable() - {place.action for place in fine.visited() if place.book == ""}:
        return True
    edges = {(Place("", name), edge) for name in root.reachable() for edge in root.edges[name]}
    return bool(edges - fine.taken) and any(state.knows(FAILED) for state in fine.moves)


def _report(library: Library, trails: list[Trail], problems: tuple[Problem, ...], file: str) -> Report:
    root = library.books[""]
    reachable = root.reachable()
    visited = {place for trail in trails for place in trail.visited()}
    mine = {place.action for place in visited if place.book == ""}
    edges = {(Place("", name), edge) for name in reachable for edge in root.edges[name]}
    taken = {one for trail in trails for one in trail.taken} & edges
    entered = sorted({place.book for place in visited} - {""})
    kinds = {library.books[place.book].actions[place.action].type for place in visited}
    return Report(
        file=file,
        actions=len(root.loaded.flow.actions),
        reachable=len(reachable),
        visited=len(mine),
        transitions=len(edges),
        taken=len(taken),
        unsupported=tuple(sorted((kinds | {root.actions[name].type for name in reachable}) - ACTIONS.keys())),
        problems=problems,
        stubbed=tuple(sorted({name for trail in trails for name in trail.stubbed})),
        followed=tuple(entered),
        not_visited=tuple(sorted(reachable - mine)),
        not_taken=tuple(sorted(_branch(place, edge) for place, edge in edges - taken)),
        without_values=tuple(sorted(mine - {place.action for place in trails[0].visited()})),
        states=len(trails[0].moves),
        bounded=trails[0].bounded,
        notes=root.loaded.notes,
    )


def _branch(place: Place, edge: Edge) -> str:
    return f"{place.action}: {f'{edge.kind} {edge.label}'.strip()} -> {edge.target}"


def _unique(problems: list[Problem]) -> tuple[Problem, ...]:
    """Return the worst first, and of the same problem the one with the shortest script."""
    best: dict[tuple[str, ...], Problem] = {}
    for one in sorted(problems, key=lambda one: (_ORDER[one.severity], len(one.script))):
        best.setdefault((one.code, one.flow, "" if one.code in _ONCE else one.action, one.detail), one)
    return tuple(best.values())
