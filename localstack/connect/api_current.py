"""GetCurrentMetricData: the floor at this moment (10.1)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from localstack.connect import api_current_parts
from localstack.connect.api_common import page
from localstack.connect.api_context import Answer, Request, require
from localstack.connect.api_engine import Engine, bare, live
from localstack.connect.api_errors import InvalidParameter, InvalidRequest
from localstack.connect.directory import Instance, Queue, RoutingProfile
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.parts import State
from localstack.connect.engine.staff import OFFERED, REFUSED, Activity, Agent
from localstack.connect.engine.world import World

MAX_FILTERED = 100
CHANNELS = ("VOICE", "CHAT", "TASK", "EMAIL")
GROUPINGS = frozenset({"QUEUE", "CHANNEL", "ROUTING_PROFILE"}) | api_current_parts.GROUPINGS
FILTERS = frozenset({"Queues", "RoutingProfiles", "Channels"}) | api_current_parts.FILTERS
MS = 1000.0


@dataclass(frozen=True, slots=True)
class Group:
    """What one result is about: contacts of these queues and channels, and the agents who serve them."""

    dimensions: Mapping[str, Any]
    queues: tuple[Queue, ...]
    channels: tuple[str, ...]
    agents: Sequence[Agent]
    waiting: Sequence[Contact]
    scheduled: Sequence[Contact]
    world: World
    instance: Instance
    counted: Callable[[Contact], bool] = lambda _contact: True
    """Which contacts count, by what filters and groupings say of them."""

    def doing(self, *activities: Activity) -> int:
        """Contacts of these channels that agents have in one of these states."""
        return sum(h.activity in activities for a in self.agents for h in self._handlings(a))

    def on_contact(self, agent: Agent) -> bool:
        """Whether the agent works on a contact: connected, on hold, in after-contact work, or ringing out."""
        return any(h.activity not in OFFERED | REFUSED or h.accepted for h in self._handlings(agent))

    def active_slots(self) -> int:
        """Slots that are taken."""
        return sum(len(self._handlings(agent)) for agent in self.agents)

    def free_slots(self) -> int:
        """Slots that could be taken now."""
        return sum(
            agent.profile.concurrency[channel] - sum(h.contact.channel == channel for h in agent.desk.values())
            for agent in self.agents
            for channel in agent.open_channels() & set(self.channels)
        )

    def oldest_s(self) -> float:
        """Age of the contact that waits longest."""
        now = self.world.now
        return max(((now - c.visit.enqueued_at).total_seconds() for c in self.waiting if c.visit), default=0.0)

    def estimate_s(self) -> float | None:
        """Estimated wait of one more contact; None for several queues, and where nobody serves."""
        if len(self.queues) != 1:
            return None
        return self.world.metrics.of_queue(self.instance, self.queues[0]).estimated_wait_s

    def _handlings(self, agent: Agent) -> list[Any]:
        mine = (one for one in agent.desk.values() if one.contact.channel in self.channels)
        return [one for one in mine if self.counted(one.contact)]


METRICS: Mapping[str, Callable[[Group], float | None]] = {
    "AGENTS_ONLINE": lambda g: len(g.agents),
    "AGENTS_STAFFED": lambda g: sum(a.status.type == "ROUTABLE" for a in g.agents),
    "AGENTS_AVAILABLE": lambda g: sum(bool(a.open_channels() & set(g.channels)) for a in g.agents),
    "AGENTS_ON_CONTACT": lambda g: sum(g.on_contact(a) for a in g.agents),
    "AGENTS_ON_CALL": lambda g: sum(g.on_contact(a) for a in g.agents),
    "AGENTS_AFTER_CONTACT_WORK": lambda g: g.doing(Activity.ENDED),
    "AGENTS_NON_PRODUCTIVE": lambda g: sum(a.status.type == "CUSTOM" for a in g.agents),
    "AGENTS_ERROR": lambda g: sum(any(h.activity in REFUSED for h in a.desk.values()) for a in g.agents),
    "SLOTS_ACTIVE": lambda g: g.active_slots(),
    "SLOTS_AVAILABLE": lambda g: g.free_slots(),
    "CONTACTS_IN_QUEUE": lambda g: len(g.waiting),
    "CONTACTS_SCHEDULED": lambda g: len(g.scheduled),
    "OLDEST_CONTACT_AGE": lambda g: g.oldest_s(),
    "ESTIMATED_WAIT_TIME": lambda g: g.estimate_s(),
}
SECONDS = frozenset({"OLDEST_CONTACT_AGE", "ESTIMATED_WAIT_TIME"})


@live("GetCurrentMetricData")
def current(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Numbers of this moment, for queues or routing profiles."""
    groupings = request.get("Groupings") or []
    _refuse("Groupings", set(groupings) - GROUPINGS)
    _refuse("Filters", set(request["Filters"]) - FILTERS)
    groups = _groups(world, instance, request["Filters"], groupings)
    rows = [_row(group, request["CurrentMetrics"], grouped=bool(groupings)) for group in groups]
    for sort in reversed(request.get("SortCriteria") or []):
        metric = METRICS[sort["SortByMetric"]]
        order = sorted(
            range(len(rows)), key=lambda n: metric(groups[n]) or 0.0, reverse=sort.get("SortOrder") == "DESCENDING"
        )
        groups, rows = [groups[n] for n in order], [rows[n] for n in order]
    found = page(request, "MetricResults", rows)
    return {**found, "DataSnapshotTime": world.now, "ApproximateTotalCount": len(rows)}


