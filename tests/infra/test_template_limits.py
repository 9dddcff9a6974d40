"""How much room CloudFormation's limits leave: today's tenants, and one of twice the size (docs/adr/0027)."""

import pytest
import yaml

from tests.support.synthesis import TENANT_IDS, Assembly, expand, synthesize, synthesize_anew
from tests.support.twice_the_size import twice

pytestmark = pytest.mark.infra

TEMPLATE_LIMIT_BYTES = 1_000_000
"""CloudFormation takes templates of 1 MB from S3."""
RESOURCE_LIMIT = 500
LARGEST = "hrgroup"


@pytest.fixture(scope="module")
def twice_as_large(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """Return the stack of a third tenant: the largest with twice its lines, queues, numbers, hours and profiles."""
    folder = tmp_path_factory.mktemp("tenants")
    (folder / "twicehrgroup.yaml").write_text(twice(LARGEST, "twicehrgroup"), encoding="utf-8")
    return synthesize_anew("twicehrgroup", tenants=folder)


def _resources(assembly: Assembly) -> int:
    """Return how many resources there are after the SAM transform: what CloudFormation counts."""
    return len(expand(assembly)["Resources"])


@pytest.mark.parametrize("tenant", TENANT_IDS)
def test_the_template_of_a_tenant_takes_half_of_what_cloudformation_takes(tenant: str) -> None:
    assembly = synthesize(tenant)
    assert assembly.template_path.stat().st_size < TEMPLATE_LIMIT_BYTES * 0.5
    assert _resources(assembly) < RESOURCE_LIMIT * 0.8


def test_a_tenant_of_twice_the_size_still_deploys(twice_as_large: Assembly) -> None:
    assert twice_as_large.template_path.stat().st_size < TEMPLATE_LIMIT_BYTES * 0.75
    assert _resources(twice_as_large) < RESOURCE_LIMIT


def test_a_third_tenant_is_a_file(twice_as_large: Assembly) -> None:
    contract = yaml.safe_load(twice(LARGEST, "twicehrgroup"))
    claimed = {item["Properties"]["Prefix"] for item in twice_as_large.resources("AWS::Connect::PhoneNumber").values()}
    assert claimed == {number["number"] for number in contract["entry_numbers"]}
    (instance,) = twice_as_large.resources("AWS::Connect::Instance").values()
    assert instance["Properties"]["InstanceAlias"] == "trunkline-twicehrgroup"
