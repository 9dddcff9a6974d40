"""Privacy: what is decided. What a request is after a step, what stops it, and what its certificate says. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.privacy.models import Hold, Person, Request, Retention, State
from chalicelib.privacy.retention import KEPT


def counted(request: Request, counts: Mapping[str, int], told: Any, at: datetime) -> Request:
    """Return the request after a step that did what `told` says."""
    added = {name: request.counts.get(name, 0) + number for name, number in counts.items()}
    return replace(
        request,
        state=State.OPEN,
        held_by=None,
        revision=request.revision + 1,
        began_at=request.began_at or at,
        counts={**request.counts, **added},
        proof=digest(request.proof, told),
    )


def digest(before: str, told: Any) -> str:
    """Return the SHA-256, in hexadecimal, of what was done and of the digest before it."""
    return hashlib.sha256(json.dumps([before, told], sort_keys=True, default=str).encode()).hexdigest()


def stopped(request: Request, hold: Hold) -> Request:
    """Return the request that `hold` stops."""
    return replace(request, state=State.HELD, held_by=hold.id, revision=request.revision + 1)


def ended(request: Request, at: datetime, **more: Any) -> Request:
    """Return the request when it is over; it no longer says of whom it was."""
    shared = (
        {"identities_of_others_too": len(request.person.shared)} if request.person and request.person.shared else {}
    )
    return replace(
        request, state=State.DONE, held_by=None, person=None, ended_at=at, kept=shared, revision=request.revision + 1,
        **more,
    )  # fmt: skip


def hold_on(person: Person, holds: Iterable[Hold]) -> Hold | None:
    """Return a hold that stops what is to be done with the person: one in force, or one that is not released yet."""
    return next((hold for hold in holds if hold.released_at is None and hold.person.meets(person)), None)


def left_behind(terms: Retention) -> tuple[tuple[str, int | None, str], ...]:
    """Return what an erasure cannot reach: what it is, the days after which it ends by itself, or why it stays."""
    return tuple((one.what, one.period_days(terms), one.why) for one in KEPT if one.beyond_erasure)
