"""A contact followed live and afterwards (RTM-02): while the call runs, and when its records are here."""

from typing import Any

import pytest

from chalicelib.platform.errors import NotFound
from chalicelib.traces.connect import Living
from chalicelib.traces.models import Kind, Stage, Trace
from chalicelib.traces.service import Traces
from localstack.connect.engine import transfers
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import HangUp, Press, WaitFor
from tests.support.connect_world import arn
from tests.support.desk_journey import AFTER_SALES, CALLER, Journey
from tests.support.tenant_world import REGULAR, TenantWorld


def follow(journey: Journey, contact_id: str, **more: Any) -> Trace:
    ids = {arn("queue", queue).rpartition("/")[2]: queue for queue in journey.tenant.queues}
    use = Traces(contacts=journey.contacts, floor=journey.floor, living=Living(journey.connect, "instance", ids))
    return use.follow(contact_id, **{"own": None, "sight": None, **more})


def calling() -> tuple[Journey, Contact]:
    journey = Journey(TenantWorld("hrgroup", lookup=REGULAR))
    journey.world.staff("service", "li.na", acw_s=20, talk_s=300, ring_s=2)
    script = (Press(""), Press(""), Press("1"), WaitFor(200), HangUp())
    return journey, journey.world.call(*script, to=AFTER_SALES, caller=CALLER)


def kinds(trace: Trace) -> list[str]:
    return [mark.kind.value for mark in trace.marks]


@pytest.mark.req("RTM-02")
def test_a_call_is_followed_while_it_runs_and_afterwards_from_arrival_to_end() -> None:
    journey, call = calling()
    seen: list[list[str]] = []
    for second in range(1, 1_200, 5):
        journey.at(second)
        trace = follow(journey, call.id)
        assert trace.stage is (Stage.LIVE if call.disconnected_at is None else Stage.OVER)
        assert kinds(trace)[: len(seen[-1]) if seen else 0] == (seen[-1] if seen else [])
        if not seen or kinds(trace) != seen[-1]:
            seen.append(kinds(trace))
    assert seen[0] == ["arrived"]
    assert list(dict.fromkeys(seen[-1]))[:5] == ["arrived", "menu", "queued", "left-queue", "answered"]
    assert len(seen) >= 4

    (agents,) = journey.take_records_in()
    assert agents == call.id
    whole = follow(journey, call.id, own="li.na")
    assert whole.stage is Stage.COMPLETE
    facts = {mark.kind: mark.facts for mark in whole.marks}
    assert facts[Kind.ARRIVED]["number"] == AFTER_SALES
    assert facts[Kind.QUEUED] == {"queue": "after-sales"}
    assert facts[Kind.ANSWERED] == {"agent": "li.na"}
    assert (facts[Kind.ENDED]["reason"], facts[Kind.ENDED]["result"]) == ("CUSTOMER_DISCONNECT", "answered")
    assert {mark.kind for mark in whole.marks} >= {Kind.MENU, Kind.WRAPPING_UP, Kind.WRAPPED_UP}
    assert [mark.at for mark in whole.marks] == sorted(mark.at for mark in whole.marks)


@pytest.mark.req("RTM-02")
def test_the_legs_of_a_transfer_are_one_course_from_whichever_is_asked_for() -> None:
    journey, call = calling()
    world, instance = journey.world, journey.world.instance
    journey.at(60)
    english = instance.queues[arn("queue", "english").rpartition("/")[2]]
    (agent,) = world.world.floor.agents()
    world.world.transfers.start(agent, call, transfers.to_queue(instance, english))
    journey.at(90)
    live = follow(journey, call.id)
    assert (live.stage, len(live.legs)) == (Stage.LIVE, 2)
    second = live.legs[1].contact_id
    assert follow(journey, second) == live
    journey.at(2_000)
    journey.take_records_in()
    whole = follow(journey, second)
    assert whole.stage is Stage.COMPLETE
    assert [leg.contact_id for leg in whole.legs] == [call.id, second]
    assert follow(journey, call.id) == whole
    assert [mark.facts["queue"] for mark in whole.marks if mark.kind is Kind.QUEUED] == ["after-sales", "english"]
    assert [mark.kind for mark in whole.marks].count(Kind.ARRIVED) == 2
    assert world.record_of(call)["NextContactId"] == second


def test_whoever_may_not_see_any_leg_is_told_there_is_none() -> None:
    journey, call = calling()
    journey.at(120)
    assert follow(journey, call.id, own="li.na").stage is Stage.LIVE
    for asked, own in ((call.id, "bob"), ("nobody", None)):
        with pytest.raises(NotFound):
            follow(journey, asked, own=own)
