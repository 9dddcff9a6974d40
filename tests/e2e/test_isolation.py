"""With IAM enforced: functions work as their own roles, and one tenant's roles reach nothing of the other's."""

import functools
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from chalicelib.platform.tenancy import partition, tenant_id
from cli import aws, tokens
from cli.http import Refused
from cli.showcase import first_call
from cli.tokens import USERNAME
from tests.support.deployed_system import System, decision, events, role_of, until

pytestmark = pytest.mark.e2e

OUTSIDER, OWNER = "hrgroup", "taxihotline"
DENIED = {"AccessDenied", "AccessDeniedException", "403", "Forbidden"}
FUNCTIONS = ("RouteContactFunction", "IngestFunction")


@pytest.fixture(scope="module")
def enforced(system: System) -> Iterator[System]:
    """Yield the system with IAM switched on."""
    system.set_policies(enabled=True)
    yield system
    system.set_policies(enabled=False)


def as_role(system: System, role_arn: str) -> Callable[[str], Any]:
    """Return a maker of clients that carry the role's credentials."""
    credentials = system.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="outsider")["Credentials"]

    @functools.cache
    def client(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=system.url,
            region_name=aws.REGION,
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
        )

    return client


def refusal(act: Callable[[], Any]) -> str:
    """Return the code with which `act` is refused; `allowed` when it is not."""
    try:
        act()
    except ClientError as exc:
        return str(exc.response["Error"]["Code"])
    return "allowed"


def table_reads(dynamodb: Any, table: str, tenant: str) -> dict[str, Callable[[], Any]]:
    """Return every way to read an item of the table."""
    key = {"pk": {"S": partition(tenant_id(tenant), "CALLER", "+8613700137000")}, "sk": {"S": "PROFILE"}}
    statement = f'SELECT * FROM "{table}" WHERE pk = ?'  # noqa: S608 - PartiQL on a table name of ours
    return {
        "get": lambda: dynamodb.get_item(TableName=table, Key=key),
        "query": lambda: dynamodb.query(
            TableName=table, KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": key["pk"]}
        ),
        "batch": lambda: dynamodb.batch_get_item(RequestItems={table: {"Keys": [key]}}),
        "transaction": lambda: dynamodb.transact_get_items(TransactItems=[{"Get": {"TableName": table, "Key": key}}]),
        "scan": lambda: dynamodb.scan(TableName=table),
        "partiql": lambda: dynamodb.execute_statement(Statement=statement, Parameters=[key["pk"]]),
        "put": lambda: dynamodb.put_item(TableName=table, Item={**key, "name": {"S": "x"}}),
    }


@pytest.mark.req("TEN-01")
@pytest.mark.parametrize("output", FUNCTIONS)
@pytest.mark.parametrize("way", ["get", "query", "batch", "transaction", "scan", "partiql", "put"])
def test_a_role_of_one_tenant_is_refused_on_the_table_of_the_other(enforced: System, output: str, way: str) -> None:
    dynamodb = as_role(enforced, role_of(enforced, OUTSIDER, output))("dynamodb")
    table = enforced.stacks[OWNER].output("TableName")
    assert refusal(table_reads(dynamodb, table, OWNER)[way]) in DENIED


@pytest.mark.req("TEN-01")
@pytest.mark.parametrize("output", FUNCTIONS)
def test_a_role_of_one_tenant_is_refused_on_the_bucket_of_the_other(enforced: System, output: str) -> None:
    s3 = as_role(enforced, role_of(enforced, OUTSIDER, output))("s3")
    bucket = enforced.stacks[OWNER].output("RecordingBucket")
    assert refusal(lambda: s3.list_objects_v2(Bucket=bucket)) in DENIED
    assert refusal(lambda: s3.get_object(Bucket=bucket, Key="CallRecordings/2026/03/02/x.wav")) in DENIED
    assert refusal(lambda: s3.put_object(Bucket=bucket, Key="x", Body=b"x")) in DENIED


