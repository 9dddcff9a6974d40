"""Contacts: what they decide. A record of Amazon Connect becomes a contact of ours, and what it counts as. Pure."""

from datetime import datetime
from typing import Any, Final

from chalicelib.contacts.models import NO_LINE, UNLISTED, Contact, Result
from chalicelib.contacts.record import AgentLeg, ContactRecord, QueueVisit
from chalicelib.menus.service import left_at
from chalicelib.tenancy.models import ASIDE, Queue, Tenant

NOT_INBOUND: Final = frozenset(
    {"OUTBOUND", "EXTERNAL_OUTBOUND", "MONITOR", "AGENT_REPLY", "CAMPAIGN_PREVIEW", "FLOW"}
)  # fmt: skip
"""Initiation methods that no caller began. A method we do not know counts as a caller's: no call gets lost.

`API` says who asked Amazon Connect: a voice call is one that we place (StartOutboundVoiceContact), a chat or task is
the customer's.
"""

CALLBACK: Final = "CALLBACK"
"""How the initiation methods of contacts begin by which a caller is called back (5.1)."""

_ENDED_BY_SYSTEM: Final = frozenset(
    {"CONTACT_FLOW_DISCONNECT", "OTHER", "API", "SYSTEM_ERROR", "TELECOM_PROBLEM", "EXPIRED"}
)  # fmt: skip
_NONE = "none"
_LONGEST_TEXT = 128
"""What a list can show."""
LONGEST_LIST: Final = 250
"""What a contact keeps of the places of its decision; an item stays below 2 KB."""
_LONGEST_LOG = 4_000
"""Sixty steps, the most that a call may take, have some 2,500 characters."""


def contact(record: ContactRecord, tenant: Tenant) -> Contact:
    """Return the contact that `record` describes. Total: every parsed record has one.  Source: KPI-09."""
    visit, agent = _visit(record), record.agent
    queue = _queue(visit, tenant) if visit else None
    queued = _queued(record, visit, queue) if visit else {}
    served = _served(agent) if agent and agent.connected_at else {}
    return Contact(
        id=record.contact_id,
        updated_at=record.updated_at,
        at=record.initiated_at,
        channel=record.channel,
        method=record.method,
        result=_result(record),
        line=_line(record, tenant),
        caller=record.customer,
        entry_number=record.entry_number,
        language=_said(record, "language"),
        category=_said(record, "category"),
        sub_category=_said(record, "subCategory"),
        menu_log=_menu_log(record),
        menu_place=_menu_place(record),
        menu_path=_said(record, "menuPath") or _said(record, "menuChoice"),
        customer_id=_said(record, "customerId"),
        grade=_said(record, "grade"),
        strategy=_said(record, "routeStrategy") or (queue.strategy if queue else None),
        rule=_said(record, "routeRule"),
        targets=_said(record, "routeTargets", LONGEST_LIST),
        found=_said(record, "routeFound", LONGEST_LIST),
        hops=_said(record, "routeTried", LONGEST_LIST),
        reason=_said(record, "routeReason"),
        contract=_said(record, "contractVersion"),
        offers=record.offers,
        connected_at=record.connected_at,
        ended_at=record.disconnected_at,
        transferred_at=record.transferred_at,
        duration_s=_span_s(record.initiated_at, record.disconnected_at),
        end_reason=record.disconnect_reason,
        recording=_object_key(record.recording),
        recording_notice=_is(record, "recordingNotice"),
        recording_refused=_is(record, "recordingRefused"),
        degraded=_is(record, "routingDegraded"),
        off_hours=_is(record, "offHours"),
        voicemail=_is(record, "voicemail"),
        survey_offered=_is(record, "surveyOffered"),
        survey_answer=_survey_answer(record),
        meant_queue=_said(record, "routeQueue"),
        meant_agent=_meant_agent(record),
        left_for=_said(record, "leftFor"),
        unattended=_is(record, "unattended"),
        verification=_said(record, "verification"),
        customer_score=record.customer_score,
        agent_score=record.agent_score,
        **_linked(record),
        **queued,
        **served,
    )


