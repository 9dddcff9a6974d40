"""Metrics: where they are kept. One item a quarter-hour, line, queue and entry number; it changes by ADD only.

Beside it one a quarter-hour and agent, by day, agent and time: one agent's month is some thirty short reads.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from chalicelib.metrics.models import INTERVAL_S, NO_NUMBER, AgentSlot, Booking, Slot
from chalicelib.platform.dynamo import QueryClient, decode, encode, store_errors
from chalicelib.platform.tenancy import TenantId, partition

_NO_COUNTERS = frozenset({"pk", "sk", "slot", "agent"})
_SEPARATOR = "#"


class Client(QueryClient, Protocol):
    """Port: the one call of a DynamoDB client that reading counters needs."""


def key(tenant: TenantId, slot: Slot) -> dict[str, str]:
    """Return the key of the counter item of `slot`."""
    return {"pk": partition(tenant, "KPI", f"{slot.start:%Y-%m-%d}"), "sk": _place(f"{slot.start:%H:%M}", slot)}


def agent_key(tenant: TenantId, slot: AgentSlot) -> dict[str, str]:
    """Return the key of the counter item of an agent."""
    return {
        "pk": partition(tenant, "AGENTKPI", f"{slot.start:%Y-%m-%d}"),
        "sk": f"{slot.agent}{_SEPARATOR}{slot.start:%H:%M}",
    }


def _place(time: str, slot: Slot) -> str:
    """Return `time`, line, queue and, unless no number was dialled, the entry number, as one text."""
    number = () if slot.number == NO_NUMBER else (slot.number,)
    return _SEPARATOR.join((time, slot.line, slot.queue, *number))


def _slot(start: datetime, line: str, queue: str, number: str = NO_NUMBER) -> Slot:
    return Slot(start=start, line=line, queue=queue, number=number)


def addition(tenant: TenantId, table: str, change: Booking) -> dict[str, Any]:
    """Return the transaction action that adds the counters of `change`, which may be negative, to its slot."""
    return _addition(table, key(tenant, change.slot), change.counters)


def agent_addition(tenant: TenantId, table: str, change: Booking[AgentSlot]) -> dict[str, Any]:
    """Return the same at an agent."""
    return _addition(table, agent_key(tenant, change.slot), change.counters)


def _addition(table: str, item: Mapping[str, str], counters: Mapping[str, int]) -> dict[str, Any]:
    names = sorted(counters)
    return {
        "Update": {
            "TableName": table,
            "Key": encode(item),
            "UpdateExpression": "ADD " + ", ".join(f"#{n} :{n}" for n in range(len(names))),
            "ExpressionAttributeNames": {f"#{n}": name for n, name in enumerate(names)},
            "ExpressionAttributeValues": encode({f":{n}": counters[name] for n, name in enumerate(names)}),
        }
    }


def place_of(slot: Slot) -> str:
    """Return `slot` as one text, which sorts by time."""
    return _place(f"{slot.start:%Y-%m-%dT%H:%M}", slot)


def slot_of(place: str) -> Slot:
    """Return the slot that `place_of` wrote."""
    start, *where = place.split(_SEPARATOR)
    return _slot(datetime.fromisoformat(start).replace(tzinfo=UTC), *where)


def document(booking: Booking) -> dict[str, Any]:
    """Return `booking` as the plain value that is kept with the contact that caused it."""
    agent = {"agent": booking.agent} if booking.agent else {}
    return {"slot": place_of(booking.slot), **agent, **booking.counters}


def from_document(kept: Mapping[str, Any]) -> Booking:
    """Return the booking that `document` wrote."""
    return Booking(slot=slot_of(str(kept["slot"])), counters=_counters(kept), agent=kept.get("agent"))


def _counters(item: Mapping[str, Any]) -> dict[str, int]:
    return {name: int(count) for name, count in item.items() if name not in _NO_COUNTERS}


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
                yield Booking(slot=_slot(at, *where), counters=_counters(item))
            day += timedelta(days=1)

    def of_agents(
        self, tenant: TenantId, start: datetime, end: datetime, agent: str | None = None
    ) -> Iterator[Booking[AgentSlot]]:
        """Yield the counters of agents in every slot that starts in [start, end), of one agent or of all.

        One Query a UTC day (and page); of all agents the whole day is read, because it is sorted by agent.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        day = start.replace(hour=0, minute=0)
        first, last = (f"{agent}{_SEPARATOR}", f"{agent}{_SEPARATOR}~") if agent else (" ", "\U0010ffff")
        while day < end:
            for item in self._day(partition(tenant, "AGENTKPI", f"{day:%Y-%m-%d}"), first, last):
                name, _, clock = item["sk"].rpartition(_SEPARATOR)
                at = day.replace(hour=int(clock[:2]), minute=int(clock[3:]))
                if start <= at < end:
                    yield Booking(slot=AgentSlot(start=at, agent=name), counters=_counters(item))
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
