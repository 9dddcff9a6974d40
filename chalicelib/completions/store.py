"""Completions: where they are kept. Beside the contact: a head that changes, and versions that never do."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from chalicelib.audit.models import Act, Actor, Trail
from chalicelib.completions.models import Due, Entry, Outdated, Page, Subject, Version
from chalicelib.platform.dynamo import (
    BatchClient,
    PutClient,
    QueryClient,
    TransactClient,
    Transaction,
    attempt_put,
    decode,
    encode,
    read_keys,
    store_errors,
)
from chalicelib.platform.errors import InvalidInput, ProductError
from chalicelib.platform.instants import instant
from chalicelib.platform.tenancy import TenantId, partition

HEAD: Final = "COMPLETION"
VERSION_PREFIX: Final = "COMPLETION#"
_DAY_S: Final = 86_400
_POSITION = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ#[\x21\x22\x24-\x7e]{1,256}")


type Step = tuple[str, dict[str, Any], type[ProductError]]
"""A step of a transaction: its name, the write, and what its failed condition is raised as."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What is kept of a contact's completion at a glance; revision 0: it is due."""

    revision: int
    complaint: bool


class Client(BatchClient, PutClient, QueryClient, TransactClient, Protocol):
    """Port: the calls of a DynamoDB client that completions need."""


def head_key(tenant: TenantId, contact_id: str) -> dict[str, str]:
    """Return the key of a contact's completion."""
    return {"pk": partition(tenant, "CONTACT", contact_id), "sk": HEAD}


def version_key(tenant: TenantId, contact_id: str, revision: int) -> dict[str, str]:
    """Return the key of a version."""
    return {**head_key(tenant, contact_id), "sk": f"{VERSION_PREFIX}{revision:06d}"}


def due_partition(tenant: TenantId, agent: str) -> str:
    """Return the gsi1 partition of the contacts that an agent has to complete."""
    return partition(tenant, "INCOMPLETE", agent)


