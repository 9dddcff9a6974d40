"""What a tenant keeps: a table, the audit trail, a bucket of recordings, two streams, a bus, one key for all."""

from aws_cdk import Aws, Duration, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from chalicelib.contacts.items import LISTED
from chalicelib.privacy.models import DELIVERED_DAYS, DELIVERIES, PACKAGE_DAYS, PACKAGES
from chalicelib.tenancy.contract import Contract

KEY_OWNER_ACTIONS = (
    "kms:CancelKeyDeletion", "kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:DisableKey",
    "kms:DisableKeyRotation", "kms:EnableKey", "kms:EnableKeyRotation", "kms:Encrypt", "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListGrants",
    "kms:ListKeyPolicies", "kms:ListResourceTags", "kms:PutKeyPolicy", "kms:ReEncryptFrom", "kms:ReEncryptTo",
    "kms:RevokeGrant", "kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource", "kms:UpdateKeyDescription",
)  # fmt: skip
"""What IAM policies of the account may grant on the key: named, where a key policy usually says kms:*."""

KEY_USE_ACTIONS = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)


AUDIT_INDEXES = ("gsi1", "gsi2", "gsi3", "gsi4")
"""Of the audit trail's table: by actor, by day, by resource and by kind; see `chalicelib/audit/store.py`."""

AUDIT_FORBIDDEN = (
    "dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PartiQLDelete", "dynamodb:PartiQLInsert",
    "dynamodb:PartiQLUpdate", "dynamodb:UpdateItem",
)  # fmt: skip
"""What nobody may do to an entry. An entry is put once, under a condition, in the transaction of its change."""


