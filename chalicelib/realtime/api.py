"""Real time: REST. Every agent's state and duration, line and menu use, and what waits in each queue (RTM-01)."""

import functools
import os
from datetime import datetime

from chalice.app import Blueprint, Response
from pydantic import AwareDatetime, BaseModel

from chalicelib.access import service as access
from chalicelib.agents.service import Agents
from chalicelib.platform import aws, clock, http_door, settings
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.realtime.board import Realtime, View
from chalicelib.realtime.models import AgentNow, NodeNow, QueueNow
from chalicelib.realtime.store import Boards
from chalicelib.realtime.today import Today, TodayKept
from chalicelib.tenancy import service as tenancy

bp = Blueprint(__name__)
door = access.Door(bp)


class AgentView(BaseModel):
    """What an agent does, and for how many seconds. `source` connect: an event was lost, Amazon Connect is believed."""

    agent: str
    activity: str
    status: str
    since: AwareDatetime
    seconds: int
    contact_id: str | None
    queue: str | None
    queues: list[str]
    next_status: str | None
    source: str


class QueueView(BaseModel):
    """What waits in a queue, who serves it, and its service level (K03) of this local day; null: nothing to judge."""

    queue: str
    name: str
    waiting: int
    longest_wait_s: int
    talking: int
    staffed: int
    available: int
    service_level: float | None
    source: str


class LineView(BaseModel):
    """Calls and other contacts of a line by where they are; `in_flow` is the menu, and what is around it.

    `occupancy` is the share of the line in use; null where the contract does not say how many contacts it takes.
    """

    line: str
    in_progress: int
    in_flow: int
    waiting: int
    talking: int
    occupancy: float | None


class NodeView(BaseModel):
    """Callers who stand at a node of a line's menus; the node `-` are those who have not reached one."""

    line: str
    node: str
    callers: int
    longest_s: int


class RaisedView(BaseModel):
    """A threshold of the contract that is raised, since when, and what it watched then."""

    id: str
    since: AwareDatetime
    value: float


class RealtimeView(BaseModel):
    """This moment. Each part says when it was true; `agents_at` null: nothing was ever heard of an agent.

    `checked_at` is when Amazon Connect's own figures were asked for last; of `differing` queues and agents they said
    another thing. `service_level_at` is when today's counters were read.
    """

    tenant: str
    as_of: AwareDatetime
    agents_at: AwareDatetime | None
    contacts_at: AwareDatetime
    checked_at: AwareDatetime | None
    service_level_at: AwareDatetime
    differing: int
    agents: list[AgentView]
    queues: list[QueueView]
    lines: list[LineView]
    ivr: list[NodeView]
    raised: list[RaisedView]


def view(view: View, today: Today) -> RealtimeView:
    """Return this moment as the API shows it."""
    tenant = tenancy.current()
    return RealtimeView(
        tenant=tenant.id,
        as_of=view.as_of,
        agents_at=view.agents_at,
        contacts_at=view.contacts_at,
        checked_at=view.checked_at,
        service_level_at=today.at,
        differing=view.differing,
        agents=[_agent(one, view.as_of) for one in view.agents],
        queues=[_queue(one, tenant.queues[one.queue].name, today) for one in view.queues],
        lines=[
            LineView(
                line=one.line,
                in_progress=one.in_progress,
                in_flow=one.in_flow,
                waiting=one.waiting,
                talking=one.talking,
                occupancy=None if one.occupancy is None else round(one.occupancy, 4),
            )
            for one in view.lines
        ],
        ivr=[_node(one) for one in view.nodes],
        raised=[
            RaisedView(id=name, since=one.since, value=round(one.value, 3)) for name, one in sorted(view.raised.items())
        ],
    )


def _agent(one: AgentNow, now: datetime) -> AgentView:
    return AgentView(
        agent=one.agent,
        activity=one.activity,
        status=one.status,
        since=one.since,
        seconds=max(0, round((now - one.since).total_seconds())),
        contact_id=one.contact_id,
        queue=one.queue,
        queues=list(one.queues),
        next_status=one.next_status,
        source=one.source,
    )


def _queue(one: QueueNow, name: str, today: Today) -> QueueView:
    return QueueView(
        queue=one.queue,
        name=name,
        waiting=one.waiting,
        longest_wait_s=round(one.longest_s),
        talking=one.talking,
        staffed=one.staffed,
        available=one.available,
        service_level=today.service_level.get(one.queue),
        source=one.source,
    )


def _node(one: NodeNow) -> NodeView:
    return NodeView(line=one.line, node=one.node, callers=one.callers, longest_s=round(one.longest_s))


@functools.cache
def wired() -> tuple[Realtime, TodayKept]:
    """Return the use-cases wired for this process; a missing setting fails here, by name."""
    configured = settings.StoreSettings.load(os.environ)
    tenant = tenancy.current()
    client = aws.client("dynamodb", aws.A_PERSON_WAITS)
    now = clock.from_environment()
    realtime = Realtime(
        tenant=tenant,
        floor=Agents(client, configured.table, tenant.id, tenant.contacts_days),
        boards=Boards(client, configured.table, tenant.id),
        now=now,
    )
    return realtime, TodayKept.of_table(client, configured.table, tenant, now)


@bp.route("/v1/realtime", methods=["GET"], authorizer=AUTHORIZER)
@door("realtime.read", answers=RealtimeView)
def realtime() -> Response:
    """Answer what goes on at this moment."""
    board, today = wired()
    return http_door.json_response(view(board.view(door.caller().sight), today.now()).model_dump(mode="json"))
