"""One role a function group. Every action is named, every resource is this tenant's own."""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

KEY_READ = ("kms:Decrypt", "kms:DescribeKey")
KEY_WRITE = (*KEY_READ, "kms:Encrypt", "kms:GenerateDataKey")
STREAM_READ = (
    "kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator",
    "kinesis:ListShards",
)  # fmt: skip
TABLE_STREAM_READ = (
    "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams",
)  # fmt: skip


def allow(actions: Sequence[str], resources: Sequence[str]) -> iam.PolicyStatement:
    """Allow the named actions on the named resources."""
    return iam.PolicyStatement(actions=list(actions), resources=list(resources))


class FunctionRole(Construct):
    """A role that only Lambda assumes. It writes to its functions' own log groups, and does what `statements` allow."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        log_groups: Sequence[logs.LogGroup],
        statements: Mapping[str, iam.PolicyStatement],
    ) -> None:
        super().__init__(scope, id_)
        write_logs = allow(("logs:CreateLogStream", "logs:PutLogEvents"), [group.log_group_arn for group in log_groups])
        documents = {"Logs": write_logs, **statements}
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            inline_policies={name: iam.PolicyDocument(statements=[statement]) for name, statement in documents.items()},
        )
        self.arn = self.role.role_arn
