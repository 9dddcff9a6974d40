"""What feeds the live view (RTM-01): contact events on the stream of agent events, and the clock."""

from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from chalicelib.realtime.models import TELLING
from infra.cdk.constructs.data_plane import DataPlane
from infra.cdk.constructs.roles import allow
from infra.cdk.constructs.scheduled import EVERY_MINUTE, Scheduled


class LiveView(Construct):
    """A rule of the default bus, on which Amazon Connect tells of all instances, for this tenant's instance alone.

    The stream gives what EventBridge lacks: batches, order within a contact, tries, and a place for what fails. Once a
    minute the clock invokes the same function, which then asks Amazon Connect for its own figures.
    """

    def __init__(self, scope: Construct, id_: str, *, data: DataPlane, instance_arn: str, function_arn: str) -> None:
        super().__init__(scope, id_)
        stream, key = data.agent_events, data.key
        documents = {
            "Stream": allow(("kinesis:PutRecord",), [stream.stream_arn]),
            "Key": allow(("kms:GenerateDataKey",), [key.key_arn]),
        }
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("events.amazonaws.com"),
            inline_policies={name: iam.PolicyDocument(statements=[one]) for name, one in documents.items()},
        )
        events.CfnRule(
            self,
            "Rule",
            description="What moves a contact on the live view",
            event_pattern={
                "source": ["aws.connect"],
                "detail": {"instanceArn": [instance_arn], "eventType": list(TELLING)},
            },
            targets=[
                events.CfnRule.TargetProperty(
                    arn=stream.stream_arn,
                    id="stream",
                    role_arn=role.role_arn,
                    kinesis_parameters=events.CfnRule.KinesisParametersProperty(
                        partition_key_path="$.detail.contactId"
                    ),
                )
            ],
        )
        Scheduled(
            self,
            "Clock",
            what="Holds the live view against Amazon Connect's own figures",
            function_arn=function_arn,
            when=EVERY_MINUTE,
        )
