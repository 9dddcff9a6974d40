"""The contact record (6.2, 6.3). Pure: a finished contact in, the documented object out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from localstack.connect.engine import chat, hierarchy, times
from localstack.connect.engine.callbacks import DIALED
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.criteria import Criteria, written
from localstack.connect.engine.legs import AgentLeg, Leg
from localstack.connect.engine.parts import Break, Recording

MAX_CRITERIA = 3
MEDIA = {"VOICE": "AUDIO", "CHAT": "CHAT"}
FORMAT_VERSION = "2017-03-10"
ANALYSED = {"ConversationalAnalytics": {"Configuration": {"Enabled": True}}}
"""What the record says of a conversation that is analysed: the settings, never results (6.3)."""


def contact_record(contact: Contact, last_update: datetime) -> dict[str, Any]:
    """The record of a contact that is over; times are whole seconds and durations fit them."""
    instance = contact.instance
    recordings = [r for r in contact.recordings if r.location]
    return {
        "AWSAccountId": instance.account,
        "AWSContactTraceRecordFormatVersion": FORMAT_VERSION,
        "Agent": _agent(contact, contact.leg) if contact.leg else None,
        "AgentConnectionAttempts": contact.attempts,
        "AnsweringMachineDetectionStatus": contact.detection.status if contact.detection else None,
        "Attributes": dict(contact.attributes),
        "Campaign": {"CampaignId": contact.campaign_id},
        "Channel": contact.channel,
        "ConnectedToSystemTimestamp": times.seconds(contact.connected_at),
        "ContactDetails": {},
        "ContactId": contact.id,
        "ContactLens": ANALYSED if contact.analytics else None,
        "CustomerEndpoint": endpoint(contact.plan.caller),
        "CustomerId": contact.customer_id,
        "CustomerVoiceActivity": _voice_activity(contact),
        **_third(contact),
        "DisconnectReason": contact.disconnect_reason,
        "DisconnectTimestamp": times.seconds(contact.disconnected_at),
        "InitialContactId": contact.initial.id if contact.previous else None,
        "InitiationMethod": contact.initiation_method,
        "InitiationTimestamp": times.seconds(contact.initiated_at),
        "InstanceARN": instance.arn,
        "LastUpdateTimestamp": times.seconds(last_update),
        "MediaStreams": [{"Type": MEDIA[contact.channel]}] if contact.channel in MEDIA else [],
        "NextContactId": contact.next.id if contact.next else None,
        "PreviousContactId": contact.previous.id if contact.previous else None,
        "Queue": _queue(contact),
        "Recording": _first(recordings[0]) if recordings else None,
        "Recordings": [*(_one(recording) for recording in recordings), *_streamed(contact)],
        "References": [{"Name": name, **value} for name, value in contact.references.items()],
        "RelatedContactId": contact.related.id if contact.related else None,
        "RoutingCriteria": routing_criteria(contact.criteria) if contact.criteria else None,
        "ScheduledTimestamp": times.seconds(contact.scheduled_at),
        "SegmentAttributes": {key: {"ValueString": value} for key, value in contact.segment_attributes.items()},
        "SystemEndpoint": endpoint(contact.plan.to),
        "Tags": tags(contact),
        "TransferCompletedTimestamp": times.seconds(contact.transferred_at),
        "TransferredToEndpoint": endpoint(contact.transferred_to),
        "VoiceIdResult": None,
        **_quality(contact),
        **_of_channel(contact),
    }


def _of_channel(contact: Contact) -> dict[str, Any]:
    """What only contacts of one channel have."""
    if contact.channel == "TASK":
        return _of_task(contact)
    if contact.email is not None:
        return {"AdditionalEmailRecipients": contact.email.recipients}
    if contact.chat is None:
        return {}
    return {"ChatMetrics": chat_metrics(contact, contact.chat)}


def _of_task(contact: Contact) -> dict[str, Any]:
    template, breaks = contact.template, contact.breaks
    return {
        "LastPausedTimestamp": times.seconds(breaks[-1].started_at) if breaks else None,
        "LastResumedTimestamp": times.seconds(breaks[-1].ended_at) if breaks else None,
        "TaskTemplateInfo": None if template is None else {"ARN": template.arn, "Name": template.name},
        "TotalPauseCount": len(breaks),
        "TotalPauseDurationInSeconds": paused_s(contact),
    }


def paused_s(contact: Contact) -> int:
    """How long a task was paused, breaks that are over only."""
    return sum(_break_s(one) for one in contact.breaks)


def _break_s(one: Break) -> int:
    return times.whole_s(one.started_at, one.ended_at) if one.ended_at else 0


def chat_metrics(contact: Contact, written: chat.Chat) -> Mapping[str, Any]:
    """How the chat went while it was this contact."""
    joined_at = contact.leg.connected_at if contact.leg else None
    return chat.metrics(written.of(contact.id), joined_at, contact.disconnected_at)


def endpoint(address: str | None) -> dict[str, str] | None:
    """A telephone number or a mailbox; None for a contact that has none."""
    kind = "EMAIL_ADDRESS" if address and "@" in address else "TELEPHONE_NUMBER"
    return {"Address": address, "Type": kind} if address else None


def tags(contact: Contact) -> dict[str, str]:
    """System tags and the contact's own."""
    system = {"aws:connect:instanceId": contact.instance.id}
    if contact.plan.to:
        system["aws:connect:systemEndpoint"] = contact.plan.to
    return {**system, **contact.tags}


