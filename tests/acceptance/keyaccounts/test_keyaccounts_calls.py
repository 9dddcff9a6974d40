"""S39: a key account reaches its own manager, then the seats, then everybody; other grades move up, within a bound."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import app
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import Press
from tests.support.fake_dynamo import FakeDynamo
from tests.support.rest import USER, post
from tests.support.rest_table import rest_table
from tests.support.seed_world import DEAF, QUICK, SeedWorld

HOTLINE = "+8610018"
CONSULT, COMPLAIN = Press("1"), Press("3")
YUAN, GOLD, PLAIN, LATER = "+8613901010018", "+8613701010018", "+8613601010001", "+8613601010002"
TURN_S = 33
"""The longest turn of the waiting loop; a queue is left at the end of one."""


def diamond() -> SeedWorld:
    """Return the service with the key account whose manager is mia."""
    world = SeedWorld("keyaccounts")
    world.known(YUAN, "diamond", "mia")
    return world


def rings(world: SeedWorld, caller: str, seconds: float = 0, key: Press = CONSULT) -> Contact:
    return world.rings_in(seconds, caller, key, to=HOTLINE, wait_s=1_500, talk_s=20)


def test_a_key_account_is_answered_by_its_own_manager() -> None:
    world = diamond()
    world.staff("key-account", "sue", "mia", **QUICK)
    world.staff("general", "gus", **QUICK)
    call = rings(world, YUAN)
    world.wait(120)
    assert world.rung(call) == ["mia"], "although sue is idle longer"


def test_a_key_account_whose_manager_is_away_reaches_the_seats_at_once() -> None:
    world = diamond()
    world.staff("key-account", "mia", status="Lunch")
    world.staff("key-account", "sue", **QUICK)
    call = rings(world, YUAN)
    world.wait(120)
    assert world.rung(call) == ["sue"]
    assert world.waited_s(call)["key-seats"] <= 10


@pytest.mark.req("ACD-09")
def test_a_key_account_goes_on_from_manager_to_seats_to_everybody_each_after_its_own_time() -> None:
    world = diamond()
    for agent in ("sue", "mia"):
        world.staff("key-account", agent, **DEAF)
        world.wait(10)
    call, ordinary = rings(world, YUAN), rings(world, PLAIN, 75)
    for agent, seconds in (("mia", 35), ("sue", 25)):
        world.wait(seconds)
        world.to_lunch(agent)
    world.wait(190)
    assert list(dict.fromkeys(world.rung(call))) == ["mia", "sue"]
    asked = world.replies[0]["targets"].split("; ")
    assert asked[:3] == [
        "agent mia 20 account-manager",
        "queue key-seats 40 key-account-seats",
        "queue general 300 menu-choice",
    ]
    world.staff("general", "gus", **QUICK)
    world.wait(1_500)
    waited_s = world.waited_s(call)
    assert 60 <= waited_s["key-seats"] <= 60 + TURN_S, "20 s for the manager, 40 s for the seats"
    assert list(waited_s) == ["key-seats", "general"]
    assert world.agent_of(call) == "gus"
    assert world.answered_at(call) < world.answered_at(ordinary), (
        "at top priority: the ordinary caller was there earlier"
    )


@pytest.mark.req("ACD-08")
@pytest.mark.parametrize(("later_s", "first"), [(140, GOLD), (160, PLAIN)])
def test_gold_moves_ahead_of_plain_by_its_head_start_and_no_more(later_s: int, first: str) -> None:
    """Two ranks of eight, of a bound of 600 s: 150 s."""
    world = SeedWorld("keyaccounts")
    world.known(GOLD, "gold")
    calls = {PLAIN: rings(world, PLAIN), GOLD: rings(world, GOLD, later_s)}
    world.wait(200)
    world.staff("general", "gus", **QUICK)
    world.wait(200)
    assert min(calls, key=lambda caller: world.answered_at(calls[caller])) == first


@pytest.mark.req("ACD-08")
def test_the_longest_head_start_of_all_is_the_bound() -> None:
    world = diamond()
    world.known(GOLD, "gold")
    for number, caller in enumerate((YUAN, GOLD, PLAIN)):
        rings(world, caller, 10 * number)
    world.wait(60)
    assert world.tenant.plan.ageing_bound_s == 600
    assert [reply["headStart"] for reply in world.replies] == ["8", "6", "4"], "eighths of the bound"
    assert {reply["priority"] for reply in world.replies} == {"5"}, "no class that could starve another"


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeDynamo]:
    with rest_table(monkeypatch, tmp_path, "keyaccounts") as kept:
        yield kept


def test_who_has_an_open_ticket_is_served_before_who_has_none(table: FakeDynamo) -> None:
    opening = {"subject": {"category": "repair", "text": "The line is dead.", "phone": LATER}, "note": "by telephone"}
    agent = {**USER, "custom:tenant": "keyaccounts", "cognito:username": "gus", "cognito:groups": "agent"}
    assert post(app.app, "/v1/tickets", opening, claims=agent)[0] == 201, json.dumps(opening)
    world = SeedWorld("keyaccounts", table)
    plain, with_ticket = rings(world, PLAIN), rings(world, LATER, 100)
    world.wait(150)
    world.staff("general", "gus", **QUICK)
    world.wait(200)
    assert world.answered_at(with_ticket) < world.answered_at(plain)
    assert "open-ticket" in world.replies[1]["found"]


def test_who_complained_lately_is_served_before_who_did_not() -> None:
    world = SeedWorld("keyaccounts")
    world.rings_in(0, LATER, COMPLAIN, to=HOTLINE, wait_s=40)
    world.rings_in(0, PLAIN, CONSULT, to=HOTLINE, wait_s=40)
    world.wait(200)
    plain, complained = rings(world, PLAIN), rings(world, LATER, 100)
    world.wait(150)
    world.staff("general", "gus", **QUICK)
    world.wait(200)
    assert world.answered_at(complained) < world.answered_at(plain)
    assert "recent-contact" in world.replies[-1]["found"]
