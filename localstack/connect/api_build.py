"""Requests into resources: the checks that Amazon Connect makes before it stores something.

Each builder gets the request in the shape of the API's Create operation and the identity (id, ARN) that the resource
has or will have; it raises a `ConnectError` and stores nothing when the request would be refused.
"""

import json
import uuid
import zoneinfo
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from localstack.connect import arns, channel_configs, hierarchy_rules, hours_rules, security_rules, trial_build
from localstack.connect.api_context import Context, Request, require, unique_name
from localstack.connect.api_errors import InvalidContactFlow, InvalidFlowModule, InvalidParameter
from localstack.connect.content import contract_of, problems_of
from localstack.connect.directory import Instance
from localstack.connect.resources import (
    AgentStatus,
    Document,
    EmailAddress,
    Flow,
    FlowModule,
    HierarchyGroup,
    Hours,
    Published,
    Queue,
    Resource,
    RoutingProfile,
    SecurityProfile,
    TrialCase,
    User,
)


class Identity(NamedTuple):
    """Id and ARN of a resource."""

    id: str
    arn: str


Builder = Callable[[Instance, Request, Identity], Resource]


def create(context: Context, instance: Instance, kind: type[Resource], request: Request, segment: str = "") -> Resource:
    """Make and store a new resource of `kind` from a Create request."""
    with context.directory.lock:
        name = request.get("Username") or request.get("SecurityProfileName") or request["Name"]
        segment = segment or kind.segment
        new_id = context.directory.new_id(instance.id, segment, name)
        identity = Identity(new_id, arns.child_arn(instance.arn, segment, new_id))
        made = BUILDERS[segment](instance, request, identity)
        context.directory.put(instance, made)
    return made


def rebuild(context: Context, instance: Instance, old: Resource, request: Request, segment: str = "") -> Resource:
    """Store what a Create request says under the identity of `old`."""
    with context.directory.lock:
        made = BUILDERS[segment or old.segment](instance, request, Identity(old.id, old.arn))
        context.directory.put(instance, made)
    return made


def flow(instance: Instance, request: Request, identity: Identity) -> Flow:
    """A flow; its content must pass the checks that publishing makes, unless it is only saved (Status SAVED)."""
    unique_name(instance, Flow, request["Name"], identity.id)
    old = instance.flows.get(identity.id)
    content = request["Content"]
    published = request.get("Status", "PUBLISHED") == "PUBLISHED"
    problems = problems_of(content, request["Type"], instance.modules.values()) if published else ()
    if problems:
        raise InvalidContactFlow(problems)
    return Flow(
        id=identity.id,
        arn=identity.arn,
        name=request["Name"],
        tags=request.get("Tags", {}),
        type=request["Type"],
        content=json.loads(content) if published else {},
        text=content if published else "",
        saved=(old.saved if old else None) if published else content,
        state=request.get("State", "ACTIVE"),
        description=request.get("Description", ""),
        default=old.default if old else False,
        **_editions(old),
    )


def _editions(old: Published | None) -> dict[str, Any]:
    """What a flow or module keeps when its content is published anew."""
    if old is None:
        return {}
    return {"versions": old.versions, "numbered": old.numbered, "aliases": old.aliases}


def module(instance: Instance, request: Request, identity: Identity) -> FlowModule:
    """A published flow module; it keeps to its contract, and so do its calls of others."""
    unique_name(instance, FlowModule, request["Name"], identity.id)
    contract = request.get("Settings") or ""
    problems = problems_of(request["Content"], "MODULE", instance.modules.values(), contract_of(contract))
    if problems:
        raise InvalidFlowModule(problems)
    old = instance.modules.get(identity.id)
    return FlowModule(
        id=identity.id,
        arn=identity.arn,
        name=request["Name"],
        tags=request.get("Tags", {}),
        content=json.loads(request["Content"]),
        text=request["Content"],
        state=request.get("State", "ACTIVE").upper(),
        contract=contract,
        external=request.get("ExternalInvocationConfiguration") or {},
        description=request.get("Description", ""),
        **_editions(old),
    )


