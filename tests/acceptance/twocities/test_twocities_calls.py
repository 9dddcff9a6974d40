"""S04: one centre over two cities, each with its number; who called before reaches who served before."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import app
from localstack.connect.engine.plan import Callee, Press, WaitFor
from tests.support.connect_world import MONDAY
from tests.support.fake_dynamo import FakeDynamo
from tests.support.rest import USER, get
from tests.support.rest_table import rest_table
from tests.support.seed_world import DEAF, QUICK, SeedWorld

EAST, WEST = "+864008210021", "+868008280028"
NIGHT_DUTY = "+8613900210021"
CONSULT, REPAIR, COMPLAIN = Press("1"), Press("2"), Press("3")
ZHOU, OTHER, THIRD = "+8613810210021", "+8613700000001", "+8613700000002"
TURN_S = 33
"""The longest turn of the waiting loop; a queue is left at the end of one."""
NIGHT = MONDAY - timedelta(hours=4)
"""Monday, 05:00 in Shanghai: both lines open at 08:00."""


def one_by_one(world: SeedWorld, *callers: str) -> list[list[str]]:
    """Let the callers ring one after another; return whose telephones rang for each."""
    calls = []
    for caller in callers:
        calls.append(world.rings_in(0, caller, CONSULT, to=EAST, wait_s=60))
        world.wait(180)
    return [world.rung(call) for call in calls]


def at_site(world: SeedWorld, site: str, *usernames: str, **habits: Any) -> None:
    for username in usernames:
        world.skilled(username, ("Site", site, 3), profile=site, **habits)


def test_a_returning_caller_reaches_the_agent_of_last_time_and_else_hunting_goes_round() -> None:
    world = SeedWorld("twocities")
    world.staff("east", "ann", "bob", "cat", **QUICK)
    assert one_by_one(world, ZHOU, OTHER, ZHOU) == [["ann"], ["bob"], ["ann"]], "ann knows Zhou already"
    assert one_by_one(world, THIRD) == [["bob"]], "the circle goes on after ann, the last one tried"
    assert one_by_one(world, OTHER, OTHER) == [["bob"], ["bob"]]


def test_an_agent_of_last_time_who_is_busy_keeps_nobody_waiting() -> None:
    world = SeedWorld("twocities")
    world.staff("east", "ann", "bob", acw_s=1, talk_s=20)
    assert one_by_one(world, ZHOU) == [["ann"]]
    long = world.rings_in(0, ZHOU, CONSULT, to=EAST, wait_s=600, talk_s=500)
    again = world.rings_in(60, ZHOU, CONSULT, to=EAST, wait_s=60)
    world.wait(700)
    assert (world.rung(long), world.rung(again)) == (["ann"], ["bob"])


@pytest.mark.parametrize(("number", "own", "other"), [(EAST, "east", "west"), (WEST, "west", "east")])
def test_each_number_reaches_its_city_and_overflows_to_headquarters(number: str, own: str, other: str) -> None:
    world = SeedWorld("twocities")
    world.staff(own, "ann")
    world.staff(other, "bob", **QUICK)
    world.staff("headquarters", "huo", **QUICK)
    world.rings_in(0, OTHER, CONSULT, to=number, wait_s=900, talk_s=800)
    call = world.rings_in(30, ZHOU, CONSULT, to=number)
    world.wait(1_000)
    waited_s = world.waited_s(call)
    assert list(waited_s) == [f"service-{own}", "headquarters"]
    assert 60 <= waited_s[f"service-{own}"] <= 60 + TURN_S
    assert world.agent_of(call) == "huo"
    assert "bob" not in world.rung(call)


@pytest.mark.req("ACD-17")
@pytest.mark.parametrize(("number", "near", "far"), [(EAST, "east", "west"), (WEST, "west", "east")])
def test_the_repair_desk_of_both_cities_asks_the_near_one_first_and_all_after_30_s(
    number: str, near: str, far: str
) -> None:
    world = SeedWorld("twocities")
    at_site(world, far, "far", **QUICK)
    at_site(world, near, "near", **QUICK)
    first = world.rings_in(0, ZHOU, REPAIR, to=number, talk_s=400, wait_s=500)
    second = world.rings_in(5, OTHER, REPAIR, to=number, wait_s=100)
    world.wait(700)
    assert (world.rung(first), world.rung(second)) == (["near"], ["far"]), "although far is idle longer"
    assert 30 <= world.waited_s(second)["repair"] <= 45


def test_complaints_ring_the_group_at_headquarters_until_one_answers() -> None:
    world = SeedWorld("twocities")
    world.staff("east", "ann", **QUICK)
    world.staff("headquarters", "hua", "huo", **DEAF)
    world.staff("headquarters", "hui", **QUICK)
    call = world.rings_in(0, ZHOU, COMPLAIN, to=EAST)
    world.wait(400)
    assert "group headquarters 20" in world.replies[0]["targets"]
    assert world.rung(call) == ["hua", "huo", "hui"]
    assert world.agent_of(call) == "hui"


def test_a_closed_line_rings_the_duty_telephone_and_then_takes_a_message() -> None:
    world = SeedWorld("twocities", now=NIGHT)
    served = world.rings_in(0, ZHOU, to=EAST, third_party=Callee(talk_s=30))
    missed = world.call(
        WaitFor(60), Press("1"), WaitFor(15), Press("#"),
        to=WEST, caller=OTHER, third_party=Callee(answers=("no-answer",)), at=NIGHT + timedelta(seconds=10),
    )  # fmt: skip
    world.wait(400)
    assert (world.rung(served), world.rung(missed)) == ([NIGHT_DUTY], [NIGHT_DUTY])
    assert str(world.chain(served)[-1]["Attributes"]["routeTried"]).split() == [f"outside:{NIGHT_DUTY}"]
    tried = str(world.chain(missed)[-1]["Attributes"]["routeTried"]).split()
    assert tried == [f"outside:{NIGHT_DUTY}", "voicemail:west"]
    assert world.chain(missed)[-1]["Recording"]["Location"] in world.cloud.objects


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeDynamo]:
    with rest_table(monkeypatch, tmp_path, "twocities") as kept:
        yield kept


@pytest.mark.req("NUM-03")
def test_the_figures_of_the_two_numbers_are_told_apart_and_each_city_sees_its_own(table: FakeDynamo) -> None:
    world = SeedWorld("twocities", table)
    areas = {one.number: one.areas for one in world.contract.entry_numbers}
    assert areas == {EAST: ["上海市", "江苏省", "浙江省"], WEST: ["四川省", "重庆市"]}
    world.staff("east", "ann", **QUICK)
    for minute in range(2):
        world.rings_in(60 * minute, ZHOU, CONSULT, to=EAST, wait_s=40)
    world.rings_in(120, OTHER, CONSULT, to=WEST, wait_s=30)
    world.wait(600)
    assert offered() == {EAST: (2, 2), WEST: (1, 0)}
    assert offered(node="east") == {EAST: (2, 2)}
    assert offered(node="west") == {WEST: (1, 0)}


def offered(node: str = "group") -> dict[str, tuple[int, int]]:
    """Return calls offered and answered by number, as somebody of that part of the group sees them."""
    query = {"from": "2026-03-02T00:00:00Z", "to": "2026-03-03T00:00:00Z", "by": "number"}
    claims = {**USER, "custom:tenant": "twocities", "custom:node": node}
    status, body = get(app.app, "/v1/kpis", query=query, claims=claims)
    assert status == 200
    counted = {group["name"]: group["counters"] for group in body["groups"]}
    return {number: (one.get("offered", 0), one.get("answered", 0)) for number, one in counted.items()}
