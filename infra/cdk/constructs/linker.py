"""The function behind the stack's custom resources; it may touch this tenant's flows, numbers and flow logs only."""

from aws_cdk import ArnFormat, CustomResource, Duration, Fn, Stack
from aws_cdk import aws_lambda as lam
from aws_cdk import aws_logs as logs
from constructs import Construct

from chalicelib.tenancy.contract import Contract
from infra.cdk.build import lambda_copy
from infra.cdk.constructs.connect_instance import ConnectInstance
from infra.cdk.constructs.flow_documents import FlowDocuments
from infra.cdk.constructs.roles import FunctionRole, allow
from infra.cdk.stage import Stage

LOGS_TYPE = "Custom::LogRetention"
_KEEP_LOGS = ("logs:CreateLogGroup", "logs:PutRetentionPolicy")


class Linker(Construct):
    """`lambdas/connect_linker` with its role, what it publishes, and the end of what flows log (LIC-04)."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        contract: Contract,
        instance: ConnectInstance,
        log_group: logs.LogGroup,
        concurrency: int,
        stage: Stage,
    ) -> None:
        super().__init__(scope, id_)
        self.documents = FlowDocuments(self, "Documents", contract=contract).placed
        numbers = [number.attr_phone_number_arn for number in instance.numbers.values()]
        flows = Fn.join("", [instance.arn, "/contact-flow/*"])
        link = ("connect:AssociatePhoneNumberContactFlow", "connect:DisassociatePhoneNumberContactFlow")
        role = FunctionRole(
            self,
            "Access",
            log_groups=[log_group],
            statements={
                "Link": allow(link, [instance.arn, flows, *numbers]),
                "Publish": allow(("connect:UpdateContactFlowContent",), [flows]),
                "Documents": allow(("s3:GetObject",), [placed.arn for placed in self.documents]),
                "FlowLogs": allow(_KEEP_LOGS, [_group_arn(self, instance.flow_log_group)]),
            },
        )
        self.function = lam.Function(
            self,
            "Function",
            description="Links numbers to flows and publishes flows that name each other",
            runtime=lam.Runtime.PYTHON_3_13,
            architecture=lam.Architecture.ARM_64 if stage.architecture == "arm64" else lam.Architecture.X86_64,
            handler="handler.handler",
            code=lam.Code.from_asset(str(lambda_copy("connect_linker"))),
            role=role.role,
            log_group=log_group,
            memory_size=256,
            timeout=Duration.seconds(120),
            reserved_concurrent_executions=concurrency,
        )
        CustomResource(
            self,
            "FlowLogs",
            service_token=self.function.function_arn,
            resource_type=LOGS_TYPE,
            properties={
                "LogGroupName": instance.flow_log_group,
                "RetentionInDays": str(contract.retention.logs_days),
                # Read by nobody: Amazon Connect makes the group with its instance.
                "InstanceArn": instance.arn,
            },
        )


def _group_arn(scope: Construct, name: str) -> str:
    return Stack.of(scope).format_arn(
        service="logs", resource="log-group", resource_name=name, arn_format=ArnFormat.COLON_RESOURCE_NAME
    )
