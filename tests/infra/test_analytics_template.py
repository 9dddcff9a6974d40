"""The analytics store in a tenant's template: what is written where, by whom, how long it stays, who may ask."""

import json
from typing import Any

import pytest

from chalicelib.analytics.models import DAY, TENANT
from chalicelib.analytics.service import exported
from chalicelib.analytics.tables import TABLES
from chalicelib.platform.tenancy import tenant_id
from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_file import load
from tests.support.synthesis import TENANTS, Assembly, expand, listed, of_type, spell, statements, synthesize

pytestmark = pytest.mark.infra


@pytest.fixture(scope="module")
def assembly() -> Assembly:
    return synthesize("hrgroup")


@pytest.fixture(scope="module")
def contract(assembly: Assembly) -> Contract:
    return load(TENANTS / f"{assembly.tenant}.yaml")


@pytest.fixture(scope="module")
def template(assembly: Assembly) -> dict[str, Any]:
    return expand(assembly)


def tables(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    inputs = (one["Properties"]["TableInput"] for one in of_type(template, "AWS::Glue::Table").values())
    return {table["Name"]: table for table in inputs}


def deliveries(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the destination of each delivery stream, by the folder that it writes to."""
    found = (one["Properties"] for one in of_type(template, "AWS::KinesisFirehose::DeliveryStream").values())
    configured = [one["ExtendedS3DestinationConfiguration"] for one in found]
    return {one["Prefix"].partition("/")[0]: one for one in configured}


def test_the_catalogue_has_every_table_of_the_declaration_with_its_columns(template: dict[str, Any]) -> None:
    found = tables(template)
    assert found.keys() == TABLES.keys()
    for name, table in TABLES.items():
        storage = found[name]["StorageDescriptor"]
        assert [(one["Name"], one["Type"]) for one in storage["Columns"]] == [
            (column.name, column.type.value) for column in table.columns
        ]
        assert all(0 < len(one["Comment"]) <= 255 for one in storage["Columns"])
        assert [one["Name"] for one in found[name]["PartitionKeys"]] == [TENANT, DAY]
        assert "Parquet" in storage["SerdeInfo"]["SerializationLibrary"]


def test_a_query_finds_partitions_by_itself_and_none_that_retention_has_ended(
    template: dict[str, Any], contract: Contract
) -> None:
    for name, table in tables(template).items():
        said = table["Parameters"]
        assert said["projection.enabled"] == "true"
        assert said["projection.tenant.values"] == contract.tenant
        assert said["projection.day.range"] == f"NOW-{contract.retention.contacts_days}DAYS,NOW+1DAYS"
        assert spell(said["storage.location.template"]).endswith(f"/{name}/tenant=${{tenant}}/day=${{day}}/")


def test_rows_become_parquet_in_the_folder_of_their_own_day(template: dict[str, Any], contract: Contract) -> None:
    found = deliveries(template)
    assert found.keys() == TABLES.keys()
    for name, one in found.items():
        assert one["Prefix"].startswith(f"{name}/tenant={contract.tenant}/day=!{{partitionKeyFromQuery:day}}/")
        assert one["ErrorOutputPrefix"].startswith(f"errors/{name}/")
        assert one["DynamicPartitioningConfiguration"]["Enabled"] is True
        (processor,) = one["ProcessingConfiguration"]["Processors"]
        said = {each["ParameterName"]: each["ParameterValue"] for each in processor["Parameters"]}
        assert said == {"MetadataExtractionQuery": "{day:.day}", "JsonParsingEngine": "JQ-1.6"}
        conversion = one["DataFormatConversionConfiguration"]
        assert conversion["OutputFormatConfiguration"]["Serializer"].keys() == {"ParquetSerDe"}
        schema = template["Resources"][conversion["SchemaConfiguration"]["TableName"]["Ref"]]
        assert schema["Properties"]["TableInput"]["Name"] == name
        # Firehose takes no less where it converts.
        assert one["BufferingHints"]["SizeInMBs"] >= 64


def test_everything_of_the_store_is_encrypted_with_the_tenants_key(template: dict[str, Any]) -> None:
    (key,) = of_type(template, "AWS::KMS::Key")
    arn = f"${{{key}.Arn}}"
    for stream in of_type(template, "AWS::KinesisFirehose::DeliveryStream").values():
        said = stream["Properties"]["DeliveryStreamEncryptionConfigurationInput"]
        assert (said["KeyType"], spell(said["KeyARN"])) == ("CUSTOMER_MANAGED_CMK", arn)
    for one in deliveries(template).values():
        assert spell(one["EncryptionConfiguration"]["KMSEncryptionConfig"]["AWSKMSKeyARN"]) == arn
    (secret,) = of_type(template, "AWS::SecretsManager::Secret").values()
    assert spell(secret["Properties"]["KmsKeyId"]) == arn
    (workgroup,) = of_type(template, "AWS::Athena::WorkGroup").values()
    results = workgroup["Properties"]["WorkGroupConfiguration"]["ResultConfiguration"]
    assert spell(results["EncryptionConfiguration"]["KmsKey"]) == arn
    assert spell(results["OutputLocation"]).endswith("/results/")


def test_nobody_asks_around_the_workgroups_limits(template: dict[str, Any]) -> None:
    (workgroup,) = of_type(template, "AWS::Athena::WorkGroup").values()
    said = workgroup["Properties"]["WorkGroupConfiguration"]
    assert said["EnforceWorkGroupConfiguration"] is True
    assert 0 < said["BytesScannedCutoffPerQuery"] <= 10 * 1024**3


def test_files_stay_as_long_as_contacts_and_results_and_errors_less(
    template: dict[str, Any], contract: Contract
) -> None:
    (bucket,) = (one for name, one in of_type(template, "AWS::S3::Bucket").items() if name.startswith("Analytics"))
    rules = bucket["Properties"]["LifecycleConfiguration"]["Rules"]
    kept = {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule}
    assert kept == {
        **{f"{name}/": contract.retention.contacts_days for name in TABLES},
        "results/": 7,
        "errors/": 30,
    }
    assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}


def actions(template: dict[str, Any], role: str) -> dict[str, set[str]]:
    """Return what a role may do, by resource."""
    found: dict[str, set[str]] = {}
    for _, name, statement in statements(template):
        if name.startswith(role) and "Resource" in statement:
            for resource in listed(statement["Resource"]):
                found.setdefault(spell(resource), set()).update(listed(statement["Action"]))
    return found


def test_the_export_reads_changes_and_days_and_sends_rows_and_nothing_else(template: dict[str, Any]) -> None:
    may = actions(template, "AnalyticsAccess")
    assert set().union(*may.values()) == {
        *("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"),
        *("dynamodb:BatchGetItem", "dynamodb:Query"),
        *("cloudwatch:GetMetricData", "firehose:PutRecordBatch", "secretsmanager:GetSecretValue", "sqs:SendMessage"),
        *("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"),
        *("logs:CreateLogStream", "logs:PutLogEvents"),
    }
    streams = {f"${{{name}.Arn}}" for name in of_type(template, "AWS::KinesisFirehose::DeliveryStream")}
    assert {resource for resource, each in may.items() if "firehose:PutRecordBatch" in each} == streams


def test_the_deliveries_write_into_their_folders_and_read_the_catalogue(template: dict[str, Any]) -> None:
    may = actions(template, "AnalyticsDelivery")
    folders = {resource.rpartition("}/")[2] for resource, each in may.items() if "s3:PutObject" in each}
    assert folders == {f"{name}/*" for name in (*TABLES, "errors")}
    assert not any("s3:DeleteObject" in each for each in may.values())
    named = {resource.partition("${AWS::AccountId}:")[2] for resource in may if ":glue:" in resource}
    assert named == {"catalog", "database/trunkline_hrgroup", *(f"table/trunkline_hrgroup/{name}" for name in TABLES)}


def test_only_what_becomes_rows_wakes_the_export(template: dict[str, Any], contract: Contract) -> None:
    (mapping,) = (
        one["Properties"]
        for one in of_type(template, "AWS::Lambda::EventSourceMapping").values()
        if spell(one["Properties"]["FunctionName"]) == "${ExportAnalytics}"
    )
    patterns = [json.loads(spell(one["Pattern"])) for one in mapping["FilterCriteria"]["Filters"]]
    assert patterns == list(exported(tenant_id(contract.tenant)))
    assert spell(mapping["EventSourceArn"]).endswith(".StreamArn}")
