"""Operations that take e-mails in and send them."""

from collections.abc import Mapping, Sequence
from typing import Any

from localstack.connect.api_chat import segment_attributes
from localstack.connect.api_context import Answer, Request, inbound_flow
from localstack.connect.api_engine import Engine, contact_of, live
from localstack.connect.api_errors import InvalidRequest, QuotaExceeded
from localstack.connect.directory import Instance
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.email import HTML, PLAIN, Address, Email
from localstack.connect.engine.emails import EmailPlan
from localstack.connect.engine.world import World

MOST_RECIPIENTS = 50
"""The one that the message is sent to, and 49 more."""


@live("StartEmailContact")
def start_email(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Take in a message that has come; its flow begins at once."""
    if "Attachments" in request:
        msg = "This emulator takes no Attachments of e-mails"
        raise InvalidRequest(msg)
    if "ContactFlowId" not in request:
        msg = "This emulator ties no flows to e-mail addresses: name one by ContactFlowId"
        raise InvalidRequest(msg)
    plan = EmailPlan(
        flow=inbound_flow(instance, request["ContactFlowId"]),
        email=_email(
            request,
            request["FromEmailAddress"],
            {"EmailAddress": request["DestinationEmailAddress"]},
            request.get("AdditionalRecipients") or {},
        ),
        name=request.get("Name"),
        description=request.get("Description"),
        attributes=dict(request.get("Attributes") or {}),
        references=dict(request.get("References") or {}),
        segment_attributes=segment_attributes(request.get("SegmentAttributes") or {}),
    )
    related = contact_of(world, instance, request["RelatedContactId"]) if "RelatedContactId" in request else None
    if not world.load.room(instance, "EMAIL"):
        msg = "The quota of concurrent active e-mails is used up"
        raise QuotaExceeded(msg)
    return {"ContactId": world.emails.receive(instance, plan, related=related).id}


@live("StartOutboundEmailContact")
def start_outbound(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Send a message that CreateContact has made: its outbound flow runs, then it is on its way."""
    contact = contact_of(world, instance, request["ContactId"])
    sender = request.get("FromEmailAddress") or _answering(contact)
    email = _outbound(request, sender)
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
    email = _outbound(request, request["FromEmailAddress"])
    if not world.load.room(instance, "EMAIL"):
        msg = "The quota of concurrent active e-mails is used up"
        raise QuotaExceeded(msg)
    world.drafts.campaign(instance, email, campaign)
    return {}


def _answering(contact: Contact) -> Mapping[str, Any]:
    """The mailbox to which the message was sent that this one answers."""
    asked = contact.related.email if contact.related else None
    if contact.initiation_method != "AGENT_REPLY" or asked is None:
        msg = "FromEmailAddress is needed: this emulator has no addresses of queues"
        raise InvalidRequest(msg)
    return {"EmailAddress": asked.recipient.address, "DisplayName": asked.recipient.name}


def _outbound(request: Request, sender: Mapping[str, Any]) -> Email:
    if request["EmailMessage"]["MessageSourceType"] != "RAW":
        msg = "EmailMessage of MessageSourceType TEMPLATE is not emulated: there are no message templates here"
        raise InvalidRequest(msg)
    more = request.get("AdditionalRecipients") or {}
    return _email(request, sender, request["DestinationEmailAddress"], {"CcAddresses": more.get("CcEmailAddresses")})


def _email(request: Request, sender: Mapping[str, Any], recipient: Mapping[str, Any], more: Mapping[str, Any]) -> Email:
    raw = request["EmailMessage"].get("RawMessage")
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
    local, at, domain = mailbox.partition("@")
    if not (local and at and domain) or "@" in domain:
        msg = f"{mailbox!r} is no e-mail address"
        raise InvalidRequest(msg)
    return Address(mailbox, given.get("DisplayName", ""))
