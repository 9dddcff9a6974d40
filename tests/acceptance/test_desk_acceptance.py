"""What the agent desktop holds of the requirements: calls on the emulator, its events through the product's ingest."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from chalicelib.agents.activity_store import Turns
from chalicelib.agents.ingest import Ingest
from chalicelib.agents.roster import Roster
from chalicelib.agents.store import Agents
from chalicelib.audit.models import Actor
from chalicelib.audit.service import Trail
from chalicelib.audit.store import Log
from chalicelib.completions.api import CompletionBody
from chalicelib.completions.service import Completions, Kept
from chalicelib.contacts.events import listeners
from chalicelib.contacts.service import Finder
from chalicelib.contacts.store import Contacts
from chalicelib.platform.errors import Unprocessable
from chalicelib.tickets.models import Opening, Subject
from chalicelib.tickets.service import Tickets
from chalicelib.tickets.store import Tickets as TicketStore
from localstack.connect.engine.contact import HangUp, Press, WaitFor
from tests.support.connect_world import MONDAY
from tests.support.fake_dynamo import FakeDynamo
from tests.support.indexed import arrived, indexer
from tests.support.taken_in import ingest
from tests.support.tenant_world import REGULAR, TenantWorld
from tests.support.tenants import tenant

AFTER_SALES = "+864008601234"


class NoDesk:
    def sign_off(self, agent: Any, now: Any) -> None:
        raise AssertionError(f"{agent} at {now}")


def a_day(world: TenantWorld) -> None:
    """Let li.na take a call, go to lunch, not be disturbed, and sign out; zhang.wei does not accept a call."""
    world.staff("service", "li.na", acw_s=20)
    world.call(Press("1"), Press(""), Press("1"), WaitFor(90), HangUp(), to=AFTER_SALES, caller="+8613800138000")
    agent = world.world.floor.agents()[0].user
    for minutes, status in ((10, "Lunch"), (40, "Do not disturb"), (50, "Available"), (60, "Offline")):
        world.run(until=MONDAY + timedelta(minutes=minutes))
        world.sign_in(agent, status)
    world.run(until=MONDAY + timedelta(minutes=61))


class Journey:
    """A call that li.na answers, with everything that the product keeps of it; the ports of completions."""

    def __init__(self) -> None:
        self.group, self.table = tenant("hrgroup"), FakeDynamo()
        self.name = f"trunkline-{self.group.id}"
        self.world = TenantWorld("hrgroup", lookup=REGULAR)
        a_day(self.world)
        self.kept = (self.table, self.name, self.group.id, self.group.contacts_days)
        self.trail = Trail(tenant=self.group.id, kept=Log(self.table, "audit"), now=self.now)
        tickets = TicketStore(self.table, self.name, self.group.id, self.trail)
        self.tickets = Tickets(kept=tickets, left_out=(), now=self.now, draw=lambda _below: 7)

    def now(self) -> datetime:
        return MONDAY + timedelta(minutes=5)

    def take_records_in(self) -> str:
        """Let records and recordings arrive; return the id of the contact."""
        taking = replace(ingest(self.table, self.group), listeners=listeners(self.table, self.name, self.group))
        for record in self.world.cloud.records:
            taking.take(json.dumps(record).encode())
        (record,) = [record for record in self.world.cloud.records if record["Agent"]]
        bucket, _, key = record["Recording"]["Location"].partition("/")
        module = indexer()
        place = module.Settings(tenant=self.group.id, table=self.name, keep_days=None)
        module.index(arrived(bucket, key, size_bytes=9), self.table, place)
        return str(record["ContactId"])

    def completions(self) -> Completions:
        contacts = Contacts(*self.kept, lambda: "")
        return Completions(
            kept=Kept(*self.kept),
            contacts=Finder(tenant=self.group, contacts=contacts, now=self.now),
            floor=Agents(*self.kept),
            tickets=self.tickets,
            trail=self.trail,
            lists=self.group.completion,
            now=self.now,
        )


@pytest.mark.req("DSK-08")
def test_a_contact_is_complete_only_with_every_field_and_leads_to_customer_recording_and_ticket() -> None:
    journey = Journey()
    contact = journey.take_records_in()
    agent, use = Actor(user="li.na", roles=("agent",)), journey.completions()
    subject = Subject(category="repair", text="The lift stands still.")
    number = journey.tickets.open(Opening(subject=subject, note="no power", channel="VOICE"), agent).ticket.number
    whole = {
        "category": "repair", "sub_category": "hardware", "result": "recorded", "solved": False,
        "next_step": "field-visit", "ticket": number,
    }  # fmt: skip
    assert [one.contact_id for one in use.due("li.na", after=None, limit=10).due] == [contact]
    for lacking in ("category", "sub_category", "result", "solved", "next_step"):
        with pytest.raises(ValidationError, match=lacking):
            CompletionBody.model_validate({name: value for name, value in whole.items() if name != lacking})
        if lacking != "solved":
            wrong = CompletionBody.model_validate({**whole, lacking: "none-of-the-list"}).entry()
            with pytest.raises(Unprocessable) as refusal:
                use.complete(contact, wrong, 0, agent, own="li.na", sight=None)
            assert lacking in str(refusal.value.facts["errors"])
    assert [one.contact_id for one in use.due("li.na", after=None, limit=10).due] == [contact]

    file = use.complete(contact, CompletionBody.model_validate(whole).entry(), 0, agent, own="li.na", sight=None)
    assert use.due("li.na", after=None, limit=10).due == ()
    assert file.current is not None
    assert file.current.entry.customer_id == "C-1001"
    assert file.subject.recordings[0].endswith(".wav")
    assert contact in file.subject.recordings[0]
    assert file.tickets == (number,)
    assert [link.contact_id for link in journey.tickets.file(number).contacts] == [contact]


@pytest.mark.req("DSK-05")
def test_every_change_of_an_agents_state_is_kept_with_time_and_reason() -> None:
    group, table = tenant("hrgroup"), FakeDynamo()
    world = TenantWorld("hrgroup")
    a_day(world)
    kept = (table, "table", group.id, group.contacts_days)
    ingest = Ingest(
        store=Agents(*kept),
        turns=Turns(*kept),
        desk=NoDesk(),
        seats=group.seats,
        site_attribute="Site",
        instance_arn=None,
        now=lambda: MONDAY,
        kinds=group.agent_statuses,
    )
    for event in reversed(world.cloud.agent_events):
        ingest.take(json.dumps(event).encode())
        ingest.take(json.dumps(event).encode())

    roster = Roster(
        store=Agents(*kept),
        turns=Turns(*kept),
        seats=group.seats,
        time_zone=group.time_zone,
        now=lambda: MONDAY + timedelta(hours=2),
    )
    day = roster.day("li.na", MONDAY.date())
    (record,) = [record for record in world.cloud.records if record["Agent"]]
    call = record["ContactId"]
    assert [(stay.doing.activity.value, stay.doing.reason) for stay in day.stays] == [
        ("signed-out", "signed-out"), ("ready", "Available"), ("offered", call), ("on-contact", call),
        ("after-contact-work", call), ("ready", "Available"), ("break", "Lunch"), ("busy", "Do not disturb"),
        ("ready", "Available"), ("signed-out", "Offline"),
    ]  # fmt: skip
    agent = record["Agent"]
    told = {stay.doing.activity.value: stay for stay in day.stays[3:5]}
    seconds = {name: round(stay.seconds) for name, stay in told.items()}
    assert seconds == {
        "on-contact": agent["AgentInteractionDuration"], "after-contact-work": agent["AfterContactWorkDuration"]
    }  # fmt: skip
    assert f"{told['on-contact'].start:%Y-%m-%dT%H:%M:%SZ}" == agent["ConnectedToAgentTimestamp"]
    changes = [stay.start for stay in day.stays if stay.doing.reason in {"Lunch", "Do not disturb", "Offline"}]
    assert changes == [MONDAY + timedelta(minutes=minutes) for minutes in (10, 40, 60)]
