"""StartOutboundVoiceContact: dialling somebody, with answering machine detection where it is asked for (12)."""

import re
from dataclasses import replace

from localstack.connect import api_attributes
from localstack.connect.api_context import Answer, Request, edition, require
from localstack.connect.api_engine import Engine, contact_of, live
from localstack.connect.api_errors import (
    DestinationNotAllowed,
    InvalidParameter,
    InvalidRequest,
    LimitExceeded,
    OutboundNotPermitted,
)
from localstack.connect.directory import Flow, Instance, PhoneNumber, Queue
from localstack.connect.engine.detection import Detection
from localstack.connect.engine.plan import CallPlan
from localstack.connect.engine.world import World

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
NOT_OPENED = "+447"
"""Destinations that AWS opens on request only."""
CAMPAIGN = "CAMPAIGN"
LONGEST_RING_S = 60


@live("StartOutboundVoiceContact")
def start_outbound(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Dial somebody; the flow begins when the call is answered, with detection when it is known by whom."""
    _may_dial(world, instance, request)
    destination = request["DestinationPhoneNumber"]
    flow = edition(instance, Flow, request["ContactFlowId"])
    known = world.phone_book.get(destination, CallPlan(to="", caller=destination))
    plan = replace(known, to=_source(instance, request), caller=destination)
    detection = _detection(request)
    related = contact_of(world, instance, request["RelatedContactId"]) if "RelatedContactId" in request else None
    inherited = dict(related.attributes) if related is not None else {}
    attributes = api_attributes.given(request, inherited)
    _is_room(world, instance)
    contact = world.dialing.start_outbound(
        instance,
        flow,
        plan,
        attributes=attributes,
        detection=detection,
        ring_s=request.get("RingTimeoutInSeconds"),
        detects=detection is not None or "AnswerMachineDetectionConfig" not in request,
    )
    contact.name, contact.description = request.get("Name"), request.get("Description")
    contact.references.update(request.get("References") or {})
    contact.related, contact.campaign_id = related, request.get("CampaignId")
    if "QueueId" in request:
        contact.target_queue = require(instance, Queue, request["QueueId"])
    return {"ContactId": contact.id}


def _may_dial(world: World, instance: Instance, request: Request) -> None:
    """Raise the refusal of an instance, a number or a kind of traffic that cannot be dialled."""
    if "OutboundStrategy" in request:
        msg = "OutboundStrategy is for the outbound campaigns service only"
        raise InvalidRequest(msg)
    if not instance.attributes.get("OUTBOUND_CALLS", True):
        msg = "Outbound calls are not enabled for this instance"
        raise OutboundNotPermitted(msg)
    destination = request["DestinationPhoneNumber"]
    if not E164.fullmatch(destination):
        msg = f"DestinationPhoneNumber is not in E.164 format: {destination}"
        raise InvalidParameter(msg)
    if request.get("RingTimeoutInSeconds", 0) > LONGEST_RING_S:
        msg = f"RingTimeoutInSeconds is at most {LONGEST_RING_S}"
        raise InvalidParameter(msg)
    if world.load.limit is None:
        return
    if destination.startswith(NOT_OPENED):
        msg = f"{destination} has not been opened for this instance"
        raise DestinationNotAllowed(msg)
    if request.get("TrafficType") == CAMPAIGN:
        msg = "The quota of concurrent campaign calls is 0"
        raise LimitExceeded(msg)


def _is_room(world: World, instance: Instance) -> None:
    if not world.load.admit(instance):
        msg = f"The instance has {world.load.limit} concurrent calls already"
        raise LimitExceeded(msg)


def _detection(request: Request) -> Detection | None:
    config = request.get("AnswerMachineDetectionConfig") or {}
    if not config.get("EnableAnswerMachineDetection"):
        return None
    if request.get("TrafficType") != CAMPAIGN:
        msg = "Answering machine detection needs TrafficType CAMPAIGN"
        raise InvalidParameter(msg)
    return Detection(awaits_prompt=bool(config.get("AwaitAnswerMachinePrompt")))


def _source(instance: Instance, request: Request) -> str:
    """The number that the callee sees. Raises when there is none that the instance may show."""
    if shown := request.get("SourcePhoneNumber"):
        if any(claimed.number == shown for claimed in instance.phone_numbers.values()):
            return str(shown)
        msg = f"{shown} is not a number of this instance"
        raise OutboundNotPermitted(msg)
    if "QueueId" not in request:
        msg = "Either SourcePhoneNumber or QueueId is needed"
        raise InvalidRequest(msg)
    queue = require(instance, Queue, request["QueueId"])
    number = instance.find(PhoneNumber, queue.caller.get("OutboundCallerIdNumberId", ""))
    if number is None:
        msg = f"Queue {queue.name!r} has no outbound caller id number"
        raise OutboundNotPermitted(msg)
    return number.number
