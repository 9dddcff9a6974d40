"""Voicemail: what it decides. Whose a message is, and why it was left. Pure."""

from chalicelib.contacts.models import Contact, Result
from chalicelib.organisation.service import Sight, sees_contact
from chalicelib.tenancy.models import Tenant
from chalicelib.voicemail.models import Message, Reason, Row


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
        entry_number=contact.entry_number,
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


def sees(seen: Sight | None, message: Message | Row, box_id: str, tenant: Tenant) -> bool:
    """Return whether the message in that box is the user's to see: as its contact, or in the box of one of theirs."""
    agent = next((one.agent for one in tenant.boxes if one.id == box_id), None)
    return sees_contact(seen, message.queue, message.entry_number, agent)


def reason(contact: Contact) -> Reason:
    """Return why the message was left: the first that its facts tell."""
    if contact.off_hours:
        return Reason.OFF_HOURS
    if contact.left_for or contact.meant_queue is None:
        return Reason.CHOICE
    if contact.unattended:
        return Reason.UNATTENDED
    return Reason.NO_ANSWER if contact.previous_id else Reason.BUSY
