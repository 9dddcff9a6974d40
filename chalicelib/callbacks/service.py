"""Callbacks: what is done with them. The only door for other capabilities."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from chalicelib.callbacks import policy
from chalicelib.callbacks.models import Asked, Callback, Refused, Row, State
from chalicelib.callbacks.store import Callbacks, partition_of, position
from chalicelib.contacts.models import Contact
from chalicelib.organisation.service import Sight, sees_figures
from chalicelib.platform.dynamo import Contended
from chalicelib.platform.pages import BEFORE, Page, Shown, narrowed
from chalicelib.tenancy.models import CHAIN_TERMS, Tenant

__all__ = [
    "Asked", "Callback", "Callbacks", "Desk", "Follower", "Planned", "Promises", "Refused", "Row", "State",
    "Withdrawals", "partition_of",
]  # fmt: skip

TRIES: Final = 6
"""Writes of one fact before its record comes again: several records of a callback may arrive at once."""


class Store(Protocol):
    """Port: see `store.Callbacks`."""

    def promise(self, callback: Callback, now: datetime) -> bool:
        """Keep a new callback and lock its number."""

    def find(self, phone: str, callback_id: str) -> Callback | None:
        """Return a callback as it is now."""

    def save(self, new: Callback, seen: int) -> bool:
        """Store `new` over the revision `seen`."""


class Register(Protocol):
    """Port: see `store.Callbacks.listed`."""

    def listed(self, state: State, limit: int, after: str | None = None) -> Page[Row]:
        """Return a page of the callbacks that stand so."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where people look at what was promised."""

    register: Register

    def listed(self, state: State, limit: int, after: str | None, seen: Sight | None) -> Page[Row]:
        """Return a page of the callbacks in sight that stand so, those asked for first in front (TEN-11).

        Raises:
            InvalidInput: `after` is no position of a list.
            Throttled, StoreUnavailable: the store could not answer.

        """
        if seen is None:
            return self.register.listed(state, limit, after)

        def read(after: str | None, limit: int) -> tuple[tuple[Row, ...], str | None]:
            page = self.register.listed(state, limit, after)
            return page.rows, page.after

        shown = Shown[Row](
            sees=lambda row: sees_figures(seen, row.queue, row.entry_number),
            place=lambda row: position(row.asked_at, row.id),
            beyond=BEFORE,
        )
        return narrowed(shown, read, after=after, limit=limit)


@dataclass(frozen=True, slots=True)
class Promises:
    """Promises callbacks of one tenant."""

    store: Store
    tenant: Tenant
    now: Callable[[], datetime]

    def ask(self, asked: Asked) -> Callback:
        """Return the callback that is promised now; asked again in the same call, it is the same one.

        Raises:
            Refused: the tenant lets nobody ask (`reason` off), the number cannot be called (number, region, own), or
                it has an open callback (open).
            Throttled, Contended, StoreUnavailable: the store did not answer.

        """
        terms = self.tenant.callback or (CHAIN_TERMS if asked.by_chain else None)
        if terms is None:
            raise Refused("the tenant offers no callback", reason="off")
        ours = {number for line in self.tenant.lines.values() for number in line.numbers}
        callback = Callback(
            id=asked.id,
            phone=policy.number(asked.number, terms, ours),
            line=asked.line,
            queue=asked.queue,
            language=asked.language,
            asked_at=self.now(),
            attempts=terms.attempts,
            entry_number=asked.entry_number,
        )
        if not self.store.promise(callback, self.now()):
            raise Refused("the number has an open callback", reason="open")
        return callback


class Planned(Protocol):
    """Port: see `connect.Planned`."""

    def withdraw(self, contact_id: str) -> int:
        """Stop the callbacks that were asked for in a contact; return how many were still to be made."""


@dataclass(frozen=True, slots=True)
class Withdrawals:
    """Withdraws callbacks that nobody needs: the caller has an agent. `of` gives the instance with this ARN.

    The register learns of it from the records of both contacts, as of everything else.
    """

    of: Callable[[str], Planned]

    def answered(self, instance_arn: str, contact_id: str) -> bool:
        """Stop what was promised in a call that an agent has just answered; False when nothing was to be stopped.

        Raises:
            Throttled, StoreUnavailable: Amazon Connect did not do it.

        """
        return self.of(instance_arn).withdraw(contact_id) > 0


@dataclass(frozen=True, slots=True)
class Follower:
    """Follows callbacks by their contacts: the call in which one was asked for, and every attempt."""

    store: Store

    def heard(self, contact: Contact) -> None:
        """Bring the callback of `contact` up to date; contacts of no callback change nothing, and nor do repeats.

        Raises:
            Throttled, Contended, StoreUnavailable: the record must come again.

        """
        if contact.callback_id is None or contact.callback_number is None:
            return
        for _ in range(TRIES):
            known = self.store.find(contact.callback_number, contact.callback_id)
            if known is None:
                return
            new = policy.hear(known, contact)
            if new == known or self.store.save(replace(new, revision=known.revision + 1), known.revision):
                return
        raise Contended("the callback kept changing under the write")
