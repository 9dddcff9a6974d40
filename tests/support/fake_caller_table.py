"""A stand-in for the few DynamoDB calls of the caller's collection. The contract test holds it to the local cloud."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError


class FakeCallerTable:
    """Items by key; Query by partition in descending order; transactions of Puts with the one condition that is used.

    `failure` is raised by every call while it is set; `calls` counts what was asked.
    """

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], dict[str, Any]] = {}
        self.calls: list[str] = []
        self.failure: Exception | None = None

    def put(self, item: Mapping[str, Any]) -> None:
        """Keep `item`, whatever stood there."""
        self.items[_key(item)] = dict(item)

    def query(self, **request: Any) -> Mapping[str, Any]:
        """Read items of one partition."""
        self._called("query")
        wanted = request["ExpressionAttributeValues"][":pk"]["S"]
        keys = sorted((key for key in self.items if key[0] == wanted), reverse=not request["ScanIndexForward"])
        return {"Items": [self.items[key] for key in keys[: request["Limit"]]]}

    def get_item(self, **request: Any) -> Mapping[str, Any]:
        """Read one item."""
        self._called("get_item")
        item = self.items.get(_key(request["Key"]))
        return {"Item": item} if item else {}

    def transact_write_items(self, **request: Any) -> Mapping[str, Any]:
        """Write all or nothing."""
        self._called("transact_write_items")
        puts = [action["Put"] for action in request["TransactItems"]]
        reasons = [self._reason(put) for put in puts]
        if any(reason["Code"] != "None" for reason in reasons):
            response = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
            raise ClientError(response, "TransactWriteItems")
        for put in puts:
            self.items[_key(put["Item"])] = put["Item"]
        return {}

    def _reason(self, put: Mapping[str, Any]) -> dict[str, Any]:
        assert put["ConditionExpression"] == "attribute_not_exists(pk) OR customer_id = :customer"
        old = self.items.get(_key(put["Item"]))
        if old is None or old["customer_id"] == put["ExpressionAttributeValues"][":customer"]:
            return {"Code": "None"}
        return {"Code": "ConditionalCheckFailed", "Item": old}

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if self.failure:
            raise self.failure


def _key(item: Mapping[str, Any]) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]
