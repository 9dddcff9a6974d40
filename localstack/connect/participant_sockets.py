"""Websockets of chats: what CreateParticipantConnection gives the address of, as an ASGI application (12).

A client subscribes to the topic `aws/chat` and is sent what it may read from then on, each as one text frame.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from localstack.connect.api_chat import SOCKETS, Seat, seated
from localstack.connect.api_engine import Engine
from localstack.connect.api_errors import ConnectError
from localstack.connect.engine.hearing import Hearer
from localstack.connect.engine.timeline import Timer
from localstack.connect.engine.world import World

LOG = logging.getLogger("trunkline.connect")

CHAT, SUBSCRIBE, HEARTBEAT, PING = "aws/chat", "aws/subscribe", "aws/heartbeat", "aws/ping"
NORMAL, POLICY = 1000, 1008
"""Codes with which a connection is closed: its time is over; it was not let in."""

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Frame = Mapping[str, Any]


class ParticipantSockets:
    """Serves the websockets of one engine's chats."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection until one side closes it."""
        await receive()
        ticket = str(scope["path"]).removeprefix(SOCKETS)
        seat = await asyncio.to_thread(self._engine.ask, lambda world: _admitted(self._engine, world, ticket))
        if seat is None:
            await send({"type": "websocket.close", "code": POLICY})
            return
        await send({"type": "websocket.accept"})
        connection = Connection(self._engine, seat, ticket)
        outward = asyncio.create_task(connection.write(send))
        try:
            await connection.read(receive)
        finally:
            outward.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await outward
            await asyncio.to_thread(self._engine.ask, connection.leave)


def _admitted(engine: Engine, world: World, ticket: str) -> Seat | None:
    """Whose ticket it is; it is good for one connection. None when it is nobody's, or too old."""
    found = engine.sockets.pop(ticket, None)
    return found.seat if found is not None and world.now < found.until else None


@dataclass(slots=True)
class Connection:
    """One open websocket, until its seat's time is over. `queue` holds what is to be sent; None closes it."""

    engine: Engine
    seat: Seat
    key: str
    expiry: Timer | None = None
    queue: asyncio.Queue[Frame | None] = field(default_factory=asyncio.Queue)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)

    async def read(self, receive: Receive) -> None:
        """Do what the client asks for, until it is gone."""
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return
            if (text := message.get("text")) is not None:
                await self._asked(text)

    async def write(self, send: Send) -> None:
        """Send what there is to send."""
        while (frame := await self.queue.get()) is not None:
            await send({"type": "websocket.send", "text": json.dumps(frame, ensure_ascii=False)})
        await send({"type": "websocket.close", "code": NORMAL})

    async def _asked(self, text: str) -> None:
        asked = _read(text)
        match asked.get("topic"):
            case "aws/subscribe":
                await self._subscribe(asked)
            case "aws/heartbeat":
                self.queue.put_nowait({"topic": HEARTBEAT})
            case "aws/ping":
                self.queue.put_nowait({"topic": PING, "statusCode": 200, "statusContent": "OK"})
            case other:
                LOG.info("A chat's websocket sent the topic %r, which nobody listens to", other)

    async def _subscribe(self, asked: Frame) -> None:
        content = asked.get("content")
        topics = content.get("topics") if isinstance(content, Mapping) else None
        if topics != [CHAT]:
            self.queue.put_nowait(_subscribed("failure", topics))
            return
        try:
            await asyncio.to_thread(self.engine.ask, self._listen)
        except ConnectError as error:
            LOG.info("A chat's websocket cannot subscribe: %s", error)
            self.queue.put_nowait(_subscribed("failure", topics))

    def _listen(self, world: World) -> None:
        """Hear of everything that is written from now on; the customer's first time begins the flow."""
        contact, chat = seated(world, self.seat)
        self._tell(_subscribed("success", [CHAT]))
        chat.hearers[self.key] = Hearer(self.seat.role, self._tell_item)
        world.timeline.cancel(self.expiry)
        self.expiry = world.timeline.after(self._life_s(world), lambda: self._tell(None), background=True)
        if self.seat.role == "CUSTOMER":
            world.chats.connect(contact)

    def _life_s(self, world: World) -> float:
        return 0.0 if self.seat.until is None else max(0.0, (self.seat.until - world.now).total_seconds())

    def leave(self, world: World) -> None:
        """Hear nothing more; whoever it was stays in the chat."""
        world.timeline.cancel(self.expiry)
        contact = world.contacts.get(self.seat.contact_id)
        if contact is not None and contact.chat is not None:
            contact.chat.hearers.pop(self.key, None)

    def _tell_item(self, item: Frame) -> None:
        content = json.dumps(item, ensure_ascii=False)
        self._tell({"topic": CHAT, "contentType": "application/json", "content": content})

    def _tell(self, frame: Frame | None) -> None:
        """From the engine's thread. A loop that has ended with its process has nobody left to tell."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.queue.put_nowait, frame)


def _subscribed(status: str, topics: Any) -> Frame:
    return {"topic": SUBSCRIBE, "content": {"status": status, "topics": topics}}


def _read(text: str) -> Frame:
    """What the client has sent; nothing where that is no JSON object."""
    try:
        asked = json.loads(text)
    except ValueError:
        return {}
    return asked if isinstance(asked, Mapping) else {}
