"""What a tenant with other systems deploys for them, and that one without deploys nothing (INT-02)."""

import json
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import assertions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from chalicelib.tenancy.contract_file import load
from infra.cdk.constructs.customer_adapters import CustomerAdapters
from tests.support.tenants import TENANTS


@dataclass(frozen=True)
class Data:
    """Where files lie."""

    recordings: s3.IBucket


def template(tenant: str) -> dict[str, Any]:
    stack = cdk.Stack(cdk.App(), "adapted")
    arn = "arn:aws:lambda:cn-north-1:111122223333:function:api"
    role = iam.Role.from_role_name(stack, "Api", "api")
    data = Data(s3.Bucket.from_bucket_name(stack, "Recordings", "recordings"))
    contract = load(TENANTS / f"{tenant}.yaml")
    CustomerAdapters(stack, "Adapters", contract=contract, data=data, function_arn=arn, role=role)
    found: dict[str, Any] = assertions.Template.from_stack(stack).to_json()
    return found


def policies(resources: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [
        one["Properties"]
        for id_, one in resources.items()
        if one["Type"] == "AWS::IAM::Policy" and f"Adapters{name}" in id_
    ]


def test_the_clock_asks_for_a_round_of_each_system_and_nobody_else_may_invoke_the_api_for_it() -> None:
    resources = template("keyaccounts")["Resources"].values()
    rules = [one["Properties"] for one in resources if one["Type"] == "AWS::Events::Rule"]
    asked = [json.loads(rule["Targets"][0]["Input"]) for rule in rules]
    assert [one["path"] for one in asked] == [f"/v1/adapters/{name}/rounds" for name in ("crm", "erp", "billing")]
    assert {one["requestContext"]["authorizer"]["claims"]["custom:tenant"] for one in asked} == {"keyaccounts"}
    permissions = [one["Properties"] for one in resources if one["Type"] == "AWS::Lambda::Permission"]
    assert len(permissions) == 3
    assert all("SourceArn" in one and one["Principal"] == "events.amazonaws.com" for one in permissions)


def test_a_tenant_without_other_systems_deploys_nothing_for_them() -> None:
    assert template("hrgroup").get("Resources", {}) == {}


def test_the_api_may_read_the_secrets_of_the_contract_and_no_other_one() -> None:
    resources = template("keyaccounts")["Resources"]
    (policy,) = policies(resources, "Secrets")
    (told,) = policy["PolicyDocument"]["Statement"]
    assert policy["Roles"] == ["api"]
    assert told["Action"] == "secretsmanager:GetSecretValue"
    ends = [one["Fn::Join"][1][-1] for one in told["Resource"]]
    assert [end.rpartition("secret:")[2] for end in ends] == [
        "trunkline/keyaccounts/crm-??????", "trunkline/keyaccounts/erp-??????",
    ]  # fmt: skip


def test_the_api_may_find_and_read_what_a_system_delivers_and_write_what_it_fetches_and_nothing_else() -> None:
    (policy,) = policies(template("keyaccounts")["Resources"], "Files")
    found, read, written = policy["PolicyDocument"]["Statement"]
    assert found["Action"] == "s3:ListBucket"
    assert found["Condition"] == {"StringLike": {"s3:prefix": ["adapters/billing/in/*"]}}
    assert (read["Action"], written["Action"]) == ("s3:GetObject", "s3:PutObject")
    ends = [one["Resource"]["Fn::Join"][1][-1] for one in (read, written)]
    assert ends == [":s3:::recordings/adapters/billing/in/*", ":s3:::recordings/adapters/billing/out/*"]
