"""Looks of the clock: what fails is a finding; what was counted an hour ago is counted again; all of it is kept."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.agents.models import House, QueueFigures
from chalicelib.platform.errors import StoreUnavailable
from chalicelib.platform.tenancy import tenant_id
from chalicelib.reliability.models import Check, Look, State, terms
from chalicelib.reliability.service import Watch, events_problem
from chalicelib.reliability.store import Looks
from tests.support.fake_dynamo import FakeDynamo, failure
from tests.support.tenants import tenant

START = datetime(2026, 3, 2, 23, 50, tzinfo=UTC)
FIVE = timedelta(minutes=5)


class Centre:
    """A tenant whose dependencies answer as told; time goes on by five minutes a look."""

    def __init__(self) -> None:
        self.dynamo = FakeDynamo(self._before)
        self.now = START
        self.problem = ""
        self.table_fails = False
        self.users, self.waiting, self.counts = 790, 3, 0
        self.looks = Looks(self.dynamo, "table", tenant_id("hrgroup"))
        self.watch = Watch(
            terms=terms(tenant("hrgroup").reliability),
            looks=self.looks,
            probes={"instance": lambda: self.problem, "table": self._table},
            counts=self._count,
            house=lambda: House(queues={"english": QueueFigures(waiting=self.waiting, oldest_s=9)}),
            now=lambda: self.now,
            timer_s=lambda: 1.0,
        )

    def _before(self, _operation: str) -> None:
        if self.table_fails:
            raise failure("InternalServerError")

    def _table(self) -> str:
        self.looks.latest(self.now)
        return ""

    def _count(self) -> dict[str, int]:
        self.counts += 1
        return {"users": self.users, "flows": 26}

    def look(self) -> Look:
        found = self.watch.look()
        self.now += FIVE
        return found

    def states(self, look: Look) -> dict[str, State]:
        return {check.name: check.state for check in look.checks}


@pytest.fixture
def centre() -> Centre:
    return Centre()


def test_a_look_is_kept_with_all_that_it_found_and_found_again_over_midnight(centre: Centre) -> None:
    made = [centre.look() for _ in range(4)]
    assert list(centre.looks.between(START, START + 10 * FIVE)) == made
    assert list(centre.looks.between(START + FIVE, START + 3 * FIVE)) == made[1:3]
    assert centre.looks.latest(START + FIVE) == made[1]
    assert centre.looks.latest(START + timedelta(days=3)) is None


def test_a_dependency_that_fails_twice_is_down_and_the_look_goes_on(centre: Centre) -> None:
    assert centre.look().up
    centre.problem = "the instance is INACTIVE"
    assert centre.states(centre.look()) == {"instance": State.SHAKY, "table": State.OK}
    found = centre.look()
    assert centre.states(found) == {"instance": State.DOWN, "table": State.OK}
    assert found.checks[0].problem == "the instance is INACTIVE"


def test_without_the_table_a_look_says_so_and_the_five_minutes_are_missing_afterwards(centre: Centre) -> None:
    centre.look()
    centre.table_fails = True
    found = centre.look()
    assert [check.problem[:16] for check in found.checks] == ["", "StoreUnavailable"]
    centre.table_fails = False
    after = centre.look()
    assert after.up
    assert [look.at for look in centre.looks.between(START, centre.now)] == [START, START + 2 * FIVE]


def test_what_is_listed_is_counted_each_hour_and_calls_at_every_look(centre: Centre) -> None:
    first = centre.look()
    used = {usage.name: (usage.used, usage.state) for usage in first.usages}
    assert used == {"concurrent_calls": (3, State.OK), "users": (790, State.NEAR), "flows": (26, State.OK)}
    centre.users, centre.waiting = 100, 1_490
    second = centre.look()
    used = {usage.name: (usage.used, usage.state) for usage in second.usages}
    assert used["users"] == (790, State.NEAR), "as it was counted last"
    assert used["concurrent_calls"] == (1_490, State.NEAR)
    for _ in range(10):
        centre.look()
    assert centre.counts == 1
    assert {usage.name: usage.used for usage in centre.look().usages}["users"] == 100
    assert centre.counts == 2


def test_a_count_that_is_refused_leaves_the_counts_of_before(centre: Centre) -> None:
    centre.look()
    centre.now += timedelta(hours=2)

    def refused() -> dict[str, int]:
        raise StoreUnavailable("too many requests")

    watch = _with_counts(centre.watch, refused)
    assert {usage.name: usage.used for usage in watch.look().usages}["users"] == 790


def _with_counts(watch: Watch, counts: Callable[[], dict[str, int]]) -> Watch:
    return Watch(
        terms=watch.terms, looks=watch.looks, probes=watch.probes, counts=counts, house=watch.house,
        now=watch.now, timer_s=watch.timer_s,
    )  # fmt: skip


def test_silence_of_a_house_where_nobody_is_signed_in_is_no_problem() -> None:
    assert events_problem(House(), START, FIVE) == ""


def test_another_system_that_does_not_answer_is_told_and_is_not_our_unavailability() -> None:
    others = (Check(name="table", ok=True), Check(name="adapter-crm", ok=False, problem="no answer"))
    assert Look(at=datetime(2026, 3, 2, 9, tzinfo=UTC), checks=others).up
    assert not Look(at=datetime(2026, 3, 2, 9, tzinfo=UTC), checks=(*others, Check(name="instance", ok=False))).up
