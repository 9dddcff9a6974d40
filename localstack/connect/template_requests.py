"""Properties of `AWS::Connect::*` resources as requests of the Amazon Connect API.

Pure. Templates name other resources by ARN where the API wants ids, carry tags as a list where the API has a map, and
numbers and booleans sometimes as text.
"""

from collections.abc import Mapping
from typing import Any

from localstack.connect import arns
from localstack.connect.api_context import Context
from localstack.connect.api_errors import InvalidParameter
from localstack.connect.api_numbers import COMPLETE_NUMBER_DIGITS, available

Properties = Mapping[str, Any]
Request = dict[str, Any]

_ATTRIBUTES = {
    "InboundCalls": "INBOUND_CALLS",
    "OutboundCalls": "OUTBOUND_CALLS",
    "ContactflowLogs": "CONTACTFLOW_LOGS",
    "ContactLens": "CONTACT_LENS",
    "AutoResolveBestVoices": "AUTO_RESOLVE_BEST_VOICES",
    "UseCustomTTSVoices": "USE_CUSTOM_TTS_VOICES",
    "EarlyMedia": "EARLY_MEDIA",
    "HighVolumeOutBound": "HIGH_VOLUME_OUTBOUND",
    "EnhancedContactMonitoring": "ENHANCED_CONTACT_MONITORING",
    "EnhancedChatMonitoring": "ENHANCED_CHAT_MONITORING",
    "MultiPartyConference": "MULTI_PARTY_CONFERENCE",
    "MultiPartyChatConference": "MULTI_PARTY_CHAT_CONFERENCE",
    "MessageStreaming": "MESSAGE_STREAMING",
}
_ON_BY_DEFAULT = ("AUTO_RESOLVE_BEST_VOICES", "EARLY_MEDIA", "USE_CUSTOM_TTS_VOICES")


def tags(properties: Properties) -> dict[str, str]:
    """The Tags property as a map."""
    return {tag["Key"]: tag["Value"] for tag in properties.get("Tags") or []}


def plain(properties: Properties) -> Request:
    """The properties as they are, with the instance's id and the tags as a map."""
    request = {key: value for key, value in properties.items() if key not in ("InstanceArn", "Tags")}
    request["InstanceId"] = arns.bare_id(properties["InstanceArn"])
    if properties.get("Tags"):
        request["Tags"] = tags(properties)
    return request


def instance(properties: Properties) -> Request:
    """CreateInstance."""
    switched = attributes(properties)
    request = {
        "IdentityManagementType": properties["IdentityManagementType"],
        "InboundCallsEnabled": switched["INBOUND_CALLS"],
        "OutboundCallsEnabled": switched["OUTBOUND_CALLS"],
        "Tags": tags(properties),
    }
    return {**request, **_kept(properties, "InstanceAlias", "DirectoryId")}


def attributes(properties: Properties) -> dict[str, bool]:
    """The Attributes property by the API's names; what a template does not say has Amazon Connect's default."""
    said = {_ATTRIBUTES[name]: _boolean(value) for name, value in properties["Attributes"].items()}
    return {name: said.get(name, name in _ON_BY_DEFAULT) for name in _ATTRIBUTES.values()}


def storage(properties: Properties) -> Request:
    """AssociateInstanceStorageConfig."""
    parts = ("S3Config", "KinesisStreamConfig", "KinesisFirehoseConfig", "KinesisVideoStreamConfig")
    return {
        "InstanceId": arns.bare_id(properties["InstanceArn"]),
        "ResourceType": properties["ResourceType"],
        "StorageConfig": {"StorageType": properties["StorageType"], **_kept(properties, *parts)},
    }


def integration(properties: Properties) -> Request:
    """CreateIntegrationAssociation."""
    kept = _kept(properties, "IntegrationType", "IntegrationArn")
    return {**kept, "InstanceId": arns.bare_id(properties["InstanceId"]), "Tags": tags(properties)}


