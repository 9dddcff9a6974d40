"""`AWS::Connect::*` resources of a template, provisioned into the emulator."""

import hashlib
import json
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from localstack.connect.api_errors import (
    ConnectError,
    DuplicateResource,
    InvalidContactFlow,
    InvalidTestCase,
    ResourceNotFound,
)
from localstack.connect.directory import Flow, Hours, Instance, Queue, RoutingProfile, User
from localstack.connect.provisioners import PROVISIONERS, REPLACING, refusal
from tests.support.connect_calls import FLOW, Connect

ALL_WEEK = [
    {"Day": day, "StartTime": {"Hours": "0", "Minutes": 0}, "EndTime": {"Hours": 0, "Minutes": "0"}}
    for day in ("MONDAY", "TUESDAY")
]
MODULE = FLOW.replace('"Metadata": {}', '"Metadata": {}, "Settings": {"InputParameters": [], "OutputParameters": []}')


class Stack:
    """Resources of one template: creates, updates and deletes them as CloudFormation would."""

    def __init__(self) -> None:
        self.connect = Connect()

    def create(self, kind: str, **properties: Any) -> tuple[str, dict[str, Any]]:
        return PROVISIONERS[f"AWS::Connect::{kind}"].create(self.connect.context, properties)

    def update(self, kind: str, physical_id: str, **properties: Any) -> tuple[str, dict[str, Any]]:
        return PROVISIONERS[f"AWS::Connect::{kind}"].update(self.connect.context, physical_id, properties)

    def delete(self, kind: str, physical_id: str) -> None:
        PROVISIONERS[f"AWS::Connect::{kind}"].delete(self.connect.context, physical_id, {})

    @property
    def instance(self) -> Instance:
        (found,) = self.connect.directory.instances()
        return found


@pytest.fixture
def stack() -> Stack:
    return Stack()


@pytest.fixture
def arn(stack: Stack) -> str:
    return stack.create(
        "Instance",
        IdentityManagementType="CONNECT_MANAGED",
        InstanceAlias="acme",
        Attributes={"InboundCalls": "true", "OutboundCalls": True, "ContactflowLogs": "true"},
    )[0]


def hours(stack: Stack, arn: str, **more: Any) -> str:
    return stack.create(
        "HoursOfOperation", InstanceArn=arn, Name="always", TimeZone="Asia/Shanghai", Config=ALL_WEEK, **more
    )[0]


def queue(stack: Stack, arn: str, hours_arn: str, name: str = "support", **more: Any) -> str:
    return stack.create("Queue", InstanceArn=arn, Name=name, HoursOfOperationArn=hours_arn, **more)[0]


@pytest.mark.parametrize("kind", sorted(PROVISIONERS))
def test_what_only_a_replacement_can_change_is_what_the_resource_schema_says(kind: str) -> None:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    create_only = {path.removeprefix("/properties/") for path in schema.get("createOnlyProperties", [])}
    never_emulated = {"SourceType", "SourceApplicationName", "SourceApplicationUrl"}
    assert REPLACING[kind] == create_only - never_emulated


def test_an_instance_gives_its_arn_and_the_attributes_of_the_schema(stack: Stack, arn: str) -> None:
    assert arn == stack.instance.arn
    assert stack.instance.attributes["CONTACTFLOW_LOGS"] is True
    assert stack.instance.attributes["CONTACT_LENS"] is False
    _, attributes = stack.update(
        "Instance",
        arn,
        IdentityManagementType="CONNECT_MANAGED",
        InstanceAlias="acme",
        Attributes={"InboundCalls": True, "OutboundCalls": False},
    )
    assert set(attributes) == {"Id", "Arn", "ServiceRole", "CreatedTime", "InstanceStatus"}
    assert stack.instance.attributes["OUTBOUND_CALLS"] is False


def test_hours_keep_slices_and_holidays(stack: Stack, arn: str) -> None:
    holiday = {
        "OverrideName": "National Day",
        "OverrideType": "CLOSED",
        "EffectiveFrom": "2026-10-01",
        "EffectiveTill": "2026-10-01",
        "OverrideConfig": [],
    }
    made = hours(stack, arn, HoursOfOperationOverrides=[holiday])
    found = stack.instance.find(Hours, made)
    assert found is not None
    assert found.config[0] == {
        "Day": "MONDAY",
        "StartTime": {"Hours": 0, "Minutes": 0},
        "EndTime": {"Hours": 0, "Minutes": 0},
    }
    assert (found.overrides[0]["Name"], found.overrides[0]["EffectiveFrom"]) == ("National Day", "2026-10-01")


