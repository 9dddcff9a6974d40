"""Who is served first in a queue (ACD-08, ACD-13): a rank of 1 to 9, and what Amazon Connect is told of it. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.routing.models import CallerFacts
from chalicelib.tenancy.models import History, Queue, Rule, Tenant

FIRST = 1
LAST = 9
NEUTRAL = 5
"""Amazon Connect's priority of a contact that nobody gave one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """A contact's rank, and which interactions raised it."""

    value: int
    raised_by: tuple[str, ...] = ()


def rank_of(tenant: Tenant, queue: Queue, caller: CallerFacts, rule: Rule | None, now: datetime) -> Rank:
    """Return the rule's rank, else the grade's, else the queue's, raised by what the caller went through (ACD-13).

    A contact of a key account has the first rank (ACD-09).
    """
    accounts = tenant.plan.key_accounts
    if accounts is not None and caller.grade in accounts.grades:
        return Rank(value=FIRST)
    value = tenant.grade_priority.get(caller.grade or "", queue.priority)
    if rule is not None and rule.priority is not None:
        value = rule.priority
    raising = [one for one in tenant.plan.history if _holds(one, caller, now)]
    raised = max(FIRST, value - sum(one.by for one in raising))
    return Rank(value=raised, raised_by=tuple(one.kind for one in raising))


def _holds(history: History, caller: CallerFacts, now: datetime) -> bool:
    if history.kind == "open-ticket":
        return caller.open_tickets > 0
    recent = [past for past in caller.recent if now - past.at <= timedelta(hours=history.within_h)]
    if history.kind == "recent-contact":
        return any(past.queue in history.queues for past in recent)
    return len(recent) >= history.count


def in_connect(rank: int, ageing_bound_s: int | None) -> tuple[int, int]:
    """Return (QueuePriority, QueueTimeAdjustmentSeconds) of a rank.

    Strict classes without a bound: Amazon Connect puts priority before age always, and a low rank can starve (11.3).
    With a bound every contact keeps the neutral priority and a better rank is a head start of at most the bound, so
    that nobody is overtaken by a contact that came later than the bound (domain 2.2).
    """
    if ageing_bound_s is None:
        return rank, 0
    return NEUTRAL, head_start_s(LAST - rank, ageing_bound_s)


def head_start_class(rank: int, head_start_s: int) -> int:
    """Return which of the flow's head starts a rank has: 8 is the longest, 0 none, as always without a bound."""
    return LAST - rank if head_start_s else 0


def head_start_s(head_start: int, ageing_bound_s: int) -> int:
    """Return the seconds of a head start of class 0 to 8."""
    return ageing_bound_s * head_start // (LAST - FIRST)
