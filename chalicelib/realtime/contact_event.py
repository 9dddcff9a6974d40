"""The contact event of Amazon Connect, as EventBridge hands it on: parsed once, tolerantly, into plain values (8.1)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from chalicelib.platform.fields import Fields, needed, parsed
from chalicelib.realtime.models import Moment

_MARK: Final = b'"source":"aws.connect"'
LISTENING: Final = "MONITOR"
"""How a contact begins that is a supervisor's listening: nobody's call, and on no line."""


def is_contact_event(data: bytes) -> bool:
    """Whether a record of the stream is an event of EventBridge from Amazon Connect; agent events have no source."""
    return _MARK in data[:2_048].replace(b" ", b"")


def parse(data: bytes, queues: Mapping[str, str], taken_at: datetime) -> tuple[str, Moment]:
    """Return the instance of the event in `data` and what it tells; `queues` are the contract's ids by Connect's.

    Raises:
        Unusable: not JSON, not an object, or a field that we need is missing or has another type.

    """
    detail = parsed(data).inside("detail")
    queue = detail.inside("queueInfo")
    agent = detail.inside("agentInfo")
    moment = Moment(
        id=needed(detail.key_text("contactId"), "detail.contactId"),
        channel=(detail.text("channel") or "UNKNOWN").upper(),
        method=detail.text("initiationMethod") or "UNKNOWN",
        at=needed(detail.moment("initiationTimestamp"), "detail.initiationTimestamp"),
        taken_at=taken_at,
        number=detail.inside("tags").text("aws:connect:systemEndpoint"),
        queue=queues.get(_last(queue, "queueArn") or ""),
        queued_at=queue.moment("enqueueTimestamp"),
        connected_at=agent.moment("connectedToAgentTimestamp"),
        ended_at=_ended_at(detail),
        agent_id=_last(agent, "agentArn"),
    )
    return needed(detail.text("instanceArn"), "detail.instanceArn"), moment


def _ended_at(detail: Fields) -> datetime | None:
    """Return the end of the conversation; an event that says so without an instant ends it where it began."""
    ended_at = detail.moment("disconnectTimestamp")
    over = detail.text("eventType") == "DISCONNECTED"
    return ended_at or (detail.moment("initiationTimestamp") if over else None)


def _last(at: Fields, name: str) -> str | None:
    """Return what follows the last slash of an ARN."""
    text = at.text(name)
    return text.rpartition("/")[2] or None if text else None
