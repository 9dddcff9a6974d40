"""Every statement of every policy in a tenant's stack, after the SAM transform (SEC-01)."""

import re
from typing import Any

import pytest

from tests.support.synthesis import TENANT_IDS, expand, listed, of_type, spell, statements, synthesize

pytestmark = pytest.mark.infra

RESOURCE_POLICIES = {
    "AWS::DynamoDB::Table",
    "AWS::KMS::Key",
    "AWS::S3::BucketPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::SNS::TopicPolicy",
}

WILD_BUT_OWN = re.compile(r"\$\{[A-Za-z0-9]+\.Arn\}[/:][a-z_-]+[/:](packages/)?\*")
"""A `*` that stands last, behind the whole ARN of one of the stack's own resources and one kind of thing in it."""

CATALOGUE = "arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}:"
"""Glue has one catalogue an account, whose ARN must be named beside the database's and the table's."""
OWN_SENDER = re.compile(
    r"arn:\$\{AWS::Partition\}:ses:\$\{AWS::Region\}:\$\{AWS::AccountId\}:identity/\$\{NoticesSender[A-Z0-9]+\}"
)
"""The one address of the stack that e-mails come from: its resource gives no ARN."""
OWN_FLOW_LOG = re.compile(
    r"arn:\$\{AWS::Partition\}:logs:\$\{AWS::Region\}:\$\{AWS::AccountId\}:log-group:/aws/connect/trunkline-[a-z0-9]+"
)
"""The log group of the tenant's flows: Amazon Connect makes it, and no resource of the stack has its ARN."""
OWN_DOCUMENT = re.compile(
    r"arn:\$\{AWS::Partition\}:s3:::cdk-[a-z0-9]+-assets-\$\{AWS::AccountId\}-\$\{AWS::Region\}/[0-9a-f]{64}\.json"
)
"""One document of the tenant's flows, by its one key among the assets of the CDK."""


@pytest.fixture(params=TENANT_IDS)
def template(request: pytest.FixtureRequest) -> dict[str, Any]:
    return expand(synthesize(request.param))


def rings_desks(template: dict[str, Any]) -> bool:
    """Whether the tenant may offer calls at desks, so that decisions may put an offer: in a role of their own."""
    return any(name.startswith("RolesRoute") for name in of_type(template, "AWS::IAM::Role"))


def test_every_action_is_named(template: dict[str, Any]) -> None:
    wide = [
        (name, action)
        for _, name, statement in statements(template)
        if statement["Effect"] == "Allow"
        for action in listed(statement["Action"])
        if "*" in action
    ]
    assert wide == []


def test_every_resource_of_a_role_is_the_tenants_own(template: dict[str, Any]) -> None:
    found = of_type(template, "AWS::Glue::Database").values()
    databases = [one["Properties"]["DatabaseInput"]["Name"] for one in found]
    named = {f"{CATALOGUE}catalog", *(f"{CATALOGUE}database/{name}" for name in databases)}
    tables = tuple(f"{CATALOGUE}table/{name}/" for name in databases)
    roles = [(name, item) for kind, name, item in statements(template) if kind not in RESOURCE_POLICIES]
    resources = [(name, spell(text)) for name, item in roles if "Resource" in item for text in listed(item["Resource"])]
    assert resources
    for name, resource in resources:
        if resource == "*":
            continue  # held by the next test
        literal = re.fullmatch(r"\$\{[A-Za-z0-9]+(\.[A-Za-z]+)?\}(/index/gsi[1234])?", resource)
        catalogued = resource in named or (resource.startswith(tables) and "*" not in resource)
        own = literal or WILD_BUT_OWN.fullmatch(resource) or OWN_SENDER.fullmatch(resource)
        own = own or OWN_FLOW_LOG.fullmatch(resource) or OWN_DOCUMENT.fullmatch(resource)
        assert own or catalogued, (name, resource)