def test_an_unknown_time_zone_is_refused(stack: Stack, arn: str) -> None:
    with pytest.raises(ConnectError, match="Mars/Base"):
        stack.create("HoursOfOperation", InstanceArn=arn, Name="h", TimeZone="Mars/Base", Config=[])


def test_a_queue_is_changed_in_place_and_forgets_what_the_template_no_longer_says(stack: Stack, arn: str) -> None:
    open_always = hours(stack, arn)
    made = queue(stack, arn, open_always, MaxContacts="300")
    same, _ = stack.update("Queue", made, InstanceArn=arn, Name="renamed", HoursOfOperationArn=open_always)
    found = stack.instance.find(Queue, made)
    assert same == made
    assert found is not None
    assert (found.name, found.max_contacts) == ("renamed", None)


def test_a_refused_change_leaves_the_resource_as_it_was(stack: Stack, arn: str) -> None:
    made = queue(stack, arn, hours(stack, arn), MaxContacts=3)
    with pytest.raises(ResourceNotFound):
        stack.update("Queue", made, InstanceArn=arn, Name="support", HoursOfOperationArn=f"{arn}/operating-hours/none")
    found = stack.instance.find(Queue, made)
    assert found is not None
    assert found.max_contacts == 3


def test_two_resources_of_one_name_are_refused_as_a_sentence_for_the_stack_event(stack: Stack, arn: str) -> None:
    open_always = hours(stack, arn)
    queue(stack, arn, open_always)
    with pytest.raises(DuplicateResource) as refused:
        queue(stack, arn, open_always)
    assert refusal(refused.value).endswith(
        "(Service: Connect, Status Code: 409, Error Code: DuplicateResourceException)"
    )


def test_a_routing_profile_and_a_user_point_at_what_exists(stack: Stack, arn: str) -> None:
    served = queue(stack, arn, hours(stack, arn))
    reference = {"QueueReference": {"QueueArn": served, "Channel": "VOICE"}, "Priority": "2", "Delay": "60"}
    profile, _ = stack.create(
        "RoutingProfile",
        InstanceArn=arn,
        Name="agents",
        Description="d",
        DefaultOutboundQueueArn=served,
        MediaConcurrencies=[{"Channel": "VOICE", "Concurrency": "1"}],
        QueueConfigs=[reference],
    )
    security, _ = stack.create("SecurityProfile", InstanceArn=arn, SecurityProfileName="desk", Permissions=[])
    user, _ = stack.create(
        "User",
        InstanceArn=arn,
        Username="lin",
        RoutingProfileArn=profile,
        SecurityProfileArns=[security],
        PhoneConfig={"PhoneType": "SOFT_PHONE", "AfterContactWorkTimeLimit": "30"},
    )
    found, agent = stack.instance.find(RoutingProfile, profile), stack.instance.find(User, user)
    assert found is not None
    assert agent is not None
    assert found.queues == ((stack.instance.all(Queue)[served.rpartition("/")[2]].id, "VOICE", 2, 60),)
    assert (agent.routing_profile_id, agent.acw_limit_s) == (found.id, 30)


def test_a_whole_number_as_prefix_claims_exactly_that_number(stack: Stack, arn: str) -> None:
    asked = {"TargetArn": arn, "CountryCode": "CN", "Type": "DID", "Prefix": "+862155360100"}
    made, attributes = stack.create("PhoneNumber", **asked)
    assert attributes == {"PhoneNumberArn": made, "Address": "+862155360100"}
    with pytest.raises(ConnectError, match="not available"):
        stack.create("PhoneNumber", **asked)


def test_a_short_code_is_a_whole_number_however_short(stack: Stack, arn: str) -> None:
    _, attributes = stack.create("PhoneNumber", TargetArn=arn, CountryCode="CN", Type="SHORT_CODE", Prefix="+8696196")
    assert attributes["Address"] == "+8696196"


