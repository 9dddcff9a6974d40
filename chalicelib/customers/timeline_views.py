"""Customers: what the REST API shows of their contacts, in all channels (CRM-05)."""

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from chalicelib.contacts.models import LONGEST_PAGE, Contact, Entry, Stretch
from chalicelib.platform import cursors


class TimelineQuery(BaseModel):
    """Which page of a customer's contacts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: int = Field(default=25, ge=1, le=LONGEST_PAGE)
    cursor: str | None = Field(default=None, max_length=1_024)


class MomentView(BaseModel):
    """A contact of a customer: when, over which number or address, with whom, about what, and what became of it.

    `recording` is the path under which it is listened to; null: nothing was recorded.
    """

    contact_id: str
    at: AwareDatetime
    channel: str
    caller: str | None
    entry_number: str | None
    line: str
    queue: str | None
    agent: str | None
    category: str | None
    sub_category: str | None
    result: str
    ticket: str | None
    recording: str | None
    duration_s: int


class TimelineView(BaseModel):
    """A page of a customer's contacts, newest first. `cursor` leads to the next page; null: there is none."""

    contacts: list[MomentView]
    cursor: str | None


def timeline_view(page: Stretch) -> TimelineView:
    """Return a page of a customer's contacts as the API shows it."""
    moments = [_moment(one) for one in page.entries]
    return TimelineView(contacts=moments, cursor=cursors.encode(page.after) if page.after else None)


def _moment(entry: Entry) -> MomentView:
    contact = entry.contact
    return MomentView(
        contact_id=contact.id,
        at=contact.at,
        channel=contact.channel,
        caller=contact.caller,
        entry_number=contact.entry_number,
        line=contact.line,
        queue=contact.queue,
        agent=contact.agent,
        category=contact.category,
        sub_category=contact.sub_category,
        result=contact.result,
        ticket=entry.ticket,
        recording=_recording(contact),
        duration_s=contact.duration_s,
    )


def _recording(contact: Contact) -> str | None:
    """Return the path of the recording, whose name is the last part of its place."""
    if not contact.recording:
        return None
    return f"/v1/contacts/{contact.id}/recordings/{contact.recording.rpartition('/')[2]}"
