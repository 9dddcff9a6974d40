"""`AWS::Connect::*` resources of a template, provisioned into the emulator.

A resource's properties become the request of the API operation that CloudFormation itself would call, so template and
API meet the same checks. Physical ids and attributes follow the resource schemas (primaryIdentifier,
readOnlyProperties); properties that only a replacement can change are in `REPLACING`.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from localstack.connect import (
    api,
    api_build,
    api_common,
    api_model,
    api_show,
    arns,
    resource_rules,
    template_requests,
)
from localstack.connect.api_context import Context
from localstack.connect.api_errors import ConnectError, ResourceNotFound
from localstack.connect.directory import Instance
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

MODULE = "ContactFlowModule"
Properties = Mapping[str, Any]
Provisioned = tuple[str, dict[str, Any]]
"""Physical id (what Ref gives) and attributes (what GetAtt gives)."""


@dataclass(frozen=True, slots=True)
class Provisioner:
    """Create, update and delete one type of resource; each raises a `ConnectError` that the stack event then shows."""

    create: Callable[[Context, Properties], Provisioned]
    update: Callable[[Context, str, Properties], Provisioned]
    delete: Callable[[Context, str, Properties], None]


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


def _create_instance(context: Context, properties: Properties) -> Provisioned:
    made = api.call(context, "CreateInstance", template_requests.instance(properties))
    instance = context.instance(made["Id"])
    instance.attributes = template_requests.attributes(properties)
    return instance.arn, _instance_attributes(instance)


def _update_instance(context: Context, physical_id: str, properties: Properties) -> Provisioned:
    instance = context.instance(physical_id)
    instance.attributes = template_requests.attributes(properties)
    instance.tags = template_requests.tags(properties)
    return instance.arn, _instance_attributes(instance)


def _delete_instance(context: Context, physical_id: str, _: Properties) -> None:
    context.directory.remove_instance(context.instance(physical_id).id)


def _instance_attributes(instance: Instance) -> dict[str, Any]:
    return {
        "Id": instance.id,
        "Arn": instance.arn,
        "ServiceRole": api_show.service_role(instance),
        "CreatedTime": str(instance.created_s),
        "InstanceStatus": "ACTIVE",
    }


def _create_storage(context: Context, properties: Properties) -> Provisioned:
    made = api.call(context, "AssociateInstanceStorageConfig", template_requests.storage(properties))
    physical = "|".join((properties["InstanceArn"], made["AssociationId"], properties["ResourceType"]))
    return physical, {"AssociationId": made["AssociationId"]}


def _update_storage(context: Context, physical_id: str, properties: Properties) -> Provisioned:
    association = physical_id.split("|")[1]
    request = {**template_requests.storage(properties), "AssociationId": association}
    api.call(context, "UpdateInstanceStorageConfig", request)
    return physical_id, {"AssociationId": association}


def _delete_storage(context: Context, physical_id: str, _: Properties) -> None:
    instance, association, resource_type = physical_id.split("|")
    request = {"InstanceId": instance, "AssociationId": association, "ResourceType": resource_type}
    api.call(context, "DisassociateInstanceStorageConfig", request)


def _create_integration(context: Context, properties: Properties) -> Provisioned:
    made = api.call(context, "CreateIntegrationAssociation", template_requests.integration(properties))
    physical = "|".join(properties[name] for name in ("InstanceId", "IntegrationType", "IntegrationArn"))
    return physical, {"IntegrationAssociationId": made["IntegrationAssociationId"]}


def _update_integration(context: Context, physical_id: str, properties: Properties) -> Provisioned:
    """Only the tags can change in place, and the emulator has no use for them."""
    found = _integration(context, physical_id)
    return (physical_id, {"IntegrationAssociationId": found}) if found else _create_integration(context, properties)


def _delete_integration(context: Context, physical_id: str, _: Properties) -> None:
    found = _integration(context, physical_id)
    request = {"InstanceId": physical_id.split("|", maxsplit=1)[0], "IntegrationAssociationId": found}
    api.call(context, "DeleteIntegrationAssociation", request)


def _integration(context: Context, physical_id: str) -> str:
    instance_id, kind, arn = physical_id.split("|")
    for found in context.instance(instance_id).integrations.values():
        if (found.type, found.integration_arn) == (kind, arn):
            return found.id
    return ""


def _create_number(context: Context, properties: Properties) -> Provisioned:
    made = api.call(context, "ClaimPhoneNumber", template_requests.number(context, properties))
    return _number(context, made["PhoneNumberArn"])


def _update_number(context: Context, physical_id: str, properties: Properties) -> Provisioned:
    request = {"PhoneNumberId": physical_id, "TargetArn": properties["TargetArn"]}
    api.call(context, "UpdatePhoneNumber", request)
    return _number(context, physical_id)


def _delete_number(context: Context, physical_id: str, _: Properties) -> None:
    api.call(context, "ReleasePhoneNumber", {"PhoneNumberId": physical_id})


def _number(context: Context, arn: str) -> Provisioned:
    shown = api.call(context, "DescribePhoneNumber", {"PhoneNumberId": arn})["ClaimedPhoneNumberSummary"]
    return arn, {"PhoneNumberArn": arn, "Address": shown["PhoneNumber"]}


def _version(noun: str, digest: str) -> Provisioner:
    """A version of a flow or module; another description or content needs another version."""

    def create(context: Context, properties: Properties) -> Provisioned:
        made = api.call(context, f"Create{noun}Version", template_requests.of_published(noun, properties))
        arn = made[f"{noun}Arn"]
        instance = context.instance(arn)
        shown = api.call(context, f"Describe{noun}", {"InstanceId": instance.id, f"{noun}Id": arn})[noun]
        return arn, {f"{noun}VersionARN": arn, "Version": made["Version"], digest: shown[digest]}

    def delete(context: Context, physical_id: str, _: Properties) -> None:
        request = template_requests.named(noun, physical_id)
        number = int(arns.qualifier(physical_id))
        api.call(context, f"Delete{noun}Version", {**request, f"{noun}Version": number})

    return Provisioner(create, _recreate(create), delete)


def _create_alias(context: Context, properties: Properties) -> Provisioned:
    made = api.call(context, f"Create{MODULE}Alias", template_requests.of_published(MODULE, properties))
    return _alias(made[f"{MODULE}Arn"], made["Id"])


def _update_alias(context: Context, physical_id: str, properties: Properties) -> Provisioned:
    asked = template_requests.of_published(MODULE, properties)
    request = {**asked, "AliasId": arns.qualifier(physical_id), "Name": asked["AliasName"]}
    api.call(context, f"Update{MODULE}Alias", request)
    shown = api.call(context, f"Describe{MODULE}Alias", {**asked, "AliasId": asked["AliasName"]})[f"{MODULE}Alias"]
    return _alias(shown[f"{MODULE}Arn"], shown["AliasId"])


def _delete_alias(context: Context, physical_id: str, _: Properties) -> None:
    request = {**template_requests.named(MODULE, physical_id), "AliasId": arns.qualifier(physical_id)}
    api.call(context, f"Delete{MODULE}Alias", request)


def _alias(arn: str, alias_id: str) -> Provisioned:
    return arn, {f"{MODULE}AliasARN": arn, "AliasId": alias_id}


def _create_attribute(context: Context, properties: Properties) -> Provisioned:
    api.call(context, "CreatePredefinedAttribute", template_requests.attribute(properties))
    return f"{properties['InstanceArn']}|{properties['Name']}", {}


def _update_attribute(context: Context, physical_id: str, properties: Properties) -> Provisioned:
    api.call(context, "UpdatePredefinedAttribute", template_requests.attribute(properties))
    return physical_id, {}


def _delete_attribute(context: Context, physical_id: str, _: Properties) -> None:
    instance, name = physical_id.split("|")
    api.call(context, "DeletePredefinedAttribute", {"InstanceId": instance, "Name": name})


def _put_structure(context: Context, properties: Properties) -> Provisioned:
    api.call(context, "UpdateUserHierarchyStructure", template_requests.hierarchy_structure(properties))
    arn = f"{context.instance(properties['InstanceArn']).arn}/user-hierarchy-structure"
    return arn, {"UserHierarchyStructureArn": arn}


def _update_structure(context: Context, _: str, properties: Properties) -> Provisioned:
    return _put_structure(context, properties)


def _delete_structure(context: Context, physical_id: str, _: Properties) -> None:
    request = {"InstanceId": context.instance(physical_id).id, "HierarchyStructure": {}}
    api.call(context, "UpdateUserHierarchyStructure", request)


def _recreate(
    create: Callable[[Context, Properties], Provisioned],
) -> Callable[[Context, str, Properties], Provisioned]:
    def update(context: Context, _: str, properties: Properties) -> Provisioned:
        return create(context, properties)

    return update


def _tolerant(delete: Callable[[Context, str, Properties], None]) -> Callable[[Context, str, Properties], None]:
    """Deleting what is gone already succeeds, as it does in CloudFormation."""

    def forgiving(context: Context, physical_id: str, properties: Properties) -> None:
        try:
            delete(context, physical_id, properties)
        except ResourceNotFound as error:
            LOG.info("already gone: %s (%s)", physical_id, error)

    return forgiving


_ALL: Mapping[str, Provisioner] = {
    "Instance": Provisioner(_create_instance, _update_instance, _delete_instance),
    "InstanceStorageConfig": Provisioner(_create_storage, _update_storage, _delete_storage),
    "IntegrationAssociation": Provisioner(_create_integration, _update_integration, _delete_integration),
    "PhoneNumber": Provisioner(_create_number, _update_number, _delete_number),
    "ContactFlow": _in_instance("ContactFlow", Flow, template_requests.flow),
    "ContactFlowModule": _in_instance("ContactFlowModule", FlowModule, template_requests.flow),
    "ContactFlowVersion": _version("ContactFlow", "FlowContentSha256"),
    "ContactFlowModuleVersion": _version(MODULE, "FlowModuleContentSha256"),
    "ContactFlowModuleAlias": Provisioner(_create_alias, _update_alias, _delete_alias),
    "Queue": _in_instance("Queue", Queue, template_requests.queue),
    "RoutingProfile": _in_instance("RoutingProfile", RoutingProfile, template_requests.routing_profile),
    "HoursOfOperation": _in_instance("HoursOfOperation", Hours, template_requests.hours),
    "SecurityProfile": _in_instance("SecurityProfile", SecurityProfile, template_requests.plain),
    "User": _in_instance("User", User, template_requests.user),
    "UserHierarchyGroup": _in_instance("UserHierarchyGroup", HierarchyGroup, template_requests.hierarchy_group),
    "UserHierarchyStructure": Provisioner(_put_structure, _update_structure, _delete_structure),
    "AgentStatus": _in_instance("AgentStatus", AgentStatus, template_requests.status),
    "Prompt": _in_instance("Prompt", Document, template_requests.plain, "prompt"),
    "QuickConnect": _in_instance("QuickConnect", Document, template_requests.quick_connect, "transfer-destination"),
    "TestCase": _in_instance("TestCase", TrialCase, template_requests.plain),
    "PredefinedAttribute": Provisioner(_create_attribute, _update_attribute, _delete_attribute),
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
    "AWS::Connect::PredefinedAttribute": frozenset({"InstanceArn", "Name"}),
}
"""createOnlyProperties of the resource schemas."""


def refusal(error: ConnectError) -> str:
    """The sentence that a stack event shows for a refusal."""
    return f"{error} (Service: Connect, Status Code: {error.status}, Error Code: {error.code})"
