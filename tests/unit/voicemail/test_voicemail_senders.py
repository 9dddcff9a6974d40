"""What goes out to the person of a message box: by which provider, in which words (VML-02)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from chalicelib.voicemail.models import Message, Notice, Reason, Recipient, Way
from chalicelib.voicemail.notice_words import said
from chalicelib.voicemail.notices import NotSent
from chalicelib.voicemail.senders import Call, Email, Sms
from tests.support.tenants import tenant

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
"""Monday, 12:00 in Shanghai."""
HR = tenant("hrgroup")
LEFT = Message(id="m-1", at=NOON, box="service-desk", line="after-sales", reason=Reason.CHOICE)


@dataclass
class Provider:
    """Any provider's client: keeps what it was asked for, or refuses."""

    refusal: Exception | None = None
    asked: list[Mapping[str, Any]] = field(default_factory=list)

    def take(self, **request: Any) -> Mapping[str, Any]:
        if self.refusal is not None:
            raise self.refusal
        self.asked.append(request)
        return {}

    publish = send_email = start_outbound_voice_contact = take


DESK = Recipient(way=Way.EMAIL, person="desk", reached_at="desk@hrgroup.example", box_name="After-sales desk")


@pytest.mark.parametrize(
    ("refusal", "problem"),
    [
        (
            ClientError({"Error": {"Code": "MessageRejected", "Message": "not verified"}}, "SendEmail"),
            "MessageRejected",
        ),
        (ConnectTimeoutError(endpoint_url="http://127.0.0.1"), "ConnectTimeoutError"),
    ],
)
def test_a_providers_refusal_is_told_in_its_own_word(refusal: Exception, problem: str) -> None:
    senders: list[Sms | Email | Call] = [
        Sms(Provider(refusal), {"desk": "arn:topic"}, HR),
        Email(Provider(refusal), HR),
        Call(Provider(refusal), "i", "f", HR),
    ]
    notice = Notice(id="m-1", box="service-desk", left_at=NOON, due_at=NOON, attempts=1)
    for sender in senders:
        with pytest.raises(NotSent) as caught:
            sender.send(DESK, LEFT, notice)
        assert caught.value.facts["problem"] == problem


def test_each_provider_is_asked_for_what_the_contract_says_and_no_whole_number_is_written() -> None:
    notice = Notice(id="m-1", box="service-desk", left_at=NOON, due_at=NOON, attempts=2)
    sms, email, call = Provider(), Provider(), Provider()
    left = replace(LEFT, caller="+8613800138000")
    Sms(sms, {"desk": "arn:topic"}, HR).send(DESK, left, notice)
    Email(email, HR).send(DESK, left, notice)
    Call(call, "i", "f", HR).send(DESK, left, notice)
    assert sms.asked[0]["TopicArn"] == "arn:topic"
    assert "***8000" in sms.asked[0]["Message"]
    assert email.asked[0]["Source"] == "voicemail@hrgroup.example"
    assert email.asked[0]["Destination"] == {"ToAddresses": ["desk@hrgroup.example"]}
    assert call.asked[0]["SourcePhoneNumber"] == "+864008601234"
    assert call.asked[0]["ClientToken"] == "m-1-2"
    assert call.asked[0]["Attributes"]["noticeOf"] == "m-1 2"
    assert "13800138000" not in str([*sms.asked, *email.asked, *call.asked])
    with pytest.raises(NotSent):
        Sms(sms, {}, HR).send(DESK, left, notice)


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_a_notice_names_box_and_time_in_the_tenants_language(language: str) -> None:
    words = said(LEFT, "After-sales desk", replace(HR, default_language=language))
    assert "After-sales desk" in words.text
    assert "12:00" in words.text
    assert "{" not in words.text + words.subject
