"""Adapters: what is decided. What two systems agree on, when one is left alone, when a failure is given up. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from chalicelib.adapters.models import AdapterTerms, Mark, SharedField, State, Told, Value
from chalicelib.customers.registry import PHONE, Facts, Identity
from chalicelib.tenancy.models import Tenant, read

FAILURES: Final = 5
"""Calls in a row that fail before an adapter is left alone."""
PAUSE: Final = timedelta(seconds=60)
TOLD_EVERY: Final = timedelta(minutes=1)
"""An answer is noted when the last one that was noted is older: not every look-up is a write."""
SILENCE: Final = timedelta(minutes=15)
"""Three rounds of the clock."""
TRIES: Final = 6
"""Failures after which a customer is on the error list: half an hour of them."""
FIRST_PAUSE_S: Final = 60
LONGEST_PAUSE_S: Final = 960
_PLAIN: Final = ("name", "region", "grade", "language")


def terms(tenant: Tenant) -> tuple[AdapterTerms, ...]:
    """Return the other systems of the tenant's contract."""
    return tuple(read(AdapterTerms, one) for one in tenant.adapters)


def merged(
    base: Told, ours: Told, theirs: Told, fields: Sequence[SharedField], *, ours_newer: bool
) -> dict[str, Value]:
    """Return the facts that both systems are to have, by our names.

    `base` is what they last agreed on. A fact that one of them changed since is as that one has it; one that both
    changed is by the contract's rule (`newest`: of the system whose customer was changed last). Absence is a value too.
    """
    found: dict[str, Value] = {}
    for shared in fields:
        name = shared.field
        old, mine, other = base.get(name), ours.get(name), theirs.get(name)
        if other in (mine, old):
            value = mine
        elif mine == old or shared.rule == "theirs" or (shared.rule == "newest" and not ours_newer):
            value = other
        else:
            value = mine
        if value is not None:
            found[name] = value
    return found


def is_carried(terms: AdapterTerms, base: Told | None, left: Told) -> bool:
    """Return whether a customer whom one system forgot goes from the other one too, which has `left` of him.

    Only where the contract carries deletions, and never over a change: `left` is what both last agreed on.
    """
    return terms.deletions == "carry" and base is not None and left == base


def shared(facts: Facts, fields: Sequence[SharedField]) -> dict[str, Value]:
    """Return what another system keeps of our facts, by our names."""
    known: dict[str, Value | None] = {name: getattr(facts, name) for name in _PLAIN}
    known |= {"phone": facts.phone}
    values = {one.field: known.get(one.field, facts.fields.get(one.field)) for one in fields}
    return {name: value for name, value in values.items() if value is not None}


def with_shared(facts: Facts, told: Told, fields: Sequence[SharedField]) -> Facts:
    """Return our facts with those that are shared as `told`; a name that is not told stays."""
    names = {one.field for one in fields}
    plain = {name: told.get(name) for name in _PLAIN if name in names}
    if plain.get("name") is None:
        plain.pop("name", None)
    own = {name: value for name, value in facts.fields.items() if name not in names}
    own |= {name: told[name] for name in told if name in names and name not in {*_PLAIN, "phone"}}
    identities = facts.identities
    if "phone" in names and told.get("phone") != facts.phone:
        rest = [one for one in identities if one != Identity(PHONE, facts.phone or "")]
        first = [Identity(PHONE, str(told["phone"]))] if "phone" in told else []
        identities = tuple(dict.fromkeys([*first, *rest]))
    return replace(facts, **plain, fields=own, identities=identities)  # type: ignore[arg-type]


def is_open(state: State, now: datetime) -> bool:
    """Return whether the adapter is left alone: it failed often, and the pause is not over."""
    return state.paused_until is not None and now < state.paused_until


def after_call(state: State, now: datetime, *, answered: bool) -> State:
    """Return where an adapter stands after a call. After a pause one failure is enough for the next pause."""
    if answered:
        known = state.answered_at
        is_told = known is not None and timedelta(0) <= now - known < TOLD_EVERY
        return replace(state, failures=0, paused_until=None, answered_at=known if is_told else now)
    failures = state.failures + 1
    return replace(state, failures=failures, paused_until=now + PAUSE if failures >= FAILURES else state.paused_until)


def next_try(mark: Mark, now: datetime) -> datetime | None:
    """Return when a customer is tried again who failed now; None: no more, he is on the error list."""
    if mark.tries + 1 >= TRIES:
        return None
    return now + timedelta(seconds=min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2**mark.tries))


def problem(state: State, now: datetime) -> str:
    """Return what is wrong with a system as the rounds left it; empty: nothing (REL-09)."""
    if is_open(state, now):
        return f"it is left alone after {state.failures} calls without an answer"
    if state.failures:
        return f"{state.failures} calls in a row without an answer"
    if state.answered_at is None:
        return "no round has had an answer yet"
    if now - state.answered_at > SILENCE:
        return f"no round since {state.answered_at:%Y-%m-%d %H:%M:%S}"
    return ""
