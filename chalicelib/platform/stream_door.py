"""The door of functions that hear a Kinesis stream: batches, partial failures, and poison parked with its payload.

The loop over a batch is our own and not Powertools' BatchProcessor, because the order of a shard decides what is right
after a failure: Kinesis gives everything from the lowest failed record on again, so a store that does not answer ends
the batch (BatchProcessor would go on and meet the same silence once a record), while one contended record does not.
"""

import base64
import binascii
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Protocol

from chalicelib.platform import observability
from chalicelib.platform.dynamo import Contended, store_errors
from chalicelib.platform.errors import ProductError
from chalicelib.platform.fields import Unusable

RESERVE_S: Final = 3.0
"""A record is begun only with this much time left, so that the answer gets out. A store that is very slow at the very
end can still cut a record off: then the whole batch comes again, which changes nothing."""

LETTER_SCHEMA: Final = "dead_letter.v1"
"""Name and version of a dead letter's shape, `shapes.DeadLetter`."""

LARGEST_PAYLOAD_BYTES: Final = 180_000
"""A message of SQS holds 256 KiB, and base64 adds a third. A larger record is kept by its place in the stream."""

_log = logging.getLogger(__name__)

type Failures = dict[str, list[dict[str, str]]]


class OutOfTime(ProductError):
    """The invocation ends before this record could be begun; it comes again."""

    code, status, title, retryable = "out-of-time", 503, "Out of time", True


class Taker[Effect: StrEnum](Protocol):
    """Port: the effect of one record."""

    def take(self, data: bytes) -> Effect:
        """Bring the table to what the record says."""


class Queue(Protocol):
    """Port: the call of an SQS client that keeps a dead letter."""

    def send_message(self, **request: Any) -> Mapping[str, Any]:
        """Keep one message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A record that cannot be taken in, why, and where it came from. `kind` is what the record is."""

    kind: str
    data: bytes
    partition_key: str
    sequence_number: str
    shard_id: str
    stream_arn: str
    arrived_at: float
    code: str
    detail: str
    field: str | None

    def body(self) -> str:
        """Return the text that the queue keeps. The payload is base64: it may be any bytes."""
        payload = base64.b64encode(self.data).decode() if len(self.data) <= LARGEST_PAYLOAD_BYTES else None
        return json.dumps(
            {
                "schema": LETTER_SCHEMA,
                "kind": self.kind,
                "reason": {"code": self.code, "detail": self.detail, "field": self.field},
                "stream_arn": self.stream_arn,
                "shard_id": self.shard_id,
                "sequence_number": self.sequence_number,
                "partition_key": self.partition_key,
                "arrived_at": self.arrived_at,
                "size_bytes": len(self.data),
                "data": payload,
            }
        )


def done() -> None:
    """Leave a batch as it is."""


@dataclass(frozen=True, slots=True)
class Batches[Effect: StrEnum]:
    """Takes in batches of one shard. Poison goes to the dead-letter queue, then counts as done.

    `kind` says what the records are, `metrics` under which name each effect is counted. `settle` is called after the
    last record of a batch that was begun, whatever came of it; it raises nothing that is expected.
    """

    ingest: Taker[Effect]
    queue: Queue
    queue_url: str
    kind: str
    metrics: Mapping[Effect, str]
    settle: Callable[[], None] = done

    def handle(self, event: Mapping[str, Any], remaining_s: Callable[[], float]) -> Failures:
        """Return the sequence numbers that Kinesis must give again; whatever follows the lowest comes with it."""
        failures: list[dict[str, str]] = []
        for entry in event["Records"]:
            try:
                if remaining_s() < RESERVE_S:
                    msg = "too little time left to begin a record"
                    raise OutOfTime(msg)
                self._take(entry)
            except ProductError as error:
                _log.warning(
                    "record comes again",
                    extra={"code": error.code, "reason": error.detail, "sequence": _sequence(entry)},
                )
                observability.measure("Failed")
                failures.append({"itemIdentifier": _sequence(entry)})
                if not isinstance(error, Contended):
                    break
        self.settle()
        return {"batchItemFailures": failures}

    def _take(self, entry: Mapping[str, Any]) -> None:
        try:
            data = base64.b64decode(entry["kinesis"]["data"], validate=True)
        except (binascii.Error, ValueError):
            data = str(entry["kinesis"]["data"]).encode()
        try:
            effect = self.ingest.take(data)
        except Unusable as error:
            self._bury(entry, data, error)
            return
        observability.measure(self.metrics[effect])

    def _bury(self, entry: Mapping[str, Any], data: bytes, error: Unusable) -> None:
        kinesis = entry["kinesis"]
        letter = DeadLetter(
            kind=self.kind,
            data=data,
            partition_key=kinesis["partitionKey"],
            sequence_number=kinesis["sequenceNumber"],
            shard_id=str(entry.get("eventID", "")).partition(":")[0],
            stream_arn=entry["eventSourceARN"],
            arrived_at=kinesis.get("approximateArrivalTimestamp", 0),
            code=error.code,
            detail=error.detail,
            field=str(error.facts.get("field", "")) or None,
        )
        with store_errors("keep a dead letter"):
            self.queue.send_message(QueueUrl=self.queue_url, MessageBody=letter.body())
        observability.measure("Poison")
        _log.warning("poison", extra={"code": error.code, "field": letter.field, "sequence": letter.sequence_number})


def _sequence(entry: Mapping[str, Any]) -> str:
    return str(entry["kinesis"]["sequenceNumber"])


def serve(function: str, tenant: str, batches: Batches[Any], event: Mapping[str, Any], context: Any) -> Failures:
    """Take in one batch as the function `function`: one log line, the metrics, and what must come again.

    A bug stays loud, so that Lambda bisects the batch down to the record that shows it.
    """
    started_s = time.perf_counter()
    failures = batches.handle(event, lambda: context.get_remaining_time_in_millis() / 1000)
    outcome = "partial" if failures["batchItemFailures"] else "ok"
    ms = round((time.perf_counter() - started_s) * 1000, 1)
    _log.info("batch", extra={"code": outcome, "records": len(event["Records"]), "ms": ms})
    observability.measure("BatchLatency", ms, "Milliseconds")
    observability.end(tenant=tenant, function=function, outcome=outcome)
    return failures