def test_without_a_prefix_the_made_up_number_is_the_same_every_time() -> None:
    def claimed() -> str:
        stack = Stack()
        target, _ = stack.create(
            "Instance",
            IdentityManagementType="CONNECT_MANAGED",
            InstanceAlias="acme",
            Attributes={"InboundCalls": True, "OutboundCalls": True},
        )
        _, attributes = stack.create("PhoneNumber", TargetArn=target, CountryCode="US", Type="DID")
        return str(attributes["Address"])

    assert claimed() == claimed()
    assert claimed().startswith("+1")
    assert len(claimed()) == 12


def test_a_cloud_that_is_started_afresh_gives_the_same_ids_again() -> None:
    first, second = Stack(), Stack()
    made = [
        queue(stack, target, hours(stack, target))
        for stack in (first, second)
        for target in [
            stack.create(
                "Instance",
                IdentityManagementType="CONNECT_MANAGED",
                InstanceAlias="acme",
                Attributes={"InboundCalls": True, "OutboundCalls": True},
            )[0]
        ]
    ]
    assert made[0] == made[1]


def test_a_resource_that_is_made_again_gets_another_id(stack: Stack, arn: str) -> None:
    open_always = hours(stack, arn)
    first = queue(stack, arn, open_always)
    stack.delete("Queue", first)
    assert queue(stack, arn, open_always) != first


def test_deleting_twice_succeeds(stack: Stack, arn: str) -> None:
    before = set(stack.instance.queues)
    made = queue(stack, arn, hours(stack, arn))
    stack.delete("Queue", made)
    stack.delete("Queue", made)
    number, _ = stack.create("PhoneNumber", TargetArn=arn, CountryCode="US", Type="DID")
    stack.delete("PhoneNumber", number)
    stack.delete("PhoneNumber", number)
    assert set(stack.instance.queues) == before
    assert stack.instance.phone_numbers == {}


def test_an_integration_lets_the_instance_invoke_the_alias_as_long_as_it_is_there(stack: Stack, arn: str) -> None:
    alias = "arn:aws:lambda:us-east-1:000000000000:function:route:live"
    made, attributes = stack.create(
        "IntegrationAssociation", InstanceId=arn, IntegrationType="LAMBDA_FUNCTION", IntegrationArn=alias
    )
    assert made == f"{arn}|LAMBDA_FUNCTION|{alias}"
    assert set(attributes) == {"IntegrationAssociationId"}
    assert stack.instance.lambdas == (alias,)
    stack.delete("IntegrationAssociation", made)
    assert stack.instance.lambdas == ()
    assert stack.connect.permissions.allowed == set()


def test_storage_changes_in_place(stack: Stack, arn: str) -> None:
    def config(bucket: str) -> dict[str, Any]:
        encryption = {"EncryptionType": "KMS", "KeyId": "arn:aws:kms:us-east-1:000000000000:key/k"}
        part = {"BucketName": bucket, "BucketPrefix": "rec", "EncryptionConfig": encryption}
        return {"InstanceArn": arn, "ResourceType": "CALL_RECORDINGS", "StorageType": "S3", "S3Config": part}

    made, attributes = stack.create("InstanceStorageConfig", **config("one"))
    assert made == f"{arn}|{attributes['AssociationId']}|CALL_RECORDINGS"
    assert stack.update("InstanceStorageConfig", made, **config("two"))[0] == made
    stored = stack.instance.storage["CALL_RECORDINGS"]
    assert (stored.bucket, stored.prefix, stored.kms_key_arn[-5:]) == ("two", "rec", "key/k")
    stack.delete("InstanceStorageConfig", made)
    assert stack.instance.storage == {}


def test_a_flow_that_would_not_publish_fails_the_stack(stack: Stack, arn: str) -> None:
    with pytest.raises(InvalidContactFlow):
        stack.create("ContactFlow", InstanceArn=arn, Name="f", Type="CONTACT_FLOW", Content="{}")


