"""A contact as the Amazon Connect API shows it (DescribeContact, SearchContacts)."""

from datetime import datetime
from typing import Any

from localstack.connect.engine import hierarchy, records, times
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.legs import AgentLeg
from localstack.connect.engine.parts import Recording

Shown = dict[str, Any]
STREAM_TYPES = frozenset({"AUDIO", "VIDEO"})
"""The API has no word for the transcript of a chat."""
SCHEMA_STATUSES = frozenset({"ACTIVE", "INACTIVE", "JOINED", "EXPIRED"})
"""The API knows fewer states of a routing step than the contact record."""


def contact(one: Contact) -> Shown:
    """A contact, in full."""
    return {
        **summary(one),
        "AgentInfo": _agent(one.leg) if one.leg else None,
        "Attributes": dict(one.attributes),
        "ConnectedToSystemTimestamp": one.connected_at,
        "ContactDetails": {"Name": one.name, "Description": one.description},
        "CustomerEndpoint": records.endpoint(one.plan.caller),
        "CustomerId": one.customer_id,
        "Description": one.description,
        "DisconnectReason": one.disconnect_reason,
        "LastUpdateTimestamp": _last_update(one),
        "QueuePriority": one.priority if one.visit else None,
        "QueueTimeAdjustmentSeconds": one.age_adjustment_s if one.visit else None,
        "Recordings": [_recording(r) for r in one.recordings if r.location],
        "RelatedContactId": one.related.id if one.related else None,
        "SystemEndpoint": records.endpoint(one.plan.to),
        "ChatMetrics": _chat_metrics(one),
        "ScheduledTimestamp": one.scheduled_at,
        "AdditionalEmailRecipients": one.email.recipients if one.email else None,
        **_of_task(one),
    }


def _of_task(one: Contact) -> Shown:
    """What only tasks have."""
    if one.channel != "TASK":
        return {}
    last = one.breaks[-1] if one.breaks else None
    template = one.template
    return {
        "LastPausedTimestamp": last.started_at if last else None,
        "LastResumedTimestamp": last.ended_at if last else None,
        "TaskTemplateInfo": {"Arn": template.arn, "Name": template.name} if template else None,
        "TotalPauseCount": len(one.breaks),
        "TotalPauseDurationInSeconds": records.paused_s(one),
    }


def _chat_metrics(one: Contact) -> Shown | None:
    """The API has another name than the record for what is true of the whole contact."""
    if one.chat is None:
        return None
    found = dict(records.chat_metrics(one, one.chat))
    return {"ChatContactMetrics": found.pop("ContactMetrics"), **found}


def associated(one: Contact) -> Shown:
    """A contact as a row of those that belong together."""
    return {
        "ContactId": one.id,
        "ContactArn": f"{one.instance.arn}/contact/{one.id}",
        "InitiationTimestamp": one.initiated_at,
        "DisconnectTimestamp": one.disconnected_at,
        "InitialContactId": one.initial.id if one.previous else None,
        "PreviousContactId": one.previous.id if one.previous else None,
        "RelatedContactId": one.related.id if one.related else None,
        "InitiationMethod": one.initiation_method,
        "Channel": one.channel,
    }


def summary(one: Contact) -> Shown:
    """A contact as a row of a search."""
    return {
        "Arn": f"{one.instance.arn}/contact/{one.id}",
        "Id": one.id,
        "InitialContactId": one.initial.id if one.previous else None,
        "PreviousContactId": one.previous.id if one.previous else None,
        "InitiationMethod": one.initiation_method,
        "Channel": one.channel,
        "QueueInfo": {"Id": one.visit.queue.id, "EnqueueTimestamp": one.visit.enqueued_at} if one.visit else None,
        "AgentInfo": {"Id": one.leg.agent.id, "ConnectedToAgentTimestamp": one.leg.connected_at} if one.leg else None,
        "InitiationTimestamp": one.initiated_at,
        "DisconnectTimestamp": one.disconnected_at,
        "SegmentAttributes": {key: {"ValueString": value} for key, value in one.segment_attributes.items()},
        "Name": one.name,
        "RoutingCriteria": _criteria(one),
        "Tags": records.tags(one),
    }


def _agent(leg: AgentLeg) -> Shown:
    acw_s = times.whole_s(leg.left_at, leg.acw_ended_at) if leg.left_at and leg.acw_ended_at else None
    return {
        "Id": leg.agent.id,
        "ConnectedToAgentTimestamp": leg.connected_at,
        "AfterContactWorkStartTimestamp": leg.left_at,
        "AfterContactWorkEndTimestamp": leg.acw_ended_at,
        "AfterContactWorkDuration": acw_s,
        "HierarchyGroups": _groups(leg),
        "AgentInitiatedHoldDuration": sum(times.whole_s(start, end) for start, end in leg.own_holds.over),
    }


def _groups(leg: AgentLeg) -> Shown | None:
    path = hierarchy.path_of(leg.agent.instance, leg.agent.user)
    return {f"Level{n}": {"Arn": group.arn} for n, group in enumerate(path, 1)} or None


def _last_update(one: Contact) -> datetime:
    moments = [one.initiated_at, one.connected_at, one.disconnected_at]
    if one.leg is not None:
        moments += [one.leg.connected_at, one.leg.acw_ended_at]
    return max(moment for moment in moments if moment is not None)


def _recording(one: Recording) -> Shown:
    media = one.media if one.media in STREAM_TYPES else None
    return {"StorageType": "S3", "Location": one.location, "MediaStreamType": media, "Status": "AVAILABLE"}


def _criteria(one: Contact) -> Shown | None:
    if one.criteria is None:
        return None
    newest = records.routing_criteria(one.criteria)[-1]
    steps = [step if step["Status"] in SCHEMA_STATUSES else {**step, "Status": None} for step in newest["Steps"]]
    return {**newest, "ActivationTimestamp": one.criteria.activated_at, "Steps": steps}
