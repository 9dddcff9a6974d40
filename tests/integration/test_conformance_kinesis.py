"""What the product relies on of a Kinesis event source mapping: order, partial batches, bisecting, the queue."""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.support import lambda_code
from tests.support.waiting import until

Clients = Callable[..., Any]

SOURCE = """
import base64, json, os, time
import boto3

TABLE = os.environ["TABLE"]
client = boto3.client("dynamodb")

def handler(event, context):
    failed = []
    for record in event["Records"]:
        body = json.loads(base64.b64decode(record["kinesis"]["data"]))
        sequence = record["kinesis"]["sequenceNumber"]
        if body["kind"] == "crash":
            raise RuntimeError("crashed on " + body["id"])
        if body["kind"] == "gate":
            key = {"pk": {"S": body["id"] + "-reached"}}
            client.put_item(TableName=TABLE, Item=key)
            while "Item" not in client.get_item(TableName=TABLE, Key={"pk": {"S": body["id"] + "-open"}}):
                time.sleep(0.05)
        if body["kind"] == "poison":
            failed.append({"itemIdentifier": sequence})
            break
        client.update_item(
            TableName=TABLE, Key={"pk": {"S": body["id"]}},
            UpdateExpression="SET shard_order = if_not_exists(shard_order, :s) ADD seen :one",
            ExpressionAttributeValues={":s": {"S": sequence}, ":one": {"N": "1"}})
    return {"batchItemFailures": failed}
"""


@dataclass(frozen=True)
class Pipeline:
    """A stream, a function behind a mapping, the queue of given-up records, and the table that the function writes."""

    stream: str
    table: str
    queue_url: str
    mapping: str


