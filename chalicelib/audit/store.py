"""Audit: where it is kept. A table of its own, in which the product may put and query and nothing else.

An actor's entries are one partition, numbered; indexes answer by actor, day, resource and kind in time. A number
is written once: whoever loses the race for it reads the newest entry again.
"""

import hashlib
import urllib.parse
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from chalicelib.audit.models import ADDED, Entry, Outcome, Page, Search, family, stamp
from chalicelib.platform import dynamo
from chalicelib.platform.dynamo import Contended
from chalicelib.platform.errors import InvalidInput
from chalicelib.platform.tenancy import TenantId, partition

STEP: Final = "audit"
"""The name of the entry's step in the transaction of a change."""
LONGEST_PART: Final = 256
"""Characters of a name in a key: a sort key of DynamoDB holds 1,024 bytes."""


class Lost(Contended):
    """The actor wrote another entry at the same moment; nothing was written, and the act may be tried again."""


class Table(dynamo.QueryClient, dynamo.TransactClient, Protocol):
    """Port: the calls of a DynamoDB client that this store makes."""


def key(tenant: TenantId, actor: str, number: int) -> dict[str, str]:
    """Return the key of an entry."""
    return {"pk": partition(tenant, "AUDIT", _part(actor)), "sk": f"{number:09d}"}


def _part(text: str) -> str:
    """Return `text` without the separator of keys and short enough for one; different texts stay different."""
    quoted = urllib.parse.quote(text, safe="/:@ +") or "-"
    if len(quoted) <= LONGEST_PART:
        return quoted
    return f"{quoted[:100]}~{hashlib.sha256(text.encode()).hexdigest()}"


def position(entry: Entry) -> str:
    """Return where an entry stands in every list: by time, actor and number."""
    return f"{stamp(entry.at)}#{_part(entry.actor)}#{entry.number:09d}"


def _indexed(tenant: TenantId, entry: Entry) -> dict[str, str]:
    """Return the keys of the entry in the indexes."""
    place = position(entry)
    return {
        "gsi1pk": partition(tenant, "AUDITBY", _part(entry.actor)),
        "gsi1sk": place,
        "gsi2pk": partition(tenant, "AUDITDAY", place[:10]),
        "gsi2sk": place,
        "gsi3pk": partition(tenant, "AUDITOF", _part(entry.resource)),
        "gsi3sk": place,
        "gsi4pk": partition(tenant, "AUDITDO", _part(family(entry.action))),
        "gsi4sk": place,
    }


