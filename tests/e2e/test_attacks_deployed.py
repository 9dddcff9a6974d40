"""IAM enforced: roles of one tenant try everything of the other's, and forged tokens try the API."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.access.models import Role
from chalicelib.platform.tenancy import partition, tenant_id
from chalicelib.users.api import InvitationBody, UserBody, UserQuery
from cli import tokens
from cli.api import Api
from cli.client.operations import users
from cli.http import JsonClient, Refused
from tests.e2e.test_isolation import DENIED, OUTSIDER, OWNER, as_role, refusal, table_reads
from tests.support.deployed_system import System

pytestmark = pytest.mark.e2e

PASSWORD = "Of-a-newc0mer-only"


@pytest.fixture(scope="module")
def enforced(system: System) -> Iterator[System]:
    """Yield the system with IAM switched on."""
    system.set_policies(enabled=True)
    yield system
    system.set_policies(enabled=False)


def roles(system: System, tenant: str) -> list[str]:
    """Return the ARN of every role that a function of the tenant runs as."""
    functions = system.client("lambda").list_functions(MaxItems=1_000)["Functions"]
    return sorted({one["Role"] for one in functions if one["FunctionName"].startswith(f"trunkline-{tenant}")})


def resources(system: System, tenant: str) -> dict[str, list[str]]:
    """Return what the tenant's stack made: physical ids by type."""
    pages = system.client("cloudformation").get_paginator("list_stack_resources")
    found: dict[str, list[str]] = {}
    for page in pages.paginate(StackName=f"trunkline-{tenant}"):
        for one in page["StackResourceSummaries"]:
            found.setdefault(one["ResourceType"], []).append(one.get("PhysicalResourceId", ""))
    return found


def attacks(
    system: System, made: Mapping[str, list[str]], client: Callable[[str], Any]
) -> dict[str, Callable[[], Any]]:
    """Return by name every way in which somebody with `client`'s credentials tries what the owner has `made`."""
    stack = system.stacks[OWNER]
    stream, bucket = stack.output("ContactRecordStream"), stack.output("RecordingBucket")
    queue, pool, key = stack.output("DeadLetterQueueUrl"), stack.output("UserPoolId"), made["AWS::KMS::Key"][0]
    function = made["AWS::Lambda::Function"][0]
    owners_role = system.client("lambda").get_function_configuration(FunctionName=function)["Role"]
    table, audit = stack.output("TableName"), stack.output("AuditTableName")
    shard = {"StreamName": stream, "ShardId": "shardId-000000000000", "ShardIteratorType": "TRIM_HORIZON"}
    trail_key = {"pk": {"S": partition(tenant_id(OWNER), "AUDIT", "x")}, "sk": {"S": "000000001"}}
    return {
        **{f"table {way}": act for way, act in table_reads(client("dynamodb"), table, OWNER).items()},
        "audit read": lambda: client("dynamodb").get_item(TableName=audit, Key=trail_key),
        "audit write": lambda: client("dynamodb").put_item(TableName=audit, Item=trail_key),
        "audit delete table": lambda: client("dynamodb").delete_table(TableName=audit),
        "bucket list": lambda: client("s3").list_objects_v2(Bucket=bucket),
        "bucket get": lambda: client("s3").get_object(Bucket=bucket, Key="CallRecordings/x.wav"),
        "bucket put": lambda: client("s3").put_object(Bucket=bucket, Key="x", Body=b"x"),
        "bucket copy": lambda: client("s3").copy_object(Bucket=bucket, Key="y", CopySource=f"{bucket}/x"),
        "bucket policy": lambda: client("s3").put_bucket_policy(Bucket=bucket, Policy="{}"),
        "stream place": lambda: client("kinesis").get_shard_iterator(**shard),
        "stream put": lambda: client("kinesis").put_record(StreamName=stream, Data=b"{}", PartitionKey="x"),
        "queue receive": lambda: client("sqs").receive_message(QueueUrl=queue),
        "queue send": lambda: client("sqs").send_message(QueueUrl=queue, MessageBody="x"),
        "key encrypt": lambda: client("kms").encrypt(KeyId=key, Plaintext=b"x"),
        "key data key": lambda: client("kms").generate_data_key(KeyId=key, KeySpec="AES_256"),
        "key policy": lambda: client("kms").put_key_policy(KeyId=key, PolicyName="default", Policy="{}"),
        "function invoke": lambda: client("lambda").invoke(FunctionName=function, Payload=b"{}"),
        "function code": lambda: client("lambda").get_function(FunctionName=function),
        "function update": lambda: client("lambda").update_function_configuration(FunctionName=function, Timeout=9),
        "users list": lambda: client("cognito-idp").list_users(UserPoolId=pool),
        "users group": lambda: client("cognito-idp").admin_add_user_to_group(
            UserPoolId=pool, Username=tokens.USERNAME, GroupName="compliance-officer"
        ),
        "instance users": lambda: client("connect").list_users(InstanceId=stack.output("InstanceId")),
        "instance metrics": lambda: client("connect").search_users(InstanceId=stack.output("InstanceId")),
        "role of the owner": lambda: client("sts").assume_role(RoleArn=owners_role, RoleSessionName="chain"),
        "more rights": lambda: client("iam").attach_role_policy(
            RoleName=owners_role.rpartition("/")[2], PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
        ),
        "stack": lambda: client("cloudformation").delete_stack(StackName=f"trunkline-{OWNER}"),
        "logs": lambda: client("logs").filter_log_events(logGroupName=f"/trunkline/{OWNER}/api"),
    }


