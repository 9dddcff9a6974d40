"""What routing asks of agents becomes predefined attributes of the instance (ACD-07, ACD-17)."""

import aws_cdk as cdk
from aws_cdk import assertions

from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_file import load, parse
from cli import agents
from infra.cdk import skills
from infra.cdk.constructs.connect_instance import ConnectInstance
from tests.support.routing_plans import FULL, part, raw
from tests.support.tenants import TENANTS


def _contract(routing: dict[str, object]) -> Contract:
    return parse(raw(routing), source="test")


def test_a_skill_has_every_value_that_a_contact_may_ask_for() -> None:
    found = skills.attributes(_contract(part("strategies")))
    assert found["Language"] == ("Mandarin",)
    assert {"complaint", "consultation", "order", "repair"} <= set(found["Business"])
    assert found["Site"] == ("beijing", "shanghai")


def test_sites_of_regions_branches_and_strategies_are_values_of_the_site_attribute() -> None:
    found = skills.attributes(_contract(FULL))
    assert found["City"] == ("beijing", "shanghai")
    assert "Site" not in found


def test_where_a_group_is_offered_calls_at_its_desks_there_is_an_attribute_that_no_agent_has() -> None:
    everyone = {"id": "everyone", "kind": "ring-all"}
    assert skills.attributes(_contract({"strategies": [everyone]})) == {"OfferedAtDesks": ("yes",)}
    assert skills.attributes(_contract({"strategies": [{**everyone, "rings": "telephones"}]})) == {}


def test_a_contract_that_asks_for_nothing_has_no_attributes() -> None:
    assert skills.attributes(_contract({})) == {}


def test_the_instance_of_two_sites_knows_them_and_its_demo_agents_sit_at_them_in_turn() -> None:
    contract = load(TENANTS / "twosites.yaml")
    stack = cdk.Stack(cdk.App(), "two-sites")
    ConnectInstance(stack, "Connect", contract=contract)
    template = assertions.Template.from_stack(stack)
    (made,) = template.find_resources("AWS::Connect::PredefinedAttribute").values()
    assert made["Properties"]["Name"] == "Site"
    assert made["Properties"]["Values"] == {"StringList": ["north", "south"]}
    group = contract.demo.agents[0]
    sites = [agents.proficiencies(group, number)[0]["AttributeValue"] for number in (1, 2, 3)]
    assert sites == ["north", "south", "north"]
