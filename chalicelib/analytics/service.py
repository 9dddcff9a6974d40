"""Analytics: what they do. Send what the table was told onto the delivery streams, at least once."""

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from typing import Any, Final, Protocol

from chalicelib.agents.events import change_of, turn_of
from chalicelib.analytics import policy
from chalicelib.analytics.models import DAY, Row
from chalicelib.analytics.policy import Copy
from chalicelib.completions import service as completions
from chalicelib.contacts.service import CONTACT_SORT, contact_of
from chalicelib.metrics.models import Refusal
from chalicelib.platform.dynamo import decode, store_errors
from chalicelib.platform.errors import StoreUnavailable
from chalicelib.platform.tenancy import TenantId, partition
from chalicelib.tenancy.models import Tenant
from chalicelib.tickets import service as tickets

BATCH_RECORDS: Final = 500
BATCH_BYTES: Final = 4_000_000
"""What one PutRecordBatch may hold (its limits are 500 records and 4 MiB)."""
TRIES: Final = 4
"""Sendings of a batch of which a part was refused, before the whole batch is given back to the table's stream."""
FIRST_PAUSE_S: Final = 0.1
_MARK_LENGTH: Final = 32
"""Hexadecimal digits: 128 bits, so that two callers of one tenant never share a mark."""


class Firehose(Protocol):
    """Port: the one call of a Firehose client."""

    def put_record_batch(self, **request: Any) -> Mapping[str, Any]:
        """Take records; the answer tells which were not taken."""


class Days(Protocol):
    """Port: see `store.Days`."""

    def items(self, day: str) -> Iterator[dict[str, Any]]:
        """Yield the contacts of a UTC day, what was written of them and of its tickets, turns and changes of status."""


class Refusals(Protocol):
    """Port: calls that never became a contact; see `metrics.service.RefusedCalls`."""

    def by_metric(self, start: datetime, end: datetime) -> Iterator[Refusal]:
        """Yield what each metric counted in each quarter-hour of [start, end)."""


def marker(secret: str) -> Callable[[str], str]:
    """Return what makes a mark of a person's address or number: HMAC-SHA256 under the tenant's `secret`.

    The same person has the same mark, which finds repeated contacts; without the secret no list of all telephone
    numbers leads back from it.
    """
    key = secret.encode()
    return lambda text: hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:_MARK_LENGTH]


def contents(tenant: Tenant, entries: Iterable[Mapping[str, Any]], mark: Callable[[str], str]) -> Iterator[Row]:
    """Yield the rows of what the table's stream tells in `entries`; what is none of the export's has none."""
    for entry in entries:
        told = entry["dynamodb"]
        if "NewImage" in told:
            item, copy = decode(told["NewImage"]), Copy(sequence=str(told["SequenceNumber"]))
            yield from item_rows(tenant, item, copy, mark)


def item_rows(tenant: Tenant, item: Mapping[str, Any], copy: Copy, mark: Callable[[str], str]) -> Iterator[Row]:
    """Yield the rows of one item of the table."""
    if item["sk"] == CONTACT_SORT:
        yield from policy.contact_rows(contact_of(item), tenant, copy, mark)
    elif str(item["pk"]).startswith(turns_prefix(tenant.id)):
        yield policy.turn_row(turn_of(item), copy)
    elif str(item["pk"]).startswith(statuses_prefix(tenant.id)):
        yield policy.status_row(change_of(item), tenant, copy)
    elif str(item["sk"]).startswith(completions.VERSION_PREFIX):
        yield policy.completion_row(_id(item), completions.version_of(item), copy)
    elif str(item["sk"]).startswith(tickets.STEP_PREFIX):
        yield policy.step_row(_id(item), tickets.step_of(item), copy)


def _id(item: Mapping[str, Any]) -> str:
    """Return the contact or ticket under whose partition the item lies."""
    return str(item["pk"]).rpartition("#")[2]


def exported(tenant: TenantId) -> tuple[Mapping[str, Any], ...]:
    """Return the patterns that what `contents` makes rows of fits, for the mapping of the table's stream."""
    return (
        {"eventName": ["INSERT", "MODIFY"], "dynamodb": {"Keys": {"sk": {"S": [CONTACT_SORT]}}}},
        {"eventName": ["INSERT"], "dynamodb": {"Keys": {"pk": {"S": [{"prefix": turns_prefix(tenant)}]}}}},
        # Two changes of an agent at one instant are one item: the later copy stays.
        {
            "eventName": ["INSERT", "MODIFY"],
            "dynamodb": {"Keys": {"pk": {"S": [{"prefix": statuses_prefix(tenant)}]}}},
        },
        *(
            {"eventName": ["INSERT"], "dynamodb": {"Keys": {"sk": {"S": [{"prefix": prefix}]}}}}
            for prefix in (completions.VERSION_PREFIX, tickets.STEP_PREFIX)
        ),
    )


