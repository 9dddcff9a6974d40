"""Routing: what it decides. No I/O, no clock, no environment; total: every input has a decision."""

from datetime import datetime

from chalicelib.routing.models import CallerFacts, ContactFacts, Decision, Reason, Target, TargetKind
from chalicelib.tenancy.models import MenuOption, Queue, Tenant

WAIT_THRESHOLDS = 15
"""A queue is tried for fifteen times the wait its service level allows (20 s: 300 s), then the next target."""
WAIT_MIN_S = 60
WAIT_MAX_S = 1_800
VOICEMAIL_S = 120
"""The longest message."""


def decide(contact: ContactFacts, tenant: Tenant, caller: CallerFacts, now: datetime) -> Decision:
    """Return the ordered targets of one contact, each with its timeout and reason (ACD-01).

    The first queue, first row that applies:

    | # | dialled or named line | menu choice  | in the caller's language | queue              | reason            |
    |---|-----------------------|--------------|--------------------------|--------------------|-------------------|
    | 1 | none of the tenant's  | any          | any                      | the line's default | unknown-number    |
    | 2 | yes                   | no menu key  | any                      | the line's default | menu-unknown      |
    | 3 | yes                   | skipped      | yes                      | the line's default | default-line      |
    | 4 | yes                   | skipped      | no                       | the line's default | language-fallback |
    | 5 | yes                   | a menu key   | yes                      | the key's          | menu-choice       |
    | 6 | yes                   | a menu key   | no                       | the key's, in the  | language-fallback |
    |   |                       |              |                          | default language   |                   |

    The caller's language is the stated one; unstated, the tenant's default; a language that the tenant does not offer
    counts as stated and is in no queue (TEN-05).

    After it: the line's default queue (`overflow`) unless it is the first, then the line's voicemail
    (`nobody-answered`) unless the line has none. No target stands twice.

    Priority: the grade's if the contract ranks the grade, else the queue's (ACD-08). When that moves the caller ahead
    in rows 3 and 5 the headline reason is `vip-grade`; the first target keeps the reason of its row.
    """
    option = contact.line.menu.get(contact.menu_choice or "")
    queue, reason = _first_queue(contact, option, tenant)
    priority = tenant.grade_priority.get(caller.grade or "", queue.priority)
    ahead = priority < queue.priority and reason in {Reason.MENU_CHOICE, Reason.DEFAULT_LINE}
    return _decision(contact, tenant, now, queue, reason, Reason.VIP_GRADE if ahead else reason, priority)


def degraded(contact: ContactFacts, tenant: Tenant, now: datetime) -> Decision:
    """Return the decision without any knowledge of the caller: the line's default queue, flagged (ACD-21)."""
    queue = _default_queue(contact, tenant)
    return _decision(contact, tenant, now, queue, Reason.DEGRADED, Reason.DEGRADED, queue.priority)


def language_of(contact: ContactFacts, tenant: Tenant) -> str:
    """Return the caller's language: the stated one, even if not offered, else the tenant's default."""
    return contact.language or tenant.default_language


def _first_queue(contact: ContactFacts, option: MenuOption | None, tenant: Tenant) -> tuple[Queue, Reason]:
    default = _default_queue(contact, tenant)
    if contact.is_stray:
        return default, Reason.UNKNOWN_NUMBER
    language = language_of(contact, tenant)
    if option is None:
        if contact.menu_choice is not None:
            return default, Reason.MENU_UNKNOWN
        return default, Reason.DEFAULT_LINE if default.language == language else Reason.LANGUAGE_FALLBACK
    if language in option.queues:
        return tenant.queues[option.queues[language]], Reason.MENU_CHOICE
    return tenant.queues[option.queues[tenant.default_language]], Reason.LANGUAGE_FALLBACK


def _default_queue(contact: ContactFacts, tenant: Tenant) -> Queue:
    return tenant.queues[contact.line.default_queue]


def _decision(
    contact: ContactFacts,
    tenant: Tenant,
    now: datetime,
    first: Queue,
    first_reason: Reason,
    reason: Reason,
    priority: int,
) -> Decision:
    option = contact.line.menu.get(contact.menu_choice or "")
    return Decision(
        at=now,
        line=contact.line.id,
        targets=_targets(contact, tenant, first, first_reason),
        reason=reason,
        category=option.category if option else None,
        language=language_of(contact, tenant),
        priority=priority,
        strategy=first.strategy,
        version=tenant.version,
    )


def _targets(contact: ContactFacts, tenant: Tenant, first: Queue, reason: Reason) -> tuple[Target, ...]:
    targets = [_wait(first, reason)]
    default = _default_queue(contact, tenant)
    if default.id != first.id:
        targets.append(_wait(default, Reason.OVERFLOW))
    if contact.line.off_hours == "voicemail":
        voicemail = Target(
            kind=TargetKind.VOICEMAIL, id=contact.line.id, timeout_s=VOICEMAIL_S, reason=Reason.NOBODY_ANSWERED
        )
        targets.append(voicemail)
    return tuple(targets)


def _wait(queue: Queue, reason: Reason) -> Target:
    timeout_s = min(max(WAIT_THRESHOLDS * queue.threshold_s, WAIT_MIN_S), WAIT_MAX_S)
    return Target(kind=TargetKind.QUEUE, id=queue.id, timeout_s=timeout_s, reason=reason)
