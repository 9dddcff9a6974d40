"""E-mails: routed like calls, stored, read by flows, answered by contacts of their own."""

import json
from typing import Any

import pytest

from localstack.connect.directory import Queue, RoutingProfile
from localstack.connect.engine import transfers
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.email import HTML, Address, Email
from localstack.connect.engine.emails import EmailPlan
from localstack.connect.engine.parts import State
from localstack.connect.engine.staff import Activity, Agent
from tests.support.connect_ports import FUNCTION
from tests.support.connect_world import Small, action, identifier, kinds, say, to_queue

MEI, SHOP = Address("mei@example.test", "Mei"), Address("shop@example.test")
HELP = Email(
    sender=MEI,
    recipient=SHOP,
    subject="My parcel",
    body="<p>It is <b>lost</b> &amp; gone.</p><style>p {}</style><p>Refund, please.</p>",
    content_type=HTML,
    cc=(Address("boss@example.test"),),
    headers={"MESSAGE_ID": "<1@example.test>", "X_SES_SPAM_VERDICT": "PASS"},
)


def mailbox(*before: Any, stored: bool = True) -> Small:
    small = Small()
    small.queue("support")
    small.profile("support", ("support", 1, 0), concurrency={"VOICE": 1, "EMAIL": 2})
    small.flow("mail", *before, say("hello", "Nobody reads this", "set"), *to_queue("support"))
    if stored:
        small.put(small._storage("EMAIL_MESSAGES", storage_type="S3", bucket="mail", prefix="connect/small"))
    return small


def receive(small: Small, email: Email = HELP, **plan: Any) -> Contact:
    flow = small.instance.flows[identifier("mail")]
    return small.world.emails.receive(small.instance, EmailPlan(flow=flow, email=email, **plan))


def person(small: Small) -> Agent:
    profile = small.instance.named(RoutingProfile, "support")
    assert profile is not None
    return small.agent("li.na", profile, person=True)


def key(contact: Contact, ending: str) -> str:
    return f"mail/connect/small/EmailMessages/2026/03/02/{contact.id}_20260302T01:00_UTC.{ending}"


def test_a_message_is_routed_answered_and_recorded() -> None:
    small = mailbox()
    agent = person(small)
    mail = receive(small, attributes={"tier": "gold"})
    small.run()
    small.world.desks.accept(agent, mail)
    reply = small.world.emails.reply(agent, mail, "We look for it.")
    assert mail.state is State.CONNECTED, "the message stays with the agent"
    small.world.joining.hang_up(agent, mail)
    small.world.desks.close(agent, mail)
    small.run()
    record, answer = small.record_of(mail), small.record_of(reply)
    assert (record["Channel"], record["InitiationMethod"]) == ("EMAIL", "INBOUND")
    assert record["DisconnectReason"] == "AGENT_DISCONNECT"
    assert record["CustomerEndpoint"] == {"Address": MEI.address, "Type": "EMAIL_ADDRESS"}
    assert record["SystemEndpoint"] == {"Address": SHOP.address, "Type": "EMAIL_ADDRESS"}
    assert record["AdditionalEmailRecipients"]["CcList"] == [{"Address": "boss@example.test", "Type": "EMAIL_ADDRESS"}]
    assert record["SegmentAttributes"] == {
        "connect:Subtype": {"ValueString": "connect:Email"},
        "connect:Direction": {"ValueString": "INBOUND"},
        "connect:EmailSubject": {"ValueString": "My parcel"},
        "connect:X-SES-SPAM-VERDICT": {"ValueString": "PASS"},
    }
    assert [(one["Name"], one["Value"]) for one in record["References"]] == [
        ("EMAIL_MESSAGE", key(mail, "json")),
        ("EMAIL_MESSAGE_PLAIN_TEXT", key(mail, "txt")),
    ]
    assert "hears" not in kinds(mail)
    assert (answer["InitiationMethod"], answer["RelatedContactId"]) == ("AGENT_REPLY", mail.id)
    assert answer["PreviousContactId"] is None
    assert answer["SegmentAttributes"]["connect:EmailSubject"] == {"ValueString": "Re: My parcel"}
    assert answer["SegmentAttributes"]["connect:Direction"] == {"ValueString": "OUTBOUND"}
    assert answer["Agent"]["Username"] == "li.na"
    assert answer["Queue"] is None
    assert small.timeline_is_empty()