@dataclass(frozen=True, slots=True)
class Log:
    """The trail of one tenant's table."""

    client: Table
    table: str

    def begin(self) -> dynamo.Transaction:
        """Return a transaction that changes nothing yet: of an act whose entry is all that is written."""
        return dynamo.Transaction(self.client)

    def newest(self, tenant: TenantId, actor: str) -> Entry | None:
        """Return the newest entry of `actor` as of now: the read is consistent.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        with dynamo.store_errors("audit"):
            answer = self.client.query(**self._chain(tenant, actor), ScanIndexForward=False, Limit=1)
        return next((_entry(dynamo.decode(item)) for item in answer.get("Items", [])), None)

    def chain(self, tenant: TenantId, actor: str) -> Iterator[Entry]:
        """Yield every entry of `actor`, oldest first.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        request = self._chain(tenant, actor)
        while True:
            with dynamo.store_errors("audit"):
                answer = self.client.query(**request)
            yield from (_entry(dynamo.decode(item)) for item in answer.get("Items", []))
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _chain(self, tenant: TenantId, actor: str) -> dict[str, Any]:
        return {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": key(tenant, actor, 0)["pk"]}},
            "ConsistentRead": True,
        }

    def commit(self, tenant: TenantId, write: dynamo.Transaction, entry: Entry) -> None:
        """Write the steps of `write` and `entry`, all or nothing.

        Raises:
            Lost: the entry's number is taken; the steps may be tried again with a newer entry.
            ProductError: what a failed step of `write` asks for, or the store could not answer.

        """
        item = {**key(tenant, entry.actor, entry.number), **_indexed(tenant, entry), **_document(entry)}
        put = {
            "TableName": self.table,
            "Item": dynamo.encode(item),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        write.with_step(STEP, {"Put": put}, on_fail=Lost).commit()

    def search(self, tenant: TenantId, search: Search, *, after: str | None, limit: int) -> Page:
        """Return at most `limit` entries, newest first, from the position `after` on; of everybody, day by day.

        Of several things that are asked for one chooses what is read: the resource, else the actor, else the beginning
        of the action. What `policy.matches` refuses may be among the entries.

        Raises:
            InvalidInput: `after` is no position of this trail.
            StoreUnavailable, Throttled: the store could not answer.

        """
        found: list[Entry] = []
        for index, part in partitions(tenant, search, after):
            found += self._read(search, index, part, after, limit - len(found))
            if len(found) == limit:
                return Page(entries=tuple(found), after=position(found[-1]))
        return Page(entries=tuple(found), after=None)

    def _read(self, search: Search, index: str, part: str, after: str | None, limit: int) -> list[Entry]:
        upper = _upper(search, after)
        if upper < stamp(search.start):  # DynamoDB refuses bounds that lie the wrong way round
            return []
        request: dict[str, Any] = {
            "TableName": self.table,
            "IndexName": index,
            "KeyConditionExpression": f"{index}pk = :pk AND {index}sk BETWEEN :from AND :to",
            "ExpressionAttributeValues": {
                ":pk": {"S": part},
                ":from": {"S": stamp(search.start)},
                ":to": {"S": upper},
            },
            "ScanIndexForward": False,
            "Limit": limit,
        }
        with dynamo.store_errors("audit"):
            answer = self.client.query(**request)
        return [_entry(dynamo.decode(item)) for item in answer.get("Items", [])]


def _upper(search: Search, after: str | None) -> str:
    """Return the greatest sort key that is asked for: before the end, and before what was read already."""
    return min(stamp(search.end), _before(after)) if after else stamp(search.end)


def _before(position: str) -> str:
    """Return the greatest text that sorts before `position` and may be a sort key."""
    instant, actor, number = _parts(position)
    return f"{instant}#{actor}#{int(number) - 1:09d}" if int(number) else f"{instant}#{actor}"


def _parts(position: str) -> tuple[str, str, str]:
    instant, _, rest = position.partition("#")
    actor, _, number = rest.partition("#")
    if not (_is_instant(instant) and actor and number.isdigit() and len(number) == 9):  # noqa: PLR2004 - as `_position`
        raise InvalidInput("the cursor is not one of ours", field="cursor")
    return instant, actor, number


def _is_instant(text: str) -> bool:
    try:
        return stamp(datetime.fromisoformat(text)) == text
    except ValueError:
        return False


def partitions(tenant: TenantId, search: Search, after: str | None) -> Iterator[tuple[str, str]]:
    """Yield the index and partitions to read, in this order; days are read from the newest."""
    if search.resource is not None:
        yield "gsi3", partition(tenant, "AUDITOF", _part(search.resource))
        return
    if search.actor is not None:
        yield "gsi1", partition(tenant, "AUDITBY", _part(search.actor))
        return
    if search.action is not None:
        yield "gsi4", partition(tenant, "AUDITDO", _part(family(search.action)))
        return
    last = datetime.fromisoformat(_parts(after)[0]) if after else search.end
    day = min(last, search.end).date()
    while day >= search.start.date():
        yield "gsi2", partition(tenant, "AUDITDAY", day.isoformat())
        day -= timedelta(days=1)


def _document(entry: Entry) -> dict[str, Any]:
    document = {**asdict(entry), "at": stamp(entry.at), "outcome": entry.outcome.value, "facts": dict(entry.facts)}
    return {name: value for name, value in document.items() if value not in ("", (), {}) and (name, value) not in ADDED}


def _entry(item: Mapping[str, Any]) -> Entry:
    return Entry(
        tenant=item["tenant"],
        actor=item.get("actor", ""),
        number=item["number"],
        at=datetime.fromisoformat(item["at"]),
        action=item["action"],
        resource=item["resource"],
        outcome=Outcome(item["outcome"]),
        roles=tuple(item.get("roles", ())),
        request_id=item.get("request_id", ""),
        source=item.get("source", ""),
        before=item.get("before", ""),
        after=item.get("after", ""),
        facts=item.get("facts", {}),
        previous=item.get("previous", ""),
        digest=item["digest"],
        shown=item.get("shown", 0),
        node=item.get("node", ""),
    )