def number(context: Context, properties: Properties) -> Request:
    """ClaimPhoneNumber; a `Prefix` that is a whole number asks for exactly that number.

    Raises:
        InvalidParameter: neither a number to import nor a country and type to search in.

    """
    if properties.get("SourcePhoneNumberArn"):
        msg = "Importing a number from AWS End User Messaging is not emulated; give CountryCode, Type and Prefix"
        raise InvalidParameter(msg)
    if not (properties.get("CountryCode") and properties.get("Type")):
        msg = "CountryCode and Type are required to claim a phone number"
        raise InvalidParameter(msg)
    request = {
        "TargetArn": properties["TargetArn"],
        "PhoneNumberCountryCode": properties["CountryCode"],
        "PhoneNumberType": properties["Type"],
        "PhoneNumberDescription": properties.get("Description", ""),
        "Tags": tags(properties),
    }
    prefix = properties.get("Prefix", "")
    if len(prefix.lstrip("+")) >= COMPLETE_NUMBER_DIGITS:
        return {**request, "PhoneNumber": prefix}
    return {**request, "PhoneNumber": available(context, {**request, "PhoneNumberPrefix": prefix})}


def flow(properties: Properties) -> Request:
    """CreateContactFlow and CreateContactFlowModule."""
    return plain(properties)


def named(noun: str, arn: str) -> Request:
    """The instance and the flow or module that an ARN names.

    Raises:
        InvalidParameter: it is no ARN.

    """
    parsed = arns.parse(arn)
    if parsed is None:
        msg = f"{noun}Id must be an ARN"
        raise InvalidParameter(msg)
    return {"InstanceId": parsed.instance_id, f"{noun}Id": parsed.id}


def of_published(noun: str, properties: Properties) -> Request:
    """Operations on versions and aliases of a flow or module, which the template names by its ARN."""
    request = {**named(noun, properties[f"{noun}Id"]), **_kept(properties, "Description", "FlowContentSha256")}
    if f"{noun}Version" in properties:
        version = str(properties[f"{noun}Version"]).rpartition(":")[2]
        request |= {"AliasName": properties["Name"], f"{noun}Version": int(version)}
    return request


def queue(properties: Properties) -> Request:
    """CreateQueue."""
    request = plain(properties)
    request["HoursOfOperationId"] = arns.bare_id(request.pop("HoursOfOperationArn"))
    if "MaxContacts" in request:
        request["MaxContacts"] = int(request["MaxContacts"])
    if caller := request.get("OutboundCallerConfig"):
        names = {"OutboundCallerIdNumberArn": "OutboundCallerIdNumberId", "OutboundFlowArn": "OutboundFlowId"}
        request["OutboundCallerConfig"] = {
            names.get(key, key): arns.bare_id(value) if key in names else value for key, value in caller.items()
        }
    if email := request.get("OutboundEmailConfig"):
        request["OutboundEmailConfig"] = {"OutboundEmailAddressId": arns.bare_id(email["OutboundEmailAddressId"])}
    if more := request.pop("AdditionalEmailAddresses", None):
        request["EmailAddressesConfig"] = [{"EmailAddressId": arns.bare_id(one["EmailAddressArn"])} for one in more]
    if connects := request.pop("QuickConnectArns", None):
        request["QuickConnectIds"] = [arns.bare_id(item) for item in connects]
    return request


def address(properties: Properties) -> Request:
    """CreateEmailAddress; which other address is forwarded to it is said by an operation of its own."""
    return {key: value for key, value in plain(properties).items() if key != "AliasConfigurations"}


def routing_profile(properties: Properties) -> Request:
    """CreateRoutingProfile."""
    request = plain(properties)
    request["DefaultOutboundQueueId"] = arns.bare_id(request.pop("DefaultOutboundQueueArn"))
    request["MediaConcurrencies"] = [
        {**item, "Concurrency": int(item["Concurrency"])} for item in request["MediaConcurrencies"]
    ]
    if "QueueConfigs" in request:
        request["QueueConfigs"] = [_queue_config(item) for item in request["QueueConfigs"]]
    request.pop("ManualAssignmentQueueConfigs", None)
    return request


def _queue_config(item: Mapping[str, Any]) -> Request:
    reference = item["QueueReference"]
    queue_id = arns.bare_id(reference["QueueArn"])
    return {
        "QueueReference": {"QueueId": queue_id, "Channel": reference["Channel"]},
        "Priority": int(item["Priority"]),
        "Delay": int(item["Delay"]),
    }


