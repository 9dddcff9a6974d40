"""Reading what providers are told, strictly: an unknown or wrong field is refused with its place."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


class BadProviders(ValueError):
    """The document cannot be used; the text says which part and what was expected."""


class Part:
    """One object of the document. Every field must be asked for; `done` refuses those that nobody asked for."""

    def __init__(self, value: Any, place: str) -> None:
        if not isinstance(value, Mapping):
            msg = f"{place or 'the document'} is {value!r}, expected an object"
            raise BadProviders(msg)
        self._value = value
        self.place = place
        self._asked: set[str] = set()

    def text(self, name: str, default: str | None = None) -> str:
        """A text; without a default it must be there."""
        found = self._take(name, default)
        if not isinstance(found, str):
            msg = f"{self.at(name)} is {found!r}, expected a text"
            raise BadProviders(msg)
        return found

    def choice(self, name: str, words: Sequence[str], default: str) -> str:
        """One of some words."""
        found = self.text(name, default)
        if found not in words:
            msg = f"{self.at(name)} is {found!r}, expected one of {', '.join(words)}"
            raise BadProviders(msg)
        return found

    def number(self, name: str, default: float) -> float:
        """A number of at least 0."""
        found = self._take(name, default)
        if isinstance(found, bool) or not isinstance(found, int | float) or found < 0:
            msg = f"{self.at(name)} is {found!r}, expected a number of at least 0"
            raise BadProviders(msg)
        return float(found)

    def flag(self, name: str, *, default: bool) -> bool:
        """True or false."""
        found = self._take(name, default)
        if not isinstance(found, bool):
            msg = f"{self.at(name)} is {found!r}, expected true or false"
            raise BadProviders(msg)
        return found

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; empty when it is absent."""
        found = self._take(name, ())
        if not isinstance(found, list | tuple) or not all(isinstance(one, str) for one in found):
            msg = f"{self.at(name)} is {found!r}, expected a list of texts"
            raise BadProviders(msg)
        return tuple(found)

    def mapping(self, name: str) -> dict[str, str]:
        """An object whose values are texts; empty when it is absent."""
        found = self._take(name, {})
        if not isinstance(found, Mapping) or not all(isinstance(one, str) for one in found.values()):
            msg = f"{self.at(name)} is {found!r}, expected an object of texts"
            raise BadProviders(msg)
        return dict(found)

    def part(self, name: str) -> "Part":
        """An object; an empty one when it is absent."""
        return Part(self._take(name, {}), self.at(name))

    def parts(self, name: str) -> Iterator["Part"]:
        """The objects of a list; none when it is absent."""
        found = self._take(name, ())
        if not isinstance(found, list | tuple):
            msg = f"{self.at(name)} is {found!r}, expected a list"
            raise BadProviders(msg)
        return (Part(one, f"{self.at(name)}[{position}]") for position, one in enumerate(found))

    def named(self, name: str) -> Iterator[tuple[str, "Part"]]:
        """The objects of an object, by name; none when it is absent."""
        inner = self.part(name)
        return ((key, inner.part(key)) for key in inner.names())

    def names(self) -> tuple[str, ...]:
        """The names of the fields."""
        return tuple(self._value)

    def has(self, name: str) -> bool:
        """Whether the field is there."""
        return name in self._value

    def done(self) -> None:
        """Refuse fields that nobody asked for."""
        unknown = sorted(set(self._value) - self._asked)
        if unknown:
            msg = f"{self.place or 'the document'} has {', '.join(unknown)}, known are {', '.join(sorted(self._asked))}"
            raise BadProviders(msg)

    def at(self, name: str) -> str:
        """The place of a field, for a message."""
        return f"{self.place}.{name}" if self.place else name

    def _take(self, name: str, default: Any) -> Any:
        self._asked.add(name)
        found = self._value.get(name, default)
        if found is None:
            msg = f"{self.at(name)} is missing"
            raise BadProviders(msg)
        return found
