"""Customers: merging and un-merging. Pure. A record keeps its own facts, so that taking apart restores them exactly.

A family is every record of one customer: a tree whose root is the one that is shown. What the root does not know is
filled in by the first merged record that does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.customers.models import Profile
from chalicelib.customers.record import (
    MOST_MERGED,
    MOST_TOGETHER,
    CannotMerge,
    Customer,
    Facts,
    HasMerged,
    Identity,
    Merged,
    Record,
)

type Family = Mapping[str, Record]
"""All records of one customer, or of several, by id."""


def members(family: Family, root: str) -> Iterator[str]:
    """Yield the ids of all records merged into `root`, directly or not, in the order in which they fill in."""
    for each in family[root].absorbed:
        yield each
        yield from members(family, each)


def customer(family: Family, root: str) -> Customer:
    """Return the customer whose root is `root`, with the facts of all its records together."""
    own, others = family[root], tuple(members(family, root))
    facts = [own.facts, *(family[each].facts for each in others)]
    return Customer(record=own, shown=_together(facts), members=others)


def _together(facts: list[Facts]) -> Facts:
    """Return the first one, and what it does not know from the first that does; identities of all, each once."""
    identities: dict[Identity, None] = {identity: None for one in facts for identity in one.identities}
    fields = {name: value for one in reversed(facts) for name, value in one.fields.items()}
    return replace(
        facts[0],
        grade=_known(facts, "grade"),
        language=_known(facts, "language"),
        region=_known(facts, "region"),
        manager=_known(facts, "manager"),
        fields=fields,
        identities=tuple(identities),
    )


def _known(facts: list[Facts], name: str) -> str | None:
    return next((value for one in facts if (value := getattr(one, name)) is not None), None)


def roots(family: Family) -> dict[str, str]:
    """Return the root of every record that is not deleted."""
    return {id_: _root(family, id_) for id_, record in family.items() if not record.deleted}


def _root(family: Family, id_: str) -> str:
    parent = family[id_].merged_into
    return id_ if parent is None else _root(family, parent)


def holders(family: Family) -> dict[Identity, list[Profile]]:
    """Return who of the family has which identity."""
    held: dict[Identity, list[Profile]] = {}
    shown = {root: customer(family, root).shown for root in set(roots(family).values())}
    for id_, root in sorted(roots(family).items()):
        facts = shown[root]
        holder = Profile(
            customer_id=root,
            name=facts.name,
            grade=facts.grade,
            language=facts.language,
            manager=facts.manager,
            of=None if id_ == root else id_,
        )
        for identity in family[id_].facts.identities:
            held.setdefault(identity, []).append(holder)
    return held


def merge(family: Family, into: str, absorbed: str, at: datetime) -> dict[str, Record]:
    """Return the family after the customer `absorbed` was merged into the customer `into`.

    Raises:
        Merged: one of them is merged into another record itself.
        CannotMerge: they are the same, or together too large for one transaction.

    """
    keeper, other = _root_only(family, into), _root_only(family, absorbed)
    if into == absorbed:
        raise CannotMerge("a customer cannot be merged into itself")
    together = {
        **family,
        into: _next(keeper, at, absorbed=(*keeper.absorbed, absorbed)),
        absorbed: _next(other, at, merged_into=into),
    }
    merged = customer(together, into)
    if len(merged.members) > MOST_MERGED or len(merged.shown.identities) > MOST_TOGETHER:
        raise CannotMerge(f"one customer is at most {MOST_MERGED} merged records with {MOST_TOGETHER} identities")
    return together


def unmerge(family: Family, absorbed: str, at: datetime) -> dict[str, Record]:
    """Return the family after `absorbed` was taken out of the record that it was merged into.

    Raises:
        CannotMerge: it is merged into none.

    """
    other = family[absorbed]
    parent = other.merged_into
    if parent is None:
        raise CannotMerge("the record is not merged into another one")
    root = _root(family, absorbed)
    left = tuple(each for each in family[parent].absorbed if each != absorbed)
    apart = {**family, absorbed: _next(other, at, merged_into=None)}
    apart[parent] = _next(family[parent], at, absorbed=left)
    if root != parent:
        apart[root] = _next(family[root], at)
    return apart


def edit(family: Family, id_: str, facts: Facts, at: datetime) -> dict[str, Record]:
    """Return the family with other facts of the record `id_`.

    Raises:
        Merged: it is merged into another record.
        CannotMerge: with the records merged into it, it has too many identities.

    """
    edited = {**family, id_: _next(_root_only(family, id_), at, facts=facts)}
    if len(customer(edited, id_).shown.identities) > MOST_TOGETHER:
        raise CannotMerge(f"one customer has at most {MOST_TOGETHER} identities with all that is merged into it")
    return edited


def delete(family: Family, id_: str, at: datetime) -> dict[str, Record]:
    """Return the family without the record `id_`: what stays of it is that there was one.

    Raises:
        Merged, HasMerged: it is merged into another one, or others into it.

    """
    record = _root_only(family, id_)
    if record.absorbed:
        raise HasMerged("other records are merged into it", absorbed=list(record.absorbed))
    return {**family, id_: _next(record, at, facts=Facts(name="-"), deleted=True)}


def check_root(record: Record) -> None:
    """Accept a record that is a customer of its own.

    Raises:
        Merged: it is merged into another one, which the fact `merged_into` names.

    """
    if record.merged_into is not None:
        raise Merged("the record is merged into another one", merged_into=record.merged_into)


def _root_only(family: Family, id_: str) -> Record:
    check_root(family[id_])
    return family[id_]


def _next(record: Record, at: datetime, **changes: object) -> Record:
    return replace(record, revision=record.revision + 1, changed_at=at, **changes)  # type: ignore[arg-type]
