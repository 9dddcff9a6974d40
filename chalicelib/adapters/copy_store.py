"""Adapters: copies of another system's customers, what is on its way there, and which files were read: where kept.

A system that delivers files is meant; see `delivered`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import batched, islice
from typing import Any, Final

from chalicelib.adapters import copies
from chalicelib.adapters.copies import Copy
from chalicelib.adapters.models import Moved, TakenFile
from chalicelib.adapters.store import Table
from chalicelib.platform import dynamo
from chalicelib.platform.tenancy import TenantId, partition

FILE_PREFIX: Final = "FILE#"
DIGEST_PREFIX: Final = "DIGEST#"
FILES_DAYS: Final = 90
"""For so long a file is known; the files themselves leave the bucket before."""
READ_AT_ONCE: Final = 100
_LAST: Final = "~"


def file_key(tenant: TenantId, adapter: str, name: str) -> dict[str, str]:
    """Return the key of what became of a file."""
    return {"pk": partition(tenant, "ADAPTER", adapter), "sk": FILE_PREFIX + name}


def digest_key(tenant: TenantId, adapter: str, digest: str) -> dict[str, str]:
    """Return the key under which the content of a file is known."""
    return {"pk": partition(tenant, "ADAPTER", adapter), "sk": DIGEST_PREFIX + digest}


def file_items(tenant: TenantId, adapter: str, file: TakenFile) -> list[dict[str, Any]]:
    """Return the items of a file: its content, if it was taken, and then what became of it."""
    ttl = int((file.at + timedelta(days=FILES_DAYS)).timestamp())
    told = {**asdict(file), "at": file.at.isoformat(), "ttl": ttl}
    content = {**digest_key(tenant, adapter, file.digest), "ttl": ttl}
    return [*([content] if file.state == "taken" else []), {**file_key(tenant, adapter, file.name), **told}]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """What is kept of a system that delivers files, in one tenant's table. All raise StoreUnavailable and Throttled."""

    client: Table
    table: str
    tenant: TenantId
    adapter: str

    def read(self, ids: Iterable[str]) -> dict[str, Copy]:
        """Return the copies of customers, by id."""
        keys = [copies.copy_key(self.tenant, self.adapter, id_) for id_ in dict.fromkeys(ids)]
        found: list[dict[str, Any]] = []
        for some in batched(keys, READ_AT_ONCE, strict=False):
            found += dynamo.read_keys(self.client, "copies", self.table, some, consistent=True)
        return {item["customer_id"]: copies.copy_of(item) for item in found}

    def keep(self, copy: Copy) -> None:
        """Keep a copy over the revision before its own.

        Raises:
            Moved: it has another one.

        """
        if dynamo.attempt_put(self.client, "copy of a customer", self._over(copy)) is not None:
            raise Moved("the copy was changed meanwhile")

    def send(self, copy: Copy) -> None:
        """Keep a copy as `keep` does, and let it go into the next file of ours.

        Raises:
            Moved: it has another revision.

        """
        waiting = {"gsi1pk": copies.sends_partition(self.tenant, self.adapter), "gsi1sk": copy.id}
        item = self._send_item(copy.id, copy.revision) | waiting
        write = dynamo.Transaction(self.client)
        write.add("copy", {"Put": self._over(copy)}, on_fail=Moved)
        write.add("on its way", {"Put": {"TableName": self.table, "Item": dynamo.encode(item)}})
        write.commit()

    def sends(self, limit: int) -> list[tuple[Copy, int]]:
        """Return customers who are to go into a file of ours, as they are now, each with the revision that asked."""
        ids = list(islice(self._listed(copies.sends_partition(self.tenant, self.adapter), ""), limit))
        asked: dict[str, int] = {}
        for some in batched(ids, READ_AT_ONCE, strict=False):
            keys = [copies.send_key(self.tenant, self.adapter, id_) for id_ in some]
            read = dynamo.read_keys(self.client, "on their way", self.table, keys, consistent=True)
            asked |= {item["customer_id"]: item["revision"] for item in read if "gsi1pk" in item}
        known = self.read(sorted(asked))
        return [(known[id_], revision) for id_, revision in sorted(asked.items())]

    def sent(self, customer_id: str, revision: int) -> None:
        """Take a customer off the way who is in a file of ours, unless there is something new since `revision`."""
        item = self._send_item(customer_id, revision)
        request = self._put(item, "revision = :seen", {":seen": revision})
        dynamo.attempt_put(self.client, "on its way", request)

    def ids(self, after: str) -> Iterator[str]:
        """Yield the ids of all copies behind the id `after`, in order."""
        return self._listed(copies.copies_partition(self.tenant, self.adapter), after)

    def files(self) -> dict[str, TakenFile]:
        """Return what became of files, by name, oldest first."""
        pk = file_key(self.tenant, self.adapter, "")["pk"]
        request: dict[str, Any] = {
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
            "ExpressionAttributeValues": dynamo.encode(
                {":pk": pk, ":first": FILE_PREFIX, ":last": FILE_PREFIX + _LAST}
            ),
            "ConsistentRead": True,
        }
        return {item["name"]: _file(item) for item in self._all(request)}

    def is_known(self, digest: str) -> bool:
        """Return whether a file with this content was taken."""
        key = dynamo.encode(digest_key(self.tenant, self.adapter, digest))
        with dynamo.store_errors("file"):
            return "Item" in self.client.get_item(TableName=self.table, Key=key, ConsistentRead=True)

    def over(self, file: TakenFile) -> None:
        """Keep what became of a file; the content of one that was taken is known from now on."""
        with dynamo.store_errors("file"):
            for item in file_items(self.tenant, self.adapter, file):
                self.client.put_item(TableName=self.table, Item=dynamo.encode(item))

    def _send_item(self, customer_id: str, revision: int) -> dict[str, Any]:
        key = copies.send_key(self.tenant, self.adapter, customer_id)
        return {**key, "customer_id": customer_id, "revision": revision}

    def _listed(self, pk: str, after: str) -> Iterator[str]:
        request: dict[str, Any] = {
            "IndexName": "gsi1",
            "KeyConditionExpression": "gsi1pk = :pk AND gsi1sk BETWEEN :first AND :last",
            "ExpressionAttributeValues": dynamo.encode({":pk": pk, ":first": f"{after}!", ":last": _LAST}),
        }
        return (str(item["gsi1sk"]) for item in self._all(request))

    def _all(self, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
        more: dict[str, Any] = {}
        while True:
            with dynamo.store_errors("adapter"):
                answer = self.client.query(TableName=self.table, **request, **more)
            yield from (dynamo.decode(item) for item in answer.get("Items", []))
            if not answer.get("LastEvaluatedKey"):
                return
            more = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _over(self, copy: Copy) -> dict[str, Any]:
        item = copies.copy_item(self.tenant, self.adapter, copy)
        if copy.revision == 1:
            return {
                "TableName": self.table,
                "Item": dynamo.encode(item),
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        return self._put(item, "revision = :seen", {":seen": copy.revision - 1})

    def _put(self, item: Mapping[str, Any], condition: str, values: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "TableName": self.table,
            "Item": dynamo.encode(item),
            "ConditionExpression": condition,
            "ExpressionAttributeValues": dynamo.encode(values),
        }


def _file(item: Mapping[str, Any]) -> TakenFile:
    return TakenFile(
        name=item["name"],
        state=item["state"],
        at=datetime.fromisoformat(item["at"]),
        digest=item["digest"],
        mark=item["mark"],
        lines=item["lines"],
        changed=item["changed"],
        bad=item["bad"],
    )
