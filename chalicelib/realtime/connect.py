"""Real time: what Amazon Connect itself says its agents do (GetCurrentUserData, 10.1)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import batched
from typing import Any, Final, Protocol

from chalicelib.agents.models import Snapshot, Status, StatusType, Work
from chalicelib.agents.service import House
from chalicelib.platform.dynamo import store_errors
from chalicelib.realtime.floor import agent_now
from chalicelib.realtime.models import AgentNow

A_REQUEST: Final = 100
"""Amazon Connect's limit of queues in a filter, and of agents in a page."""
_TYPES: Final = {"Available": StatusType.ROUTABLE, "Offline": StatusType.OFFLINE}
"""The statuses that Amazon Connect brings along; every other one is of the type CUSTOM."""


class Client(Protocol):
    """Port: the call of an Amazon Connect client that this needs."""

    def get_current_user_data(self, **request: Any) -> Mapping[str, Any]:
        """Return signed-in agents with status and contacts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Users:
    """The agents of one instance. `queue_ids` are its ids of the contract's queues, `kinds` as in `floor`."""

    client: Client
    instance_id: str
    queue_ids: Mapping[str, str]
    kinds: Mapping[str, str]

    def agents(self, house: House) -> dict[str, AgentNow]:
        """Return what each agent who serves one of the queues does; names are those of `house`, else ids.

        One request a hundred queues and a hundred agents.

        Raises:
            Throttled, StoreUnavailable: Amazon Connect did not tell.

        """
        names = {one.id: one.name for one in house.agents}
        found: dict[str, AgentNow] = {}
        for row in self._rows():
            name = names.get(row["User"]["Id"], row["User"]["Id"])
            now = agent_now(name, self._snapshot(name, row), self.kinds)
            if now.activity != "signed-out":
                found[name] = now
        return found

    def _rows(self) -> Iterator[Mapping[str, Any]]:
        for some in batched(sorted(self.queue_ids.values()), A_REQUEST, strict=False):
            yield from self._pages(some)

    def _pages(self, queues: Sequence[str]) -> Iterator[Mapping[str, Any]]:
        request: dict[str, Any] = {
            "InstanceId": self.instance_id,
            "Filters": {"Queues": list(queues)},
            "MaxResults": A_REQUEST,
        }
        while True:
            with store_errors("what agents do"):
                answer = self.client.get_current_user_data(**request)
            yield from answer["UserDataList"]
            if not answer.get("NextToken"):
                return
            request["NextToken"] = answer["NextToken"]

    def _snapshot(self, name: str, row: Mapping[str, Any]) -> Snapshot:
        status = row["Status"]
        by_id = {connect_id: queue for queue, connect_id in self.queue_ids.items()}
        works = (
            Work(
                contact_id=one["ContactId"],
                channel=one["Channel"],
                state=one["AgentContactState"],
                since=_utc(one["StateStartTimestamp"]),
                connected_at=_utc(at) if (at := one.get("ConnectedToAgentTimestamp")) else None,
                queue=by_id.get((one.get("Queue") or {}).get("Id", "")),
            )
            for one in row.get("Contacts", ())
        )
        return Snapshot(
            username=name,
            status=Status(
                name=status["StatusName"],
                type=_TYPES.get(status["StatusName"], StatusType.CUSTOM),
                since=_utc(status["StatusStartTimestamp"]),
            ),
            next_status=row.get("NextStatus"),
            works=tuple(works),
        )


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
