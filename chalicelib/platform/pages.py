"""Pages of a list whose sort keys are `<instant>#<id>`: the condition of the next page, and where it begins."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from chalicelib.platform.dynamo import encode
from chalicelib.platform.errors import InvalidInput

_FIRST, _LAST = "0", "~"
_BEHIND = "!"
"""Sorts before every character of an id: a position and this sort right behind the position itself."""


@dataclass(frozen=True, slots=True)
class Page[Row]:
    """Some rows, and the position after which the next page begins (None: there is no more)."""

    rows: tuple[Row, ...]
    after: str | None


def oldest_first(index: str, partition: str, after: str | None, limit: int) -> dict[str, Any]:
    """Return the request for at most `limit` entries of `partition` in `index` that come after the position `after`.

    The partition is the caller's own, so no cursor can lead into another list.

    Raises:
        InvalidInput: `after` is no position.

    """
    first = _FIRST if after is None else _checked(after) + _BEHIND
    return {
        "IndexName": index,
        "KeyConditionExpression": f"{index}pk = :pk AND {index}sk BETWEEN :first AND :last",
        "ExpressionAttributeValues": encode({":pk": partition, ":first": first, ":last": _LAST}),
        "Limit": limit,
    }


def next_after(answer: Any) -> str | None:
    """Return the position after which the next page of a DynamoDB answer begins; None: there is no more."""
    last: dict[str, Any] = answer.get("LastEvaluatedKey") or {}
    places = (str(value["S"]) for name, value in last.items() if name.startswith("gsi") and name.endswith("sk"))
    return next(places, None)


def _checked(after: str) -> str:
    at, _, name = after.partition("#")
    try:
        datetime.fromisoformat(at)
    except ValueError as error:
        raise InvalidInput("the cursor does not belong to this list", field="cursor") from error
    if not name:
        raise InvalidInput("the cursor does not belong to this list", field="cursor")
    return after


BEFORE: Final = "!"
"""Sorts before every id: what a list that is read from the oldest has behind its instants (`Shown.beyond`)."""
READS: Final = 10
"""Pages that are read at most for one answer of a list of which not everything may be seen."""
ROWS_A_READ: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown[Row]:
    """What of a list may be seen: which rows, and the place of a row as positions name it.

    `beyond` is what follows the instant in a position that the list comes to before every other of that instant.
    """

    sees: Callable[[Row], bool]
    place: Callable[[Row], str]
    beyond: str


def narrowed[Row](
    shown: Shown[Row],
    read: Callable[[str | None, int], tuple[Sequence[Row], str | None]],
    *,
    after: str | None,
    limit: int,
    at_once: int = ROWS_A_READ,
) -> Page[Row]:
    """Return at most `limit` rows that may be seen, of the list that `read` gives from a position on, `at_once` a read.

    Nobody learns of a hidden row from where the next page begins: that is the place of a row that is shown. A list
    that goes on has more to see, unless READS pages were read; when all of those were hidden the position is an
    instant alone, to the second, so the list must not have READS * `at_once` hidden rows in one second.
    """
    found: list[Row] = []
    for _ in range(READS):
        rows, after = read(after, at_once)
        found += (row for row in rows if shown.sees(row))
        if len(found) > limit:
            return Page(tuple(found[:limit]), shown.place(found[limit - 1]))
        if after is None:
            return Page(tuple(found), None)
    return Page(tuple(found), shown.place(found[-1]) if found else f"{(after or '').partition('#')[0]}#{shown.beyond}")
