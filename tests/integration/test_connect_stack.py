"""A CloudFormation stack with Amazon Connect in it, through the AWS API from beginning to end."""

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support import lambda_code
from tests.support.connect_calls import FLOW
from tests.support.waiting import until

Clients = Callable[..., Any]
DONE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "DELETE_COMPLETE")


def connect(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::Connect::{kind}", "Properties": properties}


def template(alias: str, function_arn: str, number: str, content: str = FLOW, max_contacts: int = 10) -> dict[str, Any]:
    instance = {"Fn::GetAtt": ["Instance", "Arn"]}
    week = {"StartTime": {"Hours": 0, "Minutes": 0}, "EndTime": {"Hours": 0, "Minutes": 0}, "Day": "MONDAY"}
    resources = {
        "Instance": connect(
            "Instance",
            IdentityManagementType="CONNECT_MANAGED",
            InstanceAlias=alias,
            Attributes={"InboundCalls": True, "OutboundCalls": True},
        ),
        "Hours": connect("HoursOfOperation", InstanceArn=instance, Name="always", TimeZone="UTC", Config=[week]),
        "Queue": connect(
            "Queue",
            InstanceArn=instance,
            Name="support",
            HoursOfOperationArn={"Ref": "Hours"},
            MaxContacts=max_contacts,
        ),
        "Flow": connect("ContactFlow", InstanceArn=instance, Name="inbound", Type="CONTACT_FLOW", Content=content),
        "Number": connect("PhoneNumber", TargetArn=instance, CountryCode="CN", Type="DID", Prefix=number),
        "Function": connect(
            "IntegrationAssociation",
            InstanceId=instance,
            IntegrationType="LAMBDA_FUNCTION",
            IntegrationArn=function_arn,
        ),
    }
    outputs = {
        "InstanceId": {"Value": {"Fn::GetAtt": ["Instance", "Id"]}},
        "QueueArn": {"Value": {"Fn::GetAtt": ["Queue", "QueueArn"]}},
        "FlowArn": {"Value": {"Ref": "Flow"}},
        "Address": {"Value": {"Fn::GetAtt": ["Number", "Address"]}},
    }
    return {"Resources": resources, "Outputs": outputs}


def settled(aws: Clients, name: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        (stack,) = aws("cloudformation").describe_stacks(StackName=name)["Stacks"]
        return stack if stack["StackStatus"] in DONE else None

    found = until(look, within_s=60, what=f"the stack {name}")
    assert found
    return found


def outputs(stack: dict[str, Any]) -> dict[str, str]:
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


@pytest.fixture
def name(aws: Clients) -> Iterator[str]:
    made = f"conn{uuid.uuid4().hex[:8]}"
    yield made
    aws("cloudformation").delete_stack(StackName=made)


@pytest.fixture(scope="module")
def function_arn(aws: Clients) -> str:
    name = f"conn{uuid.uuid4().hex[:8]}"
    return lambda_code.deploy(aws, name, "def handler(e, c):\n    return {}\n", lambda_code.role(aws, name, []))


def test_a_stack_is_created_changed_in_place_and_deleted(aws: Clients, name: str, function_arn: str) -> None:
    number = "+86215536" + str(uuid.uuid4().int)[:4]
    formation = aws("cloudformation")
    formation.create_stack(StackName=name, TemplateBody=json.dumps(template(name, function_arn, number)))
    made = settled(aws, name)
    assert made["StackStatus"] == "CREATE_COMPLETE"
    values = outputs(made)
    assert values["Address"] == number
    policy = json.loads(aws("lambda").get_policy(FunctionName=function_arn)["Policy"])
    assert [row["Principal"] for row in policy["Statement"]] == [{"Service": "connect.amazonaws.com"}]

    body = json.dumps(template(name, function_arn, number, max_contacts=25))
    formation.update_stack(StackName=name, TemplateBody=body)
    changed = settled(aws, name)
    assert changed["StackStatus"] == "UPDATE_COMPLETE"
    assert outputs(changed) == values
    queue = aws("connect").describe_queue(InstanceId=values["InstanceId"], QueueId=values["QueueArn"])["Queue"]
    assert queue["MaxContacts"] == 25

    formation.delete_stack(StackName=name)
    until(lambda: not _instances(aws, name), what="the instance to go")
    assert json.loads(aws("lambda").get_policy(FunctionName=function_arn)["Policy"])["Statement"] == []


def test_a_flow_that_does_not_publish_rolls_the_stack_back_and_says_why(
    aws: Clients, name: str, function_arn: str
) -> None:
    number = "+86215537" + str(uuid.uuid4().int)[:4]
    formation = aws("cloudformation")
    formation.create_stack(StackName=name, TemplateBody=json.dumps(template(name, function_arn, number, "{}")))
    assert settled(aws, name)["StackStatus"] == "ROLLBACK_COMPLETE"
    events = formation.describe_stack_events(StackName=name)["StackEvents"]
    reasons = [event.get("ResourceStatusReason", "") for event in events if event["LogicalResourceId"] == "Flow"]
    assert any("InvalidContactFlowException" in reason for reason in reasons)
    assert not _instances(aws, name)


def _instances(aws: Clients, alias: str) -> list[dict[str, Any]]:
    found = aws("connect").list_instances()["InstanceSummaryList"]
    return [instance for instance in found if instance["InstanceAlias"] == alias]


def test_a_refusal_arrives_at_boto3_as_the_exception_of_amazon_connect(aws: Clients) -> None:
    client = aws("connect")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.describe_instance(InstanceId="00000000-0000-0000-0000-000000000000")
    with pytest.raises(ClientError, match="ListEvaluationForms is an operation of Amazon Connect"):
        client.list_evaluation_forms(InstanceId="i")


def test_instances_of_another_account_are_not_seen(cloud: Any, aws: Clients) -> None:
    made = aws("connect").create_instance(
        IdentityManagementType="CONNECT_MANAGED",
        InstanceAlias=f"own{uuid.uuid4().hex[:6]}",
        InboundCallsEnabled=True,
        OutboundCallsEnabled=True,
    )
    stranger = cloud.client("connect", access_key="111122223333")
    assert stranger.list_instances()["InstanceSummaryList"] == []
    with pytest.raises(stranger.exceptions.ResourceNotFoundException):
        stranger.describe_instance(InstanceId=made["Id"])
    aws("connect").delete_instance(InstanceId=made["Id"])
