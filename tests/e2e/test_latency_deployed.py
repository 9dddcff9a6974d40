"""How long the deployed functions of flows let a caller wait, under the load that is claimed for them."""

import pytest

from infra.cdk.capacity import split
from tests.support.deployed_system import System
from tests.support.flow_load import flow_function

pytestmark = pytest.mark.e2e

TENANT = "hrgroup"
BOUND_MS = 1_000
CALLERS, EACH = 3, 10
"""The tested load: so many callers at once, of whom each asks again as soon as he is answered."""


@pytest.mark.req("REL-04")
@pytest.mark.parametrize(
    ("output", "name"), [("RouteContactFunction", "route_contact"), ("LookupCustomerFunction", "lookup_customer")]
)
def test_callers_side_by_side_are_answered_whole_and_19_of_20_within_a_second(
    system: System, output: str, name: str
) -> None:
    contract = system.contracts[TENANT]
    assert split(contract.capacity.reserved_concurrency)[name] >= CALLERS, "the load is one that AWS would take"
    function = flow_function(output, system.stacks[TENANT], contract, system.url)
    function.asked(CALLERS, 1)  # starts the processes: on AWS they wait ready, which the template says
    load = function.load(CALLERS, EACH)
    assert load.outcomes == {"whole": 3 * CALLERS * EACH}
    assert load.p95_ms < BOUND_MS
