"""Completions: what is done with them. Complete a contact, correct that later, and tell what is due (DSK-08)."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from chalicelib.agents.service import House
from chalicelib.audit.models import Act, Actor, Trail
from chalicelib.completions import policy
from chalicelib.completions.models import Entry, File, NoLists, Outdated, Page, Subject, Version
from chalicelib.completions.store import Completions as Kept
from chalicelib.completions.store import without_person
from chalicelib.contacts.models import Contact, Recording
from chalicelib.organisation.service import Sight, sees_agent
from chalicelib.platform.errors import NotFound, Unprocessable
from chalicelib.tenancy.models import CompletionLists

__all__ = ["Completions", "Expectations", "Kept", "without_person"]

ACTION: Final = "completions.write"


class Contacts(Protocol):
    """Port: see `contacts.service.Finder`."""

    def contact(self, contact_id: str, seen: Sight | None = None) -> tuple[Contact, tuple[Recording, ...]]:
        """Return a contact and what was recorded of it, or raise NotFound."""


class Floor(Protocol):
    """Port: see `agents.store.Agents`."""

    def house(self, *, consistent: bool = False) -> House:
        """Return all agents."""


class Tickets(Protocol):
    """Port: see `tickets.service.Tickets`."""

    def link(self, number: str, contact_id: str, actor: Actor, *, seen: Sight | None = None) -> object:
        """Note that a contact is about a ticket in sight, or raise NotFound."""

    def of_contact(self, contact_id: str) -> tuple[str, ...]:
        """Return the numbers of a contact's tickets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completions:
    """The completions of one tenant. `lists` None: the contract has none, and nothing can be completed."""

    kept: Kept
    contacts: Contacts
    floor: Floor
    tickets: Tickets
    trail: Trail
    lists: CompletionLists | None
    now: Callable[[], datetime]

    def complete(
        self, contact_id: str, entry: Entry, seen: int, by: Actor, *, own: str | None, sight: Sight | None
    ) -> File:
        """Complete a contact, or correct its completion at the revision `seen` (0: none); return the whole file.

        The same entry again changes nothing, whatever revision was seen. A ticket that is named is linked.

        Raises:
            NotFound: no such contact, or another agent's than `own`.
            NoLists: the contract has no lists.
            Unprocessable: `errors` names each field that does not fit the lists, and a ticket that is not there.
            Outdated: somebody else wrote a version that was not seen.
            Throttled, StoreUnavailable: not all was written; the same request may succeed later.

        """
        before = self.file(contact_id, own=own, sight=sight)
        entry = replace(entry, customer_id=entry.customer_id or before.subject.customer_id)
        self._check(entry)
        current = before.current
        if current and current.entry == entry:
            return before
        revision = current.revision if current else 0
        if seen != revision:
            raise Outdated(f"the completion is at revision {revision}, not {seen}", revision=revision)
        if entry.ticket:
            self._link(entry.ticket, contact_id, by, sight)
        version = Version(revision=revision + 1, at=self.now().replace(microsecond=0), by=by.user, entry=entry)
        self.kept.save(before.subject, version, self.trail, by, _act(contact_id, current, version))
        tickets = self.tickets.of_contact(contact_id)
        return replace(before, versions=(*before.versions, version), tickets=tickets)

    def file(self, contact_id: str, *, own: str | None, sight: Sight | None) -> File:
        """Return what is written of a contact, every version; `own` None: whoever handled it.

        Raises:
            NotFound: no such contact, or another agent's than `own`.
            Throttled, StoreUnavailable: the store could not answer.

        """
        subject = self._subject(contact_id, sight)
        if own is not None and subject.agent != own:
            raise NotFound("no such contact")  # what others handled is not told to exist
        return File(
            subject=subject,
            versions=self.kept.versions(contact_id),
            tickets=self.tickets.of_contact(contact_id),
        )

    def due(self, agent: str, *, after: str | None, limit: int) -> Page:
        """Return a page of the contacts that the agent has still to complete, newest first.

        Raises:
            InvalidInput: `after` is no position of this list.
            Throttled, StoreUnavailable: the store could not answer.

        """
        return self.kept.due(agent, after=after, limit=limit)

    def _subject(self, contact_id: str, sight: Sight | None) -> Subject:
        """Return the contact: from its record, or while that is not there yet from the screen of its agent."""
        try:
            contact, recordings = self.contacts.contact(contact_id, sight)
        except NotFound:
            return self._on_screen(contact_id, sight)
        if contact.agent is None:
            raise NotFound("no agent handled this contact")
        return replace(subject_of(contact), recordings=tuple(one.key for one in recordings))

    def _on_screen(self, contact_id: str, sight: Sight | None) -> Subject:
        for agent in self.floor.house(consistent=True).agents:
            for work in agent.snapshot.works if agent.snapshot else ():
                if work.contact_id == contact_id and sees_agent(sight, agent.name):
                    at = work.connected_at or work.since
                    return Subject(contact_id=contact_id, agent=agent.name, at=at, queue=work.queue)
        raise NotFound("no such contact", contact_id=contact_id)

    def _check(self, entry: Entry) -> None:
        if self.lists is None:
            raise NoLists("the contract has no lists to complete contacts from")
        if errors := list(policy.problems(entry, self.lists)):
            raise Unprocessable("the completion does not fit the tenant's lists", errors=errors)

    def _link(self, ticket: str, contact_id: str, by: Actor, sight: Sight | None) -> None:
        try:
            self.tickets.link(ticket, contact_id, by, seen=sight)
        except NotFound as missing:
            errors = [{"field": "ticket", "problem": "no such ticket"}]
            raise Unprocessable("the completion names no ticket of this tenant", errors=errors) from missing


def subject_of(contact: Contact) -> Subject:
    """Return what a completion needs of the contact that an agent handled."""
    return Subject(
        contact_id=contact.id,
        agent=contact.agent or "",
        at=contact.at,
        line=contact.line,
        queue=contact.queue,
        customer_id=contact.customer_id,
    )


def _act(contact_id: str, before: Version | None, after: Version) -> Act:
    return Act(
        action=ACTION,
        resource=f"contacts/{contact_id}",
        before=_shown(before) if before else None,
        after=_shown(after),
    )


def _shown(version: Version) -> dict[str, object]:
    """Return what the trail shows: the note may hold anything, so it stays with the contact."""
    return {"revision": version.revision, **{n: v for n, v in asdict(version.entry).items() if v and n != "note"}}


@dataclass(frozen=True, slots=True)
class Expectations:
    """Hears contacts, and notes which of them their agents have to complete."""

    kept: Kept

    def heard(self, contact: Contact) -> None:
        """Expect the completion of a contact in which an agent talked; one that is written already changes nothing.

        Raises:
            Throttled, StoreUnavailable: the record must come again.

        """
        if contact.served:
            self.kept.expect(subject_of(contact))
