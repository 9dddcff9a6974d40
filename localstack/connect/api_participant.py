"""The Participant Service: what a chat's customers and bots call, with a token instead of a signature.

`participant_sockets` serves the websockets whose addresses CreateParticipantConnection gives.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from localstack.connect import api_attachments, api_model
from localstack.connect.api import Response
from localstack.connect.api_chat import SOCKETS, Seat, Ticket, seated
from localstack.connect.api_context import Answer, Request
from localstack.connect.api_engine import Engine
from localstack.connect.api_errors import (
    AccessDenied,
    ConnectError,
    Invalid,
    InvalidParameter,
    InvalidRequest,
    NotImplementedHere,
)
from localstack.connect.api_refusals import refused_token
from localstack.connect.engine import hearing, times
from localstack.connect.engine.chat import JSON, MARKDOWN, MESSAGE_TYPES, PLAIN, TYPING, Item
from localstack.connect.engine.world import World
from localstack.connect.limits import Limits
from localstack.connect.tokens import OtherRequest, Tokens

LOG = logging.getLogger("trunkline.connect")
PREFIX = "/participant/"
CREDENTIALS, WEBSOCKET = "CONNECTION_CREDENTIALS", "WEBSOCKET"
LIFE = timedelta(days=1)
"""A connection lasts that long (12)."""
OPENED_WITHIN = timedelta(seconds=100)
"""So soon the address of a websocket must be opened, says CreateParticipantConnection."""
LONGEST = {PLAIN: 1024, MARKDOWN: 1024, JSON: 12_000}
"""Characters of a message, by content type; others as the model says."""
USUAL_PAGE = 10
ACKNOWLEDGED = "application/vnd.amazonaws.connect.event.connection.acknowledged"
RECEIPTS = frozenset(f"application/vnd.amazonaws.connect.event.message.{what}" for what in ("delivered", "read"))
EVENTS = frozenset({TYPING, ACKNOWLEDGED, *RECEIPTS})

TOKENS = frozenset({"ParticipantToken", "ConnectionToken"})
"""What says who asks, and not what for: a participant may have connected anew between two tries."""

Deed = Callable[[Engine, World, Seat, Request], Answer]


class ParticipantService:
    """Answers requests of the Participant Service."""

    def __init__(self, engine: Engine, limits: Limits | None = None, now_s: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._limits = limits
        self._now_s = now_s
        self._tokens = Tokens()

    def handle(
        self, method: str, path: str, query: Mapping[str, list[str]], headers: Mapping[str, str], body: bytes
    ) -> Response:
        """Answer one request; names of `headers` are in small letters. Waits for the engine's thread."""
        try:
            operation, answer = self._answer(method, path, query, headers, body)
        except ConnectError as error:
            LOG.info("%s %s refused: %s: %s", method, path, error.code, error)
            return api_model.write_error(error)
        written = api_model.write(operation, answer, api_model.PARTICIPANT)
        return 200, {"Content-Type": "application/json"}, written

    def _answer(
        self, method: str, path: str, query: Mapping[str, list[str]], headers: Mapping[str, str], body: bytes
    ) -> tuple[str, Answer]:
        found = api_model.find(method, path, api_model.PARTICIPANT)
        if found is None:
            msg = f"The Participant Service has no operation {method} {path}"
            raise Invalid(msg)
        operation, variables = found
        try:
            request = api_model.read(operation, variables, query, body, headers=headers, service=api_model.PARTICIPANT)
        except (InvalidRequest, InvalidParameter) as error:
            raise Invalid(str(error)) from error
        deed = DEEDS.get(operation)
        if deed is None:
            msg = f"{operation} is an operation of the Participant Service that this emulator does not implement"
            raise NotImplementedHere(msg)
        return operation, self._engine.ask(lambda world: self._once(world, operation, deed, request))

    def _once(self, world: World, operation: str, deed: Deed, request: Request) -> Answer:
        seat = _seat(self._engine, request, world.now)
        self._admit(world, operation, seat)
        asked = {name: value for name, value in request.items() if name not in TOKENS}
        try:
            return self._tokens.once(
                (operation, seat.participant_id), asked, world.now, lambda: deed(self._engine, world, seat, request)
            )
        except OtherRequest as error:
            raise refused_token(operation, str(error), api_model.PARTICIPANT) from error

    def _admit(self, world: World, operation: str, seat: Seat) -> None:
        """Take a token of the instance's bucket. Raises Throttled."""
        contact = world.contacts.get(seat.contact_id)
        if self._limits is not None and contact is not None:
            self._limits.admit_participant(contact.instance.id, operation, self._now_s())


def _seat(engine: Engine, request: Request, now: datetime) -> Seat:
    """Whose token it is. Raises AccessDenied for one that is not known, too old, or of the wrong kind."""
    first = "ParticipantToken" in request
    seat = engine.seats.get(request["ParticipantToken" if first else "ConnectionToken"])
    if seat is None or seat.connected is first or (seat.until is not None and seat.until <= now):
        msg = "Access denied: the token is not known, or worth nothing any more"
        raise AccessDenied(msg)
    return seat


