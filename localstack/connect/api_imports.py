"""Operations that begin contacts of elsewhere: CreateContact, StartWebRTCContact; and MonitorContact."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from localstack.connect.api_chat import Seat, segment_attributes, token_of
from localstack.connect.api_context import Answer, Request, inbound_flow, require
from localstack.connect.api_engine import Engine, contact_of, live
from localstack.connect.api_errors import Conflict, InvalidParameter, InvalidRequest, LimitExceeded, QuotaExceeded
from localstack.connect.api_tasks import expiry_and_rest
from localstack.connect.directory import Instance, User
from localstack.connect.engine.contact import CallPlan, Contact
from localstack.connect.engine.imported import EXTERNAL_TASK, SUBTYPE, WEB, Imported
from localstack.connect.engine.monitoring import ENHANCED, MOST
from localstack.connect.engine.staff import Agent
from localstack.connect.engine.tasks import LONGEST_MIN, USUAL_MIN
from localstack.connect.engine.world import World

CAPABILITIES = ("SILENT_MONITOR", "BARGE")
METHODS: Mapping[str, tuple[str, ...]] = {
    "VOICE": ("TRANSFER",),
    "EMAIL": ("OUTBOUND", "AGENT_REPLY", "FLOW"),
    "TASK": ("API",),
}
"""With which initiation methods CreateContact makes contacts, by channel (API reference, CreateContact)."""
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
    agent = _signed_in(world, user)
    try:
        made = world.monitoring.start(agent, watched, may)
    except ValueError as error:
        raise InvalidRequest(str(error)) from error
    return _named(instance, made)


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


def _signed_in(world: World, user: User) -> Agent:
    agent = world.floor.agent(user.id)
    if agent is None:
        msg = f"User {user.username} is not signed in"
        raise InvalidRequest(msg)
    return agent


@live("CreateContact")
def create(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Make a task that another system keeps: with an agent, complete already, or only there."""
    _can_be_made(request)
    segment, minutes = expiry_and_rest(request.get("SegmentAttributes") or {})
    if segment.get(SUBTYPE, EXTERNAL_TASK) != EXTERNAL_TASK:
        msg = f"{SUBTYPE} of a task that is created so is {EXTERNAL_TASK}, not {segment[SUBTYPE]}"
        raise InvalidParameter(msg)
    minutes = _minutes(request, minutes)
    if not world.load.room(instance, "TASK"):
        msg = "The quota of concurrent active tasks is used up"
        raise QuotaExceeded(msg)
    try:
        made = world.imports.task(
            instance, _said(world, instance, request, segment), minutes, _to(world, instance, request)
        )
    except ValueError as error:
        raise Conflict(str(error)) from error
    return _named(instance, made)


def _can_be_made(request: Request) -> None:
    channel, method = request["Channel"], request["InitiationMethod"]
    methods = METHODS.get(channel)
    if methods is None:
        msg = f"Channel is {channel}, expected one of {', '.join(METHODS)}"
        raise InvalidParameter(msg)
    if method not in methods:
        msg = f"InitiationMethod of a contact of channel {channel} is {method}, expected one of {', '.join(methods)}"
        raise InvalidParameter(msg)
    if channel != "TASK":
        msg = f"This emulator creates no {channel} contacts by CreateContact: tasks only"
        raise InvalidRequest(msg)
    if "PreviousContactId" in request:
        msg = "PreviousContactId is for contacts of external audio only"
        raise InvalidRequest(msg)


def _minutes(request: Request, expiry: int | None) -> int:
    minutes = request.get("ExpiryDurationInMinutes", USUAL_MIN if expiry is None else expiry)
    if not 1 <= minutes <= LONGEST_MIN:
        msg = f"ExpiryDurationInMinutes is {minutes}, expected 1 to {LONGEST_MIN}"
        raise InvalidParameter(msg)
    return int(minutes)


def _to(world: World, instance: Instance, request: Request) -> Agent | Literal["COMPLETED"] | None:
    """Where the task goes at once. Raises InvalidRequest when the user is missing, or is not there."""
    wish, user_id = request.get("InitiateAs"), (request.get("UserInfo") or {}).get("UserId")
    if (wish == "CONNECTED_TO_USER") != (user_id is not None):
        msg = "InitiateAs CONNECTED_TO_USER and UserInfo.UserId belong together"
        raise InvalidRequest(msg)
    if user_id is not None:
        return _signed_in(world, require(instance, User, user_id))
    if wish not in (None, "COMPLETED"):
        msg = f"InitiateAs is {wish}, expected CONNECTED_TO_USER or COMPLETED"
        raise InvalidParameter(msg)
    return "COMPLETED" if wish else None


@live("StartWebRTCContact")
def start_web_call(engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """A customer calls from a web page or an app; the flow begins at once."""
    flow = inbound_flow(instance, request["ContactFlowId"])
    segment = segment_attributes(request.get("SegmentAttributes") or {})
    if segment.get(SUBTYPE, WEB) != WEB:
        msg = f"{SUBTYPE} of a web call is {WEB}, not {segment[SUBTYPE]}"
        raise InvalidParameter(msg)
    said = _said(world, instance, request, segment)
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


def _said(world: World, instance: Instance, request: Request, segment: Mapping[str, str]) -> Imported:
    related = contact_of(world, instance, request["RelatedContactId"]) if "RelatedContactId" in request else None
    return Imported(
        attributes=dict(request.get("Attributes") or {}),
        segment_attributes=segment,
        references=dict(request.get("References") or {}),
        name=request.get("Name"),
        description=request.get("Description"),
        related=related,
    )


def _named(instance: Instance, made: Contact) -> Answer:
    return {"ContactId": made.id, "ContactArn": f"{instance.arn}/contact/{made.id}"}
