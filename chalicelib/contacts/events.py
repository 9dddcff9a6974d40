"""Contacts: what they hear. Contact records of Amazon Connect, from the tenant's Kinesis stream.

The loop over a batch is our own and not Powertools' BatchProcessor, because the order of a shard decides what is right
after a failure: Kinesis gives everything from the lowest failed record on again, so a store that does not answer ends
the batch (BatchProcessor would go on and meet the same silence once a record), while one contended record does not.
"""

import base64
import binascii
import functools
import logging
import os
import random
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from chalice.app import Blueprint

from chalicelib.contacts.service import DeadLetter, Effect, Ingest, UnusableRecord
from chalicelib.contacts.store import Contacts
from chalicelib.platform import aws, observability, settings
from chalicelib.platform.dynamo import Contended, store_errors
from chalicelib.platform.errors import ProductError
from chalicelib.tenancy import service as tenancy

bp = Blueprint(__name__)

FUNCTION: Final = "ingest_contact_records"
RESERVE_S: Final = 3.0
"""A record is begun only with this much time left, so that the answer gets out. A store that is very slow at the very
end can still cut a record off: then the whole batch comes again, which changes nothing."""

_METRIC: Mapping[Effect, str] = {
    Effect.STORED: "Ingested",
    Effect.CORRECTED: "Corrected",
    Effect.DUPLICATE: "Duplicates",
    Effect.EXPIRED: "Expired",
}
_log = logging.getLogger(__name__)

type Failures = dict[str, list[dict[str, str]]]


class OutOfTime(ProductError):
    """The invocation ends before this record could be begun; it comes again."""

    code, status, title, retryable = "out-of-time", 503, "Out of time", True


class Taker(Protocol):
    """Port: the effect of one record; see `service.Ingest`."""

    def take(self, data: bytes) -> Effect:
        """Bring the table to what the record says."""


class Queue(Protocol):
    """Port: the call of an SQS client that keeps a dead letter."""

    def send_message(self, **request: Any) -> Mapping[str, Any]:
        """Keep one message."""


@dataclass(frozen=True, slots=True)
class Batches:
    """Takes in batches of one shard. Poison goes to the dead-letter queue, then counts as done."""

    ingest: Taker
    queue: Queue
    queue_url: str

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
        return {"batchItemFailures": failures}

    def _take(self, entry: Mapping[str, Any]) -> None:
        try:
            data = base64.b64decode(entry["kinesis"]["data"], validate=True)
        except (binascii.Error, ValueError):
            data = str(entry["kinesis"]["data"]).encode()
        try:
            effect = self.ingest.take(data)
        except UnusableRecord as error:
            self._bury(entry, data, error)
            return
        observability.measure(_METRIC[effect])

    def _bury(self, entry: Mapping[str, Any], data: bytes, error: UnusableRecord) -> None:
        kinesis = entry["kinesis"]
        letter = DeadLetter(
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


@functools.cache
def wired() -> Batches:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    configured = settings.StoreSettings.load(os.environ)
    queue_url = settings.required(os.environ, "TRUNKLINE_DLQ_URL")
    tenant = tenancy.current()
    store = Contacts(
        aws.client("dynamodb"), configured.table, tenant.id, tenant.contacts_days, lambda: str(uuid.uuid4())
    )
    ingest = Ingest(
        tenant=tenant,
        table=configured.table,
        contacts=store,
        instance_arn=os.environ.get("TRUNKLINE_INSTANCE_ARN") or None,
        pause=time.sleep,
        chance=random.random,
    )
    return Batches(ingest, aws.client("sqs"), queue_url)


@bp.lambda_function(name=FUNCTION)
def ingest_contact_records(event: dict[str, Any], context: Any) -> Failures:
    """Take in one batch of contact records; a bug stays loud, so that Lambda bisects to the record that shows it."""
    tenant = tenancy.current().id
    started_s = time.perf_counter()
    observability.begin(function=FUNCTION, tenant=tenant, request_id=context.aws_request_id)
    failures = wired().handle(event, lambda: context.get_remaining_time_in_millis() / 1000)
    outcome = "partial" if failures["batchItemFailures"] else "ok"
    ms = round((time.perf_counter() - started_s) * 1000, 1)
    _log.info("batch", extra={"code": outcome, "records": len(event["Records"]), "ms": ms})
    observability.measure("BatchLatency", ms, "Milliseconds")
    observability.end(tenant=tenant, function=FUNCTION, outcome=outcome)
    return failures


if settings.is_entry(__name__):
    wired()
