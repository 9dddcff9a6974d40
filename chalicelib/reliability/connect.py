"""Reliability: what it asks of AWS. Whether instance and streams are there, and how much of the instance is in use."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

_LISTS: Final[Mapping[str, tuple[str, str]]] = {
    "users": ("list_users", "UserSummaryList"),
    "queues": ("list_queues", "QueueSummaryList"),
    "routing_profiles": ("list_routing_profiles", "RoutingProfileSummaryList"),
    "flows": ("list_contact_flows", "ContactFlowSummaryList"),
    "modules": ("list_contact_flow_modules", "ContactFlowModulesSummaryList"),
    "hours": ("list_hours_of_operations", "HoursOfOperationSummaryList"),
    "phone_numbers": ("list_phone_numbers", "PhoneNumberSummaryList"),
}
"""What is counted by listing it, and in which member of the answer it stands."""

_OF_QUEUES: Final = {"QueueTypes": ["STANDARD"]}
"""Each user has a queue of the own, which no quota counts."""


class Connect(Protocol):
    """Port: the calls of an Amazon Connect client that a look needs, besides the lists."""

    def describe_instance(self, **request: Any) -> Mapping[str, Any]:
        """Return the instance."""


class Streams(Protocol):
    """Port: the call of a Kinesis client that a look needs."""

    def describe_stream_summary(self, **request: Any) -> Mapping[str, Any]:
        """Return a stream's state."""


@dataclass(frozen=True, slots=True)
class Instance:
    """The tenant's instance."""

    client: Connect
    instance_id: str

    def problem(self) -> str:
        """Return what is wrong with the instance; empty: it is active."""
        status = str(self.client.describe_instance(InstanceId=self.instance_id)["Instance"]["InstanceStatus"])
        return "" if status == "ACTIVE" else f"the instance is {status}"

    def counts(self) -> dict[str, int]:
        """Return how many of each kind there are. One to nine requests a kind: ask now and then (13.3)."""
        return {name: self._count(*where) for name, where in _LISTS.items()}

    def _count(self, operation: str, member: str) -> int:
        request: dict[str, Any] = {"InstanceId": self.instance_id, "MaxResults": 100}
        request |= _OF_QUEUES if operation == "list_queues" else {}
        count = 0
        while True:
            page = getattr(self.client, operation)(**request)
            count += len(page[member])
            if not page.get("NextToken"):
                return count
            request["NextToken"] = page["NextToken"]


def stream_problem(client: Streams, name: str) -> str:
    """Return what is wrong with a stream; empty: it takes and gives records."""
    status = str(client.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamStatus"])
    return "" if status in {"ACTIVE", "UPDATING"} else f"the stream is {status}"
