"""Pages of a list whose sort keys are `<instant>#<id>`: the condition of the next page, and where it begins."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
