"""What Amazon Connect itself puts into a new instance."""

import json
from collections.abc import Mapping
from typing import Any

from localstack.connect import arns
from localstack.connect.directory import Directory, Instance
from localstack.connect.resources import AgentStatus, Flow, Hours, Queue, RoutingProfile, SecurityProfile

_DAYS = ("SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY")
_SECURITY_PROFILES: Mapping[str, tuple[str, ...]] = {
    "Admin": ("AccessMetrics", "RoutingPolicies.Edit", "Users.Edit", "BasicAgentAccess"),
    "Agent": ("BasicAgentAccess", "OutboundCallAccess"),
    "CallCenterManager": ("AccessMetrics", "RoutingPolicies.View", "Users.View", "BasicAgentAccess"),
    "QualityAnalyst": ("AccessMetrics", "ListenCallRecordings"),
}


def _message(text: str) -> dict[str, Any]:
    return {"Type": "MessageParticipant", "Parameters": {"Text": text}}


def _loop(text: str) -> dict[str, Any]:
    return {"Type": "MessageParticipantIteratively", "Parameters": {"Messages": [{"Text": text}]}}


_FLOWS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "Default agent whisper": ("AGENT_WHISPER", _message("$.Queue.Name")),
    "Default customer queue": ("CUSTOMER_QUEUE", _loop("Thank you for calling. Your call is important to us.")),
    "Default customer whisper": ("CUSTOMER_WHISPER", _message("Beep.")),
    "Default customer hold": ("CUSTOMER_HOLD", _loop("Music.")),
    "Default agent hold": ("AGENT_HOLD", _loop("You are on hold.")),
    "Default agent transfer": ("AGENT_TRANSFER", {"Type": "TransferContactToAgent", "Parameters": {}}),
    "Default queue transfer": ("QUEUE_TRANSFER", {"Type": "TransferContactToQueue", "Parameters": {}}),
    "Default outbound": ("OUTBOUND_WHISPER", _message("This call is not being recorded.")),
}
"""The flows that a contact meets when no flow of the tenant is set for its event: one action each."""


def furnish(directory: Directory, instance: Instance) -> None:
    """Add the default hours, queue, routing profile, security profiles, statuses and flows."""
    hours = _hours(directory, instance)
    queue = Queue(**_named(directory, instance, Queue.segment, "BasicQueue"), hours_id=hours.id)
    profile = RoutingProfile(
        **_named(directory, instance, RoutingProfile.segment, "Basic Routing Profile"),
        queues=((queue.id, "VOICE", 1, 0),),
        concurrency={"VOICE": 1, "CHAT": 2, "TASK": 1},
        default_outbound_queue_id=queue.id,
        description="A simple routing profile",
    )
    for resource in (hours, queue, profile):
        directory.put(instance, resource)
    for name, permissions in _SECURITY_PROFILES.items():
        identity = _named(directory, instance, SecurityProfile.segment, name)
        directory.put(instance, SecurityProfile(**identity, permissions=permissions))
    _statuses(directory, instance)
    for name, (flow_type, action) in _FLOWS.items():
        directory.put(instance, _flow(directory, instance, name, flow_type, action))


def _named(directory: Directory, instance: Instance, segment: str, name: str) -> dict[str, Any]:
    new_id = directory.new_id(instance.id, segment, name)
    return {"id": new_id, "arn": arns.child_arn(instance.arn, segment, new_id), "name": name}


def _hours(directory: Directory, instance: Instance) -> Hours:
    day_start, day_end = {"Hours": 9, "Minutes": 0}, {"Hours": 17, "Minutes": 0}
    config = tuple({"Day": day, "StartTime": day_start, "EndTime": day_end} for day in _DAYS)
    identity = _named(directory, instance, Hours.segment, "Basic Hours")
    return Hours(**identity, time_zone="America/New_York", config=config)


def _statuses(directory: Directory, instance: Instance) -> None:
    available = _named(directory, instance, AgentStatus.segment, "Available")
    directory.put(instance, AgentStatus(**available, type="ROUTABLE", display_order=1))
    offline = _named(directory, instance, AgentStatus.segment, "Offline")
    directory.put(instance, AgentStatus(**offline, type="OFFLINE", display_order=2))


def _flow(directory: Directory, instance: Instance, name: str, flow_type: str, action: Mapping[str, Any]) -> Flow:
    last = "DisconnectParticipant" if flow_type in ("AGENT_TRANSFER", "QUEUE_TRANSFER") else "EndFlowExecution"
    end = {"Identifier": "end", "Type": last, "Parameters": {}, "Transitions": {}}
    errors = [{"NextAction": "end", "ErrorType": "NoMatchingError"}]
    # A looped prompt has no ordinary way out, only errors lead to the end.
    looped = action["Type"] == "MessageParticipantIteratively"
    transitions: dict[str, Any] = {"Errors": errors} if looped else {"NextAction": "end", "Errors": errors}
    if action["Type"] == "TransferContactToAgent":
        transitions = {}
    start = {**action, "Identifier": "say", "Transitions": transitions}
    content = {"Version": "2019-10-30", "StartAction": "say", "Metadata": {}, "Actions": [start, end]}
    identity = _named(directory, instance, Flow.segment, name)
    return Flow(**identity, type=flow_type, content=content, text=json.dumps(content), default=True)
