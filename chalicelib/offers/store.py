"""Offers: where they are kept. One item a ring, in the list of open ones until somebody accepts it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from chalicelib.offers.models import Ring
from chalicelib.platform.dynamo import (
    BatchClient,
    GetClient,
    PutClient,
    QueryClient,
    attempt_put,
    decode,
    encode,
    read_keys,
    store_errors,
)
from chalicelib.platform.instants import instant
from chalicelib.platform.tenancy import TenantId, partition

SORT: Final = "OFFER"
KEPT: Final = timedelta(days=1)
"""A ring is of use for seconds; a day later somebody may still ask what became of a call."""
_LAST: Final = "~"
_TOGETHER: Final = 100
"""Items that one BatchGetItem reads."""


class Client(BatchClient, GetClient, PutClient, QueryClient, Protocol):
    """Port: the calls of a DynamoDB client that offers need."""


def key(tenant: TenantId, contact_id: str) -> dict[str, str]:
    """Return the key of a contact's ring."""
    return {"pk": partition(tenant, "OFFER", contact_id), "sk": SORT}


def item(tenant: TenantId, ring: Ring) -> dict[str, Any]:
    """Return the ring's item. Only an open one is in the list: the write of its winner takes it out for all others."""
    listed = {"gsi2pk": partition(tenant, "OFFERS", tenant), "gsi2sk": f"{instant(ring.until)}#{ring.contact_id}"}
    return {
        **key(tenant, ring.contact_id),
        **(listed if ring.is_open else {}),
        "contact_id": ring.contact_id,
        "line": ring.line,
        "queue": ring.queue,
        "agents": dict(sorted(ring.agents.items())),
        "offered_at": instant(ring.offered_at),
        "until": instant(ring.until),
        **({"winner": ring.winner} if ring.winner is not None else {}),
        "placed": ring.placed,
        "gone": ring.gone,
        "revision": ring.revision,
        "ttl": int((ring.until + KEPT).timestamp()),
    }


def ring_of(found: Mapping[str, Any]) -> Ring:
    """Return the ring that `item` wrote."""
    return Ring(
        contact_id=found["contact_id"],
        line=found["line"],
        queue=found["queue"],
        agents=found["agents"],
        offered_at=datetime.fromisoformat(found["offered_at"]),
        until=datetime.fromisoformat(found["until"]),
        winner=found.get("winner"),
        placed=found["placed"],
        gone=found["gone"],
        revision=found["revision"],
    )


@dataclass(frozen=True, slots=True)
class Rings:
    """The rings of one tenant."""

    client: Client
    table: str
    tenant: TenantId

    def begin(self, ring: Ring) -> bool:
        """Keep a new ring. False when the contact had one before: a repeated decision offers nothing anew.

        Raises:
            Throttled, StoreUnavailable: nothing was written.

        """
        request = {
            "TableName": self.table,
            "Item": encode(item(self.tenant, ring)),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        return attempt_put(self.client, "offer a contact", request) is None

    def find(self, contact_id: str) -> Ring | None:
        """Return a contact's ring as it is now.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        wanted = encode(key(self.tenant, contact_id))
        with store_errors("read an offer"):
            answer = self.client.get_item(TableName=self.table, Key=wanted, ConsistentRead=True)
        return ring_of(decode(answer["Item"])) if "Item" in answer else None

    def save(self, new: Ring, seen: int) -> bool:
        """Store `new` over the revision `seen`; False: it has changed since.

        Raises:
            Throttled, StoreUnavailable: nothing was written.

        """
        request = {
            "TableName": self.table,
            "Item": encode(item(self.tenant, new)),
            "ConditionExpression": "revision = :seen",
            "ExpressionAttributeValues": encode({":seen": seen}),
        }
        return attempt_put(self.client, "change an offer", request) is None

    def in_time(self, now: datetime) -> Iterator[Ring]:
        """Yield the open rings whose time is not over, those that end first in front; at most a hundred of them.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        values = {":pk": partition(self.tenant, "OFFERS", self.tenant), ":first": instant(now), ":last": _LAST}
        with store_errors("list offers"):
            answer = self.client.query(
                TableName=self.table,
                IndexName="gsi2",
                KeyConditionExpression="gsi2pk = :pk AND gsi2sk BETWEEN :first AND :last",
                ExpressionAttributeValues=encode(values),
                Limit=_TOGETHER,
            )
        # The index holds no more than a list row shows; a ring is read whole, and as it is now.
        keys = [{name: item[name] for name in ("pk", "sk")} for item in map(decode, answer["Items"])]
        whole = {
            found["pk"]: found for found in read_keys(self.client, "list offers", self.table, keys, consistent=True)
        }
        yield from (ring for key in keys if key["pk"] in whole and (ring := ring_of(whole[key["pk"]])).is_open)