@pytest.mark.req("TEN-01")
def test_no_role_of_one_tenant_reaches_anything_of_the_other(enforced: System) -> None:
    outsiders = roles(enforced, OUTSIDER)
    assert len(outsiders) >= 10
    made = resources(enforced, OWNER)
    reached = [
        (role.rpartition("/")[2], name, code)
        for role in outsiders
        for name, act in attacks(enforced, made, as_role(enforced, role)).items()
        if (code := refusal(act)) not in DENIED
    ]
    assert reached == []


def test_a_role_cannot_take_another_role_of_its_own_tenant(enforced: System) -> None:
    first, *others = roles(enforced, OUTSIDER)
    sts = as_role(enforced, first)("sts")

    def taken(role: str) -> str:
        return refusal(lambda: sts.assume_role(RoleArn=role, RoleSessionName="chain"))

    assert {taken(role) for role in others} <= DENIED


def forged(token: str) -> dict[str, str]:
    """Return by name what a forger makes of another tenant's real token, or of nothing."""
    header, payload, signature = token.split(".")
    claims = json.loads(_decoded(payload))
    changed = _encoded(json.dumps({**claims, "custom:tenant": OUTSIDER}).encode())
    none = _encoded(json.dumps({**json.loads(_decoded(header)), "alg": "none"}).encode())
    symmetric = _encoded(json.dumps({**json.loads(_decoded(header)), "alg": "HS256"}).encode())
    mac = _encoded(hmac.new(b"public-key", f"{symmetric}.{changed}".encode(), hashlib.sha256).digest())
    expired = _encoded(json.dumps({**claims, "exp": 1}).encode())
    return {
        "the other pool's": token,
        "a changed claim": f"{header}.{changed}.{signature}",
        "no algorithm": f"{none}.{changed}.",
        "no algorithm, old signature": f"{none}.{changed}.{signature}",
        "a symmetric signature": f"{symmetric}.{changed}.{mac}",
        "a lengthened life": f"{header}.{expired}.{signature}",
        "no signature": f"{header}.{payload}.",
        "half of it": f"{header}.{payload}",
        "nothing": "",
        "the word Bearer": "Bearer ",
        "not a token": "x" * 400,
    }


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@pytest.mark.req("TEN-01")
def test_a_forged_or_foreign_token_gets_no_further_than_the_gateway(enforced: System) -> None:
    base = enforced.apis[OUTSIDER].http.base
    real = tokens.token(enforced.stacks[OWNER], enforced.url, username="e2e-forger", group="operations-manager")
    for name, token in forged(real).items():
        for path in ("/v1/tenant", "/v1/contacts?on=2026-03-02", "/v1/audit?from=2026-03-01T00:00:00Z"):
            with pytest.raises(Refused) as refused:
                JsonClient(base, {"Authorization": token}).get(path)
            assert refused.value.http_status in {401, 403}, (name, path)
    own = tokens.token(enforced.stacks[OUTSIDER], enforced.url, username="e2e-member", group="operations-manager")
    assert JsonClient(base, {"Authorization": own}).get("/v1/tenant")["tenant"] == OUTSIDER, "a real one opens"


