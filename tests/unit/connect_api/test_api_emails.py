"""E-mails through the Amazon Connect API and the control API."""

from typing import Any

import pytest

from tests.support.connect_calls import Refused, refused
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
    live.address("shop@example.test", DisplayName="The Shop")
    return live


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
        {"EmailMessage": {"MessageSourceType": "RAW"}},
        {"EmailMessage": {"MessageSourceType": "RAW", "RawMessage": {**RAW, "ContentType": "image/png"}}},
        {"AdditionalRecipients": {"ToAddresses": [{"EmailAddress": "a@b.test"}] * 50}},
    ],
)
def test_a_message_that_cannot_be_taken_is_refused(mail: Live, more: dict[str, Any]) -> None:
    assert refused(mail, "StartEmailContact", **asked(**more)).code == "InvalidRequestException"


def without_flow(**more: Any) -> dict[str, Any]:
    return {key: value for key, value in asked(**more).items() if key != "ContactFlowId"}


def test_a_message_begins_with_the_flow_that_is_named_or_tied_to_its_address(mail: Live) -> None:
    with pytest.raises(Refused) as caught:
        mail("StartEmailContact", **without_flow())
    assert "ContactFlowId" in str(caught.value)
    assert refused(mail, "StartEmailContact", **asked(ContactFlowId="nowhere")).code == "ResourceNotFoundException"
    (shop,) = mail("SearchEmailAddresses")["EmailAddresses"]
    tie = {"ResourceId": shop["EmailAddressArn"], "FlowId": identifier("mail"), "ResourceType": "INBOUND_EMAIL"}
    mail("AssociateFlow", **tie)
    contact_id = mail("StartEmailContact", **without_flow())["ContactId"]
    mail.run()
    assert mail("DescribeContact", ContactId=contact_id)["Contact"]["QueueInfo"]["Id"] == identifier("support")
    written = {"from": "a@b.test", "to": "SHOP@example.test", "subject": "s", "body": "b"}
    assert mail.api.ok("POST", "/connect/emails", written)["contact_id"]
    assert mail.api.ask("POST", "/connect/emails", {**written, "to": "other@example.test"})[0] == 400


def test_a_message_to_an_alias_begins_with_the_flow_of_the_address_it_is_forwarded_to(mail: Live) -> None:
    (shop,) = mail("SearchEmailAddresses")["EmailAddresses"]
    alias = mail.address("sales@example.test")
    same = {"EmailAddressId": shop["EmailAddressId"], "AliasConfiguration": {"EmailAddressId": alias}}
    mail("AssociateEmailAddressAlias", **same)
    tie = {"ResourceId": shop["EmailAddressId"], "FlowId": identifier("mail"), "ResourceType": "INBOUND_EMAIL"}
    mail("AssociateFlow", **tie)
    contact_id = mail("StartEmailContact", **without_flow(DestinationEmailAddress="sales@example.test"))["ContactId"]
    shown = mail("DescribeContact", ContactId=contact_id)["Contact"]
    assert shown["SystemEndpoint"]["Address"] == "sales@example.test"


def test_a_message_to_an_address_that_is_not_ours_is_refused(mail: Live) -> None:
    refusal = refused(mail, "StartEmailContact", **asked(DestinationEmailAddress="nobody@example.test"))
    assert refusal.code == "ResourceNotFoundException"
    draft = begun(mail, "FLOW")
    stranger = {"FromEmailAddress": {"EmailAddress": "stranger@example.test"}}
    refusal = refused(mail, "StartOutboundEmailContact", ContactId=draft, **OUT, **stranger)
    assert refusal.code == "ResourceNotFoundException"


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


OUT = {
    "DestinationEmailAddress": {"EmailAddress": "mei@example.test", "DisplayName": "Mei"},
    "EmailMessage": {"MessageSourceType": "RAW", "RawMessage": RAW},
}
FROM = {"FromEmailAddress": {"EmailAddress": "shop@example.test"}}


def begun(mail: Live, method: str = "OUTBOUND", **more: Any) -> str:
    """A message that is still to be written."""
    user = {} if method == "FLOW" else {"UserInfo": {"UserId": mail.api.user.id}}
    return str(mail("CreateContact", Channel="EMAIL", InitiationMethod=method, **user, **more)["ContactId"])


