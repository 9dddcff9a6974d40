"""SearchContacts, over the contacts that the engine still knows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from botocore.utils import parse_to_aware_datetime

from localstack.connect import api_conditions, api_contact_show
from localstack.connect.api_common import page
from localstack.connect.api_context import Answer, Request
from localstack.connect.api_engine import Engine, bare, live
from localstack.connect.api_errors import InvalidParameter, InvalidRequest
from localstack.connect.directory import Instance
from localstack.connect.engine import hierarchy
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.records import routing_criteria
from localstack.connect.engine.world import World

Test = Callable[[Contact], bool]
LONGEST_RANGE = timedelta(weeks=8)
EPOCH = 0.0
MOMENTS: Mapping[str, Callable[[Contact], datetime | None]] = {
    "INITIATION_TIMESTAMP": lambda one: one.initiated_at,
    "CONNECTED_TO_AGENT_TIMESTAMP": lambda one: one.leg.connected_at if one.leg else None,
    "DISCONNECT_TIMESTAMP": lambda one: one.disconnected_at,
    "ENQUEUE_TIMESTAMP": lambda one: one.visit.enqueued_at if one.visit else None,
    "SCHEDULED_TIMESTAMP": lambda one: one.scheduled_at,
}
SORT_WORDS: Mapping[str, Callable[[Contact], str]] = {
    "INITIATION_METHOD": lambda one: one.initiation_method,
    "CHANNEL": lambda one: one.channel,
}


@live("SearchContacts")
def search(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Contacts in a range of time, newest first unless asked otherwise."""
    tests = [_in_range(request["TimeRange"]), *_tests(request.get("SearchCriteria") or {})]
    mine = (one for one in world.contacts.values() if one.instance.id == instance.id)
    found = _sorted([one for one in mine if all(test(one) for test in tests)], request.get("Sort") or {})
    rows = [api_contact_show.summary(one) for one in found]
    return {**page(request, "Contacts", rows), "TotalCount": len(rows)}


def _in_range(wanted: Mapping[str, Any]) -> Test:
    start, end = parse_to_aware_datetime(wanted["StartTime"]), parse_to_aware_datetime(wanted["EndTime"])
    if end <= start or end - start > LONGEST_RANGE:
        msg = "TimeRange ends after its start, and is at most eight weeks long"
        raise InvalidParameter(msg)
    moment = MOMENTS[wanted["Type"]]

    def test(one: Contact) -> bool:
        at = moment(one)
        return at is not None and start <= at <= end

    return test


def _tests(criteria: Mapping[str, Any]) -> Iterable[Test]:
    for name, wanted in criteria.items():
        if name not in CRITERIA:
            msg = f"This emulator does not search contacts by {name}"
            raise InvalidRequest(msg)
        yield CRITERIA[name](wanted)


def _agents(ids: Any) -> Test:
    wanted = {bare(one) for one in ids}
    return lambda one: one.leg is not None and one.leg.agent.id in wanted


def _groups(wanted: Mapping[str, Any]) -> Test:
    """Contacts whose agent is in one of the groups of every level that is named."""
    levels = [(int(key[1]) - 1, {bare(one) for one in ids}) for key, ids in wanted.items()]

    def test(one: Contact) -> bool:
        held = hierarchy.ids_of(one.instance, one.leg.agent.user) if one.leg else ()
        return bool(held) and all(level < len(held) and held[level] in ids for level, ids in levels)

    return test


def _queues(ids: Any) -> Test:
    wanted = {bare(one) for one in ids}
    return lambda one: one.visit is not None and one.visit.queue.id in wanted


def _channels(wanted: Any) -> Test:
    return lambda one: one.channel in wanted


def _methods(wanted: Any) -> Test:
    return lambda one: one.initiation_method in wanted


def _name(wanted: Any) -> Test:
    return lambda one: _texts(wanted, [one.name or ""])


def _texts(wanted: Mapping[str, Any], found: Sequence[str]) -> bool:
    """Whether texts are found in others, or are the whole of one (MATCH_EXACT); without regard to case."""
    known, exact = [text.casefold() for text in found], wanted.get("MatchType") == "MATCH_EXACT"
    sought = [text.casefold() for text in wanted["SearchText"]]
    return _matches(wanted, [text in known if exact else any(text in one for one in known) for text in sought])


