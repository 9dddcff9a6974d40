"""Messages told of and callers called back on the deployed system: stream, function, role, provider, call, API."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from cli import api
from cli.api import NOT_FOUND
from cli.control import PlannedCall, SimulatedAgent
from cli.http import JsonClient, Refused
from tests.support import contact_records
from tests.support.deployed_system import System, until

pytestmark = pytest.mark.e2e

TENANT = "hrgroup"
LI_NA = "+8613911110001"
CALLER = "+8613700004444"
MEANT = {
    "email": {"routeQueue": "after-sales"},
    "call": {"routeQueue": "after-sales", "routeTargets": "agent li.na 30 account-manager"},
    "sms": {"line": "telesales"},
}
"""What tells the box of a message, by the way in which its person is told."""
TO_AFTER_SALES = ({"press": "1"}, {"press": ""}, {"press": "1"})
"""Mandarin, no customer number, questions."""
CALL_ME_BACK = ({"press": "1"}, {"press": "1"})
"""Behind an announcement: a callback, to this telephone."""


@pytest.fixture
def desk(system: System) -> Iterator[JsonClient]:
    http = api.operator(system.stacks[TENANT], system.url).http
    yield http
    http.pool.clear()


@pytest.fixture
def permitted(system: System) -> Iterator[System]:
    """Yield the system with IAM on."""
    system.set_policies(enabled=True)
    yield system
    system.set_policies(enabled=False)


def left(system: System, attributes: dict[str, str]) -> str:
    """Put the record of a call that left a message on the tenant's stream; return the contact's id."""
    stack, contact_id = system.stacks[TENANT], str(uuid.uuid4())
    now = f"{system.control.now():%Y-%m-%dT%H:%M:%SZ}"
    record = contact_records.record(
        contact_id,
        InstanceARN=stack.output("InstanceArn"), Agent=None, Queue=None, InitiationTimestamp=now,
        LastUpdateTimestamp=now,
        ConnectedToSystemTimestamp=now, DisconnectTimestamp=now, Attributes={"voicemail": "true", **attributes},
        SystemEndpoint={"Address": contact_records.TELESALES, "Type": "TELEPHONE_NUMBER"},
    )  # fmt: skip
    system.client("kinesis").put_record(
        StreamName=stack.output("ContactRecordStream"), PartitionKey=contact_id, Data=json.dumps(record).encode()
    )
    return contact_id


def mailbox(system: System) -> Any:
    """Return a queue that hears what the duty manager's telephone is sent."""
    sqs, sns = system.client("sqs"), system.client("sns")
    queue = sqs.create_queue(QueueName=f"duty-{uuid.uuid4()}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    allowed = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{**allowed, "Resource": arn}]})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    (topic,) = [one["TopicArn"] for one in sns.list_subscriptions()["Subscriptions"] if one["Protocol"] == "sms"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return queue


@pytest.mark.req("VML-02")
def test_the_person_of_each_box_is_told_once_as_the_contract_says(permitted: System, desk: JsonClient) -> None:
    system = permitted
    queue = mailbox(system)
    system.control.http.post("/_trunkline/connect/callees", {"number": LI_NA, "script": [{"press": "1"}]})
    ids = {way: left(system, attributes) for way, attributes in MEANT.items()}

    def notice(way: str, *states: str) -> dict[str, Any] | None:
        try:
            found = desk.get(f"/v1/voicemails/{ids[way]}")["notice"]
        except Refused as refusal:
            if refusal.http_status != NOT_FOUND:
                raise
            return None  # the record is still on its way
        return dict(found) if found["state"] in states else None

    for way in ("email", "sms"):
        told = until(lambda way=way: notice(way, "told", "failed"), way)  # type: ignore[misc]
        assert (told["state"], told["problem"]) == ("told", None), way
    until(lambda: notice("call", "calling", "failed"), "a call")
    system.control.run()
    told = until(lambda: notice("call", "told", "failed"), "a confirmed call")
    assert (told["state"], told["attempts"], told["person"], told["problem"]) == ("told", 1, "li-na", None)
    mails = JsonClient(system.url).get("/_ministack/ses/messages")
    assert json.dumps(mails, ensure_ascii=False).count("after-sales@hrgroup.example") == 1
    sqs = system.client("sqs")
    (text,) = until(lambda: sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"), "an SMS")
    assert "***8000" in json.loads(text["Body"])["Message"]


@pytest.mark.req("QUE-03")
def test_a_caller_who_waits_is_promised_a_callback_and_it_is_closed_when_he_is_reached(
    system: System, desk: JsonClient
) -> None:
    instance = system.stacks[TENANT].output("InstanceId")
    present = [str(one["username"]) for one in system.control.agents(instance) if one["status"] == "Available"]
    system.control.sign_in(instance, [SimulatedAgent(name, 30, 5, status="Lunch") for name in present])
    asked = system.control.call(
        PlannedCall(to=contact_records.AFTER_SALES, from_=CALLER, script=(*TO_AFTER_SALES, *CALL_ME_BACK))
    )
    system.control.run(max_s=120)
    call = system.control.look(asked)
    assert call.ended, [event.text for event in call.events]

    def stands(state: str) -> bool:
        found = desk.get("/v1/callbacks", {"state": state})["callbacks"]
        return CALLER in [one["phone"] for one in found]

    until(lambda: stands("open"), "the promise")
    system.control.sign_in(instance, [SimulatedAgent(name, 30, 5) for name in present])
    system.control.run()
    until(lambda: stands("reached"), "the callback that was answered")
    assert not stands("open")
