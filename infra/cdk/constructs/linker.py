"""The function behind the stack's custom resources; it may touch this tenant's flows and numbers and nothing else."""

from aws_cdk import Duration, Fn
from aws_cdk import aws_lambda as lam
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.cdk.build import lambda_copy
from infra.cdk.constructs.connect_instance import ConnectInstance
from infra.cdk.constructs.roles import FunctionRole, allow
from infra.cdk.stage import Stage


class Linker(Construct):
    """`lambdas/connect_linker` with its role."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        instance: ConnectInstance,
        log_group: logs.LogGroup,
        concurrency: int,
        stage: Stage,
    ) -> None:
        super().__init__(scope, id_)
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
