"""TEN-03, and the alarm of REL-05: the stacks of both tenants as they stand in the local cloud after `cdk deploy`."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.support.cloud_fixture import Cloud
from tests.support.deployed_system import System

pytestmark = pytest.mark.e2e

NAMED_WITHIN_ANOTHER = frozenset(
    {
        *("AWS::Connect::InstanceStorageConfig", "AWS::ApiGateway::Stage", "AWS::Cognito::UserPoolGroup"),
        *("AWS::Glue::Table", "AWS::Logs::LogStream"),
    }
)
"""Types whose physical id is a word inside another resource (kind of storage, stage, group, table, log stream), not
one of the account."""


@pytest.fixture(scope="module")
def stacks(cloud: Cloud, system: System) -> Mapping[str, list[dict[str, Any]]]:
    """Return the resources of each tenant's deployed stack."""
    pages = cloud.client("cloudformation").get_paginator("list_stack_resources")
    return {
        tenant: [
            resource
            for page in pages.paginate(StackName=f"trunkline-{tenant}")
            for resource in page["StackResourceSummaries"]
        ]
        for tenant in system.stacks
    }


def _ids(resources: list[dict[str, Any]], kind: str) -> Iterator[str]:
    yield from (item["PhysicalResourceId"] for item in resources if item["ResourceType"] == kind)


@pytest.mark.req("TEN-03")
def test_two_deployed_tenants_share_no_resource(stacks: Mapping[str, list[dict[str, Any]]]) -> None:
    owned = [
        {
            (item["ResourceType"], item["PhysicalResourceId"])
            for item in resources
            if item["ResourceType"] not in NAMED_WITHIN_ANOTHER
        }
        for resources in stacks.values()
    ]
    assert [len(ids) > 80 for ids in owned] == [True, True]
    assert owned[0].isdisjoint(owned[1])


@pytest.mark.req("TEN-03")
def test_every_deployed_store_stream_function_and_instance_carries_its_tenants_tag(
    cloud: Cloud, stacks: Mapping[str, list[dict[str, Any]]]
) -> None:
    for tenant, resources in stacks.items():
        tags = dict(_tags(cloud, resources))
        assert len(tags) == len(set(tags)) >= 12
        assert {name: tag.get("tenant") for name, tag in tags.items()} == dict.fromkeys(tags, tenant)


def _tags(cloud: Cloud, resources: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (physical id, tags) of what holds or moves a tenant's data, as the service itself tells them.

    Not of buckets: the local cloud keeps no tags of buckets that CloudFormation makes (tests/infra reads theirs in
    the template).
    """
    for name in _ids(resources, "AWS::DynamoDB::Table"):
        table = cloud.client("dynamodb").describe_table(TableName=name)["Table"]["TableArn"]
        yield name, _pairs(cloud.client("dynamodb").list_tags_of_resource(ResourceArn=table)["Tags"])
    for name in _ids(resources, "AWS::Kinesis::Stream"):
        yield name, _pairs(cloud.client("kinesis").list_tags_for_stream(StreamName=name)["Tags"])
    for name in _ids(resources, "AWS::Lambda::Function"):
        function = cloud.client("lambda").get_function(FunctionName=name)
        yield name, function.get("Tags", {})
    for arn in _ids(resources, "AWS::Connect::Instance"):
        yield arn, cloud.client("connect").list_tags_for_resource(resourceArn=arn)["tags"]
    for url in _ids(resources, "AWS::SQS::Queue"):
        yield url, cloud.client("sqs").list_queue_tags(QueueUrl=url).get("Tags", {})


def _pairs(tags: list[dict[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}


@pytest.mark.req("REL-05")
def test_a_dead_letter_rings(cloud: Cloud, stacks: Mapping[str, list[dict[str, Any]]]) -> None:
    for tenant, resources in stacks.items():
        queues = {url.rsplit("/", 1)[-1] for url in _ids(resources, "AWS::SQS::Queue")}
        pages = cloud.client("cloudwatch").get_paginator("describe_alarms")
        found = pages.paginate(AlarmNamePrefix=f"trunkline-{tenant}-")
        alarms = [alarm for page in found for alarm in page["MetricAlarms"]]
        watched = {
            dimension["Value"]
            for alarm in alarms
            if alarm["MetricName"] == "ApproximateNumberOfMessagesVisible" and alarm["AlarmActions"]
            for dimension in alarm["Dimensions"]
        }
        assert watched == queues
