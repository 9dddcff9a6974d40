"""Menus: where drafts and versions are kept. A version is written once; what is published is one pointer.

The pointer moves in one transaction with the version it moves to and the entry of the audit trail: whoever reads it has
a version that is there. Every change says the revision that it saw, so nobody overwrites what he has not seen.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from chalicelib.audit.models import Act, Actor, Trail
from chalicelib.menus import documents
from chalicelib.menus.models import Tree
from chalicelib.menus.store import PUBLISHED, line_partition, version_sort
from chalicelib.menus.versions import Draft, Pointer, Version
from chalicelib.platform import dynamo
from chalicelib.platform.errors import Conflict
from chalicelib.platform.instants import instant
from chalicelib.platform.tenancy import TenantId

DRAFT = "DRAFT"
VERSIONS_SHOWN = 100
LAST_VERSION = 999_999
_LISTED = ("sk", "version", "at", "actor", "note", "nodes")


class Outdated(Conflict):
    """Somebody else changed it since it was read; read it again and repeat the change."""

    code, title = "outdated", "Changed meanwhile"


class Table(dynamo.QueryClient, dynamo.TransactClient, Protocol):
    """Port: the calls of a DynamoDB client that this store makes."""


@dataclass(frozen=True, slots=True)
class Editions:
    """Drafts, versions and the pointer of one tenant's lines."""

    client: Table
    table: str
    trail: Trail

    def draft(self, tenant: TenantId, line: str) -> Draft | None:
        """Return the draft as of now; None when nobody has begun one.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        item = self._one(tenant, line, DRAFT)
        if item is None:
            return None
        return Draft(
            revision=item["revision"],
            at=datetime.fromisoformat(item["at"]),
            actor=item["actor"],
            tree=documents.tree_of(json.loads(item["tree"])),
        )

    def pointer(self, tenant: TenantId, line: str) -> Pointer | None:
        """Return what is published as of now; None when nothing ever was.

        Raises:
            StoreUnavailable, Throttled: as `draft`.

        """
        item = self._one(tenant, line, PUBLISHED)
        if item is None:
            return None
        return Pointer(
            version=item["version"],
            revision=item["revision"],
            at=datetime.fromisoformat(item["at"]),
            actor=item["actor"],
        )

    def tree(self, tenant: TenantId, line: str, version: int) -> Tree | None:
        """Return a version's tree; None when there is no such version.

        Raises:
            StoreUnavailable, Throttled: as `draft`.

        """
        item = self._one(tenant, line, version_sort(version))
        return documents.tree_of(json.loads(item["tree"])) if item else None

    def versions(self, tenant: TenantId, line: str) -> tuple[Version, ...]:
        """Return the newest versions without their trees, newest first.

        Raises:
            StoreUnavailable, Throttled: as `draft`.

        """
        request: dict[str, Any] = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
            "ExpressionAttributeValues": {
                ":pk": {"S": line_partition(tenant, line)},
                ":first": {"S": version_sort(0)},
                ":last": {"S": version_sort(LAST_VERSION)},
            },
            "ProjectionExpression": ", ".join(f"#{name}" for name in _LISTED),
            "ExpressionAttributeNames": {f"#{name}": name for name in _LISTED},
            "ConsistentRead": True,
            "ScanIndexForward": False,
            "Limit": VERSIONS_SHOWN,
        }
        found: list[Version] = []
        while len(found) < VERSIONS_SHOWN:  # a page ends after 1 MB of trees, although they are not shown
            with dynamo.store_errors("menu versions"):
                answer = self.client.query(**request)
            found += [_version(dynamo.decode(item)) for item in answer.get("Items", [])]
            if "LastEvaluatedKey" not in answer:
                break
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        return tuple(found[:VERSIONS_SHOWN])

    def save(self, tenant: TenantId, line: str, draft: Draft, act: Act, by: Actor) -> None:
        """Keep `draft` in the place of the one before it.

        Raises:
            Outdated: there is another draft than the one of the revision before.
            StoreUnavailable, Throttled: the store could not answer; the draft may have been kept.

        """
        item = {
            "revision": draft.revision,
            "at": instant(draft.at),
            "actor": draft.actor,
            "tree": documents.text_of(draft.tree),
        }
        write = dynamo.Transaction(self.client)
        write.add("draft", self._put(tenant, line, DRAFT, item, seen=draft.revision - 1), on_fail=Outdated)
        self.trail.commit(write, by, act)

    def point(
        self, tenant: TenantId, line: str, pointer: Pointer, act: Act, by: Actor, version: Version | None = None
    ) -> None:
        """Move the pointer, and write the `version` it moves to if that is a new one.

        Raises:
            Outdated: somebody else published meanwhile.
            StoreUnavailable, Throttled: the store could not answer; the pointer may have moved.

        """
        write = dynamo.Transaction(self.client)
        if version is not None and version.tree is not None:
            item = {
                "version": version.number,
                "at": instant(version.at),
                "actor": version.actor,
                "note": version.note,
                "nodes": version.nodes,
                "tree": documents.text_of(version.tree),
            }
            write.add("version", self._put(tenant, line, version_sort(version.number), item, seen=0), on_fail=Outdated)
        item = {
            "version": pointer.version,
            "revision": pointer.revision,
            "at": instant(pointer.at),
            "actor": pointer.actor,
        }
        write.add("pointer", self._put(tenant, line, PUBLISHED, item, seen=pointer.revision - 1), on_fail=Outdated)
        self.trail.commit(write, by, act)

    def keep_answer(self, item: Mapping[str, Any], act: Act, by: Actor) -> None:
        """Keep the answer of an enquiry (`store.answer_item`), in the place of what it answered before.

        Raises:
            StoreUnavailable, Throttled: the store could not answer; the answer may have been kept.

        """
        write = dynamo.Transaction(self.client)
        write.add("answer", {"Put": {"TableName": self.table, "Item": dynamo.encode(item)}})
        self.trail.commit(write, by, act)

    def _put(self, tenant: TenantId, line: str, sort: str, item: dict[str, Any], *, seen: int) -> dict[str, Any]:
        """Return the write of an item over the one of revision `seen`; 0: there must be none."""
        put: dict[str, Any] = {
            "TableName": self.table,
            "Item": dynamo.encode({"pk": line_partition(tenant, line), "sk": sort, **item}),
            "ConditionExpression": "revision = :seen" if seen else "attribute_not_exists(pk)",
        }
        if seen:
            put["ExpressionAttributeValues"] = {":seen": {"N": str(seen)}}
        return {"Put": put}

    def _one(self, tenant: TenantId, line: str, sort: str) -> dict[str, Any] | None:
        with dynamo.store_errors("menu"):
            answer = self.client.query(
                TableName=self.table,
                KeyConditionExpression="pk = :pk AND sk = :sk",
                ExpressionAttributeValues={":pk": {"S": line_partition(tenant, line)}, ":sk": {"S": sort}},
                ConsistentRead=True,
            )
        return next((dynamo.decode(item) for item in answer.get("Items", [])), None)


def _version(item: Mapping[str, Any]) -> Version:
    return Version(
        number=item["version"],
        at=datetime.fromisoformat(item["at"]),
        actor=item["actor"],
        note=item["note"],
        nodes=item["nodes"],
    )
