"""Contacts: all of one customer in one line of time, over every number, address and channel (CRM-05).

Pointers lie with whoever called or wrote and with the customer that the contact was with. A page is one Query of each
of these places, merged, and one read of the contacts themselves with their tickets.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from chalicelib.contacts import items
from chalicelib.contacts.models import Entry, Stretch, Whose
from chalicelib.customers.models import identity_part
from chalicelib.platform import dynamo
from chalicelib.platform.errors import InvalidInput
from chalicelib.platform.instants import instant
from chalicelib.platform.tenancy import TenantId
from chalicelib.tickets.service import newest_key

_LAST: Final = "9999"


class Table(dynamo.BatchClient, dynamo.QueryClient, Protocol):
    """Port: the calls of a DynamoDB client that this makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The contacts of customers in one tenant's table."""

    client: Table
    table: str
    tenant: TenantId

    def page(self, whose: Whose, *, oldest: datetime, after: str | None, limit: int) -> Stretch:
        """Return at most `limit` contacts that began at `oldest` or later, after the position `after`, newest first.

        A contact from a shared number that was with somebody else is left out, so a page may be short.

        Raises:
            InvalidInput: `after` is no position of a list of contacts.
            StoreUnavailable, Throttled: the store could not answer.

        """
        if after is not None and not items.is_position(after):
            raise InvalidInput("the cursor does not belong to this list", field="cursor")
        low = items.POINTER_PREFIX + instant(oldest)
        ways = [self._positions(pk, low, after, limit) for pk in self._partitions(whose)]
        merged = dict.fromkeys(heapq.merge(*ways, reverse=True))
        places = list(merged)[:limit]
        entries = self._entries([place.partition("#")[2] for place in places])
        mine = (one for one in entries if one.contact.customer_id in {None, *whose.ids})
        return Stretch(entries=tuple(mine), after=places[-1] if len(places) == limit else None)

    def _partitions(self, whose: Whose) -> Iterator[str]:
        for customer_id in whose.ids:
            yield items.customer_partition(self.tenant, customer_id)
        for kind, value in whose.identities:
            yield items.caller_partition(self.tenant, identity_part(kind, value))

    def _positions(self, pk: str, low: str, after: str | None, limit: int) -> list[str]:
        high = items.POINTER_PREFIX + (after or _LAST)
        if high < low:
            return []
        request = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :low AND :high",
            "ExpressionAttributeValues": dynamo.encode({":pk": pk, ":low": low, ":high": high}),
            "ScanIndexForward": False,
            "Limit": limit + 1,
        }
        with dynamo.store_errors("contacts of a customer"):
            answer = self.client.query(**request)
        found = (str(dynamo.decode(item)["sk"]) for item in answer.get("Items", []))
        places = (sk.removeprefix(items.POINTER_PREFIX) for sk in found)
        return [place for place in places if place != after][:limit]

    def _entries(self, ids: Sequence[str]) -> Iterator[Entry]:
        keys = [key for id_ in ids for key in (items.contact_key(self.tenant, id_), newest_key(self.tenant, id_))]
        read = dynamo.read_keys(self.client, "contacts of a customer", self.table, keys)
        found = {(item["pk"], item["sk"]): item for item in read}
        for id_ in ids:
            contact, ticket = items.contact_key(self.tenant, id_), newest_key(self.tenant, id_)
            kept = found.get((contact["pk"], contact["sk"]))
            linked = found.get((ticket["pk"], ticket["sk"]), {})
            if kept is not None:
                yield Entry(contact=items.contact_of(kept), ticket=linked.get("number"))
