"""Event source mappings of Kinesis streams, corrected from outside.

MiniStack's own poller takes every answered invocation as a success and knows no bisecting, no limit of tries or age and
no destination. `plug_in` puts `poll` in its place: MiniStack's loop still calls it whenever a stream gains records, the
rules are those of `kinesis_batches`. A shard with records gets one thread at a time: shards run side by side and each
stays in order. ParallelizationFactor and batching windows are accepted and ignored: a batch is what is there. A mapping
that is switched off is `Disabling` until the batch in the function's hands is done, as on AWS, and `Disabled` then.
"""

import base64
import json
import logging
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from localstack import kinesis_destination
from localstack import ministack_glue as glue
from localstack.doors import DOORS
from localstack.kinesis_batches import (
    Batch,
    Outcome,
    Policy,
    Reason,
    Record,
    after_invocation,
    destination_message,
    drop_expired,
    iso,
    policy_of,
)

LOG = logging.getLogger("trunkline.kinesis")

DEFAULT_BATCH_SIZE = 100
FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 5.0
"""After a failed invocation a shard pauses, longer each time, as AWS backs off."""


@dataclass(slots=True)
class Shard:
    """What we know of one shard of one mapping: up to where it was read, and what is still to do."""

    read_up_to: int
    pending: tuple[Batch, ...] = ()
    busy: bool = False
    paused_until_s: float = 0.0
    pause_s: float = FIRST_PAUSE_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One shard of one mapping, as found in this pass."""

    account: str
    region: str
    mapping: Mapping[str, Any]
    stream_arn: str
    shard_id: str
    records: list[dict[str, Any]] = field(repr=False)

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What the shard's state is kept under."""
        return self.account, self.region, self.mapping["UUID"], self.shard_id


class Poller:
    """The state of all shards of all mappings."""

    def __init__(self) -> None:
        self._shards: dict[tuple[str, str, str, str], Shard] = {}
        self._lock = threading.Lock()

    def poll(self) -> bool:
        """Give every shard that has something to do a thread; False: nothing was done in the caller's thread."""
        mappings = list(glue.reach("ministack.services.lambda_svc", "_iter_all_esms")())
        sources = [source for mapping in mappings for source in _sources(*mapping)]
        with self._lock:
            self._forget_others({mapping["UUID"] for _, _, mapping in mappings})
            ready = [source for source in sources if self._take(source)]
        for source in ready:
            threading.Thread(target=self._drain, args=(source,), daemon=True, name="trunkline-kinesis").start()
        return False

    def is_busy(self, mapping: str) -> bool:
        """Tell whether a function is at work on a batch of this mapping."""
        with self._lock:
            return any(key[2] == mapping and shard.busy for key, shard in self._shards.items())

    def _forget_others(self, mappings: set[str]) -> None:
        """Drop what belongs to deleted mappings; one that is switched off keeps its place."""
        for key in [key for key, shard in self._shards.items() if key[2] not in mappings and not shard.busy]:
            del self._shards[key]

    def _take(self, source: Source) -> bool:
        shard = self._shards.get(source.key)
        if shard is None:
            shard = self._shards[source.key] = Shard(read_up_to=_start(source))
        waiting = shard.pending or any(int(r["SequenceNumber"]) > shard.read_up_to for r in source.records[-1:])
        if shard.busy or not waiting or shard.paused_until_s > time.monotonic():
            return False
        shard.busy = True
        return True

    def _drain(self, source: Source) -> None:
        shard = self._shards[source.key]
        what = f"shard {source.shard_id} of {source.stream_arn}"
        try:
            if not DOORS.through("kinesis", what, lambda: self._batches(source, shard)):
                self._pause(shard)  # and is tried again
        finally:
            with self._lock:
                shard.busy = False
            glue.reach("ministack.core.concurrency", "esm_wake").set()

    def _batches(self, source: Source, shard: Shard) -> None:
        with glue.acting_as(source.account, source.region):
            while self._one_batch(source, shard):
                pass

    def _pause(self, shard: Shard) -> None:
        shard.paused_until_s = time.monotonic() + shard.pause_s
        timer = threading.Timer(shard.pause_s, glue.reach("ministack.core.concurrency", "esm_wake").set)
        timer.daemon = True
        timer.start()
        shard.pause_s = min(shard.pause_s * 2, LONGEST_PAUSE_S)

    def _one_batch(self, source: Source, shard: Shard) -> bool:
        """Hand one batch to the function; False when there is nothing to do now."""
        if not source.mapping.get("Enabled", True):
            return False
        if not shard.pending:
            self._read(source, shard)
        if not shard.pending:
            return False
        policy = policy_of(source.mapping)
        head, *later = shard.pending
        expired, fresh = drop_expired(head, policy, time.time())
        if expired:
            _give_up(source, expired, Reason.AGE)
        if fresh is None:
            shard.pending = tuple(later)
            return True
        return self._invoke(source, shard, fresh, tuple(later), policy)

    def _read(self, source: Source, shard: Shard) -> None:
        size = int(source.mapping.get("BatchSize") or DEFAULT_BATCH_SIZE)
        unread = [r for r in _records_now(source) if int(r["SequenceNumber"]) > shard.read_up_to][:size]
        if unread:
            shard.read_up_to = int(unread[-1]["SequenceNumber"])
            records = (Record(r["SequenceNumber"], r["ApproximateArrivalTimestamp"]) for r in unread)
            shard.pending = (Batch(records=tuple(records)),)

    def _invoke(self, source: Source, shard: Shard, batch: Batch, later: tuple[Batch, ...], policy: Policy) -> bool:
        event = _event(source, batch)
        result = _run(source, event) if event["Records"] else {}
        if result.get("throttle"):
            shard.pending = (batch, *later)
            self._pause(shard)
            return False
        step = after_invocation(batch, Outcome(error=bool(result.get("error")), response=_body(result)), policy)
        shard.pending = (*step.pending, *later)
        failed = len(batch.records) - step.delivered
        _note(source, f"PROBLEM: {failed} records failed" if failed else f"OK - {step.delivered} records")
        if step.given_up:
            _give_up(source, step.given_up, Reason.RETRIES)
        if step.progress:
            shard.pause_s = FIRST_PAUSE_S
            return True
        self._pause(shard)
        return False


