"""Resources as the Amazon Connect API shows them: in full (Describe) and as a row (List)."""

from collections.abc import Callable, Mapping
from typing import Any

from localstack.connect.content import digest
from localstack.connect.directory import Instance
from localstack.connect.engine import hierarchy
from localstack.connect.engine import hours as hours_schedules
from localstack.connect.resources import (
    AgentStatus,
    Document,
    Flow,
    FlowModule,
    HierarchyGroup,
    Hours,
    PhoneNumber,
    Published,
    Queue,
    Resource,
    RoutingProfile,
    SecurityProfile,
    Storage,
    TrialCase,
    User,
)

Shown = dict[str, Any]


def _ids(item: Resource, noun: str = "", arn: str = "Arn") -> Shown:
    """What every resource is known by, also under the API's longer names such as QueueId and QueueArn."""
    shown = {"Id": item.id, "Arn": item.arn, "Name": item.name, "Tags": dict(item.tags)}
    return {**shown, f"{noun}Id": item.id, f"{noun}{arn}": item.arn}


def flow(item: Flow) -> Shown:
    """A flow, in full and as a row: the API picks the members that it has."""
    return {
        **_ids(item),
        "Type": item.type,
        "ContactFlowType": item.type,
        "State": item.state,
        "ContactFlowState": item.state,
        "Status": _status(item),
        "ContactFlowStatus": _status(item),
        "Description": item.description,
        "Content": _content(item),
        "FlowContentSha256": digest(_content(item)),
        **_version(item),
    }


def _status(item: Published) -> str:
    return "PUBLISHED" if item.text else "SAVED"


def _content(item: Published) -> str:
    """What was published; of a flow that never was, what was saved."""
    return item.text or item.saved or ""


def _version(item: Published) -> Shown:
    one = item.version
    return {} if one is None else {"Version": one.number, "VersionDescription": one.description}


def module(item: FlowModule) -> Shown:
    """A flow module."""
    return {
        **_ids(item),
        "Content": item.text,
        "State": item.state,
        "Status": "PUBLISHED",
        "Description": item.description,
        "FlowModuleContentSha256": digest(item.text),
        "Settings": item.contract or None,
        "ExternalInvocationConfiguration": dict(item.external) or None,
        **_version(item),
    }


def queue(item: Queue) -> Shown:
    """A queue."""
    return {
        **_ids(item, "Queue"),
        "Description": item.description,
        "HoursOfOperationId": item.hours_id,
        "MaxContacts": item.max_contacts,
        "Status": item.status,
        "QueueType": "STANDARD",
        "OutboundCallerConfig": dict(item.caller),
        "OutboundEmailConfig": {"OutboundEmailAddressId": item.outbound_email_id} if item.outbound_email_id else None,
    }


def hours(item: Hours, instance: Instance | None = None) -> Shown:
    """Hours of operation; the parents that they inherit from are named when the instance is known."""
    parents = hours_schedules.parents_of(instance, item) if instance else ()
    return {
        **_ids(item, "HoursOfOperation"),
        "Description": item.description,
        "TimeZone": item.time_zone,
        "Config": [dict(slice_) for slice_ in item.config],
        "ParentHoursOfOperations": [{"Name": one.name, "Id": one.id, "Arn": one.arn} for one in parents],
    }


def routing_profile(item: RoutingProfile, instance: Instance) -> Shown:
    """A routing profile."""
    users = [user for user in instance.users.values() if user.routing_profile_id == item.id]
    return {
        **_ids(item, "RoutingProfile"),
        "InstanceId": instance.id,
        "Description": item.description,
        "MediaConcurrencies": [_concurrency(item, channel) for channel in item.concurrency],
        "DefaultOutboundQueueId": item.default_outbound_queue_id,
        "NumberOfAssociatedQueues": len({entry[0] for entry in item.queues}),
        "NumberOfAssociatedUsers": len(users),
        "AgentAvailabilityTimer": item.availability_timer,
    }


def _concurrency(item: RoutingProfile, channel: str) -> Shown:
    shown = {"Channel": channel, "Concurrency": item.concurrency[channel]}
    behaviour = item.cross_channel.get(channel)
    return shown if behaviour is None else {**shown, "CrossChannelBehavior": {"BehaviorType": behaviour}}


def routing_profile_queues(item: RoutingProfile, instance: Instance) -> list[Shown]:
    """The queues of a routing profile, as ListRoutingProfileQueues shows them."""
    rows = []
    for queue_id, channel, priority, delay_s in item.queues:
        served = instance.queues[queue_id]
        row = {"QueueId": served.id, "QueueArn": served.arn, "QueueName": served.name}
        rows.append({**row, "Channel": channel, "Priority": priority, "Delay": delay_s})
    return rows


def user(item: User) -> Shown:
    """A user."""
    return {
        **_ids(item),
        "Username": item.username,
        "IdentityInfo": {"FirstName": item.first_name, "LastName": item.last_name, "Email": item.email},
        "PhoneConfig": {
            "PhoneType": item.phone_type,
            "AutoAccept": item.auto_accept,
            "AfterContactWorkTimeLimit": item.acw_limit_s,
            "DeskPhoneNumber": item.desk_phone_number,
        },
        "SecurityProfileIds": list(item.security_profile_ids),
        "RoutingProfileId": item.routing_profile_id,
        "HierarchyGroupId": item.hierarchy_group_id,
        **item.per_channel.shown(),
    }