class DataPlane(Construct):
    """The tenant's key, table, audit trail, recordings and streams."""

    def __init__(self, scope: Construct, id_: str, *, contract: Contract, connect_role_arn: str) -> None:
        super().__init__(scope, id_)
        self._contract = contract
        self._removal = RemovalPolicy.RETAIN if contract.protection.deletion_protection else RemovalPolicy.DESTROY
        self.key = self._key(connect_role_arn)
        self.table = self._table()
        self.audit = self._audit()
        self.access_logs = self._access_logs()
        self.recordings = self._recordings()
        self.contact_records = self._stream("ContactRecords")
        self.agent_events = self._stream("AgentEvents")
        # What is told of at once, for whoever makes a rule: thresholds of the live view.
        self.bus = events.CfnEventBus(self, "Bus", name=Stack.of(self).stack_name)

    @property
    def stream_arn(self) -> str:
        """The ARN of the table's stream."""
        return self.table.table_stream_arn or ""

    def stream_names(self) -> dict[str, str]:
        """Return the names of the streams of events, by what they carry."""
        return {"contact-records": self.contact_records.stream_name, "agent-events": self.agent_events.stream_name}

    def index_arns(self) -> list[str]:
        """Return the ARN of each index of the table, by name."""
        return [f"{self.table.table_arn}/index/{name}" for name in ("gsi1", "gsi2")]

    def audit_index_arns(self) -> list[str]:
        """Return the ARN of each index of the audit trail's table."""
        return [f"{self.audit.table_arn}/index/{name}" for name in AUDIT_INDEXES]

    def _key(self, connect_role_arn: str) -> kms.Key:
        owner = iam.PolicyStatement(
            sid="AccountDecidesByIam",
            principals=[iam.AccountRootPrincipal()],
            actions=list(KEY_OWNER_ACTIONS),
            resources=["*"],
        )
        logs = iam.PolicyStatement(
            sid="LogsOfThisTenant",
            principals=[iam.ServicePrincipal(f"logs.{Aws.REGION}.amazonaws.com")],
            actions=list(KEY_USE_ACTIONS),
            resources=["*"],
            conditions={
                "ArnLike": {
                    "kms:EncryptionContext:aws:logs:arn": Stack.of(self).format_arn(
                        service="logs", resource="log-group:/trunkline", resource_name=f"{self._contract.tenant}/*"
                    )
                }
            },
        )
        connect = iam.PolicyStatement(
            sid="ConnectWritesRecordingsAndEvents",
            principals=[iam.ArnPrincipal(connect_role_arn)],
            actions=list(KEY_USE_ACTIONS),
            resources=["*"],
        )
        alarms = iam.PolicyStatement(
            sid="AlarmsReachTheOperators",
            principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=["*"],
            conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
        )
        return kms.Key(
            self,
            "Key",
            description=f"Trunkline tenant {self._contract.tenant}: table, recordings, streams, queues, logs",
            enable_key_rotation=True,
            pending_window=Duration.days(30),
            removal_policy=self._removal,
            policy=iam.PolicyDocument(statements=[owner, logs, connect, alarms]),
        )

    def _table(self) -> dynamodb.Table:
        table = self._keyed("Table", self._removal, stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES, ttl="ttl")
        for name in ("gsi1", "gsi2"):
            table.add_global_secondary_index(
                index_name=name,
                partition_key=_text(f"{name}pk"),
                sort_key=_text(f"{name}sk"),
                projection_type=dynamodb.ProjectionType.INCLUDE,
                # What a list row shows and no more: the capability that writes the rows says what that is.
                non_key_attributes=list(LISTED),
            )
        return table

    def _audit(self) -> dynamodb.Table:
        """Return the audit trail's table. Nobody changes or deletes an item of it, whatever else they may do."""
        # It outlives its stack: a trail that goes with what it tells of proves nothing.
        table = self._keyed("Audit", RemovalPolicy.RETAIN)
        for name in AUDIT_INDEXES:
            table.add_global_secondary_index(
                index_name=name, partition_key=_text(f"{name}pk"), sort_key=_text(f"{name}sk")
            )
        table.add_to_resource_policy(
            iam.PolicyStatement(
                sid="EntriesStayAsTheyAre",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=list(AUDIT_FORBIDDEN),
                resources=["*"],
            )
        )
        return table

    def _keyed(
        self,
        id_: str,
        removal: RemovalPolicy,
        *,
        stream: dynamodb.StreamViewType | None = None,
        ttl: str | None = None,
    ) -> dynamodb.Table:
        return dynamodb.Table(
            self,
            id_,
            partition_key=_text("pk"),
            sort_key=_text("sk"),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute=ttl,
            stream=stream,
            # No contract can switch it off: each states a recovery point (REL-06).
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=self._contract.protection.deletion_protection,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=self.key,
            removal_policy=removal,
        )

    def _access_logs(self) -> s3.Bucket:
        return s3.Bucket(
            self,
            "AccessLogs",
            # Server access logs can be delivered to SSE-S3 buckets only.
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            removal_policy=RemovalPolicy.RETAIN,
            lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(self._contract.retention.logs_days))],
        )

    def _recordings(self) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Recordings",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            versioned=True,
            # A bucket that holds recordings cannot be deleted by mistake: it outlives its stack.
            removal_policy=RemovalPolicy.RETAIN,
            server_access_logs_bucket=self.access_logs,
            server_access_logs_prefix="recordings/",
            lifecycle_rules=[
                *_expiring(self._contract),
                s3.LifecycleRule(
                    noncurrent_version_expiration=Duration.days(30),
                    abort_incomplete_multipart_upload_after=Duration.days(7),
                ),
            ],
        )
        # Written natively: the construct's own switch would bring a function with a role on every bucket.
        plain = bucket.node.default_child
        if isinstance(plain, s3.CfnBucket):
            plain.add_property_override(
                "NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled", value=True
            )
        return bucket

    def _stream(self, id_: str) -> kinesis.Stream:
        return kinesis.Stream(
            self,
            id_,
            stream_mode=kinesis.StreamMode.ON_DEMAND,
            # Three days: a weekend in which nobody looks at the alarm loses nothing.
            retention_period=Duration.hours(72),
            encryption=kinesis.StreamEncryption.KMS,
            encryption_key=self.key,
            removal_policy=self._removal,
        )


def _expiring(contract: Contract) -> list[s3.LifecycleRule]:
    """Return the rules that end recordings, chats, packages and files of other systems.

    Copies that a legal hold has made are in none.
    """
    days = {"connect/": contract.retention.recordings_days, PACKAGES: PACKAGE_DAYS}
    if any(one.files is not None for one in contract.customers.adapters):
        days |= {DELIVERIES: DELIVERED_DAYS}
    return [s3.LifecycleRule(prefix=prefix, expiration=Duration.days(kept)) for prefix, kept in days.items()]


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
