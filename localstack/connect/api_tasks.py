"""Operations on tasks: starting one, by a flow, a quick connect or a template; pausing and resuming it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from botocore.utils import parse_to_aware_datetime

from localstack.connect import api_attributes, api_files, api_templates
from localstack.connect.api_chat import segment_attributes
from localstack.connect.api_context import Answer, Request, edition, inbound_flow, require
from localstack.connect.api_engine import Engine, contact_of, live
from localstack.connect.api_errors import Conflict, InvalidParameter, InvalidRequest, QuotaExceeded
from localstack.connect.directory import Document, Flow, Instance, Queue
from localstack.connect.engine import templates, transfers
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.tasks import LONGEST_MIN, TaskPlan
from localstack.connect.engine.world import World

EXPIRY = "connect:ContactExpiry"
LATEST_S = 90 * 86_400
"""A task is scheduled that far ahead at most (12)."""
WAYS = frozenset({"ContactFlowId", "QuickConnectId", "TaskTemplateId"})


@live("StartTaskContact")
def start_task(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Create a task; its flow begins at once, or when it is due."""
    plan, queue = _plan(instance, request, world.now)
    previous = _optional(world, instance, request.get("PreviousContactId"))
    related = _optional(world, instance, request.get("RelatedContactId"))

    if not world.load.room(instance, "TASK"):
        msg = "The quota of concurrent active tasks is used up"
        raise QuotaExceeded(msg)
    plan = replace(plan, files=api_files.fetched(world, instance, request))
    contact = world.tasks.create(instance, plan, related=related)
    contact.target_queue = queue
    if previous is not None:
        contact.previous = previous
        contact.attributes = {**previous.attributes, **contact.attributes}
    return {"ContactId": contact.id}


@live("PauseContact")
def pause(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Set a task aside."""
    return _set(instance, request, world.pausing.pause, world)


@live("ResumeContact")
def resume(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Take a paused task up again."""
    return _set(instance, request, world.pausing.resume, world)


def _set(instance: Instance, request: Request, do: Callable[[Contact, Flow | None], None], world: World) -> Answer:
    contact = contact_of(world, instance, request["ContactId"])
    if contact.channel != "TASK":
        msg = f"Contact {contact.id} is a {contact.channel} contact, not a task"
        raise InvalidRequest(msg)
    flow = edition(instance, Flow, request["ContactFlowId"]) if "ContactFlowId" in request else None
    try:
        do(contact, flow)
    except ValueError as error:
        raise Conflict(str(error)) from error
    return {}


def _plan(instance: Instance, request: Request, now: datetime) -> tuple[TaskPlan, Queue | None]:
    """The task, and the queue that a quick connect leads to."""
    named = WAYS & request.keys()
    if len(named) != 1:
        msg = f"Exactly one of {', '.join(sorted(WAYS))} is needed"
        raise InvalidRequest(msg)
    due = request.get("ScheduledTime")
    wish = templates.Wish(
        name=request["Name"],
        description=request.get("Description"),
        references=dict(request.get("References") or {}),
        attributes=api_attributes.given(request),
        delay_s=_delay_s(due, now) if due is not None else 0.0,
    )
    segment, minutes = expiry_and_rest(request.get("SegmentAttributes") or {})
    if "TaskTemplateId" in named:
        made = _by_template(instance, request["TaskTemplateId"], wish)
        queue = None
    else:
        flow, queue = _flow(instance, request)
        made = TaskPlan(
            flow=flow,
            name=request["Name"],
            description=wish.description,
            references=wish.references,
            attributes=wish.attributes,
            delay_s=wish.delay_s,
        )
    made = replace(made, segment_attributes=segment)
    return (made if minutes is None else replace(made, minutes=minutes)), queue


def _by_template(instance: Instance, template_id: str, wish: templates.Wish) -> TaskPlan:
    try:
        return templates.plan(instance, api_templates.template(instance, template_id), wish)
    except ValueError as error:
        raise InvalidRequest(str(error)) from error


def expiry_and_rest(given: Mapping[str, Any]) -> tuple[dict[str, str], int | None]:
    """(segment attributes, minutes until it expires)."""
    rest = {name: value for name, value in given.items() if name != EXPIRY}
    minutes = None
    if EXPIRY in given:
        minutes = (given[EXPIRY].get("ValueMap") or {}).get("ExpiryDuration", {}).get("ValueInteger")
        if minutes is None or not 1 <= minutes <= LONGEST_MIN:
            msg = f"{EXPIRY} holds an ExpiryDuration of 1 to {LONGEST_MIN} minutes, not {minutes}"
            raise InvalidParameter(msg)
    return segment_attributes(rest), minutes


def _optional(world: World, instance: Instance, contact_id: str | None) -> Contact | None:
    return None if contact_id is None else contact_of(world, instance, contact_id)


def _flow(instance: Instance, request: Request) -> tuple[Flow, Queue | None]:
    if "ContactFlowId" in request:
        return inbound_flow(instance, request["ContactFlowId"]), None
    connect = require(instance, Document, request["QuickConnectId"])
    try:
        to = transfers.by_quick_connect(instance, connect)
    except (LookupError, ValueError) as error:
        raise InvalidRequest(str(error)) from error
    if isinstance(to, transfers.Outside) or to.flow is None:
        msg = f"Quick connect {connect.name!r} names no flow"
        raise InvalidRequest(msg)
    return to.flow, to.queue


def _delay_s(due: Any, now: datetime) -> float:
    delay_s = float((parse_to_aware_datetime(due) - now).total_seconds())
    if not 0 <= delay_s <= LATEST_S:
        msg = "ScheduledTime is over, or more than 90 days ahead"
        raise InvalidParameter(msg)
    return delay_s
