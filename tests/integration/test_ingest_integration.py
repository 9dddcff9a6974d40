"""Ingest on the local cloud: what holds with the fake holds with real transactions, indexes, queues and streams."""

import itertools
import random
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.contacts.deadletters import Replay
from chalicelib.contacts.events import batches_of
from chalicelib.contacts.models import Search
from chalicelib.contacts.service import Finder, Ingest
from chalicelib.contacts.store import Contacts
from chalicelib.metrics.service import Metrics
from chalicelib.metrics.store import Counters
from chalicelib.platform.dynamo import decode
from tests.support import tenant_table
from tests.support.cloud_fixture import Cloud
from tests.support.contact_records import Record, agent, batch, encoded, histories, record, tenant, when
from tests.support.fake_dynamo import FakeDynamo
from tests.support.waiting import until

TENANT = tenant()
CALLER = "+8613800138000"
type State = dict[tuple[str, str], dict[str, Any]]


def ingest(client: Any, table: str, pause: Callable[[float], object] = lambda _: None) -> Ingest:
    contacts = Contacts(client, table, TENANT.id, TENANT.contacts_days, lambda: str(uuid.uuid4()))
    return Ingest(
        tenant=TENANT,
        table=table,
        contacts=contacts,
        instance_arn=None,
        pause=lambda s: (pause(s), None)[1],
        chance=lambda: 0.5,
    )


def once_in_order(records: Sequence[Record]) -> State:
    client = FakeDynamo()
    for one in records:
        ingest(client, "table").take(encoded(one))
    return state(client.items.values())


def state(items: Any) -> State:
    """Return every item by key, field by field; a counter of zero is no counter, an item without counters no item."""
    plain = {(item["pk"], item["sk"]): item for item in map(decode, items)}
    kept = {key: {n: v for n, v in item.items() if v != 0} if "KPI#" in key[0] else item for key, item in plain.items()}
    return {key: item for key, item in kept.items() if set(item) > {"pk", "sk"}}


@pytest.fixture(scope="module")
def dynamodb(cloud: Cloud) -> Any:
    return cloud.client("dynamodb")


@pytest.fixture
def table(dynamodb: Any) -> Iterator[str]:
    name = f"ingest-{uuid.uuid4().hex[:8]}"
    tenant_table.create(dynamodb, name)
    yield name
    dynamodb.delete_table(TableName=name)


def everything(dynamodb: Any, table: str) -> State:
    pages = dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    return state(item for page in pages for item in page["Items"])


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories(), st.randoms(use_true_random=False))
def test_duplicates_and_disorder_change_nothing_on_the_real_store(
    dynamodb: Any, contacts: list[list[Record]], rnd: random.Random
) -> None:
    name = f"ingest-{uuid.uuid4().hex[:8]}"
    tenant_table.create(dynamodb, name)
    in_order = [copy for copies in contacts for copy in copies]
    shuffled = in_order * 2
    rnd.shuffle(shuffled)
    for one in shuffled:
        ingest(dynamodb, name).take(encoded(one))
    assert everything(dynamodb, name) == once_in_order(in_order)
    dynamodb.delete_table(TableName=name)


def test_eight_shards_at_once_count_every_contact_exactly_once(dynamodb: Any, table: str) -> None:
    records = [record(f"c-{n}", LastUpdateTimestamp=when(465 + v)) for n, v in itertools.product(range(24), range(3))]
    deliveries = records * 2
    random.Random(7).shuffle(deliveries)  # noqa: S311 - an order, not a secret
    barrier = threading.Barrier(8)

    def shard(number: int) -> None:
        barrier.wait()
        never = threading.Event()
        service = ingest(dynamodb, table, never.wait)
        for one in deliveries[number::8]:
            redelivered(service, one)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(shard, range(8)))
    assert everything(dynamodb, table) == once_in_order(records)


def redelivered(service: Ingest, one: Record) -> None:
    """Deliver until it is taken, as Kinesis does after a failure; a bound, because a loop without one is a bug."""
    queue: Any = None
    for _ in range(20):
        if not batches_of(service, queue, "").handle(batch([encoded(one)]), lambda: 60.0)["batchItemFailures"]:
            return
    pytest.fail("the record never got through")


