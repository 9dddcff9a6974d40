"""Callers who leave the line for a message by a key: at once, and counted apart from those who give up (QUE-04)."""

import itertools
import json
from datetime import timedelta

import pytest

from chalicelib.contacts.service import Ingest
from chalicelib.contacts.store import Contacts
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import HangUp, Press, WaitFor
from tests.support.connect_world import texts
from tests.support.contact_records import tenant
from tests.support.fake_dynamo import FakeDynamo
from tests.support.tenant_world import REGULAR, TenantWorld

AFTER_SALES = "+864008601234"
HR = tenant()
TOKENS = itertools.count()


def waiting(*deeds: object, **plan: object) -> tuple[TenantWorld, Contact]:
    world = TenantWorld("hrgroup", lookup=REGULAR)
    return world, world.dial(AFTER_SALES, Press("1"), *deeds, **plan)


def counted(world: TenantWorld) -> dict[str, int]:
    """All counters that the world's contact records lead to, each record taken in twice."""
    client = FakeDynamo()
    contacts = Contacts(client, "table", HR.id, 365, lambda: f"token-{next(TOKENS)}")
    ingest = Ingest(tenant=HR, table="table", contacts=contacts, instance_arn=None, pause=lambda _: None,
                    chance=lambda: 0.0)  # fmt: skip
    for record in world.cloud.records * 2:
        ingest.take(json.dumps(record).encode())
    total: dict[str, int] = {}
    for (pk, _), item in client.items.items():
        for name, value in item.items() if "#KPI#" in pk else ():
            total[name] = total.get(name, 0) + int(value.get("N", 0))
    return total


def test_a_waiting_caller_leaves_a_message_by_one_key() -> None:
    world, call = waiting(Press("2"), WaitFor(20), Press("#"))
    first, second = world.cloud.records
    assert "留言请按2" in " ".join(texts(call, "hears"))
    assert first["Attributes"]["leftFor"] == "voicemail"
    assert first["NextContactId"] == second["ContactId"]
    assert second["Attributes"]["voicemail"] == "true"
    assert "/CallRecordings/ivr/" in second["Recording"]["Location"]
    assert second["CustomerEndpoint"]["Address"] == first["CustomerEndpoint"]["Address"]


@pytest.mark.req("QUE-04")
def test_leaving_counts_as_an_exit_of_the_queue_and_not_as_abandoned() -> None:
    world, _ = waiting(Press("2"), WaitFor(20), Press("#"))
    found = counted(world)
    names = ("arrivals", "offered", "exits", "voicemails", "abandoned", "overflowed")
    assert {name: found.get(name, 0) for name in names} == {
        "arrivals": 1, "offered": 1, "exits": 1, "voicemails": 1, "abandoned": 0, "overflowed": 0
    }  # fmt: skip


def test_giving_up_still_counts_as_abandoned() -> None:
    world, _ = waiting(patience_s=70)
    found = counted(world)
    assert (found["abandoned"], found.get("exits", 0)) == (1, 0)


def test_one_who_leaves_the_line_and_then_hangs_up_is_not_abandoned_either() -> None:
    world, _ = waiting(Press("2"), HangUp())
    found = counted(world)
    assert (found["exits"], found.get("abandoned", 0)) == (1, 0)


def test_the_place_that_was_left_is_the_next_callers() -> None:
    world = TenantWorld("hrgroup", lookup=REGULAR)
    world.call(Press("1"), Press("2"), WaitFor(100), Press("#"), to=AFTER_SALES)
    behind = world.call(Press("1"), to=AFTER_SALES, caller="+8613900000002", patience_s=120)
    world.run(until=world.world.now + timedelta(minutes=4))
    places = [told.facts["PositionInQueue"] for told in behind.transcript if told.kind == "position"]
    assert places[-1] == 1


def test_nobody_is_rung_for_a_caller_who_leaves_a_message() -> None:
    world = TenantWorld("hrgroup", lookup=REGULAR)
    world.staff("service", "li.na", talk_s=60)
    world.call(Press("1"), to=AFTER_SALES, talk_s=60)
    world.run(until=world.world.now + timedelta(seconds=40))
    world.dial(AFTER_SALES, Press("1"), Press("2"), WaitFor(110), Press("#"), caller="+8613900000002")
    assert [r["Agent"]["Username"] for r in world.cloud.records if r["Agent"]] == ["li.na"]
