"""Create, Describe, List, Search and Delete: the same for every kind of resource, from one table."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from localstack.connect import api_build, api_conditions, arns
from localstack.connect.api_context import OPERATIONS, Answer, Context, Operation, Request, require
from localstack.connect.api_errors import InvalidRequest, ResourceInUse, ResourceNotFound
from localstack.connect.api_show import SHOW, Shown
from localstack.connect.directory import Instance
from localstack.connect.engine.staff import agent_queue
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

PAGE_SIZE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """The API's words for one kind of resource; `created` are the members that Create answers with (id, ARN).

    `described` is the member of Describe's answer, where it is not the noun.
    """

    type: type[Resource]
    segment: str
    noun: str
    plural: str
    id_member: str
    summaries: str
    created: tuple[str, str]
    found: str
    described: str = ""


def _kind(
    type_: type[Resource], noun: str, *, arn: str = "", summaries: str = "", plural: str = "", seg: str = ""
) -> Kind:
    return Kind(
        type=type_,
        segment=seg or type_.segment,
        noun=noun,
        plural=plural or f"{noun}s",
        id_member=f"{noun}Id",
        summaries=summaries or f"{noun}SummaryList",
        created=(f"{noun}Id", arn or f"{noun}Arn"),
        found=plural or f"{noun}s",
    )


KINDS: tuple[Kind, ...] = (
    _kind(Flow, "ContactFlow"),
    Kind(
        type=FlowModule,
        segment=FlowModule.segment,
        noun="ContactFlowModule",
        plural="ContactFlowModules",
        id_member="ContactFlowModuleId",
        summaries="ContactFlowModulesSummaryList",
        created=("Id", "Arn"),
        found="ContactFlowModules",
    ),
    _kind(Queue, "Queue"),
    _kind(Hours, "HoursOfOperation"),
    _kind(RoutingProfile, "RoutingProfile"),
    _kind(User, "User"),
    Kind(
        type=HierarchyGroup,
        segment=HierarchyGroup.segment,
        noun="UserHierarchyGroup",
        plural="UserHierarchyGroups",
        id_member="HierarchyGroupId",
        summaries="UserHierarchyGroupSummaryList",
        created=("HierarchyGroupId", "HierarchyGroupArn"),
        found="UserHierarchyGroups",
        described="HierarchyGroup",
    ),
    _kind(SecurityProfile, "SecurityProfile"),
    _kind(TrialCase, "TestCase"),
    _kind(AgentStatus, "AgentStatus", arn="AgentStatusARN", plural="AgentStatuses"),
    _kind(Document, "Prompt", arn="PromptARN", seg="prompt"),
    _kind(Document, "QuickConnect", arn="QuickConnectARN", seg="transfer-destination"),
)
"""PredefinedAttribute is not here: it is found by its name, see `api_settings`."""


def page(request: Request, member: str, rows: Sequence[Any]) -> Answer:
    """One page of `rows` under `member`, with NextToken when there are more."""
    start = _start(request.get("NextToken"))
    end = start + int(request.get("MaxResults") or PAGE_SIZE)
    answer: Answer = {member: list(rows[start:end])}
    if end < len(rows):
        answer["NextToken"] = base64.urlsafe_b64encode(str(end).encode()).decode()
    return answer


def _start(token: str | None) -> int:
    if not token:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token.encode()))
    except (binascii.Error, ValueError) as exc:
        msg = "NextToken is not one that this API gave"
        raise InvalidRequest(msg) from exc


def users_of(instance: Instance, resource: Resource) -> list[str]:
    """Names of what still points at a resource, so that deleting it would break something."""
    found: list[str] = []
    if isinstance(resource, Queue):
        profiles = instance.routing_profiles.values()
        found += [
            f"routing profile {p.name!r}"
            for p in profiles
            if resource.id == p.default_outbound_queue_id or any(entry[0] == resource.id for entry in p.queues)
        ]
    elif isinstance(resource, Hours):
        found += [f"queue {q.name!r}" for q in instance.queues.values() if q.hours_id == resource.id]
        found += [f"hours {h.name!r}" for h in instance.hours.values() if resource.id in h.parent_ids]
    elif isinstance(resource, RoutingProfile):
        found += [f"user {u.name!r}" for u in instance.users.values() if u.routing_profile_id == resource.id]
    elif isinstance(resource, SecurityProfile):
        found += [f"user {u.name!r}" for u in instance.users.values() if resource.id in u.security_profile_ids]
    elif isinstance(resource, HierarchyGroup):
        found += [f"user {u.name!r}" for u in instance.users.values() if u.hierarchy_group_id == resource.id]
        found += [f"group {g.name!r}" for g in instance.hierarchy_groups.values() if g.parent_id == resource.id]
    elif isinstance(resource, Flow):
        found += [
            f"number {n.number}"
            for n in instance.phone_numbers.values()
            if arns.bare_id(n.flow_id or "") == resource.id
        ]
    return found


def delete(context: Context, instance: Instance, resource: Resource) -> None:
    """Forget a resource that nothing uses.

    Raises:
        ResourceInUse: something does.

    """
    with context.directory.lock:
        if users := users_of(instance, resource):
            msg = f"{resource.name!r} is in use by {', '.join(users[:5])}"
            raise ResourceInUse(msg)
        context.directory.remove(instance, resource)


def members(instance: Instance, kind: Kind) -> list[Resource]:
    """All resources of a kind, by name."""
    everything: Mapping[str, Resource] = instance.all(kind.type)
    mine = (r for r in everything.values() if not isinstance(r, Document) or r.kind == kind.segment)
    return sorted(mine, key=lambda r: (r.name, r.id))


def _creator(kind: Kind) -> Operation:
    def create(context: Context, request: Request) -> Answer:
        instance = context.instance(request["InstanceId"])
        made = api_build.create(context, instance, kind.type, request, kind.segment)
        return {kind.created[0]: made.id, kind.created[1]: made.arn}

    return create


def _found(context: Context, kind: Kind, request: Request) -> tuple[Instance, Resource]:
    instance = context.instance(request["InstanceId"])
    resource = require(instance, kind.type, request[kind.id_member])
    if isinstance(resource, Document) and resource.kind != kind.segment:
        msg = f"{kind.noun} not found: {request[kind.id_member]}"
        raise ResourceNotFound(msg)
    return instance, resource


def _describer(kind: Kind) -> Operation:
    def describe(context: Context, request: Request) -> Answer:
        instance, resource = _found(context, kind, request)
        return {kind.described or kind.noun: SHOW[kind.type](resource, instance)}

    return describe


def _deleter(kind: Kind) -> Operation:
    def delete_(context: Context, request: Request) -> Answer:
        instance, resource = _found(context, kind, request)
        delete(context, instance, resource)
        return {}

    return delete_


def _lister(kind: Kind) -> Operation:
    def list_(context: Context, request: Request) -> Answer:
        instance = context.instance(request["InstanceId"])
        rows = [row for row in _rows(instance, kind) if _asked_for(row, request)]
        return page(request, kind.summaries, rows)

    return list_


_LIST_FILTERS = {
    "AgentStatusTypes": "Type",
    "ContactFlowModuleState": "State",
    "ContactFlowTypes": "ContactFlowType",
    "QueueTypes": "QueueType",
    "QuickConnectTypes": "QuickConnectType",
}
"""What List operations can be narrowed by: the member of the request, and that of the row.