def test_what_was_written_is_kept_as_it_came_and_as_plain_text() -> None:
    small = mailbox()
    mail = receive(small)
    small.run()
    kept = json.loads(small.cloud.objects[key(mail, "json")])
    assert (kept["subject"], kept["contentType"], kept["from"]["DisplayName"]) == ("My parcel", HTML, "Mei")
    assert small.cloud.objects[key(mail, "txt")].decode() == "It is lost & gone.\nRefund, please."


def test_a_flow_reads_subject_recipients_and_text_and_tells_a_function() -> None:
    load = action("load", "LoadContactContent", {}, "ask", errors={"NoMatchingError": "bye"})
    ask = action(
        "ask", "InvokeLambdaFunction",
        {
            "LambdaFunctionARN": f"{FUNCTION}sort",
            "InvocationTimeLimitSeconds": "3",
            "LambdaInvocationAttributes": {
                "text": "$.Email.EmailMessage.Plaintext",
                "subject": "$.SegmentAttributes['connect:EmailSubject']",
                "from": "$.CustomerEndpoint.Address",
                "name": "$.CustomerEndpoint.DisplayName",
                "cc": "$.AdditionalEmailRecipients.CcList",
            },
        },
        "hello", errors={"NoMatchingError": "bye"},
    )  # fmt: skip
    small = mailbox(load, ask)
    small.lambdas.answers["sort"] = {}
    receive(small)
    small.run()
    (_, event) = small.lambdas.events[0]
    assert event["Details"]["Parameters"] == {
        "text": "It is lost & gone.\nRefund, please.",
        "subject": "My parcel",
        "from": MEI.address,
        "name": "Mei",
        "cc": "boss@example.test",
    }
    assert event["Details"]["ContactData"]["Channel"] == "EMAIL"
    assert event["Details"]["ContactData"]["CustomerEndpoint"]["Type"] == "EMAIL_ADDRESS"


@pytest.mark.parametrize(("stored", "body"), [(False, "short"), (True, "x" * 32_769)])
def test_a_message_that_is_not_stored_or_too_long_cannot_be_loaded(*, stored: bool, body: str) -> None:
    tag = action("no", "TagContact", {"Tags": {"way": "error"}}, "bye", errors={"NoMatchingError": "bye"})
    small = mailbox(
        action("load", "LoadContactContent", {}, "bye", errors={"NoMatchingError": "no"}), tag, stored=stored
    )
    mail = receive(small, Email(sender=MEI, recipient=SHOP, subject="s", body=body))
    small.run()
    assert mail.tags == {"way": "error"}


def test_a_message_that_is_handed_on_goes_to_the_next_agent_with_its_text() -> None:
    small = mailbox()
    small.queue("second")
    profile = small.profile("second", ("second", 1, 0), concurrency={"EMAIL": 1})
    agent = person(small)
    other = small.agent("wang.wei", profile, person=True)
    mail = receive(small)
    small.run()
    small.world.desks.accept(agent, mail)
    queue = small.instance.named(Queue, "second")
    assert queue is not None
    new = small.world.transfers.start(agent, mail, transfers.Destination(queue, None))
    small.world.desks.accept(other, new)
    assert new.email is HELP
    reply = small.world.emails.reply(other, new, "Here it is.")
    assert reply.email is not None
    assert reply.email.headers == {"IN_REPLY_TO": "<1@example.test>"}
    assert mail.disconnect_reason == "TRANSFERRED"
    with pytest.raises(ValueError, match="no such message"):
        small.world.emails.reply(agent, mail, "me too")


def test_the_outbound_flow_of_the_instance_runs_before_an_answer_is_sent() -> None:
    small = mailbox()
    small.flow("Default outbound", action("t", "TagContact", {"Tags": {"seen": "yes"}}, "end"),
               action("end", "EndFlowExecution"), kind="OUTBOUND_WHISPER")  # fmt: skip
    agent = person(small)
    mail = receive(small)
    small.run()
    small.world.desks.accept(agent, mail)
    reply = small.world.emails.reply(agent, mail, "We look for it.")
    small.run()
    assert reply.tags == {"seen": "yes"}
    assert reply.ended


def test_a_message_cannot_be_put_on_hold_and_takes_a_slot_of_its_own() -> None:
    small = mailbox()
    agent = person(small)
    first, second, third = (receive(small) for _ in range(3))
    for mail in (first, second):
        small.run()
        small.world.desks.accept(agent, mail)
    small.run()
    assert third.state is State.QUEUED
    assert [one.activity for one in agent.desk.values()] == [Activity.CONNECTED, Activity.CONNECTED]
    with pytest.raises(ValueError, match="cannot be put on hold"):
        small.world.holds.hold(agent, first)
