"""Whose contact it is: the caller's region, the branch, the agent or queue that the caller had before. Pure."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.routing.models import CallerFacts, ContactFacts, Passed, Past, Why
from chalicelib.tenancy.models import (
    AREA_COUNTRY,
    AREA_DIGITS,
    NO_REGION,
    REGION_DIGITS,
    Attribution,
    Branch,
    Memory,
    Plan,
    Region,
)

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

    The longest prefix of a region that fits counts, then the place that the number belongs to. Without either it is
    ELSEWHERE.
    """
    if attribution is None or (attribution.lines and line not in attribution.lines):
        return None
    region = max(attribution.regions, key=lambda one: (_fit(one, number), one.id))
    if _fit(region, number) == 0:
        position = _position(attribution.table, number or "")
        if position is None:
            return Found(id=ELSEWHERE, queue=attribution.elsewhere)
        region = attribution.regions[position]
    return Found(id=region.id, queue=region.queue, site=region.site)


def _fit(region: Region, number: str | None) -> int:
    """Return how many characters of the number the region's best prefix covers."""
    return max((len(prefix) for prefix in region.prefixes if (number or "").startswith(prefix)), default=0)


def _position(table: str, number: str) -> int | None:
    """Return the position of the region that `number` belongs to by its first digits (`Attribution.table`)."""
    digits = number.removeprefix(AREA_COUNTRY)[:AREA_DIGITS]
    if not number.startswith(AREA_COUNTRY) or len(digits) < AREA_DIGITS:
        return None
    width = AREA_DIGITS + REGION_DIGITS
    after = bisect_right(range(len(table) // width), digits, key=lambda n: table[n * width : n * width + AREA_DIGITS])
    if after == 0:
        return None
    region = table[after * width - REGION_DIGITS : after * width]
    return None if region == NO_REGION else int(region)


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
