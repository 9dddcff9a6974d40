"""Menus: how they are used, kept as counters: one item an hour of UTC, line and version, changed by ADD only (IVR-12).

A call adds what its log says once, in the transaction that stores its contact: counted exactly once, and no write while
a caller waits.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Protocol

from chalicelib.menus import log
from chalicelib.menus.models import Use
from chalicelib.platform.dynamo import QueryClient, decode, encode, store_errors
from chalicelib.platform.tenancy import TenantId, partition

_KEYS = frozenset({"pk", "sk"})
_SEPARATOR = "#"


class Client(QueryClient, Protocol):
    """Port: the one call of a DynamoDB client that reading counters needs."""


class Place(NamedTuple):
    """Where a call left the menu: on which line, in which version of its tree, at which node."""

    line: str
    version: int
    node: str


def place(line: str, version: str, node: str) -> str:
    """Return where a call left the menu, as a contact keeps it: line, version and last node."""
    return " ".join((line, version, node))


def place_of(text: str) -> Place | None:
    """Return the place that `place` wrote, None for a text that is none."""
    words = text.split(" ")
    if len(words) != len(Place._fields) or not words[1].isdecimal():
        return None
    line, version, node = words
    return Place(line, int(version), node)


def key(tenant: TenantId, at: datetime, line: str, version: int) -> dict[str, str]:
    """Return the key of the counters of an hour."""
    return {
        "pk": partition(tenant, "MENUUSE", f"{at.astimezone(UTC):%Y-%m-%d}"),
        "sk": _SEPARATOR.join((line, f"{at.astimezone(UTC):%H}", f"{version:06d}")),
    }


def addition(tenant: TenantId, table: str, text: str, where: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the transaction action, by name, that counts the call with the log `text` that left the menu at `where`.

    Nothing where the texts are not those of a menu.
    """
    told, left = log.read(text), place_of(where)
    if told is None or left is None:
        return {}
    counters = log.counts(told, left.node)
    names = sorted(counters)
    update = {
        "TableName": table,
        "Key": encode(key(tenant, told.began_at, left.line, left.version)),
        "UpdateExpression": "ADD " + ", ".join(f"#{n} :{n}" for n in range(len(names))),
        "ExpressionAttributeNames": {f"#{n}": name for n, name in enumerate(names)},
        "ExpressionAttributeValues": encode({f":{n}": counters[name] for n, name in enumerate(names)}),
    }
    return {"menu-use": {"Update": update}}


@dataclass(frozen=True, slots=True)
class Usage:
    """The counters of one tenant's table."""

    client: Client
    table: str

    def between(self, tenant: TenantId, line: str, start: datetime, end: datetime) -> Iterator[Use]:
        """Yield what callers did in the hours that start in [start, end), one Query a UTC day (and page).

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        day = start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        while day < end:
            for item in self._day(tenant, line, day):
                _, hour, version = str(item["sk"]).split(_SEPARATOR)
                if start <= day + timedelta(hours=int(hour)) < end:
                    counters = {name: int(count) for name, count in item.items() if name not in _KEYS}
                    yield Use(version=int(version), counters=counters)
            day += timedelta(days=1)

    def _day(self, tenant: TenantId, line: str, day: datetime) -> Iterator[dict[str, Any]]:
        pk = key(tenant, day, line, 0)["pk"]
        request: dict[str, Any] = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
            "ExpressionAttributeValues": encode(
                {":pk": pk, ":first": f"{line}{_SEPARATOR}00", ":last": f"{line}{_SEPARATOR}24"}
            ),
        }
        while True:
            with store_errors("menu usage"):
                page = self.client.query(**request)
            yield from (decode(item) for item in page.get("Items", []))
            if not page.get("LastEvaluatedKey"):
                return
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]
