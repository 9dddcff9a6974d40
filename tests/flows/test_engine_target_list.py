"""The flows act on the whole list: every kind of target, each for its own time, none twice, every hop recorded."""

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.contacts import api, policy, record
from chalicelib.contacts.models import Result
from cli.commands.route import past_rows
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import Callee, HangUp, Press, WaitFor
from localstack.connect.engine.ports import LambdaReply
from tests.support.connect_world import MONDAY, texts
from tests.support.decided_world import CALLER, TO_COMPLAINTS, Decided, after
from tests.support.routing_plans import FULL

DUTY = "+8613900000001"
TELESALES = "+862155360100"
TURN_S = 33
"""The longest turn of the waiting loop in these tests: 25 s of comfort, and the position."""
NOBODY = Callee(answers=("no-answer",))
SOMEBODY = Callee(talk_s=40)
OUTSIDE = {"to": "outside", "number": DUTY, "timeout_s": 25}
TO_TELESALES = {"to": "queue", "id": "telesales", "timeout_s": 60}
SUNDAY = MONDAY - timedelta(days=1)


def chained(*hops: dict[str, Any], **more: Any) -> Decided:
    """Complaints wait a minute and a half, then the hops. One agent is signed in, and at lunch."""
    chain = {"id": "away", "queues": ["complaints"], "wait_limit_s": 90, "hops": list(hops)}
    world = Decided({"overflow": [chain], "presented_number": FULL["presented_number"], **more})
    world.staff("service", "ann", status="Lunch")
    return world


def complain(world: Decided, *script: Any, third_party: Callee = NOBODY) -> Contact:
    contact = world.call(*TO_COMPLAINTS, *script, to="+864008601234", caller=CALLER, third_party=third_party)
    world.run(until=after(1_500))
    return contact


def hops(world: Decided, contact: Contact) -> list[str]:
    """Return the places that the last record of the call says it has been to."""
    return str(world.chain(contact)[-1]["Attributes"]["routeTried"]).split()


def results(world: Decided, contact: Contact) -> list[Result]:
    """Return what the product makes of every contact of the call."""
    return [policy.contact(record.parse(json.dumps(one).encode()), world.tenant).result for one in world.chain(contact)]


@pytest.mark.req("ACD-16")
def test_a_queue_is_left_at_the_first_turn_after_its_time_and_every_hop_is_recorded() -> None:
    world = chained(TO_TELESALES, OUTSIDE, {"to": "queue", "id": "english", "timeout_s": 90})
    contact = complain(world, WaitFor(900), HangUp())
    waited = {one["Queue"]["Name"]: one["Queue"]["Duration"] for one in world.chain(contact)}
    assert list(waited) == ["complaints", "telesales", "aside", "english", "after-sales"]
    for queue, limit_s in (("complaints", 90), ("telesales", 60), ("english", 90)):
        assert limit_s <= waited[queue] <= limit_s + TURN_S, queue
    assert hops(world, contact) == [
        "queue:complaints",
        "queue:telesales",
        f"outside:{DUTY}",
        "queue:english",
        "queue:after-sales",
    ]
    reasons = [one["Attributes"]["routeReason"] for one in world.chain(contact)]
    assert reasons == ["menu-choice", "overflow", "overflow", "overflow", "overflow"]
    assert {one["InitialContactId"] for one in world.chain(contact)[1:]} == {contact.id}
    assert results(world, contact)[-1] is Result.ABANDONED
    assert set(results(world, contact)[:-1]) == {Result.OVERFLOWED}


@pytest.mark.req("ACD-16")
def test_a_caller_at_whose_turns_an_agent_always_rings_moves_on_all_the_same() -> None:
    """An offer rings 20 s and cannot be interrupted; the loop comes round until it falls between two offers."""
    world = chained({"to": "voicemail"})
    world.staff("service", "mia", accept_share=0.0)
    contact = complain(world, WaitFor(900), HangUp())
    assert world.queues(contact) == ["complaints", "aside"]
    assert 90 <= world.record_of(contact)["Queue"]["Duration"] <= 300


def test_the_telephone_outside_rings_its_own_time_and_presents_a_number_of_the_tenant() -> None:
    world = chained({**OUTSIDE, "timeout_s": 40})
    contact = complain(world, WaitFor(400), HangUp())
    (rings,) = [one for one in contact.transcript if one.kind == "dialing"]
    (missed,) = [one for one in contact.transcript if f"{DUTY} does not answer" in one.text]
    assert (missed.at - rings.at).total_seconds() == 40
    assert world.chain(contact)[-1]["Attributes"]["presentedNumber"] == FULL["presented_number"]


def test_a_telephone_outside_that_answers_has_the_caller_and_the_call_counts_as_handed_out() -> None:
    world = chained(OUTSIDE)
    contact = complain(world, third_party=SOMEBODY)
    assert contact.completed
    assert hops(world, contact) == ["queue:complaints", f"outside:{DUTY}"]
    assert results(world, contact) == [Result.OVERFLOWED, Result.TRANSFERRED_OUT]


@pytest.mark.req("ACD-16")
@pytest.mark.parametrize("answers", ["no-answer", "busy"])
def test_no_answer_and_busy_outside_lead_on_to_the_next_place(answers: Any) -> None:
    world = chained(OUTSIDE, {"to": "voicemail"})
    contact = complain(world, WaitFor(110), Press("1"), WaitFor(20), Press("#"), third_party=Callee(answers=(answers,)))
    assert hops(world, contact) == ["queue:complaints", f"outside:{DUTY}", "voicemail:after-sales"]
    assert results(world, contact)[-1] is Result.VOICEMAIL
    assert world.chain(contact)[-1]["Recording"]["Location"] in world.cloud.objects


