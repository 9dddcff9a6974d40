"""Callers who leave the line for the menu by a key: served there, or back in a line, and never abandoned (QUE-04)."""

import functools
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from chalicelib.contacts import policy
from chalicelib.contacts.models import Contact as Kept
from chalicelib.contacts.models import Result
from chalicelib.contacts.record import parse as parsed
from chalicelib.menus.log import read
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_file import parse
from chalicelib.tenancy.models import Tenant, from_document
from chalicelib.voicemail import policy as voicemail
from chalicelib.voicemail.models import Reason
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import HangUp, Press, WaitFor
from localstack.connect.engine.ports import LambdaReply
from tests.support.connect_world import texts
from tests.support.contact_records import encoded
from tests.support.decided_world import TO_REPAIR, Decided, after
from tests.support.fake_dynamo import FakeDynamo
from tests.support.taken_in import ingest
from tests.support.tenant_world import REGULAR, TENANTS, TenantWorld

AFTER_SALES = "+864008601234"
FEES = (Press("4"), Press("4"))
"""From the first menu to the standard answer about fees."""


@functools.cache
def contract() -> Contract:
    """The HR group's, with the key and two more ends of its menu."""
    raw = yaml.safe_load((TENANTS / "hrgroup.yaml").read_text(encoding="utf-8"))
    nodes = next(line for line in raw["service_lines"] if line["id"] == "after-sales")["nodes"]
    nodes["business"]["keys"] |= {"8": "bye", "9": "message"}
    nodes |= {
        "bye": {"kind": "goodbye", "prompt": {"text": {"zh-CN": "再见。", "en-US": "Goodbye."}}},
        "message": {"kind": "voicemail"},
    }
    return parse({**raw, "waiting": {"leave_for": ["voicemail", "self-service"]}}, source="test")


@functools.cache
def tenant() -> Tenant:
    return from_document(compile_contract(contract()))


def waiting(*deeds: object, **plan: object) -> tuple[TenantWorld, Contact]:
    world = TenantWorld(contract(), lookup=REGULAR)
    return world, world.dial(AFTER_SALES, Press("1"), *deeds, **plan)


def taken_in(world: TenantWorld) -> tuple[list[Kept], dict[str, int]]:
    """Every contact and all counters that the world's records lead to, each record taken in twice."""
    table = FakeDynamo()
    product = ingest(table, tenant())
    for record in world.cloud.records * 2:
        product.take(encoded(record))
    total: dict[str, int] = {}
    for (pk, _), item in table.items.items():
        for name, value in item.items() if "#KPI#" in pk else ():
            total[name] = total.get(name, 0) + int(value.get("N", 0))
    return [policy.contact(parsed(encoded(record)), tenant()) for record in world.cloud.records], total


def shown(counters: dict[str, int]) -> dict[str, int]:
    names = ("arrivals", "offered", "exits", "abandoned", "overflowed", "left_in_flow", "handled", "voicemails")
    return {name: counters[name] for name in names if counters.get(name)}


@pytest.mark.req("QUE-04")
def test_a_waiting_caller_is_served_by_the_menu_after_one_key_and_is_not_abandoned() -> None:
    world, call = waiting(Press("3"), *FEES, HangUp())
    assert "返回自助服务请按3" in " ".join(texts(call, "hears"))
    assert "开户免费" in " ".join(texts(call, "hears"))
    contacts, counters = taken_in(world)
    assert [one.result for one in contacts] == [Result.LEFT_BY_CHOICE, Result.LEFT_IN_FLOW]
    assert contacts[0].left_for == "self-service"
    assert shown(counters) == {"arrivals": 1, "offered": 1, "exits": 1, "left_in_flow": 1}


@pytest.mark.req("QUE-04")
def test_one_who_is_served_to_the_goodbye_is_self_served() -> None:
    world, _ = waiting(Press("3"), Press("4"), Press("8"))
    contacts, counters = taken_in(world)
    assert [one.result for one in contacts] == [Result.LEFT_BY_CHOICE, Result.SELF_SERVED]
    assert counters["self_served"] == 1
    assert shown(counters) == {"arrivals": 1, "offered": 1, "exits": 1}


