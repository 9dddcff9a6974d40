"""Tickets: what is decided. Which step may follow which, what a ticket is after a step, and its number. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from chalicelib.organisation.service import Sight, sees_agent, sees_node
from chalicelib.tickets.models import BadStep, Change, Opening, Outdated, Passed, Step, StepNotAllowed, Ticket

ORDER: Final = tuple(Step)
"""Every ticket passes these in this order (TKT-01), but for those that the tenant's contract leaves out."""

BACK: Final[Mapping[Step, tuple[Step, ...]]] = {
    Step.ASSIGN: (Step.ASSIGN,),
    Step.SUPERVISE: (Step.ASSIGN, Step.SUPERVISE),
    Step.FOLLOW_UP: (Step.ASSIGN, Step.SUPERVISE, Step.FOLLOW_UP),
    Step.REVISIT: (Step.ASSIGN, Step.FOLLOW_UP),
}
"""What else may come after a step: another assignee, a reminder again, and back to work when a revisit shows a need."""

DIGITS: Final = 7
"""Of a ticket's number, without the check digit: ten million tickets a tenant before numbers are drawn twice often."""

_LUHN_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def allowed(step: Step, left_out: Collection[Step] = ()) -> tuple[Step, ...]:
    """Return the steps that may follow `step`, the next one of the order first; none follows closing."""
    onward = [each for each in ORDER[ORDER.index(step) + 1 :] if each not in left_out]
    back = [each for each in BACK.get(step, ()) if each not in left_out]
    return (*onward[:1], *back)


def sees(seen: Sight | None, ticket: Ticket, user: str) -> bool:
    """Return whether the ticket is the user's to see: opened in their part, or for one of it to act on.

    Headquarters may so hand a ticket to a part that did not open it.
    """
    if sees_node(seen, ticket.node) or ticket.assignee == user:
        return True
    return ticket.assignee is not None and sees_agent(seen, ticket.assignee)


def accept(
    number: str,
    opening: Opening,
    *,
    actor: str,
    at: datetime,
    node: str | None = None,
    complaints: Collection[str] = (),
) -> tuple[Ticket, Passed]:
    """Return the ticket that `actor` of the part `node` opens, and its first step.

    `complaints` are the categories that are complaints.
    """
    ticket = Ticket(
        number=number,
        subject=opening.subject,
        channel=opening.channel,
        opened_at=at,
        opened_by=actor,
        step=Step.ACCEPT,
        revision=1,
        changed_at=at,
        node=node,
    )
    complaint = opening.contact_id is None and opening.subject.category in complaints
    return ticket, Passed(revision=1, step=Step.ACCEPT, at=at, actor=actor, note=opening.note, complaint=complaint)


def counters(before: Collection[Passed], passed: Passed) -> dict[str, int]:
    """Return what a step after the steps `before` adds to the counters: a ticket counts as revisited once (K49)."""
    added = {
        "complaints": passed.complaint,
        "tickets_revisited": passed.step is Step.REVISIT and all(each.step is not Step.REVISIT for each in before),
        "tickets_closed": passed.step is Step.CLOSE,
    }
    return {name: 1 for name, counts in added.items() if counts}


def take(
    ticket: Ticket, change: Change, *, actor: str, at: datetime, left_out: Collection[Step] = ()
) -> tuple[Ticket, Passed]:
    """Return the ticket after `change`, and the step that it has passed.

    Raises:
        BadStep: an assignment without an assignee, or an assignee with another step.
        Outdated: the actor has seen an older revision.
        StepNotAllowed: the step does not follow the last one.

    """
    if (change.step is Step.ASSIGN) != (change.assignee is not None):
        raise BadStep("assignee: needed by the step assign, and by no other", field="assignee")
    if change.revision != ticket.revision:
        raise Outdated(f"the ticket is at revision {ticket.revision}, not {change.revision}", revision=ticket.revision)
    may = allowed(ticket.step, left_out)
    if change.step not in may:
        names = [each.value for each in may]
        told = ", ".join(names) or "nothing: it is closed"
        raise StepNotAllowed(f"after {ticket.step} may come {told}; not {change.step}", allowed=names)
    passed = Passed(
        revision=ticket.revision + 1,
        step=change.step,
        at=at,
        actor=actor,
        note=change.note,
        assignee=change.assignee,
    )
    return replace(
        ticket,
        step=change.step,
        revision=passed.revision,
        changed_at=at,
        assignee=change.assignee or ticket.assignee,
    ), passed


def number(drawn: int) -> str:
    """Return the ticket number of `drawn` (0 to 10^7 - 1): seven digits and a check digit (Luhn, ISO/IEC 7812-1).

    Digits only, so that a customer can say it or key it in; one wrong digit or two swapped neighbours (but 0 and 9)
    are noticed.
    """
    digits = f"{drawn:0{DIGITS}d}"
    return digits + str(_check_digit(digits))


def is_number(text: str) -> bool:
    """Return whether `text` is a number that `number` makes."""
    if len(text) != DIGITS + 1 or not (text.isascii() and text.isdigit()):
        return False
    return text[-1] == str(_check_digit(text[:-1]))


def _check_digit(digits: str) -> int:
    doubled = sum(_LUHN_DOUBLED[int(digit)] for digit in digits[::-2])
    return -(doubled + sum(int(digit) for digit in digits[-2::-2])) % 10
