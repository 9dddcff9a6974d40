"""Recordings: what is done with them. Record on demand, find, listen, verify (REC-01, REC-03, SEC-01)."""

import functools
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from chalicelib.agents.models import AgentState, Snapshot
from chalicelib.agents.service import Agents, House
from chalicelib.audit import service as audit
from chalicelib.audit.models import Act, Actor, Noting
from chalicelib.contacts.models import Contact, Page, Recording, Row, Search
from chalicelib.contacts.service import finder
from chalicelib.organisation.service import Sight
from chalicelib.platform import aws, clock, settings
from chalicelib.platform.errors import InvalidInput, NotFound
from chalicelib.recordings import connect, objects, policy
from chalicelib.recordings.connect import Live
from chalicelib.recordings.models import Deed, Range, Signed, State, Terms
from chalicelib.tenancy import service as tenancy
from chalicelib.tenancy.models import Tenant

VALID_S: Final = 120
"""A player begins to fetch at once; an address that is passed on is of no use soon after."""
DAYS_A_REQUEST: Final = 10
"""Days without a match that one request looks at before it answers with a cursor."""


_POSITION = re.compile(r"20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\|.*")


class Contacts(Protocol):
    """Port: see `contacts.service.Finder`."""

    def contact(self, contact_id: str, seen: Sight | None = None) -> tuple[Contact, tuple[Recording, ...]]:
        """Return a contact and what was recorded of it, or raise NotFound."""

    def search(self, search: Search, *, after: str | None, limit: int, seen: Sight | None = None) -> Page:
        """Return a page of contacts, newest first."""


class Floor(Protocol):
    """Port: see `agents.store.Agents`."""

    def house(self, *, consistent: bool = False) -> House:
        """Return all agents."""


class Switch(Protocol):
    """Port: see `connect.Switch`."""

    def contact(self, contact_id: str) -> Live:
        """Return a live contact."""

    def turn(self, deed: Deed, contact_id: str, initial_id: str) -> None:
        """Switch its recording."""