def queue(instance: Instance, request: Request, identity: Identity) -> Queue:
    """A standard queue; its hours of operation must exist."""
    unique_name(instance, Queue, request["Name"], identity.id)
    hours_ = require(instance, Hours, request["HoursOfOperationId"])
    return Queue(
        id=identity.id,
        arn=identity.arn,
        name=request["Name"],
        tags=request.get("Tags", {}),
        hours_id=hours_.id,
        max_contacts=request.get("MaxContacts"),
        status=request.get("Status", "ENABLED"),
        description=request.get("Description", ""),
        caller=request.get("OutboundCallerConfig", {}),
        quick_connect_ids=tuple(arns.bare_id(item) for item in request.get("QuickConnectIds", [])),
        outbound_email_id=_sender(instance, request),
    )


def _sender(instance: Instance, request: Request) -> str | None:
    """The address that a queue sends from; further ones are not emulated."""
    if request.get("EmailAddressesConfig"):
        msg = "This emulator has no further e-mail addresses of queues (EmailAddressesConfig)"
        raise InvalidParameter(msg)
    wanted = (request.get("OutboundEmailConfig") or {}).get("OutboundEmailAddressId")
    return None if wanted is None else require(instance, EmailAddress, wanted).id


def hours(instance: Instance, request: Request, identity: Identity) -> Hours:
    """Hours of operation; the time zone must be one of IANA's."""
    unique_name(instance, Hours, request["Name"], identity.id)
    if request["TimeZone"] not in zoneinfo.available_timezones():
        msg = f"Unknown time zone: {request['TimeZone']}"
        raise InvalidParameter(msg)
    parents = request.get("ParentHoursOfOperationConfigs") or []
    made = Hours(
        id=identity.id,
        arn=identity.arn,
        name=request["Name"],
        tags=request.get("Tags", {}),
        time_zone=request["TimeZone"],
        config=tuple(_whole(slice_) for slice_ in request["Config"]),
        overrides=tuple(_numbered(identity, _whole(override)) for override in request.get("Overrides", [])),
        parent_ids=tuple(require(instance, Hours, parent["HoursOfOperationId"]).id for parent in parents),
        description=request.get("Description", ""),
    )
    hours_rules.check(made, instance)
    return made


def _numbered(identity: Identity, override: Mapping[str, Any]) -> dict[str, Any]:
    """The override with an id: its own, or one that is made of its name."""
    made = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{identity.arn}/{override.get('Name')}"))
    return {"HoursOfOperationOverrideId": made, **override}


def _whole(document: Any) -> Any:
    """The same document with digits as numbers: templates carry 9 as 9 or as "9"."""
    if isinstance(document, Mapping):
        return {key: int(value) if key in ("Hours", "Minutes") else _whole(value) for key, value in document.items()}
    return [_whole(item) for item in document] if isinstance(document, list) else document


def routing_profile(instance: Instance, request: Request, identity: Identity) -> RoutingProfile:
    """A routing profile; every queue that it names must exist."""
    unique_name(instance, RoutingProfile, request["Name"], identity.id)
    entries = []
    for entry in request.get("QueueConfigs", []):
        reference = entry["QueueReference"]
        served = require(instance, Queue, reference["QueueId"])
        entries.append((served.id, reference["Channel"], int(entry["Priority"]), int(entry["Delay"])))
    return RoutingProfile(
        id=identity.id,
        arn=identity.arn,
        name=request["Name"],
        tags=request.get("Tags", {}),
        queues=tuple(entries),
        concurrency={item["Channel"]: int(item["Concurrency"]) for item in request["MediaConcurrencies"]},
        default_outbound_queue_id=require(instance, Queue, request["DefaultOutboundQueueId"]).id,
        description=request.get("Description", ""),
        availability_timer=request.get("AgentAvailabilityTimer", "TIME_SINCE_LAST_ACTIVITY"),
        cross_channel={
            item["Channel"]: item["CrossChannelBehavior"]["BehaviorType"]
            for item in request["MediaConcurrencies"]
            if "CrossChannelBehavior" in item
        },
    )