def test_an_agent_writes_to_a_customer_of_his_own_accord(mail: Live) -> None:
    draft = begun(mail, Attributes={"order": "7"})
    screen = mail.api.ok("GET", "/connect/agents/li.na")
    assert [(one["contact_id"], one["state"]) for one in screen["contacts"]] == [(draft, "CONNECTED")]
    copies = {"CcEmailAddresses": [{"EmailAddress": "boss@example.test"}]}
    assert mail("StartOutboundEmailContact", ContactId=draft, **OUT, **FROM, AdditionalRecipients=copies) == {
        "ContactId": draft
    }
    mail.api.ok("POST", "/connect/agents/li.na/close", {})
    mail.run()
    (record,) = mail.record(draft)
    assert (record["InitiationMethod"], record["DisconnectReason"]) == ("OUTBOUND", "AGENT_DISCONNECT")
    assert (record["Agent"]["Username"], record["Attributes"]) == ("li.na", {"order": "7"})
    assert record["CustomerEndpoint"]["Address"] == "mei@example.test"
    assert record["SystemEndpoint"]["Address"] == "shop@example.test"
    assert [one["Address"] for one in record["AdditionalEmailRecipients"]["CcList"]] == ["boss@example.test"]
    (listed,) = mail.api.ok("GET", "/connect/emails")["emails"]
    assert (listed["contact_id"], listed["subject"], listed["state"]) == (draft, "My parcel", "ended")
    assert refused(mail, "StartOutboundEmailContact", ContactId=draft, **OUT, **FROM).code == "InvalidRequestException"


def test_an_answer_that_is_sent_through_the_api_comes_from_the_mailbox_that_was_written_to(mail: Live) -> None:
    asked_ = mail("StartEmailContact", **asked())["ContactId"]
    mail.run()
    mail.api.ok("POST", "/connect/agents/li.na/accept", {})
    answer = begun(mail, "AGENT_REPLY", RelatedContactId=asked_)
    mail("StartOutboundEmailContact", ContactId=answer, **OUT)
    told = mail.api.ok("GET", f"/connect/emails/{asked_}")["replies"]
    assert [one["contact_id"] for one in told] == [answer]
    shown = mail("DescribeContact", ContactId=answer)["Contact"]
    assert (shown["SystemEndpoint"]["Address"], shown["RelatedContactId"]) == ("shop@example.test", asked_)


def test_a_message_of_a_flow_needs_no_agent(mail: Live) -> None:
    draft = begun(mail, "FLOW")
    assert refused(mail, "StartOutboundEmailContact", ContactId=draft, **OUT).code == "InvalidRequestException"
    mail("StartOutboundEmailContact", ContactId=draft, **OUT, **FROM)
    mail.run()
    (record,) = mail.record(draft)
    assert (record["Agent"], record["DisconnectReason"]) == (None, "API")


def test_a_message_that_is_never_written_is_discarded_or_expires(mail: Live) -> None:
    thrown, forgotten = begun(mail), begun(mail, "FLOW", ExpiryDurationInMinutes=5)
    mail.api.ok("POST", "/connect/agents/li.na/hang-up", {})
    mail.api.ok("POST", "/connect/agents/li.na/close", {})
    mail.run("2026-03-02T01:06:00Z")
    assert [mail.record(one)[0]["DisconnectReason"] for one in (thrown, forgotten)] == ["DISCARDED", "EXPIRED"]


def test_a_campaign_sends_messages_without_asking_anybody(mail: Live) -> None:
    campaign = {"CampaignId": "spring", "OutboundRequestId": "1" * 36}
    mail("SendOutboundEmail", **OUT, **FROM, TrafficType="CAMPAIGN", SourceCampaign=campaign)
    mail.run()
    (listed,) = mail.api.ok("GET", "/connect/emails")["emails"]
    (record,) = mail.record(listed["contact_id"])
    assert (record["Campaign"], record["DisconnectReason"]) == ({"CampaignId": "spring"}, "API")
    assert refused(mail, "SendOutboundEmail", **OUT, **FROM, TrafficType="GENERAL").code == "InvalidRequestException"


