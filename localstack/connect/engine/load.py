"""What an instance has at one time against its quotas (13.1)."""

from collections import Counter, deque
from collections.abc import Mapping
from typing import TYPE_CHECKING

from localstack.connect.directory import Instance
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.parts import State

if TYPE_CHECKING:
    from datetime import datetime

    from localstack.connect.engine.watch import Count
    from localstack.connect.engine.world import World

USUAL_LIMIT = 10
"""Concurrent active calls of a new instance."""

BREACHES: Mapping[str, "Count"] = {
    "CHAT": "ChatsBreachingActiveChatQuota",
    "TASK": "TasksBreachingConcurrencyQuota",
}
"""What CloudWatch is told of a contact that was one too many, by channel (16)."""


class Load:
    """Counts calls. `limit` None = any number of calls is taken; `breaches` are the calls refused, by instance id."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self.limit: int | None = None
        self.per_s: int | None = None
        """So many calls of an instance begin within a second; None = any number."""
        self.breaches: Counter[str] = Counter()
        self._begun: dict[str, deque[datetime]] = {}

    def calls(self, instance: Instance) -> int:
        """Calls that are up or being placed; all contacts of one customer's call count as one."""
        lines = {id(one.call) for one in self._world.active if one.instance.id == instance.id and _is_up(one)}
        return len(lines)

    def active(self, instance: Instance, channel: str) -> int:
        """How much of a channel is going on; a task that is planned for later is not."""
        if channel == "VOICE":
            return self.calls(instance)
        active = (one for one in self._world.active if one.instance.id == instance.id and one.channel == channel)
        return len({id(one.call) for one in active if not one.ended and one.state is not State.SCHEDULED})

    def room(self, instance: Instance, channel: str) -> bool:
        """Whether one more chat, task or e-mail may begin (13.1); always, while calls are not limited either.

        One that may not is counted as a breach.
        """
        if self.limit is None:
            return True
        settings = self._world.settings
        most = {
            "CHAT": settings.concurrent_chats,
            "TASK": settings.concurrent_tasks,
            "EMAIL": settings.concurrent_emails,
        }[channel]
        if self.active(instance, channel) < most:
            return True
        if channel in BREACHES:
            self._world.watch.count(instance, BREACHES[channel])
        return False

    def admit(self, instance: Instance) -> bool:
        """Whether one more call may begin; a call that may not is counted, as a breach or as throttled."""
        if not self._in_time(instance):
            self._world.watch.count(instance, "ThrottledCalls")
            return False
        if self.limit is None or self.calls(instance) < self.limit:
            return True
        self.breaches[instance.id] += 1
        self._world.watch.count(instance, "CallsBreachingConcurrencyQuota")
        return False

    def _in_time(self, instance: Instance) -> bool:
        """Whether the calls that began within the last second leave room for one more."""
        if self.per_s is None:
            return True
        begun, now = self._begun.setdefault(instance.id, deque()), self._world.now
        while begun and (now - begun[0]).total_seconds() >= 1:
            begun.popleft()
        if len(begun) >= self.per_s:
            return False
        begun.append(now)
        return True

    def queue_limit(self) -> int:
        """Contacts in a queue that sets no limit of its own (11.1)."""
        return self._world.settings.queue_limit if self.limit is None else self.limit


def _is_up(contact: Contact) -> bool:
    """A contact that has arrived, is not over, is no callback that waits for its turn, and no listening."""
    if contact.channel != "VOICE" or contact.ended or not contact.transcript:
        return False
    if contact.leg is not None and contact.leg.listens:
        return False
    return contact.state is State.DIALING or contact.connected_at is not None or contact.leg is not None
