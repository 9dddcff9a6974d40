"""Real time: what `ingest_agent_events` takes out of its stream beside agent events."""

from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import Field


class QueueInfo(TypedDict, total=False):
    """The queue that the contact is or was in last."""

    queueArn: str | None
    enqueueTimestamp: str | None


class AgentInfo(TypedDict, total=False):
    """The agent that the contact is or was with."""

    agentArn: str | None
    connectedToAgentTimestamp: str | None


class ContactDetail(TypedDict):
    """What is read of the detail (8.1)."""

    contactId: str
    instanceArn: str
    initiationTimestamp: str
    eventType: NotRequired[str | None]
    channel: NotRequired[str | None]
    initiationMethod: NotRequired[str | None]
    disconnectTimestamp: NotRequired[str | None]
    queueInfo: NotRequired[QueueInfo | None]
    agentInfo: NotRequired[AgentInfo | None]
    tags: NotRequired[dict[str, str] | None]


class ContactEvent(TypedDict):
    """What is read of a contact event, which EventBridge puts on the stream whole."""

    source: Annotated[Literal["aws.connect"], Field(description="tells it from an agent event, which has none")]
    detail: ContactDetail
