"""With policies evaluated, a role that may put and query, as the API's in the audit trail, removes no entry."""

import http.client
import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support import lambda_code
from tests.support.cloud_fixture import Cloud

Clients = Callable[..., Any]
KEY = {"pk": {"S": "T#acme#AUDIT#chen"}, "sk": {"S": "000000001"}}
WAYS = ("update", "delete", "batch", "transaction", "partiql")


@pytest.fixture(scope="module")
def trail(cloud: Cloud, aws: Clients) -> Iterator[tuple[str, Any]]:
    """Yield a table with one entry, and a client of the role, while policies are evaluated."""
    name = f"audit{uuid.uuid4().hex[:8]}"
    keys = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
    kinds = [{"AttributeName": part, "AttributeType": "S"} for part in ("pk", "sk")]
    aws("dynamodb").create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=keys, AttributeDefinitions=kinds
    )
    arn = f"arn:aws:dynamodb:us-east-1:000000000000:table/{name}"
    role = lambda_code.role(
        aws, name, [{"Effect": "Allow", "Action": ["dynamodb:PutItem", "dynamodb:Query"], "Resource": arn}]
    )
    held = aws("sts").assume_role(RoleArn=role, RoleSessionName="api")["Credentials"]
    aws("dynamodb").put_item(TableName=name, Item={**KEY, "actor": {"S": "chen"}})
    secret, token = held["SecretAccessKey"], held["SessionToken"]
    client = cloud.client("dynamodb", access_key=held["AccessKeyId"], secret=secret, token=token)
    switch(cloud, on=True)
    yield name, client
    switch(cloud, on=False)


def switch(cloud: Cloud, *, on: bool) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=30)
    try:
        connection.request("POST", "/_trunkline/auth", json.dumps({"enabled": on}))
        assert json.load(connection.getresponse()) == {"enabled": on}
    finally:
        connection.close()


def changes(client: Any, table: str) -> dict[str, Callable[[], Any]]:
    delete = {"TableName": table, "Key": KEY}
    update = {"UpdateExpression": "SET actor = :x", "ExpressionAttributeValues": {":x": {"S": "x"}}}
    statement = f'DELETE FROM "{table}" WHERE pk = ? AND sk = ?'  # noqa: S608 - PartiQL on a table of ours
    return {
        "update": lambda: client.update_item(**delete, **update),
        "delete": lambda: client.delete_item(**delete),
        "batch": lambda: client.batch_write_item(RequestItems={table: [{"DeleteRequest": {"Key": KEY}}]}),
        "transaction": lambda: client.transact_write_items(TransactItems=[{"Delete": delete}]),
        "partiql": lambda: client.execute_statement(Statement=statement, Parameters=list(KEY.values())),
    }


@pytest.mark.parametrize("way", WAYS)
def test_an_entry_is_neither_changed_nor_removed(trail: tuple[str, Any], way: str) -> None:
    table, client = trail
    with pytest.raises(ClientError) as refused:
        changes(client, table)[way]()
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"


def test_the_same_role_puts_an_entry_in_a_transaction_and_queries(trail: tuple[str, Any]) -> None:
    table, client = trail
    put = {"TableName": table, "Item": {**KEY, "sk": {"S": "000000002"}}}
    put["ConditionExpression"] = "attribute_not_exists(pk)"
    client.transact_write_items(TransactItems=[{"Put": put}])
    found = client.query(
        TableName=table, KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": KEY["pk"]}
    )
    assert [item["sk"]["S"] for item in found["Items"]] == ["000000001", "000000002"]