def test_one_who_chooses_people_again_is_offered_to_their_queue_and_can_give_up_there() -> None:
    world, _ = waiting(Press("3"), Press("3"), patience_s=200)
    contacts, counters = taken_in(world)
    assert [one.queue for one in contacts] == ["after-sales", None, "complaints"]
    assert [one.result for one in contacts] == [Result.LEFT_BY_CHOICE, Result.LEFT_BY_CHOICE, Result.ABANDONED]
    assert [one.left_for for one in contacts] == ["self-service", None, None]
    assert shown(counters) == {"arrivals": 1, "offered": 2, "exits": 1, "abandoned": 1}


def test_the_place_after_that_menu_is_decided_anew_by_the_routing_function() -> None:
    world = Decided(contract())
    call = world.call(*TO_REPAIR, Press("3"), Press("3"), WaitFor(200), HangUp(), to=AFTER_SALES)
    world.run(until=after(900))
    assert world.queues(call) == ["after-sales", "aside", "complaints"]
    last = world.chain(call)[-1]["Attributes"]
    assert (last["routeReason"], last["routeTried"], last["routingDegraded"]) == (
        "menu-choice", "queue:complaints", "false"
    )  # fmt: skip


def test_one_who_comes_back_to_a_line_may_leave_it_again_for_a_message() -> None:
    world, _ = waiting(Press("3"), Press("3"), Press("2"), WaitFor(15), Press("#"), patience_s=400)
    contacts, counters = taken_in(world)
    assert [one.left_for for one in contacts] == ["self-service", None, "voicemail", "voicemail"]
    assert contacts[-1].result is Result.VOICEMAIL
    assert shown(counters) == {"arrivals": 1, "offered": 2, "exits": 2, "voicemails": 1}


def test_a_message_chosen_in_that_menu_is_left_by_choice() -> None:
    world, _ = waiting(Press("3"), Press("4"), Press("9"), WaitFor(15), Press("#"))
    contacts, counters = taken_in(world)
    assert contacts[-1].result is Result.VOICEMAIL
    assert voicemail.reason(contacts[-1]) is Reason.CHOICE
    assert "/CallRecordings/ivr/" in world.cloud.records[-1]["Recording"]["Location"]
    assert shown(counters) == {"arrivals": 1, "offered": 1, "exits": 1, "voicemails": 1}


def test_each_contact_has_its_own_steps_in_the_menu() -> None:
    world, _ = waiting(Press("3"), Press("3"), patience_s=200)
    contacts, _ = taken_in(world)
    chosen = [[f"{step.choice} {step.exit}" for step in read(one.menu_log or "").entries] for one in contacts[:2]]
    assert chosen == [["1 key", "- route"], ["3 key", "- route"]]
    assert contacts[2].menu_log is None


def test_a_menu_that_fails_leads_to_routing_and_so_to_a_line() -> None:
    world = TenantWorld(contract(), lookup=REGULAR)
    works = world.step

    def fails_later(event: Mapping[str, Any]) -> Any:
        said = event["Details"]["ContactData"]["Attributes"]
        return LambdaReply("timeout") if said.get("menuAside") == "true" else works(event)

    world.lambdas.answers["menu_step"] = fails_later
    world.dial(AFTER_SALES, Press("3"), Press("3"), patience_s=200)
    contacts, _ = taken_in(world)
    assert [one.result for one in contacts] == [Result.LEFT_BY_CHOICE, Result.LEFT_BY_CHOICE, Result.ABANDONED]
    assert contacts[2].queue is not None


def test_without_the_key_in_the_contract_it_does_nothing() -> None:
    world = TenantWorld("hrgroup", lookup=REGULAR)
    call = world.dial(AFTER_SALES, Press("1"), Press("3"), patience_s=120)
    assert "返回自助服务" not in " ".join(texts(call, "hears"))
    assert [one.result for one in taken_in(world)[0]] == [Result.ABANDONED]