def _linked(record: ContactRecord) -> dict[str, Any]:
    """Return what the contact belongs to: contacts of its chain, a callback, a message that somebody was told of."""
    return {
        "initial_id": _other(record, record.initial_id),
        "previous_id": record.previous_id,
        "next_id": record.next_id,
        "related_id": record.related_id,
        "transferred_to": record.transferred_to,
        "callback_id": _said(record, "callbackId"),
        "callback_number": _said(record, "callbackNumber"),
        "notice_of": _said(record, "noticeOf"),
        "notice_heard": _is(record, "noticeHeard"),
    }


def _result(record: ContactRecord) -> Result:
    """Decide how the contact ended. The first row that fits:

    no caller began it: not-inbound / a customer to be called back did not answer: not-reached / an agent joined:
    answered / a message was left: voicemail / it left Connect, or a telephone outside was rung last: transferred-out /
    the caller is to be called back: callback / it left the line for the menu: see `_left_menu_aside` / it queued: see
    `_left_queue` / else see `_left_flow`.
    """
    if record.method in NOT_INBOUND or (record.method == "API" and record.channel == "VOICE"):
        return Result.NOT_INBOUND
    if record.method.startswith(CALLBACK) and not _was_reached(record):
        return Result.NOT_REACHED
    if record.agent and record.agent.connected_at:
        return Result.ANSWERED
    if _is(record, "voicemail"):
        return Result.VOICEMAIL
    if record.transferred_at or record.transferred_to or _said(record, "outside"):
        return Result.TRANSFERRED_OUT
    return _unserved(record)


def _unserved(record: ContactRecord) -> Result:
    if _is(record, "callback"):
        return Result.CALLBACK
    if _in_menu_aside(record):
        return _left_menu_aside(record)
    return _left_queue(record) if record.queue and record.queue.enqueued_at else _left_flow(record)


def _visit(record: ContactRecord) -> QueueVisit | None:
    """Return the visit of a queue that agents serve: not of the one where a flow serves the caller."""
    visit = record.queue
    return visit if visit is not None and visit.enqueued_at is not None and visit.name != ASIDE else None


def _was_reached(record: ContactRecord) -> bool:
    """Tell whether a customer who was called back has answered; an agent joins such a contact before that."""
    return record.connected_at is not None and not (record.disconnect_reason or "").startswith("TELECOM_")


def _left_queue(record: ContactRecord) -> Result:
    """Left by a key for another service / went on as the next contact / ended by the system / else gave up."""
    if record.next_id and _said(record, "leftFor"):
        return Result.LEFT_BY_CHOICE
    if record.next_id:
        return Result.OVERFLOWED
    return Result.DROPPED if record.disconnect_reason in _ENDED_BY_SYSTEM else Result.ABANDONED


def _left_menu_aside(record: ContactRecord) -> Result:
    """Went on to another place, or was served to the end, or hung up. It has left the line: it is never abandoned."""
    if record.next_id:
        return Result.LEFT_BY_CHOICE
    return Result.SELF_SERVED if record.disconnect_reason in _ENDED_BY_SYSTEM else Result.LEFT_IN_FLOW


def _in_menu_aside(record: ContactRecord) -> bool:
    """Tell whether the contact is a caller who left the line for the menu; the one that follows has another queue."""
    return _is(record, "menuAside") and record.queue is not None and record.queue.name == ASIDE


def _left_flow(record: ContactRecord) -> Result:
    """Found us closed / dialled a number that is not in service / was ended by the flow, with or without a queue chosen
    for it / else the caller hung up.
    """
    if _is(record, "offHours"):
        return Result.CLOSED
    if _is(record, "unknownNumber"):
        return Result.TURNED_AWAY
    if record.disconnect_reason not in _ENDED_BY_SYSTEM and not record.next_id:
        return Result.LEFT_IN_FLOW
    return Result.TURNED_AWAY if _said(record, "routeQueue") else Result.SELF_SERVED


def _queue(visit: QueueVisit, tenant: Tenant) -> Queue | None:
    """Return the contract's queue that the contact entered, by its id or name."""
    queue = tenant.queues.get(visit.name or "")
    return queue or next((known for known in tenant.queues.values() if known.name == visit.name), None)


