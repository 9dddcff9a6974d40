"""Contacts: what they do. Take in records exactly once, and find contacts again. The only door for others."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

from chalicelib.contacts import erasing, policy
from chalicelib.contacts.counting import facts
from chalicelib.contacts.deadletters import Replay, Replayed
from chalicelib.contacts.finding import Finder, History, finder
from chalicelib.contacts.items import CONTACT_SORT, contact_of
from chalicelib.contacts.models import Contact, Entry, Stretch, Whose
from chalicelib.contacts.record import ContactRecord, parse
from chalicelib.contacts.store import Kept, Lost
from chalicelib.contacts.timeline import Timeline
from chalicelib.menus import service as menus
from chalicelib.metrics import service as metrics
from chalicelib.platform.dynamo import Contended
from chalicelib.platform.fields import Unusable
from chalicelib.tenancy.models import Tenant

__all__ = [
    "CONTACT_SORT", "Effect", "Entry", "Finder", "History", "Ingest", "Listener", "Replay", "Replayed", "Stretch",
    "Timeline", "Whose", "contact_of", "erasing", "facts", "finder",
]  # fmt: skip

TRIES: Final = 6
"""Writes of one record before it is given back to the stream. Contention on a counter item clears in milliseconds."""
FIRST_PAUSE_S: Final = 0.02


class Effect(StrEnum):
    """What taking in one record did."""

    STORED = "stored"
    CORRECTED = "corrected"
    """A newer copy replaced an older one; the counters moved by the difference."""
    DUPLICATE = "duplicate"
    """The same or an older copy: nothing changed."""
    EXPIRED = "expired"
    """A change to a contact that retention has removed: nothing is brought back."""


class Writer(Protocol):
    """Port: the one conditional write; see `store.Contacts.write`."""

    def write(self, new: Kept, earlier: Kept | None, counts: Mapping[str, Mapping[str, Any]]) -> Lost | None:
        """Store `new` over exactly `earlier` with `counts`, or return what is there instead."""


class Listener(Protocol):
    """Port: another capability to whom contacts matter. Told of every record, repeats and older copies too."""

    def heard(self, contact: Contact) -> None:
        """Take note of a contact; raises a ProductError when its record must come again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingest:
    """Takes in contact records of one tenant. The effect of any delivery order and any repetition is the same.

    `instance_arn` None accepts every instance: the stream belongs to the tenant alone. `pause` waits the seconds it
    is given; `chance` returns a number in [0, 1).
    """

    tenant: Tenant
    table: str
    contacts: Writer
    instance_arn: str | None
    pause: Callable[[float], None]
    chance: Callable[[], float]
    listeners: Sequence[Listener] = ()

    def take(self, data: bytes) -> Effect:
        """Bring the table to what the record in `data` says, and tell the listeners, also of a repeat.

        Raises:
            Unusable: it can never become a contact of this tenant.
            Contended, Throttled, StoreUnavailable: nothing was written; the same call may succeed later.

        """
        record = parse(data)
        self._refuse_foreign(record)
        contact = policy.contact(record, self.tenant)
        if contact.updated_at - contact.at > timedelta(days=self.tenant.contacts_days):
            return Effect.EXPIRED
        effect, contact = self._store(contact)
        for listener in self.listeners:
            listener.heard(contact)
        return effect

    def _store(self, contact: Contact) -> tuple[Effect, Contact]:
        """Return what was done, and the contact as it is kept: of one whose person was erased, without the person."""
        earlier: Kept | None = None
        for attempt in range(TRIES):
            try:
                lost = self._write(contact, earlier)
            except Contended:
                if attempt == TRIES - 1:
                    raise
                self.pause(FIRST_PAUSE_S * 2**attempt * (0.5 + self.chance()))
                continue
            if lost is None:
                return (Effect.CORRECTED if earlier else Effect.STORED), contact
            earlier = lost.current
            if earlier:
                contact = erasing.as_before(contact, earlier.contact)
            if earlier and earlier.contact.updated_at >= contact.updated_at:
                return Effect.DUPLICATE, contact
        raise Contended("the contact kept changing under the write")

    def _write(self, contact: Contact, earlier: Kept | None) -> Lost | None:
        if earlier and earlier.contact.queue == contact.queue:
            # A changed contract must not re-judge a contact that an agent took under the old one.
            known = earlier.contact
            contact = replace(contact, threshold_s=known.threshold_s, short_s=known.short_s)
        writes = metrics.count(
            self.tenant.id, self.table, facts(contact, self.tenant), earlier.counted if earlier else None
        )
        actions = {**writes.actions, **self._menu_use(contact, earlier)}
        lost = self.contacts.write(Kept(contact, writes.kept), earlier, actions)
        if lost is None:
            metrics.tell(writes)
        return lost

    def _menu_use(self, contact: Contact, earlier: Kept | None) -> Mapping[str, Mapping[str, Any]]:
        """Return what counts the contact in the report of its menus: with its first copy that has a log.

        The log is whole when the record is first sent: the menus are over long before the call is.
        """
        if contact.menu_log is None or contact.menu_place is None or (earlier and earlier.contact.menu_log):
            return {}
        return menus.uses(self.tenant.id, self.table, contact.menu_log, contact.menu_place)

    def _refuse_foreign(self, record: ContactRecord) -> None:
        if self.instance_arn and record.instance_arn != self.instance_arn:
            msg = "the record is of another Amazon Connect instance"
            raise Unusable(msg, field="InstanceARN")
