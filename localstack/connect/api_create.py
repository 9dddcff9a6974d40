"""CreateContact: tasks that another system keeps, e-mails that go out, calls of another voice system."""

from collections.abc import Callable, Mapping
from typing import Literal

from localstack.connect import api_attributes
from localstack.connect.api_context import Answer, Request, require
from localstack.connect.api_engine import Engine, contact_of, live
from localstack.connect.api_errors import Conflict, InvalidParameter, InvalidRequest, QuotaExceeded
from localstack.connect.api_tasks import expiry_and_rest
from localstack.connect.directory import Instance, User
from localstack.connect.engine import drafts
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.imported import EXTERNAL_AUDIO, EXTERNAL_TASK, SUBTYPE, Imported
from localstack.connect.engine.staff import Agent
from localstack.connect.engine.tasks import LONGEST_MIN, USUAL_MIN
from localstack.connect.engine.world import World

METHODS: Mapping[str, tuple[str, ...]] = {
    "VOICE": ("TRANSFER",),
    "EMAIL": ("OUTBOUND", "AGENT_REPLY", "FLOW"),
    "TASK": ("API",),
}
"""With which initiation methods CreateContact makes contacts, by channel (API reference, CreateContact)."""
SUBTYPES: Mapping[str, str] = {"VOICE": EXTERNAL_AUDIO, "EMAIL": drafts.SUBTYPE, "TASK": EXTERNAL_TASK}
WITH_USER = "CONNECTED_TO_USER"
COMPLETED: Literal["COMPLETED"] = "COMPLETED"


@live("CreateContact")
def create(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Make a contact on which no flow begins: with an agent at once, complete already (a task), or only there."""
    _can_be_made(request)
    channel = request["Channel"]
    segment, minutes = expiry_and_rest(request.get("SegmentAttributes") or {})
    if segment.get(SUBTYPE, SUBTYPES[channel]) != SUBTYPES[channel]:
        msg = f"{SUBTYPE} of a {channel} contact that is created so is {SUBTYPES[channel]}, not {segment[SUBTYPE]}"
        raise InvalidParameter(msg)
    minutes = _minutes(request, minutes)
    if not (world.load.admit(instance) if channel == "VOICE" else world.load.room(instance, channel)):
        msg = f"The quota of concurrent active contacts of channel {channel} is used up"
        raise QuotaExceeded(msg)
    said = said_of(world, instance, request, segment)
    try:
        return named(instance, MAKERS[channel](world, instance, request, said, minutes))
    except ValueError as error:
        raise Conflict(str(error)) from error


def _can_be_made(request: Request) -> None:
    channel, method = request["Channel"], request["InitiationMethod"]
    methods = METHODS.get(channel)
    if methods is None:
        msg = f"Channel is {channel}, expected one of {', '.join(METHODS)}"
        raise InvalidParameter(msg)
    if method not in methods:
        msg = f"InitiationMethod of a contact of channel {channel} is {method}, expected one of {', '.join(methods)}"
        raise InvalidParameter(msg)
    if channel != "VOICE" and "PreviousContactId" in request:
        msg = "PreviousContactId is for contacts of external audio only"
        raise InvalidRequest(msg)


def _minutes(request: Request, expiry: int | None) -> int:
    minutes = request.get("ExpiryDurationInMinutes", USUAL_MIN if expiry is None else expiry)
    if not 1 <= minutes <= LONGEST_MIN:
        msg = f"ExpiryDurationInMinutes is {minutes}, expected 1 to {LONGEST_MIN}"
        raise InvalidParameter(msg)
    return int(minutes)


def _task(world: World, instance: Instance, request: Request, said: Imported, minutes: int) -> Contact:
    """A task of another system."""
    to: Agent | Literal["COMPLETED"] | None = _agent(world, instance, request)
    if request.get("InitiateAs") == COMPLETED:
        to = COMPLETED
    return world.imports.task(instance, said, minutes, to)


def _audio(world: World, instance: Instance, request: Request, said: Imported, _minutes: int) -> Contact:
    """A call of another voice system, or the part of one that an agent has taken over."""
    _not_completed(request)
    previous = None
    if "PreviousContactId" in request:
        previous = contact_of(world, instance, request["PreviousContactId"])
        if previous.segment_attributes.get(SUBTYPE) != EXTERNAL_AUDIO:
            msg = f"PreviousContactId: contact {previous.id} is none of {EXTERNAL_AUDIO}"
            raise InvalidRequest(msg)
    return world.imports.audio(instance, said, _agent(world, instance, request), previous)


def _email(world: World, instance: Instance, request: Request, said: Imported, minutes: int) -> Contact:
    """A message that is still to be written: StartOutboundEmailContact sends it."""
    _not_completed(request)
    method, user_id = request["InitiationMethod"], (request.get("UserInfo") or {}).get("UserId")
    if (method == "FLOW") == (user_id is not None):
        msg = "UserInfo.UserId is needed for OUTBOUND and AGENT_REPLY, and not taken for FLOW"
        raise InvalidRequest(msg)
    if method == "AGENT_REPLY" and (said.related is None or said.related.email is None):
        msg = "RelatedContactId must name the message that is answered"
        raise InvalidRequest(msg)
    agent = signed_in(world, require(instance, User, user_id)) if user_id else None
    return world.drafts.create(instance, method, said, agent, minutes=minutes)


MAKERS: Mapping[str, Callable[[World, Instance, Request, Imported, int], Contact]] = {
    "TASK": _task,
    "VOICE": _audio,
    "EMAIL": _email,
}


def _not_completed(request: Request) -> None:
    if request.get("InitiateAs") == COMPLETED:
        msg = f"Only tasks are created as {COMPLETED}"
        raise InvalidRequest(msg)


def _agent(world: World, instance: Instance, request: Request) -> Agent | None:
    """Who has the contact at once. Raises InvalidRequest when the user is missing, or is not there."""
    wish, user_id = request.get("InitiateAs"), (request.get("UserInfo") or {}).get("UserId")
    if (wish == WITH_USER) != (user_id is not None):
        msg = f"InitiateAs {WITH_USER} and UserInfo.UserId belong together"
        raise InvalidRequest(msg)
    return signed_in(world, require(instance, User, user_id)) if user_id is not None else None


def signed_in(world: World, user: User) -> Agent:
    """The agent that a user is. Raises InvalidRequest when the user is not signed in."""
    agent = world.floor.agent(user.id)
    if agent is None:
        msg = f"User {user.username} is not signed in"
        raise InvalidRequest(msg)
    return agent


def said_of(world: World, instance: Instance, request: Request, segment: Mapping[str, str]) -> Imported:
    """What a request says of the contact that it makes."""
    related = contact_of(world, instance, request["RelatedContactId"]) if "RelatedContactId" in request else None
    return Imported(
        attributes=api_attributes.given(request),
        segment_attributes=segment,
        references=dict(request.get("References") or {}),
        name=request.get("Name"),
        description=request.get("Description"),
        related=related,
    )


def named(instance: Instance, made: Contact) -> Answer:
    """The answer that names a contact."""
    return {"ContactId": made.id, "ContactArn": f"{instance.arn}/contact/{made.id}"}
