"""Tests of which tests stay with one worker of a parallel run."""

from tests.support import workers


def test_what_deploys_or_synthesizes_is_one_unit_of_work() -> None:
    of_one = {
        workers.scope("tests/e2e/test_demo.py::test_a"),
        workers.scope("tests/infra/test_permissions.py::test_b"),
        workers.scope("tests/acceptance/test_infra_acceptance.py::test_c"),
    }
    assert of_one == {workers.TOGETHER}


def test_every_other_test_is_a_unit_of_its_own() -> None:
    one = "tests/unit/test_workers.py::test_every_other_test_is_a_unit_of_its_own"
    assert workers.scope(one) == one
