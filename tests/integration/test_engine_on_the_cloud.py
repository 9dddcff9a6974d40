"""The engine in the local cloud: a call through a deployed function, and what it leaves in the other services."""

import io
import json
import wave
from typing import Any

import pytest

from tests.support import lambda_code
from tests.support.cloud_fixture import Cloud, control
from tests.support.connect_world import action, content, say
from tests.support.waiting import until

DECIDE = """
import json, os, urllib.request

def handler(event, context):
    contact = event["Details"]["ContactData"]
    with urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"] + "/_trunkline/clock", timeout=2) as answer:
        now = json.load(answer)["now"]
    queue_arn = event["Details"]["Parameters"]["queueArn"]
    return {"queueArn": queue_arn, "reason": "asked", "now": now, "caller": contact["CustomerEndpoint"]["Address"]}
"""
NUMBER = "+862166660001"


@pytest.fixture(scope="module")
def instance(cloud: Cloud) -> dict[str, Any]:
    """An instance with a flow that asks a function, records, and queues; one user; streams, a bucket, a rule."""
    connect, kinesis, s3 = cloud.client("connect"), cloud.client("kinesis"), cloud.client("s3")
    made = connect.create_instance(
        IdentityManagementType="CONNECT_MANAGED",
        InstanceAlias="engine-on-cloud",
        InboundCallsEnabled=True,
        OutboundCallsEnabled=False,
    )
    instance_id = made["Id"]
    connect.update_instance_attribute(InstanceId=instance_id, AttributeType="CONTACTFLOW_LOGS", Value="true")
    for kind, name in (("CONTACT_TRACE_RECORDS", "engine-records"), ("AGENT_EVENTS", "engine-agents")):
        kinesis.create_stream(StreamName=name, ShardCount=1)
        arn = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamARN"]
        config = {"StorageType": "KINESIS_STREAM", "KinesisStreamConfig": {"StreamArn": arn}}
        connect.associate_instance_storage_config(InstanceId=instance_id, ResourceType=kind, StorageConfig=config)
    s3.create_bucket(Bucket="engine-recordings")
    config = {"StorageType": "S3", "S3Config": {"BucketName": "engine-recordings", "BucketPrefix": "connect/x"}}
    connect.associate_instance_storage_config(
        InstanceId=instance_id, ResourceType="CALL_RECORDINGS", StorageConfig=config
    )
    _listen(cloud)
    role = lambda_code.role(cloud.client, "engine-decide", [])
    function = lambda_code.deploy(cloud.client, "engine-decide", DECIDE, role)
    connect.associate_lambda_function(InstanceId=instance_id, FunctionArn=function)
    queue = connect.list_queues(InstanceId=instance_id, QueueTypes=["STANDARD"])["QueueSummaryList"][0]["Arn"]
    flow = connect.create_contact_flow(
        InstanceId=instance_id, Name="main", Type="CONTACT_FLOW", Content=json.dumps(_flow(function, queue))
    )
    number = connect.claim_phone_number(TargetArn=made["Arn"], PhoneNumber=NUMBER)
    connect.associate_phone_number_contact_flow(
        PhoneNumberId=number["PhoneNumberId"], InstanceId=instance_id, ContactFlowId=flow["ContactFlowId"]
    )
    profile = connect.list_routing_profiles(InstanceId=instance_id)["RoutingProfileSummaryList"][0]["Id"]
    security = connect.list_security_profiles(InstanceId=instance_id)["SecurityProfileSummaryList"][0]["Id"]
    connect.create_user(
        Username="li.na",
        InstanceId=instance_id,
        RoutingProfileId=profile,
        SecurityProfileIds=[security],
        PhoneConfig={"PhoneType": "SOFT_PHONE"},
    )
    return dict(made)


def _listen(cloud: Cloud) -> None:
    queue = cloud.client("sqs").create_queue(QueueName="engine-events")["QueueUrl"]
    arn = cloud.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    pattern = {"source": ["aws.connect"], "detail": {"eventType": ["COMPLETED"]}}
    cloud.client("events").put_rule(Name="engine-events", EventPattern=json.dumps(pattern))
    cloud.client("events").put_targets(Rule="engine-events", Targets=[{"Id": "sqs", "Arn": arn}])


def _flow(function: str, queue: str) -> dict[str, Any]:
    record = {"RecordingBehavior": {"RecordedParticipants": ["Agent", "Customer"]}}
    ask = {
        "LambdaFunctionARN": function,
        "InvocationTimeLimitSeconds": "8",
        "LambdaInvocationAttributes": {"queueArn": queue},
    }
    lost = {"NoMatchingError": "bye"}
    return content(
        action("log", "UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": "Enabled"}, "hello"),
        say("hello", "Hello.", "record"),
        action("record", "UpdateContactRecordingBehavior", record, "ask"),
        action("ask", "InvokeLambdaFunction", ask, "set", errors=lost),
        action("set", "UpdateContactTargetQueue", {"QueueId": "$.External.queueArn"}, "go", errors=lost),
        action("go", "TransferContactToQueue", {}, "bye", errors={**lost, "QueueAtCapacity": "bye"}),
    )


