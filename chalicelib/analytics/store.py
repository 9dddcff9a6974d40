"""Analytics: what is read of the tenant's table to send a day once more."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from chalicelib.platform.dynamo import BatchClient, QueryClient, decode, encode, store_errors
from chalicelib.platform.errors import StoreUnavailable
from chalicelib.platform.tenancy import TenantId, partition

_KEYS_A_READ: Final = 100
"""The most that one BatchGetItem takes."""
_READS: Final = 5
"""Tries to read what a BatchGetItem left unread."""


class Client(BatchClient, QueryClient, Protocol):
    """Port: the calls of a DynamoDB client that this store makes."""


@dataclass(frozen=True, slots=True)
class Days:
    """What one tenant's table holds of a day."""

    client: Client
    table: str
    tenant: TenantId

    def items(self, day: str) -> Iterator[dict[str, Any]]:
        """Yield the items of contacts that began on the UTC day `day`, and of agents' turns and statuses on it.

        Raises:
            StoreUnavailable, Throttled: the store could not answer, or in part only.

        """
        listed = self._query({"IndexName": "gsi2"}, "gsi2pk", partition(self.tenant, "DAY", day))
        for page in listed:
            keys = [{"pk": item["pk"], "sk": item["sk"]} for item in page if item["sk"]["S"] == "CONTACT"]
            for at in range(0, len(keys), _KEYS_A_READ):
                yield from self._read(keys[at : at + _KEYS_A_READ])
        for agents in (partition(self.tenant, "ACTIVITY", day), partition(self.tenant, "STATUS", day)):
            for page in self._query({}, "pk", agents):
                yield from map(decode, page)

    def _query(self, where: Mapping[str, Any], name: str, value: str) -> Iterator[list[dict[str, Any]]]:
        request: dict[str, Any] = {
            "TableName": self.table,
            **where,
            "KeyConditionExpression": f"{name} = :value",
            "ExpressionAttributeValues": encode({":value": value}),
        }
        while True:
            with store_errors("read a day"):
                answer = self.client.query(**request)
            yield answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _read(self, keys: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
        left = list(keys)
        for _ in range(_READS):
            with store_errors("read contacts of a day"):
                answer = self.client.batch_get_item(RequestItems={self.table: {"Keys": left}})
            yield from map(decode, answer["Responses"].get(self.table, []))
            left = answer.get("UnprocessedKeys", {}).get(self.table, {}).get("Keys", [])
            if not left:
                return
        msg = "contacts of a day: the store answered in part only"
        raise StoreUnavailable(msg)
