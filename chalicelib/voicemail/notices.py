"""Notices of new messages: what is done with them. Tell the responsible person, try again, hear what came of it."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from chalicelib.contacts.models import Contact
from chalicelib.platform.dynamo import Contended
from chalicelib.platform.errors import ProductError
from chalicelib.tenancy.models import Tenant
from chalicelib.voicemail import notice_policy
from chalicelib.voicemail.models import Message, Notice, NoticeState, Recipient, Way

TRIES: Final = 6
"""Writes of one fact before its record comes again."""
A_LOOK: Final = 100
"""Notices that one look at what is due takes up; the next look takes the others."""

_log = logging.getLogger(__name__)


class Effect(StrEnum):
    """What came of looking at a notice."""

    NOTHING = "nothing"
    """It is over, or not due, or somebody else looks at it at this moment."""
    LATER = "later"
    """Quiet hours: it is due when they are over."""
    NEEDLESS = "needless"
    PLACED = "placed"
    """The provider has taken the SMS, the e-mail or the call."""
    MISSED = "missed"
    """The provider has refused it; it is tried again."""
    FAILED = "failed"


class NotSent(ProductError):
    """A provider did not take what was to be sent; the fact `problem` is its word for why."""

    code, status, title, retryable = "not-sent", 503, "Not sent", True


class Store(Protocol):
    """Port: see `notice_store.Notices`."""

    def find(self, message_id: str) -> Notice | None:
        """Return the notice of a message as it is now."""

    def both(self, message_id: str) -> tuple[Message, Notice] | None:
        """Return a message and its notice as they are now."""

    def save(self, new: Notice) -> Notice | None:
        """Store `new` over the copy that it was made of."""

    def due(self, now: datetime, limit: int) -> tuple[str, ...]:
        """Return the ids of messages whose notice is due."""


class Sender(Protocol):
    """Port: tells people in one way; see `senders.py`."""

    def send(self, recipient: Recipient, message: Message, notice: Notice) -> None:
        """Tell `recipient` of `message`, in the try that `notice` has begun.

        Raises:
            NotSent: the provider did not take it.

        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifier:
    """Tells whoever the contract names of new messages of one tenant. `sender` gives what tells in a way."""

    notices: Store
    tenant: Tenant
    sender: Callable[[Way], Sender]
    now: Callable[[], datetime]

    def tell(self, message_id: str) -> Effect:
        """Tell of one message if its notice is due. Of any number who do so at once, one tells.

        Should the process end between the provider's answer and our note of it, the try counts as failed after
        `notice_policy.TRY`, and the person may be told twice rather than not at all.

        Raises:
            Throttled, Contended, StoreUnavailable: the store did not answer; nothing is lost, the notice stays due.

        """
        found = self.notices.both(message_id)
        if found is None:
            return Effect.NOTHING
        message, notice = found
        begun = notice_policy.begun(notice, message, self.tenant, self.now())
        kept = self.notices.save(begun) if begun != notice else None
        if kept is None:
            return Effect.NOTHING
        if kept.attempts == notice.attempts:
            return _unsent(kept)
        return self._send(message, kept)

    def _send(self, message: Message, notice: Notice) -> Effect:
        recipient = notice_policy.recipient(notice.box, self.tenant)
        if recipient is None:  # `begun` has found one in the same contract
            return Effect.NOTHING
        try:
            self.sender(recipient.way).send(recipient, message, notice)
        except NotSent as refusal:
            problem = str(refusal.facts["problem"])
            _log.warning("not told", extra={"code": refusal.code, "reason": problem, "message_id": message.id})
            new = notice_policy.missed(notice, problem, self.tenant, self.now())
            self.notices.save(new)
            return Effect.FAILED if new.state is NoticeState.FAILED else Effect.MISSED
        # Unsaved when the call's own record was quicker: then that has said what came of it.
        self.notices.save(notice_policy.placed(notice, self.now()))
        return Effect.PLACED

    def tell_due(self) -> Mapping[str, Effect]:
        """Tell of every message whose notice is due, by message id.

        Raises:
            Throttled, Contended, StoreUnavailable: see `tell`.

        """
        return {message_id: self.tell(message_id) for message_id in self.notices.due(self.now(), A_LOOK)}


def _unsent(notice: Notice) -> Effect:
    effects = {NoticeState.NEEDLESS: Effect.NEEDLESS, NoticeState.FAILED: Effect.FAILED}
    return effects.get(notice.state, Effect.LATER)


@dataclass(frozen=True, slots=True)
class NoticeCalls:
    """Hears the records of calls that told of messages."""

    notices: Store
    tenant: Tenant

    def heard(self, contact: Contact) -> None:
        """Bring the notice that `contact` told of up to date; other contacts change nothing, and nor do repeats.

        Raises:
            Throttled, Contended, StoreUnavailable: the record must come again.

        """
        if contact.notice_of is None:
            return
        for _ in range(TRIES):
            known = self.notices.find(notice_policy.message_of(contact.notice_of))
            if known is None:
                return
            new = notice_policy.heard(known, contact, self.tenant)
            if new == known or self.notices.save(new) is not None:
                return
        raise Contended("the notice kept changing under the write")
