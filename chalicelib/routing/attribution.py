"""Whose contact it is: the caller's region, the branch, the agent or queue that the caller had before. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.routing.models import CallerFacts, ContactFacts, Passed, Past, Why
from chalicelib.tenancy.models import Attribution, Branch, Memory, Plan

ELSEWHERE = "elsewhere"
"""The region of unknown, foreign and withheld numbers (ACD-10)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The region of a caller: its id, and where its agents are."""

    id: str
    queue: str | None = None
    site: str | None = None


def region_of(attribution: Attribution | None, number: str | None, line: str) -> Found | None:
    """Return the region of `number` on the line; None: not asked.

    A number of no region is ELSEWHERE.
    """
    if attribution is None or (attribution.lines and line not in attribution.lines):
        return None
    region = attribution.region_of(number)
    if region is None:
        return Found(id=ELSEWHERE, queue=attribution.elsewhere)
    return Found(id=region.id, queue=region.queue, site=region.site)


def branch_of(plan: Plan, contact: ContactFacts) -> Branch | None:
    """Return the branch that the caller chose, else the one whose number was dialled (ACD-11)."""
    chosen = (one for one in plan.branches if one.id == contact.branch)
    dialled = (one for one in plan.branches if contact.dialled in one.numbers)
    return next(chosen, None) or next(dialled, None)


def remembered(
    memory: Memory, caller: CallerFacts, line: str, now: datetime
) -> tuple[Past, None] | tuple[None, Passed | None]:
    """Return the caller's last answered contact on the line within the look-back, or why there is none (ACD-12)."""
    if memory.lines and line not in memory.lines:
        return None, None
    answered = (past for past in caller.recent if past.answered and past.line in {line, None})
    last = max(answered, key=lambda past: past.at, default=None)
    if last is None:
        return None, Passed(what="memory", why=Why.NOBODY_REMEMBERED)
    if now - last.at > timedelta(days=memory.lookback_days):
        return None, Passed(what=f"memory of {last.agent or last.queue}", why=Why.TOO_LONG_AGO)
    return last, None
