"""What CloudFormation refuses by the resource schemas before anything is made, and the life of every resource type."""

from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from localstack.connect.api_errors import InvalidProperties
from localstack.connect.provisioners import PROVISIONERS, REPLACING
from localstack.connect.resource_rules import FILE, check
from scripts.distil_resource_schemas import text
from tests.support.connect_calls import FLOW, Connect

INSTANCE = "arn:aws:connect:us-east-1:000000000000:instance/11111111-1111-4111-8111-111111111111"
QUEUE = {"InstanceArn": INSTANCE, "Name": "support", "HoursOfOperationArn": f"{INSTANCE}/operating-hours/h"}


def refused(kind: str, properties: dict[str, Any]) -> str:
    with pytest.raises(InvalidProperties) as caught:
        check(f"AWS::Connect::{kind}", properties)
    return str(caught.value)


def test_the_schemas_are_those_of_cloudformation() -> None:
    assert FILE.read_text(encoding="utf-8") == text()


def test_a_property_that_there_is_not_is_refused_at_every_depth() -> None:
    assert "#: extraneous key [Color] is not permitted" in refused("Queue", {**QUEUE, "Color": "red"})
    caller = {"OutboundCallerConfig": {"Name": "x"}}
    assert "#/OutboundCallerConfig: extraneous key [Name]" in refused("Queue", {**QUEUE, **caller})
    assert "extraneous key [QueueArn]" in refused("Queue", {**QUEUE, "QueueArn": f"{INSTANCE}/queue/q"})


@pytest.mark.parametrize("missing", sorted(QUEUE))
def test_a_property_that_is_needed_is_named(missing: str) -> None:
    left = {name: value for name, value in QUEUE.items() if name != missing}
    assert f"required key [{missing}] not found" in refused("Queue", left)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"Status": "OPEN"}, "#/Status: OPEN is not a valid enum value"),
        ({"MaxContacts": "many"}, "#/MaxContacts: expected type: Integer, found: str"),
        ({"MaxContacts": True}, "#/MaxContacts: expected type: Integer"),
        ({"MaxContacts": -1}, "#/MaxContacts: expected minimum: 0, actual: -1"),
        ({"Name": ""}, "#/Name: expected minLength: 1, actual: 0"),
        ({"Name": "x" * 128}, "#/Name: expected maxLength: 127, actual: 128"),
        ({"QuickConnectArns": "one"}, "#/QuickConnectArns: expected type: Array, found: str"),
        ({"QuickConnectArns": []}, "#/QuickConnectArns: expected minItems: 1, actual: 0"),
        ({"HoursOfOperationArn": "always"}, "#/HoursOfOperationArn: failed validation constraint"),
        ({"OutboundCallerConfig": "none"}, "#/OutboundCallerConfig: expected type: Object, found: str"),
    ],
)
def test_a_value_of_another_kind_is_refused_with_its_place(more: dict[str, Any], told: str) -> None:
    assert told in refused("Queue", {**QUEUE, **more})


def test_numbers_and_booleans_may_be_text_as_templates_write_them() -> None:
    check("AWS::Connect::Queue", {**QUEUE, "MaxContacts": "300"})
    attributes = {"InboundCalls": "true", "OutboundCalls": False}
    check("AWS::Connect::Instance", {"IdentityManagementType": "CONNECT_MANAGED", "Attributes": attributes})


def test_every_violation_is_told_at_once() -> None:
    assert refused("Queue", {"Color": "red"}).count("required key") == 3


WEEK = [{"Day": "MONDAY", "StartTime": {"Hours": 9, "Minutes": 0}, "EndTime": {"Hours": 17, "Minutes": 0}}]
MODULE = FLOW.replace("DisconnectParticipant", "EndFlowModuleExecution").replace(
    '"Metadata": {}', '"Metadata": {}, "Settings": {"InputParameters": [], "OutputParameters": []}'
)


