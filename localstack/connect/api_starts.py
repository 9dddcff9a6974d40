"""Operations that begin contacts: outbound calls, and transfers of tasks."""

import re
from collections.abc import Mapping

from localstack.connect.api_context import Answer, Request, require
from localstack.connect.api_engine import Engine, contact_of, live
from localstack.connect.api_errors import InvalidParameter, InvalidRequest, OutboundNotPermitted, QuotaExceeded
from localstack.connect.directory import Flow, Instance, PhoneNumber, Queue, User
from localstack.connect.engine.contact import MAX_CHAIN, CallPlan, Contact, Outcome
from localstack.connect.engine.plan import Callee
from localstack.connect.engine.staff import agent_queue
from localstack.connect.engine.world import World

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
TRANSFERRED = "API"
"""Disconnect reason of a task that the API moved on (6.4)."""


@live("StartOutboundVoiceContact")
def start_outbound(engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Dial somebody; the flow begins when the call is answered."""
    if not instance.attributes.get("OUTBOUND_CALLS", True):
        msg = "Outbound calls are not enabled for this instance"
        raise OutboundNotPermitted(msg)
    destination = request["DestinationPhoneNumber"]
    if not E164.fullmatch(destination):
        msg = f"DestinationPhoneNumber is not in E.164 format: {destination}"
        raise InvalidParameter(msg)
    flow = require(instance, Flow, request["ContactFlowId"])
    plan = CallPlan(to=_source(instance, request), caller=destination, callee=Callee())
    related = contact_of(world, instance, request["RelatedContactId"]) if "RelatedContactId" in request else None

    def dial() -> str:
        contact = world.dialing.start_outbound(instance, flow, plan, attributes=_attributes(request))
        contact.name, contact.description = request.get("Name"), request.get("Description")
        contact.references.update(request.get("References") or {})
        contact.related = related
        if "QueueId" in request:
            contact.target_queue = require(instance, Queue, request["QueueId"])
        return contact.id

    scope = ("StartOutboundVoiceContact", instance.id)
    return {"ContactId": engine.once(scope, request.get("ClientToken"), world.now, dial)}


def _source(instance: Instance, request: Request) -> str:
    """The number that the callee sees. Raises when there is none that the instance may show."""
    if shown := request.get("SourcePhoneNumber"):
        if any(claimed.number == shown for claimed in instance.phone_numbers.values()):
            return str(shown)
        msg = f"{shown} is not a number of this instance"
        raise OutboundNotPermitted(msg)
    if "QueueId" not in request:
        msg = "Either SourcePhoneNumber or QueueId is needed"
        raise InvalidRequest(msg)
    queue = require(instance, Queue, request["QueueId"])
    number = instance.find(PhoneNumber, queue.caller.get("OutboundCallerIdNumberId", ""))
    if number is None:
        msg = f"Queue {queue.name!r} has no outbound caller id number"
        raise OutboundNotPermitted(msg)
    return number.number


def _attributes(request: Request) -> Mapping[str, str]:
    return dict(request.get("Attributes") or {})


@live("TransferContact")
def transfer(engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Move a task or an e-mail to another queue or agent, as a new contact, through a transfer flow."""
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
    if contact.channel not in ("TASK", "EMAIL"):
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
    if old.waiting and old.visit is not None:
        old.visit.leave(world.now, Outcome.TRANSFERRED)
    world.calls.close(old, "TRANSFERRED" if old.channel == "EMAIL" else TRANSFERRED)
    new.target_queue = queue
    new.tell(world.now, "moved", f"Goes on to {queue.name or 'an agent'} as a new contact", contact_id=new.id)
    world.reporter.contact_event(new, "INITIATED")
    world.calls.run(new, flow, lambda finish: world.calls.flow_over(new, finish))
    return new
