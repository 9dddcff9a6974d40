"""What one tenant's load runs on is no other tenant's: read from both templates."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.synthesis import TENANT_IDS, TENANTS, of_type, spell, synthesize

pytestmark = pytest.mark.infra

LOADED = {
    "AWS::Serverless::Function": "FunctionName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::Kinesis::Stream": "Name",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::KinesisFirehose::DeliveryStream": "DeliveryStreamName",
    "AWS::IAM::Role": "RoleName",
    "AWS::Serverless::Api": "Name",
    "AWS::Cognito::UserPool": "UserPoolName",
}
"""What a surge or a fault loads, and the property that would name it past the stack."""

OF_THE_ACCOUNT = ("arn:aws:iam::ACCOUNT:root", "arn:aws:glue:REGION:ACCOUNT:catalog")
"""What has no part of a tenant to name: who administers the key, and the one catalogue that holds all databases."""


@pytest.fixture(params=TENANT_IDS)
def tenant(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def template(tenant: str) -> dict[str, Any]:
    return synthesize(tenant).template


def _texts(value: Any) -> Iterator[str]:
    """Yield every text of the template, with references spelled out."""
    if isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, dict) and len(value) == 1 and next(iter(value)) in {"Ref", "Fn::GetAtt", "Fn::Join"}:
        yield spell(value)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value


def _arns(template: dict[str, Any]) -> Iterator[str]:
    spoken = {"${AWS::Partition}": "aws", "${AWS::Region}": "REGION", "${AWS::AccountId}": "ACCOUNT"}
    for text in _texts(template["Resources"]):
        for arn in re.findall(r"arn:[^\s\"',]+", text):
            yield re.sub(r"\$\{AWS::\w+\}", lambda match: spoken[match[0]], arn)


def test_all_that_load_runs_on_is_made_by_the_tenants_stack_and_named_after_it(template: dict[str, Any]) -> None:
    kinds = [resource["Type"] for resource in template["Resources"].values()]
    assert set(kinds) >= LOADED.keys()
    named = {
        name: spell(resource["Properties"][LOADED[resource["Type"]]])
        for name, resource in template["Resources"].items()
        if LOADED.get(resource["Type"], "") in resource.get("Properties", {})
    }
    # CloudFormation puts the stack's name, which is the tenant's, before what has no name of its own.
    assert named == {}


def test_nothing_comes_from_another_stack_or_is_handed_to_one(template: dict[str, Any]) -> None:
    assert "Fn::ImportValue" not in str(template)
    assert not any("Export" in output for output in template["Outputs"].values())
    # The version of the account's deployment bucket, which nothing reads after the deployment.
    assert template["Parameters"].keys() == {"BootstrapVersion"}


def test_every_arn_is_of_this_stack_or_bears_this_tenants_name(tenant: str, template: dict[str, Any]) -> None:
    arns = set(_arns(template))
    assert any(f"/{tenant}/" in arn for arn in arns)
    of_the_stack = re.compile(rf"\$\{{|[/_-]{tenant}\b")
    # What a deployment brings along lies in the one bucket that an account has for it, under keys that are digests.
    documents = {
        f"arn:aws:s3:::cdk-hnb659fds-assets-ACCOUNT-REGION/{item['Properties']['Key']}"
        for item in of_type(template, "Custom::ContactFlowContent").values()
    }
    assert {arn for arn in arns if not of_the_stack.search(arn)} == {*OF_THE_ACCOUNT, *documents}


def test_no_other_tenant_is_named(tenant: str, template: dict[str, Any]) -> None:
    others = {path.stem for path in TENANTS.glob("*.yaml")} - {tenant}
    assert len(others) > 1
    assert [name for name in sorted(others) if name in str(template)] == []


def test_two_tenants_share_no_name() -> None:
    templates = [synthesize(tenant).template for tenant in TENANT_IDS]
    named = ("LogGroupName", "AlarmName", "DashboardName", "InstanceAlias")
    names = [
        {
            name
            for item in template["Resources"].values()
            for key in named
            if key in item.get("Properties", {})
            # A reference to another resource of the stack is no name of its own.
            if not (name := spell(item["Properties"][key])).startswith("${")
        }
        for template in templates
    ]
    assert names[0]
    assert names[0].isdisjoint(names[1])