@pytest.fixture(scope="module")
def pipeline(aws: Clients) -> Iterator[Pipeline]:
    """A pipeline like the product's: partial failures, bisecting, two tries, a queue for what fails."""
    name = f"probe-{uuid.uuid4().hex[:8]}"
    aws("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
    )
    aws("kinesis").create_stream(StreamName=name, ShardCount=2)
    queue_url = aws("sqs").create_queue(QueueName=name)["QueueUrl"]
    attributes = aws("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])["Attributes"]
    role = lambda_code.role(aws, name, [])
    lambda_code.deploy(aws, name, SOURCE, role, {"TABLE": name})
    stream = until(lambda: _active_stream(aws, name), what="the stream")
    mapping = aws("lambda").create_event_source_mapping(
        FunctionName=name,
        EventSourceArn=stream["StreamARN"],
        StartingPosition="TRIM_HORIZON",
        BatchSize=10,
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=2,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        DestinationConfig={"OnFailure": {"Destination": attributes["QueueArn"]}},
    )
    yield Pipeline(name, name, queue_url, mapping["UUID"])
    aws("lambda").delete_event_source_mapping(UUID=mapping["UUID"])
    aws("lambda").delete_function(FunctionName=name)
    aws("kinesis").delete_stream(StreamName=name)


def _active_stream(aws: Clients, name: str) -> dict[str, Any] | None:
    described = aws("kinesis").describe_stream(StreamName=name)["StreamDescription"]
    return described if described["StreamStatus"] == "ACTIVE" else None


def send(aws: Clients, pipeline: Pipeline, bodies: list[dict[str, str]], key: str) -> None:
    records = [{"Data": json.dumps(body).encode(), "PartitionKey": key} for body in bodies]
    assert aws("kinesis").put_records(StreamName=pipeline.stream, Records=records)["FailedRecordCount"] == 0


def stored(aws: Clients, pipeline: Pipeline, prefix: str) -> dict[str, dict[str, Any]]:
    items = aws("dynamodb").scan(TableName=pipeline.table, ConsistentRead=True)["Items"]
    return {item["pk"]["S"]: item for item in items if item["pk"]["S"].startswith(prefix)}


def given_up(aws: Clients, pipeline: Pipeline) -> list[dict[str, Any]]:
    answer = aws("sqs").receive_message(QueueUrl=pipeline.queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
    messages = answer.get("Messages", [])
    for message in messages:
        aws("sqs").delete_message(QueueUrl=pipeline.queue_url, ReceiptHandle=message["ReceiptHandle"])
    return [json.loads(message["Body"]) for message in messages]


def collect(aws: Clients, pipeline: Pipeline, count: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    def enough() -> bool:
        found.extend(given_up(aws, pipeline))
        return len(found) >= count

    until(enough, within_s=60, what=f"{count} message(s) in the queue of given-up records")
    return found


def test_all_records_of_a_shard_arrive_in_order(aws: Clients, pipeline: Pipeline) -> None:
    send(aws, pipeline, [{"id": f"order-{n:03}", "kind": "good"} for n in range(35)], key="order")
    items = until(lambda: len(found := stored(aws, pipeline, "order-")) == 35 and found, within_s=60)
    assert isinstance(items, dict)
    by_arrival = sorted(items, key=lambda name: int(items[name]["shard_order"]["S"]))
    assert by_arrival == sorted(items)


def test_a_reported_record_goes_to_the_queue_and_nothing_around_it_is_lost(aws: Clients, pipeline: Pipeline) -> None:
    bodies = [{"id": f"partial-{n:02}", "kind": "poison" if n == 13 else "good"} for n in range(25)]
    send(aws, pipeline, bodies, key="partial")
    (message,) = collect(aws, pipeline, 1)

    items = until(lambda: len(found := stored(aws, pipeline, "partial-")) == 24 and found, within_s=60)
    assert isinstance(items, dict)
    assert "partial-13" not in items
    assert message["KinesisBatchInfo"]["batchSize"] == 1
    assert message["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert _at(aws, message)["id"] == "partial-13"


def test_a_record_that_crashes_the_function_is_found_by_bisecting(aws: Clients, pipeline: Pipeline) -> None:
    bodies = [{"id": f"crash-{n:02}", "kind": "crash" if n == 4 else "good"} for n in range(10)]
    send(aws, pipeline, bodies, key="crash")
    (message,) = collect(aws, pipeline, 1)

    until(lambda: len(stored(aws, pipeline, "crash-")) == 9, within_s=60)
    assert _at(aws, message)["id"] == "crash-04"


def test_a_mapping_that_is_switched_off_is_disabling_until_its_function_is_done(
    aws: Clients, pipeline: Pipeline
) -> None:
    send(aws, pipeline, [{"id": "gate", "kind": "gate"}, {"id": "gate-after", "kind": "good"}], key="gate")
    until(lambda: "gate-reached" in stored(aws, pipeline, "gate"), within_s=60, what="the function at work")

    def state() -> str:
        return str(aws("lambda").get_event_source_mapping(UUID=pipeline.mapping)["State"])

    switched = aws("lambda").update_event_source_mapping(UUID=pipeline.mapping, Enabled=False)
    assert (switched["State"], state()) == ("Disabling", "Disabling")
    aws("dynamodb").put_item(TableName=pipeline.table, Item={"pk": {"S": "gate-open"}})
    until(lambda: state() == "Disabled", within_s=60, what="the end of the batch")
    assert stored(aws, pipeline, "gate").keys() >= {"gate", "gate-reached"}
    assert aws("lambda").update_event_source_mapping(UUID=pipeline.mapping, Enabled=True)["State"] == "Enabled"
    until(lambda: "gate-after" in stored(aws, pipeline, "gate"), within_s=60, what="what came after")


def test_a_mapping_that_was_switched_off_goes_on_where_it_stopped(aws: Clients, pipeline: Pipeline) -> None:
    send(aws, pipeline, [{"id": "off-before", "kind": "good"}], key="off")
    until(lambda: stored(aws, pipeline, "off-"), what="the record before the pause")
    switch(aws, pipeline, on=False)
    send(aws, pipeline, [{"id": "off-during", "kind": "good"}], key="off")
    switch(aws, pipeline, on=True)
    items = until(lambda: len(found := stored(aws, pipeline, "off-")) == 2 and found, what="the record of the pause")
    assert isinstance(items, dict)
    assert {item["seen"]["N"] for item in items.values()} == {"1"}


def switch(aws: Clients, pipeline: Pipeline, *, on: bool) -> None:
    aws("lambda").update_event_source_mapping(UUID=pipeline.mapping, Enabled=on)
    wanted = "Enabled" if on else "Disabled"
    read = aws("lambda").get_event_source_mapping
    until(lambda: read(UUID=pipeline.mapping)["State"] == wanted, what=f"the mapping to be {wanted}")


def test_latest_begins_with_what_arrives_after_the_mapping_was_made(aws: Clients, pipeline: Pipeline) -> None:
    name = f"{pipeline.stream}-late"
    aws("kinesis").create_stream(StreamName=name, ShardCount=1)
    late = replace(pipeline, stream=name)
    arn = until(lambda: _active_stream(aws, name), what="the stream")["StreamARN"]
    send(aws, late, [{"id": "late-before", "kind": "good"}], key="k")
    sent_s = time.time()
    until(lambda: time.time() > sent_s + 1, what="another second")  # mappings are dated by whole seconds
    mapping = aws("lambda").create_event_source_mapping(
        FunctionName=pipeline.table, EventSourceArn=arn, StartingPosition="LATEST"
    )["UUID"]
    send(aws, late, [{"id": "late-after", "kind": "good"}], key="k")
    items = until(lambda: stored(aws, pipeline, "late-"), what="the record after the mapping")
    aws("lambda").delete_event_source_mapping(UUID=mapping)
    assert set(items) == {"late-after"}


def _at(aws: Clients, message: dict[str, Any]) -> dict[str, str]:
    """The record that a message of the queue points at, read from the stream: this is how a replay works."""
    info, kinesis = message["KinesisBatchInfo"], aws("kinesis")
    iterator = kinesis.get_shard_iterator(
        StreamARN=info["streamArn"],
        ShardId=info["shardId"],
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        StartingSequenceNumber=info["startSequenceNumber"],
    )["ShardIterator"]
    (record,) = kinesis.get_records(ShardIterator=iterator, Limit=1)["Records"]
    body: dict[str, str] = json.loads(record["Data"])
    return body
