"""What decisions see of the agents' events, and what a reading beside the caller's costs."""

import json
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.agents import policy
from chalicelib.agents.agent_event import parse
from chalicelib.agents.models import AgentState, House, QueueFigures
from chalicelib.agents.standing import Standing, Standings, of_house, standing
from chalicelib.customers.service import UNKNOWN, Caller
from chalicelib.platform import observability
from chalicelib.platform.errors import StoreUnavailable
from chalicelib.platform.kept_read import KeptRead
from chalicelib.routing import live_floor
from chalicelib.routing.floor import Agent, Floor, Presence
from chalicelib.routing.models import Why
from chalicelib.routing.service import Routing
from tests.support.agent_events import START, Life, encoded
from tests.support.routing_plans import contact, names, part, planned
from tests.support.waiting import until

LATER = START + timedelta(seconds=3)


def state(life: Life) -> AgentState:
    """Return what is known after all that the agent did."""
    known: AgentState | None = None
    for told in life.events:
        event = parse(encoded(told))
        known = policy.fold(known, event, event.at, "Site")
    assert known is not None
    return known


def seen(*lives: Life, channel: str = "VOICE", **more: Any) -> Floor:
    floor = live_floor.floor_of(of_house(House(agents=tuple(map(state, lives)), **more)), channel, LATER)
    assert floor is not None
    return floor


def one(life: Life) -> Agent:
    (agent,) = seen(life).agents
    return agent


def test_an_agent_who_is_free_may_be_offered_a_contact() -> None:
    life = Life()
    life.site = "beijing"
    life.login()
    agent = one(life)
    assert (agent.id, agent.name, agent.presence) == ("id-ann", "ann", Presence.AVAILABLE)
    assert (agent.queues, agent.slots, agent.used) == ({"after-sales", "english"}, 1, 0)
    assert (agent.idle_since, agent.site) == (START, "beijing")


@pytest.mark.parametrize("deed", ["ring", "talk", "wrap", "miss"])
def test_an_agent_with_a_contact_on_the_screen_is_busy(deed: str) -> None:
    life = Life()
    life.login()
    life.offer("c-1")
    if deed != "ring":
        (life.miss if deed == "miss" else life.accept)()
    if deed == "wrap":
        life.end()
    assert one(life).used == 1


@pytest.mark.parametrize(("status", "presence"), [("Lunch", Presence.AWAY), ("Offline", Presence.OFFLINE)])
def test_a_status_that_offers_nothing_says_so(status: str, presence: Presence) -> None:
    life = Life()
    life.login(status)
    assert one(life).presence is presence


def test_an_agent_who_has_chosen_lunch_for_afterwards_is_asked_no_more() -> None:
    life = Life()
    told = life.login()
    told["CurrentAgentSnapshot"]["NextAgentStatus"] = {"Name": "Lunch", "EnqueuedTimestamp": "2026-03-02T01:00:01.000Z"}
    assert one(life).presence is Presence.AWAY


def test_an_agent_who_takes_no_contacts_of_a_channel_has_no_slot_there() -> None:
    life = Life()
    life.login()
    (agent,) = seen(life, channel="CHAT").agents
    assert agent.slots == 0


def test_places_are_those_of_the_usernames_in_the_alphabet_and_the_last_tried_is_known() -> None:
    zoe, ann = Life("zoe"), Life("ann", start=START - timedelta(hours=2))
    ann.login()
    ann.call("c-1", queue="english")
    zoe.login()
    zoe.offer("c-2", "english")
    floor = seen(zoe, ann)
    assert [(agent.name, agent.place) for agent in floor.agents] == [("ann", 0), ("zoe", 1)]
    assert floor.queue("english").last_tried == "zoe"


@pytest.mark.parametrize(("age_s", "waiting"), [(60, 7), (61, 0)])
def test_figures_of_queues_are_believed_for_a_minute(age_s: int, waiting: int) -> None:
    life = Life()
    life.login()
    figures = {"english": QueueFigures(waiting=7, oldest_s=90.0)}
    floor = seen(life, queues=figures, queues_at=LATER - timedelta(seconds=age_s))
    assert floor.queue("english").waiting == waiting


def test_an_agent_of_whom_nothing_is_heard_for_five_minutes_is_gone() -> None:
    quiet, loud = Life("quiet"), Life("loud", start=START + timedelta(seconds=300))
    quiet.login()
    loud.login()
    house = House(agents=(state(quiet), state(loud)))
    for after_s, presence in ((300, Presence.AVAILABLE), (301, Presence.OFFLINE)):
        floor = live_floor.floor_of(of_house(house), "VOICE", START + timedelta(seconds=after_s))
        assert floor is not None
        agent = floor.agent("quiet")
        assert agent is not None
        assert agent.presence is presence


def test_nothing_is_known_of_a_house_where_nobody_was_ever_heard() -> None:
    assert live_floor.floor_of(Standings(), "VOICE", LATER) is None


