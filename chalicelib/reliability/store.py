"""Reliability: where looks are kept. One item a look, by UTC day and time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from chalicelib.platform.dynamo import PutClient, QueryClient, decode, encode, store_errors
from chalicelib.platform.instants import instant
from chalicelib.platform.tenancy import TenantId, partition
from chalicelib.reliability.models import Check, Look, State, Usage

KEPT: Final = timedelta(days=400)
"""A year and a month: a yearly availability can be told for a whole year."""


class Client(PutClient, QueryClient, Protocol):
    """Port: the calls of a DynamoDB client that looks need."""


@dataclass(frozen=True, slots=True)
class Looks:
    """The looks of one tenant."""

    client: Client
    table: str
    tenant: TenantId

    def put(self, look: Look) -> None:
        """Keep a look.

        Raises:
            Throttled, StoreUnavailable: it is not kept.

        """
        with store_errors("keep a look"):
            self.client.put_item(TableName=self.table, Item=encode(item(self.tenant, look)))

    def latest(self, now: datetime) -> Look | None:
        """Return the newest look of today or yesterday (UTC).

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        for day in (now, now - timedelta(days=1)):
            found = self._page(day, "0", instant(now), forward=False, limit=1)
            if found["Items"]:
                return look_of(decode(found["Items"][0]))
        return None

    def between(self, start: datetime, end: datetime) -> Iterator[Look]:
        """Yield the looks of [start, end) in order, one Query a UTC day and page.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        day = start
        while day.date() <= end.date():
            after: Any = None
            while True:
                page = self._page(day, instant(start), instant(end - timedelta(seconds=1)), after=after)
                yield from (look_of(decode(one)) for one in page["Items"])
                after = page.get("LastEvaluatedKey")
                if after is None:
                    break
            day += timedelta(days=1)

    def _page(
        self, day: datetime, first: str, last: str, *, forward: bool = True, limit: int | None = None, after: Any = None
    ) -> Mapping[str, Any]:
        bounds = {":pk": partition(self.tenant, "HEALTH", f"{day:%Y-%m-%d}"), ":first": first, ":last": last}
        with store_errors("read looks"):
            return self.client.query(
                TableName=self.table,
                KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
                ExpressionAttributeValues=encode(bounds),
                ScanIndexForward=forward,
                **({"Limit": limit} if limit else {}),
                **({"ExclusiveStartKey": after} if after else {}),
            )


def item(tenant: TenantId, look: Look) -> dict[str, Any]:
    """Return the item of a look."""
    at = instant(look.at)
    return {
        "pk": partition(tenant, "HEALTH", at[:10]),
        "sk": at,
        "checks": [
            {"name": one.name, "ok": one.ok, "took_ms": one.took_ms, "problem": one.problem, "state": one.state.value}
            for one in look.checks
        ],
        "usages": [
            {"name": one.name, "used": one.used, "quota": one.quota, "state": one.state.value} for one in look.usages
        ],
        "counted_at": instant(look.counted_at) if look.counted_at else None,
        "ttl": int((look.at + KEPT).timestamp()),
    }


def look_of(kept: Mapping[str, Any]) -> Look:
    """Return the look that `item` wrote."""
    return Look(
        at=datetime.fromisoformat(kept["sk"]),
        checks=tuple(Check(**{**one, "state": State(one["state"])}) for one in kept["checks"]),
        usages=tuple(Usage(**{**one, "state": State(one["state"])}) for one in kept["usages"]),
        counted_at=datetime.fromisoformat(kept["counted_at"]) if kept["counted_at"] else None,
    )