def _refuse(what: str, names: set[str]) -> None:
    if names:
        msg = f"This emulator has no {what} {', '.join(sorted(names))}"
        raise InvalidRequest(msg)


def _groups(world: World, instance: Instance, filters: Mapping[str, Any], groupings: Sequence[str]) -> list[Group]:
    channels = tuple(filters.get("Channels") or CHANNELS)
    queues, profiles = _subjects(instance, filters, by_profile="ROUTING_PROFILE" in groupings)
    subjects = _by(groupings, "QUEUE", queues, lambda one: {"Queue": {"Id": one.id, "Arn": one.arn}})
    people = _by(groupings, "ROUTING_PROFILE", profiles, lambda one: {"RoutingProfile": {"Id": one.id, "Arn": one.arn}})
    media = _by(groupings, "CHANNEL", channels, lambda one: {"Channel": one})
    whole = [
        _group(world, instance, {**of_queue, **of_profile, **of_channel}, some, served, over)
        for of_queue, some in subjects
        for of_profile, served in people
        for of_channel, over in media
    ]
    return [part for group in whole for part in api_current_parts.parted(group, groupings, filters)]


def _by[T](
    groupings: Sequence[str], name: str, things: Sequence[T], dimension: Callable[[T], dict[str, Any]]
) -> list[tuple[dict[str, Any], tuple[T, ...]]]:
    """One entry a thing when that is grouped by, else one entry for all of them."""
    if name in groupings:
        return [(dimension(one), (one,)) for one in things]
    return [({}, tuple(things))]


def _subjects(
    instance: Instance, filters: Mapping[str, Any], *, by_profile: bool
) -> tuple[list[Queue], list[RoutingProfile]]:
    """The queues and profiles that are asked for. Profiles are empty when only queues are."""
    named_queues, named_profiles = filters.get("Queues") or [], filters.get("RoutingProfiles") or []
    if bool(named_queues) == bool(named_profiles) or len(named_queues) + len(named_profiles) > MAX_FILTERED:
        msg = f"Filters name 1 to {MAX_FILTERED} queues, or routing profiles"
        raise InvalidParameter(msg)
    if by_profile and not named_profiles:
        msg = "To group by ROUTING_PROFILE, filter by routing profiles"
        raise InvalidParameter(msg)
    profiles = [require(instance, RoutingProfile, one) for one in named_profiles]
    if not profiles:
        return [require(instance, Queue, bare(one)) for one in named_queues], []
    served = {entry[0] for profile in profiles for entry in profile.queues}
    return [queue for queue in instance.queues.values() if queue.id in served], profiles


def _group(
    world: World,
    instance: Instance,
    dimensions: Mapping[str, Any],
    queues: tuple[Queue, ...],
    profiles: tuple[RoutingProfile, ...],
    channels: tuple[str, ...],
) -> Group:
    if profiles:
        served = {entry[0] for profile in profiles for entry in profile.queues}
        queues = tuple(queue for queue in queues if queue.id in served)
    ids, profile_ids = {queue.id for queue in queues}, {profile.id for profile in profiles}
    waiting = [
        c for c in world.floor.waiting_in(instance) if c.visit and c.visit.queue.id in ids and c.channel in channels
    ]
    scheduled = [
        c
        for c in world.active
        if c.instance.id == instance.id
        and c.state is State.SCHEDULED
        and c.channel in channels
        and c.target_queue is not None
        and c.target_queue.id in ids
    ]
    agents = [
        agent
        for agent in world.floor.agents_of(instance)
        if (not profile_ids or agent.profile.id in profile_ids)
        and any(entry.queue_id in ids and entry.channel in channels for entry in agent.entries)
    ]
    return Group(dimensions, queues, channels, agents, waiting, scheduled, world, instance)


def _row(group: Group, metrics: Sequence[Mapping[str, Any]], *, grouped: bool) -> dict[str, Any]:
    collections = []
    for metric in metrics:
        name = metric.get("Name") or ""
        if name not in METRICS:
            msg = f"Metrics are named: this emulator knows {', '.join(sorted(METRICS))}"
            raise InvalidParameter(msg)
        value = METRICS[name](group)
        if name == "OLDEST_CONTACT_AGE" and not grouped and value is not None:
            value *= MS  # as Amazon Connect does: milliseconds without a grouping, whatever the unit says
        unit = "SECONDS" if name in SECONDS else "COUNT"
        shown = {"Metric": {"Name": name, "Unit": unit}}
        collections.append(shown if value is None else {**shown, "Value": float(value)})
    return {"Dimensions": dict(group.dimensions), "Collections": collections}
