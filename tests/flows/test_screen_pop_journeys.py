"""What the desk shows when it rings, and what goes along when the call goes on (DSK-01, DSK-02, DSK-03)."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from chalicelib.audit.models import Actor
from chalicelib.audit.service import Trail
from chalicelib.audit.store import Log
from chalicelib.contacts import items
from chalicelib.contacts.models import Contact as Finished
from chalicelib.contacts.models import Result
from chalicelib.customers import flow as customers_flow
from chalicelib.customers.drafts import Drafts
from chalicelib.customers.record import PHONE, Facts, Identity
from chalicelib.customers.service import CallerStore, Customers
from chalicelib.identity.models import ATTRIBUTE, Level
from chalicelib.platform import dynamo, flow_door
from chalicelib.services.service import feed
from chalicelib.tenancy.models import CustomerPage
from chalicelib.tickets.models import Opening, Subject
from chalicelib.tickets.service import Counting, Tickets
from chalicelib.tickets.store import Tickets as KeptTickets
from localstack.connect.directory import Queue, User
from localstack.connect.engine import transfers
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import Press
from localstack.connect.engine.staff import Agent
from tests.support import tenants
from tests.support.connect_world import MONDAY
from tests.support.customer_registry import registry
from tests.support.fake_dynamo import FakeDynamo
from tests.support.tenant_world import TenantWorld

AFTER_SALES, CALLER, STRANGER = "+864008601234", "+8613800138000", "+8613900139000"
REPAIR = (Press("1"), Press(""), Press("2"))
LI = Actor(user="li.na", roles=("agent",))
CARRIED = (
    "customerId",
    "customerName",
    "grade",
    "openTickets",
    "lastContacts",
    "menuPath",
    "category",
    "customerKnown",
)


class Desk:
    """The HR group with its real flows and its real look-up over a table; persons answer the telephones."""

    def __init__(self, page: CustomerPage | None = None) -> None:
        self.table = FakeDynamo()
        self.world = TenantWorld("hrgroup", lookup=self.look_up)
        self.tenant = replace(tenants.tenant("hrgroup"), customer_page=page)
        self.world.staff("service", "li.na", "wang.wei", person=True)
        self.world.instance.attributes = {**self.world.instance.attributes, "MULTI_PARTY_CONFERENCE": True}

    def look_up(self, event: Any) -> dict[str, str]:
        """What lookup_customer answers: the real function over `table`."""
        service = Customers(CallerStore(self.table, "table"), self.tenant, lambda: self.world.world.now)
        return flow_door.flat(customers_flow.handle(flow_door.parse(event), 1.0, service))

    def trail(self) -> Trail:
        return Trail(tenant=self.tenant.id, kept=Log(self.table, "audit"), now=lambda: MONDAY)

    def known(self, name: str, *numbers: str, **more: Any) -> str:
        identities = tuple(Identity(PHONE, number) for number in numbers)
        customers = replace(registry(self.table), draw=lambda _below: next(DRAWN))
        return customers.create(Facts(name=name, identities=identities, **more), LI).record.id

    def ticket(self) -> str:
        kept = KeptTickets(self.table, "table", self.tenant.id, self.trail(), 365)
        tickets = Tickets(
            kept=kept,
            listing=feed(self.table, "table", self.tenant),
            counting=Counting(self.tenant.id, "table", self.tenant.kpis.complaint_categories),
            left_out=(),
            now=lambda: MONDAY,
            draw=lambda _below: 123,
        )
        subject = Subject(category="repair", text="No power.", phone=CALLER)
        return tickets.open(Opening(subject=subject, note="n", channel="VOICE"), LI).ticket.number

    def called_before(self, days: int) -> None:
        at = MONDAY - timedelta(days=days)
        past = Finished(
            id=f"past-{days}", updated_at=at, at=at, channel="VOICE", method="INBOUND", result=Result.ANSWERED,
            line="after-sales", caller=CALLER, queue="after-sales", agent="li.na", category="consultation",
        )  # fmt: skip
        for key, item in items.pointers(self.tenant.id, past, days=365).items():
            self.table.items[key] = dynamo.encode(item)

    def ring(self, caller: str = CALLER, *keys: Any) -> Contact:
        """Let somebody call and choose repairs, until a telephone rings."""
        contact = self.world.call(*(keys or REPAIR), to=AFTER_SALES, caller=caller, talk_s=None)
        self.world.run()
        return contact

    def agent(self, username: str) -> Agent:
        user = self.world.instance.named(User, username)
        found = None if user is None else self.world.world.floor.agent(user.id)
        assert found is not None
        return found

    def ringing_at(self, contact: Contact) -> Agent:
        (there,) = [one for one in self.world.world.floor.agents() if contact.id in one.desk]
        return there

    def other(self, agent: Agent) -> Agent:
        return self.agent("wang.wei" if agent.user.username == "li.na" else "li.na")

    def go_on(self, seconds: float) -> None:
        """Let time pass, although telephones of persons may ring."""
        timeline, until = self.world.world.timeline, self.world.world.now + timedelta(seconds=seconds)
        while (head := timeline.head()) is not None and head.when <= until:
            timeline.fire()
        timeline.move_to(until)
        self.world.world.outbox.flush()


DRAWN: Iterator[int] = count(10_001)


@pytest.mark.req("DSK-01")
def test_while_it_rings_the_screen_shows_profile_grade_tickets_history_and_the_way_through_the_menus() -> None:
    desk = Desk()
    customer_id = desk.known("王芳", CALLER, grade="gold")
    number = desk.ticket()
    desk.called_before(3)
    desk.called_before(1)
    contact = desk.ring(CALLER, Press("1"), Press(""), Press("2"))
    handling = desk.ringing_at(contact).desk[contact.id]
    assert not contact.talking, "it rings, and nobody talks yet"
    assert handling.contact is contact
    told = contact.attributes
    assert (told["customerId"], told["customerName"], told["grade"]) == (customer_id, "王芳", "gold")
    assert json.loads(told["openTickets"]) == [[number, "repair", "2026-03-02T01:00:00Z"]]
    assert [row[:5] for row in json.loads(told["lastContacts"])] == [
        ["2026-03-01T01:00:00Z", "li.na", "after-sales", "consultation", "answered"],
        ["2026-02-27T01:00:00Z", "li.na", "after-sales", "consultation", "answered"],
    ]
    assert (told["menuPath"], told["category"]) == ("main>2", "repair")


def test_of_several_customers_with_the_number_the_screen_shows_all_for_choice() -> None:
    desk = Desk()
    first, second = desk.known("王芳", CALLER, grade="gold"), desk.known("李雷", CALLER)
    told = desk.ring().attributes
    assert (told["customerKnown"], told["customerId"], told["grade"]) == ("false", "none", "none")
    assert json.loads(told["candidates"]) == [[first, "王芳", "gold"], [second, "李雷", ""]]


def test_an_unknown_number_opens_the_page_of_the_tenants_own_with_the_contacts_keys() -> None:
    desk = Desk(CustomerPage(url="https://crm.example.com/new?tel={number}&call={contact_id}&to={entry_number}"))
    contact = desk.ring(STRANGER)
    page = f"https://crm.example.com/new?tel=%2B8613900139000&call={contact.id}&to=%2B864008601234"
    assert contact.attributes["screenPage"] == page
    desk.known("王芳", CALLER)
    assert desk.look_up({"Details": {"ContactData": {"CustomerEndpoint": {"Address": CALLER}}}})["screenPage"] == "none"


@pytest.mark.req("DSK-03")
@pytest.mark.parametrize("way", ["transfer", "consult", "conference"])
def test_whoever_gets_the_call_next_gets_the_screen_what_was_entered_and_the_verification(way: str) -> None:
    desk = Desk()
    desk.known("王芳", CALLER, grade="gold")
    desk.ticket()
    contact = desk.ring()
    first = desk.ringing_at(contact)
    second, world = desk.other(first), desk.world.world
    world.desks.accept(first, contact)
    desk.go_on(30)
    contact.set_attributes({ATTRIBUTE: Level.VERIFIED.value})
    drafts = Drafts(client=desk.table, table="table", tenant=desk.tenant.id, trail=desk.trail(), now=lambda: MONDAY)
    drafts.write(contact.id, {"fault": "no power since noon"}, revision=0, by=Actor(user=first.user.username))
    to = transfers.to_agent(desk.world.instance, second.user)
    if way == "transfer":
        queue = desk.world.instance.named(Queue, "complaints")
        assert queue is not None
        to = transfers.to_queue(desk.world.instance, queue)
    received: Contact = world.transfers.start(first, contact, to)
    desk.go_on(5)
    assert received.id in second.desk, "it rings at the other one"
    assert not received.talking
    assert {name: received.attributes[name] for name in CARRIED} == {name: contact.attributes[name] for name in CARRIED}
    assert received.attributes[ATTRIBUTE] == Level.VERIFIED.value
    world.desks.accept(second, received)
    desk.go_on(10)
    if way == "conference":
        world.transfers.conference(first, contact)
    else:
        world.transfers.complete(contact)
    desk.go_on(10)
    assert received.talking
    assert drafts.read(received.initial.id).data == {"fault": "no power since noon"}
    assert received.attributes[ATTRIBUTE] == Level.VERIFIED.value
