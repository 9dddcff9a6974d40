"""What happens when something breaks: callers still reach a queue, and no record is lost."""

import datetime as dt
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.contacts.deadletters import KIND
from chalicelib.platform.stream_door import DeadLetter
from cli import dead_letters
from cli.showcase import first_call
from tests.support.deployed_system import System, decision, events, robbed_of_table, until

pytestmark = pytest.mark.e2e

TENANT = "hrgroup"
GARBAGE = (b"not json", b"{}", b"\xff\xfe", b'["a list"]', b'{"ContactId": 7}')


@pytest.fixture
def without_table(system: System) -> Iterator[System]:
    """Yield the system with IAM on and the routing function's role robbed of its table."""
    with robbed_of_table(system, TENANT, "RouteContactFunction"):
        yield system


@pytest.mark.req("ACD-21")
def test_without_its_table_the_call_still_reaches_the_default_queue_and_an_agent(without_table: System) -> None:
    call = without_table.call(first_call(without_table.contracts[TENANT]))
    result = decision(call).facts["result"]
    assert (result["queue"], result["degraded"], result["reason"]) == ("after-sales", "true", "routing-degraded")
    assert events(call, "joined"), "an agent must have answered"
    stored = json.dumps(without_table.stored(TENANT, call.contact_id), ensure_ascii=False)
    assert "after-sales" in stored
    contact = until(lambda: without_table.apis[TENANT].contact(call.contact_id), "the contact by REST")
    assert contact["facts"]["degraded"] is True


@pytest.mark.req("REL-05")
def test_garbage_on_the_stream_is_put_aside_and_nothing_else_is_lost(system: System) -> None:
    kinesis, stack = system.client("kinesis"), system.stacks[TENANT]
    stream = stack.output("ContactRecordStream")
    numbers = {
        kinesis.put_record(StreamName=stream, Data=data, PartitionKey=f"garbage-{position}")["SequenceNumber"]
        for position, data in enumerate(GARBAGE)
    }
    call = system.call(first_call(system.contracts[TENANT]))
    assert system.stored(TENANT, call.contact_id), "a good record behind the garbage"
    assert until(lambda: _put_aside(system, numbers), "every piece of garbage in the dead-letter queue")


@pytest.mark.req("REL-05")
def test_records_that_are_delivered_again_change_no_figure(system: System) -> None:
    kinesis, stack, api = system.client("kinesis"), system.stacks[TENANT], system.apis[TENANT]
    stream = stack.output("ContactRecordStream")
    calls = [system.call(first_call(system.contracts[TENANT])) for _ in range(3)]
    for call in calls:
        system.stored(TENANT, call.contact_id)
    again = [record for record in system.records(TENANT) if record["ContactId"] in {call.contact_id for call in calls}]
    # The clock is wherever the test before has left it.
    arrived = sorted(dt.datetime.fromisoformat(record["InitiationTimestamp"]) for record in again)
    first, last = (moment.replace(minute=0, second=0) for moment in (arrived[0], arrived[-1]))
    period = first, last + dt.timedelta(hours=2)
    _all_taken(system)  # whatever the tests before have left on its way is of the same hours, too
    before = api.kpis(*period)["groups"]
    assert sum(group["counters"]["arrivals"] for group in before) >= len(calls)
    random.Random(5).shuffle(again)  # noqa: S311 - a fixed disorder
    for record in again * 2:
        kinesis.put_record(StreamName=stream, Data=json.dumps(record).encode(), PartitionKey=record["ContactId"])
    _all_taken(system)
    assert api.kpis(*period)["groups"] == before


def _all_taken(system: System) -> None:
    """Wait until every record that is on the stream has been taken.

    Those of a shard are taken in order: when garbage behind them is put aside in each, they have been.
    """
    kinesis, stream = system.client("kinesis"), system.stacks[TENANT].output("ContactRecordStream")
    starts = [shard["HashKeyRange"]["StartingHashKey"] for shard in kinesis.list_shards(StreamName=stream)["Shards"]]
    garbage = {"StreamName": stream, "Data": b"behind", "PartitionKey": "behind"}
    behind = {kinesis.put_record(**garbage, ExplicitHashKey=start)["SequenceNumber"] for start in starts}
    until(lambda: _put_aside(system, behind), "the garbage behind the records of each shard")


def _put_aside(system: System, numbers: set[str]) -> bool | None:
    told = dead_letters.peek(system.stacks[TENANT], system.url)
    return all(any(number in letter for letter in told) for number in numbers) or None


@pytest.mark.req("REL-05")
def test_a_record_that_was_put_aside_can_be_replayed(system: System) -> None:
    """A good record that failed once lies in the queue; a replay brings it into the table."""
    stack = system.stacks[TENANT]
    call = system.call(first_call(system.contracts[TENANT]))
    system.stored(TENANT, call.contact_id)
    (record,) = [entry for entry in system.records(TENANT) if entry["ContactId"] == call.contact_id]
    lost = {**record, "ContactId": "00000000-0000-4000-8000-0000000000aa"}
    letter = _letter(lost, stack.output("ContactRecordStream"))
    system.client("sqs").send_message(QueueUrl=stack.output("DeadLetterQueueUrl"), MessageBody=letter)
    done = dead_letters.replay(stack, system.url)
    assert done.records >= 1
    assert system.stored(TENANT, lost["ContactId"])


def _letter(record: dict[str, Any], stream: str) -> str:
    return DeadLetter(
        kind=KIND,
        data=json.dumps(record).encode(),
        partition_key=record["ContactId"],
        sequence_number="1",
        shard_id="shardId-000000000000",
        stream_arn=f"arn:aws:kinesis:us-east-1:000000000000:stream/{stream}",
        arrived_at=0.0,
        code="test",
        detail="put aside by a test",
        field=None,
    ).body()