def _connect(engine: Engine, world: World, seat: Seat, request: Request) -> Answer:
    """Give a token, the address of a websocket, or both.

    The customer is there with the token; where a websocket is asked for, once that subscribes to the chat.
    """
    kinds = set(request.get("Type") or ())
    joins = bool(request.get("ConnectParticipant"))
    if kinds - {CREDENTIALS, WEBSOCKET} or not (kinds or joins):
        msg = f"This emulator gives {CREDENTIALS} and {WEBSOCKET}, not {sorted(kinds) or 'nothing'}"
        raise Invalid(msg)
    contact, _ = seated(world, seat)
    if seat.role == "CUSTOMER" and (joins or WEBSOCKET not in kinds):
        world.chats.connect(contact)
    until = world.now + LIFE
    held = replace(seat, connected=True, until=until)
    answer: Answer = {}
    if WEBSOCKET in kinds:
        answer["Websocket"] = {"Url": _address(engine, world, held), "ConnectionExpiry": times.millis(until)}
    if CREDENTIALS in kinds or WEBSOCKET not in kinds:
        token = world.new_id("connection-token")
        engine.seats[token] = held
        answer["ConnectionCredentials"] = {"ConnectionToken": token, "Expiry": times.millis(until)}
    return answer


def _address(engine: Engine, world: World, seat: Seat) -> str:
    ticket = world.new_id("websocket")
    unused = {key: one for key, one in engine.sockets.items() if one.until > world.now}
    engine.sockets = {**unused, ticket: Ticket(seat, world.now + OPENED_WITHIN)}
    return f"{engine.sockets_url}{SOCKETS}{ticket}"


def _send(_engine: Engine, world: World, seat: Seat, request: Request) -> Answer:
    kind, text = request["ContentType"], request["Content"]
    if kind not in MESSAGE_TYPES:
        msg = f"ContentType {kind} is not one of {', '.join(sorted(MESSAGE_TYPES))}"
        raise Invalid(msg)
    if len(text) > LONGEST.get(kind, len(text)):
        msg = f"A message of {kind} has at most {LONGEST[kind]} characters"
        raise Invalid(msg)
    contact, _ = seated(world, seat)
    try:
        if seat.role == "CUSTOMER":
            item = world.chats.customer_says(contact, text, kind)
        else:
            item = world.chats.bot_says(contact.latest, seat.participant_id, text, kind)
    except ValueError as error:
        raise AccessDenied(str(error)) from error
    return {"Id": item.id, "AbsoluteTime": times.millis(item.at)}


def _event(_engine: Engine, world: World, seat: Seat, request: Request) -> Answer:
    """Typing and receipts are told to whoever has a websocket; the transcript does not keep them."""
    kind = request["ContentType"]
    if kind not in EVENTS:
        msg = f"ContentType {kind} is not an event that a participant sends"
        raise Invalid(msg)
    contact, chat = seated(world, seat)
    who = chat.bots.get(seat.participant_id, chat.customer)
    item = Item(id=world.new_id("chat-event"), at=world.now, contact_id=contact.latest.id, by=who, content_type=kind)
    if kind == TYPING:
        hearing.tell(contact.latest, item)
    elif kind in RECEIPTS:
        hearing.receipt(contact.latest, who, _message(request), kind.rpartition(".")[2], world.now)
    return {"Id": item.id, "AbsoluteTime": times.millis(item.at)}


def _message(request: Request) -> str:
    """The message that a receipt is about: {"messageId": …} as JSON."""
    try:
        return str(json.loads(request.get("Content") or "{}")["messageId"])
    except (ValueError, KeyError, TypeError) as error:
        msg = 'Content of a receipt is {"messageId": "…"}'
        raise Invalid(msg) from error


def _leave(_engine: Engine, world: World, seat: Seat, _request: Request) -> Answer:
    contact, _ = seated(world, seat)
    if seat.role == "CUSTOMER":
        world.hang_up(contact)
    else:
        world.chats.bot_leaves(contact.latest, seat.participant_id)
    return {}


def _transcript(_engine: Engine, world: World, seat: Seat, request: Request) -> Answer:
    contact, chat = seated(world, seat, over=True)
    wanted = request.get("ContactId")
    items = [item for item in chat.seen_by(seat.role) if wanted in (None, item.contact_id)]
    ordered = _scan(items, request.get("StartPosition") or {}, request.get("ScanDirection"))
    token, size = request.get("NextToken", "0"), int(request.get("MaxResults", USUAL_PAGE))
    if not token.isdecimal():
        msg = "NextToken is not one that was given"
        raise Invalid(msg)
    start, end = int(token), int(token) + size
    page = sorted(ordered[start:end], key=items.index, reverse=request.get("SortOrder", "DESCENDING") == "DESCENDING")
    shown = [{**item.to_json(), "ContactId": item.contact_id} for item in page]
    more = str(end) if end < len(ordered) else None
    return {"InitialContactId": contact.initial.id, "Transcript": shown, "NextToken": more}


def _scan(items: Sequence[Item], start: Mapping[str, Any], direction: str | None) -> list[Item]:
    """The items from a position on, in the order in which they are looked through."""
    backward = direction == "BACKWARD" if direction else not start
    first = 0 if not backward else len(items) - 1
    if "Id" in start:
        first = next((n for n, item in enumerate(items) if item.id == start["Id"]), -1)
        if first < 0:
            msg = "StartPosition names no item of the transcript"
            raise Invalid(msg)
    elif "AbsoluteTime" in start:
        earlier = [n for n, item in enumerate(items) if times.millis(item.at) < start["AbsoluteTime"]]
        first = len(earlier) if not backward else len(earlier) - 1
    elif "MostRecent" in start:
        first = max(0, len(items) - start["MostRecent"]) if not backward else len(items) - 1
    return list(reversed(items[: first + 1])) if backward else list(items[first:])


DEEDS: Mapping[str, Deed] = {
    "CreateParticipantConnection": _connect,
    "SendMessage": _send,
    "SendEvent": _event,
    "DisconnectParticipant": _leave,
    "GetTranscript": _transcript,
    "StartAttachmentUpload": api_attachments.start,
    "CompleteAttachmentUpload": api_attachments.complete,
    "GetAttachment": api_attachments.get,
}
"""The operations that are implemented, by their names in the service model."""
