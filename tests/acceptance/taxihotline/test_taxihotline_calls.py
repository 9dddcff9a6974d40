"""S06: the hotline of a taxi administration takes complaints, reports, consultations and suggestions at any hour."""

from datetime import datetime, timedelta

import pytest

from localstack.connect.engine.plan import Press
from tests.support.connect_world import MONDAY
from tests.support.seed_world import QUICK, SeedWorld

HOTLINE = "+8696196"
COMPLAIN, REPORT, CONSULT, SUGGEST, EMERGENCY = Press("1"), Press("2"), Press("3"), Press("4"), Press("9")
LI, PASSENGER = "+8613700137000", "+8613700137001"
NIGHT = MONDAY - timedelta(hours=6)
"""Monday, 03:00 in Shanghai."""


@pytest.mark.parametrize("now", [MONDAY, NIGHT])
def test_each_concern_reaches_its_desk_at_any_hour(now: datetime) -> None:
    world = SeedWorld("taxihotline", now=now)
    world.staff("hotline", "hong", **QUICK)
    world.staff("dispatch", "dan", **QUICK)
    desks = {COMPLAIN: "complaints", REPORT: "enforcement", CONSULT: "hotline", SUGGEST: "hotline"}
    calls = {key: world.rings_in(120 * n, LI, key, to=HOTLINE, wait_s=60) for n, key in enumerate(desks)}
    world.wait(700)
    assert {key: world.queues(call) for key, call in calls.items()} == {key: [desk] for key, desk in desks.items()}
    assert world.agent_of(calls[REPORT]) == "dan"
    assert {world.agent_of(call) for key, call in calls.items() if key != REPORT} == {"hong"}


def test_a_complaint_goes_to_the_dispatchers_when_no_hotline_agent_has_taken_it_for_45_s() -> None:
    world = SeedWorld("taxihotline")
    world.staff("dispatch", "dan", **QUICK)
    call = world.rings_in(0, LI, COMPLAIN, to=HOTLINE, wait_s=120)
    world.wait(300)
    assert world.agent_of(call) == "dan"
    assert 45 <= world.waited_s(call)["complaints"] <= 55


def test_an_emergency_goes_before_the_reports_that_wait() -> None:
    world = SeedWorld("taxihotline")
    world.staff("dispatch", "dan", acw_s=1)
    world.rings_in(0, LI, REPORT, to=HOTLINE, talk_s=120)
    report = world.rings_in(20, LI, REPORT, to=HOTLINE, talk_s=20)
    emergency = world.rings_in(60, PASSENGER, EMERGENCY, to=HOTLINE, talk_s=20)
    world.wait(500)
    assert world.answered_at(emergency) < world.answered_at(report)
