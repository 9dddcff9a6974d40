"""Agents: REST. Who is signed in and what each does or did on a day, and the seats in use against the contract."""

import functools
import os
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Self

from chalice.app import Blueprint, Response
from pydantic import AliasChoices, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from chalicelib.access import service as access
from chalicelib.access.models import Scope
from chalicelib.agents.activity_store import Turns
from chalicelib.agents.models import SEATS_S, AgentState
from chalicelib.agents.roster import Day, Live, Roster, SeatUse
from chalicelib.agents.store import Agents
from chalicelib.organisation.service import sees_agent
from chalicelib.platform import aws, clock, http_door, queries, settings
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.platform.errors import NotFound
from chalicelib.tenancy import service as tenancy

bp = Blueprint(__name__)
door = access.Door(bp)

LONGEST: Final = timedelta(days=2)
_NAME: Final = re.compile(r"[\x21\x22\x24-\x7e]{1,256}")


class SeatQuery(BaseModel):
    """Which period. `from` is in it, `to` is not; both on quarter-hours, with a zone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: queries.Instant = Field(alias="from")
    end: queries.Instant = Field(alias="to")

    @model_validator(mode="after")
    def _is_a_period(self) -> Self:
        if any(instant.timestamp() % SEATS_S for instant in (self.start, self.end)):
            msg = "from and to must lie on quarter-hours"
            raise ValueError(msg)
        if not timedelta(0) < self.end - self.start <= LONGEST:
            msg = f"to must lie after from, by at most {LONGEST.days} days"
            raise ValueError(msg)
        return self


class DayQuery(BaseModel):
    """Which local day of the tenant."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    on: queries.Day = Field(ge=date(2000, 1, 1), lt=date(3000, 1, 1))


class StayView(BaseModel):
    """An interval in which an agent did the same. `reason` is the contact, else the name of the chosen status."""

    start: AwareDatetime = Field(serialization_alias="from", validation_alias=AliasChoices("start", "from"))
    end: AwareDatetime = Field(serialization_alias="to", validation_alias=AliasChoices("end", "to"))
    seconds: float
    activity: str
    reason: str
    status: str
    contact_id: str | None
    queue: str | None


class DayView(BaseModel):
    """What an agent did on a day, oldest first and without a gap; none when nothing was heard of the agent."""

    tenant: str
    agent: str
    on: date
    as_of: AwareDatetime
    states: list[StayView]


class WorkView(BaseModel):
    """A contact on the agent's screen, in Amazon Connect's words, and for how long it is so."""

    contact_id: str
    channel: str
    state: str
    queue: str | None
    seconds: int


class AgentView(BaseModel):
    """An agent who is signed in. `seconds` is how long the status holds, `shift` what was done since the sign-in."""

    agent: str
    status: str
    type: str
    seconds: int
    next_status: str | None
    contacts: list[WorkView]
    idle_since: AwareDatetime
    handled: int
    talk_s: float
    queues: list[str]
    heard_at: AwareDatetime


class LiveView(BaseModel):
    """All of them. `known_at` is when what is known was true; null: nothing was ever heard."""

    tenant: str
    as_of: AwareDatetime
    known_at: AwareDatetime | None
    agents: list[AgentView]


class IntervalView(BaseModel):
    """A quarter-hour: the most seats in use at once, and how many of them were beyond the contracted ones."""

    start: AwareDatetime = Field(serialization_alias="from", validation_alias=AliasChoices("start", "from"))
    peak: int
    over: int


class SeatView(BaseModel):
    """Seats in the contract and in use (TEN-08). `over_intervals` counts the quarter-hours beyond the contract."""

    tenant: str
    as_of: AwareDatetime
    contracted: int
    designed: int
    burst: int
    now: int
    peak: int
    over_intervals: int
    intervals: list[IntervalView]


def live_view(tenant: str, live: Live) -> LiveView:
    """Return the agents as the API shows them."""
    agents = [view for one in live.agents if (view := _agent(one, live.as_of)) is not None]
    return LiveView(tenant=tenant, as_of=live.as_of, known_at=live.known_at, agents=agents)


