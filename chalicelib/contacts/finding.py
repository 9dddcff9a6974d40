"""Contacts: finding them again, each within what a user sees of the organisation (REC-01, CRM-05, TEN-11)."""

import functools
import os
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from chalicelib.contacts.items import position
from chalicelib.contacts.models import Contact, Entry, Page, Recording, Row, Search, Stretch, Whose
from chalicelib.contacts.store import Contacts
from chalicelib.organisation.service import Sight, sees_contact
from chalicelib.platform import aws, clock, settings
from chalicelib.platform.errors import NotFound
from chalicelib.platform.pages import Shown, narrowed
from chalicelib.tenancy import service as tenancy
from chalicelib.tenancy.models import Tenant

_BEYOND: Final = "~"
"""Sorts behind the ids of contacts: the lists are read from the newest."""
_ENTRIES_A_READ: Final = 50
"""An entry is a contact and its ticket, and one read takes a hundred items."""


class Reader(Protocol):
    """Port: the reads; see `store.Contacts`."""

    def find(self, contact_id: str, *, now: datetime) -> tuple[Contact | None, tuple[Recording, ...]]:
        """Return a contact and its recordings."""

    def search(self, search: Search, *, oldest: datetime, after: str | None, limit: int) -> Page:
        """Return one page of contacts, newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """Finds contacts of one tenant again (REC-01)."""

    tenant: Tenant
    contacts: Reader
    now: Callable[[], datetime]

    def contact(self, contact_id: str, seen: Sight | None = None) -> tuple[Contact, tuple[Recording, ...]]:
        """Return a contact and what was recorded of it; one out of sight is as if it were not there (TEN-11).

        Raises:
            NotFound: there is no such contact, or its record has not arrived yet.
            Throttled, StoreUnavailable: the store could not answer.

        """
        contact, recordings = self.contacts.find(contact_id, now=self.now())
        if contact is None or contact.at < self._oldest() or not _seen(seen, contact):
            msg = "no such contact"
            raise NotFound(msg, contact_id=contact_id)
        return contact, recordings

    def search(
        self,
        search: Search,
        *,
        after: str | None,
        limit: int,
        seen: Sight | None = None,
        whose: Collection[str] | None = None,
    ) -> Page:
        """Return contacts that fit `search`, newest first; what retention has ended is not shown, deleted yet or not.

        What is out of sight, or handled by none of `whose` (None: whoever), is passed over, and no position tells of
        it; a page may be short, even empty.

        Raises:
            InvalidInput: `after` is not a position of this list.
            Throttled, StoreUnavailable: the store could not answer.

        """
        oldest = self._oldest()
        if seen is None and whose is None:
            return self.contacts.search(search, oldest=oldest, after=after, limit=limit)

        def read(after: str | None, limit: int) -> tuple[tuple[Row, ...], str | None]:
            page = self.contacts.search(search, oldest=oldest, after=after, limit=limit)
            return page.rows, page.after

        shown = Shown[Row](
            sees=lambda row: _seen(seen, row) and (whose is None or row.agent in whose), place=_place, beyond=_BEYOND
        )
        found = narrowed(shown, read, after=after, limit=limit)
        return Page(rows=found.rows, after=found.after)

    def _oldest(self) -> datetime:
        return self.now() - timedelta(days=self.tenant.contacts_days)


@functools.cache
def finder() -> Finder:
    """Return what finds contacts of this process's tenant while a person waits; a missing setting fails by name."""
    configured = settings.StoreSettings.load(os.environ)
    tenant = tenancy.current()
    client = aws.client("dynamodb", aws.A_PERSON_WAITS)
    store = Contacts(client, configured.table, tenant.id, tenant.contacts_days, lambda: str(uuid.uuid4()))
    return Finder(tenant=tenant, contacts=store, now=clock.from_environment())


class Line(Protocol):
    """Port: the contacts of a customer; see `timeline.Timeline`."""

    def page(self, whose: Whose, *, oldest: datetime, after: str | None, limit: int) -> Stretch:
        """Return a page of them, newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All contacts of a customer of one tenant, in all channels (CRM-05)."""

    tenant: Tenant
    line: Line
    now: Callable[[], datetime]

    def page(self, whose: Whose, *, after: str | None, limit: int, seen: Sight | None = None) -> Stretch:
        """Return contacts, newest first; what is out of sight or past its retention is left out.

        Raises:
            InvalidInput: `after` is not a position of this list.
            Throttled, StoreUnavailable: the store could not answer.

        """
        oldest = self.now() - timedelta(days=self.tenant.contacts_days)
        if seen is None:
            return self.line.page(whose, oldest=oldest, after=after, limit=limit)

        def read(after: str | None, limit: int) -> tuple[tuple[Entry, ...], str | None]:
            page = self.line.page(whose, oldest=oldest, after=after, limit=limit)
            return page.entries, page.after

        shown = Shown[Entry](
            sees=lambda one: _seen(seen, one.contact), place=lambda one: _place(one.contact), beyond=_BEYOND
        )
        found = narrowed(shown, read, after=after, limit=limit, at_once=_ENTRIES_A_READ)
        return Stretch(entries=found.rows, after=found.after)


def _seen(seen: Sight | None, contact: Contact | Row) -> bool:
    return sees_contact(seen, contact.queue, contact.entry_number, contact.agent)


def _place(contact: Contact | Row) -> str:
    return position(contact.at, contact.id)
