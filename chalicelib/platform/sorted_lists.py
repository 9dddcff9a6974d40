"""Sorted lists in an index: where things stand by a value, a part of a list, and pages of it that are narrowed.

A thing has one index entry for each order in which it is listed. Its place is the value, then a name, then its id, so
that things of the same value stand by name and no two at the same place.
"""

import heapq
import itertools
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from chalicelib.platform.dynamo import QueryClient, decode, encode, store_errors
from chalicelib.platform.errors import InvalidInput

SEPARATOR: Final = "\t"
"""Between the parts of a place. It sorts before every character that a part may hold."""
LAST: Final = "\U0010ffff"
"""Sorts after everything."""
ROUNDS: Final = 10
"""Pages of a list that one request reads to fill its own: narrowing happens after reading."""
READ_AT_ONCE: Final = 100
_LONGEST_PART: Final = 80
_OFFSET: Final = 10**15


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A part of a sorted list: the places from `low` to `high`, both included, of the list by `sort`."""

    sort: str
    low: str
    high: str
    descending: bool


class Table(QueryClient, Protocol):
    """Port: the one call of a DynamoDB client that reading a list needs."""


@dataclass(frozen=True, slots=True)
class Lists:
    """Where sorted lists are read: the `index` of a table; `what` says in words what is read."""

    client: Table
    what: str
    table: str
    index: str = "gsi2"


def sort_text(value: str | int | bool | None) -> str:  # noqa: FBT001 - the value of a field
    """Return `value` as it sorts: texts regardless of case, numbers by size, what is absent first."""
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case int():
            return f"{value + _OFFSET:016d}"
        case str():
            folded = " ".join(unicodedata.normalize("NFKC", value).casefold().split())
            return "".join(one for one in folded if one.isprintable())[:_LONGEST_PART]


def place_of(value: str | int | bool | None, name: str | None, id_: str) -> str:  # noqa: FBT001 - as `sort_text`
    """Return where a thing stands in a list: by value, then name, then id."""
    return SEPARATOR.join((sort_text(value), sort_text(name), id_))


def is_place(text: str) -> bool:
    """Return whether `place_of` can have written `text`."""
    parts = text.split(SEPARATOR)
    return len(parts) == 3 and parts[2] != "" and "#" not in parts[2]  # noqa: PLR2004 - as `place_of`


def id_at(where: str) -> str:
    """Return the id in a place."""
    return where.rpartition(SEPARATOR)[2]


def exactly(value: str | int | bool) -> tuple[str, str]:  # noqa: FBT001 - as `sort_text`
    """Return the lowest and the highest place of things with this value."""
    low = sort_text(value) + SEPARATOR
    return low, low + LAST


def beginning(value: str) -> tuple[str, str]:
    """Return the lowest and the highest place of things whose value begins with `value`, in any case."""
    low = sort_text(value)
    return low, low + LAST


def read_places(
    lists: Lists, partitions: Sequence[str], where: Range, *, after: str | None, limit: int
) -> tuple[list[str], bool]:
    """Return up to `limit` places of a list after the place `after`, in order, and whether more may follow.

    A list may lie in several partitions, each read by one Query and merged.

    Raises:
        InvalidInput: `after` is no place of this part of the list.
        StoreUnavailable, Throttled: the store could not answer.

    """
    if after is not None and not (where.low <= after <= where.high and is_place(after)):
        raise InvalidInput("the cursor does not belong to this list", field="cursor")
    found = [_places(lists, pk, where, after, limit + 1) for pk in partitions]
    merged = heapq.merge(*found, reverse=where.descending)
    places = list(itertools.islice(merged, limit))
    return places, sum(map(len, found)) > len(places)


def _places(lists: Lists, pk: str, where: Range, after: str | None, limit: int) -> list[str]:
    """Return up to `limit` places after `after`, which is asked for too and left out."""
    low, high = where.low, where.high
    if after is not None:
        low, high = (low, after) if where.descending else (after, high)
    sort_key = f"{lists.index}sk"
    request = {
        "TableName": lists.table,
        "IndexName": lists.index,
        "KeyConditionExpression": f"{lists.index}pk = :pk AND {sort_key} BETWEEN :low AND :high",
        "ExpressionAttributeValues": encode({":pk": pk, ":low": low, ":high": high}),
        "ScanIndexForward": not where.descending,
        "Limit": limit + 1,
    }
    with store_errors(lists.what):
        answer = lists.client.query(**request)
    places = (str(decode(item)[sort_key]) for item in answer.get("Items", []))
    return [place for place in places if place != after][:limit]


def fill[Thing](
    read: Callable[[str | None], tuple[list[str], bool]],
    look_up: Callable[[Sequence[str]], Mapping[str, Thing]],
    fits: Callable[[Thing], bool],
    *,
    after: str | None,
    limit: int,
) -> tuple[tuple[Thing, ...], str | None]:
    """Return up to `limit` things that fit, in the order of their places, and the place to go on after.

    At most ROUNDS pages are read: an answer may be short and go on. None: there is no more. The place to go on after
    is that of the last thing that fits, where there is one: what does not may be nothing that the user knows of.
    """
    found: list[Thing] = []
    shown: str | None = None
    for _ in range(ROUNDS):
        places, more = read(after)
        known = look_up([id_at(place) for place in places])
        for place in places:
            thing = known.get(id_at(place))
            if thing is not None and fits(thing):
                found.append(thing)
                shown = place
                if len(found) == limit:
                    return tuple(found), place
        if not more or not places:
            return tuple(found), None
        after = places[-1]
    return tuple(found), shown or after
