"""Customers: what is done with their records. Create, edit, delete, search, merge, un-merge (CRM-01, 03; TEN-11)."""

import functools
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from chalicelib.audit import service as audit
from chalicelib.audit.models import Act, Actor
from chalicelib.contacts.models import Whose
from chalicelib.customers import acts, erasing, fields, merging, outbox, record_items
from chalicelib.customers.fields import BadFacts, asked, problem_of
from chalicelib.customers.merging import Family
from chalicelib.customers.record import (
    PHONE,
    CannotMerge,
    Claim,
    Customer,
    Facts,
    Identity,
    IdTaken,
    Merged,
    Outdated,
    Page,
    Record,
    Search,
)
from chalicelib.customers.record_store import Lookup, Records
from chalicelib.organisation.service import Sight, sees_node
from chalicelib.platform import aws, clock, settings
from chalicelib.platform.errors import Forbidden, NotFound
from chalicelib.platform.sorted_lists import READ_AT_ONCE, Range, fill
from chalicelib.tenancy import service as tenancy
from chalicelib.tenancy.models import Tenant

__all__ = [
    "PHONE",
    "BadFacts",
    "Customer",
    "Facts",
    "IdTaken",
    "Identity",
    "Lookup",
    "Merged",
    "Outdated",
    "Record",
    "Records",
    "Registry",
    "asked",
    "erasing",
    "fields",
    "outbox",
    "problem_of",
    "wired",
]  # fmt: skip

TRIES: Final = 8
"""Ids drawn for one customer. With a million customers one draw in a hundred is taken."""
DIGITS: Final = 8


