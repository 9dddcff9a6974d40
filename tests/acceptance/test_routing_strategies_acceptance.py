"""What the decision alone can prove of the routing requirements; the order in which agents get calls is proved on the
emulator in `tests/flows/test_engine_routing_decisions.py`."""

import math
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.routing import criteria, policy, priority
from chalicelib.routing.floor import Floor, QueueState
from chalicelib.routing.models import CallerFacts, Decision, Step
from tests.support.routing_plans import (
    FULL,
    NOW,
    agent,
    caller,
    contact,
    floor,
    idle,
    names,
    part,
    past,
    places,
    planned,
)

STRATEGIES = part("strategies")
ZOE, MIA, ANN = agent("zoe", place=1), agent("mia", place=2), agent("ann", place=3)


def decide(
    routing: dict[str, Any], state: Floor | None = None, who: CallerFacts | None = None, **more: Any
) -> Decision:
    strategies = more.pop("strategies", {})
    now = more.pop("now", NOW)
    tenant = planned(routing, **strategies)
    return policy.decide(contact(tenant, **more), tenant, who or caller(), now, state)


def test_hunting_offers_one_by_one_in_cyclic_order_after_the_last_one_tried() -> None:
    for last, order in ((None, ["zoe", "mia", "ann"]), ("zoe", ["mia", "ann", "zoe"]), ("ann", ["zoe", "mia", "ann"])):
        state = floor(ANN, ZOE, MIA, after_sales=QueueState(last_tried=last))
        decision = decide(STRATEGIES, state, strategies={"after_sales": "round"})
        assert names(decision) == order
    busy = floor(ZOE, agent("mia", place=2, used=1), ANN)
    assert names(decide(STRATEGIES, busy, strategies={"after_sales": "round"})) == ["zoe", "ann"]
    assert places(decision)[3] == "queue after-sales 300 default-line", "when the list ends, the queue"


def test_least_talk_load_chooses_the_smallest_talk_time_of_the_shift() -> None:
    talk_s = {"zoe": 900.0, "mia": 899.0, "ann": 1_800.0}
    state = floor(*(agent(name, talk_s=spent, idle_since=idle(0)) for name, spent in talk_s.items()))
    assert names(decide(STRATEGIES, state, strategies={"after_sales": "least"})) == ["mia", "zoe"]


@pytest.mark.req("ACD-07")
def test_skills_are_required_at_a_level_and_relaxed_step_by_step_after_configured_waits() -> None:
    decision = decide(STRATEGIES, strategies={"after_sales": "by-skill"}, menu_choice="1")
    (leg, *_) = criteria.legs(decision.targets)
    assert leg.steps == (
        Step(skills=(("Business", "consultation", 4), ("Language", "Mandarin", 3)), expiry_s=30),
        Step(skills=(("Business", "consultation", 2), ("Language", "Mandarin", 3)), expiry_s=60),
        Step(skills=(("Business", "consultation", 2),), expiry_s=None),
    )


@pytest.mark.req("ACD-08")
def test_higher_grades_stand_ahead_and_nobody_is_overtaken_by_who_came_later_than_the_bound() -> None:
    routing = {"ageing_bound_s": 600}
    told = {grade: decide(routing, who=caller(grade=grade), menu_choice="1") for grade in ("gold", "silver", "brass")}
    assert [one.head_start_s for one in told.values()] == [600, 450, 300]
    assert {one.priority for one in told.values()} == {5}
    lowest, highest = priority.in_connect(priority.LAST, 600), priority.in_connect(priority.FIRST, 600)
    assert lowest[0] == highest[0]
    assert highest[1] - lowest[1] == 600


@pytest.mark.req("ACD-10")
def test_the_callers_number_decides_the_region_and_others_have_a_default_group() -> None:
    for number, queue in {
        "+862155550000": "telesales",
        "+8651255500000": "english",
        "+14155550123": "english",
        "+8613800138000": "english",
        None: "english",
    }.items():
        decision = decide(part("attribution"), who=caller(number), menu_choice="1")
        assert decision.targets[0].id == queue
    north = decide(part("attribution"), who=caller("+861065550000"), menu_choice="1")
    assert north.targets[0].steps[0] == Step(skills=(("Site", "beijing", 1),), expiry_s=50)


@pytest.mark.req("ACD-11")
@pytest.mark.parametrize("facts", [{"dialled": "+862155360100"}, {"branch": "pudong"}])
def test_a_dialled_number_or_a_chosen_branch_leads_to_the_branch_and_then_to_headquarters(
    facts: dict[str, str],
) -> None:
    assert places(decide(part("branches"), **facts))[:2] == [
        "queue complaints 70 branch",
        "queue after-sales 300 headquarters",
    ]


