"""Qualifications: where they are kept. Results are only ever added, each with its entry of the audit trail."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from chalicelib.audit.models import Act, Actor, Trail
from chalicelib.platform import dynamo
from chalicelib.platform.tenancy import TenantId
from chalicelib.qualifications import items
from chalicelib.qualifications.models import AlreadyRecorded, File, Result


class Table(dynamo.QueryClient, dynamo.TransactClient, Protocol):
    """Port: the calls of a DynamoDB client that this store makes."""


@dataclass(frozen=True, slots=True)
class Results:
    """The results of one tenant's agents."""

    client: Table
    table: str
    tenant: TenantId
    trail: Trail

    def file(self, agent: str) -> File:
        """Return everything that is kept of an agent, as of now: the read is consistent.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        return items.file_of(self._all(items.agent_partition(self.tenant, agent)))

    def add(self, result: Result, by: Actor, act: Act) -> None:
        """Write a result.

        Raises:
            AlreadyRecorded: there is one of the same second.
            StoreUnavailable, Throttled: nothing was written.

        """
        write = dynamo.Transaction(self.client)
        put = {
            "TableName": self.table,
            "Item": dynamo.encode(items.result_item(self.tenant, result)),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        write.add("result", {"Put": put}, on_fail=AlreadyRecorded)
        self.trail.commit(write, by, act)

    def keep_own(self, agent: str, skill: str, by: Actor, act: Act) -> None:
        """Write which skill an agent is given back; repeated, it is the same.

        Raises:
            StoreUnavailable, Throttled: nothing was written.

        """
        write = dynamo.Transaction(self.client)
        item = dynamo.encode(items.own_item(self.tenant, agent, skill))
        write.add("own", {"Put": {"TableName": self.table, "Item": item}})
        self.trail.commit(write, by, act)

    def _all(self, pk: str) -> Iterator[dict[str, Any]]:
        request: dict[str, Any] = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": dynamo.encode({":pk": pk}),
            "ConsistentRead": True,
        }
        while True:
            with dynamo.store_errors("qualifications"):
                answer = self.client.query(**request)
            yield from (dynamo.decode(item) for item in answer.get("Items", []))
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