class Objects(Protocol):
    """Port: see `objects.Objects`."""

    def signed(self, recording: Recording, *, valid_s: int, as_file: bool) -> str:
        """Return an address that ends soon."""

    def sha256(self, recording: Recording) -> str:
        """Return the hash of what lies there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recordings:
    """The recordings of one tenant."""

    tenant: Tenant
    contacts: Contacts
    floor: Floor
    switch: Switch
    objects: Objects
    trail: Noting
    now: Callable[[], datetime]

    def turn(self, deed: Deed, contact_id: str, by: Actor) -> None:
        """Switch the recording of a contact on the screen of the agent `by`, and write that into the trail.

        Raises:
            NotFound: no such contact is on that screen.
            NotRecordable: policy, notice or refusal does not allow it. NotSo: the contact is not in that state.
            Throttled, StoreUnavailable: it may not be done; the same request may succeed later.

        """
        if not any(agent.name == by.user and _has(agent.snapshot, contact_id) for agent in self._agents()):
            raise NotFound("no such contact is on your screen")
        live = self.switch.contact(contact_id)
        policy.allow(deed, self._terms(live))
        self.switch.turn(deed, contact_id, live.initial_id)
        self.trail.note(by, Act(action="recordings.control", resource=f"contacts/{contact_id}", after=deed.value))

    def _agents(self) -> Iterator[AgentState]:
        yield from self.floor.house(consistent=True).agents

    def _terms(self, live: Live) -> Terms:
        line = self.tenant.lines.get(live.attributes.get("line", ""))
        return Terms(
            policy=line.recording if line else "none",
            was_told=live.attributes.get("recordingNotice") == "true",
            has_refused=live.attributes.get("recordingRefused") == "true",
        )

    def search(self, wanted: Range, *, after: str | None, limit: int, seen: Sight | None) -> Page:
        """Return contacts of which there is a recording, newest first, each in sight; a page may be short.

        Raises:
            InvalidInput: `after` is no position of this list.
            Throttled, StoreUnavailable: the store could not answer.

        """
        narrowed = Search(
            caller=wanted.caller,
            agent=wanted.agent,
            entry_number=wanted.entry_number,
            category=wanted.category,
            start=wanted.start,
            end=wanted.end,
            recorded=True,
        )
        if wanted.caller or wanted.agent:
            return self.contacts.search(narrowed, after=after, limit=limit, seen=seen)
        return self._by_days(narrowed, wanted, after, limit, seen)

    def _by_days(self, search: Search, wanted: Range, after: str | None, limit: int, seen: Sight | None) -> Page:
        """Read day after day, the newest first. A position is `<day>|<position in its list>`."""
        last = (wanted.end - timedelta(microseconds=1)).date().isoformat()
        if after is not None and not _POSITION.fullmatch(after):
            raise InvalidInput("the cursor is not one of ours", field="cursor")
        day, _, place = (after or f"{last}|").partition("|")
        rows: list[Row] = []
        for _ in range(DAYS_A_REQUEST):
            if day < wanted.start.date().isoformat():
                return Page(rows=tuple(rows), after=None)
            page = self.contacts.search(
                replace(search, on=day), after=place or None, limit=limit - len(rows), seen=seen
            )
            rows += page.rows
            if page.after is not None:
                return Page(rows=tuple(rows), after=f"{day}|{page.after}")
            day, place = _day_before(day), ""
            if len(rows) >= limit:
                break
        return Page(rows=tuple(rows), after=f"{day}|")

    def listen(self, contact_id: str, name: str, *, as_file: bool, seen: Sight | None) -> Signed:
        """Return a signed address of a recording, good for VALID_S seconds.

        Raises:
            NotFound: no such recording, or none in sight.
            Throttled, StoreUnavailable: the store could not answer.

        """
        recording = self._recording(contact_id, name, seen)
        url = self.objects.signed(recording, valid_s=VALID_S, as_file=as_file)
        return Signed(url=url, expires_at=self.now() + timedelta(seconds=VALID_S))

    def verify(self, contact_id: str, name: str, *, seen: Sight | None) -> tuple[State, Recording]:
        """Return whether a recording still is what was stored: its bytes are read and hashed again.

        Raises:
            NotFound: no such recording, none in sight, or its object is gone.
            Unprocessable: it is too large to be read in a request.
            Throttled, StoreUnavailable: the store could not answer.

        """
        recording = self._recording(contact_id, name, seen)
        if recording.sha256 is None:
            return State.UNKNOWN, recording
        same = self.objects.sha256(recording) == recording.sha256
        return State.WHOLE if same else State.CHANGED, recording

    def _recording(self, contact_id: str, name: str, seen: Sight | None) -> Recording:
        _, recordings = self.contacts.contact(contact_id, seen)
        found = next((one for one in recordings if one.name == name), None)
        if found is None:
            raise NotFound("no such recording")
        return found


def _has(snapshot: Snapshot | None, contact_id: str) -> bool:
    return snapshot is not None and any(work.contact_id == contact_id for work in snapshot.works)


def _day_before(day: str) -> str:
    try:
        return (datetime.fromisoformat(day) - timedelta(days=1)).date().isoformat()
    except ValueError as error:
        raise InvalidInput("the cursor is not one of ours", field="cursor") from error


@functools.cache
def wired() -> Recordings:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    table = settings.StoreSettings.load(os.environ).table
    instance_id = settings.instance_id(os.environ)
    tenant = tenancy.current()
    client = aws.client("dynamodb", aws.A_PERSON_WAITS)
    return Recordings(
        tenant=tenant,
        contacts=finder(),
        floor=Agents(client, table, tenant.id, tenant.contacts_days),
        switch=connect.Switch(aws.client("connect", aws.A_PERSON_WAITS), instance_id),
        objects=objects.Objects(aws.client("s3", aws.A_PERSON_WAITS)),
        trail=audit.trail(),
        now=clock.from_environment(),
    )
