"""Messages told of on the deployed system, with policies evaluated: stream, function, role, provider, call, API."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from cli import api
from cli.http import JsonClient
from tests.support import contact_records
from tests.support.deployed_system import System, until

pytestmark = pytest.mark.e2e

TENANT = "hrgroup"
LI_NA = "+8613911110001"
MEANT = {
    "email": {"routeQueue": "after-sales"},
    "call": {"routeQueue": "after-sales", "routeTargets": "agent li.na 30 account-manager"},
    "sms": {"line": "telesales"},
}
"""What tells the box of a message, by the way in which its person is told."""


@pytest.fixture
def permitted(system: System) -> Iterator[System]:
    """Yield the system with IAM on."""
    system.control.set_auth(enabled=True)
    yield system
    system.control.set_auth(enabled=False)


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
    (topic,) = [one["TopicArn"] for one in sns.list_subscriptions()["Subscriptions"] if one["Protocol"] == "sms"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return queue


@pytest.mark.req("VML-02")
def test_the_person_of_each_box_is_told_once_as_the_contract_says(permitted: System) -> None:
    system = permitted
    queue = mailbox(system)
    system.control.http.post("/_trunkline/connect/callees", {"number": LI_NA, "script": [{"press": "1"}]})
    ids = {way: left(system, attributes) for way, attributes in MEANT.items()}
    desk = api.operator(system.stacks[TENANT], system.url).http

    def notice(way: str) -> dict[str, Any] | None:
        found = desk.get(f"/v1/voicemails/{ids[way]}")["notice"]
        return dict(found) if found["state"] in {"told", "calling", "failed"} else None

    for way in ("email", "sms"):
        assert until(lambda way=way: notice(way), way)["state"] == "told"  # type: ignore[misc]
    until(lambda: notice("call"), "a call")
    system.control.run()
    told = until(lambda: (found := notice("call")) and found["state"] == "told" and found, "a confirmed call")
    assert (told["attempts"], told["person"], told["problem"]) == (1, "li-na", None)
    mails = JsonClient(system.url).get("/_ministack/ses/messages")
    assert json.dumps(mails, ensure_ascii=False).count("after-sales@hrgroup.example") == 1
    texts = system.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    assert len(texts) == 1
    assert "***8000" in json.loads(texts[0]["Body"])["Message"]
    desk.pool.clear()