def without_person(item: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return a version without what was written of the person (SEC-06); None for an item that says nothing of one."""
    if not str(item["sk"]).startswith(VERSION_PREFIX):
        return None
    left = {name: value for name, value in item["entry"].items() if name not in {"note", "customer_id"}}
    return {**item, "entry": left}


@dataclass(frozen=True, slots=True)
class Completions:
    """The completions of one tenant. `days` is how long one is kept: as long as its contact."""

    client: Client
    table: str
    tenant: TenantId
    days: int

    def expect(self, subject: Subject) -> Head | None:
        """Keep that the contact is due, unless something is kept of it already: that is returned and stays.

        Raises:
            Throttled, StoreUnavailable: nothing was written.

        """
        listed = {
            "gsi1pk": due_partition(self.tenant, subject.agent),
            "gsi1sk": f"{instant(subject.at)}#{subject.contact_id}",
        }
        item = {**self._head(subject, 0), **listed}
        request = {"TableName": self.table, "Item": encode(item), "ConditionExpression": "attribute_not_exists(pk)"}
        refused = attempt_put(self.client, "expect a completion", request)
        kept = (refused and refused.old_item) or None
        return Head(revision=kept["revision"], complaint=kept.get("complaint", False)) if kept else None

    def versions(self, contact_id: str) -> tuple[Version, ...]:
        """Return every version, oldest first; the read is consistent.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        pk = head_key(self.tenant, contact_id)["pk"]
        request: dict[str, Any] = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :low AND :high",
            "ExpressionAttributeValues": encode(
                {":pk": pk, ":low": VERSION_PREFIX + "0", ":high": VERSION_PREFIX + "9~"}
            ),
            "ConsistentRead": True,
        }
        found: list[Version] = []
        while True:
            with store_errors("read a completion"):
                answer = self.client.query(**request)
            found += (version_of(decode(item)) for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return tuple(found)
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def current(self, contact_ids: Iterable[str]) -> dict[str, Version]:
        """Return the version that holds of each contact that is complete, by two reads of up to a hundred items.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        heads = self._read(head_key(self.tenant, id_) for id_ in contact_ids)
        keys = [{"pk": head["pk"], "sk": f"{VERSION_PREFIX}{head['revision']:06d}"} for head in heads]
        read = self._read(key for key, head in zip(keys, heads, strict=True) if head["revision"])
        return {str(item["pk"]).rpartition("#")[2]: version_of(item) for item in read}

    def save(
        self, subject: Subject, version: Version, trail: Trail, by: Actor, act: Act, beside: Iterable[Step] = ()
    ) -> None:
        """Write a version after the one before it, with its entry of the audit trail; the contact is due no more.

        What else is written with it is `beside`; a failed condition there is raised as it says.

        Raises:
            Outdated: somebody else wrote that revision.
            Throttled, StoreUnavailable: nothing was written.

        """
        seen = version.revision - 1
        head: dict[str, Any] = {
            "TableName": self.table,
            "Item": encode(self._head(subject, version.revision) | _told(version)),
            "ConditionExpression": "revision = :seen" if seen else "attribute_not_exists(pk) OR revision = :seen",
            "ExpressionAttributeValues": encode({":seen": seen}),
        }
        facts = {name: value for name, value in asdict(version.entry).items() if value is not None}
        item = {
            **version_key(self.tenant, subject.contact_id, version.revision),
            "revision": version.revision,
            "at": instant(version.at),
            "by": version.by,
            "entry": facts,
            **_told(version),
            "ttl": self._ttl(subject),
        }
        new = {"TableName": self.table, "Item": encode(item), "ConditionExpression": "attribute_not_exists(pk)"}
        write = Transaction(self.client)
        write.add("completion", {"Put": head}, on_fail=Outdated)
        write.add("version", {"Put": new}, on_fail=Outdated)
        for name, action, on_fail in beside:
            write.add(name, action, on_fail=on_fail)
        trail.commit(write, by, act)

    def due(self, agent: str, *, after: str | None, limit: int) -> Page:
        """Return at most `limit` contacts that the agent has to complete, newest first, after the position `after`.

        Raises:
            InvalidInput: `after` is no position of this list.
            Throttled, StoreUnavailable: the store could not answer.

        """
        if after is not None and not _POSITION.fullmatch(after):
            raise InvalidInput("the cursor is not one of ours", field="cursor")
        pk = due_partition(self.tenant, agent)
        request: dict[str, Any] = {
            "TableName": self.table,
            "IndexName": "gsi1",
            "KeyConditionExpression": "gsi1pk = :pk",
            "ExpressionAttributeValues": encode({":pk": pk}),
            "ScanIndexForward": False,
            "Limit": limit,
        }
        if after is not None:
            key = {"gsi1pk": pk, "gsi1sk": after, **head_key(self.tenant, after.partition("#")[2])}
            request["ExclusiveStartKey"] = encode(key)
        with store_errors("list incomplete contacts"):
            answer = self.client.query(**request)
        last = answer.get("LastEvaluatedKey")
        found = tuple(_due(decode(item)) for item in answer["Items"])
        return Page(due=found, after=str(decode(last)["gsi1sk"]) if last else None)

    def _read(self, keys: Iterable[Mapping[str, str]]) -> list[dict[str, Any]]:
        return read_keys(self.client, "read completions", self.table, keys)

    def _head(self, subject: Subject, revision: int) -> dict[str, Any]:
        facts = {"line": subject.line, "queue": subject.queue, "agent": subject.agent}
        return {
            **head_key(self.tenant, subject.contact_id),
            "revision": revision,
            **{name: value for name, value in facts.items() if value is not None},
            "ttl": self._ttl(subject),
        }

    def _ttl(self, subject: Subject) -> int:
        return int(subject.at.timestamp()) + self.days * _DAY_S


def _told(version: Version) -> dict[str, bool]:
    """Return that a version makes its contact a complaint; nothing of one that does not."""
    return {"complaint": True} if version.complaint else {}


def version_of(item: Mapping[str, Any]) -> Version:
    """Return the version that `save` wrote."""
    return Version(
        revision=item["revision"],
        at=datetime.fromisoformat(item["at"]),
        by=item["by"],
        entry=Entry(**item["entry"]),
        complaint=item.get("complaint", False),
    )


def _due(item: Mapping[str, Any]) -> Due:
    at, _, contact_id = str(item["gsi1sk"]).partition("#")
    return Due(contact_id=contact_id, at=datetime.fromisoformat(at), line=item["line"], queue=item.get("queue"))
