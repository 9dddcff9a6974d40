"""Everything that is kept has one line that says how long, and the stores keep to it (SEC-06, LIC-04)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from chalice.app import Response

from chalicelib.access import idempotency
from chalicelib.adapters import copy_store
from chalicelib.adapters.models import TakenFile
from chalicelib.agents import activity, activity_store
from chalicelib.agents import items as agents
from chalicelib.agents.activity import Activity, Doing, Turn
from chalicelib.agents.models import AgentState, Shift, StatusChange, StatusType
from chalicelib.agents.standing import Pack, pack_item, row
from chalicelib.audit.models import Act, Actor
from chalicelib.callbacks import store as callbacks
from chalicelib.callbacks.models import Callback
from chalicelib.completions.complaints import Complaints
from chalicelib.completions.models import Entry, Subject, Version
from chalicelib.completions.store import Completions
from chalicelib.contacts import items as contacts
from chalicelib.contacts.models import Contact, Result
from chalicelib.customers.drafts import Drafts
from chalicelib.identity.models import State
from chalicelib.identity.store import States
from chalicelib.menus.models import Answer
from chalicelib.menus.store import answer_item
from chalicelib.offers import store as offers
from chalicelib.offers.models import Ring
from chalicelib.platform.dynamo import Transaction, decode
from chalicelib.platform.tenancy import tenant_id
from chalicelib.privacy.models import Retention
from chalicelib.privacy.retention import KEPT
from chalicelib.realtime import store as realtime
from chalicelib.realtime.models import Moment
from chalicelib.realtime.models import Place as InMenu
from chalicelib.reliability import store as looks
from chalicelib.reliability.models import Look
from chalicelib.routing import store as reservations
from chalicelib.routing.models import Reservation
from chalicelib.services import items as services
from chalicelib.services.models import Kind, Whom
from chalicelib.services.models import Record as Served
from chalicelib.services.models import Subject as About
from chalicelib.tickets import policy as ticket_policy
from chalicelib.tickets.models import Link, Opening
from chalicelib.tickets.models import Subject as Subject_
from chalicelib.tickets.store import Tickets
from chalicelib.voicemail import notice_store
from chalicelib.voicemail import store as voicemail
from chalicelib.voicemail.models import Message, Notice, Reason
from tests.support import tenants
from tests.support.fake_dynamo import FakeDynamo
from tests.support.indexed import arrived, indexer
from tests.unit import test_data_model as model

TENANT = tenant_id("acme")
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
HEARD = AgentState(id="a", name="u", heard_at=AT, heard_ids=(), taken_at=AT, snapshot=None, shift=Shift())
TERMS = Retention(contacts_days=100, recordings_days=50, logs_days=365)
CONTACT = Contact(
    id="c-1", updated_at=AT, at=AT, channel="VOICE", method="INBOUND", result=Result.ANSWERED, line="service",
    caller="+8613800138000", customer_id="k-1",
)  # fmt: skip
PROMISE = Callback(
    id="c-1", phone="+8613800138000", line="l", queue="q", language="zh-CN", asked_at=AT, attempts=2,
)  # fmt: skip
DELIVERED = TakenFile(name="20260302T090000Z-full.csv", state="taken", at=AT, digest="00")
LEFT = Message(id="c-1", at=AT, box="b", line="l", reason=Reason.CHOICE)
TURN = Turn(
    at=AT, event_id="e", agent_id="a", username="u", before=activity.OUT,
    after=Doing(activity=Activity.READY, status="Available"),
)  # fmt: skip
CHANGE = StatusChange(at=AT, agent_id="a", username="u", status="Lunch", type=StatusType.CUSTOM)


def pointer(number: int) -> dict[str, Any]:
    return list(contacts.pointers(TENANT, CONTACT, TERMS.contacts_days).values())[number]


WRITTEN: dict[str, Callable[[], dict[str, Any]]] = {
    "contact": lambda: contacts.contact_item(TENANT, CONTACT, {}, TERMS.contacts_days),
    "pointer to a contact of the caller": lambda: pointer(0),
    "pointer to a contact that was with a customer": lambda: pointer(1),
    "message": lambda: voicemail.item(TENANT, LEFT, TERMS.contacts_days),
    "notice of a message": lambda: notice_store.item(
        TENANT, Notice(id="c-1", box="b", left_at=AT, due_at=AT), TERMS.contacts_days
    ),
    "callback": lambda: callbacks.item(TENANT, PROMISE, TERMS.contacts_days),
    "change of an agent's status": lambda: agents.change_item(TENANT, CHANGE, TERMS.contacts_days),
    "turn of an agent": lambda: activity_store.turn_item(TENANT, TURN, TERMS.contacts_days),
}


class NoTrail:
    """Commits the steps of a change; its entry matters elsewhere."""

    def commit(self, write: Transaction, by: Actor, act: Act) -> None:
        del by, act
        write.commit()


def stored(sort: str, write: Callable[[FakeDynamo], object]) -> dict[str, Any]:
    """Return the one item under the sort key `sort` that `write` puts into an empty table."""
    table = FakeDynamo()
    write(table)
    (item,) = (decode(one) for (_, sk), one in table.items.items() if sk == sort)
    return item


def now() -> datetime:
    return AT


SUBJECT = Subject(contact_id="c-1", agent="u", at=AT)
VERSION = Version(
    revision=1, at=AT, by="u",
    entry=Entry(category="c", sub_category="s", result="r", solved=True, next_step="n"),
)  # fmt: skip
BY, ACT = Actor(user="u"), Act(action="a", resource="r")


def completed(table: FakeDynamo) -> None:
    kept = Completions(table, "t", TENANT, TERMS.contacts_days)
    kept.save(SUBJECT, VERSION, NoTrail(), BY, ACT)


def complained(table: FakeDynamo) -> None:
    tenant = replace(tenants.tenant("hrgroup"), contacts_days=TERMS.contacts_days)
    record = replace(CONTACT, result=Result.ANSWERED)
    write = Transaction(table)
    for name, action, _ in Complaints(table, "t", tenant).steps("c-1", record, complaint=True):
        if name != "record":  # the contact itself lies in another table here
            write.add(name, action)
    write.commit()


def promised(table: FakeDynamo) -> None:
    callbacks.Callbacks(table, "t", TENANT, TERMS.contacts_days).promise(PROMISE, AT)


def entered(table: FakeDynamo) -> None:
    drafts = Drafts(client=table, table="t", tenant=TENANT, trail=NoTrail(), now=now)
    drafts.write("c-1", {"name": "Wang"}, revision=0, by=BY)


def identified(table: FakeDynamo) -> None:
    States(table, "t", TENANT, NoTrail()).save("c-1", State(revision=1), AT, BY, ACT)


def answered(table: FakeDynamo) -> None:
    request = idempotency.asked("u", "key", "/v1/x", b"{}")
    idempotency.Answers(client=table, table="t", tenant=TENANT, now=now).once(request, lambda: Response(body="{}"))


def recorded() -> dict[str, Any]:
    """Return what the indexer, which is a function of its own, writes of a recording."""
    module = indexer()
    settings = module.Settings(tenant=TENANT, table="t", keep_days=TERMS.recordings_days)
    place = module.place_of("connect/acme/CallRecordings/2026/03/02/c-1_20260302T09:00_UTC.wav")
    event = arrived("bucket", place.key, size_bytes=1, at=AT.isoformat())
    return decode(module.item(settings, place, event, "digest"))


def opened(sort: str) -> dict[str, Any]:
    table = FakeDynamo()
    kept = Tickets(table, "t", TENANT, NoTrail(), TERMS.contacts_days)
    subject = Subject_(category="c", text="t", phone="+8613800138000", customer_id="k-1")
    opening = Opening(subject=subject, note="n", channel="VOICE")
    ticket, passed = ticket_policy.accept("00000000", opening, actor="u", at=AT)
    kept.open(ticket, passed, Link(contact_id="c-1", at=AT, actor="u"), BY, ACT)
    return next(decode(one) for (pk, sk), one in table.items.items() if f"{pk} {sk}".endswith(sort))


SERVED = Served(
    id="s-1", kind=Kind.ENTERED, at=AT, whom=Whom(name="n"), subject=About(channel="visit"), revision=1, changed_at=AT,
    changed_by="u",
)  # fmt: skip

WRITTEN |= {
    "offer of a call to a group": lambda: offers.item(
        TENANT, Ring(contact_id="c-1", line="l", queue="q", agents={}, offered_at=AT, until=AT)
    ),
    "reservation of an agent": lambda: reservations.item(
        TENANT, Reservation(agent_id="a", contact_id="c-1", at=AT, until=AT)
    ),
    "contact on the board": lambda: {
        **realtime.contact_key(TENANT, "c-1"),
        **realtime.place_facts(InMenu(contact_id="c-1", line="l", node="n", at=AT)),
        **realtime.moment_facts(Moment(id="c-1", channel="VOICE", method="INBOUND", at=AT, taken_at=AT)),
    },
    "look at what the tenant depends on": lambda: looks.item(TENANT, Look(at=AT)),
    "service record": lambda: services.head_item(TENANT, SERVED, TERMS.contacts_days),
    "place of a service record in a list": lambda: services.record_items(
        TENANT, SERVED, ["grade"], TERMS.contacts_days
    )["LIST#grade"],
    "ticket": lambda: opened("#TICKET#00000000 TICKET"),
    "step of a ticket": lambda: opened("STEP#000001"),
    "contact of a ticket": lambda: opened("#TICKET#00000000 CONTACT#c-1"),
    "ticket of a contact": lambda: opened("#CONTACT#c-1 TICKET#00000000"),
    "newest ticket of a contact": lambda: opened("#CONTACT#c-1 TICKET"),
    "ticket of a customer or caller": lambda: opened("#TICKETSOF#k-1 2026-03-02T09:00:00Z#00000000"),
    "open ticket of the caller": lambda: opened("OPEN#00000000"),
    "answer of an enquiry": lambda: answer_item(
        TENANT, "points", "k-1", Answer(text={}, customer_id="k-1"), AT + timedelta(days=TERMS.contacts_days)
    ),
    "completion of a contact": lambda: stored("COMPLETION", completed),
    "complaints of a chain of contacts": lambda: stored("COMPLAINT", complained),
    "version of a completion": lambda: stored("COMPLETION#000001", completed),
    "lock of a number with an open callback": lambda: stored("OPEN", promised),
    "what is entered during a contact": lambda: stored("DRAFT", entered),
    "identity of a call": lambda: stored("STATE", identified),
    "answer under an idempotency key": lambda: stored("ANSWER", answered),
    "recording of a contact": recorded,
    "content of a file of another system": lambda: copy_store.file_items(TENANT, "crm", DELIVERED)[0],
    "file of another system": lambda: copy_store.file_items(TENANT, "crm", DELIVERED)[1],
    "state of an agent": lambda: agents.agent_item(TENANT, HEARD, 1),
    "agents of a pack": lambda: pack_item(TENANT, Pack(number=0, revision=1, rows={"a": row(HEARD, 1)})),
}


def test_every_item_type_stands_in_exactly_one_line() -> None:
    named = [item for line in KEPT for item in line.items]
    assert sorted(named) == sorted(model.TYPES)


def test_every_line_has_a_period_or_says_why_there_is_none() -> None:
    for line in KEPT:
        has_period = line.period_days(TERMS) is not None
        assert has_period != bool(line.why), line.what
        assert has_period == bool(line.counted_from), line.what


def test_every_item_type_that_ends_is_tried_here() -> None:
    ending = {item for line in KEPT if line.period_days(TERMS) is not None and not line.walked for item in line.items}
    assert ending == WRITTEN.keys()


@pytest.mark.parametrize("kind", WRITTEN)
def test_what_a_store_writes_ends_after_the_days_of_its_line(kind: str) -> None:
    (line,) = (line for line in KEPT if kind in line.items)
    days = line.period_days(TERMS)
    assert days is not None
    assert WRITTEN[kind]()["ttl"] == int((AT + timedelta(days=days)).timestamp())
