"""Voicemail: what is done with messages. The only door for other capabilities."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.audit.models import Act, Actor, Trail
from chalicelib.contacts.models import Contact
from chalicelib.organisation.service import Sight
from chalicelib.platform.errors import NotFound
from chalicelib.platform.pages import BEFORE, Page, Shown, narrowed
from chalicelib.tenancy.models import Tenant
from chalicelib.voicemail import erasing, notice_policy, notice_store, policy, store
from chalicelib.voicemail.models import Message, Notice, NoticeState, Reason, Row, State, Way
from chalicelib.voicemail.notice_store import Notices
from chalicelib.voicemail.notices import NoticeCalls
from chalicelib.voicemail.store import AlreadyClosed, Messages

__all__ = [
    "AlreadyClosed",
    "Desk",
    "Keeper",
    "Message",
    "Messages",
    "Notice",
    "NoticeCalls",
    "NoticeState",
    "Notices",
    "Reason",
    "Row",
    "State",
    "Way",
    "erasing",
]


@dataclass(frozen=True, slots=True)
class Keeper:
    """Keeps the message of every contact that left one."""

    messages: Messages
    tenant: Tenant

    def heard(self, contact: Contact) -> None:
        """Keep the message of `contact`, if it left one and it is not kept yet: a closed one stays closed.

        Where the contract names somebody to be told, the notice is kept in the same transaction.

        Raises:
            Throttled, Contended, StoreUnavailable: the record must come again.

        """
        message = policy.message(contact, self.tenant)
        if message is None:
            return
        notice = notice_policy.new(message, self.tenant)
        beside = notice_store.item(self.messages.tenant, notice, self.messages.days) if notice is not None else None
        self.messages.keep(message, beside)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where people deal with messages."""

    messages: Messages
    notices: Notices
    trail: Trail
    now: Callable[[], datetime]
    tenant: Tenant

    def listed(
        self, box: str, state: State, limit: int, after: str | None = None, *, seen: Sight | None = None
    ) -> Page[Row]:
        """Return a page of the messages in sight of a box that stand so, the oldest first.

        Raises:
            InvalidInput: `after` is no position of a list.
            Throttled, StoreUnavailable: the store could not answer.

        """
        if seen is None:
            return self.messages.listed(box, state, limit, after)

        def read(after: str | None, limit: int) -> tuple[tuple[Row, ...], str | None]:
            page = self.messages.listed(box, state, limit, after)
            return page.rows, page.after

        shown = Shown[Row](
            sees=lambda row: policy.sees(seen, row, box, self.tenant), place=store.position, beyond=BEFORE
        )
        return narrowed(shown, read, after=after, limit=limit)

    def message(self, message_id: str, seen: Sight | None = None) -> Message:
        """Return a message.

        Raises:
            NotFound: there is none in sight.
            Throttled, StoreUnavailable: the store could not answer.

        """
        found = self.messages.find(message_id)
        if found is None or not policy.sees(seen, found, found.box, self.tenant):
            raise NotFound("no such message", message_id=message_id)
        return found

    def notice(self, message_id: str) -> Notice | None:
        """Return whether and how somebody was told of a message; None: nobody was to be.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        return self.notices.find(message_id)

    def close(self, message_id: str, result: str, by: Actor, *, seen: Sight | None = None) -> Message:
        """Close a message with what was done, and the entry of the audit trail.

        Raises:
            NotFound: there is no such message in sight.
            AlreadyClosed: it is closed.
            Throttled, Contended, StoreUnavailable: nothing was written.

        """
        known = self.message(message_id, seen)
        if known.state is State.CLOSED:
            raise AlreadyClosed("the message is closed", message_id=message_id)
        closed = replace(known, state=State.CLOSED, result=result, closed_at=self.now(), closed_by=by.user)
        act = Act(action="voicemails.close", resource=f"voicemails/{message_id}", facts={"result": result})
        self.messages.close(closed, self.trail, by, act)
        return closed
