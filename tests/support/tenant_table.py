"""A table with the keys and indexes of the tenant stack, for tests and benchmarks that need no whole stack."""

from typing import Any

from chalicelib.contacts.items import LISTED

INDEXES = ("gsi1", "gsi2")


def create(client: Any, name: str) -> None:
    """Create the table `name` and wait until it can be used. The template's tests hold the stack to the same list."""
    keys = ("pk", "sk", *(f"{index}{part}" for index in INDEXES for part in ("pk", "sk")))
    client.create_table(
        TableName=name,
        KeySchema=_keys("pk", "sk"),
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": _keys(f"{index}pk", f"{index}sk"),
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(LISTED)},
            }
            for index in INDEXES
        ],
    )
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})


def _keys(partition: str, sort: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]
