"""Tests of which tests stay with one worker of a parallel run."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import workers


@pytest.mark.parametrize(
    ("test", "group"),
    [
        ("tests/e2e/test_demo.py::test_a", workers.CLOUD),
        ("tests/integration/test_connect_stack.py::test_b", workers.CLOUD),
        ("tests/acceptance/test_infra_acceptance.py::test_c", workers.CLOUD),
        ("tests/infra/test_permissions.py::test_d", workers.TEMPLATES),
        ("tests/acceptance/test_security_acceptance.py::test_e", workers.TEMPLATES),
    ],
)
def test_what_deploys_is_one_unit_of_work_and_what_synthesizes_another(test: str, group: str) -> None:
    assert workers.scope(test) == group


def test_every_other_test_is_a_unit_of_its_own() -> None:
    one = "tests/unit/routing/test_routing_engine.py::test_every_other_test_is_a_unit_of_its_own"
    assert workers.scope(one) == one


@given(shuffled=st.lists(st.integers(0, 29), unique=True), chosen=st.sets(st.integers(0, 29)))
def test_the_tests_of_a_cloud_run_as_they_are_written_and_all_others_as_they_were_shuffled(
    shuffled: list[int], chosen: set[int]
) -> None:
    written = sorted(chosen)
    order = workers.as_written(shuffled, written)
    assert [one for one in order if one in chosen] == [one for one in written if one in shuffled]
    assert [one * (one not in chosen) for one in order] == [one * (one not in chosen) for one in shuffled]


@pytest.mark.parametrize(
    ("arguments", "given_by_hand"),
    [(["pytest", "-n", "2"], False), (["pytest", "-p", "randomly"], False), (["pytest", "--randomly-seed=7"], True)],
)
def test_a_seed_that_is_given_by_hand_shuffles_all(arguments: list[str], given_by_hand: object) -> None:
    worker: Any = SimpleNamespace(workerinput={"mainargv": arguments})
    assert workers.seed_was_given(worker) is given_by_hand