class Kept(Protocol):
    """Port: the records that are kept; see `record_store.Records`."""

    def family(self, *ids: str) -> dict[str, Record]:
        """Return records with all those of the same customers."""

    def customers(self, ids: Sequence[str]) -> dict[str, Customer]:
        """Return customers as they are shown."""

    def claims(self, identities: Sequence[Identity]) -> dict[Identity, Claim]:
        """Return who has identities."""

    def write(self, before: Family, after: Family, by: Actor, act: Act) -> None:
        """Write what differs between two states."""

    def page(self, where: Range, *, after: str | None, limit: int) -> tuple[list[str], bool]:
        """Return places of a sorted list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """The customers of one tenant. `draw` gives a number from 0 to its argument, which is left out.

    `seen` is what the user sees of the organisation: a customer out of sight is as if it were not there.
    """

    tenant: Tenant
    kept: Kept
    now: Callable[[], datetime]
    draw: Callable[[int], int]

    def create(self, facts: Facts, by: Actor, *, id_: str | None = None, seen: Sight | None = None) -> Customer:
        """Keep a new customer and return it, under the tenant's own id or a drawn one.

        Raises:
            BadFacts: the contract does not allow the facts.
            IdTaken: the id is in use, or was; or every one that was drawn.
            CannotMerge: too many customers share an identity.
            Forbidden: the node is out of sight.
            StoreUnavailable, Throttled: nothing was written.

        """
        fields.checked(facts, self.tenant)
        _see_node(seen, facts.node)
        at = self._now()
        for attempt in range(TRIES):
            name = id_ or f"c-{self.draw(10**DIGITS):0{DIGITS}d}"
            record = Record(id=name, facts=facts, revision=1, created_at=at, created_by=by.user, changed_at=at)
            after = {name: record}
            try:
                self.kept.write({}, after, by, acts.act("customer.create", name, after={"fields": acts.named(facts)}))
            except IdTaken:
                if id_ or attempt == TRIES - 1:
                    raise
                continue
            return merging.customer(after, name)
        raise IdTaken("every id that was drawn is in use")

    def customer(self, id_: str, seen: Sight | None = None) -> Customer:
        """Return a customer with everything that is merged into it.

        Raises:
            NotFound: there is none of this id, or it is out of sight.
            Merged: the record is merged into another one.
            StoreUnavailable, Throttled: the store could not answer.

        """
        family = self._family(id_, seen)
        merging.check_root(family[id_])
        return merging.customer(family, id_)

    def edit(
        self,
        id_: str,
        facts: Facts,
        by: Actor,
        *,
        revision: int,
        sensitive: bool = True,
        seen: Sight | None = None,
    ) -> Customer:
        """Replace what was entered of a customer, seen at `revision`, and return it; the same again changes nothing.

        Who does not see `sensitive` fields leaves them as they are.

        Raises:
            NotFound, Merged: as `customer`. Outdated: it was changed since.
            BadFacts, CannotMerge, Forbidden, StoreUnavailable, Throttled: as `create`.

        """
        fields.checked(facts, self.tenant)
        _see_node(seen, facts.node)
        before = self._family(id_, seen)
        if not sensitive:
            facts = replace(facts, fields={**facts.fields, **fields.hidden(before[id_].facts.fields, self.tenant)})
        if before[id_].revision == revision + 1 and before[id_].facts == facts:
            return merging.customer(before, id_)
        _see_revision(before[id_], revision)
        after = merging.edit(before, id_, facts, self._now())
        changed = acts.changed(before[id_].facts, facts)
        self.kept.write(before, after, by, acts.act("customer.edit", id_, after={"fields": changed}))
        return merging.customer(after, id_)

    def delete(self, id_: str, by: Actor, *, revision: int, seen: Sight | None = None) -> None:
        """Forget a customer, seen at `revision`. Contacts and tickets stay; its numbers are nobody's then.

        Raises:
            NotFound, Merged, Outdated: as `edit`. HasMerged: other records are merged into it.
            StoreUnavailable, Throttled: nothing was written.

        """
        before = self._family(id_, seen)
        _see_revision(before[id_], revision)
        after = merging.delete(before, id_, self._now())
        self.kept.write(
            before, after, by, acts.act("customer.delete", id_, before={"fields": acts.named(before[id_].facts)})
        )

    def merge(self, into: str, absorbed: str, by: Actor, *, seen: Sight | None = None) -> Customer:
        """Make one customer of two, shown as `into`, and return it; what `into` does not know, the other fills in.

        Raises:
            NotFound, Merged: as `customer`, of either. CannotMerge: they cannot become one.
            Outdated: one of them was changed at this moment.
            StoreUnavailable, Throttled: nothing was written.

        """
        before = {**self._family(into, seen), **self._family(absorbed, seen)}
        after = merging.merge(before, into, absorbed, self._now())
        self.kept.write(before, after, by, acts.act("customer.merge", into, after={"absorbed": absorbed}))
        return merging.customer(after, into)

    def unmerge(self, into: str, absorbed: str, by: Actor, *, seen: Sight | None = None) -> Customer:
        """Take `absorbed` out of the record `into` again, exactly as it was, and return it as a customer of its own.

        Raises:
            NotFound: as `customer`. CannotMerge: it is not merged into that record.
            Outdated: one of them was changed at this moment.
            StoreUnavailable, Throttled: nothing was written.

        """
        before = self._family(absorbed, seen)
        if before[absorbed].merged_into != into:
            raise CannotMerge("the record is not merged into that one")
        after = merging.unmerge(before, absorbed, self._now())
        self.kept.write(before, after, by, acts.act("customer.unmerge", into, before={"absorbed": absorbed}))
        return merging.customer(after, absorbed)

    def places(self, id_: str, seen: Sight | None = None) -> Whose:
        """Return where the contacts of a customer lie.

        Raises:
            NotFound, Merged: as `customer`.
            StoreUnavailable, Throttled: the store could not answer.

        """
        found = self.customer(id_, seen)
        identities = tuple((one.kind, one.value) for one in found.shown.identities)
        return Whose(ids=(found.record.id, *found.members), identities=identities)

    def search(self, search: Search, *, after: str | None, limit: int, seen: Sight | None = None) -> Page:
        """Return customers in order. A bounded part of a list is read: an answer may be short and go on.

        Raises:
            InvalidInput: `after` is no place of this list.
            StoreUnavailable, Throttled: the store could not answer.

        """
        if search.number is not None:
            found = [one for one in self.of_number(search.number, seen) if record_items.fits(one, search)]
            return Page(customers=tuple(found), after=None)
        where = record_items.range_of(search)
        page, last = fill(
            lambda place: self.kept.page(where, after=place, limit=READ_AT_ONCE),
            self.kept.customers,
            lambda one: record_items.fits(one, search) and _sees(seen, one),
            after=after,
            limit=limit,
        )
        return Page(customers=page, after=last)

    def of_number(self, number: str, seen: Sight | None = None) -> list[Customer]:
        """Return the customers within sight who have a telephone number; at most MOST_HOLDERS.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        identity = Identity(PHONE, number)
        holders = self.kept.claims([identity])[identity].holders
        known = self.kept.customers([one.customer_id for one in holders])
        return [one for one in known.values() if _sees(seen, one)]

    def _family(self, id_: str, seen: Sight | None) -> dict[str, Record]:
        family = self.kept.family(id_)
        record = family.get(id_)
        if record is None or record.deleted:
            raise NotFound("no such customer", customer_id=id_)
        root = merging.roots(family)[id_]
        if not _sees(seen, merging.customer(family, root)):
            raise NotFound("no such customer", customer_id=id_)
        return family

    def _now(self) -> datetime:
        return self.now().replace(microsecond=0)


def _sees(seen: Sight | None, customer: Customer) -> bool:
    return sees_node(seen, customer.shown.node)


def _see_node(seen: Sight | None, node: str | None) -> None:
    if not sees_node(seen, node):
        raise Forbidden("that part of the organisation is not yours to see", node=node)


def _see_revision(record: Record, revision: int) -> None:
    if record.merged_into is None and record.revision != revision:
        raise Outdated("the customer was changed since it was read", revision=record.revision)


@functools.cache
def wired() -> Registry:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    configured = settings.StoreSettings.load(os.environ)
    tenant = tenancy.current()
    kept = Records(
        client=aws.client("dynamodb", aws.A_PERSON_WAITS),
        table=configured.table,
        tenant=tenant.id,
        trail=audit.trail(),
        listed=record_items.sorts(tenant.customer_fields),
        adapters=tuple(one["id"] for one in tenant.adapters),
    )
    return Registry(tenant=tenant, kept=kept, now=clock.from_environment(), draw=secrets.randbelow)