def test_messages_that_cannot_go_out_are_refused(mail: Live) -> None:
    user = {"UserInfo": {"UserId": mail.api.user.id}}
    message = {"Channel": "EMAIL", "InitiationMethod": "AGENT_REPLY"}
    assert refused(mail, "CreateContact", **message, **user).code == "InvalidRequestException"
    refusal = refused(mail, "CreateContact", **{**message, "InitiationMethod": "OUTBOUND"})
    assert refusal.code == "InvalidRequestException"
    refusal = refused(mail, "CreateContact", **{**message, "InitiationMethod": "FLOW"}, **user)
    assert refusal.code == "InvalidRequestException"
    came = mail("StartEmailContact", **asked())["ContactId"]
    assert refused(mail, "StartOutboundEmailContact", ContactId=came, **OUT, **FROM).code == "InvalidRequestException"


TEMPLATES = {
    "receipt": {
        "subject": "Order {{Attributes.order}}",
        "body": "<p>Dear {{ Attributes.Customer.FirstName }}, {{Attributes.greeting}} {{Attributes.nothing}}</p>",
        "content_type": "text/html",
        "defaults": {"greeting": "thank you"},
    },
    "short": {"channel": "SMS", "body": "Order {{Attributes.order}} is on its way"},
}


def by_template(name: str, **attributes: Any) -> dict[str, Any]:
    config = {"KnowledgeBaseId": "kb", "MessageTemplateId": name, "TemplateAttributes": attributes}
    return {**OUT, "EmailMessage": {"MessageSourceType": "TEMPLATE", "TemplatedMessageConfig": config}}


def test_a_message_is_written_by_template(mail: Live) -> None:
    mail.api.ok("POST", "/connect/providers", {"templates": TEMPLATES})
    draft = begun(mail, "FLOW")
    values = {"CustomAttributes": {"order": "7"}, "CustomerProfileAttributes": '{"firstName": "Mei"}'}
    named = "arn:aws:wisdom:us-east-1:000000000000:message-template/kb/receipt:$ACTIVE_VERSION"
    mail("StartOutboundEmailContact", ContactId=draft, **by_template(named, **values), **FROM)
    (listed,) = mail.api.ok("GET", "/connect/emails")["emails"]
    assert listed["subject"] == "Order 7"
    assert listed["body"] == "<p>Dear Mei, thank you {{Attributes.nothing}}</p>", "without a value it stays"
    told = mail.api.ok("GET", f"/connect/emails/{draft}")
    assert told["plain"] == "Dear Mei, thank you {{Attributes.nothing}}"


def test_a_template_that_there_is_not_or_whose_values_cannot_be_read_is_refused(mail: Live) -> None:
    mail.api.ok("POST", "/connect/providers", {"templates": TEMPLATES})
    draft = begun(mail, "FLOW")
    send = {"ContactId": draft, **FROM}
    for name in ("unknown", "short"):
        refusal = refused(mail, "StartOutboundEmailContact", **send, **by_template(name))
        assert refusal.code == "ResourceNotFoundException"
    wrong = by_template("receipt", CustomerProfileAttributes="firstName=Mei")
    assert refused(mail, "StartOutboundEmailContact", **send, **wrong).code == "InvalidRequestException"
    bare = {**OUT, "EmailMessage": {"MessageSourceType": "TEMPLATE"}}
    assert refused(mail, "StartOutboundEmailContact", **send, **bare).code == "InvalidRequestException"
    for wrong_ in (
        {"receipt": {"body": "x", "channel": "FAX"}},
        {"receipt": {}},
        {"receipt": {"body": "x", "to": "y"}},
    ):
        assert mail.api.ask("POST", "/connect/providers", {"templates": wrong_})[0] == 400


def test_an_agent_of_a_queue_with_an_address_need_not_say_from_where_he_writes(mail: Live) -> None:
    (shop,) = mail("SearchEmailAddresses")["EmailAddresses"]
    config = {"OutboundEmailAddressId": shop["EmailAddressId"]}
    mail("UpdateQueueOutboundEmailConfig", QueueId=identifier("support"), OutboundEmailConfig=config)
    assert mail("DescribeQueue", QueueId=identifier("support"))["Queue"]["OutboundEmailConfig"] == config
    draft = begun(mail)
    mail("StartOutboundEmailContact", ContactId=draft, **OUT)
    shown = mail("DescribeContact", ContactId=draft)["Contact"]
    assert shown["SystemEndpoint"]["Address"] == "shop@example.test"
    refusal = refused(mail, "DeleteEmailAddress", EmailAddressId=shop["EmailAddressId"])
    assert refusal.code == "ResourceConflictException"
