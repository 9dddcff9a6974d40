"""The agent at whom a contact is aimed is kept for it: who is next, for how long, and what it costs."""

import functools
import json
import threading
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.customers.service import UNKNOWN, Caller
from chalicelib.platform import observability
from chalicelib.platform.errors import ProductError, StoreUnavailable, Throttled
from chalicelib.platform.tenancy import tenant_id
from chalicelib.routing import policy, strategies
from chalicelib.routing.floor import Agent, Floor
from chalicelib.routing.models import Decision, Reservation
from chalicelib.routing.reserving import TRIES, Reserving, stands
from chalicelib.routing.service import Routing
from chalicelib.routing.store import Reservations
from cli.memory_reservations import MemoryReservations
from tests.support.fake_dynamo import FakeDynamo
from tests.support.routing_plans import NOW, agent, caller, contact, floor, idle, names, part, passed, past, planned

ACME, OTHER = tenant_id("acme"), tenant_id("other")
MS = timedelta(milliseconds=1)
HUNTING = planned(part("strategies"), after_sales="round")
THREE = floor(agent("ann", place=0), agent("bob", place=1), agent("cat", place=2))


def kept(table: FakeDynamo | None = None, tenant: Any = ACME) -> Reservations:
    return Reservations(table or FakeDynamo(), "table", tenant)


@dataclass
class Counting:
    """The store of reservations, which counts what it is asked and can refuse or take everything."""

    refusal: ProductError | None = None
    taken: bool = False
    asked: int = 0
    inner: Reservations = field(default_factory=kept)

    def put(self, wanted: Reservation, asked_at: datetime | None) -> Reservation | None:
        self.asked += 1
        if self.refusal is not None:
            raise self.refusal
        return replace(wanted, contact_id="another") if self.taken else self.inner.put(wanted, asked_at)


def aimed(
    aims: Reserving, call: str, state: Floor = THREE, *, after: timedelta = timedelta(), within_s: float = 1, **who: Any
) -> Decision:
    """Return what is decided of the contact `call` so long after the beginning."""
    tenant, facts = who.pop("tenant", HUNTING), who.pop("facts", {})
    asked = contact(tenant, **{"menu_choice": "1", "id": call, **facts})
    decide = functools.partial(policy.decide, asked, tenant, caller(**who), NOW + after)
    return aims.aimed(decide, replace(state, at=NOW + after), asked, within_s=within_s)


def test_contacts_that_come_within_a_second_are_aimed_at_different_agents_in_hunting_order() -> None:
    aims = Reserving(kept())
    found = [aimed(aims, f"call-{n}", after=n * 300 * MS) for n in range(4)]
    assert [names(one)[:1] for one in found] == [["ann"], ["bob"], ["cat"], []]
    assert passed(found[1]) == {"agent ann: reserved"}
    assert passed(found[3]) == {"agent ann: reserved", "agent bob: reserved", "agent cat: reserved"}
    assert found[3].targets[0].id == "after-sales", "with everybody reserved any agent of the queue is asked"


def test_processes_that_know_nothing_of_each_other_are_told_by_the_store() -> None:
    store = Counting()
    found = [aimed(Reserving(store), f"call-{n}") for n in range(3)]
    assert [names(one)[0] for one in found] == ["ann", "bob", "cat"]
    assert store.asked == 1 + 2 + 3


def test_one_process_remembers_who_is_reserved_and_asks_the_store_once_a_contact() -> None:
    store = Counting()
    aims = Reserving(store)
    assert [names(aimed(aims, f"call-{n}"))[0] for n in range(3)] == ["ann", "bob", "cat"]
    assert store.asked == 3


def test_an_invocation_that_is_repeated_keeps_its_one_reservation() -> None:
    table = FakeDynamo()
    first, again = (aimed(Reserving(kept(table)), "call", after=n * MS) for n in range(2))
    assert replace(again, at=first.at) == first
    assert [item["contact_id"]["S"] for item in table.items.values()] == ["call"]


@pytest.mark.parametrize(("ring_s", "lasts_s"), [(5, 10), (15, 15), (120, 30)])
def test_a_reservation_lasts_as_long_as_its_agent_is_rung_within_bounds(ring_s: int, lasts_s: int) -> None:
    tenant = planned({"strategies": [{"id": "round", "kind": "hunting", "ring_s": ring_s}]}, after_sales="round")
    table = FakeDynamo()
    aimed(Reserving(kept(table)), "first", tenant=tenant)
    at_its_end = aimed(Reserving(kept(table)), "second", after=timedelta(seconds=lasts_s), tenant=tenant)
    behind = aimed(Reserving(kept(table)), "third", after=timedelta(seconds=lasts_s) + MS, tenant=tenant)
    assert (names(at_its_end)[0], names(behind)[0]) == ("bob", "ann")


