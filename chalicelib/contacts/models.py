"""Contacts: what they are. A finished contact as the product keeps it, independent of the shape it arrives in."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

UNLISTED = "unlisted"
"""Stands for a queue or an entry number that the tenant's contract does not name (made by hand; an agent's queue)."""

_E164 = re.compile(r"\+[1-9]\d{4,14}")

LONGEST_PAGE = 50
"""Contacts of a page of a customer: with their tickets they are what one BatchGetItem reads."""

LISTENS = "MONITOR"
"""How a contact began by which a supervisor listens to another one."""

NO_LINE = "-"
"""Stands for the line of a contact whose number and attributes name none of the tenant's lines."""


def is_number(text: str | None) -> bool:
    """Tell whether `text` is a telephone number (E.164)."""
    return text is not None and _E164.fullmatch(text) is not None


class Result(StrEnum):
    """How a contact ended for the caller. Exactly one a contact (KPI-09)."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    DROPPED = "dropped"
    """The system, not the caller, ended it while it waited."""
    VOICEMAIL = "voicemail"
    CALLBACK = "callback"
    LEFT_BY_CHOICE = "left-by-choice"
    """Left its queue, or the menu aside, by a key for another service, and went on as a new contact (`next_id`)."""
    OVERFLOWED = "overflowed"
    """Went on from its queue as a new contact (`next_id`)."""
    TRANSFERRED_OUT = "transferred-out"
    CLOSED = "closed"
    TURNED_AWAY = "turned-away"
    """A queue was chosen, but the flow ended before it was entered (full, or an error); or the number was unknown."""
    SELF_SERVED = "self-served"
    """The flow served it to its end without a queue."""
    LEFT_IN_FLOW = "left-in-flow"
    """The caller hung up before any queue."""
    NOT_REACHED = "not-reached"
    """A callback: the customer did not answer, or it was never tried. No KPI of callers counts it."""
    NOT_INBOUND = "not-inbound"
    """Not brought to us by a caller: agent's own call, campaign, listening supervisor. No inbound KPI counts it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One finished contact (KPI-09). Instants are aware UTC, spans whole seconds; absent facts are None.

    `rule`, `targets`, `found` and `hops` are what explains the decision: the rule that matched, the places in
    order, what was found and passed over, and the places that the caller has been to (ACD-16).
    `updated_at` is the version of the copy: the larger one wins. `threshold_s` and `short_s` are the queue's service
    level when the contact was first stored with that queue. `menu_log` is every step in the menus, `menu_place` where
    it left them (docs/menus.md); only the first contact of a chain has them, and one that left the line for the menu.
    `offers` counts attempts at an agent; `recording` is the object key. `meant_queue` and `meant_agent` are whom the
    decision was for, reached or not; `left_for` is what the caller left the line for. `survey_answer` is the class
    that the customer chose in the survey after the call, from 1. `callback_id`, `callback_number` are of the callback
    that was asked for in the call, or that it is. `notice_of` is the message that the call told somebody of, and which
    try it was; `notice_heard`: who answered has confirmed it. `customer_score` and `agent_score`
    are how each end of the line was heard, in hundredths of the score of 1 to 5. `erased`: what was taken out of it
    (SEC-06), `person` or only an `address`.
    """

    id: str
    updated_at: datetime
    at: datetime
    channel: str
    method: str
    result: Result
    line: str
    caller: str | None = None
    entry_number: str | None = None
    language: str | None = None
    category: str | None = None
    sub_category: str | None = None
    menu_path: str | None = None
    menu_log: str | None = None
    menu_place: str | None = None
    customer_id: str | None = None
    grade: str | None = None
    queue: str | None = None
    queue_name: str | None = None
    strategy: str | None = None
    rule: str | None = None
    targets: str | None = None
    found: str | None = None
    hops: str | None = None
    reason: str | None = None
    contract: str | None = None
    agent: str | None = None
    offers: int = 0
    connected_at: datetime | None = None
    queued_at: datetime | None = None
    dequeued_at: datetime | None = None
    accepted_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    acw_started_at: datetime | None = None
    acw_ended_at: datetime | None = None
    transferred_at: datetime | None = None
    wait_s: int | None = None
    talk_s: int = 0
    hold_s: int = 0
    holds: int = 0
    longest_hold_s: int = 0
    acw_s: int = 0
    duration_s: int = 0
    threshold_s: int | None = None
    short_s: int | None = None
    end_reason: str | None = None
    recording: str | None = None
    recording_notice: bool = False
    recording_refused: bool = False
    degraded: bool = False
    off_hours: bool = False
    voicemail: bool = False
    survey_offered: bool = False
    survey_answer: int | None = None
    initial_id: str | None = None
    previous_id: str | None = None
    next_id: str | None = None
    related_id: str | None = None
    transferred_to: str | None = None
    meant_queue: str | None = None
    meant_agent: str | None = None
    left_for: str | None = None
    unattended: bool = False
    callback_id: str | None = None
    callback_number: str | None = None
    notice_of: str | None = None
    notice_heard: bool = False
    verification: str | None = None
    customer_score: int | None = None
    agent_score: int | None = None
    erased: str | None = None

    @property
    def served(self) -> bool:
        """Whether an agent talked in it; a supervisor who listened served nobody."""
        return self.agent is not None and self.answered_at is not None and self.method != LISTENS

    @property
    def phone(self) -> str | None:
        """The caller's number if it is one (E.164): withheld numbers and chat have no collection of their own."""
        return self.caller if is_number(self.caller) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A contact as a list shows it: what the indexes and the caller's own collection carry."""

    id: str
    at: datetime
    result: str
    line: str
    queue: str | None = None
    agent: str | None = None
    caller: str | None = None
    entry_number: str | None = None
    category: str | None = None
    recording: str | None = None
    duration_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """An object that was recorded of a contact. `sha256` is of its bytes when it was indexed, in hexadecimal."""

    key: str
    bucket: str
    kind: str
    size_bytes: int
    stored_at: str
    sha256: str | None = None

    @property
    def name(self) -> str:
        """The last part of the key: `<contact id>_<minute of the start>.wav`, of a voicemail with `ivr-` in front."""
        name = self.key.rpartition("/")[2]
        return f"ivr-{name}" if self.kind == "voicemail" else name


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Which contacts to list: by `caller` or `agent`, or all of the UTC day `on`; whatever else is given narrows.

    They began at `start` or later and before `end`; `recorded` leaves out those without a recording.
    """

    caller: str | None = None
    agent: str | None = None
    on: str | None = None
    entry_number: str | None = None
    category: str | None = None
    queue: str | None = None
    result: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    recorded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some rows, newest first, and the position after which the next page starts (None: there is no more)."""

    rows: tuple[Row, ...]
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Where the contacts of a customer may lie: the ids of all his records, and his identities as (kind, value)."""

    ids: tuple[str, ...]
    identities: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A contact of a customer, and the number of its newest ticket."""

    contact: Contact
    ticket: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A page of the line, newest first; `after` is the position of the last contact looked at, None at the end."""

    entries: tuple[Entry, ...]
    after: str | None
