"""Who hears at once what is written in a chat: participants with an open connection of their own (12)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from localstack.connect.engine import times
from localstack.connect.engine.chat import EVENT, Item, Participant

if TYPE_CHECKING:
    from localstack.connect.engine.contact import Contact

RECEIPTS = f"{EVENT}message.metadata"


@dataclass(frozen=True, slots=True)
class Hearer:
    """One open connection of a participant with this role. `hear` runs in the engine's thread and only hands on."""

    role: str
    hear: Callable[[Mapping[str, Any]], None]


def tell(contact: "Contact", item: Item) -> None:
    """Let everybody who is connected and may see it hear of a line, whether or not the transcript keeps it."""
    if contact.chat is None:
        return
    for hearer in list(contact.chat.hearers.values()):
        if item.only in (None, hearer.role):
            hearer.hear(_shown(contact, item.to_json()))


def receipt(contact: "Contact", by: Participant, message_id: str, what: str, at: datetime) -> None:
    """Let everybody hear that a participant has been given a message, or has read it (`what`: delivered or read)."""
    if contact.chat is None:
        return
    times_of = {"RecipientParticipantId": by.id, f"{what.capitalize()}Timestamp": times.millis(at)}
    shown = {
        "AbsoluteTime": times.millis(at),
        "ContentType": RECEIPTS,
        "Id": message_id,
        "Type": "MESSAGEMETADATA",
        "MessageMetadata": {"MessageId": message_id, "Receipts": [times_of]},
    }
    for hearer in list(contact.chat.hearers.values()):
        hearer.hear(_shown(contact, shown))


def _shown(contact: "Contact", line: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**line, "ContactId": contact.id, "InitialContactId": contact.initial.id}
