"""E-mails through the Amazon Connect API and the control API."""

from typing import Any

import pytest

from tests.support.connect_calls import Refused
from tests.support.connect_world import identifier, to_queue
from tests.support.live_connect import Live

RAW = {"Subject": "My parcel", "Body": "It is lost.", "ContentType": "text/plain"}


def asked(**more: Any) -> dict[str, Any]:
    return {
        "FromEmailAddress": {"EmailAddress": "mei@example.test", "DisplayName": "Mei"},
        "DestinationEmailAddress": "shop@example.test",
        "EmailMessage": {"MessageSourceType": "RAW", "RawMessage": RAW},
        "ContactFlowId": identifier("mail"),
        **more,
    }


@pytest.fixture
def mail(live: Live) -> Live:
    live.small.profile("support", ("support", 1, 0), concurrency={"VOICE": 1, "EMAIL": 2})
    live.small.flow("mail", *to_queue("support"))
    live.api.sign_in(person=True)
    return live


def refused(live: Live, code: str, **more: Any) -> str:
    with pytest.raises(Refused) as caught:
        live("StartEmailContact", **asked(**more))
    assert caught.value.code == code
    return str(caught.value.document)


def test_a_message_comes_in_and_is_answered(mail: Live) -> None:
    first = mail("StartEmailContact", **asked(ClientToken="t"))["ContactId"]
    assert mail("StartEmailContact", **asked(ClientToken="t"))["ContactId"] == first
    mail.run()
    mail.api.ok("POST", "/connect/agents/li.na/accept", {})
    mail.api.ok("POST", "/connect/agents/li.na/reply", {"body": "We look for it."})
    told = mail.api.ok("GET", f"/connect/emails/{first}")
    assert (told["state"], told["plain"]) == ("connected", "It is lost.")
    (reply,) = told["replies"]
    assert (reply["to"], reply["subject"]) == ("mei@example.test", "Re: My parcel")
    shown = mail("DescribeContact", ContactId=reply["contact_id"])["Contact"]
    assert (shown["InitiationMethod"], shown["RelatedContactId"]) == ("AGENT_REPLY", first)
    shown = mail("DescribeContact", ContactId=first)["Contact"]
    assert shown["CustomerEndpoint"] == {"Type": "EMAIL_ADDRESS", "Address": "mei@example.test"}
    mail("StopContact", ContactId=first)
    mail.api.ok("POST", "/connect/agents/li.na/close", {})
    mail.run()
    assert mail.record(first)[0]["DisconnectReason"] == "API"


@pytest.mark.parametrize(
    "more",
    [
        {"Attachments": [{"FileName": "a", "S3Url": "s3://b/k"}]},
        {"EmailMessage": {"MessageSourceType": "RAW"}},
        {"EmailMessage": {"MessageSourceType": "RAW", "RawMessage": {**RAW, "ContentType": "image/png"}}},
        {"DestinationEmailAddress": "nobody"},
        {"AdditionalRecipients": {"ToAddresses": [{"EmailAddress": "a@b.test"}] * 50}},
    ],
)
def test_a_message_that_cannot_be_taken_is_refused(mail: Live, more: dict[str, Any]) -> None:
    refused(mail, "InvalidRequestException", **more)


def test_a_flow_must_be_named(mail: Live) -> None:
    with pytest.raises(Refused) as caught:
        mail("StartEmailContact", **{key: value for key, value in asked().items() if key != "ContactFlowId"})
    assert "ContactFlowId" in str(caught.value)
    refused(mail, "ResourceNotFoundException", ContactFlowId="nowhere")


def test_the_api_hands_a_message_on(mail: Live) -> None:
    contact_id = mail("StartEmailContact", **asked())["ContactId"]
    mail.run()
    queue = mail.second_queue()
    moved = mail("TransferContact", ContactId=contact_id, QueueId=queue.id, ContactFlowId=mail.transfer_flow().id)
    mail.run()
    assert mail.record(contact_id)[0]["DisconnectReason"] == "TRANSFERRED"
    assert mail("DescribeContact", ContactId=moved["ContactId"])["Contact"]["QueueInfo"]["Id"] == queue.id


def test_the_control_api_writes_a_message(mail: Live) -> None:
    body = {"flow": "mail", "from": "mei@example.test", "to": "shop@example.test", "subject": "s", "body": "<b>x</b>"}
    contact_id = mail.api.ok("POST", "/connect/emails", {**body, "content_type": "text/html"})["contact_id"]
    assert mail.api.ok("GET", f"/connect/emails/{contact_id}")["plain"] == "x"
    assert mail.api.ask("POST", "/connect/emails", {**body, "content_type": "image/png"})[0] == 400
    assert mail.api.ask("GET", "/connect/emails/nobody")[0] == 404
