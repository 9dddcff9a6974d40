"""What the export sends becomes Parquet by day on the local cloud, and Athena and DuckDB read the same rows."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chalicelib.analytics.models import DAY, TENANT, Row
from chalicelib.analytics.service import record
from chalicelib.analytics.tables import LEGS
from cli import lake
from tests.support.waiting import until

BUCKET, DATABASE, STREAM = "lake-of-this-test", "lake_of_this_test", "legs-of-this-test"
ROLE = "arn:aws:iam::000000000000:role/delivery"


def destination() -> dict[str, Any]:
    """Return what the template gives the delivery stream of the legs, as far as it decides what is written."""
    conversion = {
        "Enabled": True,
        "InputFormatConfiguration": {"Deserializer": {"OpenXJsonSerDe": {}}},
        "OutputFormatConfiguration": {"Serializer": {"ParquetSerDe": {"Compression": "SNAPPY"}}},
        "SchemaConfiguration": {"DatabaseName": DATABASE, "TableName": LEGS.name, "RoleARN": ROLE},
    }
    query = {"MetadataExtractionQuery": f"{{{DAY}:.{DAY}}}", "JsonParsingEngine": "JQ-1.6"}
    parameters = [{"ParameterName": name, "ParameterValue": value} for name, value in query.items()]
    return {
        "BucketARN": f"arn:aws:s3:::{BUCKET}",
        "RoleARN": ROLE,
        "Prefix": f"legs/{TENANT}=acme/{DAY}=!{{partitionKeyFromQuery:{DAY}}}/!{{timestamp:yyyyMMddHHmm}}-",
        "ErrorOutputPrefix": "errors/legs/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/",
        "BufferingHints": {"SizeInMBs": 64, "IntervalInSeconds": 300},
        "DynamicPartitioningConfiguration": {"Enabled": True},
        "ProcessingConfiguration": {
            "Enabled": True,
            "Processors": [{"Type": "MetadataExtraction", "Parameters": parameters}],
        },
        "DataFormatConversionConfiguration": conversion,
    }


@pytest.fixture(scope="module")
def keys(aws: Callable[..., Any]) -> dict[str, list[str]]:
    """Send rows of two days and one that fits no column's type; return what lies in the bucket, by first folder."""
    s3, glue, firehose = aws("s3"), aws("glue"), aws("firehose")
    s3.create_bucket(Bucket=BUCKET)
    glue.create_database(DatabaseInput={"Name": DATABASE})
    columns = [{"Name": column.name, "Type": column.type.value} for column in LEGS.columns]
    storage = {
        "Columns": columns,
        "Location": f"s3://{BUCKET}/legs/",
        "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
        "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    }
    partitions = [{"Name": name, "Type": "string"} for name in (TENANT, DAY)]
    table = {"Name": LEGS.name, "StorageDescriptor": storage, "PartitionKeys": partitions}
    glue.create_table(DatabaseName=DATABASE, TableInput=table)
    firehose.create_delivery_stream(
        DeliveryStreamName=STREAM, DeliveryStreamType="DirectPut", ExtendedS3DestinationConfiguration=destination()
    )
    legs = [
        Row(table="legs", day=day, values={"contact_id": f"c-{n}", "leg": 1, "began_at": f"{day}T09:00:00Z"})
        for n, day in enumerate(("2026-03-02", "2026-03-02", "2026-03-03"))
    ]
    odd = b'{"contact_id": "c-9", "leg": "first", "day": "2026-03-04"}\n'
    answer = firehose.put_record_batch(
        DeliveryStreamName=STREAM, Records=[{"Data": data} for data in (*map(record, legs), odd)]
    )
    assert answer["FailedPutCount"] == 0

    def found() -> list[str]:
        listed = s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return [one["Key"] for one in listed] if len(listed) >= 3 else []

    by_folder: dict[str, list[str]] = {}
    for key in until(found, what="the files"):
        by_folder.setdefault(key.partition("/")[0], []).append(key)
    return by_folder


def test_rows_of_one_day_become_one_file_in_the_folder_of_their_day(keys: dict[str, list[str]]) -> None:
    folders = sorted(key.rpartition("/")[0] for key in keys["legs"])
    assert folders == ["legs/tenant=acme/day=2026-03-02", "legs/tenant=acme/day=2026-03-03"]
    assert all(key.endswith(".parquet") for key in keys["legs"])


def test_a_row_that_fits_no_column_goes_to_the_error_folder_with_its_reason(
    aws: Callable[..., Any], keys: dict[str, list[str]]
) -> None:
    (key,) = keys["errors"]
    assert key.startswith("errors/legs/format-conversion-failed/")
    told = json.loads(aws("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read())
    assert told["lastErrorCode"] == "DataFormatConversion.MalformedData"


def test_duckdb_reads_the_rows_as_the_declaration_has_them(
    aws: Callable[..., Any], keys: dict[str, list[str]], tmp_path: Path
) -> None:
    for key in keys["legs"]:
        path = tmp_path / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(aws("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read())
    with lake.connect(tmp_path) as database:
        asked = "SELECT contact_id, leg, began_at, tenant, day FROM legs ORDER BY contact_id"
        rows = [tuple(row.values()) for row in lake.told(database, asked)]
    assert [(row[0], row[1], f"{row[2]:%Y-%m-%d %H:%M}", *row[3:]) for row in rows] == [
        ("c-0", 1, "2026-03-02 09:00", "acme", "2026-03-02"),
        ("c-1", 1, "2026-03-02 09:00", "acme", "2026-03-02"),
        ("c-2", 1, "2026-03-03 09:00", "acme", "2026-03-03"),
    ]


@pytest.mark.usefixtures("keys")
def test_athena_counts_them_by_day(aws: Callable[..., Any]) -> None:
    athena = aws("athena")
    asked = athena.start_query_execution(
        QueryString='SELECT "day", count(*) AS legs FROM legs GROUP BY "day" ORDER BY "day"',
        QueryExecutionContext={"Database": DATABASE},
        ResultConfiguration={"OutputLocation": f"s3://{BUCKET}/results/"},
    )["QueryExecutionId"]

    def done() -> bool:
        state = athena.get_query_execution(QueryExecutionId=asked)["QueryExecution"]["Status"]["State"]
        assert state != "FAILED"
        return bool(state == "SUCCEEDED")

    until(done, what="the answer")
    rows = athena.get_query_results(QueryExecutionId=asked)["ResultSet"]["Rows"]
    told = [[cell.get("VarCharValue") for cell in row["Data"]] for row in rows]
    assert told == [["day", "legs"], ["2026-03-02", "2"], ["2026-03-03", "1"]]
