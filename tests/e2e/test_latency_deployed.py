"""How long the deployed functions of flows let a caller wait, under the load that is claimed for them."""

from collections import Counter

import pytest

from infra.cdk.capacity import split
from tests.support.deployed_system import System, work_ms
from tests.support.flow_load import BOUND_MS, STORE_MS, flow_function, percentile

pytestmark = pytest.mark.e2e

TENANT = "hrgroup"
CALLERS, EACH = 3, 30
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
    answers = function.asked(CALLERS, EACH)
    # Whole: the store has answered each within the time that a caller has for it. The rest is the function's own work.
    assert Counter(answer.outcome for answer in answers) == {"whole": CALLERS * EACH}
    worked = work_ms(system, f"/trunkline/{TENANT}/{name.replace('_', '-')}", [one.contact_id for one in answers])
    assert STORE_MS + percentile(worked, 95) <= BOUND_MS
    assert min(answer.ms for answer in answers) < BOUND_MS, "something else is waited for"
