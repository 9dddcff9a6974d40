"""S24 and S63: four ways to distribute calls, which may change at any time, and the caller's region before them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib.overrides.service import Store, following
from localstack.connect.engine.plan import Press
from tests.support.fake_dynamo import FakeDynamo
from tests.support.rest import USER, send
from tests.support.rest_table import rest_table
from tests.support.seed_world import DEAF, QUICK, SeedWorld

HOTLINE = "+8695501"
MANDARIN, ENGLISH = Press("1"), Press("2")
CONSULT, BUSINESS, COMPLAIN = Press("1"), Press("2"), Press("3")
BEIJING = "+861065550000"
MANAGER = {**USER, "custom:tenant": "fourmodes", "cognito:username": "zhang", "cognito:groups": "duty-manager"}


def rung(world: SeedWorld, calls: int, *keys: Press, **plan: Any) -> list[list[str]]:
    """Let so many callers ring one after another; return whose telephones rang for each."""
    made = []
    for _ in range(calls):
        made.append(world.rings_in(0, BEIJING, *keys, to=HOTLINE, wait_s=90, **plan))
        world.wait(150)
    return [world.rung(call) for call in made]


@pytest.mark.req("ACD-05")
def test_load_balancing_rings_whoever_is_idle_longest() -> None:
    world = SeedWorld("fourmodes")
    for agent in ("zoe", "ann", "mia"):
        world.staff("cards", agent, **QUICK)
        world.wait(10)
    assert rung(world, 4, MANDARIN, CONSULT) == [["zoe"], ["ann"], ["mia"], ["zoe"]]


@pytest.mark.req("ACD-03")
def test_hunting_goes_round_in_fixed_order_from_one_who_does_not_answer_to_the_next() -> None:
    world = SeedWorld("fourmodes")
    world.staff("cards", "zoe", "ann", **QUICK)
    world.staff("cards", "mia", **DEAF)
    assert rung(world, 3, MANDARIN, BUSINESS) == [["ann"], ["mia", "zoe"], ["ann"]]


def test_ring_all_without_desks_keeps_a_complaint_for_the_group_until_one_answers() -> None:
    """One telephone after another: all that Amazon Connect can do of it. Desks: `test_fourmodes_desks.py`."""
    world = SeedWorld("fourmodes")
    for agent, habits in (("zoe", DEAF), ("ann", DEAF), ("mia", QUICK)):
        world.staff("cards", agent, **habits)
        world.wait(10)
    assert rung(world, 1, MANDARIN, COMPLAIN) == [["zoe", "ann", "mia"]]
    assert "group complaints 20" in world.replies[0]["targets"]


@pytest.mark.req("ACD-06")
def test_least_talk_rings_whoever_has_talked_least_at_the_english_desk() -> None:
    world = SeedWorld("fourmodes")
    world.staff("bilingual", "amy", talk_s=40, acw_s=1)
    world.staff("bilingual", "bea", talk_s=15, acw_s=1)
    assert rung(world, 5, ENGLISH, CONSULT) == [["amy"], ["bea"], ["bea"], ["bea"], ["amy"]]


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeDynamo]:
    with rest_table(monkeypatch, tmp_path, "fourmodes") as kept:
        yield kept


def change(strategy: str, version: int) -> int:
    """Let the supervisor give the queue of business calls another way."""
    status, _ = send(
        app.app, "PUT", "/v1/routing/queues/{queue}/strategy", path={"queue": "business"}, claims=MANAGER,
        body=json.dumps({"strategy": strategy, "version": version}), headers={"content-type": "application/json"},
    )  # fmt: skip
    return status


@pytest.mark.req("ACD-02")
def test_a_queue_goes_through_all_four_ways_while_calls_run_and_none_is_cut(table: FakeDynamo) -> None:
    store = Store(table, "trunkline-fourmodes", SeedWorld("fourmodes").tenant.id)
    world = SeedWorld("fourmodes", table, overrides=lambda tenant: following(tenant, store.read, keep_s=0.0))
    world.staff("cards", *(f"agent{n:02d}" for n in range(9)), acw_s=1)
    calls = []
    ways = ("in-turn", "longest-idle", "least-talk", "together")
    for version, way in enumerate(ways):
        assert version == 0 or change(way, version - 1) == 200
        calls += [world.rings_in(n, BEIJING, MANDARIN, BUSINESS, to=HOTLINE, wait_s=900, talk_s=800) for n in range(2)]
        world.wait(60)
    assert [reply["strategy"] for reply in world.replies] == [way for way in ways for _ in range(2)]
    world.wait(1_500)
    for call in calls:
        assert world.record_of(call)["Agent"]["AgentInteractionDuration"] >= 800
    entries = [item for (pk, _), item in table.items.items() if pk.endswith("AUDIT#zhang")]
    assert {entry["resource"]["S"] for entry in entries} == {"routing/queues/business/strategy"}
    assert [way in entry["after"]["S"] for way, entry in zip(ways[1:], entries, strict=True)] == [True] * 3


@pytest.mark.req("ACD-10")
@pytest.mark.parametrize(
    ("caller", "queue"),
    [
        ("+862088880000", "south"),
        ("+8675588880000", "south"),
        ("+8613602400000", "south"),
        (BEIJING, "cards"),
        ("+8613501000000", "cards"),
        ("+14155550123", "cards"),
        ("+85229876543", "cards"),
        ("anonymous", "cards"),
    ],
)
def test_callers_from_the_south_reach_the_southern_agents_and_all_others_do_not(caller: str, queue: str) -> None:
    world = SeedWorld("fourmodes")
    world.staff("cards", "ann", **QUICK)
    world.staff("south", "sun", **QUICK)
    call = world.rings_in(0, caller, MANDARIN, CONSULT, to=HOTLINE, wait_s=60)
    world.wait(200)
    assert world.queues(call) == [queue]
    assert world.agent_of(call) == {"south": "sun", "cards": "ann"}[queue]


def test_a_southern_caller_whom_nobody_there_answers_goes_on_to_the_queue_of_the_menu() -> None:
    world = SeedWorld("fourmodes")
    world.staff("cards", "ann", **QUICK)
    call = world.rings_in(0, "+862088880000", MANDARIN, CONSULT, to=HOTLINE)
    world.wait(400)
    assert (world.queues(call), world.agent_of(call)) == (["south", "cards"], "ann")


def test_who_speaks_english_reaches_the_english_desk_from_the_south_too() -> None:
    world = SeedWorld("fourmodes")
    world.staff("south", "sun", **QUICK)
    world.staff("bilingual", "amy", **QUICK)
    call = world.rings_in(0, "+862088880000", ENGLISH, CONSULT, to=HOTLINE, wait_s=60)
    world.wait(200)
    assert world.agent_of(call) == "amy"