@pytest.mark.parametrize(("asked", "who"), [(-MS, "bob"), (timedelta(), "bob"), (MS, "ann")])
@pytest.mark.parametrize("remembers", [False, True])
def test_an_agent_who_was_asked_or_became_idle_since_is_free_for_others(
    asked: timedelta, who: str, *, remembers: bool
) -> None:
    store = kept()
    aims = Reserving(store)
    aimed(aims, "first")
    state = floor(agent("ann", place=0, asked_at=NOW + asked), agent("bob", place=1))
    second = aimed(aims if remembers else Reserving(store), "second", state, after=timedelta(seconds=5))
    assert names(second)[0] == who


@pytest.mark.parametrize("refusal", [StoreUnavailable("slow"), Throttled("too much")])
def test_a_store_that_does_not_answer_costs_the_caller_the_reservation_alone_and_is_counted(
    refusal: ProductError, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Counting(refusal=refusal)
    observability.begin(function="route_contact", tenant="acme")
    found = aimed(Reserving(store), "call")
    observability.end(tenant="acme", function="route_contact", outcome="ok")
    assert (names(found), store.asked) == (["ann", "bob", "cat"], 1)
    assert passed(found) == {"reservation of agent ann: not-reserved"}
    told = map(json.loads, capsys.readouterr().out.splitlines())
    assert [line["AimsMissed"] for line in told if "AimsMissed" in line] == [1.0]


def test_without_time_left_nobody_is_reserved() -> None:
    store = Counting()
    found = aimed(Reserving(store), "call", within_s=0.2)
    assert (names(found)[0], store.asked) == ("ann", 0)
    assert passed(found) == {"reservation of agent ann: not-reserved"}


def test_a_decision_that_loses_one_agent_after_the_other_ends_with_the_next_one_unreserved() -> None:
    crowd = floor(*(agent(f"a{n:02d}", place=n) for n in range(TRIES + 2)))
    store = Counting(taken=True)
    found = aimed(Reserving(store), "call", crowd)
    assert (names(found)[0], store.asked) == (f"a{TRIES:02d}", TRIES)
    assert f"reservation of agent a{TRIES:02d}: not-reserved" in passed(found)


@pytest.mark.parametrize(
    ("strategy", "more"),
    [
        ("longest-idle", {}),
        ("by-skill", {}),
        ("everyone", {}),
        ("round", {"state": floor(agent("ann", used=1))}),
        ("round", {"facts": {"id": ""}}),
    ],
)
def test_a_decision_that_is_aimed_at_no_single_agent_writes_nothing(strategy: str, more: dict[str, Any]) -> None:
    store = Counting()
    tenant = planned(part("strategies"), after_sales=strategy)
    found = aimed(Reserving(store), "call", tenant=tenant, **more)
    assert store.asked == 0
    assert not any(one.endswith("reserved") for one in passed(found))


def test_an_account_manager_is_waited_for_and_so_never_reserved() -> None:
    tenant = planned(part("key_accounts"))
    state = floor(agent("zoe", queues=frozenset({"complaints"})))
    store = Counting()
    found = [aimed(Reserving(store), call, state, tenant=tenant, grade="gold", manager="zoe") for call in "ab"]
    assert ([names(one) for one in found], store.asked) == ([["zoe"], ["zoe"]], 0)


def test_the_agent_of_last_time_is_passed_over_while_he_is_reserved_for_another_caller() -> None:
    tenant = planned(part("memory"))
    aims = Reserving(kept())
    state = floor(agent("mia"), agent("ann"))
    found = [aimed(aims, call, state, tenant=tenant, recent=(past(2, agent="mia"),)) for call in "ab"]
    assert [names(one) for one in found] == [["mia"], []]
    assert passed(found[1]) == {"agent mia: reserved"}


def test_two_tenants_with_agents_of_one_id_in_one_table_reserve_each_their_own() -> None:
    table = FakeDynamo()
    found = [aimed(Reserving(kept(table, tenant)), "call-" + tenant) for tenant in (ACME, OTHER)]
    assert [names(one)[0] for one in found] == ["ann", "ann"]
    assert sorted(pk for pk, _ in table.items) == ["T#acme#RESERVED#id-ann", "T#other#RESERVED#id-ann"]


def test_only_contracts_that_ask_single_agents_reserve_anybody() -> None:
    kinds = {one["id"]: one["kind"] for one in part("strategies")["strategies"]}
    alone = {
        kinds[one["id"]]: strategies.aims_at_agents(planned({"strategies": [one]}).plan)
        for one in part("strategies")["strategies"]
    }
    native = {"skills", "site-preferred", "site-shares", "ring-all"}
    assert {kind for kind, aims in alone.items() if not aims} == native
    assert strategies.aims_at_agents(planned(part("memory")).plan)
    assert not strategies.aims_at_agents(planned({"memory": {"of": "queue", "lookback_days": 3}}).plan)


def test_as_many_processes_at_once_as_a_decision_tries_get_an_agent_each() -> None:
    crowd = floor(*(agent(f"a{n:02d}", place=n) for n in range(TRIES + 2)))
    table, gate, found = FakeDynamo(), threading.Barrier(TRIES), list[str]()

    def decide(number: int) -> None:
        aims = Reserving(kept(table))
        gate.wait(10)
        found.append(names(aimed(aims, f"call-{number}", crowd, within_s=60))[0])

    threads = [threading.Thread(target=decide, args=(number,)) for number in range(TRIES)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(found) == [f"a{n:02d}" for n in range(TRIES)]


def test_the_use_case_reserves_with_the_time_that_the_reads_have_left() -> None:
    class Known:
        def find(self, *_: Any, **__: Any) -> Caller:
            return UNKNOWN

        def ask(self, within_s: float) -> None:
            assert within_s > 0

        def look(self, channel: str, now: datetime) -> Floor:
            assert (channel, now) == ("VOICE", NOW)
            return THREE

    store = Counting()
    routing = Routing(Known(), HUNTING, lambda: NOW, Known(), aims=Reserving(store))
    first, second = (
        routing.route(contact(HUNTING, menu_choice="1", id=call), "+8613800138000", budget_s=1) for call in "ab"
    )
    late = routing.route(contact(HUNTING, menu_choice="1", id="c"), None, budget_s=0.1)
    assert [names(one)[0] for one in (first, second, late)] == ["ann", "bob", "cat"]
    assert store.asked == 2


# Properties

crowds = st.lists(
    st.builds(
        lambda used, idle_s, talk_s: {"used": used, "idle_since": idle(idle_s), "talk_s": float(talk_s)},
        st.integers(0, 1), st.integers(1, 99), st.integers(0, 99),
    ),
    min_size=1, max_size=7,
)  # fmt: skip


def team(rows: list[dict[str, Any]]) -> tuple[Agent, ...]:
    return tuple(agent(f"a{n}", place=n, **row) for n, row in enumerate(rows))


@settings(max_examples=60, deadline=None)
@given(crowds, st.sampled_from(("round", "in-order", "least", "fewest")), st.integers(1, 9), st.data())
def test_contacts_of_one_moment_get_the_agents_one_by_one_in_the_order_of_the_strategy(
    rows: list[dict[str, Any]], strategy: str, calls: int, data: st.DataObject
) -> None:
    tenant = planned(part("strategies"), after_sales=strategy)
    state = floor(*team(rows))
    whole = planned(
        {"strategies": [{**one, "most": 5} for one in part("strategies")["strategies"] if one["id"] == strategy]},
        after_sales=strategy,
    )
    store = kept()
    processes = [Reserving(store) for _ in range(3)]
    left = {one.id for one in state.agents}
    for number in range(calls):
        at_once = replace(state, reserved=frozenset(one.id for one in state.agents if one.id not in left))
        first = names(policy.decide(contact(whole, menu_choice="1"), whole, caller(), NOW, at_once))[:1]
        found = aimed(data.draw(st.sampled_from(processes)), f"call-{number}", state, tenant=tenant)
        assert names(found)[:1] == first
        left -= {f"id-{name}" for name in first}


moments = st.integers(0, 40_000).map(lambda ms: NOW + ms * MS)
wishes = st.builds(
    lambda who, call, at, lasts_s: Reservation(agent_id=who, contact_id=call, at=at, until=at + lasts_s),
    st.sampled_from("ab"), st.sampled_from("xyz"), moments, st.integers(10, 30).map(lambda s: timedelta(seconds=s)),
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(wishes, st.none() | moments), max_size=12))
def test_the_table_and_the_memory_of_worlds_in_process_answer_the_same(
    asked: list[tuple[Reservation, datetime | None]],
) -> None:
    table, memory = kept(), MemoryReservations()
    for wanted, asked_at in asked:
        before = memory.kept.get(wanted.agent_id)
        answer = table.put(wanted, asked_at)
        assert answer == memory.put(wanted, asked_at)
        free = before is None or not stands(before, wanted.contact_id, asked_at, wanted.at)
        assert answer == (None if free else before)
