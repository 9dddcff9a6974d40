"""Which values are still of use at a place: a value that nothing reads any more makes no two states differ."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from flowlang import paths
from flowlang.document import Action, scalar_text
from flowlang.explore.library import Book, Library, reads
from flowlang.explore.provided import given
from flowlang.explore.state import Fact, Place, State
from flowlang.explore.values import key_of, source_of

_STEERED = frozenset({"Compare", "Loop", "TransferToFlow", "InvokeFlowModule", "CheckMetricData"})


class Liveness:
    """Knows of every place which facts may matter from there on."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._texts = frozenset(_steering(library))
        readers = {name: _readers(book) for name, book in library.books.items()}
        self._live: dict[Place, frozenset[str]] = {}
        for name, book in library.books.items():
            elsewhere = frozenset(key for other, found in readers.items() if other != name for key in found)
            for place, keys in _backwards(book, readers[name]).items():
                self._live[Place(name, place)] = frozenset(keys) | elsewhere

    def trim(self, state: State) -> State:
        """Return the state without facts that do not matter, and without texts that nothing tests."""
        live = self._live.get(state.at, frozenset())
        kept: set[Fact] = {(key, text if key in self._texts else None) for key, text in state.facts if key in live}
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


def _readers(book: Book) -> dict[str, set[str]]:
    """Return the actions that read each value."""
    found: dict[str, set[str]] = {}
    for name, action in book.actions.items():
        for key in _read_by(action):
            found.setdefault(key, set()).add(name)
    return found


def _read_by(action: Action) -> Iterable[str]:
    keys = {key_of(path) for path in reads(action).values()}
    keys |= {source_of(key) for key in keys}
    return keys | ({"Queue", "hook.CustomerQueue"} if action.type == "TransferContactToQueue" else set())


def _backwards(book: Book, readers: dict[str, set[str]]) -> dict[str, set[str]]:
    """Return for each action the values that it or an action behind it reads."""
    before: dict[str, list[str]] = {}
    for name, edges in book.edges.items():
        for edge in edges:
            before.setdefault(edge.target, []).append(name)
    live: dict[str, set[str]] = {name: set() for name in book.actions}
    for key, starts in readers.items():
        waiting = list(starts)
        while waiting:
            name = waiting.pop()
            if key not in live[name]:
                live[name].add(key)
                waiting += before.get(name, [])
    return live