def test_the_publisher_of_flows_reads_the_documents_of_the_template_and_nothing_else(template: dict[str, Any]) -> None:
    documents = {spell(item["Properties"]["Key"]) for item in of_type(template, "Custom::ContactFlowContent").values()}
    (name,) = (name for name in of_type(template, "AWS::IAM::Role") if name.startswith("Linker"))
    read = [
        spell(resource).rsplit("/", 1)[-1]
        for _, role, statement in statements(template)
        if role == name and "s3:GetObject" in listed(statement.get("Action", []))
        for resource in listed(statement["Resource"])
    ]
    assert documents
    assert sorted(read) == sorted(documents)


def test_only_a_key_policy_says_any_resource_and_a_reader_of_metrics_who_cannot_say_less(
    template: dict[str, Any],
) -> None:
    wide = {
        (kind, None if kind == "AWS::KMS::Key" else tuple(listed(statement["Action"])))
        for kind, _, statement in statements(template)
        if statement["Effect"] == "Allow" and "*" in [spell(text) for text in listed(statement.get("Resource", []))]
    }
    assert wide == {("AWS::KMS::Key", None), ("AWS::IAM::Role", ("cloudwatch:GetMetricData",))}


def test_nobody_is_every_principal(template: dict[str, Any]) -> None:
    for _, name, statement in statements(template):
        if statement["Effect"] == "Allow" and "Principal" in statement:
            assert "*" not in str(statement["Principal"]), name


def test_each_function_group_has_a_role_of_its_own(template: dict[str, Any]) -> None:
    by_role: dict[str, set[str]] = {}
    for name, function in of_type(template, "AWS::Lambda::Function").items():
        by_role.setdefault(spell(function["Properties"]["Role"]), set()).add(name)
    shared = [group for group in by_role.values() if len(group) > 1]
    readers = {"EstimateWait", "LookupCustomer"}
    assert shared == ([readers] if rings_desks(template) else [{*readers, "RouteContact"}])
    assert len(by_role) == (15 if rings_desks(template) else 14)


