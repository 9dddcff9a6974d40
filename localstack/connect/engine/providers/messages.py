"""Messages that leave by SMS: an outbox that tests and the control API read (2.3, StartOutboundChatContact)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message. `source` is the ARN of the number that sends, `contact_id` the chat contact that it began."""

    at: datetime
    source: str
    to: str
    text: str
    contact_id: str


class Messages(Protocol):
    """Port: sends messages."""

    def send(self, message: Message) -> None:
        """Send one. Raises ValueError, saying why, when the number cannot be reached."""
        ...


class Outbox:
    """Keeps what was sent; numbers in `unreachable` cannot be reached."""

    def __init__(self, unreachable: tuple[str, ...] = ()) -> None:
        self.sent: list[Message] = []
        self._unreachable = frozenset(unreachable)

    def send(self, message: Message) -> None:
        """Keep one."""
        if message.to in self._unreachable:
            msg = f"{message.to} cannot be reached"
            raise ValueError(msg)
        self.sent.append(message)
