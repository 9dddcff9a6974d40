"""Operations that take e-mails in and send them."""

from collections.abc import Mapping, Sequence
from typing import Any

from localstack.connect import api_attributes, api_message_templates
from localstack.connect.api_addresses import MAILBOX, receiving
from localstack.connect.api_chat import segment_attributes
from localstack.connect.api_context import Answer, Request, inbound_flow
from localstack.connect.api_engine import Engine, contact_of, live
from localstack.connect.api_errors import InvalidRequest, QuotaExceeded
from localstack.connect.api_files import fetched
from localstack.connect.directory import EmailAddress, Flow, Instance
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.email import HTML, PLAIN, Address, Email
from localstack.connect.engine.emails import EmailPlan
from localstack.connect.engine.providers.templates import EMAIL
from localstack.connect.engine.world import World

MOST_RECIPIENTS = 50
"""The one that the message is sent to, and 49 more."""


@live("StartEmailContact")
def start_email(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Take in a message that has come; its flow begins at once."""
    mailbox = receiving(instance, request["DestinationEmailAddress"])
    plan = EmailPlan(
        flow=_flow(instance, mailbox, request),
        email=_email(
            request["EmailMessage"],
            request["FromEmailAddress"],
            {"EmailAddress": request["DestinationEmailAddress"], "DisplayName": mailbox.display_name},
            request.get("AdditionalRecipients") or {},
        ),
        name=request.get("Name"),
        description=request.get("Description"),
        attributes=api_attributes.given(request),
        references=dict(request.get("References") or {}),
        segment_attributes=segment_attributes(request.get("SegmentAttributes") or {}),
        files=fetched(world, instance, request),
    )
    related = contact_of(world, instance, request["RelatedContactId"]) if "RelatedContactId" in request else None
    if not world.load.room(instance, "EMAIL"):
        msg = "The quota of concurrent active e-mails is used up"
        raise QuotaExceeded(msg)
    return {"ContactId": world.emails.receive(instance, plan, related=related).id}


def _flow(instance: Instance, mailbox: EmailAddress, request: Request) -> Flow:
    """The flow that is asked for, else that of the address. Raises InvalidRequest when there is none."""
    wanted = request.get("ContactFlowId") or mailbox.flow_id
    if wanted is None:
        msg = f"No flow is tied to {mailbox.name} (AssociateFlow): name one by ContactFlowId"
        raise InvalidRequest(msg)
    return inbound_flow(instance, wanted)


@live("StartOutboundEmailContact")
def start_outbound(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Send a message that CreateContact has made: its outbound flow runs, then it is on its way."""
    contact = contact_of(world, instance, request["ContactId"])
    email = _outbound(world, instance, request, request.get("FromEmailAddress") or _usual_sender(instance, contact))
    try:
        world.drafts.send(contact, email)
    except ValueError as error:
        raise InvalidRequest(str(error)) from error
    return {"ContactId": contact.id}


@live("SendOutboundEmail")
def send_outbound(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Send a message of an outbound campaign."""
    campaign = (request.get("SourceCampaign") or {}).get("CampaignId")
    if request["TrafficType"] != "CAMPAIGN" or not campaign:
        msg = "TrafficType must be CAMPAIGN, with the CampaignId of SourceCampaign"
        raise InvalidRequest(msg)
    email = _outbound(world, instance, request, request["FromEmailAddress"])
    if not world.load.room(instance, "EMAIL"):
        msg = "The quota of concurrent active e-mails is used up"
        raise QuotaExceeded(msg)
    world.drafts.campaign(instance, email, campaign)
    return {}


def _usual_sender(instance: Instance, contact: Contact) -> Mapping[str, Any]:
    """The mailbox that the answered message was sent to, else that of the queue from which the agent writes."""
    asked = contact.related.email if contact.related else None
    if contact.initiation_method == "AGENT_REPLY" and asked is not None:
        return {"EmailAddress": asked.recipient.address, "DisplayName": asked.recipient.name}
    queue = contact.target_queue
    if queue is None and contact.leg is not None:
        queue = instance.queues.get(contact.leg.agent.profile.default_outbound_queue_id)
    own = instance.email_addresses.get(queue.outbound_email_id or "") if queue else None
    if own is None:
        msg = "FromEmailAddress is needed: no queue says from which address this message is sent"
        raise InvalidRequest(msg)
    return {"EmailAddress": own.name}


def _outbound(world: World, instance: Instance, request: Request, sender: Mapping[str, Any]) -> Email:
    """A message that goes out, from an address of the instance. Raises ResourceNotFound for another sender."""
    own = receiving(instance, sender["EmailAddress"])
    named = {"DisplayName": own.display_name, **sender}
    more = request.get("AdditionalRecipients") or {}
    message = request["EmailMessage"]
    if message["MessageSourceType"] == "TEMPLATE":
        message = {"RawMessage": _by_template(world, instance, message.get("TemplatedMessageConfig"))}
    cc = {"CcAddresses": more.get("CcEmailAddresses")}
    return _email(message, named, request["DestinationEmailAddress"], cc)


def _by_template(world: World, instance: Instance, config: Mapping[str, Any] | None) -> Mapping[str, Any]:
    written = api_message_templates.written(world, instance, config, EMAIL)
    return {"Subject": written.subject, "Body": written.body, "ContentType": written.content_type}


def _email(
    message: Mapping[str, Any], sender: Mapping[str, Any], recipient: Mapping[str, Any], more: Mapping[str, Any]
) -> Email:
    raw = message.get("RawMessage")
    if raw is None or raw["ContentType"] not in (PLAIN, HTML):
        msg = f"EmailMessage needs a RawMessage of {PLAIN} or {HTML}"
        raise InvalidRequest(msg)
    to, cc = _addresses(more.get("ToAddresses") or ()), _addresses(more.get("CcAddresses") or ())
    if 1 + len(to) + len(cc) > MOST_RECIPIENTS:
        msg = f"A message has at most {MOST_RECIPIENTS} recipients"
        raise InvalidRequest(msg)
    return Email(
        sender=_address(sender),
        recipient=_address(recipient),
        subject=raw["Subject"],
        body=raw["Body"],
        content_type=raw["ContentType"],
        to=to,
        cc=cc,
        headers=dict(raw.get("Headers") or {}),
    )


def _addresses(given: Sequence[Mapping[str, Any]]) -> tuple[Address, ...]:
    return tuple(_address(one) for one in given)


def _address(given: Mapping[str, Any]) -> Address:
    mailbox = given["EmailAddress"]
    if not MAILBOX.fullmatch(mailbox):
        msg = f"{mailbox!r} is no e-mail address"
        raise InvalidRequest(msg)
    return Address(mailbox, given.get("DisplayName", ""))
