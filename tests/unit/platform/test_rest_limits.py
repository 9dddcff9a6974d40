"""How many requests a second a tenant's API takes: by seats, in all and of what is costly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import app
from infra.cdk import throttling


def test_every_costly_route_is_one_of_the_api() -> None:
    routes = {(method, path) for path, methods in app.app.routes.items() for method in methods}
    assert set(throttling.COSTLY) <= routes


@pytest.mark.parametrize(
    ("seats", "whole", "costly"), [(1, (10, 20), (2, 4)), (60, (12, 24), (2, 4)), (520, (104, 208), (20, 40))]
)
def test_limits_follow_the_seats(seats: int, whole: tuple[int, int], costly: tuple[int, int]) -> None:
    told = throttling.limits(seats)
    assert (told.whole.rate_per_s, told.whole.burst) == whole
    assert (told.costly.rate_per_s, told.costly.burst) == costly


@given(st.integers(1, 5_000))
def test_reports_alone_never_take_half_of_the_api_and_desks_always_have_their_request_in_five_seconds(
    seats: int,
) -> None:
    told = throttling.limits(seats)
    assert told.costly.rate_per_s * 2 < told.whole.rate_per_s
    assert told.whole.rate_per_s * 5 >= seats - 5
    assert throttling.limits(seats + 1).whole.rate_per_s >= told.whole.rate_per_s


def test_the_stage_spells_paths_its_own_way_and_says_the_whole_first() -> None:
    first, *others = throttling.method_settings(throttling.limits(520))
    assert (first["ResourcePath"], first["HttpMethod"], first["ThrottlingRateLimit"]) == ("/*", "*", 104)
    assert {(one["HttpMethod"], one["ResourcePath"], one["ThrottlingRateLimit"]) for one in others} >= {
        ("GET", "/v1~1kpis", 20),
        ("GET", "/v1~1menus~1{line}~1report", 20),
    }
