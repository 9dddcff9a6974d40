"""With policies evaluated, a deployed function is nobody but its own role."""

import http.client
import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support import lambda_code
from tests.support.cloud_fixture import Cloud
from tests.support.waiting import until

Clients = Callable[..., Any]

SOURCE = """
import boto3
from botocore.exceptions import ClientError

def attempt(call):
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "ok"

def handler(event, context):
    table = boto3.client("dynamodb")
    connect = boto3.client("connect")
    return {
        "who": boto3.client("sts").get_caller_identity()["Arn"],
        "own": attempt(lambda: table.get_item(TableName=event["own"], Key={"pk": {"S": "x"}})),
        "other": attempt(lambda: table.get_item(TableName=event["other"], Key={"pk": {"S": "x"}})),
        "describe": attempt(lambda: connect.describe_instance(InstanceId=event["instance"])),
        "delete": attempt(lambda: connect.delete_instance(InstanceId=event["instance"])),
        "call": attempt(lambda: connect.start_outbound_voice_contact(
            InstanceId=event["instance"], ContactFlowId="none", DestinationPhoneNumber="+8613911110001")),
        "stop": attempt(lambda: connect.stop_contact(InstanceId=event["instance"], ContactId="none")),
    }
"""


def switch(cloud: Cloud, *, on: bool) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=120)
    try:
        connection.request("POST", "/_trunkline/auth", json.dumps({"enabled": on}))
        assert json.load(connection.getresponse()) == {"enabled": on}
    finally:
        connection.close()


@pytest.fixture
def policies_on(cloud: Cloud, deployed: dict[str, str]) -> Iterator[None]:
    """Policies are evaluated during the test; `deployed` comes first, because its making is not what is tested."""
    assert deployed
    switch(cloud, on=True)
    yield
    switch(cloud, on=False)


@pytest.fixture(scope="module")
def deployed(cloud: Cloud, aws: Clients) -> Iterator[dict[str, str]]:
    """Two tables, an instance, and a function (with a SnapStart version behind an alias) that may use one table."""
    assert cloud.ours, "switching policies on is a control of our own cloud"
    name = f"iam{uuid.uuid4().hex[:8]}"
    tables = {"own": f"{name}-a", "other": f"{name}-b"}
    for table in tables.values():
        aws("dynamodb").create_table(
            TableName=table,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        )
    instance = aws("connect").create_instance(
        IdentityManagementType="CONNECT_MANAGED",
        InstanceAlias=name,
        InboundCallsEnabled=True,
        OutboundCallsEnabled=False,
    )
    statements = [
        _allow("dynamodb:GetItem", f"arn:aws:dynamodb:us-east-1:000000000000:table/{tables['own']}"),
        _allow("connect:DescribeInstance", instance["Arn"]),
        _allow("connect:StartOutboundVoiceContact", f"{instance['Arn']}/contact/*"),
    ]
    role = lambda_code.role(aws, name, statements)
    lambda_code.deploy(aws, name, SOURCE, role)
    _publish(aws, name)
    yield {"function": name, "instance": instance["Id"], **tables}
    aws("connect").delete_instance(InstanceId=instance["Id"])
    aws("lambda").delete_function(FunctionName=name)


def _allow(action: str, resource: str) -> dict[str, str]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def _publish(aws: Clients, name: str) -> None:
    client = aws("lambda")
    client.update_function_configuration(FunctionName=name, SnapStart={"ApplyOn": "PublishedVersions"})
    version = client.publish_version(FunctionName=name)["Version"]
    client.create_alias(FunctionName=name, Name="live", FunctionVersion=version)

    def ready() -> bool:
        return bool(client.get_function_configuration(FunctionName=name, Qualifier=version)["State"] == "Active")

    until(ready, what="the published version")


def ask(aws: Clients, deployed: dict[str, str], qualifier: str) -> dict[str, str]:
    answer = aws("lambda").invoke(
        FunctionName=deployed["function"], Qualifier=qualifier, Payload=json.dumps(deployed).encode()
    )
    said: dict[str, str] = json.load(answer["Payload"])
    assert "FunctionError" not in answer, said
    return said


