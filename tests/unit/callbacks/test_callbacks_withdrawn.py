"""Callbacks that nobody needs any more: which contacts of a chain are stopped, and what Amazon Connect may answer."""

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.callbacks import flow
from chalicelib.callbacks.connect import Planned
from chalicelib.callbacks.service import Withdrawals
from chalicelib.platform.errors import Throttled
from chalicelib.platform.flow_door import ContactFlowEvent

INSTANCE = "arn:aws:connect:us-east-1:000000000000:instance/one"
CALL = "call"


class Connect:
    """An instance in which these contacts belong together; stopping one answers `refusal`, when there is one."""

    def __init__(self, *contacts: Mapping[str, Any], refusal: str = "") -> None:
        self.contacts, self.refusal = contacts, refusal
        self.stopped: list[str] = []

    def list_associated_contacts(self, **request: Any) -> Mapping[str, Any]:
        assert request["InstanceId"] == "one"
        return {"ContactSummaryList": [{"ContactId": CALL, "InitiationMethod": "INBOUND"}, *self.contacts]}

    def stop_contact(self, **request: Any) -> Mapping[str, Any]:
        if self.refusal:
            raise ClientError({"Error": {"Code": self.refusal, "Message": "no"}}, "StopContact")
        self.stopped.append(request["ContactId"])
        return {}


def callback(contact_id: str, **more: Any) -> dict[str, Any]:
    return {"ContactId": contact_id, "InitiationMethod": "CALLBACK", "PreviousContactId": CALL, **more}


def reason(connect: Connect) -> str:
    withdrawals = Withdrawals(lambda arn: Planned(connect, arn.rpartition("/")[2]))
    event = ContactFlowEvent(contact_id=CALL, instance_arn=INSTANCE, parameters={"event": "answered"})
    promises: Any = None  # not asked
    answer = flow.serve(event, promises, withdrawals)
    assert answer["accepted"] == "false"
    return answer["reason"]


def test_only_a_callback_that_was_asked_for_in_the_answered_contact_and_is_still_to_come_is_stopped() -> None:
    connect = Connect(
        callback("planned"),
        callback("over", DisconnectTimestamp="2026-03-02T01:00:00Z"),
        callback("of an earlier contact", PreviousContactId="another"),
        callback("handed on", InitiationMethod="TRANSFER"),
    )
    assert reason(connect) == "withdrawn"
    assert connect.stopped == ["planned"]


@pytest.mark.parametrize(
    "refusal", ["ContactNotFoundException", "InvalidRequestException", "ResourceNotFoundException"]
)
def test_one_that_is_over_meanwhile_needs_no_stopping(refusal: str) -> None:
    assert reason(Connect(callback("planned"), refusal=refusal)) == "none"


def test_a_call_without_a_callback_has_nothing_to_stop() -> None:
    assert reason(Connect()) == "none"


def test_when_amazon_connect_asks_for_patience_that_is_said() -> None:
    with pytest.raises(Throttled):
        reason(Connect(callback("planned"), refusal="ThrottlingException"))
