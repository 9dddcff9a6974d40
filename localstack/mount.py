"""The control paths of the local cloud, in front of MiniStack's ASGI application: everything under /_trunkline/."""

import asyncio
import json
import logging
import os
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qs

from localstack.connect.directory import Directory
from localstack.doors import DOORS, Doors
from localstack.ministack_glue import VERSION

LOG = logging.getLogger("trunkline.mount")

PREFIX = "/_trunkline"
PARTICIPANT_PREFIX = "/participant/"
BEARER = b"x-amz-bearer"
"""What every request of the Participant Service carries: they are not signed."""

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Response = tuple[int, dict[str, str], bytes]


class ControlApi(Protocol):
    """Port: the engine's control API."""

    async def handle(self, method: str, path: str, query: Mapping[str, list[str]], body: bytes) -> Response:
        """Answer a request; `path` still has the prefix."""


class ParticipantApi(Protocol):
    """Port: the Participant Service. May wait: it is asked beside the event loop."""

    def handle(
        self, method: str, path: str, query: Mapping[str, list[str]], headers: Mapping[str, str], body: bytes
    ) -> Response:
        """Answer a request; names of `headers` are in small letters."""


@dataclass(frozen=True, slots=True)
class Chats:
    """Both doors of chat participants: what they ask, and the websockets on which they are told."""

    service: ParticipantApi
    sockets: Application


class Policies(Protocol):
    """Port: the evaluation of IAM policies."""

    def is_on(self) -> bool:
        """Whether policies are evaluated."""

    def switch(self, *, on: bool) -> None:
        """Begin or end evaluating them; ends all function workers."""


class Mount:
    """An ASGI application: control paths and chat participants are answered here, everything else by `inner`."""

    def __init__(
        self,
        inner: Application,
        control: ControlApi,
        policies: Policies,
        directory: Directory,
        chats: Chats | None = None,
        doors: Doors = DOORS,
    ) -> None:
        self.doors = doors
        self.chats = chats
        self.inner = inner
        self.policies = policies
        self.control = control
        self.directory = directory

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        path = scope.get("path", "")
        if self.chats is not None and _is_participant(scope):
            await self._participant(self.chats, scope, receive, send)
            return
        if scope["type"] != "http" or not (path == PREFIX or path.startswith(PREFIX + "/")):
            await self.inner(self._as_tls(scope), receive, send)
            return
        body = await _body(receive)
        query = parse_qs(scope.get("query_string", b"").decode(), keep_blank_values=True)
        status, headers, answer = await self._answer(scope["method"], path, query, body)
        await _respond(send, status, headers, answer)

    async def _answer(self, method: str, path: str, query: Mapping[str, list[str]], body: bytes) -> Response:
        if path == f"{PREFIX}/health":
            return _json(200, self.health())
        if path == f"{PREFIX}/auth":
            return await self._auth(method, body)
        try:
            return await self.control.handle(method, path, query, body)
        except Exception:  # a bug becomes an answer; the log has the trace
            LOG.exception("%s %s failed", method, path)
            self.doors.count("control API")
            return _json(500, {"error": "internal", "detail": "see the log of the local cloud"})

    async def _participant(self, chats: Chats, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await chats.sockets(scope, receive, send)
            return
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        query = parse_qs(scope.get("query_string", b"").decode(), keep_blank_values=True)
        asked = scope["method"], scope["path"], query, headers, await _body(receive)
        # The engine's thread may be waiting for a function that this event loop runs: never wait for it here.
        await _respond(send, *await asyncio.to_thread(chats.service.handle, *asked))

    def _as_tls(self, scope: Scope) -> Scope:
        """Requests over loopback count as encrypted when policies are evaluated.

        Real endpoints are TLS, and the stacks deny anything else (aws:SecureTransport). There is no certificate here,
        and nothing leaves the machine.
        """
        return {**scope, "scheme": "https"} if scope["type"] == "http" and self.policies.is_on() else scope

    def health(self) -> dict[str, Any]:
        """Who answers here: what `lifecycle` looks for."""
        return {
            "service": "trunkline-local-cloud",
            "status": "ok",
            "pid": os.getpid(),
            "ministack": VERSION,
            "auth": self.policies.is_on(),
            "instances": len(self.directory.instances()),
            "failed": self.doors.failed,
        }

    async def _auth(self, method: str, body: bytes) -> Response:
        if method == "GET":
            return _json(200, {"enabled": self.policies.is_on()})
        try:
            enabled = json.loads(body or b"{}").get("enabled")
        except (ValueError, AttributeError):
            enabled = None
        if method != "POST" or not isinstance(enabled, bool):
            return _json(400, {"error": "invalid", "detail": 'expected POST {"enabled": true|false}'})
        await asyncio.to_thread(self.policies.switch, on=enabled)
        return _json(200, {"enabled": self.policies.is_on()})


def _is_participant(scope: Scope) -> bool:
    """Whether a chat's participant asks: by the path, and by the token where others have a signature."""
    if not scope.get("path", "").startswith(PARTICIPANT_PREFIX):
        return False
    return scope["type"] == "websocket" or any(name.lower() == BEARER for name, _ in scope.get("headers", ()))


def _json(status: int, document: Mapping[str, Any]) -> Response:
    return status, {"Content-Type": "application/json"}, json.dumps(document).encode()


async def _body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def _respond(send: Send, status: int, headers: Mapping[str, str], body: bytes) -> None:
    encoded = [(key.lower().encode(), value.encode()) for key, value in headers.items()]
    encoded.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})
