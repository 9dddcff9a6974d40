"""Operations that begin contacts of elsewhere: StartWebRTCContact; and MonitorContact."""

from dataclasses import replace
from typing import Any

from localstack.connect.api_chat import Seat, segment_attributes, token_of
from localstack.connect.api_context import Answer, Request, inbound_flow, require
from localstack.connect.api_create import named, said_of, signed_in
from localstack.connect.api_engine import Engine, contact_of, live
from localstack.connect.api_errors import InvalidParameter, InvalidRequest, LimitExceeded, QuotaExceeded
from localstack.connect.directory import Instance, User
from localstack.connect.engine.imported import SUBTYPE, WEB
from localstack.connect.engine.monitoring import ENHANCED, MOST
from localstack.connect.engine.plan import CallPlan
from localstack.connect.engine.world import World

CAPABILITIES = ("SILENT_MONITOR", "BARGE")
NOWHERE = "https://media.invalid"
"""Where the media of web calls would be: a name that is never anybody's (RFC 2606), for there is no media here."""


@live("MonitorContact")
def monitor(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Let a signed-in user listen to a contact that is connected to an agent."""
    watched = contact_of(world, instance, request["ContactId"])
    user = require(instance, User, request["UserId"])
    may = _capabilities(instance, request)
    if world.monitoring.is_full(watched):
        msg = f"{MOST} users listen to contact {watched.id} already"
        raise QuotaExceeded(msg)
    agent = signed_in(world, user)
    try:
        made = world.monitoring.start(agent, watched, may)
    except ValueError as error:
        raise InvalidRequest(str(error)) from error
    return named(instance, made)


def _capabilities(instance: Instance, request: Request) -> tuple[Any, ...]:
    """What the user may do: listening always. Raises InvalidRequest for what the instance does not allow."""
    asked = request.get("AllowedMonitorCapabilities")
    wrong = sorted(set(asked or ()) - set(CAPABILITIES))
    if wrong:
        msg = f"AllowedMonitorCapabilities has {', '.join(wrong)}, expected {', '.join(CAPABILITIES)}"
        raise InvalidRequest(msg)
    enhanced = instance.attributes.get(ENHANCED, False)
    if enhanced and asked is None:
        msg = f"AllowedMonitorCapabilities is needed where {ENHANCED} is on"
        raise InvalidRequest(msg)
    if "BARGE" in (asked or ()) and not enhanced:
        msg = f"BARGE needs {ENHANCED} of the instance"
        raise InvalidRequest(msg)
    return tuple(asked or CAPABILITIES[:1])


@live("StartWebRTCContact")
def start_web_call(engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """A customer calls from a web page or an app; the flow begins at once."""
    flow = inbound_flow(instance, request["ContactFlowId"])
    segment = segment_attributes(request.get("SegmentAttributes") or {})
    if segment.get(SUBTYPE, WEB) != WEB:
        msg = f"{SUBTYPE} of a web call is {WEB}, not {segment[SUBTYPE]}"
        raise InvalidParameter(msg)
    said = said_of(world, instance, request, segment)
    if not world.load.admit(instance):
        msg = f"The instance has {world.load.limit} concurrent calls already"
        raise LimitExceeded(msg)
    name = request["ParticipantDetails"]["DisplayName"]
    known = world.phone_book.get(name, CallPlan(to="", caller=""))
    plan = replace(
        known, to="", caller="", display_name=name, capabilities=dict(request.get("AllowedCapabilities") or {})
    )
    participant_id = world.new_id("participant")
    made = world.imports.web_call(instance, flow, plan, said)
    return {
        "ContactId": made.id,
        "ParticipantId": participant_id,
        "ParticipantToken": token_of(engine, world, Seat(made.id, participant_id, "CUSTOMER")),
        "ConnectionData": _connection(world, instance),
    }


def _connection(world: World, instance: Instance) -> dict[str, Any]:
    """What a client would join the meeting with. It has the shape and leads nowhere."""
    names = ("AudioHostUrl", "AudioFallbackUrl", "SignalingUrl", "TurnControlUrl", "EventIngestionUrl")
    return {
        "Attendee": {"AttendeeId": world.new_id("attendee"), "JoinToken": world.new_id("join-token")},
        "Meeting": {
            "MediaRegion": instance.region,
            "MediaPlacement": {name: f"{NOWHERE}/{name}" for name in names},
            "MeetingFeatures": {"Audio": {"EchoReduction": "UNAVAILABLE"}},
            "MeetingId": world.new_id("meeting"),
        },
    }
