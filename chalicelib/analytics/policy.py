"""Analytics: what they decide. Which rows an item of the table becomes, and what of it nobody may read there. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from chalicelib.agents.events import Turn
from chalicelib.agents.models import StatusChange
from chalicelib.analytics.models import VERSION, Row
from chalicelib.analytics.tables import AGENT_STATUSES, AGENT_TURNS, CONTACTS, ENTRIES, LEGS, MENU_STEPS, REFUSED_CALLS
from chalicelib.completions.models import Version
from chalicelib.contacts.models import Contact
from chalicelib.contacts.service import facts
from chalicelib.menus.service import read_log, read_place
from chalicelib.metrics.models import Refusal
from chalicelib.tenancy.models import Tenant
from chalicelib.tickets.models import Passed

LEFT_OUT: Final[Mapping[str, str]] = {
    "caller": "a person's address: only its mark is here",
    "customer_id": "a person's number: only its mark is here",
    "callback_number": "a person's address",
    "transferred_to": "an address outside, often a person's: `went_outside` tells that there was one",
    "recording": "a path to a person's voice: `recorded` tells that there is one",
    "menu_log": "its steps are rows of menu_steps",
    "menu_place": "its steps are rows of menu_steps",
    "targets": "explains one decision: read the contact itself",
    "found": "explains one decision: read the contact itself",
    "hops": "explains one decision: read the contact itself",
    "erased": "the marks are gone from the newest copy, which says as much",
}
"""Fields of a contact that have no column of their own, and why."""

_PLACES: Final = 40
"""Digits that a sequence number of DynamoDB may have: with so many, texts sort like the numbers (table streams)."""

type Values = dict[str, str | int | bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Where in the table's stream a copy of an item was found. A later copy has a greater `sequence`."""

    sequence: str

    @property
    def place(self) -> str:
        """Return the text by which copies sort."""
        return self.sequence.zfill(_PLACES)


def contact_rows(contact: Contact, tenant: Tenant, copy: Copy, mark: Callable[[str], str]) -> Iterator[Row]:
    """Yield the row of a copy of `contact`, then those of its legs and of its steps in the menus.

    All lie in the partition of the contact's arrival, so that one copy is read from one place.
    """
    day = f"{contact.at.astimezone(UTC):%Y-%m-%d}"
    version = f"{_instant(contact.updated_at)}#{copy.place}"
    head: Values = {"contact_id": contact.id, VERSION: version}
    yield Row(table=CONTACTS.name, day=day, values=head | _whole(contact, tenant, mark))
    for number, leg in enumerate(_legs(contact), 1):
        yield Row(table=LEGS.name, day=day, values=head | {"leg": number} | leg)
    for number, step in enumerate(_menu_steps(contact), 1):
        yield Row(table=MENU_STEPS.name, day=day, values=head | {"step": number} | step)


def turn_row(turn: Turn, copy: Copy) -> Row:
    """Return the row of what an agent turned to."""
    at = _instant(turn.at)
    head: Values = {"agent_id": turn.agent_id, "event_id": turn.event_id, VERSION: copy.place, "at": at}
    values = _present(
        {
            "agent": turn.username,
            "activity": turn.after.activity,
            "status": turn.after.status,
            "contact_id": turn.after.contact_id,
            "queue": turn.after.queue,
            "before_activity": turn.before.activity,
            "before_status": turn.before.status,
            "before_contact_id": turn.before.contact_id,
            "before_queue": turn.before.queue,
        }
    )
    return Row(table=AGENT_TURNS.name, day=at[:10], values=head | values)


def status_row(change: StatusChange, tenant: Tenant, copy: Copy) -> Row:
    """Return the row of a status that an agent chose."""
    at = _instant(change.at)
    values: Values = {
        "agent_id": change.agent_id,
        VERSION: copy.place,
        "at": at,
        "agent": change.username,
        "status": change.status,
        "type": change.type.value,
        "unpaid": change.status in tenant.kpis.unpaid_statuses,
    }
    return Row(table=AGENT_STATUSES.name, day=at[:10], values=values)