def _agent(state: AgentState, now: datetime) -> AgentView | None:
    snapshot = state.snapshot
    if snapshot is None:
        return None
    works = [
        WorkView(
            contact_id=work.contact_id,
            channel=work.channel,
            state=work.state,
            queue=work.queue,
            seconds=_seconds(work.since, now),
        )
        for work in snapshot.works
    ]
    return AgentView(
        agent=state.name,
        status=snapshot.status.name,
        type=snapshot.status.type,
        seconds=_seconds(snapshot.status.since, now),
        next_status=snapshot.next_status,
        contacts=works,
        idle_since=state.idle_since,
        handled=state.shift.whole_handled,
        talk_s=state.shift.whole_talk_s,
        queues=list(snapshot.queues),
        heard_at=state.heard_at,
    )


def day_view(tenant: str, day: Day) -> DayView:
    """Return an agent's day as the API shows it."""
    states = [
        StayView(
            start=stay.start,
            end=stay.end,
            seconds=stay.seconds,
            activity=stay.doing.activity,
            reason=stay.doing.reason,
            status=stay.doing.status,
            contact_id=stay.doing.contact_id,
            queue=stay.doing.queue,
        )
        for stay in day.stays
    ]
    return DayView(tenant=tenant, agent=day.agent, on=day.on, as_of=day.as_of, states=states)


def _seconds(since: datetime, now: datetime) -> int:
    return max(0, round((now - since).total_seconds()))


def seat_view(tenant: str, use: SeatUse) -> SeatView:
    """Return the use of seats as the API shows it."""
    return SeatView(
        tenant=tenant,
        as_of=use.as_of,
        contracted=use.seats.contracted,
        designed=use.seats.designed,
        burst=use.seats.burst,
        now=use.now,
        peak=max((one.peak for one in use.intervals), default=0),
        over_intervals=sum(one.over > 0 for one in use.intervals),
        intervals=[IntervalView(start=one.start, peak=one.peak, over=one.over) for one in use.intervals],
    )


@functools.cache
def wired() -> Roster:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    configured = settings.StoreSettings.load(os.environ)
    tenant = tenancy.current()
    client = aws.client("dynamodb", aws.A_PERSON_WAITS)
    kept = (client, configured.table, tenant.id, tenant.contacts_days)
    return Roster(
        store=Agents(*kept),
        turns=Turns(*kept),
        seats=tenant.seats,
        time_zone=tenant.time_zone,
        now=clock.from_environment(),
    )


@bp.route("/v1/agents", methods=["GET"], authorizer=AUTHORIZER)
@door("agents.read", answers=LiveView)
def agents() -> Response:
    """Answer who is signed in and what each does."""
    live, seen = wired().live(), door.caller().sight
    live = replace(live, agents=tuple(one for one in live.agents if sees_agent(seen, one.name)))
    return http_door.json_response(live_view(tenancy.current().id, live).model_dump(mode="json"))


@bp.route("/v1/agents/{agent}/states", methods=["GET"], authorizer=AUTHORIZER)
@door("agents.states.read", answers=DayView, query=DayQuery, narrows=[Scope.OWN])
def states(agent: str) -> Response:
    """Answer what an agent did on a day, and why; agents ask for themselves."""
    query = queries.parse(DayQuery, _params())
    caller = door.caller()
    hidden = not sees_agent(caller.sight, agent)
    if not _NAME.fullmatch(agent) or hidden or (caller.scope is Scope.OWN and agent != caller.user):
        raise NotFound("no such agent")  # whom one may not see is not told to exist
    day = wired().day(agent, query.on)
    return http_door.json_response(day_view(tenancy.current().id, day).model_dump(mode="json", by_alias=True))


@bp.route("/v1/seats", methods=["GET"], authorizer=AUTHORIZER)
@door("seats.read", answers=SeatView, query=SeatQuery)
def seats() -> Response:
    """Answer how many seats were in use in each quarter-hour of a period."""
    query = queries.parse(SeatQuery, _params())
    use = wired().use(query.start.astimezone(UTC), query.end.astimezone(UTC))
    return http_door.json_response(seat_view(tenancy.current().id, use).model_dump(mode="json", by_alias=True))


def _params() -> Any:
    return bp.current_request.query_params
