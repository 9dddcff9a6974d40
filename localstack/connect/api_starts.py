"""Operations that begin contacts: transfers of tasks."""

from localstack.connect.api_context import Answer, Request, edition, require
from localstack.connect.api_engine import Engine, contact_of, live
from localstack.connect.api_errors import InvalidRequest, QuotaExceeded
from localstack.connect.directory import Flow, Instance, Queue, User
from localstack.connect.engine.contact import MAX_CHAIN, Contact
from localstack.connect.engine.parts import Outcome
from localstack.connect.engine.staff import agent_queue
from localstack.connect.engine.world import World

TRANSFERRED = "API"
"""Disconnect reason of a task that the API moved on (6.4)."""


@live("TransferContact")
def transfer(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Move a task or an e-mail to another queue or agent, as a new contact, through a transfer flow."""
    contact = contact_of(world, instance, request["ContactId"])
    flow = edition(instance, Flow, request["ContactFlowId"])
    queue = _transfer_queue(instance, request)

    _may_move(contact)
    made = _moved(world, contact, queue, flow).id
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
