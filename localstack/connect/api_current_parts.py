"""Groups of GetCurrentMetricData, filtered and parted by what their contacts and agents are (10.1)."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from localstack.connect.api_engine import bare
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.criteria import written

if TYPE_CHECKING:
    from localstack.connect.api_current import Group


def _step(contact: Contact) -> str:
    """The active routing step as JSON; "" = none."""
    criteria = contact.criteria
    active = next((step for step in criteria.steps if step.status == "ACTIVE"), None) if criteria else None
    return json.dumps(written(active.expression), sort_keys=True) if active else ""


@dataclass(frozen=True, slots=True)
class Part:
    """A grouping by a word of the contacts: its filter, its dimension, and where the word stands."""

    filter: str
    dimension: str
    word: Callable[[Contact], str]


PARTS: Mapping[str, Part] = {
    "SUBTYPE": Part("Subtypes", "Subtype", lambda one: one.segment_attributes.get("connect:Subtype", "")),
    "VALIDATION_TEST_TYPE": Part(
        "ValidationTestTypes",
        "ValidationTestType",
        lambda one: one.segment_attributes.get("connect:ValidationTestType", ""),
    ),
    "ROUTING_STEP_EXPRESSION": Part("RoutingStepExpressions", "RoutingStepExpression", _step),
}
BY_STATUS = "AGENT_STATUS"
STATUSES = "AgentStatuses"
GROUPINGS = frozenset({*PARTS, BY_STATUS})
FILTERS = frozenset({STATUSES, *(part.filter for part in PARTS.values())})


def parted(group: "Group", groupings: Sequence[str], filters: Mapping[str, Any]) -> "Iterator[Group]":
    """The group as the filters leave it, one for each word or status that is grouped by."""
    groups = [group]
    for name, part in PARTS.items():
        if part.filter in filters:
            groups = [_only(one, part, set(filters[part.filter])) for one in groups]
        if name in groupings:
            groups = [_named(one, part, word) for one in groups for word in _words(one, part)]
    if STATUSES in filters:
        ids = {bare(one) for one in filters[STATUSES]}
        groups = [_with_agents(one, ids) for one in groups]
    if BY_STATUS in groupings:
        groups = [_in_status(one, status_id) for one in groups for status_id in _statuses(one)]
    yield from groups


def _words(group: "Group", part: Part) -> list[str]:
    contacts = [*group.waiting, *group.scheduled, *(h.contact for agent in group.agents for h in agent.desk.values())]
    return sorted({part.word(one) for one in contacts if group.counted(one)} - {""})


def _only(group: "Group", part: Part, words: set[str]) -> "Group":
    def counted(contact: Contact) -> bool:
        return group.counted(contact) and part.word(contact) in words

    waiting, scheduled = ([one for one in some if counted(one)] for some in (group.waiting, group.scheduled))
    return replace(group, waiting=waiting, scheduled=scheduled, counted=counted)


def _named(group: "Group", part: Part, word: str) -> "Group":
    return replace(_only(group, part, {word}), dimensions={**group.dimensions, part.dimension: word})


def _statuses(group: "Group") -> list[str]:
    return sorted({agent.status.id for agent in group.agents})


def _with_agents(group: "Group", ids: set[str]) -> "Group":
    return replace(group, agents=[agent for agent in group.agents if agent.status.id in ids])


def _in_status(group: "Group", status_id: str) -> "Group":
    """Of the agents only: a contact that waits has no status."""
    status = {"Id": status_id, "Arn": group.instance.statuses[status_id].arn}
    some = replace(_with_agents(group, {status_id}), waiting=[], scheduled=[])
    return replace(some, dimensions={**group.dimensions, "AgentStatus": status})
