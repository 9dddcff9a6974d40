"""A chat's websocket in the test's own process: a client without a network, on a thread of its own."""

import asyncio
import json
import queue
import threading
from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import urlsplit

from localstack.connect.participant_sockets import ParticipantSockets
from tests.support.waiting import WITHIN_S


class SocketClient:
    """One connection to the address that CreateParticipantConnection gave."""

    def __init__(self, sockets: ParticipantSockets, url: str) -> None:
        self._scope = {"type": "websocket", "path": urlsplit(url).path}
        self._sockets = sockets
        self._sent: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._loop = asyncio.new_event_loop()
        self._said: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue()
        self._said.put_nowait({"type": "websocket.connect"})
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        self.opened = self._next()["type"] == "websocket.accept"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def subscribe(self) -> Any:
        """What comes of subscribing to the chat."""
        self.say({"topic": "aws/subscribe", "content": {"topics": ["aws/chat"]}})
        return self.hear()

    def say(self, frame: Any) -> None:
        """Send a frame; a text goes as it is."""
        self.put({"type": "websocket.receive", "text": frame if isinstance(frame, str) else json.dumps(frame)})

    def put(self, message: Mapping[str, Any]) -> None:
        """Hand a message of the server's to it."""
        self._loop.call_soon_threadsafe(self._said.put_nowait, message)

    def hear(self) -> Any:
        """The next frame; None when the connection is closed."""
        message = self._next()
        return None if message["type"] == "websocket.close" else json.loads(message["text"])

    def line(self) -> Any:
        """The next line of the chat."""
        frame = self.hear()
        assert (frame["topic"], frame["contentType"]) == ("aws/chat", "application/json"), frame
        return json.loads(frame["content"])

    def close(self) -> None:
        """The client goes."""
        if self.opened:
            self.put({"type": "websocket.disconnect"})
        self._thread.join(WITHIN_S)
        assert not self._thread.is_alive()

    def _serve(self) -> None:
        async def send(message: dict[str, Any]) -> None:
            self._sent.put(message)

        self._loop.run_until_complete(self._sockets(self._scope, self._said.get, send))
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def _next(self) -> dict[str, Any]:
        return self._sent.get(timeout=WITHIN_S)
