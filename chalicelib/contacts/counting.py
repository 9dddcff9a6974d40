"""Contacts: what counting needs to know of one, as docs/kpi.md counts. Pure."""

from collections.abc import Mapping

from chalicelib.contacts import policy
from chalicelib.contacts.models import UNLISTED, Contact, Result, is_number
from chalicelib.metrics import service as metrics
from chalicelib.tenancy.models import KpiTerms, Tenant

_OUTCOMES: Mapping[Result, metrics.Outcome] = {
    Result.ANSWERED: metrics.Outcome.ANSWERED,
    Result.ABANDONED: metrics.Outcome.ABANDONED,
    Result.DROPPED: metrics.Outcome.DROPPED,
    Result.VOICEMAIL: metrics.Outcome.EXIT,
    Result.CALLBACK: metrics.Outcome.EXIT,
    Result.LEFT_BY_CHOICE: metrics.Outcome.EXIT,
    Result.OVERFLOWED: metrics.Outcome.OVERFLOWED,
    Result.TRANSFERRED_OUT: metrics.Outcome.TRANSFERRED_OUT,
    Result.CLOSED: metrics.Outcome.CLOSED,
    Result.TURNED_AWAY: metrics.Outcome.TURNED_AWAY,
    Result.SELF_SERVED: metrics.Outcome.SELF_SERVED,
    Result.LEFT_IN_FLOW: metrics.Outcome.LEFT_IN_FLOW,
}


def facts(contact: Contact, tenant: Tenant) -> metrics.Facts | None:
    """Return what counting needs to know of `contact`; None for one that no caller began."""
    if contact.result in {Result.NOT_INBOUND, Result.NOT_REACHED}:
        return None
    called_back = contact.method.startswith(policy.CALLBACK)
    handled = contact.result is Result.ANSWERED
    return metrics.Facts(
        arrived_at=contact.at,
        # The visit to the queue was counted when the caller asked to be called back: handled again, not offered again.
        queued_at=None if called_back else contact.queued_at,
        line=contact.line,
        queue=contact.queue or metrics.NO_QUEUE,
        number=_number(contact, tenant),
        outcome=_outcome(contact),
        arrival=contact.previous_id is None,
        handled=handled,
        transferred=handled and bool(contact.next_id or contact.transferred_at or contact.transferred_to),
        degraded=contact.degraded,
        voicemail=contact.result is Result.VOICEMAIL,
        callback=contact.result is Result.CALLBACK,
        called_back=called_back,
        accepted=contact.connected_at is not None,
        complaint=is_complaint(contact, tenant),
        agent=contact.agent,
        surveyed=contact.survey_offered or contact.survey_answer is not None,
        satisfied=_satisfied(contact.survey_answer, tenant.kpis),
        wait_s=contact.wait_s,
        talk_s=contact.talk_s,
        hold_s=contact.hold_s,
        acw_s=contact.acw_s,
        threshold_s=contact.threshold_s,
        short_s=contact.short_s,
        line_failed=(contact.end_reason or "").startswith("TELECOM_"),
        voice_score=contact.customer_score,
        agent_voice_score=contact.agent_score,
    )


def is_complaint(contact: Contact, tenant: Tenant) -> bool:
    """Return whether the contact itself says that it is a complaint.

    Where agents write down what a contact was about (DSK-08), what they write counts: a key in a menu is a guess.
    """
    return tenant.completion is None and contact.category in tenant.kpis.complaint_categories


def _satisfied(answer: int | None, terms: KpiTerms) -> bool | None:
    """Return what the answer to the survey means; None without an answer, or for one that the survey does not have."""
    return None if answer is None or answer > terms.survey_classes else answer >= terms.satisfied_from


def _number(contact: Contact, tenant: Tenant) -> str:
    """Return the entry number as counters name it: one of the contract, UNLISTED for another one, NO_NUMBER for none.

    Only a number counts as dialled: chats and e-mails have an address of another kind there.
    """
    if any(contact.entry_number in line.numbers for line in tenant.lines.values()):
        return contact.entry_number or metrics.NO_NUMBER
    return UNLISTED if is_number(contact.entry_number) else metrics.NO_NUMBER


def _outcome(contact: Contact) -> metrics.Outcome:
    """Return the outcome of the queue visit; a contact that left its queue for the outside is an exit."""
    if contact.result is Result.TRANSFERRED_OUT and contact.queued_at:
        return metrics.Outcome.EXIT
    return _OUTCOMES[contact.result]
