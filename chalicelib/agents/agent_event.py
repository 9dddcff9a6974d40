"""The agent event of Amazon Connect, as it arrives on the stream: parsed once, tolerantly, into plain values (7)."""

from chalicelib.agents.models import AgentEvent, Snapshot, Status, StatusType, Work
from chalicelib.platform.fields import Fields, Unusable, needed, parsed


def parse(data: bytes) -> AgentEvent:
    """Return the event in `data` (one JSON object, UTF-8).

    Raises:
        Unusable: not JSON, not an object, or a field that we need is missing or has another type.

    """
    at = parsed(data)
    arn = needed(at.text("AgentARN"), "AgentARN")
    return AgentEvent(
        id=needed(at.key_text("EventId"), "EventId"),
        at=needed(at.moment("EventTimestamp"), "EventTimestamp"),
        type=needed(at.text("EventType"), "EventType"),
        agent_id=_agent_id(arn),
        instance_arn=needed(at.text("InstanceARN"), "InstanceARN"),
        current=_snapshot(at.inside("CurrentAgentSnapshot")),
        previous=_snapshot(at.inside("PreviousAgentSnapshot")),
    )


def _agent_id(arn: str) -> str:
    found = arn.rpartition("/agent/")[2]
    if not found or found == arn or "#" in found or "/" in found:
        msg = "AgentARN must end in /agent/ and the agent's id"
        raise Unusable(msg, field="AgentARN")
    return found


def _snapshot(at: Fields) -> Snapshot | None:
    if not at:
        return None
    status, setup = at.inside("AgentStatus"), at.inside("Configuration")
    profile = setup.inside("RoutingProfile")
    slots = ((one.text("Channel"), one.count("MaximumSlots")) for one in profile.objects("Concurrency"))
    skills = ((one.text("Name"), one.text("Value")) for one in setup.objects("Proficiencies"))
    return Snapshot(
        username=needed(setup.key_text("Username"), "Configuration.Username"),
        status=Status(
            name=needed(status.text("Name"), "AgentStatus.Name"),
            type=_type(status.text("Type")),
            since=needed(status.moment("StartTimestamp"), "AgentStatus.StartTimestamp"),
        ),
        next_status=at.inside("NextAgentStatus").text("Name"),
        # Queues without a name are agents' own.
        queues=tuple(sorted({name for one in profile.objects("InboundQueues") if (name := one.text("Name"))})),
        slots={channel: most for channel, most in slots if channel and most is not None},
        proficiencies={name: value for name, value in skills if name and value},
        works=tuple(_work(one) for one in at.objects("Contacts")),
    )


def _type(text: str | None) -> StatusType:
    """Return the type; one that is not known offers nothing, as a custom status does."""
    return StatusType(text) if text in set(StatusType) else StatusType.CUSTOM


def _work(at: Fields) -> Work:
    return Work(
        contact_id=needed(at.key_text("ContactId"), "Contacts.ContactId"),
        channel=at.text("Channel") or "UNKNOWN",
        state=at.text("State") or "UNKNOWN",
        since=needed(at.moment("StateStartTimestamp"), "Contacts.StateStartTimestamp"),
        connected_at=at.moment("ConnectedToAgentTimestamp"),
        queue=at.inside("Queue").text("Name"),
    )
