"""Agents: what `ingest_agent_events` takes, and what it takes out of its stream."""

from typing import Annotated, NotRequired, TypedDict

from pydantic import Field

from chalicelib.platform.shapes import KinesisBatch, Tick

type EventsOrClock = KinesisBatch | Tick


class AgentStatus(TypedDict):
    """The agent's status."""

    Name: str
    StartTimestamp: str
    Type: NotRequired[str | None]


class NextStatus(TypedDict, total=False):
    """The status that follows the contact at hand."""

    Name: str | None


class Named(TypedDict, total=False):
    """A queue; one without a name is an agent's own."""

    Name: str | None


class Slots(TypedDict, total=False):
    """How many contacts of a channel at once."""

    Channel: str | None
    MaximumSlots: int | None


class RoutingProfile(TypedDict, total=False):
    """Which queues the agent serves."""

    InboundQueues: list[Named] | None
    Concurrency: list[Slots] | None


class Proficiency(TypedDict, total=False):
    """What the agent can do."""

    Name: str | None
    Value: str | None


class Configuration(TypedDict):
    """The agent's set-up."""

    Username: str
    RoutingProfile: NotRequired[RoutingProfile | None]
    Proficiencies: NotRequired[list[Proficiency] | None]


class Work(TypedDict):
    """A contact at the agent."""

    ContactId: str
    StateStartTimestamp: str
    Channel: NotRequired[str | None]
    State: NotRequired[str | None]
    ConnectedToAgentTimestamp: NotRequired[str | None]
    Queue: NotRequired[Named | None]


class Snapshot(TypedDict):
    """The agent at one moment."""

    AgentStatus: AgentStatus
    Configuration: Configuration
    NextAgentStatus: NotRequired[NextStatus | None]
    Contacts: NotRequired[list[Work] | None]


class AgentEvent(TypedDict):
    """What is read of an agent event (7); null, {}, [] and a missing field are the same."""

    EventId: str
    EventTimestamp: str
    EventType: str
    AgentARN: Annotated[str, Field(description="ends in /agent/ and the agent's id")]
    InstanceARN: str
    CurrentAgentSnapshot: NotRequired[Snapshot | None]
    PreviousAgentSnapshot: NotRequired[Snapshot | None]
