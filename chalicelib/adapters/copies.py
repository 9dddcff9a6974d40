"""Adapters: what a system that delivers files has of our customers, as far as its files and ours tell. Pure.

Such a system cannot be asked. So a copy of each of its customers is kept: what it was last told by a file of theirs
(`delivered`), and what it has once it has taken in ours (`facts`). A change of theirs is what differs from the last
delivery: a file that was made before they took in ours takes nothing of ours back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from chalicelib.adapters.csv_lines import Row
from chalicelib.adapters.models import Document, Told
from chalicelib.customers.registry import outbox
from chalicelib.platform.tenancy import TenantId, partition

COPY_PREFIX: Final = "THERE#"
SEND_PREFIX: Final = "SEND#"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A customer of theirs. `place` is the line that was taken last; places sort by the age of their files, then line.

    `delivered` None: no file of theirs has named the customer yet, or the last one said that it is gone. One who is
    `deleted` and was delivered is on the way out: we asked for it, and no file of theirs has said so yet.
    """

    id: str
    revision: int
    changed_at: datetime
    facts: Told
    delivered: Told | None = None
    place: str = ""
    deleted: bool = False

    @property
    def is_gone(self) -> bool:
        """Whether the customer is deleted, and they have said so."""
        return self.deleted and self.delivered is None

    @property
    def document(self) -> Document | None:
        """The customer as the other system has it; None: it has none."""
        if self.deleted:
            return None
        return Document(id=self.id, version=str(self.revision), changed_at=self.changed_at, facts=self.facts)


def taken(known: Copy | None, row: Row, place: str) -> Copy | None:
    """Return the copy after a line of theirs at `place`; None when that is no change, or an older one than is known."""
    if known is None:
        fresh = Copy(id=row.customer_id, revision=1, changed_at=row.changed_at, facts=row.facts, place=place)
        return replace(fresh, delivered=None if row.deleted else row.facts, deleted=row.deleted)
    if place <= known.place:
        return None
    after = replace(known, revision=known.revision + 1, changed_at=row.changed_at, place=place)
    if row.deleted:
        return None if known.is_gone else replace(after, facts={}, delivered=None, deleted=True)
    before: Told = {} if known.delivered is None else known.delivered
    if known.delivered is not None and row.facts == before:
        return None
    changed = {name for name in {*before, *row.facts} if before.get(name) != row.facts.get(name)}
    kept = {} if known.deleted else {name: value for name, value in known.facts.items() if name not in changed}
    told = row.facts if known.deleted else {name: value for name, value in row.facts.items() if name in changed}
    return replace(after, facts={**kept, **told}, delivered=row.facts, deleted=False)


def missing(known: Copy, place: str, at: datetime) -> Copy | None:
    """Return the copy of a customer who is not in a full file, whose end is `place`; None when that says nothing new.

    Whom no file of theirs ever named is on the way to them.
    """
    if known.delivered is None or place <= known.place:
        return None
    after = replace(known, revision=known.revision + 1, changed_at=at, place=place)
    return replace(after, facts={}, delivered=None, deleted=True)


def copy_key(tenant: TenantId, adapter: str, customer_id: str) -> dict[str, str]:
    """Return the key of a copy, beside the record."""
    return {"pk": outbox.mark_key(tenant, adapter, customer_id)["pk"], "sk": COPY_PREFIX + adapter}


def send_key(tenant: TenantId, adapter: str, customer_id: str) -> dict[str, str]:
    """Return the key of what is on its way to the other system, beside the record."""
    return {"pk": outbox.mark_key(tenant, adapter, customer_id)["pk"], "sk": SEND_PREFIX + adapter}


def copies_partition(tenant: TenantId, adapter: str) -> str:
    """Return where the copies of an adapter are listed (gsi1)."""
    return partition(tenant, "COPIES", adapter)


def sends_partition(tenant: TenantId, adapter: str) -> str:
    """Return where those are listed who go into the next file of ours (gsi1)."""
    return partition(tenant, "SENDS", adapter)


def copy_item(tenant: TenantId, adapter: str, copy: Copy) -> dict[str, Any]:
    """Return the item of a copy."""
    item: dict[str, Any] = {
        **copy_key(tenant, adapter, copy.id),
        "gsi1pk": copies_partition(tenant, adapter),
        "gsi1sk": copy.id,
        "customer_id": copy.id,
        "revision": copy.revision,
        "changed_at": copy.changed_at.isoformat(),
        "facts": dict(copy.facts),
        "place": copy.place,
    }
    item |= {} if copy.delivered is None else {"delivered": dict(copy.delivered)}
    return item | ({"deleted": True} if copy.deleted else {})


def copy_of(item: Mapping[str, Any]) -> Copy:
    """Return the copy that `copy_item` wrote."""
    return Copy(
        id=item["customer_id"],
        revision=item["revision"],
        changed_at=datetime.fromisoformat(item["changed_at"]),
        facts=dict(item["facts"]),
        delivered=dict(item["delivered"]) if "delivered" in item else None,
        place=item["place"],
        deleted=bool(item.get("deleted")),
    )
