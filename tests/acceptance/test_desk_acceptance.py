"""What the agent desktop holds of the requirements: calls on the emulator, its events through the product's ingest."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from chalicelib.agents.activity_store import Turns
from chalicelib.agents.roster import Roster
from chalicelib.audit.models import Actor
from chalicelib.completions.api import CompletionBody
from chalicelib.platform.errors import Unprocessable
from chalicelib.tickets.models import Opening, Subject
from localstack.connect.engine.plan import HangUp, Press, WaitFor
from tests.support.connect_world import MONDAY
from tests.support.desk_journey import AFTER_SALES, CALLER, Journey
from tests.support.tenant_world import REGULAR, TenantWorld


def a_day(world: TenantWorld) -> None:
    """Let li.na take a call, go to lunch, not be disturbed, and sign out."""
    world.staff("service", "li.na", acw_s=20)
    world.call(Press("1"), Press(""), Press("1"), WaitFor(90), HangUp(), to=AFTER_SALES, caller=CALLER)
    agent = world.world.floor.agents()[0].user
    for minutes, status in ((10, "Lunch"), (40, "Do not disturb"), (50, "Available"), (60, "Offline")):
        world.run(until=MONDAY + timedelta(minutes=minutes))
        world.sign_in(agent, status)
    world.run(until=MONDAY + timedelta(minutes=61))


@pytest.mark.req("DSK-08")
def test_a_contact_is_complete_only_with_every_field_and_leads_to_customer_recording_and_ticket() -> None:
    journey = Journey(TenantWorld("hrgroup", lookup=REGULAR))
    a_day(journey.world)
    (contact,) = journey.take_records_in()
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
    journey = Journey(TenantWorld("hrgroup"))
    world = journey.world
    a_day(world)
    journey.take_events_in()
    roster = Roster(
        store=journey.floor,
        turns=Turns(*journey.kept),
        seats=journey.tenant.seats,
        time_zone=journey.tenant.time_zone,
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
