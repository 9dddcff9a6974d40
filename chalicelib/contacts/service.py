"""Contacts: what they do. Take in records exactly once, and find contacts again. The only door for others."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

from chalicelib.contacts import policy
from chalicelib.contacts.deadletters import Replay, Replayed
from chalicelib.contacts.finding import Finder, History, finder
from chalicelib.contacts.items import CONTACT_SORT, contact_of
from chalicelib.contacts.models import (
    UNLISTED,
    Contact,
    Entry,
    Result,
    Stretch,
    Whose,
    is_number,
)
from chalicelib.contacts.record import ContactRecord, parse
from chalicelib.contacts.store import Kept, Lost
from chalicelib.contacts.timeline import Timeline
from chalicelib.menus import service as menus
from chalicelib.metrics import service as metrics
from chalicelib.platform.dynamo import Contended
from chalicelib.platform.fields import Unusable
from chalicelib.tenancy.models import KpiTerms, Tenant

__all__ = [
    "CONTACT_SORT", "Effect", "Entry", "Finder", "History", "Ingest", "Listener", "Replay", "Replayed", "Stretch",
    "Timeline", "Whose", "contact_of", "facts", "finder",
]  # fmt: skip

TRIES: Final = 6
"""Writes of one record before it is given back to the stream. Contention on a counter item clears in milliseconds."""
FIRST_PAUSE_S: Final = 0.02

_OUTCOMES: Mapping[Result, metrics.Outcome] = {
    Result.ANSWERED: metrics.Outcome.ANSWERED,
    Result.ABANDONED: metrics.Outcome.ABANDONED,
    Result.DROPPED: metrics.Outcome.DROPPED,
    Result.VOICEMAIL: metrics.Outcome.EXIT,
    Result.CALLBACK: metrics.Outcome.EXIT,
    Result.LEFT_BY_CHOICE: metrics.Outcome.EXIT,
    Result.OVERFLOWED: metrics.Outcome.OVERFLOWED,
    Result.TRANSFERRED_OUT: metrics.Outcome.TRANSFERRED_OUT,
    Result.CLOSED: metrics.Outcome.CLOSED,
    Result.TURNED_AWAY: metrics.Outcome.TURNED_AWAY,
    Result.SELF_SERVED: metrics.Outcome.SELF_SERVED,
    Result.LEFT_IN_FLOW: metrics.Outcome.LEFT_IN_FLOW,
}


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
        effect = self._store(contact)
        for listener in self.listeners:
            listener.heard(contact)
        return effect

    def _store(self, contact: Contact) -> Effect:
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
                return Effect.CORRECTED if earlier else Effect.STORED
            earlier = lost.current
            if earlier and earlier.contact.updated_at >= contact.updated_at:
                return Effect.DUPLICATE
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


def facts(contact: Contact, tenant: Tenant) -> metrics.Facts | None:
    """Return what counting needs to know of `contact`; None for one that no caller began."""
    if contact.result in {Result.NOT_INBOUND, Result.NOT_REACHED}:
        return None
    called_back = contact.method.startswith(policy.CALLBACK)
    handled = contact.result is Result.ANSWERED
    return metrics.Facts(
        arrived_at=contact.at,
        # The visit to the queue was counted when the caller asked to be called back: handled again, not offered again.
        queued_at=None if called_back else contact.queued_at,
        line=contact.line,
        queue=contact.queue or metrics.NO_QUEUE,
        number=_number(contact, tenant),
        outcome=_outcome(contact),
        arrival=contact.previous_id is None,
        handled=handled,
        transferred=handled and bool(contact.next_id or contact.transferred_at or contact.transferred_to),
        degraded=contact.degraded,
        voicemail=contact.result is Result.VOICEMAIL,
        callback=contact.result is Result.CALLBACK,
        called_back=called_back,
        accepted=contact.connected_at is not None,
        complaint=contact.category in tenant.kpis.complaint_categories,
        agent=contact.agent,
        surveyed=contact.survey_offered or contact.survey_answer is not None,
        satisfied=_satisfied(contact.survey_answer, tenant.kpis),
        wait_s=contact.wait_s,
        talk_s=contact.talk_s,
        hold_s=contact.hold_s,
        acw_s=contact.acw_s,
        threshold_s=contact.threshold_s,
        short_s=contact.short_s,
        line_failed=(contact.end_reason or "").startswith("TELECOM_"),
        voice_score=contact.customer_score,
        agent_voice_score=contact.agent_score,
    )


def _satisfied(answer: int | None, terms: KpiTerms) -> bool | None:
    """Return what the answer to the survey means; None without an answer, or for one that the survey does not have."""
    return None if answer is None or answer > terms.survey_classes else answer >= terms.satisfied_from


def _number(contact: Contact, tenant: Tenant) -> str:
    """Return the entry number as counters name it: one of the contract, UNLISTED for another one, NO_NUMBER for none.

    Only a number counts as dialled: chats and e-mails have an address of another kind there.
    """
    if any(contact.entry_number in line.numbers for line in tenant.lines.values()):
        return contact.entry_number or metrics.NO_NUMBER
    return UNLISTED if is_number(contact.entry_number) else metrics.NO_NUMBER


def _outcome(contact: Contact) -> metrics.Outcome:
    """Return the outcome of the queue visit; a contact that left its queue for the outside is an exit."""
    if contact.result is Result.TRANSFERRED_OUT and contact.queued_at:
        return metrics.Outcome.EXIT
    return _OUTCOMES[contact.result]