def test_searches_use_the_indexes_as_they_really_are(dynamodb: Any, table: str) -> None:
    service = ingest(dynamodb, table)
    for n in range(7):
        at = {"InitiationTimestamp": when(n), "LastUpdateTimestamp": when(999)}
        service.take(encoded(record(f"c-{n}", Agent=agent(f"agent-{n % 2}"), **at)))
    contacts = Contacts(dynamodb, table, TENANT.id, TENANT.contacts_days, lambda: "")
    finder = Finder(tenant=TENANT, contacts=contacts, now=lambda: datetime(2026, 3, 5, tzinfo=UTC))
    for search, expected in (
        (Search(caller=CALLER), [6, 5, 4, 3, 2, 1, 0]),
        (Search(agent="agent-1"), [5, 3, 1]),
        (Search(on="2026-03-02", category="repair"), [6, 5, 4, 3, 2, 1, 0]),
        (Search(caller=CALLER, agent="agent-1", on="2026-03-02"), [5, 3, 1]),
    ):
        found, after = [], None
        for _ in range(10):
            page = finder.search(search, after=after, limit=2)
            found += [row.id for row in page.rows]
            after = page.after
            if after is None:
                break
        assert found == [f"c-{n}" for n in expected]


def test_kpis_are_read_back_from_what_was_ingested(dynamodb: Any, table: str) -> None:
    for n in range(4):
        ingest(dynamodb, table).take(encoded(record(f"c-{n}", Agent=agent() if n else None)))
    start, end = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)
    (group,) = Metrics(TENANT.id, Counters(dynamodb, table), (), lambda: end).report(start, end, "queue").groups
    counted = {name: group.counters[name] for name in ("offered", "answered", "abandoned", "answered_in_target")}
    assert counted == {"offered": 4, "answered": 3, "abandoned": 1, "answered_in_target": 3}
    assert next(value.value for value in group.values if value.kpi.id == "K03") == 0.75


def test_garbage_waits_in_the_queue_and_a_replay_brings_it_back_to_the_stream(cloud: Cloud, table: str) -> None:
    sqs, kinesis, name = cloud.client("sqs"), cloud.client("kinesis"), f"records-{uuid.uuid4().hex[:8]}"
    queue_url = sqs.create_queue(QueueName=name)["QueueUrl"]
    kinesis.create_stream(StreamName=name, ShardCount=1)
    until(lambda: kinesis.describe_stream(StreamName=name)["StreamDescription"]["StreamStatus"] == "ACTIVE")
    service = ingest(cloud.client("dynamodb"), table)
    payloads = [b"\xff garbage", encoded(record())]
    assert batches_of(service, sqs, queue_url).handle(batch(payloads), lambda: 60.0) == {"batchItemFailures": []}
    done = Replay(sqs, queue_url, kinesis, name).run()
    assert (done.records, done.messages, done.left) == (1, 1, ())
    assert read_all(kinesis, name) == [b"\xff garbage"]
    assert set(everything(cloud.client("dynamodb"), table)) == set(once_in_order([record()]))


def read_all(kinesis: Any, name: str) -> list[bytes]:
    shard = kinesis.list_shards(StreamName=name)["Shards"][0]["ShardId"]
    iterator = kinesis.get_shard_iterator(StreamName=name, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    return [entry["Data"] for entry in kinesis.get_records(ShardIterator=iterator["ShardIterator"])["Records"]]


def test_a_batch_that_lambda_gave_up_is_read_again_from_the_stream(cloud: Cloud) -> None:
    sqs, kinesis, name = cloud.client("sqs"), cloud.client("kinesis"), f"records-{uuid.uuid4().hex[:8]}"
    queue_url = sqs.create_queue(QueueName=name)["QueueUrl"]
    kinesis.create_stream(StreamName=name, ShardCount=1)
    until(lambda: kinesis.describe_stream(StreamName=name)["StreamDescription"]["StreamStatus"] == "ACTIVE")
    put = [kinesis.put_record(StreamName=name, Data=f"r{n}".encode(), PartitionKey="k") for n in range(4)]
    sqs.send_message(
        QueueUrl=queue_url,
        MessageBody=_given_up(name, put[0]["ShardId"], put[1]["SequenceNumber"], put[2]["SequenceNumber"]),
    )
    assert Replay(sqs, queue_url, kinesis, name).run().records == 2
    assert read_all(kinesis, name) == [b"r0", b"r1", b"r2", b"r3", b"r1", b"r2"]


def _given_up(stream: str, shard: str, first: str, last: str) -> str:
    arn = f"arn:aws:kinesis:us-east-1:000000000000:stream/{stream}"
    return (
        f'{{"KinesisBatchInfo": {{"shardId": "{shard}", "startSequenceNumber": "{first}",'
        f' "endSequenceNumber": "{last}", "batchSize": 2, "streamArn": "{arn}"}}}}'
    )
