"""Agents: where their turns are kept. One item a turn, by UTC day, then agent, then time (DSK-05)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from chalicelib.agents.activity import Activity, Doing, Turn
from chalicelib.agents.items import instant
from chalicelib.platform.dynamo import PutClient, QueryClient, decode, encode, store_errors
from chalicelib.platform.tenancy import TenantId, partition

_DAY_S: Final = 86_400


class Client(PutClient, QueryClient, Protocol):
    """Port: the calls of a DynamoDB client that turns need."""


def day_partition(tenant: TenantId, day: str) -> str:
    """Return the partition of all turns of the UTC day `day` (YYYY-MM-DD)."""
    return partition(tenant, "ACTIVITY", day)


def turn_item(tenant: TenantId, turn: Turn, days: int) -> dict[str, Any]:
    """Return the item of a turn, the same bytes for the same event; it expires after `days`."""
    at = instant(turn.at)
    return {
        "pk": day_partition(tenant, at[:10]),
        "sk": f"{turn.username}#{at}#{turn.event_id}",
        "agent": turn.username,
        "agent_id": turn.agent_id,
        "at": at,
        **_document(turn.after),
        "before": _document(turn.before),
        "ttl": int(turn.at.timestamp()) + days * _DAY_S,
    }


def turn_of(item: Mapping[str, Any]) -> Turn:
    """Return the turn that `turn_item` wrote."""
    return Turn(
        at=datetime.fromisoformat(item["at"]),
        event_id=str(item["sk"]).rpartition("#")[2],
        agent_id=item["agent_id"],
        username=item["agent"],
        before=_doing(item["before"]),
        after=_doing(item),
    )


def _document(doing: Doing) -> dict[str, str]:
    facts = {"contact_id": doing.contact_id, "queue": doing.queue}
    return {
        "activity": doing.activity.value,
        "status": doing.status,
        **{name: value for name, value in facts.items() if value is not None},
    }


def _doing(item: Mapping[str, Any]) -> Doing:
    return Doing(
        activity=Activity(item["activity"]),
        status=item["status"],
        contact_id=item.get("contact_id"),
        queue=item.get("queue"),
    )


@dataclass(frozen=True, slots=True)
class Turns:
    """The turns of one tenant's agents. `days` is how long one is kept."""

    client: Client
    table: str
    tenant: TenantId
    days: int

    def keep(self, turn: Turn) -> None:
        """Keep a turn; a repetition writes the same item again.

        Raises:
            Throttled, StoreUnavailable: it may not be written; the same call may succeed later.

        """
        with store_errors("keep what an agent turned to"):
            self.client.put_item(TableName=self.table, Item=encode(turn_item(self.tenant, turn, self.days)))

    def of_agent(self, username: str, day: str) -> Iterator[Turn]:
        """Yield the turns of one agent on the UTC day `day`, oldest first.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        bounds = {":low": f"{username}#", ":high": f"{username}#~"}
        yield from self._read("pk = :pk AND sk BETWEEN :low AND :high", {":pk": self._pk(day), **bounds})

    def of_day(self, day: str) -> Iterator[Turn]:
        """Yield the turns of all agents on the UTC day `day`, agent by agent.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        yield from self._read("pk = :pk", {":pk": self._pk(day)})

    def _pk(self, day: str) -> str:
        return day_partition(self.tenant, day)

    def _read(self, condition: str, values: Mapping[str, str]) -> Iterator[Turn]:
        request: dict[str, Any] = {
            "TableName": self.table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": encode(values),
        }
        while True:
            with store_errors("read what agents did"):
                answer = self.client.query(**request)
            yield from (turn_of(decode(item)) for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
