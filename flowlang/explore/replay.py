"""Is a script a real path of the documents? Walks them again, step by step, with nothing remembered from a search."""

from collections.abc import Iterable, Sequence

from flowlang.explore import search  # registers what can happen at every action type
from flowlang.explore.library import Library
from flowlang.explore.model import Step
from flowlang.explore.outcomes import Here, outcomes
from flowlang.explore.state import Place, State
from flowlang.load import Loaded

UNITS_FROM = search


class NotAPath(ValueError):
    """A step of the script is not possible where it stands."""


def replay(loaded: Loaded, script: Sequence[Step], others: Iterable[Loaded] = ()) -> State | None:
    """Follow a script from the flow's start and return where it ends; None when its last step ends the flow.

    Raises:
        NotAPath: a step names another action than the one that it would happen at, or a choice that is not there.

    """
    library = Library(loaded, others)
    state: State | None = State(at=Place("", library.books[""].start))
    for number, step in enumerate(script, 1):
        if state is None or state.at != Place(step.flow, step.action):
            msg = f"step {number}: {step.action!r} is not where the contact is"
            raise NotAPath(msg)
        book = library.books[state.at.book]
        action = book.actions.get(state.at.action)
        if action is None:
            msg = f"step {number}: there is no action {step.action!r}"
            raise NotAPath(msg)
        possible = {one.choice: one for one in outcomes(Here(library, book, action, state, set()))}
        if step.choice not in possible:
            msg = f"step {number}: {step.choice!r} is not among {', '.join(sorted(possible))}"
            raise NotAPath(msg)
        state = possible[step.choice].after
    return state
