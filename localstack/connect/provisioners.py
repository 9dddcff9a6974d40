"""`AWS::Connect::*` resources of a template, provisioned into the emulator.

A resource's properties become the request of the API operation that CloudFormation itself would call, so template and
API meet the same checks. Physical ids and attributes follow the resource schemas (primaryIdentifier,
readOnlyProperties); properties that only a replacement can change are in `REPLACING`.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from localstack.connect import (
    api_build,
    api_common,
    api_model,
    resource_rules,
    template_requests,
)
from localstack.connect.api_context import Context
from localstack.connect.api_errors import ConnectError, ResourceNotFound
from localstack.connect.directory import Instance
from localstack.connect.provisioner import Properties, Provisioned, Provisioner
from localstack.connect.provisioners_apart import APART
from localstack.connect.resources import (
    AgentStatus,
    Document,
    Flow,
    FlowModule,
    HierarchyGroup,
    Hours,
    Queue,
    Resource,
    RoutingProfile,
    SecurityProfile,
    TrialCase,
    User,
)

LOG = logging.getLogger("trunkline.provisioners")


def _in_instance(
    noun: str, kind: type[Resource], to_request: Callable[[Properties], dict[str, Any]], segment: str = ""
) -> Provisioner:
    """A resource whose primary identifier is its ARN and whose builder is in `api_build`."""
    arn_attribute = f"{noun}Arn"
    word = segment or kind.segment

    def checked(context: Context, properties: Properties) -> tuple[Instance, dict[str, Any]]:
        request = to_request(properties)
        known = api_model.operation_model(f"Create{noun}").input_shape.members
        api_model.validate(f"Create{noun}", {key: value for key, value in request.items() if key in known})
        return context.instance(properties["InstanceArn"]), request

    def create(context: Context, properties: Properties) -> Provisioned:
        instance, request = checked(context, properties)
        made = api_build.create(context, instance, kind, request, word)
        return made.arn, {arn_attribute: made.arn}

    def update(context: Context, physical_id: str, properties: Properties) -> Provisioned:
        instance, request = checked(context, properties)
        old = instance.find(kind, physical_id)
        if old is None:  # it moved to another instance, or somebody deleted it behind the stack's back
            return create(context, properties)
        made = api_build.rebuild(context, instance, old, request, word)
        return made.arn, {arn_attribute: made.arn}

    def delete(context: Context, physical_id: str, _: Properties) -> None:
        found = context.directory.resolve(physical_id)
        if found and found[1]:
            api_common.delete(context, found[0], found[1])

    return Provisioner(create, update, delete)


def _tolerant(delete: Callable[[Context, str, Properties], None]) -> Callable[[Context, str, Properties], None]:
    """Deleting what is gone already succeeds, as it does in CloudFormation."""

    def forgiving(context: Context, physical_id: str, properties: Properties) -> None:
        try:
            delete(context, physical_id, properties)
        except ResourceNotFound as error:
            LOG.info("already gone: %s (%s)", physical_id, error)

    return forgiving


_ALL: Mapping[str, Provisioner] = {
    **APART,
    "ContactFlow": _in_instance("ContactFlow", Flow, template_requests.flow),
    "ContactFlowModule": _in_instance("ContactFlowModule", FlowModule, template_requests.flow),
    "Queue": _in_instance("Queue", Queue, template_requests.queue),
    "RoutingProfile": _in_instance("RoutingProfile", RoutingProfile, template_requests.routing_profile),
    "HoursOfOperation": _in_instance("HoursOfOperation", Hours, template_requests.hours),
    "SecurityProfile": _in_instance("SecurityProfile", SecurityProfile, template_requests.plain),
    "User": _in_instance("User", User, template_requests.user),
    "UserHierarchyGroup": _in_instance("UserHierarchyGroup", HierarchyGroup, template_requests.hierarchy_group),
    "AgentStatus": _in_instance("AgentStatus", AgentStatus, template_requests.status),
    "Prompt": _in_instance("Prompt", Document, template_requests.plain, "prompt"),
    "QuickConnect": _in_instance("QuickConnect", Document, template_requests.quick_connect, "transfer-destination"),
    "TestCase": _in_instance("TestCase", TrialCase, template_requests.plain),
}


def _operation(kind: str, properties: Properties) -> str:
    """The operation whose quota a new resource takes up."""
    noun = kind.rpartition("::")[2]
    if noun == "IntegrationAssociation" and properties["IntegrationType"] == "LAMBDA_FUNCTION":
        return "AssociateLambdaFunction"
    return {"PhoneNumber": "ClaimPhoneNumber"}.get(noun, f"Create{noun}")


def _held(kind: str, each: Provisioner) -> Provisioner:
    """The provisioner, behind the checks that CloudFormation makes by the resource's schema."""

    def create(context: Context, properties: Properties) -> Provisioned:
        resource_rules.check(kind, properties)
        if context.limits is not None:
            context.limits.fit(context, _operation(kind, properties), properties)
        return each.create(context, properties)

    def update(context: Context, physical_id: str, properties: Properties) -> Provisioned:
        resource_rules.check(kind, properties)
        return each.update(context, physical_id, properties)

    return Provisioner(create, update, _tolerant(each.delete))


PROVISIONERS: Mapping[str, Provisioner] = {
    f"AWS::Connect::{name}": _held(f"AWS::Connect::{name}", each) for name, each in _ALL.items()
}
"""A provisioner for each resource type."""

REPLACING: Mapping[str, frozenset[str]] = {
    "AWS::Connect::Instance": frozenset({"DirectoryId", "InstanceAlias", "IdentityManagementType"}),
    "AWS::Connect::InstanceStorageConfig": frozenset({"InstanceArn", "ResourceType"}),
    "AWS::Connect::IntegrationAssociation": frozenset({"InstanceId", "IntegrationArn", "IntegrationType"}),
    "AWS::Connect::PhoneNumber": frozenset({"Type", "CountryCode", "Prefix", "SourcePhoneNumberArn"}),
    "AWS::Connect::ContactFlow": frozenset({"Type"}),
    "AWS::Connect::ContactFlowModule": frozenset(),
    "AWS::Connect::ContactFlowVersion": frozenset({"ContactFlowId", "Description"}),
    "AWS::Connect::ContactFlowModuleVersion": frozenset({"ContactFlowModuleId", "Description"}),
    "AWS::Connect::ContactFlowModuleAlias": frozenset({"ContactFlowModuleId"}),
    "AWS::Connect::Queue": frozenset(),
    "AWS::Connect::RoutingProfile": frozenset(),
    "AWS::Connect::HoursOfOperation": frozenset(),
    "AWS::Connect::SecurityProfile": frozenset({"SecurityProfileName", "InstanceArn"}),
    "AWS::Connect::User": frozenset(),
    "AWS::Connect::UserHierarchyGroup": frozenset({"ParentGroupArn"}),
    "AWS::Connect::UserHierarchyStructure": frozenset({"InstanceArn"}),
    "AWS::Connect::AgentStatus": frozenset(),
    "AWS::Connect::Prompt": frozenset(),
    "AWS::Connect::QuickConnect": frozenset(),
    "AWS::Connect::TestCase": frozenset(),
    "AWS::Connect::EmailAddress": frozenset({"EmailAddress"}),
    "AWS::Connect::PredefinedAttribute": frozenset({"InstanceArn", "Name"}),
}
"""createOnlyProperties of the resource schemas."""


def refusal(error: ConnectError) -> str:
    """The sentence that a stack event shows for a refusal."""
    return f"{error} (Service: Connect, Status Code: {error.status}, Error Code: {error.code})"