def test_a_returning_caller_is_offered_to_the_last_agent_and_then_to_the_base_strategy() -> None:
    routing = part("memory", "strategies")
    inside, outside = past(30 * 24, agent="mia"), past(30 * 24 + 1, agent="mia")
    strategies = {"after_sales": "in-order"}
    recalled = decide(routing, floor(ZOE, MIA), caller(recent=(inside,)), strategies=strategies)
    assert places(recalled)[:3] == [
        "agent mia 15 last-agent",
        "agent zoe 10 strategy",
        "queue after-sales 300 default-line",
    ]
    gone = decide(routing, floor(ZOE), caller(recent=(inside,)), strategies=strategies)
    forgotten = decide(routing, floor(ZOE, MIA), caller(recent=(outside,)), strategies=strategies)
    assert [names(one)[0] for one in (gone, forgotten)] == ["zoe", "zoe"]


def test_open_ticket_recent_complaint_and_repeated_calls_raise_the_priority_by_what_is_configured() -> None:
    complaint = past(1, queue="complaints")
    callers = {
        (): caller(),
        ("open-ticket",): caller(open_tickets=1),
        ("recent-contact",): caller(recent=(complaint,)),
        ("repeated-contacts",): caller(recent=(past(0), past(1), past(2))),
    }
    by = {"open-ticket": 1, "recent-contact": 2, "repeated-contacts": 1}
    for raised_by, who in callers.items():
        decision = decide(part("history"), who=who, menu_choice="1")
        assert decision.record.raised_by == raised_by
        assert decision.priority == 5 - sum(by[one] for one in raised_by)


def test_a_chain_is_walked_in_order_no_place_twice_and_places_that_were_tried_are_left_out() -> None:
    routing = part("overflow", "duties", "presented_number")
    whole = places(decide(routing, menu_choice="3"))
    assert [one.split()[0] for one in whole] == ["queue", "queue", "outside", "ivr", "queue", "voicemail"]
    assert len({tuple(one.split()[:2]) for one in whole}) == len(whole)
    waiting = decide(routing, floor(complaints=QueueState(waiting=100)), menu_choice="3")
    assert places(waiting) == whole[1:]
    tried = frozenset({("queue", "complaints"), ("queue", "telesales")})
    assert places(decide(routing, menu_choice="3", tried=tried)) == whole[2:]


@pytest.mark.req("ACD-17")
def test_a_queue_knows_no_site_and_a_preferred_site_overflows_to_the_others_after_the_configured_wait() -> None:
    shared = decide({}, menu_choice="1")
    assert criteria.legs(shared.targets)[0].steps == ()
    preferred = decide(STRATEGIES, strategies={"after_sales": "beijing-first"}, menu_choice="1")
    assert criteria.legs(preferred.targets)[0].steps == (Step(skills=(("Site", "beijing", 1),), expiry_s=20),)


def test_the_shares_of_two_sites_are_kept_within_three_sigma() -> None:
    drawn = Counter(
        decide(STRATEGIES, strategies={"after_sales": "two-sites"}, id=f"contact-{n}").targets[0].steps[0].skills[0][1]
        for n in range(1_000)
    )
    assert abs(drawn["beijing"] - 750) <= 3 * math.sqrt(1_000 * 0.75 * 0.25)


@pytest.mark.req("ACD-01")
def test_every_kind_of_target_has_its_timeout_and_reason_and_the_same_input_gives_the_same_list() -> None:
    routing = {
        **part("strategies", "overflow", "duties", "presented_number"),
        "rules": [{"id": "all", "overflow": "callers-return"}],
    }
    state = floor(ZOE, MIA)
    first = decide(routing, state, strategies={"after_sales": "in-order"}, menu_choice="1")
    assert (
        places(first)
        == [
            "agent zoe 10 strategy",
            "agent mia 10 strategy",
            "queue after-sales 300 menu-choice",
            "callback after-sales 300 overflow",
            "voicemail after-sales 120 overflow",
            "outside +8613900000009 30 overflow",
            "ivr announcement 300 nobody-answered",
        ]
        or first.targets
    )
    again = decide(routing, floor(MIA, ZOE), strategies={"after_sales": "in-order"}, menu_choice="1")
    assert again == first


def test_a_closed_line_rings_todays_duty_telephone() -> None:
    decision = decide(part("closed", "duties", "presented_number"), line="telesales", now=NOW - timedelta(days=1))
    assert decision.targets[0].id == FULL["duties"][0]["days"][1]["number"]
