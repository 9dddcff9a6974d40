"""What follows a queue: chains, closed lines, duty telephones, and the last resort."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.routing import policy
from chalicelib.routing.floor import Floor, Presence, QueueState
from chalicelib.routing.models import CallerFacts, Decision
from chalicelib.tenancy.models import Tenant
from tests.support.routing_plans import FULL, NOW, agent, caller, contact, floor, part, passed, places, planned

CHAIN = planned(part("overflow", "duties", "presented_number"))
CLOSED = planned(part("closed", "duties", "presented_number"))
SALES_NIGHT = NOW - timedelta(minutes=1)

COMPLAINTS = agent("li", queues=frozenset({"complaints", "telesales"}))


def decide(
    tenant: Tenant, state: Floor | None = None, now: Any = NOW, who: CallerFacts | None = None, **facts: Any
) -> Decision:
    return policy.decide(contact(tenant, **facts), tenant, who or caller(), now, state)


WHOLE = [
    "queue complaints 90 menu-choice",
    "queue telesales 60 overflow",
    "outside +8613900000001 25 overflow",
    "ivr self-service 300 overflow",
    "queue after-sales 300 overflow",
    "voicemail after-sales 120 nobody-answered",
]


def test_a_chain_is_walked_in_its_order_each_place_with_its_time() -> None:
    assert places(decide(CHAIN, menu_choice="3")) == WHOLE
    assert places(decide(CHAIN, floor(COMPLAINTS), menu_choice="3")) == WHOLE


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (floor(COMPLAINTS, complaints=QueueState(waiting=99)), None),
        (floor(COMPLAINTS, complaints=QueueState(waiting=100)), "queue-full"),
        (floor(COMPLAINTS, complaints=QueueState(oldest_s=600)), None),
        (floor(COMPLAINTS, complaints=QueueState(oldest_s=600.1)), "wait-over-limit"),
        (floor(), "nobody-signed-in"),
        (floor(agent("li", queues=frozenset({"complaints"}), presence=Presence.OFFLINE)), "nobody-signed-in"),
        (floor(agent("li", queues=frozenset({"complaints"}), presence=Presence.AWAY)), None),
        (floor(complaints=QueueState(waiting=100), age_s=31), None),
    ],
)
def test_a_queue_that_lets_nobody_in_is_passed_over_for_the_next(state: Floor, why: str | None) -> None:
    decision = decide(CHAIN, state, menu_choice="3")
    assert places(decision) == (WHOLE[1:] if why else WHOLE)
    assert decision.reason == ("overflow" if why else "menu-choice")
    assert (f"queue complaints: {why}" in passed(decision)) is (why is not None)


def test_a_queue_without_a_chain_is_left_only_when_it_is_full() -> None:
    full = floor(after_sales=QueueState(waiting=300))
    busy = floor(after_sales=QueueState(waiting=299, oldest_s=99_999))
    assert places(decide(CHAIN, busy))[0] == "queue after-sales 300 default-line"
    assert places(decide(CHAIN, full)) == [
        "queue after-sales 300 overflow",
        "voicemail after-sales 120 nobody-answered",
    ], "the line's default queue is the last one, full or not"


def test_a_hop_that_is_full_or_closed_is_passed_over() -> None:
    full = decide(CHAIN, floor(COMPLAINTS, telesales=QueueState(waiting=150)), menu_choice="3")
    assert places(full) == [WHOLE[0], *WHOLE[2:]]
    assert "queue telesales: queue-full" in passed(full)
    night = decide(CHAIN, floor(COMPLAINTS), SALES_NIGHT, menu_choice="3")
    assert places(night) == [WHOLE[0], *WHOLE[2:]]
    assert "queue telesales: closed" in passed(night)


def test_a_hop_with_a_chain_of_its_own_is_passed_over_when_nobody_is_there() -> None:
    chains = [
        {"id": "first", "queues": ["complaints"], "hops": [{"to": "queue", "id": "english"}]},
        {"id": "second", "queues": ["english"], "skip_wait_s": 60, "hops": [{"to": "voicemail"}]},
    ]
    tenant = planned({"overflow": chains})
    nobody = decide(tenant, floor(COMPLAINTS), menu_choice="3")
    amy = agent("amy", queues=frozenset({"english"}))
    late = decide(tenant, floor(COMPLAINTS, amy, english=QueueState(oldest_s=61)), menu_choice="3")
    here = decide(tenant, floor(COMPLAINTS, amy, english=QueueState(oldest_s=60)), menu_choice="3")
    assert "queue english: nobody-signed-in" in passed(nobody)
    assert "queue english: wait-over-limit" in passed(late)
    assert places(here)[1] == "queue english 300 overflow"
    assert "queue english 300 overflow" not in places(nobody) + places(late)


def test_a_line_without_voicemail_still_rings_a_telephone_outside() -> None:
    silent = dataclasses.replace(CHAIN.lines["after-sales"], off_hours="announce")
    call = dataclasses.replace(contact(CHAIN, menu_choice="3"), line=silent)
    decision = policy.decide(call, CHAIN, caller(), NOW)
    assert places(decision) == WHOLE[:-1]
    assert passed(decision) == set()


def test_a_voicemail_in_a_chain_is_only_for_lines_that_have_one() -> None:
    tenant = planned({"overflow": [{"id": "mail", "queues": ["complaints"], "hops": [{"to": "voicemail"}]}]})
    silent = dataclasses.replace(tenant.lines["after-sales"], off_hours="announce")
    call = dataclasses.replace(contact(tenant, menu_choice="3"), line=silent)
    decision = policy.decide(call, tenant, caller(), NOW)
    assert places(decision) == ["queue complaints 225 menu-choice", "queue after-sales 300 overflow"]
    assert passed(decision) == {"voicemail after-sales: not-a-call"}


def test_what_only_a_call_can_do_is_not_done_with_a_chat() -> None:
    decision = decide(CHAIN, menu_choice="3", channel="CHAT")
    assert places(decision) == [*WHOLE[:2], *WHOLE[3:5]]
    assert passed(decision) == {"outside +8613900000001: not-a-call"}


def test_a_withheld_number_cannot_be_called_back() -> None:
    tenant = planned(
        {
            **part("overflow", "duties", "presented_number", "segments", "strategies", "attribution"),
            "rules": [FULL["rules"][0]],
        }
    )
    here = decide(tenant, menu_path="30", menu_choice="3")
    withheld = decide(tenant, who=caller(None), menu_path="30", menu_choice="3")
    assert "callback after-sales 300 overflow" in places(here)
    assert places(withheld) == [one for one in places(here) if not one.startswith("callback")]
    assert "callback after-sales: no-number" in passed(withheld)


@pytest.mark.parametrize(
    ("tried", "left"),
    [
        ({("queue", "complaints")}, WHOLE[1:]),
        ({("queue", "complaints"), ("outside", "+8613900000001")}, [WHOLE[1], *WHOLE[3:]]),
        ({("queue", "after-sales")}, [*WHOLE[:4], WHOLE[5]]),
        ({("agent", "complaints")}, WHOLE),
        (
            {tuple(one.split()[:2]) for one in WHOLE},
            ["voicemail after-sales 120 nobody-answered"],
        ),
    ],
)
def test_no_place_is_tried_twice_and_the_last_resort_always_stands(tried: Any, left: list[str]) -> None:
    decision = decide(CHAIN, menu_choice="3", tried=frozenset(tried))
    assert places(decision) == left
    gone = {f"{kind} {place}: tried-before" for kind, place in tried if kind not in {"agent", "voicemail"}}
    assert passed(decision) == gone


def test_agents_whose_queue_is_not_tried_are_not_asked_either() -> None:
    tenant = planned(part("strategies"), after_sales="in-order")
    state = floor(agent("a"), agent("b", place=1))
    decision = decide(tenant, state, tried=frozenset({("queue", "after-sales")}))
    assert places(decision) == ["voicemail after-sales 120 nobody-answered"]
    assert {"agent a: queue-not-tried", "agent b: queue-not-tried"} <= passed(decision)
    told = [one.what for one in decision.record.passed if one.why == "queue-not-tried"]
    assert told == ["agent a", "agent b"]


@pytest.mark.parametrize(
    ("now", "number"),
    [
        (SALES_NIGHT, "+8613900000009"),
        (NOW + timedelta(days=4, hours=14), "+8613900000009"),
        (NOW + timedelta(days=5, hours=14), "+8613900000007"),
        (NOW + timedelta(days=6), "+8613900000008"),
        (NOW + timedelta(days=13), "+8613900000007"),
    ],
)
def test_a_closed_line_rings_todays_telephone_and_then_offers_a_callback(now: Any, number: str) -> None:
    decision = decide(CLOSED, now=now, line="telesales")
    assert places(decision) == [
        f"outside {number} 20 off-hours",
        "callback telesales 300 off-hours",
        "voicemail telesales 120 nobody-answered",
    ]
    assert decision.reason == "off-hours"
    assert passed(decision) == set()


def test_a_callback_while_closed_waits_in_its_queue() -> None:
    treatment = [{"lines": ["telesales"], "hops": [{"to": "callback", "id": "telesales"}]}]
    decision = decide(planned({"closed": treatment}), now=SALES_NIGHT, line="telesales")
    assert places(decision)[0] == "callback telesales 300 off-hours"


def test_an_open_line_and_a_line_without_a_treatment_go_their_usual_way() -> None:
    assert places(decide(CLOSED, line="telesales"))[0] == "queue telesales 450 default-line"
    assert places(decide(CLOSED, now=SALES_NIGHT, line="after-sales"))[0] == "queue after-sales 300 default-line"
    assert places(decide(planned(), now=SALES_NIGHT, line="telesales"))[0] == "queue telesales 450 default-line"


def test_degraded_is_the_default_queue_even_of_a_closed_line() -> None:
    decision = policy.degraded(contact(CLOSED, line="telesales"), CLOSED, SALES_NIGHT)
    assert places(decision) == [
        "queue telesales 450 routing-degraded",
        "voicemail telesales 120 nobody-answered",
    ]
    assert decision.reason == "routing-degraded"


def test_what_follows_a_voicemail_in_a_chain_ends_in_an_announcement() -> None:
    tenant = planned(
        {**part("overflow", "duties", "presented_number"), "rules": [{"id": "all", "overflow": "callers-return"}]}
    )
    assert places(decide(tenant, menu_choice="1")) == [
        "queue after-sales 300 menu-choice",
        "callback after-sales 300 overflow",
        "voicemail after-sales 120 overflow",
        "outside +8613900000009 30 overflow",
        "ivr announcement 300 nobody-answered",
    ]


@pytest.mark.parametrize(
    ("hops", "last"),
    [
        ([{"to": "voicemail"}], "ivr announcement 300 nobody-answered"),
        ([{"to": "ivr", "id": "self-service"}], "ivr announcement 300 nobody-answered"),
        ([{"to": "queue", "id": "after-sales"}], "queue after-sales 300 off-hours"),
    ],
)
def test_a_line_without_voicemail_ends_in_a_queue_or_an_announcement(hops: list[dict[str, Any]], last: str) -> None:
    tenant = planned({"closed": [{"lines": ["telesales"], "hops": hops}]})
    call = contact(tenant, line="telesales", channel="CHAT")
    assert places(policy.decide(call, tenant, caller(), SALES_NIGHT))[-1] == last


def test_a_voicemail_in_a_chain_is_not_repeated_at_the_end() -> None:
    tenant = planned({"closed": [{"lines": ["telesales"], "hops": [{"to": "voicemail"}]}]})
    assert places(decide(tenant, now=SALES_NIGHT, line="telesales")) == ["voicemail telesales 120 off-hours"]
