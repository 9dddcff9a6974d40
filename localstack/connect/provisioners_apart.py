"""Resources of a template that are no plain create, update and delete of one thing behind its ARN."""

from collections.abc import Mapping
from typing import Any

from localstack.connect import api, api_show, arns, template_requests
from localstack.connect.api_context import Context
from localstack.connect.directory import Instance
from localstack.connect.provisioner import Properties, Provisioned, Provisioner, recreate

MODULE = "ContactFlowModule"


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

    return Provisioner(create, recreate(create), delete)


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


def _create_address(context: Context, properties: Properties) -> Provisioned:
    made = api.call(context, "CreateEmailAddress", template_requests.address(properties))
    _forward(context, made["EmailAddressArn"], properties)
    return made["EmailAddressArn"], {"EmailAddressArn": made["EmailAddressArn"]}


def _update_address(context: Context, physical_id: str, properties: Properties) -> Provisioned:
    if context.instance(properties["InstanceArn"]).id != context.instance(physical_id).id:
        return _create_address(context, properties)
    asked = template_requests.address(properties)
    words = {"DisplayName": asked.get("DisplayName", ""), "Description": asked.get("Description", "")}
    api.call(context, "UpdateEmailAddressMetadata", {**_address(context, physical_id), **words})
    _forward(context, physical_id, properties)
    return physical_id, {"EmailAddressArn": physical_id}


def _delete_address(context: Context, physical_id: str, _: Properties) -> None:
    _forward(context, physical_id, {})
    api.call(context, "DeleteEmailAddress", _address(context, physical_id))


def _forward(context: Context, arn: str, properties: Properties) -> None:
    """Let the addresses that the template names be forwarded here, and no others."""
    wanted = [arns.bare_id(one["EmailAddressArn"]) for one in properties.get("AliasConfigurations") or []]
    shown = api.call(context, "DescribeEmailAddress", _address(context, arn))
    present = [one["EmailAddressId"] for one in shown["AliasConfigurations"]]
    changes = [("Disassociate", one) for one in present if one not in wanted]
    changes += [("Associate", one) for one in wanted if one not in present]
    for verb, alias in changes:
        request = {**_address(context, arn), "AliasConfiguration": {"EmailAddressId": alias}}
        api.call(context, f"{verb}EmailAddressAlias", request)


def _address(context: Context, arn: str) -> dict[str, str]:
    return {"InstanceId": context.instance(arn).id, "EmailAddressId": arns.bare_id(arn)}


APART: Mapping[str, Provisioner] = {
    "Instance": Provisioner(_create_instance, _update_instance, _delete_instance),
    "InstanceStorageConfig": Provisioner(_create_storage, _update_storage, _delete_storage),
    "IntegrationAssociation": Provisioner(_create_integration, _update_integration, _delete_integration),
    "PhoneNumber": Provisioner(_create_number, _update_number, _delete_number),
    "ContactFlowVersion": _version("ContactFlow", "FlowContentSha256"),
    "ContactFlowModuleVersion": _version(MODULE, "FlowModuleContentSha256"),
    "ContactFlowModuleAlias": Provisioner(_create_alias, _update_alias, _delete_alias),
    "UserHierarchyStructure": Provisioner(_put_structure, _update_structure, _delete_structure),
    "EmailAddress": Provisioner(_create_address, _update_address, _delete_address),
    "PredefinedAttribute": Provisioner(_create_attribute, _update_attribute, _delete_attribute),
}
"""A provisioner for each of them, by the last part of its type."""
