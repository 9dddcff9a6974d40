"""Whole tables: what lies in one, whether two are the same, and how what one lacks is put back (REL-06).

The one place that reads a table from end to end. Nothing of the product does; a restored table can be judged no other
way. It works with any DynamoDB client, the local cloud's and a real one (docs/runbooks/restore.md).
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import batched
from typing import Any, Final, Protocol

from botocore.exceptions import ClientError

from chalicelib.contacts import items
from chalicelib.platform.dynamo import decode, error_code

type Item = Mapping[str, Mapping[str, Any]]
type Key = tuple[str, str]
type Prints = Mapping[Key, str]
"""A digest of each item, by its key."""

TOGETHER: Final = 100
"""Puts in one transaction, the most that DynamoDB takes."""
_DELETED_TOGETHER: Final = 25
_COUNTED: Final = frozenset({"KPI", "AGENTKPI"})
_PASSING: Final = frozenset({"LIVE", "RESERVED"})
_OF_KEY: Final = frozenset({"pk", "sk"})


class Tables(Protocol):
    """Port: the calls of a DynamoDB client that copying needs."""

    def scan(self, **request: Any) -> Mapping[str, Any]:
        """Return one page of a table."""

    def batch_write_item(self, **request: Any) -> Mapping[str, Any]:
        """Delete up to 25 items; what was not done comes back."""

    def transact_write_items(self, **request: Any) -> Mapping[str, Any]:
        """Write all or nothing."""

    def put_item(self, **request: Any) -> Mapping[str, Any]:
        """Write one item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """In what a table differs from what it should be: keys, in order."""

    missing: tuple[Key, ...] = ()
    changed: tuple[Key, ...] = ()
    extra: tuple[Key, ...] = ()

    @property
    def none(self) -> bool:
        """Whether the two are the same, item by item."""
        return not (self.missing or self.changed or self.extra)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """How many items were put, and how many were there already and stayed as they were."""

    put: int
    kept: int


def read(client: Tables, table: str) -> Iterator[Item]:
    """Yield every item of `table` as DynamoDB spells it."""
    request: dict[str, Any] = {"TableName": table, "ConsistentRead": True}
    while True:
        page = client.scan(**request)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def key_of(item: Item) -> Key:
    """Return the key of an item."""
    return str(item["pk"]["S"]), str(item["sk"]["S"])


def kind_of(key: Key) -> str:
    """Return the kind of item that lies under a key: `CONTACT` of `T#acme#CONTACT#<id>`."""
    return key[0].split("#")[2]


def is_kept(key: Key) -> bool:
    """Return whether what lies under a key is kept; False: it says what goes on now, and goes with the moment.

    Events of contacts write and remove the board on their own way (EventBridge), decisions reserve agents for seconds:
    neither is held or told again by a recovery.
    """
    return kind_of(key) not in _PASSING


def prints(found: Iterable[Item]) -> dict[Key, str]:
    """Return a digest of each item by its key."""
    return {key_of(item): _digest(item) for item in found}


def _digest(item: Item) -> str:
    text = json.dumps(item, sort_keys=True, default=lambda value: bytes(value).hex())
    return hashlib.sha256(text.encode()).hexdigest()


def compare(wanted: Prints, found: Prints) -> Difference:
    """Return in what `found` differs from `wanted`."""
    both = wanted.keys() & found.keys()
    return Difference(
        missing=tuple(sorted(wanted.keys() - found.keys())),
        changed=tuple(sorted(key for key in both if wanted[key] != found[key])),
        extra=tuple(sorted(found.keys() - wanted.keys())),
    )


def totals(found: Iterable[Item]) -> dict[str, int]:
    """Return the sum of every counter over all quarter-hours, by kind of item and counter's name."""
    sums: Counter[str] = Counter()
    for item in found:
        kind = kind_of(key_of(item))
        if kind in _COUNTED:
            plain = decode({name: value for name, value in item.items() if name not in _OF_KEY})
            sums.update({f"{kind}.{name}": value for name, value in plain.items() if isinstance(value, int)})
    return {name: count for name, count in sorted(sums.items()) if count}


def broken(found: Iterable[Item]) -> tuple[str, ...]:
    """Return the contacts whose item is not what its own digest says (SEC-01)."""
    contacts = (decode(item) for item in found if key_of(item)[1] == items.CONTACT_SORT)
    return tuple(sorted(str(one["contact_id"]) for one in contacts if not items.is_intact(one)))


def empty(client: Tables, table: str) -> int:
    """Delete every item of `table` and return how many there were. For rehearsals on the local cloud."""
    keys = [{"pk": item["pk"], "sk": item["sk"]} for item in read(client, table)]
    for some in batched(keys, _DELETED_TOGETHER, strict=False):
        left: Any = {table: [{"DeleteRequest": {"Key": key}} for key in some]}
        while left:
            left = client.batch_write_item(RequestItems=left).get("UnprocessedItems")
    return len(keys)


def fill(client: Tables, source: str, target: str) -> Filled:
    """Put every item of `source` that `target` lacks into it; what `target` has is newer and stays.

    May be interrupted and run again. Costs two write units a KB: the puts are conditional and go in transactions.
    """
    put = kept = 0
    for some in batched(read(client, source), TOGETHER, strict=False):
        puts = [_put(target, item) for item in some]
        try:
            client.transact_write_items(TransactItems=[{"Put": one} for one in puts])
            put += len(puts)
        except ClientError as exc:
            if error_code(exc) != "TransactionCanceledException":
                raise
            done = sum(_put_alone(client, one) for one in puts)
            put, kept = put + done, kept + len(puts) - done
    return Filled(put=put, kept=kept)


def _put(table: str, item: Item) -> dict[str, Any]:
    return {"TableName": table, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}


def _put_alone(client: Tables, put: Mapping[str, Any]) -> bool:
    """Put one item; False: there is one under its key."""
    try:
        client.put_item(**put)
    except ClientError as exc:
        if error_code(exc) != "ConditionalCheckFailedException":
            raise
        return False
    return True
