"""Contact events (8.1) and agent events (7). Pure: state in, documented objects out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from localstack.connect.directory import Queue
from localstack.connect.engine import hierarchy, times
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.faults import SPELLINGS
from localstack.connect.engine.records import routing_criteria, tags
from localstack.connect.engine.staff import Agent, Handling, is_agent_queue

AGENT_EVENT_VERSION = "2019-05-25"


def contact_event(contact: Contact, event_type: str, event_id: str, at: datetime) -> dict[str, Any]:
    """The envelope and detail of one contact event."""
    instance = contact.instance
    return {
        "version": "0",
        "id": event_id,
        "detail-type": SPELLINGS[0],
        "source": "aws.connect",
        "account": instance.account,
        "time": times.seconds(at),
        "region": instance.region,
        "resources": [instance.arn, f"{instance.arn}/contact/{contact.id}"],
        "detail": _detail(contact, event_type),
    }


def _detail(contact: Contact, event_type: str) -> dict[str, Any]:
    detail: dict[str, Any] = {
        "eventType": event_type,
        "contactId": contact.id,
        "channel": contact.channel,
        "instanceArn": contact.instance.arn,
        "initiationMethod": contact.initiation_method,
        "initiationTimestamp": times.millis(contact.initiated_at),
        "tags": tags(contact),
    }
    if contact.connected_at:
        detail["connectedToSystemTimestamp"] = times.millis(contact.connected_at)
    if contact.previous:
        detail["initialContactId"] = contact.initial.id
        detail["previousContactId"] = contact.previous.id
    if contact.related:
        detail["relatedContactId"] = contact.related.id
    if contact.visit:
        detail["queueInfo"] = {
            "queueArn": contact.visit.queue.arn,
            "queueType": "AGENT" if is_agent_queue(contact.visit.queue) else "STANDARD",
            "enqueueTimestamp": times.millis(contact.visit.enqueued_at),
        }
    detail.update(_wishes(contact))
    if contact.leg:
        detail["agentInfo"] = _agent_info(contact)
    detail.update(_of_outbound(contact))
    if contact.disconnected_at:
        detail["disconnectTimestamp"] = times.millis(contact.disconnected_at)
    return detail


def _of_outbound(contact: Contact) -> dict[str, Any]:
    """What only calls that were placed with answering machine detection, or for a campaign, have."""
    detail: dict[str, Any] = {"campaign": {"campaignId": contact.campaign_id}} if contact.campaign_id else {}
    found = contact.detection
    if found is not None and found.status:
        detail["answeringMachineDetectionStatus"] = found.status
    if found is not None and found.greeting:
        names = ("greetingStartTimestamp", "greetingEndTimestamp")
        detail["customerVoiceActivity"] = dict(zip(names, map(times.millis, found.greeting), strict=True))
    return detail


def _wishes(contact: Contact) -> dict[str, Any]:
    """What the flow has asked for: an analysis, agents of a kind."""
    wishes: dict[str, Any] = {}
    if contact.analytics:
        wishes["contactLens"] = {"conversationalAnalytics": {"configuration": {"enabled": True}}}
    if contact.criteria:
        wishes["routingCriteria"] = routing_criteria(contact.criteria)[-1]
    return wishes


def _agent_info(contact: Contact) -> dict[str, Any]:
    leg = contact.leg
    if leg is None:
        return {}
    info: dict[str, Any] = {
        "agentArn": leg.agent.user.arn,
        "connectedToAgentTimestamp": times.millis(leg.connected_at),
        **hierarchy.in_events(leg.agent.instance, leg.agent.user),
    }
    if leg.left_at and leg.acw_ended_at:
        info["afterContactWorkStartTimestamp"] = times.millis(leg.left_at)
        info["afterContactWorkEndTimestamp"] = times.millis(leg.acw_ended_at)
        info["afterContactWorkDuration"] = times.whole_s(leg.left_at, leg.acw_ended_at)
    return info


def agent_event(
    agent: Agent, event_type: str, event_id: str, at: datetime, snapshot: dict[str, Any] | None
) -> dict[str, Any]:
    """One agent event; the previous snapshot is the agent's last one."""
    return {
        "AWSAccountId": agent.instance.account,
        "AgentARN": agent.user.arn,
        "EventId": event_id,
        "EventTimestamp": times.millis(at),
        "EventType": event_type,
        "InstanceARN": agent.instance.arn,
        "Version": AGENT_EVENT_VERSION,
        "CurrentAgentSnapshot": snapshot,
        "PreviousAgentSnapshot": agent.last_snapshot,
    }


def agent_snapshot(agent: Agent) -> dict[str, Any]:
    """The agent now."""
    waiting = agent.next_status
    return {
        "AgentStatus": {
            "ARN": agent.status.arn,
            "Name": agent.status.name,
            "StartTimestamp": times.millis(agent.status_since),
            "Type": agent.status.type,
        },
        "NextAgentStatus": None
        if waiting is None or agent.next_status_at is None
        else {
            "ARN": waiting.arn,
            "Name": waiting.name,
            "EnqueuedTimestamp": times.millis(agent.next_status_at),
        },
        "Configuration": _configuration(agent),
        "Contacts": [_agent_contact(agent, handling) for handling in agent.desk.values()],
    }


def _configuration(agent: Agent) -> dict[str, Any]:
    instance, user, profile = agent.instance, agent.user, agent.profile
    own = {"ARN": f"{instance.arn}/queue/agent/{user.id}", "Channels": sorted(profile.concurrency), "Name": None}
    channels: dict[str, list[str]] = {}
    for entry in agent.entries:
        channels.setdefault(entry.queue_id, []).append(entry.channel)
    queues = [_queue(instance.queues[key], on) for key, on in channels.items() if key in instance.queues]
    outbound = instance.find(Queue, profile.default_outbound_queue_id)
    return {
        "FirstName": user.first_name,
        "LastName": user.last_name,
        "Username": user.username,
        "AgentHierarchyGroups": hierarchy.in_records(instance, user),
        "Proficiencies": [
            {"Name": name, "Value": value, "ProficiencyLevel": level} for name, value, level in user.proficiencies
        ],
        "RoutingProfile": {
            "ARN": profile.arn,
            "Name": profile.name,
            "Concurrency": [
                {"Channel": channel, "AvailableSlots": _slots(agent, channel, most), "MaximumSlots": most}
                for channel, most in sorted(profile.concurrency.items())
            ],
            "DefaultOutboundQueue": None if outbound is None else _queue(outbound),
            "InboundQueues": [own, *queues],
        },
    }


def _slots(agent: Agent, channel: str, most: int) -> int:
    return most - agent.taken(channel)


def _agent_contact(agent: Agent, handling: Handling) -> dict[str, Any]:
    contact = handling.contact
    connected = contact.leg.connected_at if contact.leg and contact.leg.agent is agent else None
    visit = contact.visit
    return {
        "ContactId": contact.id,
        "InitialContactId": contact.initial.id if contact.previous else None,
        "Channel": contact.channel,
        "InitiationMethod": contact.initiation_method,
        "State": str(handling.activity),
        "StateStartTimestamp": times.millis(handling.since),
        "ConnectedToAgentTimestamp": None if connected is None else times.millis(connected),
        "QueueTimestamp": None if visit is None else times.millis(visit.enqueued_at),
        "Queue": None if visit is None else _queue(visit.queue, (contact.channel,)),
    }


def _queue(queue: Queue, channels: Sequence[str] = ("VOICE",)) -> dict[str, Any]:
    return {"ARN": queue.arn, "Channels": sorted(channels), "Name": queue.name or None}
