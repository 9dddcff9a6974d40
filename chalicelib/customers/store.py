"""Customers: where they are kept. The caller's item collection: a profile, open tickets, pointers to recent contacts.

One Query in descending order answers everything: the sort key PROFILE is greater than every OPEN#<ticket number>, which
is greater than every CONTACT#<instant>.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from chalicelib.customers.models import (
    RECENT_LIMIT,
    TICKETS_LIMIT,
    Caller,
    Keyed,
    OpenTicket,
    PastContact,
    Profile,
    keyed_form,
)
from chalicelib.platform import dynamo
from chalicelib.platform.budget import read_within
from chalicelib.platform.tenancy import TenantId, partition

PROFILE = "PROFILE"
CONTACT_PREFIX = "CONTACT#"
TICKET_PREFIX = "OPEN#"
ALIAS = "CALLER"


class Table(dynamo.GetClient, dynamo.QueryClient, Protocol):
    """Port: the calls of a DynamoDB client that this store makes."""


@dataclass(frozen=True, slots=True)
class CallerStore:
    """The callers and customers of one tenant's table."""

    client: Table
    table: str

    def find(self, tenant: TenantId, phone: str, *, now: datetime, within_s: float) -> Caller:
        """Return what is known of the caller `phone` (E.164) with one Query; unknown callers have no items.

        Raises:
            StoreUnavailable, Throttled: the store did not answer within `within_s` seconds or refused.

        """
        request = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": partition(tenant, "CALLER", phone)}},
            "ScanIndexForward": False,
            "Limit": 1 + TICKETS_LIMIT + RECENT_LIMIT,
        }
        answer = read_within("caller", within_s, lambda: self.client.query(**request))
        return _caller([dynamo.decode(item) for item in answer.get("Items", [])], now)

    def keyed(self, tenant: TenantId, typed: str, *, within_s: float) -> Keyed | None:
        """Return the customer who types `typed`; None when there is no such customer, or none with a number.

        Raises:
            StoreUnavailable, Throttled: as `find`.

        """
        key = dynamo.encode(_alias_key(tenant, typed))
        answer = read_within("customer number", within_s, lambda: self.client.get_item(TableName=self.table, Key=key))
        item = dynamo.decode(answer.get("Item") or {})
        return Keyed(customer_id=item["customer_id"], phone=item["phone"]) if "phone" in item else None


def _alias_key(tenant: TenantId, customer_id: str) -> dict[str, str]:
    return {"pk": partition(tenant, "CUSTOMER", keyed_form(customer_id)), "sk": ALIAS}


def _caller(items: list[dict[str, Any]], now: datetime) -> Caller:
    """Read the collection; what its TTL has passed is gone, although DynamoDB deletes it only days later."""
    alive = [item for item in items if int(item.get("ttl", 0)) > now.timestamp() or "ttl" not in item]
    customers = _customers(alive)
    recent = (_past_contact(item) for item in alive if str(item["sk"]).startswith(CONTACT_PREFIX))
    tickets = (_open_ticket(item) for item in alive if str(item["sk"]).startswith(TICKET_PREFIX))
    return Caller(
        profile=customers[0] if len(customers) == 1 else None,
        candidates=customers if len(customers) > 1 else (),
        recent=tuple(recent)[:RECENT_LIMIT],
        tickets=tuple(tickets),
    )


def profiles_of(item: Mapping[str, Any]) -> tuple[Profile, ...]:
    """Return who has the identity of a profile's item: nobody, one, or several who share it."""
    rows = [item, *item.get("others", ())] if "customer_id" in item else []
    return tuple(_profile(row) for row in rows)


def _profile(item: Mapping[str, Any]) -> Profile:
    return Profile(
        customer_id=item["customer_id"],
        name=item["name"],
        grade=item.get("grade"),
        language=item.get("language"),
        manager=item.get("manager"),
        of=item.get("of"),
    )


def _customers(items: list[dict[str, Any]]) -> tuple[Profile, ...]:
    """Return each customer who has the number once, whichever of his records has it."""
    found = (one for item in items if item["sk"] == PROFILE for one in profiles_of(item))
    return tuple({one.customer_id: one for one in found}.values())


def _open_ticket(item: Mapping[str, Any]) -> OpenTicket:
    return OpenTicket(number=item["number"], category=item["category"], at=datetime.fromisoformat(item["at"]))


def _past_contact(item: Mapping[str, Any]) -> PastContact:
    return PastContact(
        at=datetime.fromisoformat(item["at"]),
        contact_id=item["contact_id"],
        agent=item.get("agent"),
        queue=item.get("queue"),
        result=item.get("result"),
        line=item.get("line"),
        category=item.get("category"),
    )
