"""Metrics: where they are kept. One item a quarter-hour, line, queue and entry number; it changes by ADD only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from chalicelib.metrics.models import INTERVAL_S, NO_NUMBER, Booking, Slot
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
    return {"pk": partition(tenant, "KPI", f"{slot.start:%Y-%m-%d}"), "sk": _place(f"{slot.start:%H:%M}", slot)}


def _place(time: str, slot: Slot) -> str:
    """Return `time`, line, queue and, unless no number was dialled, the entry number, as one text."""
    number = () if slot.number == NO_NUMBER else (slot.number,)
    return _SEPARATOR.join((time, slot.line, slot.queue, *number))


def _slot(start: datetime, line: str, queue: str, number: str = NO_NUMBER) -> Slot:
    return Slot(start=start, line=line, queue=queue, number=number)


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
    return {"slot": _place(f"{booking.slot.start:%Y-%m-%dT%H:%M}", booking.slot), **booking.counters}


def from_document(kept: Mapping[str, Any]) -> Booking:
    """Return the booking that `document` wrote."""
    start, *where = str(kept["slot"]).split(_SEPARATOR)
    slot = _slot(datetime.fromisoformat(start).replace(tzinfo=UTC), *where)
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
                clock, *where = item["sk"].split(_SEPARATOR)
                at = day.replace(hour=int(clock[:2]), minute=int(clock[3:]))
                counters = {name: int(count) for name, count in item.items() if name not in _KEYS}
                yield Booking(slot=_slot(at, *where), counters=counters)
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
