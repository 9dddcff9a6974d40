"""Which values are still of use at a place: a value that nothing reads any more makes no two states differ."""

from collections.abc import Iterator
from dataclasses import replace

from flowlang import paths
from flowlang.document import Action, scalar_text
from flowlang.explore.library import Library, reads
from flowlang.explore.provided import given, provided
from flowlang.explore.state import EARLIER, FAILED, Fact, Place, State
from flowlang.explore.values import key_of, source_of

_ALWAYS = frozenset({"Channel", EARLIER, FAILED})
"""What problems depend on wherever they are found."""
_STEERED = frozenset({"Compare", "Loop", "TransferToFlow", "InvokeFlowModule", "CheckMetricData"})


class Liveness:
    """Knows of every place which facts may matter from there on."""

    def __init__(self, library: Library) -> None:
        self._texts = frozenset(_steering(library))
        self._live = _backwards(library)

    def trim(self, state: State) -> State:
        """Return the state without facts that do not matter, and without texts that nothing tests."""
        live = self._live.get(state.at, set())
        kept: set[Fact] = {
            (key, text if key in self._texts else None) for key, text in state.facts if key in live or key in _ALWAYS
        }
        return state if kept == state.facts else replace(state, facts=frozenset(kept))


def _steering(library: Library) -> Iterator[str]:
    """Values whose text may decide where a contact goes, also by being copied."""
    yield "hook.CustomerQueue"
    for book in library.books.values():
        for action in book.actions.values():
            if action.type in _STEERED:
                yield from (key_of(path) for path in reads(action).values())
            for _, value in given(action):
                yield from (key_of(path) for path in paths.find(scalar_text(value)))
            operands = [operand for one in action.transitions.conditions for operand in one.operands]
            yield from (key_of(path) for operand in operands for path in paths.find(operand))


def _read_by(action: Action) -> set[str]:
    keys = {key_of(path) for path in reads(action).values()}
    keys |= {source_of(key) for key in keys}
    return keys | ({"Queue", "hook.CustomerQueue"} if action.type == "TransferContactToQueue" else set())


def _backwards(library: Library) -> dict[Place, set[str]]:
    """Return for each place the values that it or one behind it reads before something sets them anew."""
    before: dict[Place, list[tuple[Place, bool]]] = {}
    for place, target, succeeds in _links(library):
        before.setdefault(target, []).append((place, succeeds))
    actions = {Place(name, one): a for name, book in library.books.items() for one, a in book.actions.items()}
    readers: dict[str, list[Place]] = {}
    for place, action in actions.items():
        for key in _read_by(action):
            readers.setdefault(key, []).append(place)
    set_by = {place: provided([action]) for place, action in actions.items()}
    live: dict[Place, set[str]] = {place: set() for place in actions}
    for key, waiting in readers.items():
        ends = {key, source_of(key)}
        while waiting:
            place = waiting.pop()
            if key not in live[place]:
                live[place].add(key)
                waiting += [one for one, succeeds in before.get(place, []) if not (succeeds and ends & set_by[one])]
    return live


def _links(library: Library) -> Iterator[tuple[Place, Place, bool]]:
    """Yield every step from place to place, across documents too, and whether it is a success."""
    returns: dict[str, list[Place]] = {}
    for name, book in library.books.items():
        for identifier, action in book.actions.items():
            place = Place(name, identifier)
            targets = [(Place(name, edge.target), edge.kind != "error") for edge in book.edges[identifier]]
            yield from ((place, target, succeeds) for target, succeeds in targets if target.action in book.actions)
            for entered in _entered(library, action):
                yield place, Place(entered, library.books[entered].start), False
                if action.type == "InvokeFlowModule":
                    returns.setdefault(entered, []).extend(target for target, _ in targets)
    for name, back in returns.items():
        for identifier, action in library.books[name].actions.items():
            if action.type == "EndFlowModuleExecution":
                yield from ((Place(name, identifier), target, False) for target in back)


def _entered(library: Library, action: Action) -> Iterator[str]:
    """Yield the documents that an action may lead into; one that is named by a value may be any."""
    if action.type == "TransferContactToQueue":
        names = {name for value in _hooks(library) for name in _named(library, value)}
    else:
        parameter = {"TransferToFlow": "ContactFlowId", "InvokeFlowModule": "FlowModuleId"}.get(action.type)
        names = set(_named(library, scalar_text(action.parameters.get(parameter, "")))) if parameter else set()
    yield from (name for name in sorted(names) if library.books[name].start in library.books[name].actions)


def _hooks(library: Library) -> Iterator[str]:
    for book in library.books.values():
        for action in book.actions.values():
            yield from (scalar_text(value) for name, value in given(action) if name == "hook.CustomerQueue")


def _named(library: Library, value: str) -> Iterator[str]:
    found = library.find(value)
    if found is not None:
        yield found.name
    elif any(True for _ in paths.find(value)):
        yield from library.books
