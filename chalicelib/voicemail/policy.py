"""Voicemail: what it decides. Whose a message is, and why it was left. Pure."""

from chalicelib.contacts.models import Contact, Result
from chalicelib.tenancy.models import Tenant
from chalicelib.voicemail.models import Message, Reason


def message(contact: Contact, tenant: Tenant) -> Message | None:
    """Return the message that `contact` left; None for a contact that left none."""
    if contact.result is not Result.VOICEMAIL:
        return None
    return Message(
        id=contact.id,
        at=contact.at,
        box=box(contact, tenant),
        line=contact.line,
        reason=reason(contact),
        caller=contact.phone,
        queue=contact.meant_queue,
        language=contact.language,
        recording=contact.recording,
    )


def box(contact: Contact, tenant: Tenant) -> str:
    """Return the box of the person for whom the call was meant, else of its queue's group, else the line's own."""
    for one in tenant.boxes:
        if one.agent is not None and one.agent == contact.meant_agent:
            return one.id
    for one in tenant.boxes:
        if contact.meant_queue in one.queues:
            return one.id
    return contact.line


def reason(contact: Contact) -> Reason:
    """Return why the message was left: the first that its facts tell."""
    if contact.off_hours:
        return Reason.OFF_HOURS
    if contact.left_for or contact.meant_queue is None:
        return Reason.CHOICE
    if contact.unattended:
        return Reason.UNATTENDED
    return Reason.NO_ANSWER if contact.previous_id else Reason.BUSY
