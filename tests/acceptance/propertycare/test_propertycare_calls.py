"""S05: residents reach one centre; an emergency goes before everything, at any hour."""

from datetime import datetime, timedelta

import pytest

from chalicelib.contacts.store import Contacts
from localstack.connect.engine.plan import Callee, Press
from tests.support.connect_world import MONDAY, texts
from tests.support.seed_world import QUICK, SeedWorld

CENTRE = "+862085536000"
RESCUE_DUTY = "+8613902000110"
CONSULT, REPAIR, EMERGENCY = Press("1"), Press("2"), Press("9")
CHEN, LIN, WU = "+8613822085536", "+8613822000001", "+8613822000002"
TURN_S = 33
"""The longest turn of the waiting loop; a queue is left at the end of one."""
NIGHT = MONDAY - timedelta(hours=6)
"""Monday, 03:00 in Shanghai."""


@pytest.mark.parametrize("now", [MONDAY, NIGHT])
def test_an_emergency_is_answered_before_all_who_wait_at_any_hour(now: datetime) -> None:
    world = SeedWorld("propertycare", now=now)
    world.staff("front-desk", "ann", acw_s=1)
    world.rings_in(0, WU, CONSULT, to=CENTRE, wait_s=300, talk_s=110)
    earlier = [world.rings_in(30 + n, f"+86138220001{n:02d}", CONSULT, to=CENTRE, talk_s=20) for n in range(3)]
    rescue = world.rings_in(90, CHEN, EMERGENCY, to=CENTRE, talk_s=20)
    world.wait(600)
    assert all(world.answered_at(rescue) < world.answered_at(one) for one in earlier)
    assert world.queues(rescue) == ["emergency"]


def test_an_emergency_is_asked_nothing_after_its_key() -> None:
    world = SeedWorld("propertycare")
    world.staff("front-desk", "ann", **QUICK)
    rescue = world.rings_in(0, CHEN, EMERGENCY, to=CENTRE, wait_s=60)
    world.wait(200)
    pressed = next(n for n, told in enumerate(rescue.transcript) if told.kind == "pressed")
    asked = [told.text for told in rescue.transcript[pressed:] if told.kind == "hears" and "请按" in told.text]
    assert asked == []
    assert rescue.attributes["menuOutcome"] == "emergency"
    assert world.rung(rescue) == ["ann"]
    assert len(texts(rescue, "pressed")) == 1, "one key, then an agent"


def test_an_emergency_that_nobody_answers_in_a_minute_rings_the_rescue_duty_telephone() -> None:
    world = SeedWorld("propertycare")
    world.staff("front-desk", "ann")
    world.rings_in(0, WU, CONSULT, to=CENTRE, wait_s=900, talk_s=800)
    rescue = world.rings_in(30, CHEN, EMERGENCY, to=CENTRE, third_party=Callee(talk_s=60), wait_s=600)
    world.wait(900)
    assert world.rung(rescue) == [RESCUE_DUTY]
    assert 60 <= world.waited_s(rescue)["emergency"] <= 60 + TURN_S
    assert world.chain(rescue)[-1]["Attributes"]["presentedNumber"] == CENTRE


def test_an_emergency_with_nobody_signed_in_rings_the_rescue_duty_telephone_at_once() -> None:
    world = SeedWorld("propertycare", now=NIGHT)
    rescue = world.rings_in(0, CHEN, EMERGENCY, to=CENTRE, third_party=Callee(talk_s=60), wait_s=600)
    world.wait(60)
    assert world.rung(rescue) == [RESCUE_DUTY]


def test_who_calls_for_the_third_time_in_a_day_moves_up() -> None:
    world = SeedWorld("propertycare")
    for _ in range(2):
        world.rings_in(0, CHEN, CONSULT, to=CENTRE, wait_s=30)
        world.wait(120)
    waiting = world.rings_in(0, LIN, CONSULT, to=CENTRE, wait_s=900)
    again = world.rings_in(60, CHEN, CONSULT, to=CENTRE, wait_s=900)
    world.wait(120)
    assert [reply["priority"] for reply in world.replies[-2:]] == ["5", "3"]
    world.staff("front-desk", "ann", **QUICK)
    world.wait(300)
    assert world.answered_at(again) < world.answered_at(waiting)


@pytest.mark.parametrize(
    ("skill", "from_s", "to_s"), [(("Trade", "lifts", 4), 0, 10), (("Trade", "lifts", 2), 30, 45), (None, 60, 80)]
)
def test_a_repair_asks_for_the_lift_skill_and_relaxes_after_30_and_60_s(
    skill: tuple[str, str, float] | None, from_s: int, to_s: int
) -> None:
    world = SeedWorld("propertycare")
    world.skilled("ann", *([skill] if skill else []), profile="front-desk", **QUICK)
    repair = world.rings_in(0, WU, REPAIR, to=CENTRE)
    world.wait(300)
    assert world.agent_of(repair) == "ann"
    assert from_s <= world.waited_s(repair)["repair"] <= to_s


def test_a_resident_who_stays_is_asked_how_it_was_and_the_answer_is_with_the_stored_contact() -> None:
    world = SeedWorld("propertycare")
    world.staff("front-desk", "ann", talk_s=3_600, acw_s=1)
    (agent,) = world.world.floor.agents()
    kept = Contacts(world.table, "trunkline-propertycare", world.tenant.id, world.tenant.contacts_days, lambda: "")
    answers = []
    for caller, key in ((WU, CONSULT), (CHEN, EMERGENCY)):
        call = world.call(key, Press("4"), to=CENTRE, caller=caller)
        world.wait(90)
        world.world.joining.hang_up(agent, call)
        world.wait(60)
        found, _ = kept.find(call.id, now=world.world.now)
        assert found is not None
        answers.append((found.result, found.survey_offered, found.survey_answer))
    assert answers == [("answered", True, 4), ("answered", False, None)]
