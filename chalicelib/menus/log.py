"""Menus: the log of a call as one text, and what it says of each node (IVR-12). Pure.

The text is a contact attribute, so a step costs no write: `2026-03-02T01:00:00Z 9.main.4.key 20.business.-.no-input`.
First the instant at which the menu began, then for each step the seconds since, the node, the choice and the exit.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from chalicelib.menus.models import STAYING, Entry, Exit
from chalicelib.platform.instants import instant

ENDS = frozenset({Exit.ROUTE, Exit.EMERGENCY, Exit.LINE, Exit.VOICEMAIL, Exit.GOODBYE, Exit.DONE})
"""Exits after which the menu is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """The steps of one call, and the node at which the caller was last."""

    began_at: datetime
    entries: tuple[Entry, ...] = ()


def began(at: datetime) -> str:
    """Return the text of a log without steps."""
    return instant(at)


def began_at(text: str) -> datetime | None:
    """Return when the menu of the log `text` began, None for a text that is no log."""
    try:
        return datetime.fromisoformat(text.partition(" ")[0])
    except ValueError:
        return None


def more(text: str, entries: Iterable[Entry]) -> str:
    """Return the log `text` with `entries` after it."""
    return " ".join([text, *(f"{each.at_s}.{each.node}.{each.choice}.{each.exit}" for each in entries)])


def read(text: str) -> Log | None:
    """Return the log that `text` tells, None for what `began` and `more` cannot have written."""
    first, *rest = text.split(" ")
    try:
        return Log(began_at=datetime.fromisoformat(first), entries=tuple(_entry(word) for word in rest))
    except ValueError:
        return None


def _entry(word: str) -> Entry:
    at_s, node, choice, why = word.split(".")
    return Entry(at_s=int(at_s), node=node, choice=choice, exit=Exit(why))


def counts(log: Log, last: str) -> Mapping[str, int]:
    """Return what the call adds to the report: `<node>.visits`, `<node>.<exit>` and how it ended.

    `last` is the node at which the caller stood when the call left the menu. A visit begins whenever a caller comes to
    a node; retries and repeats belong to it. A caller who went, or hung up, after an answer and before anything else
    was served by the menu (`<node>.completed`); one who hung up elsewhere dropped off (`<node>.left`).
    """
    found: Counter[str] = Counter(f"{entry.node}.{entry.exit}" for entry in log.entries)
    found.update(f"{node}.visits" for node in _visited(log, last))
    end = log.entries[-1].exit if log.entries else None
    if end is Exit.DONE or (end not in ENDS and _served(log, last)):
        found[f"{last}.completed"] += 1
    elif end not in ENDS:
        found[f"{last}.left"] += 1
    return dict(found)


def _served(log: Log, last: str) -> bool:
    """Tell whether the last visit, which was to `last`, had an answer."""
    for entry in reversed(log.entries):
        if entry.node != last or entry.exit not in STAYING:
            return False
        if entry.exit is Exit.ANSWERED:
            return True
    return False


def _visited(log: Log, last: str) -> Iterator[str]:
    entries = log.entries
    yield entries[0].node if entries else last
    for before, after in pairwise(entries):
        if before.exit not in STAYING:
            yield after.node
    if entries and entries[-1].exit not in STAYING | ENDS:
        yield last
