"""Whether what a tenant keeps is as it was written: contacts, recordings and chains of the audit trail (SEC-01).

A contact carries a digest of its item, a recording's item one of the object's bytes, and each entry of the trail one of
itself and the entry before. They show damage and careless changes; against somebody who may write to the store and
computes digests anew there is the audit trail, in which nobody may change or delete.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from chalicelib.audit import policy as audit_policy
from chalicelib.audit.models import Search
from chalicelib.audit.store import Log
from chalicelib.contacts import items
from chalicelib.platform import dynamo
from chalicelib.platform.tenancy import TenantId

PAGE: Final = 100
_BLOCK_BYTES: Final = 1 << 20


class Table(Protocol):
    """Port: the calls of a DynamoDB client that this makes."""

    def query(self, **request: Any) -> Mapping[str, Any]:
        """Read items of one partition."""

    def transact_write_items(self, **request: Any) -> Mapping[str, Any]:
        """Write all or nothing; here for the trail's port, never called."""


class Objects(Protocol):
    """Port: the call of an S3 client that this makes."""

    def get_object(self, **request: Any) -> Mapping[str, Any]:
        """Return one object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How many of each were looked at, what is not as it was written, and what carries no digest to tell."""

    contacts: int
    recordings: int
    chains: int
    broken: tuple[str, ...]
    unproved: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Where one tenant's data lies."""

    tenant: TenantId
    dynamodb: Table
    table: str
    audit_table: str
    s3: Objects


@dataclass(frozen=True, slots=True)
class _Finding:
    """One thing that was looked at: `state` is intact, broken or unproved."""

    kind: str
    name: str
    state: str


def verify(stores: Stores, on: dt.date) -> Report:
    """Return what holds of the contacts that began on the UTC day `on`, and of everybody who is in that day's trail."""
    found = [*_contacts(stores, on), *_chains(stores, on)]
    counts = {kind: sum(one.kind == kind for one in found) for kind in ("contact", "recording", "chain")}
    return Report(
        contacts=counts["contact"],
        recordings=counts["recording"],
        chains=counts["chain"],
        broken=tuple(f"{one.kind} {one.name}" for one in found if one.state == "broken"),
        unproved=tuple(f"{one.kind} {one.name}" for one in found if one.state == "unproved"),
    )


def _contacts(stores: Stores, on: dt.date) -> Iterator[_Finding]:
    place = {"index": "gsi2", "pk": items.day_partition(stores.tenant, on.isoformat())}
    for row in _all(stores, **place):
        for item in _all(stores, pk=str(row["pk"])):
            if item["sk"] == items.CONTACT_SORT:
                state = "unproved" if "digest" not in item else "intact" if items.is_intact(item) else "broken"
                yield _Finding("contact", str(item["contact_id"]), state)
            elif str(item["sk"]).startswith(items.RECORDING_PREFIX):
                yield _Finding("recording", str(item["key"]), _recording(stores, item))


def _recording(stores: Stores, item: Mapping[str, Any]) -> str:
    if "sha256" not in item:
        return "unproved"
    body = stores.s3.get_object(Bucket=item["bucket"], Key=item["key"])["Body"]
    found = hashlib.sha256()
    while block := body.read(_BLOCK_BYTES):
        found.update(block)
    return "intact" if found.hexdigest() == item["sha256"] else "broken"


def _chains(stores: Stores, on: dt.date) -> Iterator[_Finding]:
    log = Log(stores.dynamodb, stores.audit_table)
    start = dt.datetime.combine(on, dt.time(), dt.UTC)
    search = Search(start=start, end=start + dt.timedelta(days=1))
    actors: dict[str, None] = {}
    after: str | None = None
    while True:
        page = log.search(stores.tenant, search, after=after, limit=PAGE)
        actors |= dict.fromkeys(entry.actor for entry in page.entries)
        after = page.after
        if after is None:
            break
    for actor in actors:
        verdict = audit_policy.verdict(log.chain(stores.tenant, actor))
        yield _Finding("chain", actor, "intact" if verdict.broken_at is None else "broken")


def _all(stores: Stores, *, pk: str, index: str = "") -> Iterator[dict[str, Any]]:
    request: dict[str, Any] = {
        "TableName": stores.table,
        "KeyConditionExpression": f"{index}pk = :pk",
        "ExpressionAttributeValues": dynamo.encode({":pk": pk}),
        **({"IndexName": index} if index else {}),
    }
    while True:
        answer = stores.dynamodb.query(**request)
        yield from (dynamo.decode(item) for item in answer.get("Items", []))
        if "LastEvaluatedKey" not in answer:
            return
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
