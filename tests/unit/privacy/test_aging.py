"""Customers whose period is over are erased by a clock, and nobody else is (SEC-06)."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.audit.models import Entry, Search
from chalicelib.customers.record import Facts, Identity
from chalicelib.privacy import aging
from chalicelib.privacy.finding import Finding
from chalicelib.privacy.people import Who
from tests.support import customer_registry
from tests.support.private_lives import DEEDS, History, assert_intact, assert_nothing_is_left, stopped
from tests.support.private_world import OFFICER, START, PrivateWorld

DAYS = 400
CONTACTS_DAYS = 1095
OF_ZHANG = {
    "zhang_calls", "zhang_calls_unknown", "zhang_calls_from_home", "wang_calls_with_zhangs_telephone",
    "zhang_is_transferred", "zhang_is_completed", "zhang_has_a_ticket", "a_contact_of_zhang_has_a_ticket",
    "zhang_leaves_a_message", "zhang_is_called_back", "something_is_entered", "zhang_was_visited",
    "somebody_was_visited_at_zhangs_number",
}  # fmt: skip
"""What keeps Zhang's record as long as it is kept itself."""
OF_WANG = {
    "wang_calls_with_zhangs_telephone", "wang_calls", "wang_has_a_ticket", "zhang_is_called_back", "wang_was_visited",
}  # fmt: skip
PERSONS = {"zhang-77": OF_ZHANG, "wang-88": OF_WANG}


def world_of(days: int = DAYS) -> PrivateWorld:
    tenant = customer_registry.tenant()
    retention = {**tenant.privacy["retention"], "customers_days": days}
    return PrivateWorld(tenant=replace(tenant, privacy={**tenant.privacy, "retention": retention}))


@pytest.fixture
def world() -> PrivateWorld:
    """Return a tenant with Zhang and Wang, of whom nothing else is kept."""
    return History(world=world_of()).world


def rounds(world: PrivateWorld) -> None:
    """Let the function run until everything that it asked for is done, and the walk is whole."""
    for _ in range(4):
        world.carry_out()


def later(world: PrivateWorld, days: float) -> None:
    world.at = START + timedelta(days=days)
    rounds(world)


def left(world: PrivateWorld) -> set[str]:
    return set(world.registry.kept.customers(sorted(PERSONS)))


def entries(world: PrivateWorld) -> list[Entry]:
    search = Search(start=START, end=world.at + timedelta(days=1), actor=aging.CLOCK.user)
    return list(reversed(world.trail.search(search, after=None, limit=100).entries))


@settings(max_examples=10, deadline=None)
@given(st.lists(st.sampled_from(DEEDS), max_size=5), st.lists(st.integers(1, 9), max_size=3))
def test_whoever_is_over_is_erased_once_and_nobody_else_is(deeds: list[Any], stops: list[int]) -> None:
    world = (history := History(world=world_of())).world
    for deed in deeds:
        deed(history)
    counters, done = world.counters(), {deed.__name__ for deed in deeds}
    later(world, DAYS - 1)
    assert left(world) == PERSONS.keys()
    world.at = START + timedelta(days=DAYS + 1)
    for stop in stops:
        stopped(world, stop)
    rounds(world)
    assert left(world) == {id_ for id_, kept_by in PERSONS.items() if kept_by & done}
    later(world, CONTACTS_DAYS + 10)
    assert left(world) == set()
    assert_nothing_is_left(world)
    assert b"Wang Fang" not in world.everything()
    assert world.counters() == counters
    assert_intact(world)
    asked = [entry.resource for entry in entries(world) if entry.action == "privacy.erasure"]
    ended = [entry.resource for entry in entries(world) if entry.action == "privacy.erasure.done"]
    assert asked == sorted(set(asked))
    assert (len(asked), sorted(ended)) == (len(PERSONS), asked)
    assert world.privacy.desk.requests() == ()


def test_a_change_of_the_record_begins_the_period_again(world: PrivateWorld) -> None:
    changer = customer_registry.registry(world.table, now=START + timedelta(days=300))
    zhang = changer.kept.customers(["zhang-77"])["zhang-77"].record
    changed = replace(zhang, facts=replace(zhang.facts, name="Zhang Wei"), revision=zhang.revision + 1,
                      changed_at=START + timedelta(days=300))  # fmt: skip
    before = changer.kept.family("zhang-77")
    changer.kept.write(before, {**before, "zhang-77": changed}, OFFICER, aging.Act(action="a", resource="r"))
    later(world, DAYS + 1)
    assert left(world) == {"zhang-77"}
    later(world, 300 + DAYS + 1)
    assert left(world) == set()


def test_who_is_on_hold_is_left_alone_until_the_hold_has_ended(world: PrivateWorld) -> None:
    hold = world.privacy.hold(Who(customer_id="zhang-77"), "court", OFFICER, until=None)
    later(world, DAYS + 1)
    assert left(world) == {"zhang-77"}
    assert world.privacy.desk.requests() == (), "nothing waits for the end of the hold"
    world.privacy.end_hold(hold.id, OFFICER)
    later(world, DAYS + 3)
    assert left(world) == set()


def test_who_comes_back_before_the_erasure_began_stays(world: PrivateWorld) -> None:
    world.at = START + timedelta(days=DAYS + 1)
    world.carry_out()
    assert [one.kind.value for one in world.privacy.desk.requests()] == ["erasure", "erasure"]
    world.visit("zhang-77", None, "moved house")
    rounds(world)
    assert left(world) == {"zhang-77"}
    certificates = [json.loads(entry.after) for entry in entries(world) if entry.action == "privacy.erasure.done"]
    assert sorted(one["counts"].get("customers", 0) for one in certificates) == [0, 1]


def test_a_round_looks_at_a_bounded_number_and_the_next_one_goes_on_naming_nobody() -> None:
    world, looks, many = world_of(), 2, 5
    for number in range(many):
        facts = Facts(name=f"Person {number}", identities=(Identity("phone", f"+86139{number:04d}1111"),))
        world.registry.create(facts, OFFICER, id_=f"person-{number}")
    second = world.registry.kept.customers(["person-1"])["person-1"].record
    world.at = START + timedelta(days=DAYS + 1)
    ids = iter("ab")
    clock = aging.Aging(
        desk=world.privacy.desk,
        people=world.privacy.people,
        finding=lambda person, at: Finding(
            places=world.privacy.desk.places, tenant=world.tenant.id, days=1, person=person, at=at
        ),
        days=DAYS,
        now=lambda: world.at,
        new_id=lambda _at: next(ids),
        looks=looks,
    )
    clock.look(world.at + timedelta(minutes=1))
    clock.look(world.at + timedelta(minutes=1))
    assert [one.person and one.person.ids for one in world.privacy.desk.requests()] == [("person-0",), ("person-1",)]
    assert world.privacy.desk.walk().created_at == second.created_at, "one round: the second waited for the erasures"
    world.carry_out()
    assert len(world.privacy.desk.requests()) == many - looks, "the first are erased, the others asked for"
    assert world.privacy.desk.walk().walked_at == world.at
    world.carry_out()
    assert b"Person" not in world.everything()
    assert b"person-" not in world.everything()


def test_a_walk_that_is_whole_rests_for_a_day(world: PrivateWorld) -> None:
    later(world, DAYS - 0.5)
    world.at += timedelta(hours=23)
    rounds(world)
    assert left(world) == PERSONS.keys()
    world.at += timedelta(hours=2)
    rounds(world)
    assert left(world) == set()