def audit_changes(dynamodb: Any, table: str, key: dict[str, Any]) -> dict[str, Callable[[], Any]]:
    """Return every way to change or remove an entry of the audit trail."""
    statement = f'DELETE FROM "{table}" WHERE pk = ? AND sk = ?'  # noqa: S608 - PartiQL on a table name of ours
    update = {"UpdateExpression": "SET actor = :x", "ExpressionAttributeValues": {":x": {"S": "x"}}}
    delete = {"TableName": table, "Key": key}
    return {
        "update": lambda: dynamodb.update_item(TableName=table, Key=key, **update),
        "delete": lambda: dynamodb.delete_item(**delete),
        "batch": lambda: dynamodb.batch_write_item(RequestItems={table: [{"DeleteRequest": {"Key": key}}]}),
        "transaction": lambda: dynamodb.transact_write_items(TransactItems=[{"Delete": delete}]),
        "partiql": lambda: dynamodb.execute_statement(Statement=statement, Parameters=[key["pk"], key["sk"]]),
        "table": lambda: dynamodb.delete_table(TableName=table),
    }


@pytest.mark.parametrize("way", ["update", "delete", "batch", "transaction", "partiql", "table"])
def test_no_function_of_the_tenant_changes_or_removes_an_entry_of_its_audit_trail(enforced: System, way: str) -> None:
    stack = enforced.stacks[OWNER]
    table = stack.output("AuditTableName")
    refused = anonymous_entry(enforced, OWNER)
    functions = enforced.client("lambda").list_functions(MaxItems=1_000)["Functions"]
    roles = {one["Role"] for one in functions if one["FunctionName"].startswith(f"trunkline-{OWNER}")}
    assert len(roles) >= 5
    for role in sorted(roles):
        ways = audit_changes(as_role(enforced, role)("dynamodb"), table, refused)
        assert refusal(ways[way]) in DENIED, role
    kept = enforced.client("dynamodb").get_item(TableName=table, Key=refused)
    assert kept["Item"]["outcome"] == {"S": "refused"}


def anonymous_entry(system: System, tenant: str) -> dict[str, Any]:
    """Return the key of the entry of a request that was refused for its role."""
    with pytest.raises(Refused):
        system.apis[tenant].move("validated", "because I can", request_id="e2e-audit-1")
    key = partition(tenant_id(tenant), "AUDIT", USERNAME)
    page = system.client("dynamodb").query(
        TableName=system.stacks[tenant].output("AuditTableName"),
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": key}},
        ScanIndexForward=False,
    )
    entry = next(item for item in page["Items"] if item["outcome"]["S"] == "refused")
    return {"pk": entry["pk"], "sk": entry["sk"]}


def test_the_same_role_reads_its_own_table(enforced: System) -> None:
    # Without this the refusals above could come from anything.
    dynamodb = as_role(enforced, role_of(enforced, OUTSIDER, "RouteContactFunction"))("dynamodb")
    ways = table_reads(dynamodb, enforced.stacks[OUTSIDER].output("TableName"), OUTSIDER)
    assert refusal(ways["query"]) == "allowed"
    assert refusal(ways["put"]) in DENIED, "a function that only reads must not write"


def test_calls_are_routed_stored_and_recorded_with_functions_as_their_own_roles(enforced: System) -> None:
    call = enforced.call(first_call(enforced.contracts[OWNER]))
    assert decision(call).facts["result"]["degraded"] == "false"
    assert events(call, "joined")
    assert enforced.stored(OWNER, call.contact_id)

    def recorded() -> Any:
        return (enforced.apis[OWNER].contact(call.contact_id) or {}).get("recordings") or None

    assert until(recorded, "the recording on its contact")


def test_a_log_in_is_in_the_audit_trail_of_its_own_tenant(enforced: System) -> None:
    tokens.token(enforced.stacks[OWNER], enforced.url, username="e2e-log-in", group="agent")
    found = {
        tenant: enforced.client("dynamodb").query(
            TableName=enforced.stacks[tenant].output("AuditTableName"),
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": partition(tenant_id(tenant), "AUDIT", "e2e-log-in")}},
        )["Items"]
        for tenant in (OWNER, OUTSIDER)
    }
    assert [(item["action"]["S"], item["outcome"]["S"]) for item in found[OWNER]] == [("log-in", "done")]
    assert found[OUTSIDER] == []
