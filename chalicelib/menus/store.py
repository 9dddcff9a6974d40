"""Menus: where they are kept. Versions that are written once, a pointer to the published one, a draft; and answers.

The reads of a call are bounded in seconds. A version never changes, so whoever has read it need not read it again.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from chalicelib.menus import documents
from chalicelib.menus.models import Answer, Tree
from chalicelib.platform import dynamo
from chalicelib.platform.budget import read_within
from chalicelib.platform.tenancy import TenantId, partition

PUBLISHED: Final = "PUBLISHED"
ANSWER: Final = "ANSWER"
VERSION_PREFIX: Final = "VERSION#"


class Table(dynamo.GetClient, Protocol):
    """Port: the read that a call makes."""


def line_partition(tenant: TenantId, line: str) -> str:
    """Return the partition of all that is kept of a line's menus."""
    return partition(tenant, "MENU", line)


def version_sort(version: int) -> str:
    """Return the sort key of a version; versions up to a million sort by number."""
    return f"{VERSION_PREFIX}{version:06d}"


def answer_key(tenant: TenantId, enquiry: str, reference: str) -> dict[str, str]:
    """Return the key of what an enquiry answers to a reference."""
    return {"pk": partition(tenant, "ENQUIRY", enquiry, reference), "sk": ANSWER}


def answers_partition(tenant: TenantId, customer_id: str) -> str:
    """Return where the answers that belong to a customer are found (gsi1), so that they can be erased."""
    return partition(tenant, "ANSWERSOF", customer_id)


def answer_item(tenant: TenantId, enquiry: str, reference: str, answer: Answer, until: datetime) -> dict[str, Any]:
    """Return the item of what an enquiry answers, which expires; one that is a customer's is found by him."""
    item = {**answer_key(tenant, enquiry, reference), "text": dict(answer.text), "ttl": int(until.timestamp())}
    if answer.customer_id is None:
        return item
    place = {"gsi1pk": answers_partition(tenant, answer.customer_id), "gsi1sk": f"{enquiry}#{reference}"}
    return {**item, "customer_id": answer.customer_id, **place}


@dataclass(frozen=True, slots=True)
class Trees:
    """What calls read of one tenant's table."""

    client: Table
    table: str

    def published(self, tenant: TenantId, line: str, *, within_s: float) -> int:
        """Return the version that new calls get, 0 for the packaged one; as of now, because the read is consistent.

        Raises:
            StoreUnavailable, Throttled: the store did not answer within `within_s` seconds or refused.

        """
        item = self._item({"pk": line_partition(tenant, line), "sk": PUBLISHED}, "published menu", within_s)
        return int(item["version"]) if item else 0

    def tree(self, tenant: TenantId, line: str, version: int, *, within_s: float) -> Tree | None:
        """Return a version's tree; None when there is no such version.

        Raises:
            StoreUnavailable, Throttled: as `published`.

        """
        item = self._item({"pk": line_partition(tenant, line), "sk": version_sort(version)}, "menu", within_s)
        return documents.tree_of(json.loads(item["tree"])) if item else None

    def answer(self, tenant: TenantId, enquiry: str, reference: str, *, within_s: float) -> Answer | None:
        """Return what `enquiry` answers to `reference`; None when nothing is known of it.

        Raises:
            StoreUnavailable, Throttled: as `published`.

        """
        item = self._item(answer_key(tenant, enquiry, reference), "enquiry", within_s)
        return Answer(text=item["text"], customer_id=item.get("customer_id")) if item else None

    def _item(self, key: Mapping[str, str], what: str, within_s: float) -> dict[str, Any] | None:
        request = {"TableName": self.table, "Key": dynamo.encode(key), "ConsistentRead": True}
        item = read_within(what, within_s, lambda: self.client.get_item(**request)).get("Item")
        return dynamo.decode(item) if item else None