def _voice_activity(contact: Contact) -> dict[str, Any] | None:
    if contact.detection is None or contact.detection.greeting is None:
        return None
    start, end = contact.detection.greeting
    return {"GreetingStartTimestamp": times.seconds(start), "GreetingEndTimestamp": times.seconds(end)}


def _third(contact: Contact) -> dict[str, Any]:
    """What only the record of a call to a third party has."""
    if contact.initiation_method != "EXTERNAL_OUTBOUND":
        return {}
    third = contact.third
    spent_s = interaction_s(third, third.left_at or third.connected_at) if third else 0
    return {"ExternalThirdParty": {"ExternalThirdPartyInteractionDuration": spent_s}}


def _agent(contact: Contact, leg: AgentLeg) -> dict[str, Any]:
    agent = leg.agent
    left = leg.left_at or contact.disconnected_at or leg.connected_at
    acw_end = leg.acw_ended_at or left
    holds_s = [times.whole_s(start, end) for start, end in leg.customer_held.over]
    own_s = [times.whole_s(start, end) for start, end in leg.own_holds.over]
    set_aside_s = sum(_break_s(one) for one in contact.breaks if one.with_agent)
    return {
        "ARN": agent.user.arn,
        "AfterContactWorkDuration": times.whole_s(left, acw_end),
        "AfterContactWorkEndTimestamp": times.seconds(acw_end),
        "AfterContactWorkStartTimestamp": times.seconds(left),
        "AgentInteractionDuration": interaction_s(leg, left) - set_aside_s,
        "AgentPauseDuration": set_aside_s if contact.channel == "TASK" else None,
        "AgentInitiatedHoldDuration": sum(own_s),
        "ConnectedToAgentTimestamp": times.seconds(leg.connected_at),
        "CustomerHoldDuration": sum(holds_s),
        "DeviceInfo": None,
        "HierarchyGroups": hierarchy.in_records(agent.instance, agent.user),
        "LongestHoldDuration": max(holds_s, default=0),
        "NumberOfHolds": len(holds_s),
        "RoutingProfile": {"ARN": agent.profile.arn, "Name": agent.profile.name},
        "StateTransitions": _watched(leg, left),
        "Username": agent.user.username,
    }


