"""Decisions from agent events alone: the engine tells, the product's ingest hears, and the right telephone rings."""

from datetime import timedelta

import pytest

from chalicelib.customers.service import Caller, PastContact, Profile
from localstack.connect.engine.contact import Contact
from tests.support import schedules
from tests.support.connect_world import MONDAY
from tests.support.live_floor_world import CALLER, LiveFloorWorld
from tests.support.routing_plans import part

RING_S = 15
"""Of the strategy `round`."""


def answered(world: LiveFloorWorld, calls: int, gap_s: float = 60, wait_s: float = 30) -> list[str]:
    """Place calls one after another; return who answered each."""
    placed = [world.ask(wait_s=wait_s, at=MONDAY + timedelta(seconds=gap_s * n)) for n in range(calls)]
    world.run(until=MONDAY + timedelta(seconds=gap_s * calls + 600))
    return ["".join(world.agents_of(call)) for call in placed]


def test_hunting_goes_on_after_the_agent_who_was_tried_last() -> None:
    world = LiveFloorWorld(part("strategies"), after_sales="round")
    world.staff("service", "cat", "ann", "bob", talk_s=5, acw_s=1)
    assert answered(world, 4) == ["ann", "bob", "cat", "ann"]
    assert {reply["without"] for reply in world.replies} == {"none"}


def test_hunting_passes_on_from_one_who_does_not_answer() -> None:
    world = LiveFloorWorld(part("strategies"), after_sales="round")
    world.staff("service", "ann", accept_share=0.0)
    world.staff("service", "bob", talk_s=5, acw_s=1)
    assert answered(world, 1, wait_s=90) == ["bob"]


def at_once(kind: str, *, reserves: bool = True) -> tuple[LiveFloorWorld, list[Contact]]:
    """Let five callers come within a second to a group of six, each with his own telephone, and end their calls."""
    world = LiveFloorWorld(part("strategies"), after_sales=kind, reserves=reserves)
    world.staff("service", "ann", "bob", "cat", "dan", "eve", "fay", talk_s=90, acw_s=1)
    came = [MONDAY + timedelta(milliseconds=200 * n) for n in range(5)]
    placed = [world.ask(wait_s=90, at=at, caller=f"+861380013800{n}") for n, at in enumerate(came)]
    world.run(until=MONDAY + timedelta(seconds=300))
    return world, placed


def first_asked(world: LiveFloorWorld) -> list[str]:
    """Return whom each decision asks first, in the order of the decisions."""
    return [reply["targets"].removeprefix("agent ").partition(" ")[0] for reply in world.replies]


def waits_s(world: LiveFloorWorld, calls: list[Contact]) -> list[int]:
    return [world.record_of(call)["Queue"]["Duration"] for call in calls]


@pytest.mark.parametrize("kind", ["round", "in-order"])
def test_callers_who_come_within_a_second_reach_different_agents_in_the_order_of_their_decisions(kind: str) -> None:
    world, calls = at_once(kind)
    assert first_asked(world) == ["ann", "bob", "cat", "dan", "eve"]
    assert sorted("".join(world.agents_of(call)) for call in calls) == ["ann", "bob", "cat", "dan", "eve"]
    assert max(waits_s(world, calls)) < RING_S
    assert sorted(one.contact_id for one in world.reservations.kept.values()) == sorted(call.id for call in calls)


def test_without_reservations_one_of_them_waits_out_the_ring_of_an_agent_who_is_taken() -> None:
    world, calls = at_once("round", reserves=False)
    assert len(set(first_asked(world))) < len(calls)
    assert max(waits_s(world, calls)) > RING_S


def test_the_fixed_order_begins_with_the_first_place_whenever_it_is_free() -> None:
    world = LiveFloorWorld(part("strategies"), after_sales="in-order")
    world.staff("service", "cat", "ann", "bob", talk_s=5, acw_s=1)
    assert answered(world, 3) == ["ann", "ann", "ann"]


def test_least_talk_asks_the_one_who_has_talked_least_in_the_shift() -> None:
    world = LiveFloorWorld(part("strategies"), after_sales="least")
    world.staff("service", "ann", talk_s=40, acw_s=1)
    world.staff("service", "bob", talk_s=10, acw_s=1)
    who = answered(world, 5, gap_s=120, wait_s=110)
    talked = {"ann": 0, "bob": 0}
    for agent in who:
        assert talked[agent] == min(talked.values())
        talked[agent] += 40 if agent == "ann" else 10
    assert set(who) == {"ann", "bob"}


def test_fewest_contacts_shares_the_work_evenly() -> None:
    world = LiveFloorWorld(part("strategies"), after_sales="fewest")
    world.staff("service", "ann", "bob", "cat", talk_s=5, acw_s=1)
    who = answered(world, 6)
    assert [who.count(agent) for agent in ("ann", "bob", "cat")] == [2, 2, 2]


def test_the_agent_of_last_time_is_asked_while_he_is_free_and_passed_over_at_lunch() -> None:
    past = PastContact(at=MONDAY - timedelta(days=3), contact_id="c", agent="mia", line="after-sales")
    callers = {CALLER: Caller(recent=(past,))}
    world = LiveFloorWorld(part("memory"), callers=callers)
    world.staff("service", "ann", "mia", "zoe", talk_s=5, acw_s=1)
    assert answered(world, 1) == ["mia"]
    away = LiveFloorWorld(part("memory"), callers=callers)
    away.staff("service", "ann", talk_s=5)
    away.staff("service", "mia", status="Lunch")
    assert answered(away, 1) == ["ann"]
    assert away.replies[0]["passed"] == "away 1"


def test_a_key_account_reaches_its_own_manager() -> None:
    profile = Profile(customer_id="c-1", name="王芳", grade="gold", language="zh-CN", manager="zoe")
    world = LiveFloorWorld(part("key_accounts"), callers={CALLER: Caller(profile=profile)})
    world.staff("service", "ann", "mia", "zoe", talk_s=5, acw_s=1)
    assert answered(world, 1) == ["zoe"]


@pytest.mark.parametrize("seed", range(3))
def test_no_contact_is_ever_with_two_agents_whatever_is_missed_hung_up_repeated_or_displaced(seed: int) -> None:
    tally = schedules.run(25, seed)
    assert tally.calls >= 25
    assert tally.answered > 0
    assert (tally.shared, tally.twice, tally.without_floor) == (0, 0, 0)
