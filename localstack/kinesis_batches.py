"""What an event source mapping does with a batch of a Kinesis shard after an invocation. Pure: no I/O, no clock.

The rules are those of AWS Lambda for stream sources: a shard is read in order; a batch that fails is tried again, as a
whole or from the lowest record that the function reported; bisecting does not count as a try; when the tries or the
record's age are used up, the records go to the on-failure destination as metadata and the shard moves on.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

FOREVER = -1
"""AWS's value for "no limit" of tries and of age."""


class Reason(StrEnum):
    """Why records were given up; the `condition` of the message to the destination."""

    RETRIES = "RetryAttemptsExhausted"
    AGE = "RecordAgeExceeded"


@dataclass(frozen=True, slots=True)
class Record:
    """A record's place in its shard and when it arrived (epoch seconds)."""

    sequence: str
    arrived_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Settings of the mapping."""

    partial: bool = False
    bisect: bool = False
    max_retries: int = FOREVER
    max_age_s: float = FOREVER


def policy_of(mapping: Mapping[str, Any]) -> Policy:
    """The settings of a mapping; templates carry numbers and booleans as text, too."""
    age = int(mapping.get("MaximumRecordAgeInSeconds") or FOREVER)
    retries = mapping.get("MaximumRetryAttempts")
    return Policy(
        partial="ReportBatchItemFailures" in (mapping.get("FunctionResponseTypes") or []),
        bisect=str(mapping.get("BisectBatchOnFunctionError", False)).lower() == "true",
        max_retries=FOREVER if retries is None else int(retries),
        max_age_s=age,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Records in order of the shard, how often the batch has failed, and how often it was handed to the function."""

    records: tuple[Record, ...]
    failures: int = 0
    invocations: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one invocation gave: a function error, or its response."""

    error: bool
    response: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What follows: this many records are done, `given_up` goes to the destination, `pending` comes next, in order."""

    delivered: int
    pending: tuple[Batch, ...]
    given_up: Batch | None = None

    @property
    def progress(self) -> bool:
        """Whether the next batch is another one than before: then there is no reason to pause."""
        return bool(self.delivered or self.given_up or len(self.pending) > 1)


def first_failed(response: Any, batch: Batch, *, partial: bool) -> int:
    """Index of the first record that counts as failed; the number of records when all are done.

    The response counts only when the mapping reports partial failures. None, {} and an empty list mean that all is
    well; an identifier that is empty or not in the batch, or a response of another shape, fails the whole batch.
    """
    everything = len(batch.records)
    if not partial or response is None or response == "":
        return everything
    if not isinstance(response, Mapping):
        return 0
    failures = response.get("batchItemFailures")
    if failures is None or failures == []:
        return everything
    if not isinstance(failures, Sequence) or isinstance(failures, str):
        return 0
    places = {record.sequence: index for index, record in enumerate(batch.records)}
    found = [places.get(item.get("itemIdentifier") or "") if isinstance(item, Mapping) else None for item in failures]
    known = [index for index in found if index is not None]
    return min(known) if len(known) == len(found) else 0


def after_invocation(batch: Batch, outcome: Outcome, policy: Policy) -> Step:
    """The next step after the function has had `batch` once."""
    batch = replace(batch, invocations=batch.invocations + 1)
    failed = 0 if outcome.error else first_failed(outcome.response, batch, partial=policy.partial)
    if failed == len(batch.records):
        return Step(delivered=failed, pending=())
    return after_failure(batch, failed, policy)


def after_failure(batch: Batch, failed: int, policy: Policy) -> Step:
    """The next step when the records from index `failed` on are not done.

    With progress (`failed` > 0) the rest is a batch of its own that has failed once. Without, the batch is bisected if
    the mapping wants that and it can be, else it is tried again until its tries are used up.
    """
    rest = replace(batch, records=batch.records[failed:], failures=1 if failed else batch.failures + 1)
    if policy.bisect and failed == 0 and len(rest.records) > 1:
        middle = (len(rest.records) + 1) // 2
        head = replace(batch, records=rest.records[:middle])
        tail = replace(batch, records=rest.records[middle:], failures=0)
        return Step(delivered=0, pending=(head, tail))
    if policy.max_retries != FOREVER and rest.failures > policy.max_retries:
        return Step(delivered=failed, pending=(), given_up=rest)
    return Step(delivered=failed, pending=(rest,))


def drop_expired(batch: Batch, policy: Policy, now_s: float) -> tuple[Batch | None, Batch | None]:
    """The leading records that are too old to be handed to the function, and the rest; None for an empty one."""
    if policy.max_age_s == FOREVER:
        return None, batch
    old = 0
    while old < len(batch.records) and now_s - batch.records[old].arrived_s > policy.max_age_s:
        old += 1
    expired = replace(batch, records=batch.records[:old]) if old else None
    return expired, replace(batch, records=batch.records[old:]) if old < len(batch.records) else None


def destination_message(
    batch: Batch, reason: Reason, *, shard_id: str, stream_arn: str, function_arn: str, request_id: str, now: str
) -> dict[str, Any]:
    """The message to an SQS destination: where the records are, not the records. `now` is ISO 8601."""
    first, last = batch.records[0], batch.records[-1]
    return {
        "requestContext": {
            "requestId": request_id,
            "functionArn": function_arn,
            "condition": reason.value,
            "approximateInvokeCount": batch.invocations,
        },
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "version": "1.0",
        "timestamp": now,
        "KinesisBatchInfo": {
            "shardId": shard_id,
            "startSequenceNumber": first.sequence,
            "endSequenceNumber": last.sequence,
            "approximateArrivalOfFirstRecord": iso(first.arrived_s),
            "approximateArrivalOfLastRecord": iso(last.arrived_s),
            "batchSize": len(batch.records),
            "streamArn": stream_arn,
        },
    }


def iso(epoch_s: float) -> str:
    """Epoch seconds as the ISO 8601 text that AWS writes, with milliseconds."""
    text = dt.datetime.fromtimestamp(epoch_s, dt.UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
