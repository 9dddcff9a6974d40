"""Traces: what is asked of Amazon Connect, of contacts whose record is not here yet (8.2)."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from chalicelib.platform.connect_errors import contact_errors
from chalicelib.platform.errors import NotFound
from chalicelib.traces.models import Leg

MOST: Final = 24
"""Legs of a chain that are asked for: a chain has at most twelve contacts, and consultations besides."""


class Client(Protocol):
    """Port: the calls of an Amazon Connect client that this needs."""

    def describe_contact(self, **request: Any) -> Mapping[str, Any]:
        """Return a contact."""

    def list_associated_contacts(self, **request: Any) -> Mapping[str, Any]:
        """Return the contacts that came of one."""


@dataclass(frozen=True, slots=True)
class Living:
    """Contacts as Amazon Connect tells of them. `queues` are the contract's ids of the instance's queue ids."""

    client: Client
    instance_id: str
    queues: Mapping[str, str]

    def legs(self, contact_id: str, kept: Collection[str], agents: Mapping[str, str]) -> Iterator[Leg]:
        """Yield the legs of the chain of `contact_id` that are not `kept`; none of a chain that is not known.

        `agents` are user names by the ids of Amazon Connect.

        Raises:
            Throttled, StoreUnavailable: Amazon Connect did not tell.

        """
        try:
            told = self._ask(self.client.list_associated_contacts, ContactId=contact_id, MaxResults=MOST)
        except NotFound:
            return
        rows = told["ContactSummaryList"]
        asked: Mapping[str, Any] = next((row for row in rows if row["ContactId"] == contact_id), {})
        first = asked.get("InitialContactId") or contact_id
        for row in rows:
            if first in {row["ContactId"], row.get("InitialContactId")} and row["ContactId"] not in kept:
                found = self._ask(self.client.describe_contact, ContactId=row["ContactId"])["Contact"]
                yield _leg(found, self.queues, agents)

    def _ask(self, call: Callable[..., Mapping[str, Any]], **request: Any) -> Mapping[str, Any]:
        with contact_errors("follow a contact"):
            return call(InstanceId=self.instance_id, **request)


def _leg(told: Mapping[str, Any], queues: Mapping[str, str], agents: Mapping[str, str]) -> Leg:
    queue, agent = told.get("QueueInfo") or {}, told.get("AgentInfo") or {}
    said = told.get("Attributes") or {}
    answered_at = _at(agent.get("ConnectedToAgentTimestamp"))
    return Leg(
        contact_id=told["Id"],
        at=_at(told["InitiationTimestamp"]) or told["InitiationTimestamp"],
        channel=told.get("Channel") or "UNKNOWN",
        method=told.get("InitiationMethod") or "UNKNOWN",
        is_kept=False,
        previous_id=told.get("PreviousContactId"),
        line=said.get("line"),
        number=(told.get("SystemEndpoint") or {}).get("Address"),
        queue=queues.get(str(queue.get("Id")), queue.get("Id")),
        agent=agents.get(str(agent.get("Id")), agent.get("Id")),
        menu_log=said.get("menuLog"),
        queued_at=_at(queue.get("EnqueueTimestamp")),
        dequeued_at=answered_at if queue else None,
        answered_at=answered_at,
        acw_started_at=_at(agent.get("AfterContactWorkStartTimestamp")),
        acw_ended_at=_at(agent.get("AfterContactWorkEndTimestamp")),
        ended_at=_at(told.get("DisconnectTimestamp")),
        end_reason=told.get("DisconnectReason"),
    )


def _at(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.replace(microsecond=0)
