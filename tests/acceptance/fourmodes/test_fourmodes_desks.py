"""S24: ring-all at the desks of a group. All are offered the call at once, the first acceptance wins (ACD-04)."""

import pytest

from chalicelib.offers.models import Withdrawn
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import Press
from tests.support.ringing_desks import RingingDesks
from tests.support.seed_world import QUICK

HOTLINE, CALLER = "+8695501", "+861065550000"
COMPLAIN = (Press("1"), Press("3"))
GROUP = ("zoe", "ann", "mia")
RING_S, HELD_S = 20, 25


def complaint(world: RingingDesks, *, wait_s: float = 300) -> Contact:
    """Let somebody complain while three of the group are idle and one talks, until the desks show it."""
    world.staff("cards", "bob", talk_s=2_000)
    world.rings_in(0, CALLER, Press("1"), Press("1"), to=HOTLINE, wait_s=2_000, talk_s=2_000)
    world.wait(60)
    for agent in GROUP:
        world.staff("cards", agent, **QUICK)
        world.wait(10)
    call = world.rings_in(0, CALLER, *COMPLAIN, to=HOTLINE, wait_s=wait_s)
    while not any(world.sees(*GROUP)):
        world.wait(1)
    return call


@pytest.mark.req("ACD-04")
def test_every_idle_desk_of_the_group_is_offered_the_call_at_once_and_the_first_to_accept_has_it() -> None:
    world = RingingDesks("fourmodes")
    call = complaint(world)
    assert world.sees(*GROUP, "bob", "nobody") == [1, 1, 1, 0, 0], "idle ones of the group, and all at one instant"
    assert world.rung(call) == [], "no telephone rings meanwhile"

    assert world.accepts("mia").state == "accepted"
    assert world.sees(*GROUP) == [0, 0, 0], "the same write has withdrawn all others"
    for late in ("zoe", "ann"):
        with pytest.raises(Withdrawn) as refused:
            world.takes(late, call.id)
        assert refused.value.facts["reason"] == "taken"
    assert world.takes("mia", call.id).state == "accepted", "asked again it is the same acceptance"

    world.wait(120)
    assert (world.rung(call), world.agent_of(call)) == (["mia"], "mia")


@pytest.mark.req("ACD-04")
def test_a_call_that_no_desk_accepts_goes_on_to_the_telephones_of_its_queue() -> None:
    world = RingingDesks("fourmodes")
    call = complaint(world)
    world.wait(RING_S)
    assert (world.sees(*GROUP), world.rung(call)) == ([0, 0, 0], [])
    world.wait(HELD_S + 30)
    assert world.agent_of(call) == "zoe", "idle longest"
    assert HELD_S <= world.waited_s(call)["complaints"] <= HELD_S + 10


@pytest.mark.req("ACD-04")
def test_when_the_caller_hangs_up_nobody_is_offered_the_call_any_more() -> None:
    world = RingingDesks("fourmodes")
    call = complaint(world, wait_s=5)
    world.wait(8)
    assert world.sees(*GROUP) == [0, 0, 0]
    with pytest.raises(Withdrawn) as refused:
        world.takes("ann", call.id)
    assert refused.value.facts["reason"] == "gone"


def test_an_agent_who_is_idle_no_more_is_offered_nothing_and_his_acceptance_does_not_count() -> None:
    world = RingingDesks("fourmodes")
    call = complaint(world)
    world.to_lunch("ann")
    assert world.sees(*GROUP) == [1, 0, 1]
    assert world.accepts("zoe").state == "accepted"
    world.wait(60)
    assert world.agent_of(call) == "zoe"
