"""Metrics: where they are kept. One item a UTC day, quarter-hour, line and queue; its numbers change by ADD only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from chalicelib.metrics.models import INTERVAL_S, Booking, Slot
from chalicelib.platform.dynamo import decode, encode, store_errors
from chalicelib.platform.tenancy import TenantId, partition

_KEYS = frozenset({"pk", "sk"})
_SEPARATOR = "#"


class Client(Protocol):
    """Port: the one call of a DynamoDB client that reading counters needs."""

    def query(self, **request: Any) -> Mapping[str, Any]:
        """Return one page of items of one partition."""


def key(tenant: TenantId, slot: Slot) -> dict[str, str]:
    """Return the key of the counter item of `slot`."""
    sort = _SEPARATOR.join((f"{slot.start:%H:%M}", slot.line, slot.queue))
    return {"pk": partition(tenant, "KPI", f"{slot.start:%Y-%m-%d}"), "sk": sort}


def addition(tenant: TenantId, table: str, change: Booking) -> dict[str, Any]:
    """Return the transaction action that adds the counters of `change`, which may be negative, to its slot."""
    names = sorted(change.counters)
    return {
        "Update": {
            "TableName": table,
            "Key": encode(key(tenant, change.slot)),
            "UpdateExpression": "ADD " + ", ".join(f"#{n} :{n}" for n in range(len(names))),
            "ExpressionAttributeNames": {f"#{n}": name for n, name in enumerate(names)},
            "ExpressionAttributeValues": encode({f":{n}": change.counters[name] for n, name in enumerate(names)}),
        }
    }


def document(booking: Booking) -> dict[str, Any]:
    """Return `booking` as the plain value that is kept with the contact that caused it."""
    slot = booking.slot
    return {"slot": _SEPARATOR.join((f"{slot.start:%Y-%m-%dT%H:%M}", slot.line, slot.queue)), **booking.counters}


def from_document(kept: Mapping[str, Any]) -> Booking:
    """Return the booking that `document` wrote."""
    start, line, queue = str(kept["slot"]).split(_SEPARATOR)
    slot = Slot(start=datetime.fromisoformat(start).replace(tzinfo=UTC), line=line, queue=queue)
    return Booking(slot=slot, counters={name: int(count) for name, count in kept.items() if name != "slot"})


@dataclass(frozen=True, slots=True)
class Counters:
    """The counter items of one table."""

    client: Client
    table: str

    def between(self, tenant: TenantId, start: datetime, end: datetime) -> Iterator[Booking]:
        """Yield the counters of every slot that starts in [start, end), one Query a UTC day (and page).

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        day = start.replace(hour=0, minute=0)
        while day < end:
            first, last = max(start, day), min(end, day + timedelta(days=1)) - timedelta(seconds=INTERVAL_S)
            for item in self._day(partition(tenant, "KPI", f"{day:%Y-%m-%d}"), f"{first:%H:%M}", f"{last:%H:%M}"):
                clock, line, queue = item["sk"].split(_SEPARATOR)
                at = day.replace(hour=int(clock[:2]), minute=int(clock[3:]))
                counters = {name: int(count) for name, count in item.items() if name not in _KEYS}
                yield Booking(slot=Slot(start=at, line=line, queue=queue), counters=counters)
            day += timedelta(days=1)

    def _day(self, pk: str, first: str, last: str) -> Iterator[dict[str, Any]]:
        request: dict[str, Any] = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
            "ExpressionAttributeValues": encode({":pk": pk, ":first": first, ":last": last + "$"}),
        }
        while True:
            with store_errors("read counters"):
                page = self.client.query(**request)
            yield from (decode(item) for item in page["Items"])
            if not page.get("LastEvaluatedKey"):
                return
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]
