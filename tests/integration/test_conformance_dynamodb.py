"""What the product relies on of DynamoDB. Holds for any endpoint: `AWS_ENDPOINT_URL=… pytest tests/integration`."""

import threading
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

Clients = Callable[..., Any]
THREADS = 8
ROUNDS = 25


@pytest.fixture(scope="module")
def table(aws: Clients) -> Iterator[str]:
    """A table with the product's key schema, one index and a stream."""
    client, name = aws("dynamodb"), f"probe-{uuid.uuid4().hex[:8]}"
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk", "gsi1pk", "gsi1sk")],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "gsi1",
                "KeySchema": [
                    {"AttributeName": "gsi1pk", "KeyType": "HASH"},
                    {"AttributeName": "gsi1sk", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["agent"]},
            }
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    yield name
    client.delete_table(TableName=name)


def key(pk: str, sk: str = "x") -> dict[str, dict[str, str]]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def code_of(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def succeeds_unless(code: str, write: Callable[[], object]) -> bool:
    """Whether a write succeeded; a refusal with another code than `code` is raised."""
    try:
        write()
    except ClientError as error:
        if error.response["Error"]["Code"] != code:
            raise
        return False
    return True


def in_threads(work: Callable[[], None]) -> None:
    """Run `work` in all threads at the same moment; an exception in one of them is raised here."""
    barrier, errors = threading.Barrier(THREADS), []

    def run() -> None:
        try:
            barrier.wait(timeout=30)
            work()
        except (ClientError, threading.BrokenBarrierError) as error:
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert errors == []
    assert not any(thread.is_alive() for thread in threads)


def test_a_create_only_write_is_refused_the_second_time_and_shows_what_is_there(aws: Clients, table: str) -> None:
    client = aws("dynamodb")
    put = {"TableName": table, "ConditionExpression": "attribute_not_exists(pk)"}
    client.put_item(Item={**key("once"), "v": {"S": "first"}}, **put)
    with pytest.raises(ClientError) as refused:
        client.put_item(Item=key("once"), ReturnValuesOnConditionCheckFailure="ALL_OLD", **put)
    assert code_of(refused) == "ConditionalCheckFailedException"
    assert refused.value.response["Item"]["v"] == {"S": "first"}


def test_only_one_of_many_threads_wins_a_conditional_write(aws: Clients, table: str) -> None:
    winners: list[int] = []

    def claim() -> None:
        client = aws("dynamodb")
        for turn in range(ROUNDS):
            put = partial(
                client.put_item,
                TableName=table,
                Item=key(f"claim-{turn}"),
                ConditionExpression="attribute_not_exists(pk)",
            )
            if succeeds_unless("ConditionalCheckFailedException", put):
                winners.append(turn)

    in_threads(claim)
    assert sorted(winners) == list(range(ROUNDS))


def test_no_update_is_lost_when_threads_compare_and_set(aws: Clients, table: str) -> None:
    aws("dynamodb").put_item(TableName=table, Item={**key("cas"), "n": {"N": "0"}})

    def count_up() -> None:
        client = aws("dynamodb")
        for _ in range(ROUNDS):
            while not _increased(client, table):
                pass

    in_threads(count_up)
    stored = aws("dynamodb").get_item(TableName=table, Key=key("cas"), ConsistentRead=True)["Item"]
    assert stored["n"] == {"N": str(THREADS * ROUNDS)}


def _increased(client: Any, table: str) -> bool:
    old = client.get_item(TableName=table, Key=key("cas"), ConsistentRead=True)["Item"]["n"]["N"]
    update = partial(
        client.update_item,
        TableName=table,
        Key=key("cas"),
        UpdateExpression="SET n = :new",
        ConditionExpression="n = :old",
        ExpressionAttributeValues={":new": {"N": str(int(old) + 1)}, ":old": {"N": old}},
    )
    return succeeds_unless("ConditionalCheckFailedException", update)


def contact_and_counter(table: str, turn: int) -> list[dict[str, Any]]:
    once = {"Item": key(f"contact-{turn}"), "ConditionExpression": "attribute_not_exists(pk)"}
    one = {":one": {"N": "1"}}
    add = {"Key": key("counter"), "UpdateExpression": "ADD offered :one", "ExpressionAttributeValues": one}
    return [{"Put": {"TableName": table, **once}}, {"Update": {"TableName": table, **add}}]


def test_an_item_and_its_counter_stay_in_step_when_threads_write_them_in_transactions(aws: Clients, table: str) -> None:
    """The product's own pattern: the contact item, once, and the interval counter in one transaction."""
    landed: list[int] = []

    def ingest() -> None:
        client = aws("dynamodb")
        for turn in range(ROUNDS):
            write = partial(client.transact_write_items, TransactItems=contact_and_counter(table, turn))
            if succeeds_unless("TransactionCanceledException", write):
                landed.append(turn)

    in_threads(ingest)
    stored = aws("dynamodb").get_item(TableName=table, Key=key("counter"), ConsistentRead=True)["Item"]
    assert stored["offered"] == {"N": str(len(landed))}
    assert len(landed) == len(set(landed))


def test_a_cancelled_transaction_says_which_step_failed_and_leaves_nothing(aws: Clients, table: str) -> None:
    client = aws("dynamodb")
    client.put_item(TableName=table, Item={**key("taken"), "v": {"S": "old"}})
    with pytest.raises(ClientError) as refused:
        client.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": table, "Item": key("fresh")}},
                {
                    "Put": {
                        "TableName": table,
                        "Item": key("taken"),
                        "ConditionExpression": "attribute_not_exists(pk)",
                        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                    }
                },
            ]
        )
    assert code_of(refused) == "TransactionCanceledException"
    reasons = refused.value.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ConditionalCheckFailed"]
    assert reasons[1]["Item"]["v"] == {"S": "old"}
    assert "Item" not in client.get_item(TableName=table, Key=key("fresh"), ConsistentRead=True)


