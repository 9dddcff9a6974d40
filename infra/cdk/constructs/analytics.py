"""The analytics store: what the table was told becomes rows, rows become Parquet in a bucket, and SQL asks them."""

import json
from collections.abc import Mapping

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secrets
from constructs import Construct

from chalicelib.analytics.aside import ERRORS
from chalicelib.analytics.service import exported
from chalicelib.analytics.tables import TABLES
from chalicelib.platform.tenancy import tenant_id
from chalicelib.tenancy.contract import Contract
from infra.cdk.constructs.analytics_catalogue import Catalogue, database, workgroup
from infra.cdk.constructs.analytics_delivery import Delivery
from infra.cdk.constructs.data_plane import DataPlane
from infra.cdk.constructs.log_groups import LogGroups
from infra.cdk.constructs.post_call import DeadLetters, StreamMapping
from infra.cdk.constructs.roles import KEY_WRITE, TABLE_STREAM_READ, FunctionRole, allow

FUNCTION = "export_analytics"
DELIVERY_LOG = "analytics-delivery"
RESULTS_DAYS = 7
ERRORS_DAYS = 30
WINDOW_S = 5
"""How long a batch of the export may wait: Firehose gathers for minutes anyway."""


class Analytics(Construct):
    """The bucket with its catalogue and deliveries, the secret of the marks, and what the export needs to run."""

    def __init__(
        self, scope: Construct, id_: str, *, contract: Contract, data: DataPlane, log_groups: LogGroups
    ) -> None:
        super().__init__(scope, id_)
        self._contract = contract
        self._data = data
        protected = contract.protection.deletion_protection
        self._removal = RemovalPolicy.RETAIN if protected else RemovalPolicy.DESTROY
        self.bucket = self._bucket()
        self.secret = self._secret()
        self.catalogue = Catalogue(self, "Catalogue", contract=contract, bucket=self.bucket, key=data.key)
        self.delivery = Delivery(
            self,
            "Delivery",
            tenant=contract.tenant,
            bucket=self.bucket,
            key=data.key,
            catalogue=self.catalogue,
            log_group=log_groups.of[DELIVERY_LOG],
        )
        # A queue of its own: what waits in the others is replayed onto other streams.
        self.dead_letters = DeadLetters(self, "DeadLetters", contract=contract, key=data.key)
        self.role = self._role(log_groups.of[FUNCTION])

    def environment(self, instance_arn: str) -> Mapping[str, str]:
        """Return the variables of the function that exports."""
        return {
            "TRUNKLINE_INSTANCE_ARN": instance_arn,
            "TRUNKLINE_DELIVERY_STREAMS": Stack.of(self).to_json_string(self.stream_names()),
            # The attribute: the local cloud's Ref is the secret's name, which no policy allows.
            "TRUNKLINE_MARK_SECRET_ARN": self.secret.attr_id,
        }

    def stream_names(self) -> dict[str, str]:
        """Return the name of each table's delivery stream, by table."""
        return {name: stream.ref for name, stream in self.delivery.streams.items()}

    def feed(self, function_name: str) -> None:
        """Let the table's stream feed the function, with what becomes rows only."""
        StreamMapping(
            self,
            "Export",
            stream_arn=self._data.stream_arn,
            dead_letters=self.dead_letters,
            function_name=function_name,
            window_s=WINDOW_S,
            only=[json.dumps(pattern) for pattern in exported(tenant_id(self._contract.tenant))],
        )

    def outputs(self) -> Mapping[str, str]:
        """Return what other tools need to know."""
        return {
            "AnalyticsBucket": self.bucket.bucket_name,
            "AnalyticsStreams": Stack.of(self).to_json_string(self.stream_names()),
            "AnalyticsDatabase": database(self._contract.tenant),
            "AnalyticsWorkgroup": workgroup(self._contract.tenant),
        }

    def _role(self, log_group: logs.LogGroup) -> FunctionRole:
        streams = [stream.attr_arn for stream in self.delivery.streams.values()]
        return FunctionRole(
            self,
            "Access",
            log_groups=[log_group],
            statements={
                "TableStream": allow(TABLE_STREAM_READ, [self._data.stream_arn]),
                "Days": allow(
                    ("dynamodb:BatchGetItem", "dynamodb:Query"),
                    [self._data.table.table_arn, self._data.index_arns()[1]],
                ),
                "Deliver": allow(("firehose:PutRecordBatch",), streams),
                "Marks": allow(("secretsmanager:GetSecretValue",), [self.secret.attr_id]),
                "Refusals": allow(("cloudwatch:GetMetricData",), ["*"]),
                "DeadLetters": allow(("sqs:SendMessage",), [self.dead_letters.queue.queue_arn]),
                "Key": allow(KEY_WRITE, [self._data.key.key_arn]),
            },
        )

    def _bucket(self) -> s3.Bucket:
        kept = Duration.days(self._contract.retention.contacts_days)
        return s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self._data.key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            # A bucket with files in it cannot be deleted with its stack anyway.
            removal_policy=RemovalPolicy.RETAIN,
            server_access_logs_bucket=self._data.access_logs,
            server_access_logs_prefix="analytics/",
            lifecycle_rules=[
                *(s3.LifecycleRule(prefix=f"{name}/", expiration=kept) for name in TABLES),
                s3.LifecycleRule(prefix="results/", expiration=Duration.days(RESULTS_DAYS)),
                s3.LifecycleRule(prefix=f"{ERRORS}/", expiration=Duration.days(ERRORS_DAYS)),
                s3.LifecycleRule(abort_incomplete_multipart_upload_after=Duration.days(7)),
            ],
        )

    def _secret(self) -> secrets.CfnSecret:
        secret = secrets.CfnSecret(
            self,
            "MarkSecret",
            description="Makes the marks that stand for callers in the analytics store; without it they lead nowhere",
            generate_secret_string=secrets.CfnSecret.GenerateSecretStringProperty(
                password_length=64, exclude_punctuation=True
            ),
            kms_key_id=self._data.key.key_arn,
        )
        secret.apply_removal_policy(self._removal)
        return secret
