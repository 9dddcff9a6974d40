"""Operations that begin chats and change who takes part in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from localstack.connect import api_attributes, api_message_templates
from localstack.connect.api_context import Answer, Request, inbound_flow
from localstack.connect.api_engine import Engine, contact_of, live
from localstack.connect.api_errors import AccessDenied, InvalidParameter, InvalidRequest, LimitExceeded
from localstack.connect.directory import Instance, PhoneNumber
from localstack.connect.engine.chat import (
    IDLE_MAX,
    IDLE_MIN,
    LONGEST_MIN,
    MESSAGE_TYPES,
    PLAIN,
    SHORTEST_MIN,
    USUAL_MIN,
    Chat,
    Item,
)
from localstack.connect.engine.chats import ChatPlan
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import CallPlan
from localstack.connect.engine.providers import templates
from localstack.connect.engine.world import World

REFUSED = frozenset({"ParticipantConfiguration", "ConnectionTypes", "ChatStreamingConfiguration"})
"""Members of StartChatContact for which there is nothing here: streaming, and credentials in the same answer."""
GUIDE, SMS = "connect:Guide", "connect:SMS"
SUBTYPES = frozenset({"connect:Chat", GUIDE})
SUBTYPE = "connect:Subtype"
SEATS_KEPT = 10_000
"""With so many tokens, those of contacts that are forgotten are forgotten, too."""
OUTBOUND = "OUTBOUND"
SOCKETS = "/participant/websocket/"
"""The path of a websocket; its ticket follows."""


@dataclass(frozen=True, slots=True)
class Seat:
    """What a token of the Participant Service stands for. `connected`: it came out of CreateParticipantConnection."""

    contact_id: str
    participant_id: str
    role: str
    connected: bool = False
    until: datetime | None = None
    """When the token of a connection is worth nothing any more; None = as long as the participant."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """The address of a websocket, good for one connection that is opened until then."""

    seat: Seat
    until: datetime


def seated(world: World, seat: Seat, *, over: bool = False) -> tuple[Contact, Chat]:
    """The chat of a seat. Raises AccessDenied when it is over, unless it is only read."""
    contact = world.contacts.get(seat.contact_id)
    if contact is None or contact.chat is None or (contact.chat.over and not over):
        msg = "Access denied: the chat is over"
        raise AccessDenied(msg)
    return contact, contact.chat


@live("StartChatContact")
def start_chat(engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Create a chat; its flow begins when the customer connects with the token."""
    refused = sorted(REFUSED & request.keys())
    if refused:
        msg = f"This emulator starts no chats with {', '.join(refused)}"
        raise InvalidRequest(msg)
    related = contact_of(world, instance, request["RelatedContactId"]) if "RelatedContactId" in request else None
    source, past = _past(world, instance, request.get("PersistentChat"))
    plan = _plan(instance, request, related)

    if not world.load.room(instance, "CHAT"):
        msg = "The quota of concurrent active chats is used up"
        raise LimitExceeded(msg)
    contact = world.chats.create(instance, plan)
    contact.related, contact.customer_id = related, request.get("CustomerId")
    if contact.chat is not None:
        contact.chat.past = past
    customer = _chat(contact).customer
    token = token_of(engine, world, Seat(contact.id, customer.id, "CUSTOMER"))
    return {
        "ContactId": contact.id,
        "ParticipantId": customer.id,
        "ParticipantToken": token,
        "ContinuedFromContactId": source,
    }


def _plan(instance: Instance, request: Request, related: Contact | None) -> ChatPlan:
    opening = request.get("InitialMessage") or {}
    kinds = request.get("SupportedMessagingContentTypes", [PLAIN])
    if PLAIN not in kinds or not MESSAGE_TYPES.issuperset(kinds):
        msg = f"SupportedMessagingContentTypes must hold text/plain, and otherwise any of {sorted(MESSAGE_TYPES)}"
        raise InvalidParameter(msg)
    if opening and opening["ContentType"] not in kinds:
        msg = f"InitialMessage: content type {opening['ContentType']} is not supported in this chat"
        raise InvalidParameter(msg)
    inherited = related.attributes if related else {}
    segment = segment_attributes(request.get("SegmentAttributes") or {})
    return ChatPlan(
        flow=inbound_flow(instance, request["ContactFlowId"]),
        customer=request["ParticipantDetails"]["DisplayName"],
        subtype=_subtype(segment, SUBTYPES),
        message=opening.get("Content"),
        message_type=opening.get("ContentType", PLAIN),
        attributes=api_attributes.given(request, inherited),
        segment_attributes=segment,
        minutes=_minutes(request),
    )


def segment_attributes(given: Mapping[str, Any]) -> dict[str, str]:
    """Segment attributes of a request. Raises InvalidParameter for a kind of value that is not emulated."""
    other = sorted(name for name, value in given.items() if set(value) != {"ValueString"})
    if other:
        msg = f"SegmentAttributes hold texts here; not understood: {', '.join(other)}"
        raise InvalidParameter(msg)
    return {name: value["ValueString"] for name, value in given.items()}


def _subtype(segment: Mapping[str, str], allowed: frozenset[str]) -> str:
    subtype = segment.get(SUBTYPE, min(allowed))
    if subtype not in allowed:
        msg = f"{SUBTYPE} is {subtype}, expected one of {', '.join(sorted(allowed))}"
        raise InvalidParameter(msg)
    return subtype


def _minutes(request: Request) -> int:
    minutes = int(request.get("ChatDurationInMinutes", USUAL_MIN))
    if not SHORTEST_MIN <= minutes <= LONGEST_MIN:
        msg = f"ChatDurationInMinutes is {minutes}, expected {SHORTEST_MIN} to {LONGEST_MIN}"
        raise InvalidRequest(msg)
    return minutes


