"""Chat participants who write nothing: first they count as idle, then everybody but the customer is disconnected.

The timers belong to roles, run while an agent is in the chat, and begin again with each message of the role. What is
set while they run counts from the next agent on.
"""

from typing import TYPE_CHECKING

from localstack.connect.engine.chat import ACTIVE, AUTO_LEFT, IDLE, Chat, Participant
from localstack.connect.engine.contact import Contact

if TYPE_CHECKING:
    from collections.abc import Callable

    from localstack.connect.engine.world import World

ROLES = ("CUSTOMER", "AGENT")
MARK, LEAVE = "IDLE", "DISCONNECT_NONCUSTOMER"
REASON = "IDLE_DISCONNECT"


class Idling:
    """Runs the timers of chats."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._applied: dict[str, dict[tuple[str, str], int]] = {}

    def begin(self, contact: Contact) -> None:
        """An agent has joined: the timers that are set now count for as long as the agent stays."""
        if contact.chat is None or not contact.chat.timers:
            return
        self._applied[contact.id] = dict(contact.chat.timers)
        for role in ROLES:
            self._arm(contact, contact.chat, role)

    def spoke(self, contact: Contact, role: str) -> None:
        """Somebody has written something."""
        chat = contact.chat
        if chat is None or contact.id not in self._applied:
            return
        if role in chat.idle:
            chat.idle.discard(role)
            self._world.chats.event(contact, _who(contact, chat, role), ACTIVE)
        self._arm(contact, chat, role)

    def end(self, contact: Contact) -> None:
        """The agent has left."""
        if self._applied.pop(contact.id, None) is None or contact.chat is None:
            return
        for role in ROLES:
            self._world.timeline.cancel(contact.chat.running.pop(role, None))
            contact.chat.idle.discard(role)

    def _arm(self, contact: Contact, chat: Chat, role: str) -> None:
        """Begin at the first timer that is set: idle, else disconnect."""
        set_ = self._applied[contact.id]
        if (role, MARK) in set_:
            self._run(chat, role, set_[role, MARK], lambda: self._mark(contact, chat, role))
        elif (role, LEAVE) in set_:
            self._run(chat, role, set_[role, LEAVE], lambda: self._leave(contact, chat, role))

    def _run(self, chat: Chat, role: str, minutes: int, then: "Callable[[], None]") -> None:
        self._world.timeline.cancel(chat.running.get(role))
        chat.running[role] = self._world.timeline.after(minutes * 60, then, background=True)

    def _mark(self, contact: Contact, chat: Chat, role: str) -> None:
        chat.idle.add(role)
        contact.tell(self._world.now, "idle", f"The {role.lower()} has written nothing for a while", role=role)
        self._world.chats.event(contact, _who(contact, chat, role), IDLE)
        minutes = self._applied[contact.id].get((role, LEAVE))
        if minutes is not None:
            self._run(chat, role, minutes, lambda: self._leave(contact, chat, role))

    def _leave(self, contact: Contact, chat: Chat, role: str) -> None:
        self._world.chats.event(contact, _who(contact, chat, role), AUTO_LEFT)
        for bot in list(chat.bots):
            self._world.chats.bot_leaves(contact, bot)
        self._world.joining.agent_leaves(contact, REASON)


def _who(contact: Contact, chat: Chat, role: str) -> Participant:
    return chat.customer if role == "CUSTOMER" else chat.agents[contact.id]
