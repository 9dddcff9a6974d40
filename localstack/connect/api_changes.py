"""Update operations on flows, queues, hours, routing profiles, users and security profiles.

The API changes a resource in small parts (UpdateQueueStatus, UpdateQueueMaxContacts ...). Each is: show the resource as
its Create request, lay the new members over it, build it anew under the same identity.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from localstack.connect import api_build, api_show, arns, channel_configs, security_rules
from localstack.connect.api_common import page
from localstack.connect.api_context import OPERATIONS, Answer, Context, Operation, Request, operation, require
from localstack.connect.api_errors import ResourceNotFound
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
    User,
)


def _queue_refs(profile: RoutingProfile) -> list[dict[str, Any]]:
    return [
        {"QueueReference": {"QueueId": queue_id, "Channel": channel}, "Priority": priority, "Delay": delay_s}
        for queue_id, channel, priority, delay_s in profile.queues
    ]


def _profile_request(item: RoutingProfile, instance: Instance) -> dict[str, Any]:
    return {**api_show.routing_profile(item, instance), "QueueConfigs": _queue_refs(item)}


def _security_request(item: SecurityProfile, instance: Instance) -> dict[str, Any]:
    return {**api_show.security_profile(item, instance), "Permissions": list(item.permissions)}


def _hours_request(item: Hours, _: Instance) -> dict[str, Any]:
    parents = [{"HoursOfOperationId": parent} for parent in item.parent_ids]
    return {**api_show.hours(item), "Overrides": list(item.overrides), "ParentHoursOfOperationConfigs": parents}


_AS_REQUEST: Mapping[type[Resource], Callable[[Any, Instance], dict[str, Any]]] = {
    Flow: lambda item, _: api_show.flow(item),
    FlowModule: lambda item, _: api_show.module(item),
    Queue: lambda item, _: {**api_show.queue(item), "QuickConnectIds": list(item.quick_connect_ids)},
    Hours: _hours_request,
    RoutingProfile: _profile_request,
    SecurityProfile: _security_request,
    User: lambda item, _: api_show.user_request(item),
    HierarchyGroup: api_show.hierarchy_group,
    AgentStatus: lambda item, _: api_show.status(item),
    Document: lambda item, _: {**item.body, "Name": item.name, "Tags": dict(item.tags)},
}


def _changer(kind: type[Resource], id_member: str, members: Mapping[str, str]) -> Operation:
    """An Update operation; `members` goes from the request's member to the Create request's."""

    def change(context: Context, request: Request) -> Answer:
        instance = context.instance(request["InstanceId"])
        with context.directory.lock:
            old = require(instance, kind, request[id_member])
            laid = {target: request[member] for member, target in members.items() if request.get(member) is not None}
            segment = old.kind if isinstance(old, Document) else ""
            made = api_build.rebuild(context, instance, old, {**_AS_REQUEST[kind](old, instance), **laid}, segment)
        return {id_member: made.id, f"{id_member.removesuffix('Id')}ARN": made.arn}

    return change


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


_CHANGES: Mapping[str, tuple[type[Resource], str, Mapping[str, str]]] = {
    "UpdateContactFlowName": (Flow, "ContactFlowId", _same("Name", "Description")),
    "UpdateContactFlowMetadata": (
        Flow,
        "ContactFlowId",
        {"Name": "Name", "Description": "Description", "ContactFlowState": "State"},
    ),
    "UpdateContactFlowModuleMetadata": (FlowModule, "ContactFlowModuleId", _same("Name", "Description", "State")),
    "UpdateQueueName": (Queue, "QueueId", _same("Name", "Description")),
    "UpdateQueueStatus": (Queue, "QueueId", _same("Status")),
    "UpdateQueueMaxContacts": (Queue, "QueueId", _same("MaxContacts")),
    "UpdateQueueHoursOfOperation": (Queue, "QueueId", _same("HoursOfOperationId")),
    "UpdateQueueOutboundCallerConfig": (Queue, "QueueId", _same("OutboundCallerConfig")),
    "UpdateQueueOutboundEmailConfig": (Queue, "QueueId", _same("OutboundEmailConfig")),
    "UpdateHoursOfOperation": (Hours, "HoursOfOperationId", _same("Name", "Description", "TimeZone", "Config")),
    "UpdateRoutingProfileName": (RoutingProfile, "RoutingProfileId", _same("Name", "Description")),
    "UpdateRoutingProfileConcurrency": (RoutingProfile, "RoutingProfileId", _same("MediaConcurrencies")),
    "UpdateRoutingProfileDefaultOutboundQueue": (
        RoutingProfile,
        "RoutingProfileId",
        _same("DefaultOutboundQueueId"),
    ),
    "UpdateRoutingProfileAgentAvailabilityTimer": (
        RoutingProfile,
        "RoutingProfileId",
        _same("AgentAvailabilityTimer"),
    ),
    "UpdateUserConfig": (
        User,
        "UserId",
        _same("AfterContactWorkConfigs", "AutoAcceptConfigs", "PhoneNumberConfigs", *channel_configs.REFUSED),
    ),
    "UpdateUserSecurityProfiles": (User, "UserId", _same("SecurityProfileIds")),
    "UpdateUserIdentityInfo": (User, "UserId", _same("IdentityInfo")),
    "UpdateUserPhoneConfig": (User, "UserId", _same("PhoneConfig")),
    "UpdateUserHierarchyGroupName": (HierarchyGroup, "HierarchyGroupId", _same("Name")),
    "UpdateAgentStatus": (AgentStatus, "AgentStatusId", _same("Name", "Description", "State", "DisplayOrder")),
    "UpdatePrompt": (Document, "PromptId", _same("Name", "Description", "S3Uri")),
    "UpdateQuickConnectName": (Document, "QuickConnectId", _same("Name", "Description")),
    "UpdateQuickConnectConfig": (Document, "QuickConnectId", _same("QuickConnectConfig")),
    "UpdateSecurityProfile": (
        SecurityProfile,
        "SecurityProfileId",
        _same("Permissions", "Description", *security_rules.RESTRICTIONS, *security_rules.REFUSED),
    ),
}


assign_routing_profile = _changer(User, "UserId", _same("RoutingProfileId"))
"""Gives a user another routing profile in the directory; `api_agents` tells a signed-in agent's engine of it."""