@pytest.mark.parametrize("qualifier", ["$LATEST", "live"])
@pytest.mark.usefixtures("policies_on")
def test_a_function_runs_as_its_own_role_and_reaches_only_what_the_role_allows(
    aws: Clients, deployed: dict[str, str], qualifier: str
) -> None:
    said = ask(aws, deployed, qualifier)
    assert f"assumed-role/{deployed['function']}/" in said["who"]
    assert (said["own"], said["other"]) == ("ok", "AccessDeniedException")


@pytest.mark.usefixtures("policies_on")
def test_policies_cover_the_connect_api_too(aws: Clients, deployed: dict[str, str]) -> None:
    said = ask(aws, deployed, "$LATEST")
    assert (said["describe"], said["delete"]) == ("ok", "AccessDeniedException")


@pytest.mark.usefixtures("policies_on")
def test_what_the_body_of_a_connect_request_names_is_what_must_be_allowed(
    aws: Clients, deployed: dict[str, str]
) -> None:
    said = ask(aws, deployed, "$LATEST")
    assert (said["call"], said["stop"]) == ("OutboundContactNotPermittedException", "AccessDeniedException")


@pytest.mark.usefixtures("policies_on")
def test_a_stranger_is_refused_by_every_service(cloud: Cloud) -> None:
    for service, call in (("dynamodb", "list_tables"), ("connect", "list_instances")):
        client = cloud.client(service, access_key="AKIAXXXXXXXXXXXXXXXX")
        with pytest.raises(ClientError) as refused:
            getattr(client, call)()
        assert refused.value.response["Error"]["Code"] in {"UnrecognizedClientException", "InvalidClientTokenId"}


@pytest.fixture(scope="module")
def given_up_queue(aws: Clients, deployed: dict[str, str]) -> str:
    """URL of a queue that, like the product's, denies what is not encrypted."""
    name = f"{deployed['function']}-q"
    url = aws("sqs").create_queue(QueueName=name)["QueueUrl"]
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": _queue_arn(name),
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    return str(url)


def _queue_arn(name: str) -> str:
    return f"arn:aws:sqs:us-east-1:000000000000:{name}"


def crash_on_a_record(aws: Clients, name: str, statements: list[dict[str, str]], queue_arn: str) -> None:
    """Deploy a function that always crashes behind a stream, send it one record, and wait until that is given up."""
    aws("kinesis").create_stream(StreamName=name, ShardCount=1)
    source = "def handler(event, context):\n    raise ValueError('never')\n"
    lambda_code.deploy(aws, name, source, lambda_code.role(aws, name, statements))
    mapping = aws("lambda").create_event_source_mapping(
        FunctionName=name,
        EventSourceArn=f"arn:aws:kinesis:us-east-1:000000000000:stream/{name}",
        StartingPosition="TRIM_HORIZON",
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": queue_arn}},
    )["UUID"]
    aws("kinesis").put_record(StreamName=name, Data=name.encode(), PartitionKey="k")

    def failed() -> bool:
        said = aws("lambda").get_event_source_mapping(UUID=mapping)["LastProcessingResult"]
        return bool(said.startswith("PROBLEM"))

    until(failed, what="the failure of the function")
    aws("lambda").delete_event_source_mapping(UUID=mapping)


@pytest.mark.usefixtures("policies_on")
def test_a_given_up_record_is_reported_in_the_name_of_the_function_s_role(
    aws: Clients, deployed: dict[str, str], given_up_queue: str
) -> None:
    arn = _queue_arn(f"{deployed['function']}-q")
    crash_on_a_record(aws, f"{deployed['function']}-no", [], arn)
    crash_on_a_record(aws, f"{deployed['function']}-yes", [_allow("sqs:SendMessage", arn)], arn)

    def received() -> list[dict[str, Any]]:
        answer = aws("sqs").receive_message(QueueUrl=given_up_queue, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        return [json.loads(message["Body"]) for message in answer.get("Messages", [])]

    (message,) = until(received, what="the report")
    assert message["requestContext"]["functionArn"].endswith("-yes")


def test_without_policies_the_same_function_reaches_everything(aws: Clients, deployed: dict[str, str]) -> None:
    """So the refusals above come from the policies and not from the function."""
    said = ask(aws, {**deployed, "instance": "none"}, "live")
    assert (said["own"], said["other"]) == ("ok", "ok")
