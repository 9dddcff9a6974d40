"""What streams and buckets tell: records and events into the table, recordings from the bucket onto their contact."""

from collections.abc import Sequence

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from chalicelib.tenancy.contract import Contract
from infra.cdk.build import lambda_copy
from infra.cdk.constructs.data_plane import DataPlane
from infra.cdk.constructs.roles import KEY_WRITE, FunctionRole, allow
from infra.cdk.stage import Stage

RETRY_ATTEMPTS = 5
RECORD_AGE_S = 6 * 3_600
"""After five tries or six hours a record goes to the dead-letter queue: one cannot hold up its shard for days."""


class DeadLetters(Construct):
    """Where records wait that could not be processed. Fourteen days, the longest that the queue can keep them."""

    def __init__(self, scope: Construct, id_: str, *, contract: Contract, key: kms.IKey) -> None:
        super().__init__(scope, id_)
        self.queue = sqs.Queue(
            self,
            "Queue",
            retention_period=Duration.days(14),
            visibility_timeout=Duration.minutes(5),
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=key,
            enforce_ssl=True,
            removal_policy=RemovalPolicy.RETAIN if contract.protection.deletion_protection else RemovalPolicy.DESTROY,
        )


class StreamMapping(Construct):
    """A stream feeds a function: partial failures honoured, bisected, limited, and nothing lost.

    `window_s` is how long a batch may wait for more records: it saves invocations and costs freshness. Of the
    filter patterns `only` a record must fit one for the function to be invoked; without any, all are taken.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        stream_arn: str,
        dead_letters: DeadLetters,
        function_name: str,
        window_s: int,
        only: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id_)
        self.mapping = lam.CfnEventSourceMapping(
            self,
            "Mapping",
            event_source_arn=stream_arn,
            function_name=function_name,
            starting_position="TRIM_HORIZON",
            batch_size=100,
            filter_criteria=_filter(only) if only else None,
            maximum_batching_window_in_seconds=window_s,
            # Records of one contact or agent share a partition key, so they stay in order while shards are read in
            # parallel.
            parallelization_factor=2,
            function_response_types=["ReportBatchItemFailures"],
            bisect_batch_on_function_error=True,
            maximum_retry_attempts=RETRY_ATTEMPTS,
            maximum_record_age_in_seconds=RECORD_AGE_S,
            destination_config=lam.CfnEventSourceMapping.DestinationConfigProperty(
                on_failure=lam.CfnEventSourceMapping.OnFailureProperty(destination=dead_letters.queue.queue_arn)
            ),
        )


def _filter(only: Sequence[str]) -> lam.CfnEventSourceMapping.FilterCriteriaProperty:
    kind = lam.CfnEventSourceMapping
    return kind.FilterCriteriaProperty(filters=[kind.FilterProperty(pattern=pattern) for pattern in only])


class RecordingIndexer(Construct):
    """`lambdas/recording_indexer` behind the bucket's events (REC-01)."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        contract: Contract,
        data: DataPlane,
        log_group: logs.LogGroup,
        concurrency: int,
        stage: Stage,
    ) -> None:
        super().__init__(scope, id_)
        # A queue of its own: what waits in the other one is contact records, which are replayed onto their stream.
        self.dead_letters = DeadLetters(self, "DeadLetters", contract=contract, key=data.key)
        role = FunctionRole(
            self,
            "Access",
            log_groups=[log_group],
            statements={
                "Index": allow(("dynamodb:PutItem",), [data.table.table_arn]),
                "Hash": allow(("s3:GetObject",), [data.recordings.arn_for_objects("connect/*")]),
                "Key": allow(KEY_WRITE, [data.key.key_arn]),
                "DeadLetters": allow(("sqs:SendMessage",), [self.dead_letters.queue.queue_arn]),
            },
        )
        self.function = lam.Function(
            self,
            "Function",
            description="Writes the place and the hash of a recording onto its contact",
            runtime=lam.Runtime.PYTHON_3_13,
            architecture=lam.Architecture.ARM_64 if stage.architecture == "arm64" else lam.Architecture.X86_64,
            handler="handler.handler",
            code=lam.Code.from_asset(str(lambda_copy("recording_indexer", shared=("chalicelib/platform/tenancy.py",)))),
            role=role.role,
            log_group=log_group,
            memory_size=512,
            # It reads the whole recording: an hour has some 115 MB.
            timeout=Duration.seconds(60),
            reserved_concurrent_executions=concurrency,
            environment={
                **stage.environment,
                "TRUNKLINE_TENANT": contract.tenant,
                "TRUNKLINE_TABLE": data.table.table_name,
                "TRUNKLINE_RECORDINGS_DAYS": str(contract.retention.recordings_days),
            },
        )
        self._failures_are_kept()
        events.Rule(
            self,
            "OnRecording",
            description=f"A recording of {contract.tenant} arrived",
            event_pattern=events.EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created"],
                detail={"bucket": {"name": [data.recordings.bucket_name]}},
            ),
            targets=[targets.LambdaFunction(self.function, retry_attempts=5, max_event_age=Duration.hours(6))],
        )

    def _failures_are_kept(self) -> None:
        lam.CfnEventInvokeConfig(
            self,
            "OnFailure",
            function_name=self.function.function_name,
            qualifier="$LATEST",
            maximum_retry_attempts=2,
            destination_config=lam.CfnEventInvokeConfig.DestinationConfigProperty(
                on_failure=lam.CfnEventInvokeConfig.OnFailureProperty(destination=self.dead_letters.queue.queue_arn)
            ),
        )