class Stack:
    """Makes one resource of every type, in the order of their dependencies."""

    def __init__(self) -> None:
        self.connect = Connect()
        self.made: dict[str, tuple[str, dict[str, Any]]] = {}
        attributes = {"InboundCalls": True, "OutboundCalls": True}
        instance = {"IdentityManagementType": "CONNECT_MANAGED", "InstanceAlias": "acme", "Attributes": attributes}
        arn = self.create("Instance", instance)
        here = {"InstanceArn": arn}
        hours = self.create("HoursOfOperation", {**here, "Name": "h", "TimeZone": "UTC", "Config": WEEK})
        queue = self.create("Queue", {**here, "Name": "q", "HoursOfOperationArn": hours})
        media = [{"Channel": "VOICE", "Concurrency": 1}]
        profile = self.create(
            "RoutingProfile",
            {**here, "Name": "r", "Description": "d", "DefaultOutboundQueueArn": queue, "MediaConcurrencies": media},
        )
        security = self.create("SecurityProfile", {**here, "SecurityProfileName": "s"})
        user = {"Username": "lin", "RoutingProfileArn": profile, "SecurityProfileArns": [security]}
        self.create("User", {**here, **user, "PhoneConfig": {"PhoneType": "SOFT_PHONE"}})
        flow = self.create("ContactFlow", {**here, "Name": "f", "Type": "CONTACT_FLOW", "Content": FLOW})
        self.create("ContactFlowVersion", {"ContactFlowId": flow})
        module = self.create("ContactFlowModule", {**here, "Name": "m", "Content": MODULE})
        self.create("ContactFlowModuleVersion", {"ContactFlowModuleId": module})
        alias = {"ContactFlowModuleId": module, "ContactFlowModuleVersion": 1, "Name": "live"}
        self.create("ContactFlowModuleAlias", alias)
        levels = {"LevelOne": {"Name": "Site"}, "LevelTwo": {"Name": "Team"}}
        self.create("UserHierarchyStructure", {**here, "UserHierarchyStructure": levels})
        self.create("UserHierarchyGroup", {**here, "Name": "ningbo"})
        self.create("AgentStatus", {**here, "Name": "Lunch", "State": "ENABLED"})
        self.create("Prompt", {**here, "Name": "p", "S3Uri": "s3://bucket/p.wav"})
        to = {"QuickConnectType": "QUEUE", "QueueConfig": {"QueueArn": queue, "ContactFlowArn": flow}}
        self.create("QuickConnect", {**here, "Name": "to q", "QuickConnectConfig": to})
        self.create("EmailAddress", {**here, "EmailAddress": "shop@example.test"})
        self.create("PredefinedAttribute", {**here, "Name": "tier", "Values": {"StringList": ["gold"]}})
        self.create("PhoneNumber", {"TargetArn": arn, "CountryCode": "US", "Type": "DID"})
        self.create(
            "IntegrationAssociation",
            {
                "InstanceId": arn,
                "IntegrationType": "LAMBDA_FUNCTION",
                "IntegrationArn": "arn:aws:lambda:us-east-1:000000000000:function:f",
            },
        )
        stream = {"StreamArn": "arn:aws:kinesis:us-east-1:000000000000:stream/s"}
        store = {"ResourceType": "AGENT_EVENTS", "StorageType": "KINESIS_STREAM", "KinesisStreamConfig": stream}
        self.create("InstanceStorageConfig", {**here, **store})
        trial = '{"Observations": [{"Identifier": "a", "Event": {"Type": "TestInitiated"}}]}'
        entry = {"Type": "VOICE_CALL", "VoiceCallEntryPointParameters": {"FlowId": flow}}
        self.create("TestCase", {**here, "Name": "t", "Content": trial, "EntryPoint": entry})

    def create(self, kind: str, properties: dict[str, Any]) -> str:
        physical, self.attributes = PROVISIONERS[f"AWS::Connect::{kind}"].create(self.connect.context, properties)
        self.made[f"AWS::Connect::{kind}"] = (physical, properties)
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", f"AWS::Connect::{kind}").schema
        told = {path.removeprefix("/properties/") for path in schema.get("readOnlyProperties", [])}
        assert self.attributes.keys() <= told, f"{kind} gives {self.attributes.keys() - told}, which it has not"
        return physical


def test_every_resource_type_is_made_changed_in_place_and_deleted() -> None:
    stack = Stack()
    assert stack.made.keys() == PROVISIONERS.keys()
    for kind, (physical, properties) in stack.made.items():
        if kind.endswith("Version"):
            continue  # nothing of a version changes in place
        changed = {"Description": "changed"} if _described(kind) and "Description" not in REPLACING[kind] else {}
        same, _ = PROVISIONERS[kind].update(stack.connect.context, physical, {**properties, **changed})
        assert same == physical, kind
    for kind, (physical, properties) in reversed(stack.made.items()):
        for _ in range(2):
            PROVISIONERS[kind].delete(stack.connect.context, physical, properties)
    assert stack.connect.directory.instances() == ()


def _described(kind: str) -> bool:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    return "Description" in schema["properties"]


@pytest.mark.parametrize("kind", sorted(PROVISIONERS))
def test_every_resource_type_refuses_what_its_schema_does_not_have(kind: str) -> None:
    stack = Stack()
    properties = stack.made[kind][1]
    with pytest.raises(InvalidProperties, match="Nonsense"):
        PROVISIONERS[kind].create(stack.connect.context, {**properties, "Nonsense": 1})
    with pytest.raises(InvalidProperties, match="Nonsense"):
        PROVISIONERS[kind].update(stack.connect.context, stack.made[kind][0], {**properties, "Nonsense": 1})
