"""Completions: what is done with them. Complete a contact, correct that later, and tell what is due (DSK-08)."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from chalicelib.agents.service import House
from chalicelib.audit.models import Act, Actor, Trail
from chalicelib.completions import policy
from chalicelib.completions.complaints import Complaints
from chalicelib.completions.models import Entry, File, Moved, NoLists, Outdated, Page, Subject, Version
from chalicelib.completions.store import HEAD, VERSION_PREFIX, version_of, without_person
from chalicelib.completions.store import Completions as Kept
from chalicelib.contacts.models import Contact, Recording
from chalicelib.organisation.service import Sight, sees_agent
from chalicelib.platform.dynamo import Contended
from chalicelib.platform.errors import NotFound, Unprocessable
from chalicelib.tenancy.models import CompletionLists
from chalicelib.tickets.models import File as TicketFile

__all__ = [
    "HEAD", "VERSION_PREFIX", "Complaints", "Completions", "Expectations", "Kept", "version_of", "without_person",
]  # fmt: skip

ACTION: Final = "completions.write"
TRIES: Final = 4
"""Writes of one version, while the contact's record arrives or its chain is counted."""


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

    def link(self, number: str, contact_id: str, actor: Actor, *, seen: Sight | None = None) -> TicketFile:
        """Note that a contact is about a ticket in sight, or raise NotFound."""

    def of_contact(self, contact_id: str) -> tuple[str, ...]:
        """Return the numbers of a contact's tickets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completions:
    """The completions of one tenant. `lists` None: the contract has none, and nothing can be completed."""

    kept: Kept
    complaints: Complaints
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
            Contended, Throttled, StoreUnavailable: not all was written; the same request may succeed later.

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
        about = (self._link(entry.ticket, contact_id, by, sight),) if entry.ticket else ()
        version = Version(
            revision=revision + 1,
            at=self.now().replace(microsecond=0),
            by=by.user,
            entry=entry,
            complaint=self.complaints.named(entry.category, *about),
        )
        self._save(before, version, by, sight)
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

    def _save(self, before: File, version: Version, by: Actor, sight: Sight | None) -> None:
        """Write a version and, in the same transaction, what it changes in the count of complaints."""
        subject, current = before.subject, before.current
        counts = version.complaint or (current is not None and current.complaint)
        act = _act(subject.contact_id, current, version)
        for _ in range(TRIES):
            told = (subject.contact_id, subject.record)
            beside = self.complaints.steps(*told, complaint=version.complaint) if counts else ()
            try:
                return self.kept.save(subject, version, self.trail, by, act, beside)
            except Moved:
                subject = self._subject(subject.contact_id, sight)
        raise Contended("the contact kept changing under its completion")

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

    def _link(self, ticket: str, contact_id: str, by: Actor, sight: Sight | None) -> str:
        """Link the ticket that an entry names, and return the category of it."""
        try:
            return self.tickets.link(ticket, contact_id, by, seen=sight).ticket.subject.category
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
        record=contact,
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
    """Hears contacts, notes which of them their agents have to complete, and counts those that are complaints."""

    kept: Kept
    complaints: Complaints

    def heard(self, contact: Contact) -> None:
        """Expect the completion of a contact in which an agent talked.

        One that is written already stays, and a complaint is counted where this record of the contact says.

        Raises:
            Moved, Contended, Throttled, StoreUnavailable: the record must come again.

        """
        if contact.served:
            kept = self.kept.expect(subject_of(contact))
            if kept and kept.complaint:
                self.complaints.settle(contact, kept.revision)