def user(instance: Instance, request: Request, identity: Identity) -> User:
    """A user; routing profile and security profiles must exist."""
    unique_name(instance, User, request["Username"], identity.id)
    profiles = tuple(require(instance, SecurityProfile, item).id for item in request["SecurityProfileIds"])
    phone = request.get("PhoneConfig", {})
    person = request.get("IdentityInfo", {})
    return User(
        id=identity.id,
        arn=identity.arn,
        name=request["Username"],
        tags=request.get("Tags", {}),
        routing_profile_id=require(instance, RoutingProfile, request["RoutingProfileId"]).id,
        security_profile_ids=profiles,
        first_name=person.get("FirstName", ""),
        last_name=person.get("LastName", ""),
        email=person.get("Email", ""),
        acw_limit_s=int(phone.get("AfterContactWorkTimeLimit", 0)),
        auto_accept=str(phone.get("AutoAccept", "false")).lower() == "true",
        per_channel=channel_configs.read(request),
        phone_type=phone.get("PhoneType", "SOFT_PHONE"),
        desk_phone_number=phone.get("DeskPhoneNumber", ""),
        hierarchy_group_id=hierarchy_rules.group_id(instance, request.get("HierarchyGroupId")),
        proficiencies=tuple(
            (item["AttributeName"], item["AttributeValue"], float(item["Level"]))
            for item in request.get("UserProficiencies", [])
        ),
    )


def security_profile(instance: Instance, request: Request, identity: Identity) -> SecurityProfile:
    """A security profile."""
    unique_name(instance, SecurityProfile, request["SecurityProfileName"], identity.id)
    return SecurityProfile(
        id=identity.id,
        arn=identity.arn,
        name=request["SecurityProfileName"],
        tags=request.get("Tags", {}),
        permissions=tuple(request.get("Permissions", [])),
        restrictions=security_rules.restrictions(request),
        description=request.get("Description", ""),
    )


def status(instance: Instance, request: Request, identity: Identity) -> AgentStatus:
    """An agent status that agents can choose."""
    unique_name(instance, AgentStatus, request["Name"], identity.id)
    return AgentStatus(
        id=identity.id,
        arn=identity.arn,
        name=request["Name"],
        tags=request.get("Tags", {}),
        type=request.get("Type", "CUSTOM"),
        state=request["State"],
        display_order=request.get("DisplayOrder"),
        description=request.get("Description", ""),
    )


def _document(kind: Any) -> Builder:
    def build(instance: Instance, request: Request, identity: Identity) -> Document:
        same = [d for d in instance.documents.values() if d.kind == kind and d.id != identity.id]
        if any(other.name == request["Name"] for other in same):
            unique_name(instance, Document, request["Name"], identity.id)
        body = {key: value for key, value in request.items() if key not in ("InstanceId", "Tags")}
        return Document(
            id=identity.id, arn=identity.arn, name=request["Name"], tags=request.get("Tags", {}), kind=kind, body=body
        )

    return build


BUILDERS: Mapping[str, Builder] = {
    Flow.segment: flow,
    FlowModule.segment: module,
    Queue.segment: queue,
    Hours.segment: hours,
    RoutingProfile.segment: routing_profile,
    User.segment: user,
    HierarchyGroup.segment: hierarchy_rules.hierarchy_group,
    SecurityProfile.segment: security_profile,
    AgentStatus.segment: status,
    TrialCase.segment: trial_build.trial_case,
    "prompt": _document("prompt"),
    "transfer-destination": _document("transfer-destination"),
    "predefined-attribute": _document("predefined-attribute"),
    "task-template": _document("task-template"),
}
"""A builder for each word of the ARN."""