class Callers:
    def find(self, *_: Any, **__: Any) -> Caller:
        return UNKNOWN


def routed(house: KeptRead[Standings]) -> Any:
    tenant = planned(part("strategies"), after_sales="in-order")
    routing = Routing(Callers(), tenant, lambda: LATER, live_floor.Live(house))
    return routing.route(contact(tenant), "+8613800138000", budget_s=1.0)


def test_a_decision_orders_the_agents_that_the_table_knows() -> None:
    lives = [Life("zoe"), Life("ann")]
    for life in lives:
        life.login()
    reads: list[int] = []

    def read() -> Standings:
        reads.append(1)
        return of_house(House(agents=tuple(map(state, lives))))

    house = KeptRead(read, keep_s=60.0)
    assert [names(routed(house)) for _ in range(3)] == [["ann", "zoe"]] * 3
    assert len(reads) == 1


def test_a_floor_whose_agents_changed_forgets_their_teams_and_one_seen_later_keeps_them() -> None:
    zoe, ann = Life("zoe"), Life("ann")
    zoe.login()
    ann.login()
    both = seen(zoe, ann)
    team = both.team("english")
    assert [agent.name for agent in team.agents] == ["ann", "zoe"]
    assert replace(both, at=LATER + timedelta(seconds=9)).team("english") is team
    fewer = replace(both, agents=both.agents[:1])
    assert [agent.name for agent in fewer.team("english").agents] == ["ann"]
    assert [agent.name for agent in both.team("english").agents] == ["ann", "zoe"]


def test_a_table_that_refuses_costs_the_order_and_nothing_else() -> None:
    def read() -> Standings:
        raise StoreUnavailable("read agents: AccessDeniedException")

    decision = routed(KeptRead(read, keep_s=60.0))
    assert decision.record.without is Why.FLOOR_MISSING
    assert decision.strategy == "longest-idle"
    assert not decision.is_degraded


def test_a_table_that_is_slow_is_not_waited_for_and_its_answer_serves_the_next_decision() -> None:
    life = Life()
    life.login()
    gate = threading.Event()

    def read() -> Standings:
        assert gate.wait(10)
        return of_house(House(agents=(state(life),)))

    house = KeptRead(read, keep_s=60.0)
    assert routed(house).record.without is Why.FLOOR_MISSING
    gate.set()
    assert until(lambda: names(routed(house)) == ["ann"])


def test_a_contract_that_needs_no_floor_never_reads_one() -> None:
    def read() -> Standings:
        msg = "nobody needs this"
        raise AssertionError(msg)

    tenant = planned()
    assert not tenant.plan.needs_floor
    routing = Routing(Callers(), tenant, lambda: LATER, live_floor.Live(KeptRead(read, keep_s=1.0)))
    assert routing.route(contact(tenant), "+8613800138000", budget_s=1.0).record.without is None


@pytest.mark.parametrize("section", ["strategies", "memory", "key_accounts", "overflow"])
def test_what_looks_at_agents_or_queues_needs_the_floor(section: str) -> None:
    more = ("duties",) if section == "overflow" else ()
    routing = part(section, *more) | ({"presented_number": "+864008601234"} if section == "overflow" else {})
    assert planned(routing).plan.needs_floor


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(["zoe", "ann", "mia"]), st.integers(0, 200)), max_size=12))
def test_a_floor_that_is_formed_of_the_one_before_is_the_same_as_one_formed_anew(steps: list[tuple[str, int]]) -> None:
    """Agents come, change, fall silent and are gone; the places of others move with them."""
    known: dict[str, AgentState] = {}
    stood: dict[str, Standing] = {}
    formed: dict[str, live_floor.Formed] = {}
    told: dict[str, Life] = {}
    now = START
    for name, after_s in steps:
        now += timedelta(seconds=after_s)
        life = told.get(name) or told.setdefault(name, Life(name))
        life.now = now
        event = life.login() if life.status is None else life.clear() if life.work else life.offer("c-1")
        known[name] = policy.fold(known.get(name), parse(encoded(event)), now, "Site")
        stood[name] = standing(known[name])
        standings = Standings(agents=tuple(stood.values()))
        anew = live_floor.floor_of(standings, "VOICE", now)
        assert live_floor.floor_of(standings, "VOICE", now, formed) == anew
        later = now + timedelta(seconds=301)
        assert live_floor.floor_of(standings, "VOICE", later, formed) == live_floor.floor_of(standings, "VOICE", later)


@pytest.mark.parametrize("packed", [True, False])
def test_a_decision_tells_when_the_floor_was_read_of_the_agents_own_items(*, packed: bool, capsys: Any) -> None:
    life = Life()
    life.login()
    standings = replace(of_house(House(agents=(state(life),))), is_packed=packed)
    observability.begin(function="route_contact", tenant="acme")
    assert names(routed(KeptRead(lambda: standings, keep_s=60.0))) == ["ann"]
    observability.end(tenant="acme", function="route_contact", outcome="ok")
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["FloorUnpacked"] == float(not packed)
