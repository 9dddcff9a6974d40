"""Breadth-first search through the states, so that the first way to anything is a shortest one."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from flowlang.document import Edge
from flowlang.explore import control, participant, setting  # importing a module registers its units
from flowlang.explore.library import Library
from flowlang.explore.liveness import Liveness
from flowlang.explore.model import Bounds, Step
from flowlang.explore.outcomes import Here, Outcome, Returns, outcomes
from flowlang.explore.state import Place, State

type Trim = Callable[[State], State]

_COARSE_SHARE = 0.25
"""Of the time allowed, what is kept for the coarse search."""
UNIT_MODULES = (control, participant, setting)


@dataclass(slots=True)
class Trail:
    """Everything that a search has seen. `came` is how each state was first reached."""

    library: Library
    came: dict[State, tuple[State, Step] | None] = field(default_factory=dict)
    moves: dict[State, list[Outcome]] = field(default_factory=dict)
    taken: set[tuple[Place, Edge]] = field(default_factory=set)
    stubbed: set[str] = field(default_factory=set)
    bounded: bool = False

    def script(self, state: State, *more: Step) -> tuple[Step, ...]:
        """Return the way to a state, and what is appended to it."""
        steps: list[Step] = []
        here = self.came[state]
        while here is not None:
            before, step = here
            steps.append(step)
            here = self.came[before]
        return (*reversed(steps), *more)

    def visited(self) -> set[Place]:
        """Return the actions that were executed in some state."""
        return {state.at for state in self.moves}


def search(library: Library, bounds: Bounds, *, coarse: bool = False) -> Trail:
    """Visit every state that choices can reach, within the bounds.

    `coarse` forgets values, counts, silence and who called a module: few states, so that every action is visited where
    the fine search had to stop.
    """
    trail, over = Trail(library), bounds.deadline(share=_COARSE_SHARE if coarse else 1 - _COARSE_SHARE)
    trim, returns = (_forget, Returns()) if coarse else (Liveness(library).trim, None)
    start = trim(State(at=Place("", library.books[""].start)))
    trail.came[start] = None
    waiting = deque([start])
    while waiting:
        if len(trail.moves) >= bounds.states or over():
            trail.bounded = True
            break
        state = waiting.popleft()
        for outcome, after in _moves(trail, state, trim, returns):
            if after is not None and after not in trail.came:
                trail.came[after] = (state, step(state, outcome))
                waiting.append(after)
    return trail


def _moves(trail: Trail, state: State, trim: Trim, returns: Returns | None) -> Iterator[tuple[Outcome, State | None]]:
    book = trail.library.books[state.at.book]
    action = book.actions.get(state.at.action)
    if action is None:
        return
    found = trail.moves.setdefault(state, [])
    for outcome in outcomes(Here(trail.library, book, action, state, trail.stubbed, returns)):
        after = None if outcome.after is None else trim(outcome.after)
        found.append(outcome if after is outcome.after else replace(outcome, after=after))
        if outcome.edge is not None:
            trail.taken.add((outcome.of or state.at, outcome.edge))
        yield outcome, after


def step(state: State, outcome: Outcome) -> Step:
    """Return an outcome as a line of a script."""
    return Step(state.at.action, outcome.choice, state.at.book)


def _forget(state: State) -> State:
    kept = frozenset(fact for fact in state.facts if fact[0] == "hook.CustomerQueue")
    return replace(state, stack=(), facts=kept, loops=frozenset(), silent_s=0, told=True, heard=True)