def _sources(account: str, region: str, mapping: Mapping[str, Any]) -> Iterator[Source]:
    arn = mapping.get("EventSourceArn", "")
    if not mapping.get("Enabled", True) or not arn.startswith("arn:aws:kinesis:"):
        return
    stream = _stream(arn)
    if stream and stream["StreamStatus"] == "ACTIVE":
        for shard_id, shard in list(stream["shards"].items()):
            yield Source(
                account=account,
                region=region,
                mapping=mapping,
                stream_arn=arn,
                shard_id=shard_id,
                records=shard["records"],
            )


def _stream(arn: str) -> dict[str, Any] | None:
    _, _, _, region, owner, name = arn.split(":")
    streams = glue.reach("ministack.services.kinesis", "_streams")
    found: dict[str, Any] | None = streams.get_scoped(owner, region, name.removeprefix("stream/"))
    return found


def _records_now(source: Source) -> list[dict[str, Any]]:
    """The shard's records as they are now: MiniStack replaces the list when old records expire."""
    stream = _stream(source.stream_arn)
    return list(stream["shards"][source.shard_id]["records"]) if stream else []


def _start(source: Source) -> int:
    """The sequence number after which a mapping begins: LATEST is what arrived since the mapping was made."""
    if source.mapping.get("StartingPosition", "LATEST") == "TRIM_HORIZON":
        return -1
    made_s = float(source.mapping.get("LastModified") or 0)
    before = [r for r in source.records if r["ApproximateArrivalTimestamp"] < made_s]
    return int(before[-1]["SequenceNumber"]) if before else -1


def _event(source: Source, batch: Batch) -> dict[str, Any]:
    wanted = {record.sequence for record in batch.records}
    records = [_shown(source, r) for r in _records_now(source) if r["SequenceNumber"] in wanted]
    kept = glue.reach("ministack.services.lambda_svc", "_apply_filter_criteria")(records, source.mapping)
    return {"Records": kept}


def _shown(source: Source, record: Mapping[str, Any]) -> dict[str, Any]:
    data = record["Data"]
    text = base64.b64encode(data).decode() if isinstance(data, bytes) else str(data)
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": record["PartitionKey"],
            "sequenceNumber": record["SequenceNumber"],
            "data": text,
            "approximateArrivalTimestamp": record["ApproximateArrivalTimestamp"],
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{source.shard_id}:{record['SequenceNumber']}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": source.mapping["FunctionArn"],
        "awsRegion": source.region,
        "eventSourceARN": source.stream_arn,
    }


def _function(source: Source) -> Any:
    find = glue.reach("ministack.services.lambda_svc", "_get_func_record_for_qualifier")
    return find(source.mapping["FunctionName"], source.mapping.get("Qualifier"))


def _run(source: Source, event: Mapping[str, Any]) -> dict[str, Any]:
    function, _ = _function(source)
    if function is None:
        return {"throttle": True}
    result: dict[str, Any] = glue.reach("ministack.services.lambda_svc", "_execute_function")(function, dict(event))
    if result.get("error") and not result.get("throttle"):
        LOG.warning("%s failed on a batch: %s", source.mapping["FunctionName"], result.get("body"))
    return result


def _body(result: Mapping[str, Any]) -> Any:
    body = result.get("body")
    if not isinstance(body, str):
        return body
    try:
        return json.loads(body)
    except ValueError:
        return body


def _note(source: Source, text: str) -> None:
    mapping: Any = source.mapping
    mapping["LastProcessingResult"] = text


def _give_up(source: Source, batch: Batch, reason: Reason) -> None:
    message = destination_message(
        batch,
        reason,
        shard_id=source.shard_id,
        stream_arn=source.stream_arn,
        function_arn=source.mapping["FunctionArn"],
        request_id=str(uuid.uuid4()),
        now=iso(time.time()),
    )
    LOG.warning("%s: %d record(s) of %s given up", reason.value, len(batch.records), source.stream_arn)
    function, _ = _function(source)
    kinesis_destination.tell(source.mapping, function, message)


def plug_in() -> Poller:
    """Put our poller in the place of MiniStack's, and let mappings be shown with what it is doing."""
    poller = Poller()
    shown = glue.reach("ministack.services.lambda_svc", "_esm_response")

    def with_state(mapping: Mapping[str, Any]) -> dict[str, Any]:
        told: dict[str, Any] = shown(mapping)
        if told.get("State") == "Disabled" and poller.is_busy(mapping["UUID"]):
            told["State"] = "Disabling"
        return told

    glue.replace("ministack.services.lambda_svc", "_poll_kinesis", poller.poll)
    glue.replace("ministack.services.lambda_svc", "_esm_response", with_state)
    return poller
