"""The contact record of Amazon Connect, as it arrives on the stream: parsed once, tolerantly, into plain values.

Source: the contact record data model (format version 2017-03-10). Unknown fields are ignored; null, {}, [] and a
missing field are the same; unknown enumeration values are kept as text. A field that we use and that has another
type than documented makes the whole record unusable, because guessing would put a wrong figure into a KPI.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from chalicelib.platform.errors import InvalidInput

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
_KEY_TEXT = re.compile(r"[\x21\x22\x24-\x7e]{1,256}")
_MAX_SPAN_S = 366 * 86_400
_FIRST_YEAR = 2017


class UnusableRecord(InvalidInput):
    """The record cannot become a contact; `facts["field"]` names the offending field."""

    code, title = "unusable-record", "Unusable contact record"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueVisit:
    """The record's `Queue`."""

    name: str | None
    enqueued_at: datetime | None
    dequeued_at: datetime | None
    duration_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLeg:
    """The record's `Agent`. `connected_at` is None when no agent joined."""

    username: str | None
    connected_at: datetime | None
    accepted_at: datetime | None
    acw_started_at: datetime | None
    acw_ended_at: datetime | None
    talk_s: int
    hold_s: int
    holds: int
    longest_hold_s: int
    acw_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRecord:
    """One delivery of one contact's record. Names follow the record's own."""

    contact_id: str
    instance_arn: str
    initiated_at: datetime
    updated_at: datetime
    channel: str
    method: str
    initial_id: str | None
    previous_id: str | None
    next_id: str | None
    related_id: str | None
    connected_at: datetime | None
    disconnected_at: datetime | None
    disconnect_reason: str | None
    transferred_at: datetime | None
    transferred_to: str | None
    customer: str | None
    entry_number: str | None
    queue: QueueVisit | None
    agent: AgentLeg | None
    offers: int
    recording: str | None
    attributes: Mapping[str, str] = field(default_factory=dict)


