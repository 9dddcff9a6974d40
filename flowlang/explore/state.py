"""Where an exploration stands: a place, the calls that it must return from, what is known, how long it was silent."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

MAX_SILENCE_S = 21
"""Silence is counted up to here: more than the 20 s that matter makes no difference."""


EARLIER = "(an earlier flow)"
"""Fact: this way supposes that an earlier flow set values, because one was tested that no action here had set."""

FAILED = "(setting failed)"
"""Fact: setting values has failed once on this way. It hardly ever does: twice on one way is not tried."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """An action of a document; `book` is '' for the explored one."""

    book: str
    action: str


type Fact = tuple[str, str | None]
"""A value that is there: its path without `$.`, and its text, None when that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """`told`: since the last thing that happened to the caller something was said. `heard`: anything ever was.

    `facts` that are not listed are unset, or come from outside; `loops` counts rounds by place.
    """

    at: Place
    stack: tuple[Place, ...] = ()
    facts: frozenset[Fact] = frozenset()
    loops: frozenset[tuple[Place, int]] = frozenset()
    silent_s: int = 0
    told: bool = False
    heard: bool = False

    def knows(self, key: str) -> bool:
        """Whether something has set the value."""
        return any(name == key for name, _ in self.facts)

    def value(self, key: str) -> str | None:
        """Return the text of a value where it is known."""
        return next((text for name, text in self.facts if name == key), None)

    def with_facts(self, new: Iterable[Fact], without: str = "") -> Self:
        """Return the state with these facts; `without` clears a whole namespace first."""
        added = dict(new)
        kept = {
            (name, text)
            for name, text in self.facts
            if name not in added and not (without and (name == without or name.startswith(without + ".")))
        }
        return replace(self, facts=frozenset(kept | set(added.items())))

    def rounds(self, place: Place) -> int:
        """Return how often a loop has gone on since it last was done."""
        return next((count for at, count in self.loops if at == place), 0)

    def with_rounds(self, place: Place, count: int) -> Self:
        """Return the state with another count; 0 forgets the loop."""
        kept = {(at, rounds) for at, rounds in self.loops if at != place}
        return replace(self, loops=frozenset(kept | ({(place, count)} if count else set())))

    def silent_for(self, seconds: int) -> Self:
        """Return the state after more silence."""
        return replace(self, silent_s=min(self.silent_s + seconds, MAX_SILENCE_S))

    def spoken_to(self) -> Self:
        """Return the state after something audible."""
        return replace(self, silent_s=0, told=True, heard=True)