def test_a_hop_that_is_a_callback_plans_one_in_its_queue_and_ends_the_call() -> None:
    world = chained({"to": "callback", "id": "telesales"})
    contact = complain(world)
    assert contact.completed
    assert results(world, contact) == [Result.OVERFLOWED, Result.CALLBACK]
    (back,) = [one for one in world.world.active if one.initiation_method == "CALLBACK"]
    assert back.visit is not None
    assert back.visit.queue.name == "telesales"
    assert back.plan.caller == CALLER


def test_the_last_resort_is_not_forced_upon_a_caller_who_keeps_a_place_in_a_queue() -> None:
    world = Decided({})
    world.staff("service", "ann", accept_share=0.0)
    contact = world.ask(*TO_COMPLAINTS, wait_s=1_200)
    world.run(until=after(1_500))
    assert world.queues(contact) == ["complaints", "after-sales"]
    assert results(world, contact) == [Result.OVERFLOWED, Result.ABANDONED]
    assert world.turns < 1_200 / 25, "nothing is asked any more once there is nowhere to go"


@pytest.mark.req("ACD-16")
def test_a_full_next_queue_is_passed_over_and_the_place_in_the_first_is_kept_until_then() -> None:
    world = chained(TO_TELESALES, {"to": "queue", "id": "english", "timeout_s": 300})
    world.queue("telesales", max_contacts=1)
    world.ask(to=TELESALES, caller="+8613800000009", wait_s=1_500)
    contact = complain(world, WaitFor(300), HangUp())
    assert "telesales" not in world.queues(contact)
    assert hops(world, contact) == ["queue:complaints", "queue:telesales", "queue:english"]


@pytest.mark.req("ACD-21")
def test_a_decision_that_fails_while_the_caller_waits_costs_nothing_but_the_move() -> None:
    world = chained(TO_TELESALES)
    answers = world.lambdas.answers["route_contact"]
    broken = LambdaReply("function-error", b"{}", detail="boom")
    world.lambdas.answers["route_contact"] = lambda event: (
        broken if event["Details"]["Parameters"].get("stage") else answers(event)
    )
    contact = complain(world, WaitFor(300), HangUp())
    assert world.queues(contact) == ["complaints"]
    assert world.record_of(contact)["DisconnectReason"] == "CUSTOMER_DISCONNECT"


@pytest.mark.req("ACD-21")
def test_a_decision_that_fails_outside_every_queue_leads_to_the_default_queue_flagged() -> None:
    world = chained(OUTSIDE)
    answers = world.lambdas.answers["route_contact"]
    broken = LambdaReply("timeout")
    world.lambdas.answers["route_contact"] = lambda event: (
        broken if event["Details"]["Parameters"].get("stage") == "aside" else answers(event)
    )
    contact = complain(world, WaitFor(300), HangUp())
    assert world.queues(contact) == ["complaints", "aside", "after-sales"]
    last = world.chain(contact)[-1]["Attributes"]
    assert (last["routingFlag"], last["routeReason"]) == ("routing-degraded", "routing-degraded")


@pytest.mark.req("ACD-16")
def test_a_chain_may_lead_back_to_the_menu_before_any_queue() -> None:
    world = chained({"to": "ivr", "id": "self-service"})
    world.full = frozenset({"complaints"})
    contact = complain(world, WaitFor(5), Press("1"), WaitFor(30), HangUp())
    assert sum("业务咨询请按1" in text for text in texts(contact, "hears")) == 2
    assert world.chain(contact)[-1]["Attributes"]["selfService"] == "self-service"
    assert world.queues(contact) == ["after-sales"]


def test_a_closed_line_rings_todays_duty_telephone_and_then_plans_a_callback() -> None:
    closed = {"lines": ["telesales"], "hops": [{"to": "duty", "id": "manager", "timeout_s": 20}]}
    routing = {"closed": [closed], "duties": FULL["duties"], "presented_number": FULL["presented_number"]}
    closed["hops"].append({"to": "callback", "id": "telesales"})
    world = Decided(routing, now=SUNDAY)
    contact = world.call(Press("1"), Press(""), to=TELESALES, caller=CALLER, third_party=NOBODY)
    world.run(until=SUNDAY + timedelta(minutes=5))
    assert world.rung(contact) == ["+8613900000007"], "the telephone of the weekend"
    assert hops(world, contact) == ["outside:+8613900000007", "callback:telesales"]
    assert results(world, contact) == [Result.CALLBACK]


def test_what_was_decided_is_kept_with_the_contact_and_can_be_told_afterwards() -> None:
    world = chained(OUTSIDE)
    contact = complain(world, WaitFor(170), HangUp())
    first, last = (
        policy.contact(record.parse(json.dumps(one).encode()), world.tenant)
        for one in (world.chain(contact)[0], world.chain(contact)[-1])
    )
    assert (first.rule, first.hops) == (None, "queue:complaints")
    assert first.targets is not None
    assert first.targets.startswith(f"queue complaints 90 menu-choice; outside {DUTY} 25 overflow; queue after-sales")
    assert first.found == "rank 3"
    told = list(past_rows(api.view("hrgroup", last, ()).model_dump()))
    assert told[-3:] == ["  queue:complaints", f"  outside:{DUTY}", "  queue:after-sales"]
    assert any("menu-choice" in row or "overflow" in row for row in told)