def _attributes(wanted: Any) -> Test:
    return lambda one: _matches(wanted, [one.attributes.get(c["Key"]) in c["Values"] for c in wanted["Criteria"]])


def _segment_attributes(wanted: Any) -> Test:
    criteria = wanted["Criteria"]
    return lambda one: _matches(wanted, [one.segment_attributes.get(c["Key"]) in c["Values"] for c in criteria])


def _tags(wanted: Any) -> Test:
    tagged = api_conditions.tags(wanted)
    return lambda one: tagged(one.tags)


def _regions(wanted: Any) -> Test:
    return lambda one: one.instance.region in wanted


def _more_ranges(wanted: Any) -> Test:
    tests = [_moment_test(one) for one in wanted["Criteria"]]
    return lambda one: _matches(wanted, [test(one) for test in tests])


def _moment_test(criterion: Mapping[str, Any]) -> Test:
    """A range of time, or that there is no such moment."""
    if "TimeRange" in criterion:
        return _in_range(criterion["TimeRange"])
    moment = MOMENTS[criterion["TimestampCondition"]["Type"]]
    return lambda one: moment(one) is None


def _preferred(wanted: Any) -> Test:
    """Steps of routing criteria that name agents."""
    steps = [one.get("AgentCriteria") or {} for one in wanted.get("Steps") or ()]

    def test(one: Contact) -> bool:
        written = routing_criteria(one.criteria) if one.criteria else []
        named = set(_agent_ids(written))
        return all(_matches(step, [bare(agent) in named for agent in step.get("AgentIds") or ()]) for step in steps)

    return test


def _agent_ids(written: Any) -> Iterable[str]:
    """Every agent that criteria name, however deep."""
    if isinstance(written, Mapping):
        yield from (bare(one) for one in written.get("AgentIds") or ())
        for inner in written.values():
            yield from _agent_ids(inner)
    elif isinstance(written, list):
        for inner in written:
            yield from _agent_ids(inner)


ROLES: Mapping[str, str] = {"said": "CUSTOMER", "agent-said": "AGENT", "hears": "SYSTEM"}
"""Lines of a chat's transcript, and who has written them."""


def _analysis(wanted: Any) -> Test:
    """What was written in chats. What is spoken in calls nobody writes down here, so no call is found by it."""
    transcript = wanted.get("Transcript") or {"Criteria": []}

    def test(one: Contact) -> bool:
        if one.channel != "CHAT":
            return False
        told = [(ROLES.get(line.kind), line.text) for line in one.transcript]
        found = [
            _texts(c, [text for role, text in told if role == c["ParticipantRole"]]) for c in transcript["Criteria"]
        ]
        return _matches(transcript, found)

    return test


def _matches(wanted: Mapping[str, Any], results: list[bool]) -> bool:
    kind = wanted.get("MatchType", "MATCH_ALL")
    if kind == "MATCH_ANY":
        return any(results)
    return not any(results) if kind == "MATCH_NONE" else all(results)


CRITERIA: Mapping[str, Callable[[Any], Test]] = {
    "ActiveRegions": _regions,
    "AdditionalTimeRange": _more_ranges,
    "AgentHierarchyGroups": _groups,
    "AgentIds": _agents,
    "Channels": _channels,
    "ContactAnalysis": _analysis,
    "ContactTags": _tags,
    "InitiationMethods": _methods,
    "Name": _name,
    "QueueIds": _queues,
    "RoutingCriteria": _preferred,
    "SearchableContactAttributes": _attributes,
    "SearchableSegmentAttributes": _segment_attributes,
}


def _sorted(found: list[Contact], sort: Mapping[str, Any]) -> list[Contact]:
    name, descending = sort.get("FieldName", "INITIATION_TIMESTAMP"), sort.get("Order", "DESCENDING") == "DESCENDING"
    if name in SORT_WORDS:
        return sorted(found, key=lambda one: (SORT_WORDS[name](one), one.sequence), reverse=descending)
    if name not in MOMENTS:
        msg = f"This emulator does not sort contacts by {name}"
        raise InvalidRequest(msg)

    def key(one: Contact) -> tuple[float, int]:
        at = MOMENTS[name](one)
        return EPOCH if at is None else at.timestamp(), one.sequence

    return sorted(found, key=key, reverse=descending)