@pytest.fixture(scope="module")
def told(cloud: Cloud, instance: dict[str, Any]) -> dict[str, Any]:
    """One call, at its end."""
    control(cloud, "POST", "/clock", {"mode": "virtual", "now": "2027-03-01T01:00:00Z"})
    agents = [{"username": "li.na", "talk_s": 60, "acw_s": 10}]
    control(cloud, "POST", "/connect/agents", {"instance": instance["Id"], "agents": agents})
    placed = control(cloud, "POST", "/connect/calls", {"to": NUMBER, "from": "+8613800000001", "talk_s": 60})
    control(cloud, "POST", "/connect/run", {"until": "idle"})
    return dict(control(cloud, "GET", f"/connect/calls/{placed['contact_id']}"))


def test_a_deployed_function_decides_and_knows_the_virtual_time(told: dict[str, Any]) -> None:
    (answered,) = [event for event in told["events"] if event["kind"] == "lambda"]
    assert answered["function"] == "engine-decide"
    assert answered["result"]["reason"] == "asked"
    assert answered["result"]["caller"] == "+8613800000001"
    assert answered["result"]["now"].startswith("2027-03-01T01:00:0")
    assert told["ended"] is True


def test_the_record_is_on_the_stream(cloud: Cloud, told: dict[str, Any]) -> None:
    record = next(one for one in _records(cloud, "engine-records") if one["ContactId"] == told["contact_id"])
    assert record["Agent"]["Username"] == "li.na"
    assert record["Agent"]["AgentInteractionDuration"] >= 60


def test_agent_events_are_on_their_stream(cloud: Cloud, told: dict[str, Any]) -> None:
    del told
    assert _records(cloud, "engine-agents")[0]["EventType"] == "LOGIN"


def test_the_recording_is_in_the_bucket(cloud: Cloud, told: dict[str, Any]) -> None:
    record = next(one for one in _records(cloud, "engine-records") if one["ContactId"] == told["contact_id"])
    bucket, _, key = record["Recording"]["Location"].partition("/")
    stored = cloud.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    with wave.open(io.BytesIO(stored)) as sound:
        assert sound.getnchannels() == 2


def test_contact_events_reach_rules_on_the_bus(cloud: Cloud, told: dict[str, Any]) -> None:
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName="engine-events")["QueueUrl"]
    message = until(lambda: sqs.receive_message(QueueUrl=url).get("Messages"), what="the contact event")[0]
    event = json.loads(message["Body"])
    assert event["source"] == "aws.connect"
    assert event["detail"]["contactId"] == told["contact_id"]


def test_the_flow_log_is_in_cloudwatch(cloud: Cloud, told: dict[str, Any]) -> None:
    found = cloud.client("logs").filter_log_events(logGroupName="/aws/connect/engine-on-cloud")["events"]
    lines = [json.loads(event["message"]) for event in found]
    blocks = [line["ContactFlowModuleType"] for line in lines if line["ContactId"] == told["contact_id"]]
    assert blocks[:3] == ["SetLoggingBehavior", "PlayPrompt", "SetRecordingBehavior"]


def test_a_burst_loses_no_record(cloud: Cloud, told: dict[str, Any]) -> None:
    del told
    calls = [{"at_s": 9 * n, "to": NUMBER, "from": f"+86138{n:08d}", "patience_s": 60, "talk_s": 20} for n in range(30)]
    before = len(_records(cloud, "engine-records"))
    started = control(cloud, "POST", "/connect/bursts", {"seed": 1, "start": "2027-03-01T02:00:00Z", "calls": calls})
    done = until(
        lambda: (
            (state := control(cloud, "GET", f"/connect/bursts/{started['burst_id']}"))["state"] != "running" and state
        ),
        within_s=60,
        what="the end of the burst",
    )
    assert done["state"] == "done", done
    assert (done["ended"], done["total"]) == (30, 30)
    assert len(_records(cloud, "engine-records")) == before + 30


def _records(cloud: Cloud, stream: str) -> list[dict[str, Any]]:
    kinesis = cloud.client("kinesis")
    shard = kinesis.list_shards(StreamName=stream)["Shards"][0]["ShardId"]
    iterator = kinesis.get_shard_iterator(StreamName=stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    return [json.loads(one["Data"]) for one in kinesis.get_records(ShardIterator=iterator["ShardIterator"])["Records"]]