def completion_row(contact_id: str, version: Version, copy: Copy) -> Row:
    """Return the row of what an agent wrote down of a contact, without its note and whose it is."""
    entry = version.entry
    told: Values = {"category": entry.category, "sub_category": entry.sub_category, "result": entry.result}
    about = told | {"solved": entry.solved, "next_step": entry.next_step, "complaint": version.complaint}
    return _entry("completion", contact_id, version.revision, version.at, copy, {"by": version.by, **about})


def step_row(number: str, passed: Passed, copy: Copy) -> Row:
    """Return the row of a step of a ticket, without its note."""
    told: Values = {"by": passed.actor, "step": passed.step.value, "complaint": passed.complaint}
    return _entry("ticket", number, passed.revision, passed.at, copy, told)


def _entry(kind: str, id_: str, revision: int, at: datetime, copy: Copy, told: Values) -> Row:
    head: Values = {"kind": kind, "id": id_, "revision": revision, VERSION: copy.place, "at": _instant(at)}
    return Row(table=ENTRIES.name, day=_instant(at)[:10], values=head | told)


def refusal_row(refusal: Refusal, asked_at: datetime) -> Row:
    """Return the row of calls that were refused, as CloudWatch told it at `asked_at`."""
    at = _instant(refusal.at)
    values: Values = {"metric": refusal.metric, "at": at, VERSION: _instant(asked_at), "calls": refusal.calls}
    return Row(table=REFUSED_CALLS.name, day=at[:10], values=values)


def _whole(contact: Contact, tenant: Tenant, mark: Callable[[str], str]) -> Values:
    counted = facts(contact, tenant)
    own: Values = {
        "number": counted.number if counted else "-",
        "recorded": contact.recording is not None,
        "went_outside": contact.transferred_to is not None,
        "complaint": counted is not None and counted.complaint,
        "survey_classes": tenant.kpis.survey_classes,
        "satisfied_from": tenant.kpis.satisfied_from,
    }
    if contact.caller:
        own["caller_mark"] = mark(contact.caller)
    if contact.customer_id:
        own["customer_mark"] = mark(contact.customer_id)
    names = (column.name for column in CONTACTS.columns if column.name not in {VERSION, "contact_id", *own})
    return own | _present({name: getattr(contact, name, None) for name in names})


def _legs(contact: Contact) -> Iterator[Values]:
    if contact.queued_at:
        left_at = contact.answered_at or contact.dequeued_at or contact.ended_at
        yield _leg("queue", contact, contact.queued_at, left_at) | _present({"wait_s": contact.wait_s})
    if contact.answered_at and contact.agent:
        spans: Values = {"talk_s": contact.talk_s, "hold_s": contact.hold_s, "acw_s": contact.acw_s}
        end = contact.acw_ended_at or contact.ended_at
        yield _leg("agent", contact, contact.answered_at, end) | {"agent": contact.agent} | spans
    if contact.transferred_to:
        yield _leg("outside", contact, contact.transferred_at, contact.ended_at)


def _leg(kind: str, contact: Contact, began_at: datetime | None, ended_at: datetime | None) -> Values:
    return {"kind": kind, "line": contact.line} | _present(
        {"queue": contact.queue, "began_at": began_at, "ended_at": ended_at}
    )


def _menu_steps(contact: Contact) -> Iterator[Values]:
    told = read_log(contact.menu_log) if contact.menu_log else None
    left = read_place(contact.menu_place or "")
    if told is None or left is None:
        return
    began_s = told.began_at.timestamp()
    for entry in told.entries:
        yield {
            "at": _instant(datetime.fromtimestamp(began_s + entry.at_s, UTC)),
            "line": left.line,
            "menu_version": left.version,
            "node": entry.node,
            "choice": entry.choice,
            "exit": entry.exit.value,
        }


def _present(values: Mapping[str, object]) -> Values:
    """Return what is there, as rows have it."""
    found: Values = {}
    for name, value in values.items():
        if isinstance(value, datetime):
            found[name] = _instant(value)
        elif isinstance(value, str | int):
            found[name] = value.value if hasattr(value, "value") else value
    return found


def _instant(at: datetime) -> str:
    """Return `at` as rows have it: whole seconds without a fraction, else milliseconds."""
    spec = "milliseconds" if at.microsecond else "seconds"
    return at.astimezone(UTC).isoformat(timespec=spec).replace("+00:00", "Z")
