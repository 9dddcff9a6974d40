"""User-defined attributes that a request gives a new contact: their keys, and how much they hold (3, 13.2)."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.connect_calls import Refused
from tests.support.connect_world import NUMBER, identifier, to_queue
from tests.support.live_connect import Live

RAW = {"Subject": "s", "Body": "b", "ContentType": "text/plain"}
WHO = {"ParticipantDetails": {"DisplayName": "Mei"}}
STARTS: dict[str, Callable[[str], dict[str, Any]]] = {
    "StartChatContact": lambda flow: {"ContactFlowId": flow, **WHO},
    "StartWebRTCContact": lambda flow: {"ContactFlowId": flow, **WHO},
    "StartTaskContact": lambda flow: {"ContactFlowId": flow, "Name": "t"},
    "StartOutboundVoiceContact": lambda flow: {
        "ContactFlowId": flow,
        "DestinationPhoneNumber": "+8613800000009",
        "SourcePhoneNumber": NUMBER,
    },
    "StartEmailContact": lambda flow: {
        "ContactFlowId": flow,
        "FromEmailAddress": {"EmailAddress": "mei@example.test"},
        "DestinationEmailAddress": "shop@example.test",
        "EmailMessage": {"MessageSourceType": "RAW", "RawMessage": RAW},
    },
    "CreateContact": lambda _flow: {"Channel": "EMAIL", "InitiationMethod": "FLOW"},
}


@pytest.mark.parametrize("operation", STARTS)
def test_keys_hold_letters_digits_dashes_and_underscores_and_all_together_32_kb(live: Live, operation: str) -> None:
    live.small.flow("any", *to_queue("support"))
    live.address("shop@example.test")
    asked = STARTS[operation](identifier("any"))
    largest = {"a-b_C9": "x" * (32_768 - 6)}
    assert live(operation, **asked, Attributes=largest)["ContactId"]
    for wrong in ({"a b": "c"}, {"$.x": "c"}, {"größe": "c"}, {**largest, "d": ""}):
        with pytest.raises(Refused) as caught:
            live(operation, **asked, Attributes=wrong)
        assert caught.value.code in {"InvalidParameterException", "InvalidRequestException"}, wrong
