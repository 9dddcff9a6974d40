"""The documents that an exploration may enter, and how a parameter names one of them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flowlang import paths, references
from flowlang.catalogue.model import MOD
from flowlang.document import Action, Edge, scalar_text
from flowlang.explore import ways
from flowlang.explore.provided import provided
from flowlang.load import Loaded

_REFERENCE = re.compile(r"\{\{\??\s*(?:flow|module)\.([^{}]+?)\s*\}\}")
_QUALIFIER = re.compile(r":(?:\$LATEST|[A-Za-z0-9_-]+)$")


@dataclass(frozen=True, slots=True)
class Book:
    """One document with what the explorer needs of it, worked out once."""

    name: str
    loaded: Loaded
    actions: Mapping[str, Action] = field(init=False)
    edges: Mapping[str, tuple[Edge, ...]] = field(init=False)
    reads: Mapping[str, Mapping[str, paths.Path]] = field(init=False)

    def __post_init__(self) -> None:
        actions = self.loaded.flow.by_identifier()
        object.__setattr__(self, "actions", actions)
        object.__setattr__(self, "edges", {name: ways.possible(action) for name, action in actions.items()})
        object.__setattr__(self, "reads", {name: reads(action) for name, action in actions.items()})

    @property
    def is_module(self) -> bool:
        """Whether it is a module."""
        return self.loaded.type == MOD

    @property
    def start(self) -> str:
        """The first action's identifier."""
        return self.loaded.flow.start

    def reachable(self) -> set[str]:
        """Return the actions that some way through the language's rules may lead to."""
        seen: set[str] = set()
        waiting = [self.start]
        while waiting:
            name = waiting.pop()
            if name in self.actions and name not in seen:
                seen.add(name)
                waiting += [edge.target for edge in self.edges[name]]
        return seen


class Library:
    """The explored document and those that it may refer to."""

    def __init__(self, root: Loaded, others: Iterable[Loaded] = ()) -> None:
        self.books: dict[str, Book] = {"": Book("", root)}
        self._by_name: dict[str, str] = {}
        self._learn("", root)
        for other in others:
            if other == root:
                continue
            name = other.name or f"{other.where or 'flow'} {len(self.books)}"
            while name in self.books:
                name += "'"
            self.books[name] = Book(name, other)
            self._learn(name, other)

        self.provided = provided(action for book in self.books.values() for action in book.actions.values())

    def _learn(self, book: str, loaded: Loaded) -> None:
        for known in (*sorted(loaded.ids), loaded.name):
            if known:
                self._by_name.setdefault(known.casefold(), book)

    def find(self, value: str, shown: str = "") -> Book | None:
        """Return the document that a parameter's value (or the name the designer showed for it) means."""
        for candidate in _spellings(value, shown):
            book = self._by_name.get(candidate.casefold())
            if book is not None:
                return self.books[book]
        return None

    def action(self, book: str, identifier: str) -> Action | None:
        """Return an action, None when the document has none of this name."""
        return self.books[book].actions.get(identifier)


def _spellings(value: str, shown: str) -> Iterator[str]:
    """What a value may be called elsewhere: without its version, by its last part, as reference or placeholder."""
    qualified = value.count(":") == 1 or value.startswith("arn:")
    bare = _QUALIFIER.sub("", value) if qualified else value
    yield from (text for text in (value, bare, bare.rpartition("/")[2], shown) if text)
    yield value.removeprefix("${").removesuffix("}").removesuffix("Arn").rstrip(".")
    symbolic = _REFERENCE.fullmatch(value)
    parts = symbolic[1].split(".") if symbolic else []
    yield from (".".join(parts[:count]) for count in range(len(parts), 0, -1))


def shown_name(book: Book, action: Action) -> str:
    """Return the display name that the designer's metadata has for the flow or module of an action, '' if none."""
    about = book.loaded.flow.metadata.get("ActionMetadata")
    mine = about.get(action.identifier) if isinstance(about, Mapping) else None
    if not isinstance(mine, Mapping):
        return ""
    parameters = mine.get("parameters")
    places: list[Any] = [mine.get("contactFlow"), mine.get("contactFlowModule")]
    if isinstance(parameters, Mapping):
        places += [parameters.get("ContactFlowId"), parameters.get("FlowModuleId")]
    for place in places:
        if isinstance(place, Mapping):
            for key in ("displayName", "text", "name"):
                if isinstance(place.get(key), str) and place[key]:
                    return str(place[key])
    contact_flow = mine.get("ContactFlow") or mine.get("contactFlowName") or mine.get("contactFlowModuleName")
    return contact_flow if isinstance(contact_flow, str) else ""


def reads(action: Action) -> dict[str, paths.Path]:
    """Return the paths that an action reads, by their text; operands count."""
    texts = [*references.strings(action.parameters)]
    texts += [operand for condition in action.transitions.conditions for operand in condition.operands]
    return {path.text: path for text in texts for path in paths.find(text)}


def text(action: Action, name: str) -> str:
    """Return a parameter as text, '' when it is absent."""
    value = action.parameters.get(name)
    return "" if value is None else scalar_text(value)