def test_a_transaction_with_the_same_token_takes_effect_once(aws: Clients, table: str) -> None:
    client, token = aws("dynamodb"), uuid.uuid4().hex
    add = {
        "Update": {
            "TableName": table,
            "Key": key("token"),
            "UpdateExpression": "ADD n :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
    }
    for _ in range(2):
        client.transact_write_items(ClientRequestToken=token, TransactItems=[add])
    stored = client.get_item(TableName=table, Key=key("token"), ConsistentRead=True)["Item"]
    assert stored["n"] == {"N": "1"}


def test_one_query_gives_the_profile_first_and_then_the_newest_contacts(aws: Clients, table: str) -> None:
    """The routing decision's one read: descending, PROFILE sorts after CONTACT#."""
    client = aws("dynamodb")
    for sk in ("CONTACT#2026-03-01T10:00:00Z#a", "PROFILE", "CONTACT#2026-03-02T09:00:00Z#b"):
        client.put_item(TableName=table, Item=key("caller", sk))
    found = client.query(
        TableName=table,
        KeyConditionExpression="pk = :p",
        ExpressionAttributeValues={":p": {"S": "caller"}},
        ScanIndexForward=False,
        Limit=2,
        ReturnConsumedCapacity="TOTAL",
    )
    assert [item["sk"]["S"] for item in found["Items"]] == ["PROFILE", "CONTACT#2026-03-02T09:00:00Z#b"]
    assert found["ConsumedCapacity"]["CapacityUnits"] == pytest.approx(0.5)


def test_an_index_shows_only_what_it_projects(aws: Clients, table: str) -> None:
    client = aws("dynamodb")
    indexed = {"gsi1pk": {"S": "agent"}, "gsi1sk": {"S": "1"}, "agent": {"S": "lin"}, "secret": {"S": "no"}}
    client.put_item(TableName=table, Item={**key("indexed"), **indexed})
    found = client.query(
        TableName=table,
        IndexName="gsi1",
        KeyConditionExpression="gsi1pk = :p",
        ExpressionAttributeValues={":p": {"S": "agent"}},
    )
    assert [set(item) for item in found["Items"]] == [{"pk", "sk", "gsi1pk", "gsi1sk", "agent"}]


def test_the_stream_tells_the_changes_of_an_item_in_order_with_both_images(aws: Clients, table: str) -> None:
    client, streams = aws("dynamodb"), aws("dynamodbstreams")
    for value in ("a", "b"):
        client.put_item(TableName=table, Item={**key("streamed"), "v": {"S": value}})
    client.put_item(TableName=table, Item={**key("streamed"), "v": {"S": "b"}})
    client.delete_item(TableName=table, Key=key("streamed"))

    arn = client.describe_table(TableName=table)["Table"]["LatestStreamArn"]
    seen = [
        (record["eventName"], "OldImage" in record["dynamodb"], "NewImage" in record["dynamodb"])
        for record in _stream_records(streams, arn)
        if record["dynamodb"]["Keys"]["pk"]["S"] == "streamed"
    ]
    assert seen == [("INSERT", False, True), ("MODIFY", True, True), ("REMOVE", True, False)]


def _stream_records(streams: Any, arn: str) -> Iterator[dict[str, Any]]:
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        start = streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")
        iterator = start["ShardIterator"]
        while iterator:
            answer = streams.get_records(ShardIterator=iterator)
            yield from answer["Records"]
            iterator = answer.get("NextShardIterator") if answer["Records"] else None
