"""Problems that show at one action: values that nothing has set, branches that are missing, silence, hang-ups."""

from collections.abc import Iterator
from dataclasses import dataclass

from flowlang.catalogue import ACTIONS
from flowlang.catalogue.model import AT, CQ, IN, QT, Kind
from flowlang.document import Action, scalar_text
from flowlang.explore.library import Book, Library
from flowlang.explore.model import Problem, Severity, Step
from flowlang.explore.outcomes import Outcome
from flowlang.explore.search import Trail, step
from flowlang.explore.state import EARLIER, State
from flowlang.explore.values import WHOLE_NAMESPACE, key_of, source_of
from flowlang.paths import Path

LONG_SILENCE_S = 20
"""A chain of functions may take this long in total; after it callers hang up or the service cuts in."""

_TRACKED = WHOLE_NAMESPACE | {"Attributes", "FlowAttributes", "StoredCustomerInput", "Modules"}
_FIRST = frozenset({IN, None})
"""Flow types in which a call begins: nothing has happened before."""


@dataclass(frozen=True, slots=True)
class Found:
    """A problem without its script."""

    code: str
    severity: Severity
    message: str
    detail: str = ""


def at_states(trail: Trail) -> Iterator[Problem]:
    """Yield the problems of every state and outcome, each kind at each action once, by its shortest script."""
    seen: set[tuple[str, ...]] = set()
    for state, moves in trail.moves.items():
        book = trail.library.books[state.at.book]
        action = book.actions[state.at.action]
        standing = (*_unset(trail.library, book, action, state), *_unqueued(trail.library, book, action, state))
        met = [(one, moves[0]) for one in standing if moves]
        met += [(one, move) for move in moves for one in _outcome(trail.library, book, state, move)]
        for found, move in met:
            key = (found.code, found.severity, found.detail, state.at.book, state.at.action)
            if key not in seen:
                seen.add(key)
                yield _problem(found, state, trail.script(state, step(state, move)))


def _problem(found: Found, state: State, script: tuple[Step, ...]) -> Problem:
    return Problem(
        code=found.code,
        severity=found.severity,
        action=state.at.action,
        flow=state.at.book,
        message=found.message,
        detail=found.detail,
        script=script,
    )


def _unset(library: Library, book: Book, action: Action, state: State) -> Iterator[Found]:
    for path in book.reads[action.identifier].values():
        key = key_of(path)
        if path.root in _TRACKED and not state.knows(key) and not state.knows(source_of(key)):
            found = _unset_here(library, book, action, path, state)
            if found is not None:
                yield found
        elif path.root == "Agent" and book.loaded.type in {IN, CQ, QT}:
            yield Found("unset-read", Severity.WARNING, f"{path.text} is read where no agent is selected", path.text)


def _unset_here(library: Library, book: Book, action: Action, path: Path, state: State) -> Found | None:
    key = key_of(path)
    if state.knows(EARLIER) or _elsewhere(book, path, state):
        return None
    if source_of(key) not in library.provided and path.root != "FlowAttributes":
        first = book.loaded.type in _FIRST and not state.stack
        severity = Severity.NOTE if path.root == "Attributes" or not first else Severity.WARNING
        outside = f"{path.text} is read and nothing in the given flows sets it"
        given = book.is_module and path.root == "Attributes"
        return None if given else Found("unset-anywhere", severity, outside, source_of(key))
    if action.type == "Compare":
        return Found("unset-read", Severity.NOTE, f"{path.text} is compared although unset: no condition is true", key)
    if path.text in _whole(action):
        return Found("unset-read", Severity.ERROR, f"{path.text} is unset here, so {action.type} fails", key)
    return Found("unset-read", Severity.WARNING, f"{path.text} is unset here and becomes an empty text", key)


def _elsewhere(book: Book, path: Path, state: State) -> bool:
    """Tell whether the value is there without any action: a module's input, what the service knows of the contact."""
    if path.root == "Modules" and path.keys[1:2] == ("Input",):
        return book.is_module or bool(state.stack)
    in_queue = path.root == "Queue" and book.loaded.type not in {IN, AT, None}
    return in_queue or source_of(key_of(path)) == "Metrics.Contact"


def _whole(action: Action) -> set[str]:
    """Return the values of parameters that are one path: unset, they make the action fail."""
    kind = ACTIONS.get(action.type)
    parameters = kind.parameters if kind is not None else ()
    strict = [one for one in parameters if one.kind in {Kind.WHOLE, Kind.PATH} or one.name == "LambdaFunctionARN"]
    return {scalar_text(value) for one in strict for value in one.found_in(action.parameters)}


def _unqueued(library: Library, book: Book, action: Action, state: State) -> Iterator[Found]:
    if action.type != "TransferContactToQueue" or book.loaded.type not in {IN, None} or state.knows("Queue"):
        return
    if state.knows(EARLIER):
        return
    if "Queue" in library.provided and not (book.is_module and not state.stack):
        yield Found("no-queue", Severity.ERROR, "the contact is queued although no queue is set on this way")
    elif not book.is_module:
        yield Found("no-queue", Severity.NOTE, "the contact is queued and nothing in the given flows sets a queue")


def _outcome(library: Library, book: Book, state: State, move: Outcome) -> Iterator[Found]:
    after = move.after
    if move.end == "stuck":
        yield Found("dead-end", Severity.ERROR, f"nothing says where to go after {move.choice!r}", move.choice)
    if after is not None and after.at.action not in library.books[after.at.book].actions:
        yield Found("dead-end", Severity.ERROR, f"{move.choice!r} leads to {after.at.action!r}, which does not exist",
                    move.choice)  # fmt: skip
    if move.end == "failed":
        yield Found("unhandled-error", Severity.ERROR, f"the error {move.error} has no branch: the flow fails",
                    move.error)  # fmt: skip
    if after is not None and state.silent_s < LONG_SILENCE_S <= after.silent_s:
        yield Found("long-silence", Severity.ERROR, f"the caller may have heard nothing for {LONG_SILENCE_S} s or more")
    listens = book.loaded.type in {IN, CQ, QT, None} and state.value("Channel") not in {"TASK", "EMAIL"}
    if move.end == "disconnected" and not state.told and listens:
        yield _dropped(state)


def _dropped(state: State) -> Found:
    if not state.heard:
        return Found("dropped-unheard", Severity.ERROR, "the contact is ended and has never heard a word")
    why = "the contact is ended without a word after the last thing that happened"
    return Found("dropped-unheard", Severity.WARNING, why)