def _queued(record: ContactRecord, visit: QueueVisit, queue: Queue | None) -> dict[str, Any]:
    """Return the fields of the stay in a queue; one that is not in the contract is UNLISTED under its own name."""
    return {
        "queue": queue.id if queue else UNLISTED,
        "queue_name": None if queue else visit.name,
        "queued_at": visit.enqueued_at,
        "dequeued_at": visit.dequeued_at,
        "wait_s": _wait_s(record, visit),
        "threshold_s": queue.threshold_s if queue else None,
        "short_s": queue.short_abandon_s if queue else None,
    }


def _line(record: ContactRecord, tenant: Tenant) -> str:
    """Return the line that the dialled number belongs to, else the one that the flow named, else NO_LINE."""
    by_number = (line.id for line in tenant.lines.values() if record.entry_number in line.numbers)
    named = _said(record, "line")
    return next(by_number, named if named in tenant.lines else None) or NO_LINE


def _served(agent: AgentLeg) -> dict[str, Any]:
    return {
        "agent": agent.username,
        "accepted_at": agent.accepted_at,
        "answered_at": agent.connected_at,
        "acw_started_at": agent.acw_started_at,
        "acw_ended_at": agent.acw_ended_at,
        "talk_s": agent.talk_s,
        "hold_s": agent.hold_s,
        "holds": agent.holds,
        "longest_hold_s": agent.longest_hold_s,
        "acw_s": agent.acw_s,
    }


def _wait_s(record: ContactRecord, visit: QueueVisit) -> int:
    """Return the seconds in queue: the record's own figure, else until it left the queue, was answered or ended."""
    if visit.duration_s is not None:
        return visit.duration_s
    answered_at = record.agent.connected_at if record.agent else None
    return _span_s(visit.enqueued_at, visit.dequeued_at or answered_at or record.disconnected_at)


def _object_key(location: str | None) -> str | None:
    """Return the key in `bucket/key`, which is how records name a recording."""
    return location.partition("/")[2] or location if location else None


def _span_s(start: datetime | None, end: datetime | None) -> int:
    return max(0, int((end - start).total_seconds())) if start and end else 0


def _said(record: ContactRecord, name: str, longest: int = _LONGEST_TEXT) -> str | None:
    """Return what the flow said under `name`, cut to `longest`; the flows' word for nothing is None."""
    text = record.attributes.get(name, _NONE)
    return None if text == _NONE else text[:longest]


def _survey_answer(record: ContactRecord) -> int | None:
    """Return the class that the customer keyed after the call; anything but a digit is no answer."""
    text = _said(record, "surveyAnswer") or ""
    return int(text) if len(text) == 1 and text in "123456789" else None


def _meant_agent(record: ContactRecord) -> str | None:
    """Return the agent whom the decision tried before anybody else: it begins `agent <name> <seconds> <reason>`."""
    kind, _, rest = (_said(record, "routeTargets") or "").partition(" ")
    return rest.partition(" ")[0] or None if kind == "agent" else None


def _menu_log(record: ContactRecord) -> str | None:
    """Return the steps in the menus. Later contacts of the chain inherit the attribute: the steps were not theirs.

    Only a caller who left the line for the menu has begun a log of his own.
    """
    text = record.attributes.get("menuLog", _NONE)
    inherited = record.previous_id is not None and not _in_menu_aside(record)
    return None if text == _NONE or inherited else text[:_LONGEST_LOG]


def _menu_place(record: ContactRecord) -> str | None:
    if _menu_log(record) is None:
        return None
    line, version, state = (record.attributes.get(name, _NONE) for name in ("menuLine", "menuVersion", "menuState"))
    return left_at(line, version, state.partition(" ")[0])


def _is(record: ContactRecord, name: str) -> bool:
    return record.attributes.get(name) == "true"


def _other(record: ContactRecord, contact_id: str | None) -> str | None:
    """Leave out an initial id that is the contact's own: some records repeat it, some leave it null."""
    return None if contact_id == record.contact_id else contact_id
