"""Notices of new messages: how people are told. Amazon SNS for SMS, Amazon SES for e-mail, Amazon Connect for calls."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.platform.dynamo import error_code
from chalicelib.tenancy.models import Tenant
from chalicelib.voicemail import notice_policy
from chalicelib.voicemail.models import Message, Notice, Recipient
from chalicelib.voicemail.notice_terms import terms_of
from chalicelib.voicemail.notice_words import said
from chalicelib.voicemail.notices import NotSent

_CHARSET: Final = "UTF-8"
RING_S: Final = 45
"""How long a telephone rings; Amazon Connect takes 60 at most."""


class SnsClient(Protocol):
    """Port: the one call of an SNS client that this needs."""

    def publish(self, **request: Any) -> Mapping[str, Any]:
        """Give a text to the subscribers of a topic."""


class SesClient(Protocol):
    """Port: the one call of an SES client that this needs."""

    def send_email(self, **request: Any) -> Mapping[str, Any]:
        """Send an e-mail."""


class ConnectClient(Protocol):
    """Port: the one call of an Amazon Connect client that this needs."""

    def start_outbound_voice_contact(self, **request: Any) -> Mapping[str, Any]:
        """Call somebody; a client token gives the same call for seven days."""


@dataclass(frozen=True, slots=True)
class Sms:
    """Tells by SMS: each person has a topic to which the telephone is subscribed, so that the role names it."""

    client: SnsClient
    topics: Mapping[str, str]
    tenant: Tenant

    def send(self, recipient: Recipient, message: Message, _notice: Notice) -> None:
        """Give the text to the person's topic.

        Raises:
            NotSent: SNS did not take it, or the person has no topic.

        """
        if recipient.person not in self.topics:
            raise NotSent("the stack has no topic for this person", problem="no-topic")
        with _refusals("an SMS"):
            self.client.publish(
                TopicArn=self.topics[recipient.person], Message=said(message, recipient.box_name, self.tenant).text
            )


@dataclass(frozen=True, slots=True)
class Email:
    """Tells by e-mail from an address of the tenant that SES has verified."""

    client: SesClient
    tenant: Tenant

    def send(self, recipient: Recipient, message: Message, _notice: Notice) -> None:
        """Send the e-mail.

        Raises:
            NotSent: SES did not take it.

        """
        words = said(message, recipient.box_name, self.tenant)
        with _refusals("an e-mail"):
            self.client.send_email(
                Source=terms_of(self.tenant).sender,
                Destination={"ToAddresses": [recipient.reached_at]},
                Message={
                    "Subject": {"Data": words.subject, "Charset": _CHARSET},
                    "Body": {"Text": {"Data": words.text, "Charset": _CHARSET}},
                },
            )


@dataclass(frozen=True, slots=True)
class Call:
    """Tells by a call that the flow `voicemail-notice` makes; its contact record says whether it was confirmed."""

    client: ConnectClient
    instance_id: str
    flow_id: str
    tenant: Tenant

    def send(self, recipient: Recipient, message: Message, notice: Notice) -> None:
        """Place the call; a repeat of the same try is the same call.

        Raises:
            NotSent: Amazon Connect did not take it.

        """
        tag = notice_policy.tag(notice)
        with _refusals("a call"):
            self.client.start_outbound_voice_contact(
                InstanceId=self.instance_id,
                ContactFlowId=self.flow_id,
                DestinationPhoneNumber=recipient.reached_at,
                SourcePhoneNumber=terms_of(self.tenant).presented_number,
                RingTimeoutInSeconds=RING_S,
                ClientToken=tag.replace(notice_policy.SEPARATOR, "-"),
                Attributes={
                    "noticeOf": tag,
                    "noticeBox": recipient.box_name,
                    "noticeTime": said(message, recipient.box_name, self.tenant).when,
                },
            )


@contextlib.contextmanager
def _refusals(what: str) -> Iterator[None]:
    try:
        yield
    except ClientError as exc:
        code = error_code(exc)
        raise NotSent(f"{what} was not taken: {code}", problem=code) from exc
    except BotoCoreError as exc:
        name = type(exc).__name__
        raise NotSent(f"{what} was not taken: {name}", problem=name) from exc
