"""Streams and stored objects while a table is mended: held, and told once more from an instant on (REL-06)."""

import datetime as dt
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

_READ: Final = 1_000
_OFF: Final = frozenset({"Disabled", "Disabling", "Deleting"})
_DEADLINE_S: Final = 120.0
_A_MOMENT_S: Final = 0.1


def arn(kinesis: Any, stream: str) -> str:
    """Return the ARN of a stream."""
    return str(kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]["StreamARN"])


@contextmanager
def held(lambda_: Any, arns: Sequence[str]) -> Iterator[None]:
    """Let no function read these streams until the block ends; they keep their places, and nothing is lost in between.

    The block begins when the batches that functions had in hand are done. A mapping that was switched off stays so.

    Raises:
        RuntimeError: a function was not done with its batch after two minutes.

    """
    found = [
        one for name in arns for one in lambda_.list_event_source_mappings(EventSourceArn=name)["EventSourceMappings"]
    ]
    switched = [one["UUID"] for one in found if one["State"] not in _OFF]
    try:
        for mapping in switched:
            lambda_.update_event_source_mapping(UUID=mapping, Enabled=False)
        for mapping in switched:
            _wait_until_off(lambda_, mapping)
        yield
    finally:
        for mapping in switched:
            lambda_.update_event_source_mapping(UUID=mapping, Enabled=True)


def _wait_until_off(lambda_: Any, mapping: str) -> None:
    end = time.monotonic() + _DEADLINE_S
    while (state := lambda_.get_event_source_mapping(UUID=mapping)["State"]) != "Disabled":
        if time.monotonic() > end:
            msg = f"the event source mapping {mapping} is still {state}"
            raise RuntimeError(msg)
        time.sleep(_A_MOMENT_S)


def since(kinesis: Any, stream: str, at: dt.datetime) -> list[tuple[bytes, str]]:
    """Return data and partition key of every record that arrived at `at` or later, shard by shard in order."""
    found: list[tuple[bytes, str]] = []
    for shard in kinesis.list_shards(StreamName=stream)["Shards"]:
        iterator = kinesis.get_shard_iterator(
            StreamName=stream, ShardId=shard["ShardId"], ShardIteratorType="AT_TIMESTAMP", Timestamp=at
        )["ShardIterator"]
        while iterator:
            page = kinesis.get_records(ShardIterator=iterator, Limit=_READ)
            found += [(record["Data"], record["PartitionKey"]) for record in page["Records"]]
            at_the_tip = not page["Records"] and not page.get("MillisBehindLatest")
            iterator = None if at_the_tip else page.get("NextShardIterator")
    return found


def again(kinesis: Any, stream: str, at: dt.datetime) -> int:
    """Put every record that arrived since `at` on the stream once more; return how many. Ingest takes each once."""
    records = since(kinesis, stream, at)
    for data, key in records:
        kinesis.put_record(StreamName=stream, Data=data, PartitionKey=key)
    return len(records)


def stored_again(s3: Any, bucket: str, at: dt.datetime) -> int:
    """Copy every object that was stored since `at` onto itself, so that it is indexed once more; return how many."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    found = [one["Key"] for page in pages for one in page.get("Contents", []) if one["LastModified"] >= at]
    for key in found:
        s3.copy_object(Bucket=bucket, Key=key, CopySource={"Bucket": bucket, "Key": key}, MetadataDirective="REPLACE")
    return len(found)