def parse(data: bytes) -> ContactRecord:
    """Return the record in `data` (one JSON object, UTF-8).

    Raises:
        UnusableRecord: not JSON, not an object, or a field that we need is missing or has another type.

    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        msg = "the record is not JSON"
        raise UnusableRecord(msg, field="$") from error
    if not isinstance(document, dict):
        msg = "the record is not a JSON object"
        raise UnusableRecord(msg, field="$")
    return _record(_Fields(document))


def _record(at: "_Fields") -> ContactRecord:
    return ContactRecord(
        contact_id=_needed(at.key_text("ContactId"), "ContactId"),
        instance_arn=_needed(at.text("InstanceARN"), "InstanceARN"),
        initiated_at=_needed(at.time("InitiationTimestamp"), "InitiationTimestamp"),
        updated_at=_needed(at.time("LastUpdateTimestamp"), "LastUpdateTimestamp"),
        channel=at.text("Channel") or "UNKNOWN",
        method=at.text("InitiationMethod") or "UNKNOWN",
        initial_id=at.text("InitialContactId"),
        previous_id=at.text("PreviousContactId"),
        next_id=at.text("NextContactId"),
        related_id=at.text("RelatedContactId"),
        connected_at=at.time("ConnectedToSystemTimestamp"),
        disconnected_at=at.time("DisconnectTimestamp"),
        disconnect_reason=at.text("DisconnectReason"),
        transferred_at=at.time("TransferCompletedTimestamp"),
        transferred_to=at.inside("TransferredToEndpoint").text("Address"),
        customer=at.inside("CustomerEndpoint").text("Address"),
        entry_number=at.inside("SystemEndpoint").text("Address"),
        queue=_queue(at.inside("Queue")),
        agent=_agent(at.inside("Agent")),
        offers=at.count("AgentConnectionAttempts") or 0,
        recording=at.inside("Recording").text("Location") or at.first("Recordings").text("Location"),
        attributes=at.text_map("Attributes"),
    )


def _queue(at: "_Fields") -> QueueVisit | None:
    if not at:
        return None
    return QueueVisit(
        name=at.text("Name"),
        enqueued_at=at.time("EnqueueTimestamp"),
        dequeued_at=at.time("DequeueTimestamp"),
        duration_s=at.count("Duration"),
    )


def _agent(at: "_Fields") -> AgentLeg | None:
    if not at:
        return None
    return AgentLeg(
        username=at.key_text("Username"),
        connected_at=at.time("ConnectedToAgentTimestamp"),
        accepted_at=at.time("AcceptedByAgentTimestamp"),
        acw_started_at=at.time("AfterContactWorkStartTimestamp"),
        acw_ended_at=at.time("AfterContactWorkEndTimestamp"),
        talk_s=at.count("AgentInteractionDuration") or 0,
        hold_s=at.count("CustomerHoldDuration") or 0,
        holds=at.count("NumberOfHolds") or 0,
        longest_hold_s=at.count("LongestHoldDuration") or 0,
        acw_s=at.count("AfterContactWorkDuration") or 0,
    )


@dataclass(frozen=True, slots=True)
class _Fields:
    """Typed reads of one JSON object; every complaint names the field with its path."""

    values: Mapping[str, Any]
    path: str = ""

    def __bool__(self) -> bool:
        return any(value not in (None, {}, []) for value in self.values.values())

    def text(self, name: str) -> str | None:
        """Return a text of at most 2,048 characters; an empty one is an absent one."""
        value = self.values.get(name)
        if value == "" or _absent(value):
            return None
        if not isinstance(value, str) or len(value) > 2_048 or not _storable(value):  # noqa: PLR2004 - said above
            raise self._refusal(name, "a text")
        return value

    def key_text(self, name: str) -> str | None:
        """Return a text that may become part of a key: 1 to 256 visible ASCII characters without '#'."""
        value = self.text(name)
        if value is not None and not _KEY_TEXT.fullmatch(value):
            raise self._refusal(name, "1 to 256 visible ASCII characters without '#'")
        return value

    def time(self, name: str) -> datetime | None:
        """Return an instant given as YYYY-MM-DDThh:mm:ss[.fff]Z, cut to whole seconds; 1970 stands for unset."""
        value = self.text(name)
        if value is None:
            return None
        try:
            instant = datetime.fromisoformat(value) if _TIME.fullmatch(value) else None
        except ValueError:
            instant = None
        if instant is None:
            raise self._refusal(name, "an instant like 2026-03-02T09:00:00Z")
        return instant.astimezone(UTC).replace(microsecond=0) if instant.year >= _FIRST_YEAR else None

    def count(self, name: str) -> int | None:
        """Return a number of things or whole seconds, 0 to one year."""
        value = self.values.get(name)
        if _absent(value):
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MAX_SPAN_S:
            raise self._refusal(name, "a whole number from 0 on")
        return value

    def inside(self, name: str) -> "_Fields":
        """Return the object of that name, an empty one if it is absent."""
        value = self.values.get(name)
        if _absent(value):
            return _Fields({}, self._at(name))
        if not isinstance(value, dict):
            raise self._refusal(name, "an object")
        return _Fields(value, self._at(name))

    def first(self, name: str) -> "_Fields":
        """Return the first object of the list of that name, an empty one if there is none."""
        value = self.values.get(name)
        if _absent(value):
            return _Fields({}, self._at(name))
        if not isinstance(value, list) or not isinstance(value[0], dict):
            raise self._refusal(name, "a list of objects")
        return _Fields(value[0], f"{self._at(name)}[0]")

    def text_map(self, name: str) -> dict[str, str]:
        """Return the texts in the map of that name; what else the flows put there is left out."""
        found = self.inside(name)
        return {
            key: value for key, value in found.values.items() if isinstance(value, str) and value and _storable(value)
        }

    def _at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def _refusal(self, name: str, expected: str) -> UnusableRecord:
        msg = f"{self._at(name)} must be {expected}"
        return UnusableRecord(msg, field=self._at(name))


def _absent(value: object) -> bool:
    return value is None or (not value and value in ({}, []))


def _storable(text: str) -> bool:
    """Tell whether `text` can be encoded: JSON may hold half of a surrogate pair, which UTF-8 cannot."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _needed[T](value: T | None, name: str) -> T:
    if value is None:
        msg = f"{name} is missing"
        raise UnusableRecord(msg, field=name)
    return value
