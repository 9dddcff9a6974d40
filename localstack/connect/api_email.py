"""Operations that begin e-mail contacts."""

from collections.abc import Mapping, Sequence
from typing import Any

from localstack.connect.api_chat import segment_attributes
from localstack.connect.api_context import Answer, Request, inbound_flow
from localstack.connect.api_engine import Engine, contact_of, live
from localstack.connect.api_errors import InvalidRequest, QuotaExceeded
from localstack.connect.directory import Instance
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
        email=_email(request),
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


def _email(request: Request) -> Email:
    raw = request["EmailMessage"].get("RawMessage")
    if raw is None or raw["ContentType"] not in (PLAIN, HTML):
        msg = f"EmailMessage needs a RawMessage of {PLAIN} or {HTML}"
        raise InvalidRequest(msg)
    more = request.get("AdditionalRecipients") or {}
    to, cc = _addresses(more.get("ToAddresses") or ()), _addresses(more.get("CcAddresses") or ())
    if 1 + len(to) + len(cc) > MOST_RECIPIENTS:
        msg = f"A message has at most {MOST_RECIPIENTS} recipients"
        raise InvalidRequest(msg)
    return Email(
        sender=_address(request["FromEmailAddress"]),
        recipient=_address({"EmailAddress": request["DestinationEmailAddress"]}),
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