def _placed(item: User, instance: Instance) -> Shown:
    """A user with the ids of all groups that he is in, which searches ask for and the API does not show."""
    return {**user(item), "HierarchyGroupIds": hierarchy.ids_of(instance, item)}


def hierarchy_group(item: HierarchyGroup, instance: Instance) -> Shown:
    """A group of the users' hierarchy, with those above it."""
    path = zip(hierarchy.LEVELS, hierarchy.path_to(instance, item.id), strict=False)
    levels = {level: {"Id": one.id, "Arn": one.arn, "Name": one.name} for level, one in path}
    return {**_ids(item), "LevelId": str(item.level), "HierarchyPath": levels, "ParentGroupId": item.parent_id}


def proficiencies(item: User) -> list[Shown]:
    """What a user is good at."""
    return [
        {"AttributeName": name, "AttributeValue": value, "Level": level} for name, value, level in item.proficiencies
    ]


def user_request(item: User) -> Shown:
    """A user as the request that would create it."""
    return {**user(item), "UserProficiencies": proficiencies(item)}


def security_profile(item: SecurityProfile, instance: Instance) -> Shown:
    """A security profile."""
    return {
        **_ids(item),
        "SecurityProfileName": item.name,
        "OrganizationResourceId": instance.id,
        "Description": item.description,
        **item.restrictions,
    }


def status(item: AgentStatus) -> Shown:
    """An agent status."""
    return {
        **_ids(item, "AgentStatus", "ARN"),
        "Description": item.description,
        "Type": item.type,
        "DisplayOrder": item.display_order,
        "State": item.state,
    }


def document(item: Document) -> Shown:
    """A resource that is stored as it was sent."""
    per_kind: Mapping[str, Shown] = {
        "prompt": {"PromptId": item.id, "PromptARN": item.arn},
        "transfer-destination": {
            "QuickConnectId": item.id,
            "QuickConnectARN": item.arn,
            "QuickConnectType": (item.body.get("QuickConnectConfig") or {}).get("QuickConnectType"),
        },
        "predefined-attribute": {},
    }
    ids = {**per_kind[item.kind], "Id": item.id, "Arn": item.arn}
    return {**item.body, **ids, "Name": item.name, "Tags": dict(item.tags)}


def trial_case(item: TrialCase) -> Shown:
    """A test case."""
    return {
        **_ids(item),
        "Content": item.content,
        "EntryPoint": dict(item.entry) or None,
        "InitializationData": item.initialization or None,
        "Description": item.description,
        "Status": item.status,
        "LastModifiedTime": item.changed_s,
        "TestCaseSha256": digest(item.content),
    }


def number(item: PhoneNumber, instance: Instance) -> Shown:
    """A claimed telephone number."""
    return {
        **_ids(item, "PhoneNumber"),
        "PhoneNumber": item.number,
        "PhoneNumberCountryCode": item.country,
        "PhoneNumberType": item.type,
        "PhoneNumberDescription": item.description,
        "TargetArn": instance.arn,
        "InstanceId": instance.id,
        "PhoneNumberStatus": {"Status": "CLAIMED"},
    }


def storage(item: Storage) -> Shown:
    """A storage configuration."""
    shown: Shown = {"AssociationId": item.id, "StorageType": item.storage_type}
    if item.storage_type == "S3":
        shown["S3Config"] = {"BucketName": item.bucket, "BucketPrefix": item.prefix}
        if item.kms_key_arn:
            shown["S3Config"]["EncryptionConfig"] = {"EncryptionType": "KMS", "KeyId": item.kms_key_arn}
    elif item.storage_type == "KINESIS_STREAM":
        shown["KinesisStreamConfig"] = {"StreamArn": item.stream_arn}
    elif item.storage_type == "KINESIS_FIREHOSE":
        shown["KinesisFirehoseConfig"] = {"FirehoseArn": item.stream_arn}
    return shown


def instance(item: Instance) -> Shown:
    """An instance."""
    return {
        "Id": item.id,
        "Arn": item.arn,
        "IdentityManagementType": item.identity,
        "InstanceAlias": item.alias,
        "CreatedTime": item.created_s,
        "ServiceRole": service_role(item),
        "InstanceStatus": "ACTIVE",
        "InboundCallsEnabled": item.attributes.get("INBOUND_CALLS", False),
        "OutboundCallsEnabled": item.attributes.get("OUTBOUND_CALLS", False),
        "InstanceAccessUrl": f"https://{item.alias}.my.connect.aws",
        "Tags": dict(item.tags),
    }


def service_role(item: Instance) -> str:
    """ARN of the service-linked role that Amazon Connect makes with an instance."""
    prefix = f"arn:aws:iam::{item.account}:role/aws-service-role/connect.amazonaws.com"
    return f"{prefix}/AWSServiceRoleForAmazonConnect_{item.id[:22].replace('-', '')}"


SHOW: Mapping[type[Resource], Callable[[Any, Instance], Shown]] = {
    Flow: lambda item, _: flow(item),
    FlowModule: lambda item, _: module(item),
    Queue: lambda item, _: queue(item),
    Hours: hours,
    RoutingProfile: routing_profile,
    User: _placed,
    HierarchyGroup: hierarchy_group,
    SecurityProfile: security_profile,
    AgentStatus: lambda item, _: status(item),
    Document: lambda item, _: document(item),
    PhoneNumber: number,
    TrialCase: lambda item, _: trial_case(item),
}
"""How each kind of resource is shown."""