An empty list narrows nothing.
"""


def _rows(instance: Instance, kind: Kind) -> list[Shown]:
    """What List shows of a kind; agents' own queues, which have no name, are among the queues (11.1)."""
    rows = [SHOW[kind.type](resource, instance) for resource in members(instance, kind)]
    if kind.type is Queue:
        own = (agent_queue(instance, user) for user in instance.users.values())
        rows += [{"Id": queue.id, "Arn": queue.arn, "QueueType": "AGENT"} for queue in own]
    return rows


def _asked_for(row: Shown, request: Request) -> bool:
    """Whether a row is one of those that are asked for."""
    for member, field in _LIST_FILTERS.items():
        given = request.get(member) or []
        wanted = [given] if isinstance(given, str) else given
        if wanted and row[field] not in wanted:
            return False
    return True


def _searcher(kind: Kind) -> Operation:
    def search(context: Context, request: Request) -> Answer:
        instance = context.instance(request["InstanceId"])
        wanted = api_conditions.criteria(request.get("SearchCriteria") or {})
        tagged = api_conditions.filters(request.get("SearchFilter") or {})
        shown = (SHOW[kind.type](resource, instance) for resource in members(instance, kind))
        rows = [row for row in shown if wanted(row) and tagged(row)]
        return {**page(request, kind.found, rows), "ApproximateTotalCount": len(rows)}

    return search


def register() -> None:
    """Put the operations of every kind into the registry."""
    for kind in KINDS:
        OPERATIONS[f"Create{kind.noun}"] = _creator(kind)
        OPERATIONS[f"Describe{kind.noun}"] = _describer(kind)
        OPERATIONS[f"List{kind.plural}"] = _lister(kind)
        OPERATIONS[f"Search{kind.plural}"] = _searcher(kind)
        if kind.noun != "AgentStatus":  # Amazon Connect has no way to delete an agent status
            OPERATIONS[f"Delete{kind.noun}"] = _deleter(kind)


def owner(context: Context, arn: str) -> tuple[Instance, Resource | None]:
    """What an ARN of the caller's account names.

    Raises:
        ResourceNotFound: nothing does.

    """
    resolved = context.directory.resolve(arn) if arns.parse(arn) else None
    if resolved is None or resolved[0].account != context.account:
        msg = f"Resource not found: {arn}"
        raise ResourceNotFound(msg)
    return resolved


register()
