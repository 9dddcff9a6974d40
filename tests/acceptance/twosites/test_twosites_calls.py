"""S02 and S66: two sites share every queue, by shares or with a site preferred."""

import math
from datetime import timedelta

import pytest

from chalicelib.routing import policy
from chalicelib.routing.models import CallerFacts, ContactFacts
from localstack.connect.engine.plan import Press
from tests.support.connect_world import MONDAY
from tests.support.seed_world import QUICK, SeedWorld
from tests.support.tenants import tenant

HOTLINE = "+8695500"
MANDARIN = Press("1")
POLICY, CLAIM = Press("1"), Press("2")
CALLER, OTHER = "+8613695500001", "+8613695500002"
NIGHT = MONDAY - timedelta(hours=6)
"""Monday, 03:00 in Shanghai."""
DRAWS = 2_000


def at_site(world: SeedWorld, profile: str, username: str, site: str) -> None:
    world.skilled(username, ("Site", site, 3), profile=profile, **QUICK)
    world.wait(10)


def test_policy_calls_go_to_the_sites_in_the_proportion_of_sixty_to_forty() -> None:
    served = tenant("twosites")
    north = 0
    for number in range(DRAWS):
        contact = ContactFacts(line=served.lines["insurance"], id=f"contact-{number}", menu_choice="1")
        first = policy.decide(contact, served, CallerFacts(), MONDAY).targets[0]
        assert first.steps[0].expiry_s == 30
        ((_, site, _),) = first.steps[0].skills
        north += site == "north"
    assert abs(north - 0.6 * DRAWS) <= 3 * math.sqrt(DRAWS * 0.6 * 0.4)


@pytest.mark.req("ACD-17")
def test_a_policy_call_is_answered_at_the_other_site_when_its_own_is_busy_for_30_s() -> None:
    world = SeedWorld("twosites")
    at_site(world, "service", "sun", "south")
    calls = [world.rings_in(120 * n, CALLER, MANDARIN, POLICY, to=HOTLINE, wait_s=100) for n in range(6)]
    world.wait(900)
    waits_s = [world.waited_s(call)["policies"] for call in calls]
    assert {world.agent_of(call) for call in calls} == {"sun"}
    assert all(wait_s <= 10 or 30 <= wait_s <= 45 for wait_s in waits_s), waits_s
    assert {wait_s <= 10 for wait_s in waits_s} == {True, False}, "some were drawn for the south, some for the north"


@pytest.mark.req("ACD-17")
def test_a_claim_by_day_prefers_the_north_and_is_taken_by_the_south_after_20_s() -> None:
    world = SeedWorld("twosites")
    at_site(world, "claims", "sun", "south")
    at_site(world, "claims", "nan", "north")
    first = world.rings_in(0, CALLER, MANDARIN, CLAIM, to=HOTLINE, wait_s=400, talk_s=300)
    second = world.rings_in(10, OTHER, MANDARIN, CLAIM, to=HOTLINE, wait_s=100)
    world.wait(600)
    assert (world.rung(first), world.rung(second)) == (["nan"], ["sun"]), "although sun is idle longer"
    assert 20 <= world.waited_s(second)["claims"] <= 35
    assert [reply["rule"] for reply in world.replies[:2]] == ["day-claims", "day-claims"]


def test_a_claim_by_night_goes_to_whoever_is_idle_longest_at_either_site() -> None:
    world = SeedWorld("twosites", now=NIGHT)
    at_site(world, "claims", "sun", "south")
    at_site(world, "claims", "nan", "north")
    calls = []
    for _ in range(3):
        calls.append(world.rings_in(0, CALLER, MANDARIN, CLAIM, to=HOTLINE, wait_s=60))
        world.wait(120)
    assert [world.agent_of(call) for call in calls] == ["sun", "nan", "sun"]
    assert {reply["rule"] for reply in world.replies} == {"night-claims"}
    assert all(world.waited_s(call)["claims"] <= 10 for call in calls)
