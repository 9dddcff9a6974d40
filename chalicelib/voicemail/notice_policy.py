"""Notices of new messages: what they decide. Whom to tell, when, and where a notice stands after each try. Pure.

VML-02. The time of a lease stands in `due_at`: whoever begins a try moves it into the future in a conditional write, so
of several who see the same notice at the same moment one tells.
"""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Final

from chalicelib.contacts.models import Contact
from chalicelib.tenancy.models import Tenant, local_time, zone
from chalicelib.voicemail.models import Message, Notice, NoticeState, Recipient, State, Way
from chalicelib.voicemail.notice_terms import Quiet, terms_of

TRY: Final = timedelta(minutes=2)
"""A try whose outcome nobody wrote down is over after this: twice what its function may take."""
CALL: Final = timedelta(minutes=15)
"""A call whose contact record has not come by then was lost: it rings a minute at most and says three sentences."""
SEPARATOR: Final = " "
_NO_RECORD: Final = "no-record"


def recipient(box: str, tenant: Tenant) -> Recipient | None:
    """Return who is told of messages in `box`; None: nobody is. The box of a line has the tenant's default."""
    terms = terms_of(tenant)
    said = terms.boxes.get(box, terms.default)
    if said is None:
        return None
    person = next((one for one in terms.people if one.id == said.person), None)
    reached_at = (person.email if said.by is Way.EMAIL else person.phone) if person is not None else None
    if reached_at is None:
        return None
    name = next((one.name for one in tenant.boxes if one.id == box), box)
    return Recipient(way=said.by, person=said.person, reached_at=reached_at, box_name=name)


def new(message: Message, tenant: Tenant) -> Notice | None:
    """Return the notice of a new message; None when the contract tells nobody."""
    if recipient(message.box, tenant) is None:
        return None
    return Notice(id=message.id, box=message.box, left_at=message.at, due_at=message.at)


def begun(notice: Notice, message: Message, tenant: Tenant, now: datetime) -> Notice:
    """Return the notice as it stands when somebody looks at it at `now`. The first row that fits:

    not open, or not due: unchanged / the message is closed, or nobody is told any more: needless / all tries are used
    up: failed / quiet hours: due when they end / else one more attempt has begun, which only happens here.
    """
    if not notice.is_open or now < notice.due_at:
        return notice
    terms, told = terms_of(tenant), recipient(notice.box, tenant)
    if message.state is State.CLOSED or told is None:
        return replace(notice, state=NoticeState.NEEDLESS)
    if notice.attempts >= terms.attempts:
        return replace(notice, state=NoticeState.FAILED, problem=notice.problem or _NO_RECORD)
    until = quiet_until(terms.quiet, told.way, now, tenant.time_zone)
    if until is not None:
        return replace(notice, state=NoticeState.WAITING, due_at=until)
    return replace(
        notice,
        state=NoticeState.WAITING,
        attempts=notice.attempts + 1,
        due_at=now + TRY,
        way=told.way,
        person=told.person,
        problem=notice.problem if notice.state is NoticeState.WAITING else _NO_RECORD,
    )


def placed(notice: Notice, now: datetime) -> Notice:
    """Return the notice whose try the provider has taken: told, or calling until the call's record comes."""
    if notice.way is Way.CALL:
        return replace(notice, state=NoticeState.CALLING, due_at=now + CALL)
    return replace(notice, state=NoticeState.TOLD, told_at=now, problem=None)


def missed(notice: Notice, problem: str, tenant: Tenant, now: datetime) -> Notice:
    """Return the notice whose try failed: due again by the contract's rule, or failed for good."""
    terms = terms_of(tenant)
    if notice.attempts >= terms.attempts:
        return replace(notice, state=NoticeState.FAILED, problem=problem)
    due_at = now + timedelta(seconds=terms.retry_s)
    return replace(notice, state=NoticeState.WAITING, due_at=due_at, problem=problem)


def tag(notice: Notice) -> str:
    """Return what a call that tells of a message carries, so that its record finds the try that it was."""
    return f"{notice.id}{SEPARATOR}{notice.attempts}"


def message_of(tag_text: str) -> str:
    """Return the id of the message in a tag."""
    return tag_text.partition(SEPARATOR)[0]


def heard(notice: Notice, contact: Contact, tenant: Tenant) -> Notice:
    """Return the notice after the record of a call that told of it; unchanged by repeats and by earlier tries."""
    if not notice.is_open or contact.notice_of != tag(notice):
        return notice
    ended_at = contact.ended_at or contact.updated_at
    if contact.notice_heard:
        return replace(notice, state=NoticeState.TOLD, told_at=ended_at, problem=None)
    problem = "not-confirmed" if contact.connected_at else (contact.end_reason or "not-reached")
    return missed(notice, problem, tenant, ended_at)


def quiet_until(quiet: Quiet | None, way: Way, now: datetime, time_zone: str) -> datetime | None:
    """Return when the quiet hours that `now` lies in are over; None: nobody has to be quiet.

    By the wall clock: an end that a clock change skips is the moment of the change.
    """
    if quiet is None or way.value not in quiet.ways:
        return None
    local = local_time(now, time_zone)
    starts, ends = time.fromisoformat(quiet.starts), time.fromisoformat(quiet.ends)
    clock = local.time().replace(tzinfo=None)
    inside = starts <= clock < ends if starts < ends else clock >= starts or clock < ends
    if not inside:
        return None
    on = local.date() if clock < ends else local.date() + timedelta(days=1)
    return datetime.combine(on, ends, tzinfo=zone(time_zone)).astimezone(UTC)
