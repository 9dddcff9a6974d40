"""The callbacks of a world in this process: the register, and what the world has planned (`callbacks.service`)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.callbacks.models import Callback, State
from localstack.connect.engine.callbacks import AGENT_FIRST
from localstack.connect.engine.world import World

STOPPED = "OTHER"
"""Why a call is over that was stopped by API (6.4)."""


@dataclass(slots=True)
class MemoryCallbacks:
    """Every callback by number and call; a number has one open callback at most."""

    kept: dict[tuple[str, str], Callback] = field(default_factory=dict)

    def promise(self, callback: Callback, now: datetime) -> bool:
        """Keep a new callback; False when another one is open for the number."""
        del now
        if any(self._is_open(one, callback) for one in self.kept.values()):
            return False
        self.kept[callback.phone, callback.id] = callback
        return True

    def find(self, phone: str, callback_id: str) -> Callback | None:
        """Return a callback as it is now."""
        return self.kept.get((phone, callback_id))

    def save(self, new: Callback, seen: int) -> bool:
        """Store `new` over the revision `seen`."""
        current = self.kept[new.phone, new.id]
        if current.revision != seen:
            return False
        self.kept[new.phone, new.id] = new
        return True

    @staticmethod
    def _is_open(one: Callback, asked: Callback) -> bool:
        return one.phone == asked.phone and one.id != asked.id and one.state is State.OPEN


class NothingPlanned:
    """A world in which nobody answers calls."""

    def withdraw(self, contact_id: str) -> int:
        """Find nothing to stop."""
        del contact_id
        return 0


@dataclass(frozen=True, slots=True)
class WorldCallbacks:
    """The callbacks that a world has planned, or keeps in its queues; see `chalicelib.callbacks.connect.Planned`."""

    world: Callable[[], World]

    def withdraw(self, contact_id: str) -> int:
        """Stop the callbacks that were asked for in a contact, as StopContact does; return how many."""
        world = self.world()
        made = [
            one
            for one in world.active
            if one.initiation_method == AGENT_FIRST and one.previous is not None and one.previous.id == contact_id
        ]
        for one in made:
            world.calls.end(one, STOPPED)
        return len(made)