def test_a_role_is_assumed_by_lambda_only_but_for_those_of_deliveries_and_the_rule(template: dict[str, Any]) -> None:
    others = {"AnalyticsDelivery": "firehose", "LiveRole": "events"}
    for name, role in of_type(template, "AWS::IAM::Role").items():
        (statement,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        service = next((service for start, service in others.items() if name.startswith(start)), "lambda")
        assert statement["Principal"] == {"Service": f"{service}.amazonaws.com"}
        assert "ManagedPolicyArns" not in role["Properties"]


TELLING = {"sns:Publish", "ses:SendEmail", "connect:StartOutboundVoiceContact"}
"""What the function that tells of new messages may do beside: only what the contract asks for."""
LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
KEY = {"kms:Decrypt", "kms:DescribeKey"}
STREAM = {
    "kinesis:DescribeStream",
    "kinesis:DescribeStreamSummary",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
}


@pytest.mark.parametrize(
    ("group", "may"),
    [
        ("FlowRead", {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", *KEY, *LOGS}),
        (
            "Menus",
            {
                *("dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"),
                *("kms:Encrypt", "kms:GenerateDataKey", *KEY, *LOGS),
            },
        ),
        (
            "Api",
            {
                *("dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:GetItem"),
                *("dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"),
                *("connect:DescribeUser", "connect:SearchUsers", "connect:UpdateUserRoutingProfile"),
                *("connect:DescribeContact", "connect:GetContactAttributes", "connect:ListAssociatedContacts"),
                *("cognito-idp:AdminAddUserToGroup", "cognito-idp:AdminCreateUser", "cognito-idp:AdminDisableUser"),
                *("cognito-idp:AdminDeleteUserAttributes", "cognito-idp:AdminEnableUser", "cognito-idp:AdminGetUser"),
                *("cognito-idp:AdminListGroupsForUser", "cognito-idp:AdminRemoveUserFromGroup"),
                *("cognito-idp:AdminUpdateUserAttributes", "cognito-idp:AdminUserGlobalSignOut"),
                *("cognito-idp:ListUsers", "cognito-idp:ListUsersInGroup"),
                *("connect:ResumeContactRecording", "connect:StartContactRecording"),
                *("connect:StopContactRecording", "connect:SuspendContactRecording", "connect:UpdateContactAttributes"),
                *("cloudwatch:GetMetricData", "s3:GetObject", "kms:Encrypt", "kms:GenerateDataKey", *KEY, *LOGS),
            },
        ),
        (
            "Agents",
            {
                *("dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem", "sqs:SendMessage", "events:PutEvents"),
                *("connect:GetCurrentMetricData", "connect:GetCurrentUserData"),
                *("connect:ListAgentStatuses", "connect:PutUserStatus"),
                *("kms:Encrypt", "kms:GenerateDataKey", *STREAM, *KEY, *LOGS),
            },
        ),
        (
            "Qualifications",
            {
                *("dynamodb:PutItem", "dynamodb:Query"),
                *("connect:DescribeUser", "connect:SearchUsers", "connect:UpdateUserRoutingProfile"),
                *("kms:Encrypt", "kms:GenerateDataKey", *KEY, *LOGS),
            },
        ),
        (
            "Privacy",
            {
                *("dynamodb:BatchGetItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:Query"),
                *("s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObject", "s3:ListBucketVersions", "s3:PutObject"),
                *("kms:Encrypt", "kms:GenerateDataKey", *KEY, *LOGS),
            },
        ),
        (
            "SecurityEvents",
            {
                *("dynamodb:PutItem", "dynamodb:Query", "sqs:SendMessage"),
                *("kms:Encrypt", "kms:GenerateDataKey", *KEY, *LOGS),
            },
        ),
        (
            "Notices",
            {
                *("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "sqs:SendMessage"),
                *("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
                "dynamodb:ListStreams",
                *("kms:Encrypt", "kms:GenerateDataKey", *KEY, *LOGS),
            },
        ),
        (
            "Papers",
            {
                *("dynamodb:PutItem", "dynamodb:Query", "kinesis:DescribeStreamSummary"),
                *("connect:DescribeInstance", "connect:ListContactFlowModules", "connect:ListContactFlows"),
                *("connect:ListHoursOfOperations", "connect:ListPhoneNumbers", "connect:ListQueues"),
                *("connect:ListRoutingProfiles", "connect:ListUsers"),
                *("kms:Encrypt", "kms:GenerateDataKey", *KEY, *LOGS),
            },
        ),
        (
            "Promise",
            {
                *("dynamodb:PutItem", "connect:ListAssociatedContacts", "connect:StopContact"),
                *("kms:Encrypt", "kms:GenerateDataKey", *KEY, *LOGS),
            },
        ),
        (
            "Ingest",
            {
                *("dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:GetItem"),
                *("dynamodb:PutItem", "dynamodb:UpdateItem", "sqs:SendMessage"),
                *("kms:Encrypt", "kms:GenerateDataKey", *STREAM, *KEY, *LOGS),
            },
        ),
    ],
)
def test_a_group_of_functions_may_do_exactly_what_it_does(template: dict[str, Any], group: str, may: set[str]) -> None:
    (role,) = (name for name in of_type(template, "AWS::IAM::Role") if name.startswith(f"Roles{group}"))
    actions = {
        action
        for _, name, statement in statements(template)
        if name == role and "Resource" in statement
        for action in listed(statement["Action"])
    }
    gives = {"connect:UpdateContactRoutingData"} if group == "Api" and rings_desks(template) else set()
    assert actions - TELLING == {*may, *gives}


def test_people_are_told_in_the_ways_of_the_contract_and_in_no_other(template: dict[str, Any]) -> None:
    used = {
        action: [spell(text) for text in listed(statement["Resource"])]
        for _, name, statement in statements(template)
        if name.startswith("RolesNotices")
        for action in set(listed(statement["Action"])) & TELLING
    }
    people = {kind: list(of_type(template, kind)) for kind in ("AWS::SNS::Subscription", "AWS::SES::EmailIdentity")}
    assert set(used) == (TELLING if any(people.values()) else set())
    topics = [spell(item["Properties"]["TopicArn"]) for item in of_type(template, "AWS::SNS::Subscription").values()]
    assert used.get("sns:Publish", []) == topics


def test_nobody_changes_or_deletes_an_entry_of_the_audit_trail(template: dict[str, Any]) -> None:
    (name, table) = next(pair for pair in of_type(template, "AWS::DynamoDB::Table").items() if "Audit" in pair[0])
    allowed = {
        action
        for _, _, statement in statements(template)
        if statement["Effect"] == "Allow"
        if any(name in spell(text) for text in listed(statement.get("Resource", [])))
        for action in listed(statement["Action"])
    }
    assert allowed == {"dynamodb:PutItem", "dynamodb:Query"}
    (denied,) = table["Properties"]["ResourcePolicy"]["PolicyDocument"]["Statement"]
    assert (denied["Effect"], denied["Principal"], denied["Resource"]) == ("Deny", {"AWS": "*"}, "*")
    writes = {"UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLUpdate", "PartiQLDelete", "PartiQLInsert"}
    assert set(denied["Action"]) == {f"dynamodb:{write}" for write in writes}
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert "TimeToLiveSpecification" not in table["Properties"]


def test_connect_may_invoke_the_aliases_of_flow_functions_for_its_own_instance_only(template: dict[str, Any]) -> None:
    permissions = of_type(template, "AWS::Lambda::Permission").values()
    for_connect = [item["Properties"] for item in permissions if item["Properties"]["Principal"].startswith("connect")]
    assert {spell(item["FunctionName"]) for item in for_connect} == {
        "${RouteContactAliaslive}",
        "${LookupCustomerAliaslive}",
        "${EstimateWaitAliaslive}",
        "${MenuStepAliaslive}",
        "${RequestCallbackAliaslive}",
    }
    for item in for_connect:
        assert re.fullmatch(r"\$\{ConnectInstance[A-Z0-9]+\.Arn\}", spell(item["SourceArn"]))
        assert item["SourceAccount"] == {"Ref": "AWS::AccountId"}


def test_every_permission_names_who_may_call_for_what(template: dict[str, Any]) -> None:
    for name, permission in of_type(template, "AWS::Lambda::Permission").items():
        properties = permission["Properties"]
        assert properties["Action"] == "lambda:InvokeFunction", name
        assert properties["Principal"].endswith(".amazonaws.com"), name
        assert spell(properties["SourceArn"]).startswith(("${", "arn:")), name


def test_plain_http_is_refused_by_buckets_queues_and_topic(template: dict[str, Any]) -> None:
    refusing = {
        kind
        for kind, _, statement in statements(template)
        if statement["Effect"] == "Deny" and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
    }
    assert refusing == {"AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"}


def test_the_tenants_key_opens_for_its_own_logs_instance_and_alarms_and_nobody_else(template: dict[str, Any]) -> None:
    (key,) = of_type(template, "AWS::KMS::Key").values()
    by_principal = {
        spell(next(iter(item["Principal"].values()))): item for item in key["Properties"]["KeyPolicy"]["Statement"]
    }
    account, instance = "arn:${AWS::Partition}:iam::${AWS::AccountId}:root", "${%s.ServiceRole}"
    (connect,) = of_type(template, "AWS::Connect::Instance")
    assert by_principal.keys() == {
        *(account, instance % connect, "logs.${AWS::Region}.amazonaws.com", "cloudwatch.amazonaws.com")
    }
    data_key = {"kms:Decrypt", "kms:GenerateDataKey"}
    assert all(data_key <= set(item["Action"]) for item in by_principal.values())
    assert {"kms:PutKeyPolicy", "kms:CreateGrant"} <= set(by_principal[account]["Action"])
    context = by_principal["logs.${AWS::Region}.amazonaws.com"]["Condition"]["ArnLike"]
    (group,) = {spell(group["Properties"]["LogGroupName"]).split("/")[2] for group in groups(template)}
    assert spell(context["kms:EncryptionContext:aws:logs:arn"]).endswith(f":log-group:/trunkline/{group}/*")


def groups(template: dict[str, Any]) -> list[dict[str, Any]]:
    return list(of_type(template, "AWS::Logs::LogGroup").values())


def test_alarms_can_reach_the_operators(template: dict[str, Any]) -> None:
    allowed = [
        statement
        for kind, _, statement in statements(template)
        if kind == "AWS::SNS::TopicPolicy" and statement["Effect"] == "Allow"
    ]
    assert [(item["Principal"], item["Action"]) for item in allowed] == [
        ({"Service": "cloudwatch.amazonaws.com"}, "sns:Publish")
    ]
