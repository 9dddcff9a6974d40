"""Offers: what others may do with them. Small: decisions load it while a caller waits."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from chalicelib.contacts.models import Contact
from chalicelib.offers import policy
from chalicelib.offers.models import Ring
from chalicelib.offers.store import Rings
from chalicelib.platform.dynamo import Contended
from chalicelib.tenancy.models import Tenant

__all__ = ["Closer", "Desks", "Ring", "Rings", "of_table"]

TRIES: Final = 4
"""Writes of one fact before it is given up: a ring has one winner, and changes a few times in all."""
_GROUP: Final = "group "
"""What the targets of a contact say of a group (`routing.explain`)."""


class Kept(Protocol):
    """Port: see `store.Rings`."""

    def begin(self, ring: Ring) -> bool:
        """Keep a new ring."""

    def find(self, contact_id: str) -> Ring | None:
        """Return a contact's ring as it is now."""

    def save(self, new: Ring, seen: int) -> bool:
        """Store `new` over the revision `seen`."""


@dataclass(frozen=True, slots=True)
class Desks:
    """The desks of one tenant's agents, as decisions see them."""

    kept: Kept

    def ring(
        self, contact_id: str, line: str, queue: str, agents: Mapping[str, str], *, at: datetime, ring_s: int
    ) -> None:
        """Offer a contact to all of `agents` (Amazon Connect's id by username) at once, for `ring_s` seconds from `at`.

        A contact that was offered before is not offered again.

        Raises:
            Throttled, StoreUnavailable: nobody was offered anything.

        """
        until = at + timedelta(seconds=ring_s)
        self.kept.begin(Ring(contact_id=contact_id, line=line, queue=queue, agents=agents, offered_at=at, until=until))


def of_table(client: Any, table: str, tenant: Tenant) -> Desks:
    """Return the desks over the tenant's table; `client` has the patience of a waiting caller."""
    return Desks(Rings(client, table, tenant.id))


@dataclass(frozen=True, slots=True)
class Closer:
    """Withdraws what is still offered of a contact that is over: its caller has hung up, or an agent has it."""

    kept: Kept

    def heard(self, contact: Contact) -> None:
        """Bring the ring of `contact` up to date; contacts that were offered to no group are not looked for.

        Raises:
            Throttled, Contended, StoreUnavailable: the record must come again.

        """
        if _GROUP not in (contact.targets or ""):
            return
        for _ in range(TRIES):
            known = self.kept.find(contact.id)
            new = known and policy.ended(known)
            if known is None or new is None or new == known:
                return
            if self.kept.save(replace(new, revision=known.revision + 1), known.revision):
                return
        raise Contended("the offers of the contact kept changing under the write")