def turns_prefix(tenant: TenantId) -> str:
    """Return what the partition keys of agents' turns begin with."""
    return partition(tenant, "ACTIVITY", "x").removesuffix("x")


def statuses_prefix(tenant: TenantId) -> str:
    """Return what the partition keys of changes of agents' statuses begin with."""
    return partition(tenant, "STATUS", "x").removesuffix("x")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Puts records onto delivery streams; `pause` waits seconds."""

    firehose: Firehose
    pause: Callable[[float], None]

    def send(self, stream: str, batch: Sequence[bytes]) -> None:
        """Put one batch (see `batches`) onto `stream`; what is refused is sent again, `TRIES` times in all.

        Raises:
            StoreUnavailable, Throttled: not all were taken.

        """
        left = list(batch)
        for attempt in range(TRIES):
            if attempt:
                self.pause(FIRST_PAUSE_S * 2 ** (attempt - 1))
            left = self._refused(stream, left)
            if not left:
                return
        msg = "the delivery stream refused records again and again"
        raise StoreUnavailable(msg, refused=len(left))

    def _refused(self, stream: str, batch: Sequence[bytes]) -> list[bytes]:
        """Send `batch` and return what of it was not taken."""
        with store_errors("send to the analytics store"):
            answer = self.firehose.put_record_batch(
                DeliveryStreamName=stream, Records=[{"Data": data} for data in batch]
            )
        told = answer["RequestResponses"]
        return [data for data, each in zip(batch, told, strict=True) if each.get("ErrorCode")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """Sends rows of one tenant. `streams` names the delivery stream of each table.

    `days` reads what the table still holds of a day, `refusals` what CloudWatch counted.
    """

    tenant: Tenant
    sender: Sender
    streams: Mapping[str, str]
    mark: Callable[[str], str]
    days: Days
    refusals: Refusals
    now: Callable[[], datetime]

    def take(self, entries: Sequence[Mapping[str, Any]]) -> Counter[str]:
        """Send the rows of `entries`, and return how many of each table.

        A repetition sends them again: a row's version tells which is the newest, and readers take that one.

        Raises:
            StoreUnavailable, Throttled: not all were taken; the same entries may be given again.

        """
        return self._send_all(contents(self.tenant, entries, self.mark))

    def again(self, day: str) -> Counter[str]:
        """Send what the table holds of contacts that began on the UTC day `day`, of tickets that were opened and of
        what agents did on it, and the calls that were refused on it.

        For days from before there was an export, and for what it gave up. These copies have no place in the table's
        stream and count as older than any other of the same record.

        Raises:
            StoreUnavailable, Throttled: not all was read and taken; the same day may be sent again.

        """
        copy = Copy(sequence="0")
        found = (item_rows(self.tenant, item, copy, self.mark) for item in self.days.items(day))
        return self._send_all(chain(chain.from_iterable(found), self._refused_on(date.fromisoformat(day))))

    def refused(self, days: int) -> Counter[str]:
        """Send the calls that were refused today and on the days before, `days` UTC days in all.

        Raises:
            StoreUnavailable, Throttled: not all was read and taken; the same days may be sent again.

        """
        today = self.now().astimezone(UTC).date()
        each = (self._refused_on(today - timedelta(days=n)) for n in range(days))
        return self._send_all(chain.from_iterable(each))

    def _refused_on(self, day: date) -> Iterator[Row]:
        start, now = datetime.combine(day, time(), UTC), self.now()
        for refusal in self.refusals.by_metric(start, start + timedelta(days=1)):
            yield policy.refusal_row(refusal, now)

    def _send_all(self, rows: Iterable[Row]) -> Counter[str]:
        by_table: dict[str, list[bytes]] = {}
        for row in rows:
            by_table.setdefault(row.table, []).append(record(row))
        for table, records in by_table.items():
            for batch in batches(records):
                self.sender.send(self.streams[table], batch)
        return Counter({table: len(records) for table, records in by_table.items()})


def record(row: Row) -> bytes:
    """Return `row` as a delivery stream takes it: one JSON object with the partition beside the columns."""
    return (json.dumps({**row.values, DAY: row.day}, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def batches(records: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Yield `records` in their order, in batches that one request may hold."""
    batch: list[bytes] = []
    size_bytes = 0
    for data in records:
        if batch and (len(batch) == BATCH_RECORDS or size_bytes + len(data) > BATCH_BYTES):
            yield batch
            batch, size_bytes = [], 0
        batch.append(data)
        size_bytes += len(data)
    if batch:
        yield batch
