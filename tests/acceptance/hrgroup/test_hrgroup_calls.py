"""S01: the hotline of a group of companies, served in two languages by an outsourcer's 500 seats at any hour."""

from datetime import datetime, timedelta

import pytest

from localstack.connect.engine.plan import Press
from tests.support.connect_world import MONDAY, texts
from tests.support.seed_world import QUICK, SeedWorld

AFTER_SALES = "+864008601234"
CALLER = "+8613800138000"
MANDARIN, ENGLISH, NO_NUMBER = Press("1"), Press("2"), Press("")
CONSULT = Press("1")
NIGHT = MONDAY - timedelta(hours=6)
"""Monday, 03:00 in Shanghai."""


@pytest.mark.parametrize("now", [MONDAY, NIGHT])
@pytest.mark.parametrize(("language", "agent", "welcome"), [(MANDARIN, "li", "您好"), (ENGLISH, "amy", "Welcome")])
def test_after_sales_is_served_in_both_languages_at_any_hour(
    now: datetime, language: Press, agent: str, welcome: str
) -> None:
    world = SeedWorld("hrgroup", now=now)
    world.staff("service", "li", **QUICK)
    world.staff("bilingual", "amy", status="Available" if agent == "amy" else "Lunch", **QUICK)
    call = world.rings_in(0, CALLER, language, NO_NUMBER, CONSULT, to=AFTER_SALES, wait_s=60)
    world.wait(200)
    assert world.agent_of(call) == agent
    assert any(text.startswith(welcome) for text in texts(call, "hears"))


def test_the_contract_has_what_the_seed_computes_of_seats() -> None:
    seats = SeedWorld("hrgroup").tenant.seats
    assert (seats.contracted, seats.designed) == (150, 500)
    assert seats.burst > 500
