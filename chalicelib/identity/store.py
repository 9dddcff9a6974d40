"""Identity: where it is kept. One item a chain of contacts, which ends with it: no answer, no secret (IDV-04)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from chalicelib.audit.models import Act, Actor, Trail
from chalicelib.identity.models import State
from chalicelib.platform.dynamo import GetClient, TransactClient, Transaction, decode, encode, store_errors
from chalicelib.platform.errors import Conflict
from chalicelib.platform.tenancy import TenantId, partition

SORT: Final = "STATE"
KEPT_S: Final = 86_400
"""No call lasts a day; the result stays on the contact, and every attempt in the audit trail."""


class Outdated(Conflict):
    """Another answer of the same call was given at this moment; ask for the guide again."""

    code, title = "outdated", "Outdated"


class Client(GetClient, TransactClient, Protocol):
    """Port: the calls of a DynamoDB client that this needs."""


def key(tenant: TenantId, initial_id: str) -> dict[str, str]:
    """Return the key of what was asked in the chain that began with the contact `initial_id`."""
    return {"pk": partition(tenant, "IDENTITY", initial_id), "sk": SORT}


@dataclass(frozen=True, slots=True)
class States:
    """What was asked in the calls of one tenant."""

    client: Client
    table: str
    tenant: TenantId
    trail: Trail

    def find(self, initial_id: str) -> State:
        """Return what was asked in the chain; the read is consistent.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        wanted = encode(key(self.tenant, initial_id))
        with store_errors("read an identity"):
            answer = self.client.get_item(TableName=self.table, Key=wanted, ConsistentRead=True)
        if "Item" not in answer:
            return State()
        item = decode(answer["Item"])
        return State(
            customer_id=item.get("customer_id"),
            passed=tuple(item["passed"]),
            failed=tuple(item["failed"]),
            wrong=item["wrong"],
            revision=item["revision"],
        )

    def save(self, initial_id: str, state: State, now: datetime, by: Actor, act: Act) -> None:
        """Write the state over the revision before it, with the entry of the attempt.

        Raises:
            Outdated: another answer was given meanwhile.
            Throttled, StoreUnavailable: nothing was written.

        """
        item = {
            **key(self.tenant, initial_id),
            **({"customer_id": state.customer_id} if state.customer_id else {}),
            "passed": list(state.passed),
            "failed": list(state.failed),
            "wrong": state.wrong,
            "revision": state.revision,
            "ttl": int(now.timestamp()) + KEPT_S,
        }
        seen = state.revision - 1
        put: dict[str, Any] = {
            "TableName": self.table,
            "Item": encode(item),
            "ConditionExpression": "revision = :seen" if seen else "attribute_not_exists(pk)",
        }
        if seen:
            put["ExpressionAttributeValues"] = encode({":seen": seen})
        write = Transaction(self.client)
        write.add("state", {"Put": put}, on_fail=Outdated)
        self.trail.commit(write, by, act)
