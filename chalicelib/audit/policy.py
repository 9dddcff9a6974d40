"""Audit: what it decides. The next entry of a chain, its digest, and whether a chain is whole. Pure."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any, Final

from chalicelib.audit.models import ADDED, FIRST, Act, Actor, Entry, Outcome, Search, Verdict, family, stamp
from chalicelib.platform.tenancy import TenantId

HIDDEN: Final = "***"
_PLAIN_FACTS: Final = frozenset({"claimed_tenant", "event", "how", "reason"})
"""Facts whose values are words of ours or names of AWS."""
LARGEST_BYTES: Final = 2_000
"""Of `before` and of `after`. What is larger is kept by its size and digest, so that it can still be recognised."""


def entry(tenant: TenantId, by: Actor, act: Act, at: datetime, last: Entry | None) -> Entry:
    """Return the entry of `act` that follows `last`, the newest entry of this actor (None: there is none yet).

    An act that would show more than its `most` in the hour is refused, and shows nothing.
    """
    before = shown(last, at)
    too_much = act.most is not None and before + act.records > act.most
    if too_much:
        facts = {**act.facts, "reason": f"more than {act.most} records in an hour"}
        act = replace(act, outcome=Outcome.REFUSED, records=0, facts=facts)
    draft = Entry(
        tenant=tenant,
        actor=by.user,
        number=last.number + 1 if last else 1,
        at=at.astimezone(UTC).replace(microsecond=at.microsecond // 1000 * 1000),
        action=act.action,
        resource=act.resource,
        outcome=act.outcome,
        roles=by.roles,
        request_id=by.request_id,
        source=by.source,
        before=small(act.before),
        after=small(act.after),
        facts=act.facts,
        previous=last.digest if last else FIRST,
        digest="",
        shown=before + act.records,
        node=by.node,
    )
    return replace(draft, digest=digest(draft))


def matches(kept: Entry, search: Search) -> bool:
    """Return whether an entry, of whatever time, is one of those that are looked for."""
    return (
        search.actor in {None, kept.actor}
        and search.resource in {None, kept.resource}
        and (search.action is None or f"{kept.action}.".startswith(f"{search.action}."))
    )


def one_partition(search: Search) -> bool:
    """Return whether everything in the partition that is read for the search is looked for."""
    asked = [one for one in (search.actor, search.resource, search.action) if one is not None]
    return not asked or (len(asked) == 1 and search.action in {None, family(search.action or "")})


def without_content(kept: Entry) -> Entry:
    """Return the entry for a reader who answers for the system and may not see what was entered or looked for.

    Who did what to what, when, from where and why it was refused stays. The digest is that of the whole entry.
    """
    facts = {name: value if name in _PLAIN_FACTS else HIDDEN for name, value in kept.facts.items()}
    return replace(kept, before="", after="", facts=facts)


def shown(last: Entry | None, at: datetime) -> int:
    """Return how many records the actor whose newest entry is `last` has been shown in the UTC hour of `at`."""
    if last is None or _hour(last.at) != _hour(at):
        return 0
    return last.shown


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def digest(kept: Entry) -> str:
    """Return SHA-256, in hex, of everything that `kept` says but its own digest, the one before it included.

    What came later and says nothing is left out (`models.ADDED`).
    """
    content = {name: value for name, value in asdict(kept).items() if name != "digest" and (name, value) not in ADDED}
    return hashlib.sha256(_text({**content, "at": stamp(kept.at)}).encode()).hexdigest()


def small(value: Any) -> str:
    """Return `value` as JSON text with sorted names, '' for None; above LARGEST_BYTES its size and digest instead."""
    if value is None:
        return ""
    text = _text(value)
    size_bytes = len(text.encode())
    if size_bytes <= LARGEST_BYTES:
        return text
    return _text({"sha256": hashlib.sha256(text.encode()).hexdigest(), "size_bytes": size_bytes})


def verdict(entries: Iterable[Entry]) -> Verdict:
    """Return whether the entries of one actor, oldest first, are the whole chain: every number, link and digest.

    A chain that lost its newest entries is whole: only a copy outside of the table could tell.
    """
    held, previous = 0, FIRST
    for kept in entries:
        if kept.number != held + 1 or kept.previous != previous or kept.digest != digest(kept):
            return Verdict(entries=held, broken_at=held + 1)
        held, previous = kept.number, kept.digest
    return Verdict(entries=held, broken_at=None)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