def test_a_module_has_versions_and_aliases(stack: Stack, arn: str) -> None:
    content = MODULE.replace("DisconnectParticipant", "EndFlowModuleExecution")
    made, _ = stack.create("ContactFlowModule", InstanceArn=arn, Name="m", Content=content)
    version, attributes = stack.create("ContactFlowModuleVersion", ContactFlowModuleId=made)
    assert (version, attributes["Version"]) == (f"{made}:1", 1)
    named = {"ContactFlowModuleId": made, "ContactFlowModuleVersion": 1}
    alias, attributes = stack.create("ContactFlowModuleAlias", **named, Name="live")
    assert alias == f"{made}:{attributes['AliasId']}"
    assert stack.update("ContactFlowModuleAlias", alias, **named, Name="prod") == (alias, attributes)
    (module,) = stack.instance.modules.values()
    assert [one.name for one in module.aliases] == ["prod"]
    for kind, gone in (("ContactFlowModuleAlias", alias), ("ContactFlowModuleVersion", version)):
        stack.delete(kind, gone)
    (module,) = stack.instance.modules.values()
    assert (module.aliases, module.versions) == ((), ())


def test_a_flow_has_versions(stack: Stack, arn: str) -> None:
    made, _ = stack.create("ContactFlow", InstanceArn=arn, Name="f", Type="CONTACT_FLOW", Content=FLOW)
    version, attributes = stack.create("ContactFlowVersion", ContactFlowId=made, Description="d")
    assert (version, attributes["Version"]) == (f"{made}:1", 1)
    assert attributes["ContactFlowVersionARN"] == version
    assert attributes["FlowContentSha256"] == hashlib.sha256(FLOW.encode()).hexdigest()
    stack.delete("ContactFlowVersion", version)
    flow = stack.instance.find(Flow, made)
    assert flow is not None
    assert flow.versions == ()


def test_documents_are_kept_as_they_were_sent(stack: Stack, arn: str) -> None:
    prompt, _ = stack.create("Prompt", InstanceArn=arn, Name="hello", S3Uri="s3://b/hello.wav")
    target, flow = f"{arn}/queue/q", f"{arn}/contact-flow/f"
    config = {"QuickConnectType": "QUEUE", "QueueConfig": {"QueueArn": target, "ContactFlowArn": flow}}
    connect, _ = stack.create("QuickConnect", InstanceArn=arn, Name="to q", QuickConnectConfig=config)
    name, _ = stack.create("PredefinedAttribute", InstanceArn=arn, Name="tier", Values={"StringList": ["gold"]})
    assert {found.body.get("S3Uri") for found in stack.instance.documents.values()} >= {"s3://b/hello.wav"}
    assert name == f"{arn}|tier"
    for kind, made in (("Prompt", prompt), ("QuickConnect", connect), ("PredefinedAttribute", name)):
        stack.delete(kind, made)
    assert stack.instance.documents == {}


TRIAL = json.dumps({"Observations": [{"Identifier": "begin", "Event": {"Type": "TestInitiated"}}]})


def test_a_test_case_is_made_changed_in_place_and_deleted(stack: Stack, arn: str) -> None:
    flow, _ = stack.create("ContactFlow", InstanceArn=arn, Name="main", Type="CONTACT_FLOW", Content=FLOW)
    entry = {"Type": "VOICE_CALL", "VoiceCallEntryPointParameters": {"FlowId": flow}}
    said = {"InstanceArn": arn, "Name": "greets", "Content": TRIAL, "EntryPoint": entry}
    made, attributes = stack.create("TestCase", **said, Tags=[{"Key": "team", "Value": "night"}])
    assert attributes == {"TestCaseArn": made}
    same, _ = stack.update("TestCase", made, **{**said, "Name": "greets you", "Status": "SAVED"})
    (kept,) = stack.instance.trial_cases.values()
    assert (same, kept.name, kept.status) == (made, "greets you", "SAVED")
    stack.delete("TestCase", made)
    stack.delete("TestCase", made)
    assert not stack.instance.trial_cases


def test_a_test_case_that_could_not_run_is_refused(stack: Stack, arn: str) -> None:
    with pytest.raises(InvalidTestCase):
        stack.create("TestCase", InstanceArn=arn, Name="n", Content="{}")
    with pytest.raises(ConnectError, match="names no flow"):
        stack.create("TestCase", InstanceArn=arn, Name="n", Content=TRIAL)
    assert not stack.instance.trial_cases
