"""Every strategy where it acts: agents' telephones ring in the order that the requirement names."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.customers.models import OpenTicket
from chalicelib.customers.service import Caller, PastContact, Profile
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import Callee, Press
from tests.support.connect_world import MONDAY
from tests.support.decided_world import CALLER, LATER, TO_COMPLAINTS, TO_CONSULTATION, Decided, after
from tests.support.routing_plans import part

TELESALES = "+862155360100"
TURN_S = 33
"""The longest turn of the waiting loop here."""
NIGHT = MONDAY - timedelta(hours=2)
"""Monday, 07:00 in Shanghai: before `sales-day` opens."""
SUNDAY = MONDAY - timedelta(days=1)
QUICK = {"talk_s": 5, "acw_s": 1}


def rings(world: Decided, *, of: tuple[Any, ...] = TO_CONSULTATION, wait_s: float = 90, **plan: Any) -> list[str]:
    """Place one call, let it end, and return whose telephones rang."""
    call = world.ask(*of, wait_s=wait_s, at=world.world.now, **plan)
    world.run(until=world.world.now + timedelta(seconds=wait_s + 60))
    return world.rung(call)


def waited_s(world: Decided, call: Contact) -> list[tuple[str, int]]:
    return [(one["Queue"]["Name"], one["Queue"]["Duration"]) for one in world.chain(call) if one["Queue"]]


@pytest.mark.req("ACD-03")
def test_hunting_asks_one_by_one_in_a_circle_after_the_last_one_tried_until_one_answers() -> None:
    world = Decided(part("strategies"), after_sales="round")
    world.staff("service", "ann", "cat", **QUICK)
    world.staff("service", "bob", accept_share=0.0)
    assert rings(world) == ["ann"]
    assert rings(world) == ["bob", "cat"], "after ann comes bob, who does not answer"
    assert rings(world) == ["ann"], "the circle begins again"
    world.staff("service", "dan", **QUICK)
    assert rings(world) == ["bob", "cat"]
    assert rings(world) == ["dan"], "the last one tried was cat"


@pytest.mark.req("ACD-03")
def test_hunting_passes_over_who_is_busy_and_asks_anybody_when_its_list_is_at_an_end() -> None:
    world = Decided(part("strategies"), after_sales="round")
    world.staff("service", "ann", "bob", "cat", accept_share=0.0)
    world.staff("service", "dan", talk_s=600)
    world.ask(Press("1"), Press(""), Press("1"), wait_s=700, talk_s=600)
    world.run(until=after(150))
    assert rings(world, wait_s=60)[:3] == ["ann", "bob", "cat"]


def test_the_fixed_order_begins_with_the_first_place_each_time() -> None:
    world = Decided(part("strategies"), after_sales="in-order")
    world.staff("service", "cat", "bob", "ann", **QUICK)
    assert [rings(world) for _ in range(3)] == [["ann"], ["ann"], ["ann"]]


def test_ring_all_without_desks_keeps_the_contact_for_the_group_and_rings_it_one_after_the_other() -> None:
    """Amazon Connect has one offer at a time: telephones ring in turn, desks at once (docs/routing.md)."""
    world = Decided(part("strategies"), after_sales="everyone")
    world.staff("service", "ann", "bob", accept_share=0.0)
    world.staff("service", "cat", **QUICK)
    assert rings(world) == ["ann", "bob", "cat"]


@pytest.mark.req("ACD-06")
def test_least_talk_load_counts_the_talk_of_the_shift_and_nothing_before_it() -> None:
    world = Decided(part("strategies"), after_sales="least")
    world.staff("service", "ann", "bob", "cat", acw_s=1)
    for talk_s in (40, 90, 60):
        world.ask(at=world.world.now, talk_s=talk_s, wait_s=300)
        world.run(until=world.world.now + timedelta(seconds=60))
    world.run(until=world.world.now + timedelta(seconds=300))
    assert [rings(world, talk_s=30) for _ in range(2)] == [["ann"], ["cat"]], "40 s, then 60 against 70 and 90"
    world.sign_in_again("bob")
    assert rings(world, talk_s=5) == ["bob"], "a new shift: nothing talked yet"


@pytest.mark.req("ACD-07")
def test_skills_are_asked_at_their_level_and_less_is_asked_after_each_wait() -> None:
    table = {
        "expert": ([("Business", "consultation", 5), ("Language", "Mandarin", 3)], (0, 10)),
        "novice": ([("Business", "consultation", 2), ("Language", "Mandarin", 4)], (30, 40)),
        "speaks another": ([("Business", "consultation", 2)], (90, 100)),
    }
    for who, (skills, (least_s, most_s)) in table.items():
        world = Decided(part("strategies"), after_sales="by-skill")
        world.skilled("idle", *[("Business", "complaint", 5)])
        world.skilled(who.split()[0], *skills, **QUICK)
        call = world.ask(wait_s=200)
        world.run(until=after(400))
        assert world.rung(call) == [who.split()[0]]
        ((_, waited),) = waited_s(world, call)
        assert least_s <= waited <= most_s, who


@pytest.mark.req("ACD-09")
def test_a_key_account_goes_to_its_manager_then_the_seats_then_the_general_queue_at_top_priority() -> None:
    profile = Profile(customer_id="c-1", name="王芳", grade="gold", language="zh-CN", manager="mia")
    world = Decided(part("key_accounts"), {LATER: Caller(profile=profile)})
    world.staff("service", "ann", "mia", accept_share=0.0)
    gold = world.ask(wait_s=900, caller=LATER)
    ordinary = world.ask(wait_s=900, at=after(25))
    world.run(until=after(60))
    assert world.rung(gold)[0] == "mia", "although ann is idle longer"
    world.run(until=after(200))
    world.staff("bilingual", "amy", talk_s=30)
    world.run(until=after(900))
    (seats, manager_and_seats_s), (general, _) = waited_s(world, gold)
    assert (seats, general) == ("complaints", "after-sales")
    assert 60 <= manager_and_seats_s <= 60 + 2 * TURN_S, "20 s for the manager, 40 s for the seats"
    assert world.agent_of(gold) == "amy"
    answered = {one.id: world.chain(one)[-1]["Agent"]["ConnectedToAgentTimestamp"] for one in (gold, ordinary)}
    assert answered[gold.id] < answered[ordinary.id], "top priority: the ordinary caller has waited longer"


@pytest.mark.req("ACD-10")
@pytest.mark.parametrize(
    ("number", "agent"),
    [
        ("+862155550000", "sam"),
        ("+861065550000", "bea"),
        ("+14155550123", "amy"),
        ("+8613800138000", "amy"),
        ("anonymous", "amy"),
    ],
)
def test_the_number_decides_whose_telephone_rings_and_others_go_to_the_default_group(number: str, agent: str) -> None:
    world = Decided({**part("attribution"), "site_attribute": "City"})
    world.skilled("ann", ("City", "shanghai", 3))
    world.staff("sales", "sam")
    world.staff("bilingual", "amy")
    world.skilled("bea", ("City", "beijing", 3))
    assert rings(world, caller=number)[0] == agent


@pytest.mark.req("ACD-11")
@pytest.mark.parametrize("chosen", [False, True])
def test_a_branch_is_asked_first_and_then_its_headquarters(chosen: bool) -> None:  # noqa: FBT001 - a table
    branch = {"id": "pudong", "queue": "complaints", "headquarters": "after-sales", "after_s": 70}
    branch |= {} if chosen else {"numbers": [TELESALES]}
    world = Decided({"branches": [branch]})
    world.staff("bilingual", "amy", **QUICK)
    call = world.ask(Press("1"), Press(""), Press("1"), wait_s=300, to=TELESALES)
    if chosen:
        call.attributes["branch"] = "pudong"
    world.run(until=after(500))
    (branch_queue, waited), (headquarters, _) = waited_s(world, call)
    assert (branch_queue, headquarters, world.agent_of(call)) == ("complaints", "after-sales", "amy")
    assert 70 <= waited <= 70 + TURN_S
    assert [one["Attributes"]["routeReason"] for one in world.chain(call)] == ["branch", "headquarters"]


@pytest.mark.req("ACD-12")
@pytest.mark.parametrize(
    ("days", "answers", "rung"), [(29, 1.0, ["mia"]), (29, 0.0, ["mia", "ann"]), (31, 1.0, ["ann"])]
)
def test_a_returning_caller_reaches_the_agent_of_last_time_else_the_base_strategy(
    days: int, answers: float, rung: list[str]
) -> None:
    past = PastContact(at=MONDAY - timedelta(days=days), contact_id="c", agent="mia", line="after-sales")
    world = Decided(part("memory", "strategies"), {CALLER: Caller(recent=(past,))}, after_sales="in-order")
    world.staff("service", "ann", "bob", **QUICK)
    world.staff("service", "mia", accept_share=answers)
    assert rings(world) == rung


def known(*recent: tuple[float, str], tickets: int = 0) -> Caller:
    """Return a caller with contacts so many hours ago, in these queues, and open tickets."""
    past = (
        PastContact(at=MONDAY - timedelta(hours=hours), contact_id=f"c-{n}", queue=queue, line="after-sales")
        for n, (hours, queue) in enumerate(recent)
    )
    opened = (OpenTicket(number=f"T-{n}", category="repair", at=MONDAY) for n in range(tickets))
    return Caller(recent=tuple(past), tickets=tuple(opened))


@pytest.mark.req("ACD-13")
@pytest.mark.parametrize(
    ("who", "rank", "first"),
    [
        (known(), "5", "early"),
        (known((2, "complaints")), "3", "late"),
        (known((0.1, "after-sales"), (0.2, "after-sales"), (0.3, "x")), "4", "late"),
        (known(tickets=1), "4", "late"),
        (known((2, "complaints"), tickets=2), "2", "late"),
        (known((49, "complaints")), "5", "early"),
    ],
    ids=["nothing", "complaint", "repeated", "ticket", "both", "long ago"],
)
def test_history_is_served_before_who_waits_longer_by_as_much_as_is_configured(
    who: Caller, rank: str, first: str
) -> None:
    world = Decided(part("history"), {LATER: who})
    early = world.ask(wait_s=600)
    late = world.ask(wait_s=600, caller=LATER, at=after(30))
    world.run(until=after(120))
    world.staff("service", "ann", talk_s=30)
    world.run(until=after(700))
    answered = {"early": world.record_of(early)["Agent"], "late": world.record_of(late)["Agent"]}
    assert [reply["priority"] for reply in world.replies] == ["5", rank]
    assert min(answered, key=lambda one: answered[one]["ConnectedToAgentTimestamp"]) == first


@pytest.mark.req("ACD-15")
@pytest.mark.parametrize(("now", "rung"), [(NIGHT, ["ann"]), (MONDAY + timedelta(hours=1), ["bob", "ann"])])
def test_another_strategy_holds_in_another_segment_of_the_day(now: Any, rung: list[str]) -> None:
    by_day = {"id": "by-day", "when": {"segments": ["office"]}, "strategy": "least"}
    world = Decided({**part("strategies", "segments"), "rules": [by_day]}, now=now, after_sales="in-order")
    world.staff("service", "ann", "bob", acw_s=1, talk_s=20)
    first = rings(world)
    second = rings(world)
    assert first == ["ann"]
    assert second[:1] == rung[:1], "least talk asks bob, who has not talked; the order of the night asks ann again"


@pytest.mark.req("ACD-15")
@pytest.mark.parametrize(
    ("hop", "result"),
    [
        ({"to": "duty", "id": "manager", "timeout_s": 20}, "outside:+8613900000007"),
        ({"to": "callback", "id": "telesales"}, "callback:telesales"),
        ({"to": "voicemail"}, "voicemail:telesales"),
        ({"to": "ivr", "id": "self-service"}, "ivr:self-service"),
    ],
)
def test_a_closed_line_gives_the_treatment_that_is_configured(hop: dict[str, Any], result: str) -> None:
    closed = {"lines": ["telesales"], "hops": [hop]}
    world = Decided({"closed": [closed], **part("duties", "presented_number")}, now=SUNDAY)
    call = world.call(Press("1"), Press(""), to=TELESALES, caller=CALLER, third_party=Callee(talk_s=20))
    world.run(until=SUNDAY + timedelta(minutes=10))
    tried = world.chain(call)[-1]["Attributes"]["routeTried"].split()
    assert tried[0] == result
    assert world.queues(call) == []


@pytest.mark.req("ACD-17")
def test_sites_share_a_queue_and_the_preferred_one_is_asked_first_for_the_configured_wait() -> None:
    world = Decided(
        {**part("strategies"), "site_attribute": "City"}, after_sales="beijing-first", complaints="longest-idle"
    )
    world.skilled("ann", ("City", "shanghai", 3), talk_s=5, acw_s=1)
    world.run(until=after(30))
    world.skilled("bea", ("City", "beijing", 3), talk_s=100, acw_s=1)
    assert rings(world, of=TO_COMPLAINTS) == ["ann"], "a queue without a site: who is idle longest, wherever"
    first = world.ask(at=world.world.now, wait_s=150)
    second = world.ask(at=world.world.now + timedelta(seconds=40), wait_s=60)
    world.run(until=world.world.now + timedelta(seconds=400))
    assert (world.rung(first), world.rung(second)) == (["bea"], ["ann"])
    assert waited_s(world, first)[0][1] <= 10
    assert 20 <= waited_s(world, second)[0][1] <= 30, "bea is talking: the other site after 20 s"


def test_the_site_that_was_drawn_is_asked_first() -> None:
    world = Decided({**part("strategies"), "site_attribute": "City"}, after_sales="two-sites")
    world.skilled("ann", ("City", "shanghai", 3), **QUICK)
    world.skilled("bea", ("City", "beijing", 3), **QUICK)
    got = [rings(world) for _ in range(6)]
    sites = ["bea" if '"Value":"beijing"' in reply["criteria"] else "ann" for reply in world.replies]
    assert got == [[one] for one in sites]
    assert set(sites) == {"ann", "bea"}


def test_longest_idle_is_what_the_strategies_end_in() -> None:
    world = Decided({}, after_sales="longest-idle")
    world.staff("service", "zoe", **QUICK)
    world.run(until=after(5))
    world.staff("service", "ann", **QUICK)
    assert [rings(world) for _ in range(3)] == [["zoe"], ["ann"], ["zoe"]]
