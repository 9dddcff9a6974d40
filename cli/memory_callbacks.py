"""The register of callbacks of a world in this process; see `chalicelib.callbacks.store.Callbacks`."""

from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.callbacks.models import Callback, State


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
