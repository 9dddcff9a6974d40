"""CloudWatch in the local cloud: what the engine publishes can be read there, and our own alarms ring on it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.cdk.alarms import alarms
from infra.cdk.watched import Watched
from tests.support.cloud_fixture import Cloud, control, private_cloud
from tests.support.connect_world import action, content
from tests.support.waiting import until

__all__ = ["private_cloud"]

NUMBER = "+862166660077"
FLOW = "falls-over"


@pytest.fixture
def instance_id(private_cloud: Cloud) -> str:
    """An instance whose number leads to a flow that fails without a branch for it."""
    connect = private_cloud.client("connect")
    made = connect.create_instance(
        IdentityManagementType="CONNECT_MANAGED",
        InstanceAlias="metrics-on-cloud",
        InboundCallsEnabled=True,
        OutboundCallsEnabled=False,
    )
    unset = {"TextToSpeechVoice": "$.Attributes.nobody"}
    flow = connect.create_contact_flow(
        InstanceId=made["Id"],
        Name=FLOW,
        Type="CONTACT_FLOW",
        Content=json.dumps(content(action("v", "UpdateContactTextToSpeechVoice", unset, "bye"))),
    )
    number = connect.claim_phone_number(TargetArn=made["Arn"], PhoneNumber=NUMBER)
    connect.associate_phone_number_contact_flow(
        PhoneNumberId=number["PhoneNumberId"], InstanceId=made["Id"], ContactFlowId=flow["ContactFlowId"]
    )
    return str(made["Id"])


def test_our_own_alarm_on_fatal_flow_errors_rings(private_cloud: Cloud, instance_id: str) -> None:
    cloudwatch = private_cloud.client("cloudwatch")
    watched = Watched(
        tenant="acme", instance_id=instance_id, table="t", dead_letters={}, api_name="a", api_stage="s",
        functions={"route_contact": "r", "lookup_customer": "l"}, flows=[FLOW], queues=[],
        deliveries={},
    )  # fmt: skip
    alarm = next(one for one in alarms(watched) if one.name == "flow-fatal-errors")
    dimensions = [{"Name": name, "Value": value} for name, value in alarm.metric.dimensions.items()]
    cloudwatch.put_metric_alarm(
        AlarmName=alarm.name,
        Namespace=alarm.metric.namespace,
        MetricName=alarm.metric.name,
        Dimensions=dimensions,
        Statistic=alarm.statistic,
        Threshold=alarm.above,
        Period=alarm.period_s,
        EvaluationPeriods=alarm.periods,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
    )
    # Ahead of the system's clock, on which alarms look back: however slow the machine, the value is not too old.
    now = datetime.now(UTC) + timedelta(hours=1)
    control(private_cloud, "POST", "/clock", {"mode": "virtual", "now": now.isoformat()})
    control(private_cloud, "POST", "/connect/calls", {"to": NUMBER, "from": "+8613800000001"})
    later = (now + timedelta(seconds=61)).isoformat()
    control(private_cloud, "POST", "/connect/run", {"until": later})

    def state() -> str:
        (found,) = cloudwatch.describe_alarms(AlarmNames=[alarm.name])["MetricAlarms"]
        return str(found["StateValue"])

    until(lambda: state() == "ALARM", what="the alarm")
    read: dict[str, Any] = cloudwatch.get_metric_statistics(
        Namespace="AWS/Connect",
        MetricName="ContactFlowFatalErrors",
        Dimensions=dimensions,
        StartTime=now - timedelta(minutes=2),
        EndTime=now + timedelta(minutes=2),
        Period=60,
        Statistics=["Sum"],
    )
    assert [point["Sum"] for point in read["Datapoints"]] == [1.0]
