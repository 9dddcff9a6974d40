"""Privacy: a legal hold keeps everything of a person from expiring, and lets it expire again when it is over.

An item that is held has no `ttl`; the one that it had is in `held_ttl`. A recording that is held is copied to where
nothing ends it. Whatever the person leaves behind while the hold lasts is found by the next walk, a day later at most.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from chalicelib.callbacks.service import partition_of as callbacks_of
from chalicelib.contacts.service import erasing as contacts
from chalicelib.customers.registry import erasing as customers
from chalicelib.privacy.finding import Finding, Item
from chalicelib.privacy.objects import HELD
from chalicelib.privacy.store import Places, Steps
from chalicelib.tickets.service import erasing as tickets
from chalicelib.voicemail.service import erasing as messages

EVERY: Final = timedelta(days=1)
"""How often the walk is done again. Nothing that is held is kept for less than that in the first place."""
_SHORT: Final = frozenset({"DRAFT", "OPEN"})
"""What ends within days by its nature: what is entered during a contact, and the lock of a number."""


class Objects(Protocol):
    """Port: see `objects.Objects`."""

    def hold(self, bucket: str, key: str, copy: str) -> bool:
        """Copy an object; False when it is gone."""

    def erase(self, bucket: str, key: str) -> None:
        """Delete an object with every version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Keeps what is of one person, and lets it go."""

    places: Places
    objects: Objects
    person: Callable[[], Finding]

    def keep(self) -> int:
        """Take the end of everything that has one, and return how many items were kept.

        Raises:
            StoreUnavailable, Throttled: some may not be held yet; the same call goes on.

        """
        return sum(self._keep(item) for item in self._items() if "ttl" in item)

    def release(self, now: datetime) -> int:
        """Give everything its end back, and return how many items got it; what is over by `now` goes at once.

        Raises:
            StoreUnavailable, Throttled: some may be held still; the same call goes on.

        """
        return sum(self._release(item, now) for item in self._items() if "held_ttl" in item)

    def _keep(self, item: Item) -> bool:
        held: dict[str, Any] = {name: value for name, value in item.items() if name != "ttl"}
        if contacts.is_recording(item):
            key = str(item["key"])
            copy = f"{HELD}{str(item['pk']).rpartition('#')[2]}/{key.rpartition('/')[2]}"
            if not self.objects.hold(str(item["bucket"]), key, copy):
                return False
            held |= {"key": copy, "key_before": key}
        return self._write(item, {**held, "held_ttl": item["ttl"]}, "ttl")

    def _release(self, item: Item, now: datetime) -> bool:
        free = {name: value for name, value in item.items() if name not in {"held_ttl", "key_before"}}
        free["ttl"] = item["held_ttl"]
        if "key_before" in item:
            free["key"] = item["key_before"]
        steps: Steps = (("item", self.places.delete(item, seen={"held_ttl": item["held_ttl"]})),)
        if int(item["held_ttl"]) <= now.timestamp():
            done = self.places.write(steps)
        else:
            done = self._write(item, free, "held_ttl")
        if done and "key_before" in item:
            self.objects.erase(str(item["bucket"]), str(item["key"]))
        return done

    def _write(self, item: Item, new: Item, seen: str) -> bool:
        return self.places.write((("item", self.places.put(new, seen={seen: item[seen]})),))

    def _items(self) -> Iterator[Item]:
        """Yield everything of the person that may have an end, each once."""
        done: set[tuple[str, str]] = set()
        for item in self._found():
            key = (str(item["pk"]), str(item["sk"]))
            if key not in done and item["sk"] not in _SHORT and not str(item["sk"]).startswith("OPEN#"):
                done.add(key)
                yield item

    def _found(self) -> Iterator[Item]:
        found = self.person()
        for _, file in found.own_tickets():
            yield from file
        for contact_id in [contact_id for contact_id, _ in found.contact_ids()]:
            yield from self.places.at([messages.key_of(found.tenant, contact_id)])
            yield from self.places.beside(contacts.partition_of(found.tenant, contact_id))
        for home in self._homes(found):  # what leads to a contact comes after it
            yield from self.places.beside(home)

    def _homes(self, found: Finding) -> Iterator[str]:
        for id_ in found.person.ids:
            yield customers.file_partition(found.tenant, id_)
            yield tickets.listed_partition(found.tenant, id_)
        for one in found.own:
            yield customers.caller_partition(found.tenant, one)
            if one.kind == "phone":
                yield tickets.listed_partition(found.tenant, one.value)
                yield callbacks_of(found.tenant, one.value)
