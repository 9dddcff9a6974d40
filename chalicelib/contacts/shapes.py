"""Contacts: what `ingest_contact_records` takes out of its stream."""

from typing import Annotated, NotRequired, TypedDict

from pydantic import Field


class Endpoint(TypedDict, total=False):
    """One end of a contact."""

    Address: str | None
    Type: str | None


class QueueVisit(TypedDict, total=False):
    """The queue in which the contact waited; durations are whole seconds."""

    Name: str | None
    EnqueueTimestamp: str | None
    DequeueTimestamp: str | None
    Duration: int | None


class AgentLeg(TypedDict, total=False):
    """The agent who joined; durations are whole seconds."""

    Username: str | None
    ConnectedToAgentTimestamp: str | None
    AcceptedByAgentTimestamp: str | None
    AfterContactWorkStartTimestamp: str | None
    AfterContactWorkEndTimestamp: str | None
    AgentInteractionDuration: int | None
    CustomerHoldDuration: int | None
    NumberOfHolds: int | None
    LongestHoldDuration: int | None
    AfterContactWorkDuration: int | None


class Recording(TypedDict, total=False):
    """Where a recording lies."""

    Location: str | None


class ContactRecord(TypedDict):
    """What is read of a contact record (6.3); null, {}, [] and a missing field are the same."""

    ContactId: Annotated[str, Field(description="1 to 256 visible characters without '#'")]
    InstanceARN: str
    InitiationTimestamp: str
    LastUpdateTimestamp: str
    Channel: NotRequired[str | None]
    InitiationMethod: NotRequired[str | None]
    InitialContactId: NotRequired[str | None]
    PreviousContactId: NotRequired[str | None]
    NextContactId: NotRequired[str | None]
    RelatedContactId: NotRequired[str | None]
    ConnectedToSystemTimestamp: NotRequired[str | None]
    DisconnectTimestamp: NotRequired[str | None]
    DisconnectReason: NotRequired[str | None]
    TransferCompletedTimestamp: NotRequired[str | None]
    TransferredToEndpoint: NotRequired[Endpoint | None]
    CustomerEndpoint: NotRequired[Endpoint | None]
    SystemEndpoint: NotRequired[Endpoint | None]
    Queue: NotRequired[QueueVisit | None]
    Agent: NotRequired[AgentLeg | None]
    AgentConnectionAttempts: NotRequired[int | None]
    Recording: NotRequired[Recording | None]
    Recordings: NotRequired[list[Recording] | None]
    Attributes: NotRequired[dict[str, object] | None]
