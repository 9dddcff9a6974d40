"""Analytics: what is read of the tenant's table to send a day once more."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from chalicelib.completions import service as completions
from chalicelib.platform.dynamo import BatchClient, QueryClient, decode, encode, store_errors
from chalicelib.platform.errors import StoreUnavailable
from chalicelib.platform.tenancy import TenantId, partition
from chalicelib.tickets import service as tickets
from chalicelib.tickets.models import Step

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
        """Yield the items of contacts that began on the UTC day `day` with what agents wrote down of each, the steps of
        tickets that were opened on it, and agents' turns and statuses on it.

        Raises:
            StoreUnavailable, Throttled: the store could not answer, or in part only.

        """
        listed = self._query({"IndexName": "gsi2"}, "gsi2pk", partition(self.tenant, "DAY", day))
        for page in listed:
            keys = [{"pk": item["pk"], "sk": item["sk"]} for item in page if item["sk"]["S"] == "CONTACT"]
            yield from self._read_all(keys)
            heads = self._read_all([{**key, "sk": {"S": completions.HEAD}} for key in keys])
            yield from self._revisions(heads, completions.VERSION_PREFIX)
        for step in Step:
            where = {"IndexName": "gsi2"}
            for page in self._query(where, "gsi2pk", tickets.at_partition(self.tenant, step), begins=day):
                heads = self._read_all([{"pk": item["pk"], "sk": item["sk"]} for item in page])
                yield from self._revisions(heads, tickets.STEP_PREFIX)
        for agents in (partition(self.tenant, "ACTIVITY", day), partition(self.tenant, "STATUS", day)):
            for page in self._query({}, "pk", agents):
                yield from map(decode, page)

    def _revisions(self, heads: Iterable[Mapping[str, Any]], prefix: str) -> Iterator[dict[str, Any]]:
        """Yield the items beside each of `heads` that are numbered from 1 up to its revision."""
        for head in heads:
            numbers = range(1, int(head["revision"]) + 1)
            yield from self._read_all([encode({"pk": head["pk"], "sk": f"{prefix}{n:06d}"}) for n in numbers])

    def _query(
        self, where: Mapping[str, Any], name: str, value: str, *, begins: str = ""
    ) -> Iterator[list[dict[str, Any]]]:
        """Yield pages of a partition, of an index only what `begins` so in its sort key."""
        bounds = {":low": begins, ":high": f"{begins}~"} if begins else {}
        request: dict[str, Any] = {
            "TableName": self.table,
            **where,
            "KeyConditionExpression": f"{name} = :value",
            "ExpressionAttributeValues": encode({":value": value} | bounds),
        }
        if bounds:
            request["KeyConditionExpression"] += f" AND {name.replace('pk', 'sk')} BETWEEN :low AND :high"
        while True:
            with store_errors("read a day"):
                answer = self.client.query(**request)
            yield answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _read_all(self, keys: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
        for at in range(0, len(keys), _KEYS_A_READ):
            yield from self._read(keys[at : at + _KEYS_A_READ])

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
