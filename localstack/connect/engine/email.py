"""An e-mail message: who wrote it to whom, and what (12). Values only."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from localstack.connect.engine.outbox import encode

PLAIN, HTML = "text/plain", "text/html"
MOST_TEXT_BYTES = 32_768
"""So much of a message a flow can load."""
_UNSEEN = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6])\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox, and the name beside it ("" = none)."""

    address: str
    name: str = ""

    def to_json(self) -> dict[str, str]:
        """As an endpoint of a contact."""
        named = {"DisplayName": self.name} if self.name else {}
        return {"Address": self.address, "Type": "EMAIL_ADDRESS", **named}


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """One message. `to` and `cc` are recipients besides the one that it was sent to."""

    sender: Address
    recipient: Address
    subject: str
    body: str
    content_type: str = PLAIN
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    """By the names of the API: MESSAGE_ID, IN_REPLY_TO, REFERENCES, X_SES_SPAM_VERDICT, X_SES_VIRUS_VERDICT."""

    @property
    def plain(self) -> str:
        """The text without markup."""
        if self.content_type != HTML:
            return self.body
        shown = _TAG.sub("", _BREAK.sub("\n", _UNSEEN.sub("", self.body)))
        lines = (" ".join(line.split()) for line in html.unescape(shown).splitlines())
        return "\n".join(line for line in lines if line)

    @property
    def recipients(self) -> dict[str, list[dict[str, str]]]:
        """`AdditionalEmailRecipients` of a record."""
        return {"ToList": [one.to_json() for one in self.to], "CcList": [one.to_json() for one in self.cc]}

    def stored(self) -> bytes:
        """The object that is kept of it."""
        document: dict[str, Any] = {
            "from": self.sender.to_json(),
            "to": [self.recipient.to_json(), *self.recipients["ToList"]],
            "cc": self.recipients["CcList"],
            "subject": self.subject,
            "contentType": self.content_type,
            "body": self.body,
            "headers": dict(self.headers),
        }
        return encode(document)
