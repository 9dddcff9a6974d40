"""The caller store on the local cloud: what the unit tests assume of DynamoDB is true there."""

import uuid
from collections.abc import Iterator

import pytest

from chalicelib.customers.store import CallerStore
from chalicelib.platform import aws
from tests.support.caller_store_contract import CallerStoreContract, Put
from tests.support.cloud_fixture import Cloud

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def table(cloud: Cloud) -> Iterator[str]:
    """Create a table of our own with the true key."""
    name = f"callers-{uuid.uuid4().hex[:8]}"
    client = cloud.client("dynamodb")
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
    )
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    yield name
    client.delete_table(TableName=name)


@pytest.fixture
def store(table: str, environment: None) -> CallerStore:
    """The store of the functions that callers wait for."""
    del environment
    return CallerStore(aws.reader(aws.CALLER_WAITS), table)


@pytest.fixture
def put(cloud: Cloud, table: str) -> Put:
    client = cloud.client("dynamodb")
    return lambda item: client.put_item(TableName=table, Item=dict(item))


class TestOnTheCloud(CallerStoreContract):
    """The contract, on a real table."""


@pytest.mark.usefixtures("environment")
def test_the_product_makes_its_client_from_the_environment(table: str) -> None:
    client = aws.client("dynamodb", aws.CALLER_WAITS)
    assert client is aws.client("dynamodb", aws.CALLER_WAITS)
    assert client.describe_table(TableName=table)["Table"]["TableStatus"] == "ACTIVE"
