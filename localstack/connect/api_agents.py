"""Operations on signed-in agents: status, screen, and who does what."""

from collections.abc import Mapping
from typing import Any

from localstack.connect import api_changes
from localstack.connect.api_common import page
from localstack.connect.api_context import Answer, Context, Request, require
from localstack.connect.api_engine import Engine, bare, contact_of, live, threaded
from localstack.connect.api_errors import InvalidParameter, InvalidRequest
from localstack.connect.directory import AgentStatus, Instance, User
from localstack.connect.engine import hierarchy
from localstack.connect.engine.staff import REFUSED, Activity, Agent, Handling
from localstack.connect.engine.world import World

FILTERS = frozenset({"Queues", "ContactFilter", "RoutingProfiles", "Agents", "UserHierarchyGroups"})
DISMISSIBLE = REFUSED | {Activity.ENDED}


def _signed_in(world: World, instance: Instance, user_id: str) -> Agent:
    user = require(instance, User, user_id)
    agent = world.floor.agent(user.id)
    if agent is None:
        msg = f"User {user.username} is not signed in"
        raise InvalidRequest(msg)
    return agent


@live("PutUserStatus")
def put_status(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Choose a status; with a contact on the screen it becomes true when that is cleared."""
    agent = _signed_in(world, instance, request["UserId"])
    status = require(instance, AgentStatus, request["AgentStatusId"])
    if status.state != "ENABLED":
        msg = f"Agent status {status.name!r} is disabled"
        raise InvalidParameter(msg)
    world.floor.set_status(agent, status)
    return {}


@threaded("UpdateUserRoutingProfile")
def give_profile(context: Context, request: Request) -> Answer:
    """Give a user another routing profile; a signed-in agent is offered contacts by it from now on."""
    answer = api_changes.assign_routing_profile(context, request)
    if isinstance(context.engine, Engine):
        context.engine.ask(lambda world: world.floor.follow(answer["UserId"]))
    return answer


@live("AssociateContactWithUser")
def associate(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Offer a contact that waits in a queue to one agent, before everybody else."""
    agent = _signed_in(world, instance, request["UserId"])
    contact = contact_of(world, instance, request["ContactId"])
    if not contact.waiting or contact.offered_to is not None:
        msg = f"Contact {contact.id} does not wait in a queue now"
        raise InvalidRequest(msg)
    if contact.channel not in agent.open_channels():
        msg = f"User {agent.user.username} can take no contact of channel {contact.channel} now"
        raise InvalidRequest(msg)
    world.floor.assign(agent, contact)
    return {}


@live("DismissUserContact")
def dismiss(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Clear a contact that is missed, rejected or over from the agent's screen."""
    agent = _signed_in(world, instance, request["UserId"])
    handling = agent.desk.get(bare(request["ContactId"]))
    if handling is None or handling.activity not in DISMISSIBLE:
        msg = f"Contact {request['ContactId']} is none that {agent.user.username} could dismiss now"
        raise InvalidRequest(msg)
    if handling.activity is Activity.ENDED:
        world.desks.close(agent, handling.contact)
    else:
        world.desks.clear_refused(agent, handling.contact)
    return {}


@live("GetCurrentUserData")
def user_data(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """The signed-in agents that fit the filters."""
    filters = request["Filters"]
    if not filters or set(filters) - FILTERS:
        msg = f"Filters are some of {', '.join(sorted(FILTERS))}; this emulator has no others"
        raise InvalidRequest(msg)
    agents = sorted(world.floor.agents_of(instance), key=lambda agent: agent.user.username)
    rows = [_shown(agent, filters) for agent in agents if _fits(agent, filters)]
    return {**page(request, "UserDataList", rows), "ApproximateTotalCount": len(rows)}


def _fits(agent: Agent, filters: Mapping[str, Any]) -> bool:
    agents, profiles, queues, groups = ({bare(one) for one in filters.get(key, ())} for key in _ONES)
    served = {entry.queue_id for entry in agent.entries}
    return (
        (not agents or agent.id in agents)
        and (not profiles or agent.profile.id in profiles)
        and (not queues or bool(queues & served))
        and (not groups or bool(groups & set(hierarchy.ids_of(agent.instance, agent.user))))
        and ("ContactFilter" not in filters or any(_wanted(handling, filters) for handling in agent.desk.values()))
    )


_ONES = ("Agents", "RoutingProfiles", "Queues", "UserHierarchyGroups")


def _wanted(handling: Handling, filters: Mapping[str, Any]) -> bool:
    states = (filters.get("ContactFilter") or {}).get("ContactStates")
    return not states or str(handling.activity) in states


def _shown(agent: Agent, filters: Mapping[str, Any]) -> dict[str, Any]:
    most = dict(agent.profile.concurrency)
    held = {channel: sum(h.contact.channel == channel for h in agent.desk.values()) for channel in most}
    opened = agent.open_channels()
    return {
        "User": {"Id": agent.id, "Arn": agent.user.arn},
        "RoutingProfile": {"Id": agent.profile.id, "Arn": agent.profile.arn},
        "HierarchyPath": _path(agent),
        "Status": {
            "StatusStartTimestamp": agent.status_since,
            "StatusArn": agent.status.arn,
            "StatusName": agent.status.name,
        },
        "AvailableSlotsByChannel": {c: most[c] - held[c] if c in opened else 0 for c in most},
        "MaxSlotsByChannel": most,
        "ActiveSlotsByChannel": held,
        "Contacts": [_contact(agent, one) for one in agent.desk.values() if _wanted(one, filters)],
        "NextStatus": agent.next_status.name if agent.next_status else None,
    }


def _path(agent: Agent) -> dict[str, Any] | None:
    path = hierarchy.path_of(agent.instance, agent.user)
    levels = zip(hierarchy.LEVELS, path, strict=False)
    return {level: {"Id": group.id, "Arn": group.arn} for level, group in levels} or None


def _contact(agent: Agent, handling: Handling) -> dict[str, Any]:
    contact = handling.contact
    leg, visit = contact.leg, contact.visit
    return {
        "ContactId": contact.id,
        "Channel": contact.channel,
        "InitiationMethod": contact.initiation_method,
        "AgentContactState": str(handling.activity),
        "StateStartTimestamp": handling.since,
        "ConnectedToAgentTimestamp": leg.connected_at if leg and leg.agent is agent else None,
        "Queue": {"Id": visit.queue.id, "Arn": visit.queue.arn} if visit else None,
    }
