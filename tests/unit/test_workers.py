"""Tests of which tests stay with one worker of a parallel run."""

import pytest

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
