"""What can happen at an action. One small function for each type that is special; all others follow the catalogue."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from flowlang.catalogue import ACTIONS, Effect
from flowlang.catalogue.model import IN, Verdict
from flowlang.catalogue.results import wait_results
from flowlang.document import Action, Condition, Edge, whole_number
from flowlang.explore import ways
from flowlang.explore.library import Book, Library, text
from flowlang.explore.provided import SETTERS
from flowlang.explore.state import FAILED, Place, State
from flowlang.explore.values import candidates, matching, unknown_operands

_ANSWER_S = 8
"""The longest that a function may take, for documents that do not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One thing that can happen: the choice, the branch taken, and the state after it, None when the flow is over.

    `end` says how it is over: disconnected, hung-up, queued, transferred, returned, ended, stuck or failed.
    `interactive`: the participant heard or did something. `idle`: repeating it is no circle, a counter ends it. `of` is
    the action whose branch is taken where it is another: a module's end takes a branch of the action that called it.
    """

    choice: str
    edge: Edge | None = None
    after: State | None = None
    end: str = ""
    interactive: bool = False
    idle: bool = False
    error: str = ""
    of: Place | None = None


@dataclass(frozen=True, slots=True)
class Returns:
    """What a coarse search knows of modules instead of a stack: who has called one, and which have returned."""

    callers: dict[str, dict[Place, None]] = field(default_factory=dict)
    modules: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Here:
    """An action in a state, with the documents around it. `returns` is there in a coarse search only."""

    library: Library
    book: Book
    action: Action
    state: State
    stubbed: set[str]
    returns: Returns | None = None

    @property
    def coarse(self) -> bool:
        """Whether values, counts and callers are forgotten."""
        return self.returns is not None

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.state.at

    def goes(self, choice: str, edge: Edge, state: State, **more: Any) -> Outcome:
        """Return the outcome that follows a branch."""
        at = Place(self.place.book, edge.target)
        return Outcome(choice=choice, edge=edge, after=replace(state, at=at), **more)

    def on(self, result: str | None, choice: str, state: State, **more: Any) -> Outcome:
        """Return where a result leads: rules 2 to 4 of the order of evaluation."""
        conditions = self.action.transitions.conditions
        at = matching(conditions, result, state) if result is not None else None
        return self.branch(at, choice, state, **more)

    def branch(self, at: int | None, choice: str, state: State, **more: Any) -> Outcome:
        """Return the outcome of the condition at a position; None: of no condition."""
        transitions = self.action.transitions
        if at is not None:
            one = transitions.conditions[at]
            edge = Edge("condition", f"{one.operator} {', '.join(one.operands)}", one.next_action)
            return self.goes(choice, edge, state, **more)
        if transitions.conditions and ways.NO_CONDITION in transitions.error_types():
            target = transitions.on_error(ways.NO_CONDITION) or ""
            return self.goes(choice, Edge("error", ways.NO_CONDITION, target), state, **more)
        if transitions.next_action is not None:
            return self.goes(choice, Edge("next", "", transitions.next_action), state, **more)
        return Outcome(choice=choice, end="stuck", **more)


Unit = Callable[[Here], Iterator[Outcome]]
UNITS: dict[str, Unit] = {}
"""The special types by name."""


def unit(*names: str) -> Callable[[Unit], Unit]:
    """Register the decorated function for action types."""

    def register(function: Unit) -> Unit:
        for name in names:
            UNITS[name] = function
        return function

    return register


def outcomes(here: Here) -> Iterator[Outcome]:
    """Yield everything that can happen at an action, results first, then errors, then a hang-up."""
    kind = ACTIONS.get(here.action.type)
    special = UNITS.get(here.action.type)
    channel = here.state.value("Channel")
    verdict = kind.on(channel, here.action.parameters, here.book.loaded.type or IN) if kind and channel else None
    if verdict is not None and verdict.effect is not Effect.WORKS:
        yield from _on_channel(here, verdict)
        return
    if special is not None:
        yield from special(here)
    elif kind is not None and kind.terminal:
        yield Outcome(choice="end", end="disconnected")
    else:
        yield from results(here, here.state)
    if kind is None or not kind.terminal:
        yield from errors(here)
    if kind is not None and kind.interactive:
        yield Outcome(choice="hang up", end="hung-up", interactive=True)


def _on_channel(here: Here, verdict: Verdict) -> Iterator[Outcome]:
    """Yield what becomes of an action on a channel on which it does not work: nothing at all, or its error."""
    channel = here.state.value("Channel")
    if verdict.effect is Effect.NOTHING:
        yield from results(here, here.state, f"no effect on {channel}")
        return
    choice, ways_out = f"error {verdict.error} on {channel}", here.action.transitions
    target = ways_out.on_error(verdict.error)
    if target is None:
        yield Outcome(choice=choice, end="failed", error=verdict.error)
    else:
        name = verdict.error if verdict.error in ways_out.error_types() else "NoMatchingError"
        state = replace(here.state, told=False)
        yield here.goes(choice, Edge("error", name, target), state, error=name)


def results(here: Here, state: State, verb: str = "result", **more: Any) -> Iterator[Outcome]:
    """Yield an outcome for every result that conditions tell apart, and one for a result that they do not."""
    kind = ACTIONS.get(here.action.type)
    conditions = here.action.transitions.conditions
    if not conditions:
        yield from unconditional(here, state, "goes on", **more)
        return
    values = wait_results(here.action) if here.action.type == "Wait" else set()
    shape = kind.as_used(here.action.parameters) if kind is not None else None
    fixed = sorted(values) or (list(shape.result.values) if shape is not None else [])
    tried = fixed if fixed and _only(here, "Equals") else [*candidates(conditions, state)]
    seen: set[int | None] = set()
    for value in tried:
        at = matching(conditions, value, state)
        if at not in seen:
            seen.add(at)
            yield here.branch(at, f"{verb} {value}", state, **more)
    for at in unknown_operands(conditions, state):
        if at not in seen:
            yield here.branch(at, f"{verb} such that {told(conditions[at])}", state, **more)


def unconditional(here: Here, state: State, choice: str, **more: Any) -> Iterator[Outcome]:
    """Yield where an action without conditions leads: on, or where it says that no condition was true."""
    yield here.on(None, choice, state, **more)
    target = here.action.transitions.on_error(ways.NO_CONDITION)
    if target is not None and ways.NO_CONDITION in declared(here.action):
        yield here.goes(f"{choice}, no condition", Edge("error", ways.NO_CONDITION, target), state, **more)


def told(condition: Condition) -> str:
    """Return a condition whose operand is not known, as a choice says it."""
    return f"{condition.operator} {condition.operands[0]}"


def _only(here: Here, operator: str) -> bool:
    return all(one.operator == operator for one in here.action.transitions.conditions)


def declared(action: Action) -> frozenset[str]:
    """Return the error types that have a branch of their own."""
    return action.transitions.error_types()


def errors(here: Here) -> Iterator[Outcome]:
    """Yield an outcome for every declared error branch, and one for errors that have none."""
    # A prompt that cannot be played was at least meant to be heard.
    tried = here.action.type in {"MessageParticipant", "MessageParticipantIteratively"}
    state = replace(here.state, told=tried, heard=here.state.heard or tried)
    after = state.silent_for(takes_s(here.action))
    if here.action.type in SETTERS:
        if here.state.knows(FAILED) and not here.coarse:
            return
        after = after.with_facts([(FAILED, None)])
    seen: set[str] = set()
    for branch in here.action.transitions.errors:
        name = branch.error_type
        if name != ways.NO_CONDITION and name not in seen and not _results_in(here.action, name):
            seen.add(name)
            yield here.goes(f"error {name}", Edge("error", name, branch.next_action), after, error=name)
    missing = _must_declare(here.action) - declared(here.action) - {ways.NO_CONDITION}
    if missing and here.action.transitions.on_error("NoMatchingError") is None:
        yield Outcome(choice=f"error {min(missing)}", end="failed", error=min(missing))


def _must_declare(action: Action) -> frozenset[str]:
    kind = ACTIONS.get(action.type)
    return kind.as_used(action.parameters).required if kind is not None else frozenset()


def _results_in(action: Action, error: str) -> bool:
    """A time-out of the menu form is an answer of the caller, not a failure."""
    return action.type == "GetParticipantInput" and error == "InputTimeLimitExceeded"


def takes_s(action: Action) -> int:
    """Return how long the caller may wait in silence for an action: a function's own limit."""
    if action.type != "InvokeLambdaFunction" or text(action, "InvocationType").upper() == "ASYNCHRONOUS":
        return 0
    limit_s = whole_number(text(action, "InvocationTimeLimitSeconds"))
    return _ANSWER_S if limit_s is None else min(limit_s, 60)
