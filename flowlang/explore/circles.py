"""Problems of the whole graph of states: circles without the participant, and places that nothing leads out of."""

from collections.abc import Iterator
from dataclasses import replace

from flowlang.catalogue.model import AH, CH, CQ
from flowlang.explore.model import Problem, Severity, Step
from flowlang.explore.outcomes import Outcome
from flowlang.explore.search import Trail, step
from flowlang.explore.state import State

_STARTS = 20
"""Of a large circle so many entries are tried to find a short script."""

type Graph = dict[State, list[tuple[State, Outcome]]]


def circles(trail: Trail) -> Iterator[Problem]:
    """Yield one problem for each way to go round for ever without a participant interaction."""
    first: dict[State, State] = {}
    for state in trail.moves:
        first.setdefault(_steering(state), state)
    graph: Graph = {
        steering: [
            (_steering(move.after), move)
            for move in trail.moves[state]
            if move.after is not None and move.after in trail.moves and _quiet(move)
        ]
        for steering, state in first.items()
    }
    order = {state: number for number, state in enumerate(graph)}
    reported: set[frozenset[tuple[str, str]]] = set()
    groups = sorted(_components(graph), key=lambda group: min(order[state] for state in group))
    for group in groups:
        inside = set(group)
        nearest = sorted(group, key=order.__getitem__)[:_STARTS]
        scripts = [(start, _round_trip(graph, start, inside)) for start in nearest]
        start, round_trip = min(scripts, key=lambda one: len(trail.script(first[one[0]])) + len(one[1]))
        places = frozenset((state.at.book, state.at.action) for state in inside)
        if round_trip and places not in reported:
            reported.add(places)
            yield Problem(
                code="silent-loop",
                severity=Severity.ERROR,
                action=start.at.action,
                flow=start.at.book,
                message="a contact can go round here for ever without hearing or doing anything",
                script=trail.script(first[start], *round_trip),
            )


def _steering(state: State) -> State:
    """Return the state without what has no influence on where a contact goes: a circle is one however long it lasts."""
    return replace(state, silent_s=0, told=False, heard=False)


def _quiet(move: Outcome) -> bool:
    """An error of a prompt or a menu reaches nobody; a loop's own count ends by itself."""
    return not move.idle and (not move.interactive or bool(move.error))


def _components(graph: Graph) -> Iterator[list[State]]:
    """Yield the strongly connected components that hold a circle (Kosaraju: finish forwards, collect backwards)."""
    before: dict[State, list[State]] = {}
    for state, onward in graph.items():
        for target, _ in onward:
            before.setdefault(target, []).append(state)
    placed: set[State] = set()
    for root in reversed(_finished(graph)):
        group, waiting = [], [root]
        while waiting:
            state = waiting.pop()
            if state not in placed:
                placed.add(state)
                group.append(state)
                waiting += before.get(state, [])
        if len(group) > 1 or any(target == root for target, _ in graph[root] if group):
            yield group


def _finished(graph: Graph) -> list[State]:
    """Return the states in the order in which a depth-first walk leaves them."""
    seen: set[State] = set()
    left: list[State] = []
    for root in graph:
        waiting = [(root, False)]
        while waiting:
            state, leaving = waiting.pop()
            if leaving:
                left.append(state)
            elif state not in seen:
                seen.add(state)
                waiting.append((state, True))
                waiting += [(target, False) for target, _ in graph[state] if target not in seen]
    return left


def _round_trip(graph: Graph, start: State, inside: set[State]) -> tuple[Step, ...]:
    """Return the shortest way from a state back to itself inside its component."""
    came: dict[State, tuple[Step, ...]] = {start: ()}
    waiting = [start]
    for state in waiting:
        for target, move in graph[state]:
            way = (*came[state], step(state, move))
            if target == start:
                return way
            if target in inside and target not in came:
                came[target] = way
                waiting.append(target)
    return ()


def traps(trail: Trail) -> Iterator[Problem]:
    """Yield the first place from which no choice but hanging up leads to an end; waiting flows may be endless."""
    if trail.bounded or trail.library.books[""].loaded.type in {CQ, CH, AH}:
        return
    saved = _saved(trail)
    lost = next((state for state in trail.moves if state not in saved), None)
    if lost is not None:
        yield Problem(
            code="no-way-out",
            severity=Severity.ERROR,
            action=lost.at.action,
            flow=lost.at.book,
            message="from here no choice leads to an end: only hanging up does",
            script=trail.script(lost, *(step(lost, move) for move in trail.moves[lost][:1])),
        )


def _saved(trail: Trail) -> set[State]:
    """Return the states from which some choice leads to an end."""
    before: dict[State, list[State]] = {}
    waiting: list[State] = []
    for state, moves in trail.moves.items():
        for move in moves:
            if move.after is not None and move.after in trail.moves:
                before.setdefault(move.after, []).append(state)
            elif move.end != "hung-up":
                waiting.append(state)
    saved: set[State] = set()
    while waiting:
        state = waiting.pop()
        if state not in saved:
            saved.add(state)
            waiting += before.get(state, [])
    return saved
