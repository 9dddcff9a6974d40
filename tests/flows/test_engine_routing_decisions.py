"""The decision engine with the flows and the emulator: agents really get the calls in the order that was decided."""

from datetime import timedelta

import pytest

from chalicelib.customers.service import Caller, PastContact, Profile
from localstack.connect.engine.plan import HangUp, WaitFor
from tests.support.connect_world import MONDAY
from tests.support.decided_world import (
    AFTER_SALES,
    CALLER,
    LATER,
    TO_COMPLAINTS,
    TO_CONSULTATION,
    Decided,
)
from tests.support.routing_plans import FULL, part


def test_agents_get_the_calls_in_the_order_that_was_decided() -> None:
    world = Decided(part("strategies"), after_sales="in-order")
    world.staff("service", "cat", "ann", "bob")
    plan = {"to": AFTER_SALES, "caller": CALLER}
    calls = [
        world.call(*TO_CONSULTATION, WaitFor(200), HangUp(), at=MONDAY + timedelta(seconds=40 * n), **plan)
        for n in range(3)
    ]
    world.run(until=MONDAY + timedelta(minutes=10))
    assert [world.agent_of(call) for call in calls] == ["ann", "bob", "cat"]
    assert {reply["strategy"] for reply in world.replies} == {"in-order"}


def test_an_agent_who_does_not_answer_is_followed_by_the_next_and_the_caller_keeps_the_place() -> None:
    world = Decided(part("strategies"), after_sales="round")
    world.staff("service", "ann", accept_share=0.0)
    world.staff("service", "mia")
    call = world.dial(*TO_CONSULTATION, WaitFor(120), HangUp())
    record = world.record_of(call)
    assert world.agent_of(call) == "mia"
    assert record["Queue"]["Name"] == "after-sales"
    assert [step["Status"] for step in record["RoutingCriteria"][0]["Steps"]] == ["EXPIRED", "JOINED"]
    assert record["Queue"]["Duration"] >= 10


def test_a_returning_caller_reaches_the_agent_who_served_last() -> None:
    past = PastContact(at=MONDAY - timedelta(days=3), contact_id="c", agent="mia", line="after-sales")
    world = Decided(part("memory"), {CALLER: Caller(recent=(past,))})
    world.staff("service", "ann", "mia", "zoe")
    known = world.call(*TO_CONSULTATION, WaitFor(60), HangUp(), to=AFTER_SALES, caller=CALLER)
    world.run(until=MONDAY + timedelta(minutes=10))
    assert world.agent_of(known) == "mia"
    assert world.record_of(known)["Attributes"]["routeReason"] == "last-agent"


@pytest.mark.parametrize(("later_s", "first"), [(240, "gold"), (360, "plain")])
def test_a_grade_overtakes_within_its_head_start_and_not_beyond(later_s: int, first: str) -> None:
    gold = Caller(profile=Profile(customer_id="c-1", name="王芳", grade="gold", language="zh-CN"))
    world = Decided({"ageing_bound_s": 600}, {LATER: gold})
    waits = (WaitFor(3_000), HangUp())
    early = world.call(*TO_CONSULTATION, *waits, to=AFTER_SALES, caller=CALLER)
    late = world.call(*TO_CONSULTATION, *waits, to=AFTER_SALES, caller=LATER, at=MONDAY + timedelta(seconds=later_s))
    world.run(until=MONDAY + timedelta(seconds=later_s + 120))
    assert early.waiting
    assert late.waiting
    world.staff("service", "zoe", talk_s=30)
    world.run(until=MONDAY + timedelta(minutes=30))
    answered = {"plain": world.record_of(early)["Agent"], "gold": world.record_of(late)["Agent"]}
    order = sorted(answered, key=lambda who: answered[who]["ConnectedToAgentTimestamp"])
    assert order[0] == first
    assert {reply["priority"] for reply in world.replies} == {"5"}
    assert [reply["headStart"] for reply in world.replies if reply["stay"] == "no"] == ["4", "8"]


def test_a_full_queue_rings_the_telephone_outside_that_the_chain_names() -> None:
    hop = {"to": "outside", "number": "+8613900000001", "timeout_s": 25}
    chain = {"id": "away", "queues": ["complaints"], "hops": [hop]}
    world = Decided({"overflow": [chain], "presented_number": FULL["presented_number"]})
    world.full = frozenset({"complaints"})
    call = world.dial(*TO_COMPLAINTS, WaitFor(30), HangUp())
    assert world.replies[-1]["target1Type"] == "outside"
    assert any("+8613900000001" in event.text for event in call.transcript)
    assert world.record_of(call)["Queue"] is None


@pytest.mark.req("ACD-14")
def test_the_first_rule_that_applies_selects_queue_and_strategy_and_is_kept_on_the_contact() -> None:
    when = {"menu": ["3"], "categories": ["complaint"], "attributes": {"grade": ["none"]}, "numbers": [AFTER_SALES]}
    never = {"id": "gold-only", "when": {"grades": ["gold"]}, "queue": "english"}
    rule = {"id": "complaints-first", "when": when, "queue": "complaints", "strategy": "in-order"}
    late = {"id": "late", "when": {"menu": ["3"]}, "queue": "english"}
    world = Decided({**part("strategies"), "rules": [never, rule, late]})
    world.staff("service", "zoe")
    record = world.record_of(world.dial(*TO_COMPLAINTS, WaitFor(30), HangUp()))
    assert record["Attributes"]["routeRule"] == "complaints-first"
    assert record["Attributes"]["routeTargets"].startswith("agent zoe 10 strategy; queue complaints 225 rule;")
    assert record["Attributes"]["routeStrategy"] == "in-order"
    assert record["Queue"]["Name"] == "complaints"


def test_a_floor_that_is_not_known_leaves_the_order_to_amazon_connect() -> None:
    world = Decided(part("strategies"), after_sales="in-order")
    world.without_floor()
    world.staff("service", "zoe")
    call = world.dial(*TO_CONSULTATION, WaitFor(30), HangUp())
    assert world.agent_of(call) == "zoe"
    assert (world.replies[-1]["strategy"], world.replies[-1]["without"]) == ("longest-idle", "floor-missing")
