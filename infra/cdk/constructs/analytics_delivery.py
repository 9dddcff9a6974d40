"""How rows get into the analytics store: a Firehose delivery stream for each table, which writes Parquet by day."""

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from chalicelib.analytics.aside import ERRORS
from chalicelib.analytics.models import DAY, TENANT, Table
from chalicelib.analytics.tables import TABLES
from infra.cdk.constructs.analytics_catalogue import Catalogue
from infra.cdk.constructs.roles import allow
from infra.cdk.names import logical

BUFFER_MB = 64
"""The least that Firehose allows where it converts to Parquet."""
BUFFER_S = 300
FOLDERS = (*TABLES, ERRORS)
"""Where the deliveries write in the bucket, and nowhere else."""


class Delivery(Construct):
    """A delivery stream a table, encrypted with the tenant's key, and the one role that they write with."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        tenant: str,
        bucket: s3.Bucket,
        key: kms.IKey,
        catalogue: Catalogue,
        log_group: logs.LogGroup,
    ) -> None:
        super().__init__(scope, id_)
        self._tenant = tenant
        self._bucket = bucket
        self._key = key
        self._catalogue = catalogue
        self._log = log_group
        self.role = self._delivery_role()
        # One for all: every line names its delivery stream, and a stack has no room for a log stream a table.
        self._log_stream = logs.CfnLogStream(
            self, "Log", log_group_name=log_group.log_group_name, log_stream_name="deliveries"
        )
        self.streams = {table.name: self._stream(table) for table in TABLES.values()}

    def _delivery_role(self) -> iam.Role:
        bucket = self._bucket.bucket_arn
        folders = [f"{bucket}/{folder}/*" for folder in FOLDERS]
        statements = {
            "Write": allow(("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"), folders),
            "Bucket": allow(("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"), [bucket]),
            "Key": allow(("kms:Decrypt", "kms:GenerateDataKey"), [self._key.key_arn]),
            "Schema": allow(("glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"), self._catalogue.arns()),
            "Logs": allow(("logs:PutLogEvents",), [self._log.log_group_arn]),
        }
        return iam.Role(
            self,
            "DeliveryRole",
            assumed_by=iam.ServicePrincipal(
                "firehose.amazonaws.com", conditions={"StringEquals": {"sts:ExternalId": Aws.ACCOUNT_ID}}
            ),
            inline_policies={name: iam.PolicyDocument(statements=[each]) for name, each in statements.items()},
        )

    def _stream(self, table: Table) -> firehose.CfnDeliveryStream:
        of = firehose.CfnDeliveryStream
        return of(
            self,
            f"Delivery{logical(table.name)}",
            delivery_stream_type="DirectPut",
            delivery_stream_encryption_configuration_input=of.DeliveryStreamEncryptionConfigurationInputProperty(
                key_type="CUSTOMER_MANAGED_CMK", key_arn=self._key.key_arn
            ),
            extended_s3_destination_configuration=of.ExtendedS3DestinationConfigurationProperty(
                bucket_arn=self._bucket.bucket_arn,
                role_arn=self.role.role_arn,
                # With a time in it, Firehose appends none of its own below the partition.
                prefix=(
                    f"{table.name}/{TENANT}={self._tenant}/{DAY}=!{{partitionKeyFromQuery:{DAY}}}/"
                    "!{timestamp:yyyyMMddHHmm}-"
                ),
                error_output_prefix=f"{ERRORS}/{table.name}/!{{firehose:error-output-type}}/!{{timestamp:yyyy/MM/dd}}/",
                buffering_hints=of.BufferingHintsProperty(interval_in_seconds=BUFFER_S, size_in_m_bs=BUFFER_MB),
                encryption_configuration=of.EncryptionConfigurationProperty(
                    kms_encryption_config=of.KMSEncryptionConfigProperty(awskms_key_arn=self._key.key_arn)
                ),
                cloud_watch_logging_options=of.CloudWatchLoggingOptionsProperty(
                    enabled=True, log_group_name=self._log.log_group_name, log_stream_name=self._log_stream.ref
                ),
                dynamic_partitioning_configuration=of.DynamicPartitioningConfigurationProperty(
                    enabled=True, retry_options=of.RetryOptionsProperty(duration_in_seconds=BUFFER_S)
                ),
                processing_configuration=_partition_by_day(),
                data_format_conversion_configuration=self._conversion(table.name),
            ),
        )

    def _conversion(self, table: str) -> firehose.CfnDeliveryStream.DataFormatConversionConfigurationProperty:
        of = firehose.CfnDeliveryStream
        return of.DataFormatConversionConfigurationProperty(
            enabled=True,
            input_format_configuration=of.InputFormatConfigurationProperty(
                deserializer=of.DeserializerProperty(open_x_json_ser_de=of.OpenXJsonSerDeProperty())
            ),
            output_format_configuration=of.OutputFormatConfigurationProperty(
                serializer=of.SerializerProperty(parquet_ser_de=of.ParquetSerDeProperty(compression="SNAPPY"))
            ),
            schema_configuration=of.SchemaConfigurationProperty(
                catalog_id=Aws.ACCOUNT_ID,
                database_name=self._catalogue.database.ref,
                table_name=self._catalogue.tables[table].ref,
                region=Aws.REGION,
                role_arn=self.role.role_arn,
                version_id="LATEST",
            ),
        )


def _partition_by_day() -> firehose.CfnDeliveryStream.ProcessingConfigurationProperty:
    """Return what takes the partition from each row."""
    of = firehose.CfnDeliveryStream
    told = {"MetadataExtractionQuery": f"{{{DAY}:.{DAY}}}", "JsonParsingEngine": "JQ-1.6"}
    return of.ProcessingConfigurationProperty(
        enabled=True,
        processors=[
            of.ProcessorProperty(
                type="MetadataExtraction",
                parameters=[
                    of.ProcessorParameterProperty(parameter_name=name, parameter_value=value)
                    for name, value in told.items()
                ],
            )
        ],
    )
