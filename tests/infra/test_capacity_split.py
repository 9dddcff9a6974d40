"""A tenant's reserved concurrency over its functions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.cdk.capacity import WEIGHTS, split

FEWEST = len(WEIGHTS)


@given(st.integers(FEWEST, 10_000))
def test_every_function_gets_some_and_the_sum_is_exact(total: int) -> None:
    shares = split(total)
    assert shares.keys() == WEIGHTS.keys()
    assert min(shares.values()) >= 1
    assert sum(shares.values()) == total


@given(st.integers(FEWEST, 10_000))
def test_more_weight_never_gets_less(total: int) -> None:
    shares = split(total)
    for one in WEIGHTS:
        for other in WEIGHTS:
            if WEIGHTS[one] > WEIGHTS[other]:
                assert shares[one] >= shares[other]


def test_fewer_executions_than_functions_are_refused_by_name_of_the_field() -> None:
    with pytest.raises(ValueError, match=rf"capacity\.reserved_concurrency must be at least {FEWEST}"):
        split(FEWEST - 1)


def test_a_tenant_of_fifty() -> None:
    assert split(50) == {
        "route_contact": 8,
        "lookup_customer": 6,
        "menu_step": 6,
        "ingest_contact_records": 6,
        "ingest_agent_events": 4,
        "api": 6,
        "recording_indexer": 2,
        "estimate_wait": 1,
        "request_callback": 2,
        "connect_linker": 2,
        "export_analytics": 1,
        "notify_voicemail": 1,
        "review_papers": 1,
        "review_qualifications": 1,
        "serve_privacy_requests": 1,
        "note_security_events": 2,
    }