@operation("AssociateRoutingProfileQueues")
def associate_queues(context: Context, request: Request) -> Answer:
    """Add queues to a routing profile."""
    instance, profile = _profile(context, request)
    with context.directory.lock:
        laid = {**_profile_request(profile, instance), "QueueConfigs": _queue_refs(profile) + request["QueueConfigs"]}
        api_build.rebuild(context, instance, profile, laid)
    return {}


@operation("DisassociateRoutingProfileQueues")
def disassociate_queues(context: Context, request: Request) -> Answer:
    """Take queues out of a routing profile."""
    instance, profile = _profile(context, request)
    gone = {(reference["QueueId"], reference["Channel"]) for reference in request["QueueReferences"]}
    kept = tuple(entry for entry in profile.queues if (entry[0], entry[1]) not in gone)
    context.directory.put(instance, replace(profile, queues=kept))
    return {}


@operation("UpdateRoutingProfileQueues")
def update_queues(context: Context, request: Request) -> Answer:
    """Change priority and delay of queues that the profile has."""
    with context.directory.lock:
        instance, profile = _profile(context, request)
        laid = {
            (arns.bare_id(one["QueueReference"]["QueueId"]), one["QueueReference"]["Channel"]): one
            for one in request["QueueConfigs"]
        }
        if missing := sorted(laid.keys() - {entry[:2] for entry in profile.queues}):
            msg = f"Routing profile {profile.name!r} has no queue {missing[0][0]} for {missing[0][1]}"
            raise ResourceNotFound(msg)
        entries = tuple(
            (*entry[:2], int(one["Priority"]), int(one["Delay"])) if (one := laid.get(entry[:2])) else entry
            for entry in profile.queues
        )
        context.directory.put(instance, replace(profile, queues=entries))
    return {}


@operation("ListRoutingProfileManualAssignmentQueues")
def list_manual_queues(context: Context, request: Request) -> Answer:
    """Queues from which agents pick contacts themselves: this emulator has none."""
    _profile(context, request)
    return page(request, "RoutingProfileManualAssignmentQueueConfigSummaryList", [])


@operation("ListRoutingProfileQueues")
def list_queues(context: Context, request: Request) -> Answer:
    """The queues of a routing profile."""
    instance, profile = _profile(context, request)
    return page(request, "RoutingProfileQueueConfigSummaryList", api_show.routing_profile_queues(profile, instance))


@operation("ListSecurityProfilePermissions")
def list_permissions(context: Context, request: Request) -> Answer:
    """What a security profile permits."""
    profile = require(context.instance(request["InstanceId"]), SecurityProfile, request["SecurityProfileId"])
    return page(request, "Permissions", profile.permissions)


def _profile(context: Context, request: Request) -> tuple[Instance, RoutingProfile]:
    instance = context.instance(request["InstanceId"])
    return instance, require(instance, RoutingProfile, request["RoutingProfileId"])


OPERATIONS.update({name: _changer(*change) for name, change in _CHANGES.items()})