def _watched(leg: AgentLeg, left: datetime) -> list[dict[str, Any]] | None:
    """What a supervisor has done; None for an agent."""
    ends = [*(at for at, _ in leg.watched[1:]), left]
    spans = zip(leg.watched, ends, strict=False)
    return [
        {"state": state, "stateStartTimestamp": times.seconds(at), "stateEndTimestamp": times.seconds(end)}
        for (at, state), end in spans
    ] or None


def interaction_s(leg: Leg, left: datetime) -> int:
    """So long the party and the customer could talk: neither was on hold, and no consultation was going on."""
    return times.whole_s(leg.connected_at, left) - sum(times.whole_s(start, end) for start, end in leg.not_talking())


def routing_criteria(criteria: Criteria) -> list[dict[str, Any]]:
    """The last criteria of a contact, at most three, oldest first."""
    return [
        {
            "ActivationTimestamp": times.seconds(one.activated_at),
            "Index": one.index,
            "Steps": [
                {
                    "Status": step.status,
                    "Expression": written(step.expression),
                    "Expiry": None if step.expiry_s is None else {"DurationInSeconds": step.expiry_s},
                }
                for step in one.steps
            ],
        }
        for one in [*criteria.history, criteria][-MAX_CRITERIA:]
    ]


def _queue(contact: Contact) -> dict[str, Any] | None:
    visit = contact.visit
    if visit is None:
        return None
    left = visit.left_at or contact.disconnected_at or visit.enqueued_at
    return {
        "ARN": visit.queue.arn,
        "Name": visit.queue.name or None,
        "EnqueueTimestamp": times.seconds(visit.enqueued_at),
        "DequeueTimestamp": times.seconds(left),
        "Duration": times.whole_s(visit.enqueued_at, left),
        **_total(contact, times.whole_s(visit.enqueued_at, left)),
    }


def _total(contact: Contact, duration_s: int) -> dict[str, Any]:
    """A customer who was called first has been in the queue before, too."""
    if contact.initiation_method != DIALED:
        return {}
    return {"CallbackTotalQueueDuration": duration_s + int(contact.queued_before_s)}


def _quality(contact: Contact) -> dict[str, Any]:
    """How the line was, where it was measured: of a call that an agent joined (6.3)."""
    audio = contact.plan.audio
    if audio is None or contact.leg is None or contact.channel != "VOICE":
        return {}
    ends = {
        "Agent": (audio.agent_score, audio.agent_issues),
        "Customer": (audio.customer_score, audio.customer_issues),
    }
    measured = {
        end: {"Audio": {"QualityScore": score, "PotentialQualityIssues": list(issues)}}
        for end, (score, issues) in ends.items()
    }
    return {"QualityMetrics": measured}


def _first(recording: Recording) -> dict[str, Any]:
    return {"DeletionReason": None, "Location": recording.location, "Status": "AVAILABLE", "Type": recording.media}


def _streamed(contact: Contact) -> list[dict[str, Any]]:
    """The customer's audio in a Kinesis video stream, when a flow has started it; it ends with the contact."""
    stream = contact.media_stream
    if stream is None:
        return []
    return [
        {
            "DeletionReason": None,
            "FragmentStartNumber": stream.fragment,
            "FragmentStopNumber": None,
            "Location": stream.arn,
            "MediaStreamType": "AUDIO",
            "ParticipantType": "Customer",
            "StartTimestamp": times.seconds(stream.started_at),
            "Status": "AVAILABLE",
            "StopTimestamp": times.seconds(stream.stopped_at or contact.disconnected_at),
            "StorageType": "KINESIS_VIDEO_STREAM",
        }
    ]


def _one(recording: Recording) -> dict[str, Any]:
    return {
        "DeletionReason": None,
        "FragmentStartNumber": None,
        "FragmentStopNumber": None,
        "Location": recording.location,
        "MediaStreamType": recording.media,
        "ParticipantType": None,
        "StartTimestamp": times.seconds(recording.started_at) if recording.ivr else None,
        "Status": "AVAILABLE",
        "StopTimestamp": times.seconds(recording.ended_at) if recording.ivr else None,
        "StorageType": "S3",
    }
