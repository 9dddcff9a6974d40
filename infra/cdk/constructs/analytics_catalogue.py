"""What of the analytics store can be asked: its tables in the Glue catalogue, and the Athena workgroup."""

from aws_cdk import Aws, Stack
from aws_cdk import aws_athena as athena
from aws_cdk import aws_glue as glue
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from chalicelib.analytics.models import DAY, TENANT, Table
from chalicelib.analytics.tables import TABLES
from chalicelib.tenancy.contract import Contract
from infra.cdk.names import logical

SCAN_LIMIT_BYTES = 10 * 1024**3
"""The most that one query may read: who asks without naming days is stopped before it costs much."""

_PARQUET = "org.apache.hadoop.hive.ql.io.parquet."


def workgroup(tenant: str) -> str:
    """Return the name of the tenant's workgroup."""
    return f"trunkline-{tenant}"


def database(tenant: str) -> str:
    """Return the name of the tenant's database in the Glue catalogue, which is one for the whole account."""
    return f"trunkline_{tenant}"


class Catalogue(Construct):
    """The database, a table for each of `chalicelib/analytics/tables.py`, and the workgroup."""

    def __init__(self, scope: Construct, id_: str, *, contract: Contract, bucket: s3.Bucket, key: kms.IKey) -> None:
        super().__init__(scope, id_)
        self._contract = contract
        self._bucket = bucket
        self._key = key
        self.database = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=Aws.ACCOUNT_ID,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=database(contract.tenant), description=f"Contacts and agents of {contract.tenant}"
            ),
        )
        self.tables = {table.name: self._table(table) for table in TABLES.values()}
        self.workgroup = self._workgroup()

    def arns(self) -> list[str]:
        """Return the ARNs of the catalogue, of the database and of each table, which Glue asks for together."""
        name = database(self._contract.tenant)
        parts = [("catalog", None), ("database", name), *(("table", f"{name}/{table}") for table in TABLES)]
        stack = Stack.of(self)
        return [stack.format_arn(service="glue", resource=kind, resource_name=what) for kind, what in parts]

    def _table(self, table: Table) -> glue.CfnTable:
        place = f"s3://{self._bucket.bucket_name}/{table.name}/"
        return glue.CfnTable(
            self,
            f"Table{logical(table.name)}",
            catalog_id=Aws.ACCOUNT_ID,
            database_name=self.database.ref,
            table_input=glue.CfnTable.TableInputProperty(
                name=table.name,
                description=table.says,
                table_type="EXTERNAL_TABLE",
                partition_keys=[glue.CfnTable.ColumnProperty(name=name, type="string") for name in (TENANT, DAY)],
                parameters=self._projection(place),
                storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                    columns=[
                        glue.CfnTable.ColumnProperty(
                            name=column.name, type=column.type.value, comment=_comment(column.says, column.unit)
                        )
                        for column in table.columns
                    ],
                    location=place,
                    input_format=f"{_PARQUET}MapredParquetInputFormat",
                    output_format=f"{_PARQUET}MapredParquetOutputFormat",
                    serde_info=glue.CfnTable.SerdeInfoProperty(
                        serialization_library=f"{_PARQUET}serde.ParquetHiveSerDe"
                    ),
                ),
            ),
        )

    def _projection(self, place: str) -> dict[str, str]:
        """Return what lets Athena know the partitions without a crawler, and read none that retention has ended."""
        return {
            "classification": "parquet",
            "projection.enabled": "true",
            f"projection.{TENANT}.type": "enum",
            f"projection.{TENANT}.values": self._contract.tenant,
            f"projection.{DAY}.type": "date",
            f"projection.{DAY}.format": "yyyy-MM-dd",
            f"projection.{DAY}.range": f"NOW-{self._contract.retention.contacts_days}DAYS,NOW+1DAYS",
            "storage.location.template": f"{place}{TENANT}=${{{TENANT}}}/{DAY}=${{{DAY}}}/",
        }

    def _workgroup(self) -> athena.CfnWorkGroup:
        of = athena.CfnWorkGroup
        return of(
            self,
            "Workgroup",
            name=workgroup(self._contract.tenant),
            description=f"Queries about {self._contract.tenant}: encrypted results, limited reading",
            recursive_delete_option=True,
            work_group_configuration=of.WorkGroupConfigurationProperty(
                enforce_work_group_configuration=True,
                publish_cloud_watch_metrics_enabled=True,
                bytes_scanned_cutoff_per_query=SCAN_LIMIT_BYTES,
                engine_version=of.EngineVersionProperty(selected_engine_version="Athena engine version 3"),
                result_configuration=of.ResultConfigurationProperty(
                    output_location=f"s3://{self._bucket.bucket_name}/results/",
                    expected_bucket_owner=Aws.ACCOUNT_ID,
                    encryption_configuration=of.EncryptionConfigurationProperty(
                        encryption_option="SSE_KMS", kms_key=self._key.key_arn
                    ),
                ),
            ),
        )


def _comment(says: str, unit: str) -> str:
    """Return what the catalogue says of a column; Glue takes at most 255 characters."""
    return f"{says} [{unit}]" if unit else says