def hours(properties: Properties) -> Request:
    """CreateHoursOfOperation, with the overrides that the API adds one by one."""
    request = plain(properties)
    request["Config"] = [_slice(item) for item in request["Config"]]
    overrides = request.pop("HoursOfOperationOverrides", None) or []
    request["Overrides"] = [_override(item) for item in overrides]
    parents = request.pop("ParentHoursOfOperations", None) or []
    request["ParentHoursOfOperationConfigs"] = [{"HoursOfOperationId": parent["Id"]} for parent in parents]
    if request.pop("ChildHoursOfOperations", None):
        msg = "ChildHoursOfOperations: name the parent in its children instead"
        raise InvalidParameter(msg)
    return request


def _override(item: Mapping[str, Any]) -> Request:
    names = {"OverrideName": "Name", "OverrideDescription": "Description", "OverrideConfig": "Config"}
    request = {names.get(key, key): value for key, value in item.items()}
    request["Config"] = [_slice(slice_) for slice_ in request.get("Config") or []]
    if pattern := (request.get("RecurrenceConfig") or {}).get("RecurrencePattern"):
        request["RecurrenceConfig"] = {"RecurrencePattern": _pattern(pattern)}
    return request


def _pattern(item: Mapping[str, Any]) -> Request:
    """Templates carry numbers as 2 or as "2"."""
    lists = {key: [int(one) for one in value] for key, value in item.items() if isinstance(value, list)}
    return {"Frequency": item["Frequency"], "Interval": int(item.get("Interval", 1)), **lists}


def _slice(item: Mapping[str, Any]) -> Request:
    times = {
        key: {"Hours": int(item[key]["Hours"]), "Minutes": int(item[key]["Minutes"])}
        for key in ("StartTime", "EndTime")
    }
    return {"Day": item["Day"], **times}


def user(properties: Properties) -> Request:
    """CreateUser."""
    request = plain(properties)
    request["RoutingProfileId"] = arns.bare_id(request.pop("RoutingProfileArn"))
    request["SecurityProfileIds"] = [arns.bare_id(item) for item in request.pop("SecurityProfileArns")]
    if group := request.pop("HierarchyGroupArn", None):
        request["HierarchyGroupId"] = arns.bare_id(group)
    if phone := request.get("PhoneConfig"):
        limit_s = int(phone.get("AfterContactWorkTimeLimit", 0))
        auto = _boolean(phone.get("AutoAccept", False))
        request["PhoneConfig"] = {**phone, "AfterContactWorkTimeLimit": limit_s, "AutoAccept": auto}
    return request


def hierarchy_group(properties: Properties) -> Request:
    """CreateUserHierarchyGroup."""
    request = plain(properties)
    if parent := request.pop("ParentGroupArn", None):
        request["ParentGroupId"] = arns.bare_id(parent)
    return request


def hierarchy_structure(properties: Properties) -> Request:
    """UpdateUserHierarchyStructure; the template may repeat what only Amazon Connect says of a level."""
    asked = properties.get("UserHierarchyStructure") or {}
    structure = {level: {"Name": one["Name"]} for level, one in asked.items()}
    return {"InstanceId": arns.bare_id(properties["InstanceArn"]), "HierarchyStructure": structure}


def status(properties: Properties) -> Request:
    """CreateAgentStatus."""
    request = plain(properties)
    request.pop("ResetOrderNumber", None)
    if "DisplayOrder" in request:
        request["DisplayOrder"] = int(request["DisplayOrder"])
    return request


def quick_connect(properties: Properties) -> Request:
    """CreateQuickConnect."""
    request = plain(properties)
    request["QuickConnectConfig"] = _ids(request["QuickConnectConfig"])
    return request


def _ids(document: Any) -> Any:
    """The same document with `...Arn` members as `...Id`."""
    if not isinstance(document, Mapping):
        return document
    return {
        key.removesuffix("Arn") + "Id" if key.endswith("Arn") else key: arns.bare_id(value)
        if key.endswith("Arn")
        else _ids(value)
        for key, value in document.items()
    }


def attribute(properties: Properties) -> Request:
    """CreatePredefinedAttribute."""
    return plain(properties)


def _kept(properties: Properties, *names: str) -> Request:
    return {name: properties[name] for name in names if properties.get(name)}


def _boolean(value: object) -> bool:
    return str(value).lower() == "true"
