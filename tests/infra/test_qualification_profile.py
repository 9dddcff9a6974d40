"""The routing profile of agents who lack a qualification (PPL-06)."""

import aws_cdk as cdk
import yaml
from aws_cdk import assertions

from chalicelib.tenancy.contract_file import parse
from infra.cdk.constructs.connect_instance import ConnectInstance
from tests.support.tenants import TENANTS


def test_the_profile_of_the_unqualified_has_no_queue_and_a_default_without_a_number() -> None:
    raw = yaml.safe_load((TENANTS / "twosites.yaml").read_text(encoding="utf-8"))
    skill = raw["routing_profiles"][0]["id"]
    raw["qualifications"] = [{"skill": skill, "requires": [{"kind": "training", "id": "induction"}]}]
    stack = cdk.Stack(cdk.App(), "gated")
    instance = ConnectInstance(stack, "Connect", contract=parse(raw, source="test"))
    template = assertions.Template.from_stack(stack)
    found = template.find_resources("AWS::Connect::RoutingProfile", {"Properties": {"Name": "unqualified"}})
    ((_, made),) = found.items()
    assert "QueueConfigs" not in made["Properties"]
    queue = template.to_json()["Resources"][made["Properties"]["DefaultOutboundQueueArn"]["Fn::GetAtt"][0]]
    assert queue["Properties"]["Name"] == "aside"
    assert instance.profile_uuids().keys() == {"unqualified", *(one["id"] for one in raw["routing_profiles"])}
