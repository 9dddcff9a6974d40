"""E-mails: each message is a contact of its own, and an agent's answer is another one (12)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from localstack.connect.directory import Flow, Instance
from localstack.connect.engine import keys
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.email import PLAIN, Email
from localstack.connect.engine.files import Fetched
from localstack.connect.engine.legs import AgentLeg
from localstack.connect.engine.parts import State
from localstack.connect.engine.plan import CallPlan
from localstack.connect.engine.ports import Place, StoredObject
from localstack.connect.engine.staff import Agent

if TYPE_CHECKING:
    from localstack.connect.engine.world import World

RESOURCE = "EMAIL_MESSAGES"
SUBTYPE, DIRECTION, SUBJECT = "connect:Subtype", "connect:Direction", "connect:EmailSubject"
VERDICTS = ("X_SES_SPAM_VERDICT", "X_SES_VIRUS_VERDICT")
REPLY, SENT = "AGENT_REPLY", "AGENT_DISCONNECT"
OUTBOUND = "OUTBOUND"
MESSAGE, TEXT = "EMAIL_MESSAGE", "EMAIL_MESSAGE_PLAIN_TEXT"
"""Types of the references to the stored objects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailPlan:
    """A message that comes in."""

    flow: Flow
    email: Email
    name: str | None = None
    description: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    references: Mapping[str, Any] = field(default_factory=dict)
    segment_attributes: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Fetched, ...] = ()


class Emails:
    """Takes messages in, and sends what agents answer."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def receive(self, instance: Instance, plan: EmailPlan, *, related: Contact | None = None) -> Contact:
        """A message has come: its contact's flow begins at once."""
        world, email = self._world, plan.email
        call = CallPlan(to=email.recipient.address, caller=email.sender.address, display_name=email.sender.name)
        contact = world.new_contact(instance, call, method="INBOUND", channel="EMAIL")
        contact.email, contact.related = email, related
        contact.name, contact.description = plan.name, plan.description
        contact.attributes.update(plan.attributes)
        contact.references = dict(plan.references)
        contact.segment_attributes = {**plan.segment_attributes, **segment(email, "INBOUND")}
        contact.state, contact.connected_at = State.FLOW, world.now
        contact.tell(world.now, "arrived", f"{email.sender.address} writes: {email.subject}")
        self.store(contact, email)
        world.files.attach(contact, plan.files)
        world.reporter.contact_event(contact, "INITIATED")
        world.reporter.contact_event(contact, "CONNECTED_TO_SYSTEM")
        world.calls.run(contact, plan.flow, lambda finish: world.calls.flow_over(contact, finish))
        return contact

    def reply(self, agent: Agent, contact: Contact, body: str, content_type: str = PLAIN) -> Contact:
        """The agent answers: a contact of its own, that is over when its outbound flow is, and leaves a record.

        Raises ValueError when the agent does not have the message.
        """
        leg, asked = contact.leg, contact.email
        if asked is None or leg is None or leg.agent is not agent or leg.left_at is not None:
            msg = f"{agent.user.username} has no such message"
            raise ValueError(msg)
        world, now = self._world, self._world.now
        subject = asked.subject if asked.subject.lower().startswith("re:") else f"Re: {asked.subject}"
        headers = {"IN_REPLY_TO": asked.headers["MESSAGE_ID"]} if "MESSAGE_ID" in asked.headers else {}
        email = Email(
            sender=replace(asked.recipient),
            recipient=asked.sender,
            subject=subject,
            body=body,
            content_type=content_type,
            headers=headers,
        )
        plan = CallPlan(to=asked.recipient.address, caller=asked.sender.address, display_name=asked.sender.name)
        new = world.new_contact(contact.instance, plan, method=REPLY, channel="EMAIL")
        new.email, new.related = email, contact
        new.attributes, new.target_queue = dict(contact.attributes), contact.target_queue
        new.segment_attributes = segment(email, OUTBOUND)
        new.state, new.connected_at = State.FLOW, now
        new.leg = AgentLeg(now, agent=agent, left_at=now, acw_ended_at=now)
        new.tell(now, "arrived", f"{agent.user.username} answers: {subject}")
        contact.tell(now, "replied", subject, contact_id=new.id)
        self.store(new, email)
        world.reporter.contact_event(new, "INITIATED")
        self.go_out(new, SENT)
        return new

    def go_out(self, contact: Contact, reason: str) -> None:
        """The outbound flow of a message runs; when it is over the message is sent, and its contact ends."""
        flow = self._world.dialing.outbound_flow(contact)
        if flow is None:
            self._sent(contact, reason)
        else:
            self._world.calls.run(contact, flow, lambda _finish: self._sent(contact, reason))

    def _sent(self, contact: Contact, reason: str) -> None:
        if not contact.ended:
            contact.tell(self._world.now, "sent", f"Sent to {contact.plan.caller}", to=contact.plan.caller)
            self._world.calls.end(contact, reason)

    def store(self, contact: Contact, email: Email) -> None:
        """Keep the message where the instance keeps e-mails (9), and name the objects as references."""
        storage = contact.instance.storage.get(RESOURCE)
        if storage is None or storage.storage_type != "S3" or not storage.bucket:
            return
        start, instance = contact.initiated_at, contact.instance
        place = Place(instance.account, instance.region)
        objects = (
            (MESSAGE, "json", email.stored(), "application/json"),
            (TEXT, "txt", email.plain.encode(), "text/plain; charset=utf-8"),
        )
        for kind, ending, data, content_type in objects:
            key = keys.dated(storage.prefix, "EmailMessages", contact.id, start, ending)
            self._world.outbox.store(place, StoredObject(storage.bucket, key, data, content_type, storage.kms_key_arn))
            value = f"{storage.bucket}/{key}"
            contact.references[kind] = {"Type": kind, "Value": value, "Status": "AVAILABLE"}


def segment(email: Email, direction: str) -> dict[str, str]:
    """The segment attributes of a message."""
    verdicts = {f"connect:{name.replace('_', '-')}": email.headers[name] for name in VERDICTS if name in email.headers}
    return {SUBTYPE: "connect:Email", DIRECTION: direction, SUBJECT: email.subject, **verdicts}
