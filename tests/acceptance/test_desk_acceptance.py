"""What the agent desktop holds of the requirements: calls on the emulator, its events through the product's ingest."""

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.agents.activity_store import Turns
from chalicelib.agents.ingest import Ingest
from chalicelib.agents.roster import Roster
from chalicelib.agents.store import Agents
from localstack.connect.engine.contact import HangUp, Press, WaitFor
from tests.support.connect_world import MONDAY
from tests.support.fake_dynamo import FakeDynamo
from tests.support.tenant_world import TenantWorld
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
