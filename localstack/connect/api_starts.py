"""Operations that begin contacts: tasks, transfers of tasks."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from botocore.utils import parse_to_aware_datetime

from localstack.connect.api_context import Answer, Request, require
from localstack.connect.api_engine import Engine, contact_of, live
from localstack.connect.api_errors import InvalidParameter, InvalidRequest, QuotaExceeded
from localstack.connect.directory import Document, Flow, Instance, Queue, User
from localstack.connect.engine import transfers
from localstack.connect.engine.contact import MAX_CHAIN, Contact, Outcome
from localstack.connect.engine.staff import agent_queue
from localstack.connect.engine.tasks import TaskPlan
from localstack.connect.engine.world import World

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
TRANSFERRED = "API"
"""Disconnect reason of a task that the API moved on (6.4)."""


def _attributes(request: Request) -> Mapping[str, str]:
    return dict(request.get("Attributes") or {})


@live("StartTaskContact")
def start_task(engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Create a task; its flow begins at once, or when it is due."""
    refused = sorted({"TaskTemplateId", "SegmentAttributes", "Attachments"} & request.keys())
    if refused:
        msg = f"This emulator starts no tasks with {', '.join(refused)}"
        raise InvalidRequest(msg)
    flow, queue = _task_flow(instance, request)
    due = request.get("ScheduledTime")
    plan = TaskPlan(
        flow=flow,
        name=request["Name"],
        description=request.get("Description"),
        references=dict(request.get("References") or {}),
        attributes=_attributes(request),
        delay_s=_delay_s(due, world.now) if due is not None else 0.0,
    )
    previous = _optional(world, instance, request.get("PreviousContactId"))
    related = _optional(world, instance, request.get("RelatedContactId"))

    def create() -> str:
        contact = world.tasks.create(instance, plan, related=related)
        contact.target_queue = queue
        if previous is not None:
            contact.previous = previous
            contact.attributes = {**previous.attributes, **contact.attributes}
        return contact.id

    return {"ContactId": engine.once(("StartTaskContact", instance.id), request.get("ClientToken"), world.now, create)}


def _optional(world: World, instance: Instance, contact_id: str | None) -> Contact | None:
    return None if contact_id is None else contact_of(world, instance, contact_id)


def _task_flow(instance: Instance, request: Request) -> tuple[Flow, Queue | None]:
    """The flow of a task, and the queue that a quick connect leads to."""
    named = {"ContactFlowId", "QuickConnectId"} & request.keys()
    if len(named) != 1:
        msg = "Exactly one of ContactFlowId and QuickConnectId is needed"
        raise InvalidRequest(msg)
    if "ContactFlowId" in named:
        return require(instance, Flow, request["ContactFlowId"]), None
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
    if delay_s < 0:
        msg = "ScheduledTime is over"
        raise InvalidParameter(msg)
    return delay_s


@live("TransferContact")
def transfer(engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Move a task to another queue or agent, as a new contact, through a transfer flow."""
    contact = contact_of(world, instance, request["ContactId"])
    flow = require(instance, Flow, request["ContactFlowId"])
    queue = _transfer_queue(instance, request)

    def move() -> str:
        _may_move(contact)
        return _moved(world, contact, queue, flow).id

    made = engine.once(("TransferContact", contact.id), request.get("ClientToken"), world.now, move)
    return {"ContactId": made, "ContactArn": f"{instance.arn}/contact/{made}"}


def _transfer_queue(instance: Instance, request: Request) -> Queue:
    named = {"QueueId", "UserId"} & request.keys()
    if len(named) != 1:
        msg = "Exactly one of QueueId and UserId is needed"
        raise InvalidRequest(msg)
    if "QueueId" in named:
        return require(instance, Queue, request["QueueId"])
    return agent_queue(instance, require(instance, User, request["UserId"]))


def _may_move(contact: Contact) -> None:
    """Raises InvalidRequest or QuotaExceeded when the contact cannot be transferred now."""
    if contact.channel != "TASK":
        msg = f"TransferContact moves tasks and e-mails; contact {contact.id} is a {contact.channel} contact"
        raise InvalidRequest(msg)
    if contact.ended or contact.next is not None:
        msg = f"Contact {contact.id} is over already"
        raise InvalidRequest(msg)
    if contact.visit is None:
        msg = f"The flow of contact {contact.id} is still running"
        raise InvalidRequest(msg)
    if contact.chain_length >= MAX_CHAIN:
        msg = f"A chain has at most {MAX_CHAIN} contacts"
        raise QuotaExceeded(msg)


def _moved(world: World, old: Contact, queue: Queue, flow: Flow) -> Contact:
    new = world.succeed(old, "TRANSFER")
    new.references, new.related = dict(old.references), old.related
    if old.waiting and old.visit is not None:
        old.visit.leave(world.now, Outcome.TRANSFERRED)
    world.calls.close(old, TRANSFERRED)
    new.target_queue = queue
    new.tell(world.now, "moved", f"Goes on to {queue.name or 'an agent'} as a new contact", contact_id=new.id)
    world.reporter.contact_event(new, "INITIATED")
    world.calls.run(new, flow, lambda finish: world.calls.flow_over(new, finish))
    return new
