"""Customers: where records are kept. A change, all that follows from it and its audit entry are one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chalicelib.audit.models import Act, Actor, Trail
from chalicelib.customers import merging, outbox, record_items
from chalicelib.customers.merging import Family
from chalicelib.customers.record import MOST_HOLDERS, CannotMerge, Claim, Customer, Identity, IdTaken, Outdated, Record
from chalicelib.platform import dynamo
from chalicelib.platform.sorted_lists import Lists, Range, read_places
from chalicelib.platform.tenancy import TenantId


class Table(dynamo.BatchClient, dynamo.QueryClient, dynamo.TransactClient, Protocol):
    """Port: the calls of a DynamoDB client that this store makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """Whose records are whose, in one tenant's table."""

    client: dynamo.BatchClient
    table: str
    tenant: TenantId

    def family(self, *ids: str) -> dict[str, Record]:
        """Return the records `ids` with all those of the same customers; an unknown id is not in it.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        found: dict[str, Record] = {}
        wanted = set(ids)
        while wanted:
            items = self._read(record_items.head_key(self.tenant, id_) for id_ in sorted(wanted))
            records = [record_items.record_of(item) for item in items]
            found |= {record.id: record for record in records}
            near = {id_ for record in records for id_ in (*record.absorbed, record.merged_into) if id_}
            wanted = near - found.keys()
        return found

    def whoever(self, id_: str) -> Customer | None:
        """Return the customer that a record belongs to, whoever it is merged into; None: there is none, or no more.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        family = self.family(id_)
        if id_ not in family or family[id_].deleted:
            return None
        return merging.customer(family, merging.roots(family)[id_])

    def _read(self, keys: Iterable[Mapping[str, str]]) -> list[dict[str, Any]]:
        return dynamo.read_keys(self.client, "customers", self.table, keys, consistent=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Records(Lookup):
    """The customer records of one tenant's table; `listed` is what customers are listed by.

    `adapters` are the other systems that are to be told of every change.
    """

    client: Table
    trail: Trail
    listed: Sequence[str]
    adapters: tuple[str, ...] = ()

    def customers(self, ids: Sequence[str]) -> dict[str, Customer]:
        """Return those of `ids` that are customers of their own: not deleted, not merged into another one.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        items = self._read(record_items.head_key(self.tenant, id_) for id_ in dict.fromkeys(ids))
        roots = (item for item in items if "merged_into" not in item and "deleted" not in item)
        return {item["customer_id"]: record_items.customer_of(item) for item in roots}

    def claims(self, identities: Iterable[Identity]) -> dict[Identity, Claim]:
        """Return who has each of `identities`.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        keys = {identity: record_items.claim_key(self.tenant, identity) for identity in dict.fromkeys(identities)}
        found = {item["pk"]: record_items.claim_of(item) for item in self._read(keys.values())}
        return {identity: found.get(key["pk"], Claim()) for identity, key in keys.items()}

    def write(self, before: Family, after: Family, by: Actor, act: Act) -> None:
        """Write what differs between two states of a family, with all that follows from it.

        Raises:
            Outdated: a record or who has an identity changed since it was read.
            IdTaken: a new record's id, or what callers type for it, belongs to another one.
            CannotMerge: more records than MOST_HOLDERS would have one identity.
            StoreUnavailable, Throttled: nothing was written.

        """
        write = dynamo.Transaction(self.client)
        for id_, record in after.items():
            if before.get(id_) != record:
                item = record_items.head_item(self.tenant, after, id_)
                write.add(f"record {id_}", self._put(item, before.get(id_)), on_fail=Outdated if before else IdTaken)
                for mark in outbox.marks_of(self.tenant, self.adapters, record):
                    put = {"TableName": self.table, "Item": dynamo.encode(mark)}
                    write.add(f"{mark['sk']} of {id_}", {"Put": put})
        self._add_claims(write, before, after)
        self._add_beside(write, before, after)
        self.trail.commit(write, by, act)

    def page(self, where: Range, *, after: str | None, limit: int) -> tuple[list[str], bool]:
        """Return up to `limit` places of a list after the place `after`, and whether more may follow.

        Raises:
            InvalidInput: `after` is no place of this part of the list.
            StoreUnavailable, Throttled: the store could not answer.

        """
        pk = record_items.list_partition(self.tenant, where.sort)
        lists = Lists(self.client, "customers", self.table)
        return read_places(lists, [pk], where, after=after, limit=limit)

    def _add_claims(self, write: dynamo.Transaction, before: Family, after: Family) -> None:
        old, new = merging.holders(before), merging.holders(after)
        changed = [identity for identity in {**old, **new} if old.get(identity) != new.get(identity)]
        claims = self.claims(changed)
        for identity in changed:
            held = claims[identity]
            ours = before.keys() | after.keys()
            others = [one for one in held.holders if (one.of or one.customer_id) not in ours]
            holders = (*others, *new.get(identity, []))
            if len(holders) > MOST_HOLDERS:
                raise CannotMerge(f"at most {MOST_HOLDERS} records share a number or another identity")
            claim = Claim(revision=held.revision + 1, holders=holders)
            put = self._put(record_items.claim_item(self.tenant, identity, claim), held if held.revision else None)
            write.add(f"identity {identity.kind}", put, on_fail=Outdated)

    def _add_beside(self, write: dynamo.Transaction, before: Family, after: Family) -> None:
        """Add the places in lists and the typed ids; one that is over loses what it told."""
        old = record_items.beside_items(self.tenant, before, self.listed)
        new = record_items.beside_items(self.tenant, after, self.listed)
        for (pk, sk), told in {**{key: {} for key in old}, **new}.items():
            if old.get((pk, sk)) == told:
                continue
            put: dict[str, Any] = {"TableName": self.table, "Item": dynamo.encode({"pk": pk, "sk": sk, **told})}
            if "customer_id" in told:
                put |= {
                    "ConditionExpression": "attribute_not_exists(customer_id) OR customer_id = :mine",
                    "ExpressionAttributeValues": dynamo.encode({":mine": told["customer_id"]}),
                }
            write.add("typed id" if "customer_id" in told else f"{sk} of {pk}", {"Put": put}, on_fail=IdTaken)

    def _put(self, item: Mapping[str, Any], seen: Record | Claim | None) -> dict[str, Any]:
        put: dict[str, Any] = {
            "TableName": self.table,
            "Item": dynamo.encode(item),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        if seen is not None:
            put["ConditionExpression"] = "revision = :seen"
            put["ExpressionAttributeValues"] = dynamo.encode({":seen": seen.revision})
        return {"Put": put}
