"""The contact record of Amazon Connect, as it arrives on the stream: parsed once, tolerantly, into plain values.

Source: the contact record data model (format version 2017-03-10). Unknown fields are ignored; null, {}, [] and a
missing field are the same; unknown enumeration values are kept as text. A field that we use and that has another
type than documented makes the whole record unusable, because guessing would put a wrong figure into a KPI.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.platform.fields import Fields, needed, parsed


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueVisit:
    """The record's `Queue`."""

    name: str | None
    enqueued_at: datetime | None
    dequeued_at: datetime | None
    duration_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLeg:
    """The record's `Agent`. `connected_at` is None when no agent joined."""

    username: str | None
    connected_at: datetime | None
    accepted_at: datetime | None
    acw_started_at: datetime | None
    acw_ended_at: datetime | None
    talk_s: int
    hold_s: int
    holds: int
    longest_hold_s: int
    acw_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRecord:
    """One delivery of one contact's record. Names follow the record's own."""

    contact_id: str
    instance_arn: str
    initiated_at: datetime
    updated_at: datetime
    channel: str
    method: str
    initial_id: str | None
    previous_id: str | None
    next_id: str | None
    related_id: str | None
    connected_at: datetime | None
    disconnected_at: datetime | None
    disconnect_reason: str | None
    transferred_at: datetime | None
    transferred_to: str | None
    customer: str | None
    entry_number: str | None
    queue: QueueVisit | None
    agent: AgentLeg | None
    offers: int
    recording: str | None
    customer_score: int | None = None
    agent_score: int | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


def parse(data: bytes) -> ContactRecord:
    """Return the record in `data` (one JSON object, UTF-8).

    Raises:
        Unusable: not JSON, not an object, or a field that we need is missing or has another type.

    """
    return _record(parsed(data))


def _record(at: Fields) -> ContactRecord:
    return ContactRecord(
        contact_id=needed(at.key_text("ContactId"), "ContactId"),
        instance_arn=needed(at.text("InstanceARN"), "InstanceARN"),
        initiated_at=needed(at.time("InitiationTimestamp"), "InitiationTimestamp"),
        updated_at=needed(at.time("LastUpdateTimestamp"), "LastUpdateTimestamp"),
        channel=at.text("Channel") or "UNKNOWN",
        method=at.text("InitiationMethod") or "UNKNOWN",
        initial_id=at.text("InitialContactId"),
        previous_id=at.text("PreviousContactId"),
        next_id=at.text("NextContactId"),
        related_id=at.text("RelatedContactId"),
        connected_at=at.time("ConnectedToSystemTimestamp"),
        disconnected_at=at.time("DisconnectTimestamp"),
        disconnect_reason=at.text("DisconnectReason"),
        transferred_at=at.time("TransferCompletedTimestamp"),
        transferred_to=at.inside("TransferredToEndpoint").text("Address"),
        customer=at.inside("CustomerEndpoint").text("Address"),
        entry_number=at.inside("SystemEndpoint").text("Address"),
        queue=_queue(at.inside("Queue")),
        agent=_agent(at.inside("Agent")),
        offers=at.count("AgentConnectionAttempts") or 0,
        recording=at.inside("Recording").text("Location") or at.first("Recordings").text("Location"),
        customer_score=_score(at, "Customer"),
        agent_score=_score(at, "Agent"),
        attributes=at.text_map("Attributes"),
    )


def _score(at: Fields, end: str) -> int | None:
    """Return how one end of the line was heard, in hundredths of Amazon Connect's score of 1 to 5."""
    return at.inside("QualityMetrics").inside(end).inside("Audio").hundredths("QualityScore")


def _queue(at: Fields) -> QueueVisit | None:
    if not at:
        return None
    return QueueVisit(
        name=at.text("Name"),
        enqueued_at=at.time("EnqueueTimestamp"),
        dequeued_at=at.time("DequeueTimestamp"),
        duration_s=at.count("Duration"),
    )


def _agent(at: Fields) -> AgentLeg | None:
    if not at:
        return None
    return AgentLeg(
        username=at.key_text("Username"),
        connected_at=at.time("ConnectedToAgentTimestamp"),
        accepted_at=at.time("AcceptedByAgentTimestamp"),
        acw_started_at=at.time("AfterContactWorkStartTimestamp"),
        acw_ended_at=at.time("AfterContactWorkEndTimestamp"),
        talk_s=at.count("AgentInteractionDuration") or 0,
        hold_s=at.count("CustomerHoldDuration") or 0,
        holds=at.count("NumberOfHolds") or 0,
        longest_hold_s=at.count("LongestHoldDuration") or 0,
        acw_s=at.count("AfterContactWorkDuration") or 0,
    )
