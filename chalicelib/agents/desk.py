"""Agents: what is asked of Amazon Connect. Sign somebody off; tell what waits in the queues."""

import functools
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from botocore.exceptions import ClientError

from chalicelib.agents.models import AgentState, QueueFigures
from chalicelib.audit.models import Act, Actor, Noting, Outcome
from chalicelib.platform import observability
from chalicelib.platform.dynamo import error_code, store_errors
from chalicelib.platform.errors import NotFound

QUEUES_A_REQUEST = 100
"""Amazon Connect's limit of queues in one filter (10.1)."""

_GONE: Final = frozenset({"InvalidRequestException", "ResourceNotFoundException"})
"""What Amazon Connect answers of a user who has signed out, or has been deleted: there is nobody to sign off."""
ACTOR: Final = Actor(user="trunkline-seats")
"""Who signs agents off: no person does."""
ACTION: Final = "agents.seat.refuse"

_log = logging.getLogger(__name__)


class Client(Protocol):
    """Port: the calls of an Amazon Connect client that this needs."""

    def list_agent_statuses(self, **request: Any) -> Mapping[str, Any]:
        """Return the statuses that agents can have."""

    def put_user_status(self, **request: Any) -> Mapping[str, Any]:
        """Set an agent's status; with a contact on his screen it becomes true when that is cleared."""

    def get_current_metric_data(self, **request: Any) -> Mapping[str, Any]:
        """Return numbers of this moment."""


@dataclass(frozen=True)
class Desk:
    """Amazon Connect's side of one instance. `queue_ids` are its ids of the contract's queues."""

    client: Client
    instance_id: str
    queue_ids: Mapping[str, str]
    trail: Noting

    def sign_off(self, agent: AgentState, now: datetime) -> None:
        """Set the agent to Offline and note it in the audit trail; one who has signed out meanwhile stays so.

        Done first and noted then: when the note fails the event comes again and both are done once more.

        Raises:
            Throttled, StoreUnavailable: Amazon Connect or the trail did not do it.
            NotFound: the instance has no status of the type OFFLINE.

        """
        request = {"InstanceId": self.instance_id, "UserId": agent.id, "AgentStatusId": self._offline}
        with store_errors("sign an agent off"):
            try:
                self.client.put_user_status(**request)
            except ClientError as exc:
                if error_code(exc) not in _GONE:
                    raise
                _log.info("signed out already", extra={"agent": agent.name, "cause": error_code(exc)})
        observability.measure("SeatsRefused")
        facts = {"seat_since": str(agent.seat_since), "at": str(now)}
        _log.warning("refused: all seats are taken", extra={"agent": agent.name, **facts})
        self.trail.note(
            ACTOR, Act(action=ACTION, resource=f"agents/{agent.name}", facts=facts, outcome=Outcome.REFUSED)
        )

    def waiting(self) -> dict[str, QueueFigures]:
        """Return what waits in the contract's queues, by one request a hundred queues.

        Raises:
            Throttled, StoreUnavailable: Amazon Connect did not tell.

        """
        names = {connect_id: name for name, connect_id in self.queue_ids.items()}
        figures: dict[str, QueueFigures] = {}
        for some in _hundreds(sorted(names)):
            with store_errors("figures of the queues"):
                answer = self.client.get_current_metric_data(
                    InstanceId=self.instance_id,
                    Filters={"Queues": some},
                    Groupings=["QUEUE"],
                    CurrentMetrics=[
                        {"Name": "CONTACTS_IN_QUEUE", "Unit": "COUNT"},
                        {"Name": "OLDEST_CONTACT_AGE", "Unit": "SECONDS"},
                    ],
                    MaxResults=QUEUES_A_REQUEST,
                )
            for row in answer["MetricResults"]:
                figures[names[row["Dimensions"]["Queue"]["Id"]]] = _figures(row["Collections"])
        return figures

    @functools.cached_property
    def _offline(self) -> str:
        with store_errors("statuses of agents"):
            answer = self.client.list_agent_statuses(InstanceId=self.instance_id, AgentStatusTypes=["OFFLINE"])
        found = next((one for one in answer["AgentStatusSummaryList"] if one["Type"] == "OFFLINE"), None)
        if found is None:
            msg = "the instance has no status of the type OFFLINE"
            raise NotFound(msg)
        return str(found["Id"])


def _hundreds(ids: Sequence[str]) -> Iterator[list[str]]:
    for first in range(0, len(ids), QUEUES_A_REQUEST):
        yield list(ids[first : first + QUEUES_A_REQUEST])


def _figures(collections: Sequence[Mapping[str, Any]]) -> QueueFigures:
    values = {one["Metric"]["Name"]: one.get("Value") or 0.0 for one in collections}
    return QueueFigures(waiting=int(values["CONTACTS_IN_QUEUE"]), oldest_s=float(values["OLDEST_CONTACT_AGE"]))