def _past(world: World, instance: Instance, wish: Mapping[str, Any] | None) -> tuple[str | None, tuple[Item, ...]]:
    """(contact that is gone on with, what was written until then) of a persistent chat.

    Raises InvalidRequest when the earlier chat is not over, or the source does not fit.
    """
    if not wish:
        return None, ()
    kind, source_id = wish.get("RehydrationType"), wish.get("SourceContactId")
    if not kind or not source_id:
        msg = "PersistentChat needs RehydrationType and SourceContactId"
        raise InvalidRequest(msg)
    source = contact_of(world, instance, source_id)
    if not _chat(source).over:
        msg = f"The chat of contact {source.id} is not over"
        raise InvalidRequest(msg)
    if kind == "ENTIRE_PAST_SESSION":
        if source.previous is not None:
            msg = f"Contact {source.id} is not the first one of its chat"
            raise InvalidRequest(msg)
        source = source.latest
    upto = [segment.id for segment in source.segments[: source.segments.index(source) + 1]]
    chat = _chat(source)
    return source.id, (*chat.past, *(item for item in chat.items if item.contact_id in upto))


@live("CreatePersistentContactAssociation")
def go_on_with(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Let a chat that is going on show what an earlier one left."""
    contact = contact_of(world, instance, request["InitialContactId"])
    source, past = _past(world, instance, request)
    chat = _chat(contact)
    if chat.over or chat.past:
        msg = f"Contact {contact.id} is over, or goes on with an earlier chat already"
        raise InvalidRequest(msg)
    chat.past = past
    return {"ContinuedFromContactId": source}


@live("CreateParticipant")
def create_participant(engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Bring a custom participant (a bot) into a chat."""
    contact = contact_of(world, instance, request["ContactId"]).latest
    details = request["ParticipantDetails"]
    role = details.get("ParticipantRole", "CUSTOMER")
    if role != "CUSTOM_BOT":
        msg = f"This emulator adds participants with the role CUSTOM_BOT only, not {role}"
        raise InvalidRequest(msg)
    _going_on(contact)
    bot = world.chats.invite_bot(contact, details.get("DisplayName", "Bot"))
    token = token_of(engine, world, Seat(contact.id, bot.id, role))
    return {"ParticipantId": bot.id, "ParticipantCredentials": {"ParticipantToken": token}}


@live("UpdateParticipantRoleConfig")
def set_timers(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Set when participants count as idle, and when they are disconnected for it."""
    contact = contact_of(world, instance, request["ContactId"]).latest
    timers = _going_on(contact).timers
    for one in request["ChannelConfiguration"]["Chat"]["ParticipantTimerConfigList"]:
        key, value = (one["ParticipantRole"], one["TimerType"]), one["TimerValue"]
        minutes = value.get("ParticipantTimerDurationInMinutes")
        if minutes is None:
            timers.pop(key, None)
        elif IDLE_MIN <= minutes <= IDLE_MAX:
            timers[key] = minutes
        else:
            msg = f"ParticipantTimerDurationInMinutes is {minutes}, expected {IDLE_MIN} to {IDLE_MAX}"
            raise InvalidParameter(msg)
    return {}


@live("StartOutboundChatContact")
def start_outbound_chat(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Write to somebody first, by SMS; the flow begins at once."""
    segment = segment_attributes(request["SegmentAttributes"])
    subtype = _subtype(segment, frozenset({SMS}))
    source, to = request["SourceEndpoint"], request["DestinationEndpoint"]
    number = instance.find(PhoneNumber, source.get("Address", ""))
    if source.get("Type") != "CONNECT_PHONENUMBER_ARN" or number is None:
        msg = "SourceEndpoint names no telephone number of this instance by its ARN"
        raise InvalidRequest(msg)
    if to.get("Type") != "TELEPHONE_NUMBER" or not to.get("Address"):
        msg = "DestinationEndpoint is not a telephone number"
        raise InvalidRequest(msg)
    opening = request.get("InitialSystemMessage") or {}
    if config := request.get("InitialTemplatedSystemMessage"):
        opening = {"Content": api_message_templates.written(world, instance, config, templates.SMS).body}
    plan = ChatPlan(
        flow=inbound_flow(instance, request["ContactFlowId"]),
        customer=(request.get("ParticipantDetails") or {}).get("DisplayName", to["Address"]),
        call=CallPlan(to=number.number, caller=to["Address"]),
        subtype=subtype,
        attributes=api_attributes.given(request),
        segment_attributes=segment,
        minutes=_minutes(request),
        method=OUTBOUND,
        opening=opening.get("Content"),
    )
    related = contact_of(world, instance, request["RelatedContactId"]) if "RelatedContactId" in request else None

    return {"ContactId": world.chats.start(instance, plan, related=related).id}


def _going_on(contact: Contact) -> Chat:
    chat = _chat(contact)
    if contact.ended:
        msg = f"Contact {contact.id} is over already"
        raise InvalidRequest(msg)
    return chat


def _chat(contact: Contact) -> Chat:
    if contact.chat is None:
        msg = f"Contact {contact.id} is a {contact.channel} contact, not a chat"
        raise InvalidRequest(msg)
    return contact.chat


def token_of(engine: Engine, world: World, seat: Seat) -> str:
    """A token with which whoever has it takes this seat."""
    if len(engine.seats) >= SEATS_KEPT:
        engine.seats = {token: one for token, one in engine.seats.items() if one.contact_id in world.contacts}
    token = world.new_id("participant-token")
    engine.seats[token] = seat
    return token