@pytest.mark.req("TEN-01")
def test_a_user_of_our_pool_with_another_tenant_in_the_token_is_refused_and_audited(enforced: System) -> None:
    token = tokens.token(
        enforced.stacks[OUTSIDER], enforced.url, username="e2e-changeling", tenant=OWNER, group="operations-manager"
    )
    with pytest.raises(Refused) as refused:
        JsonClient(enforced.apis[OUTSIDER].http.base, {"Authorization": token}).get("/v1/tenant")
    assert refused.value.http_status == 403
    entries = enforced.client("dynamodb").query(
        TableName=enforced.stacks[OUTSIDER].output("AuditTableName"),
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": partition(tenant_id(OUTSIDER), "AUDIT", "e2e-changeling")}},
    )["Items"]
    assert [item["outcome"]["S"] for item in entries if item["action"]["S"] == "tenant.read"] == ["refused"]


def roles_of_a_new_token(system: System, username: str) -> list[str]:
    """Let somebody log in with a password of their own; return the roles that the token tells."""
    cognito, stack = system.client("cognito-idp"), system.stacks[OUTSIDER]
    pool = stack.output("UserPoolId")
    cognito.admin_set_user_password(UserPoolId=pool, Username=username, Password=PASSWORD, Permanent=True)
    answer = cognito.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=stack.output("UserPoolClientId"),
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": username, "PASSWORD": PASSWORD},
    )
    claims = json.loads(_decoded(answer["AuthenticationResult"]["IdToken"].split(".")[1]))
    assert claims["custom:tenant"] == OUTSIDER
    return sorted(claims.get("cognito:groups", []))


def test_what_an_administrator_gives_and_takes_a_newcomers_next_token_says(enforced: System) -> None:
    token = tokens.token(
        enforced.stacks[OUTSIDER], enforced.url, username="e2e-administrator", group="tenant-administrator"
    )
    client = Api(JsonClient(enforced.apis[OUTSIDER].http.base, {"Authorization": token})).client
    invited = InvitationBody(user="e2e-newcomer", email="e2e-newcomer@hrgroup.example", roles=[Role.TRAINER])
    made = client.send(users.INVITE, body=invited)
    assert (made.roles, made.status) == ([Role.TRAINER], "FORCE_CHANGE_PASSWORD")
    assert client.send(users.GRANT, user="e2e-newcomer", role="compliance-officer").enabled
    assert roles_of_a_new_token(enforced, "e2e-newcomer") == ["compliance-officer", "trainer"]
    client.send(users.TAKE, user="e2e-newcomer", role="compliance-officer")
    assert roles_of_a_new_token(enforced, "e2e-newcomer") == ["trainer"]
    kept_out = client.send(users.SETTLE, user="e2e-newcomer", body=UserBody(node=None, enabled=False))
    assert (kept_out.enabled, client.send(users.USER, user="e2e-newcomer").enabled) == (False, False)
    with pytest.raises(ClientError):
        roles_of_a_new_token(enforced, "e2e-newcomer")
    assert "e2e-newcomer" in [one.user for page in client.pages(users.USERS, UserQuery()) for one in page.users]
    assert client.send(users.SETTLE, user="e2e-newcomer", body=UserBody(node=None, enabled=True)).enabled
