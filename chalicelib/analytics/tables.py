"""The tables of the analytics store: the one declaration that Glue, the writer, DuckDB and the docs read."""

from collections.abc import Mapping
from typing import Final

from chalicelib.analytics.models import VERSION, About, Column, Table, Type


def _text(name: str, says: str, about: About = About.NOBODY) -> Column:
    return Column(name=name, type=Type.TEXT, says=says, about=about)


def _at(name: str, says: str) -> Column:
    return Column(name=name, type=Type.INSTANT, says=says, unit="UTC")


def _s(name: str, says: str) -> Column:
    return Column(name=name, type=Type.WHOLE, says=says, unit="seconds")


def _count(name: str, says: str) -> Column:
    return Column(name=name, type=Type.WHOLE, says=says)


def _flag(name: str, says: str) -> Column:
    return Column(name=name, type=Type.FLAG, says=says)


_ID: Final = _text("contact_id", "Amazon Connect's id of the contact")
_OF_CONTACT: Final = _text(
    VERSION, "LastUpdateTimestamp of the contact's record and the place of the copy in the table's stream"
)

CONTACTS: Final = Table(
    name="contacts",
    says="Finished contacts, one row for every copy of one (KPI-09). A transferred call is several contacts.",
    key=("contact_id",),
    whole=(),
    columns=(
        _ID,
        _OF_CONTACT,
        _at("at", "arrival"),
        _at("updated_at", "LastUpdateTimestamp of the record"),
        _text("channel", "VOICE, CHAT, TASK, EMAIL"),
        _text("method", "Amazon Connect's InitiationMethod"),
        _text("result", "how it ended for the caller: `Result` of chalicelib/contacts/models.py"),
        _text("line", "the service line; `-` for none"),
        _text("entry_number", "the tenant's own address that was dialled or written to"),
        _text("number", "the entry number as counters name it: one of the contract, `unlisted`, or `-`"),
        _text("caller_mark", "the caller's address, marked", About.CALLER),
        _text("customer_mark", "the customer's id, marked", About.CALLER),
        _text("language", "language of the call"),
        _text("category", "category that the menus or the agent chose"),
        _text("sub_category", "and below it"),
        _text("menu_path", "keys pressed in the menus"),
        _text("grade", "grade of the customer"),
        _text("queue", "the contract's queue; `unlisted` for one that the contract does not have"),
        _text("queue_name", "name of an unlisted queue"),
        _text("strategy", "strategy of the decision"),
        _text("rule", "rule that matched"),
        _text("reason", "reason of the decision"),
        _text("contract", "version of the contract that decided"),
        _text("agent", "username of the agent who took it", About.STAFF),
        _count("offers", "attempts at an agent"),
        _at("connected_at", "answered by the platform"),
        _at("queued_at", "entered its queue"),
        _at("dequeued_at", "left its queue"),
        _at("accepted_at", "accepted by the agent"),
        _at("answered_at", "the conversation began"),
        _at("ended_at", "ended"),
        _at("acw_started_at", "after-call work began"),
        _at("acw_ended_at", "after-call work ended"),
        _at("transferred_at", "was transferred"),
        _s("wait_s", "time in its queue"),
        _s("talk_s", "talk, without hold"),
        _s("hold_s", "hold"),
        _count("holds", "number of holds"),
        _s("longest_hold_s", "longest hold"),
        _s("acw_s", "after-call work"),
        _s("duration_s", "arrival to end"),
        _s("threshold_s", "service level threshold of its queue at the time"),
        _s("short_s", "an abandon below this is a short one"),
        _text("end_reason", "Amazon Connect's DisconnectReason"),
        _flag("recorded", "there is a recording"),
        _flag("recording_notice", "the caller was told of it"),
        _flag("recording_refused", "the caller refused it"),
        _flag("degraded", "decided without the table"),
        _flag("off_hours", "came outside the hours"),
        _flag("voicemail", "left a message"),
        _text("initial_id", "first contact of the chain"),
        _text("previous_id", "contact before it in the chain"),
        _text("next_id", "contact after it in the chain"),
        _text("related_id", "related contact"),
        _flag("went_outside", "went on to an address outside"),
        _text("meant_queue", "queue that the decision was for"),
        _text("meant_agent", "agent whom the decision tried first", About.STAFF),
        _text("left_for", "what the caller left the line for"),
        _flag("unattended", "nobody was signed in"),
        _text("callback_id", "callback that was asked for, or that it is"),
        _text("verification", "level of identification that the caller reached"),
        _count("customer_score", "how the customer's end was heard, in hundredths of the score of 1 to 5"),
        _count("agent_score", "and the agent's end"),
        _text("notice_of", "message that the call told somebody of, and which try it was"),
        _flag("notice_heard", "who answered confirmed it"),
        _flag("survey_offered", "the customer was offered a survey"),
        _count("survey_answer", "class that the customer chose in it, from 1"),
        _count("survey_classes", "classes of the tenant's survey at the time"),
        _count("satisfied_from", "lowest of them that means satisfied"),
        _flag("complaint", "its category was one of complaints, and the tenant's agents do not write down what it was"),
    ),
)

LEGS: Final = Table(
    name="legs",
    says="Whom a contact was with, one row a stretch: its queue, its agent, an address outside.",
    key=("contact_id", "leg"),
    whole=("contact_id",),
    columns=(
        _ID,
        _OF_CONTACT,
        _count("leg", "place in the contact, from 1"),
        _text("kind", "queue, agent or outside"),
        _text("line", "the service line"),
        _text("queue", "the contract's queue"),
        _text("agent", "username of the agent", About.STAFF),
        _at("began_at", "beginning"),
        _at("ended_at", "end; of an agent's leg the end of the after-call work"),
        _s("wait_s", "time in the queue"),
        _s("talk_s", "talk, without hold"),
        _s("hold_s", "hold"),
        _s("acw_s", "after-call work"),
    ),
)

MENU_STEPS: Final = Table(
    name="menu_steps",
    says="Steps of callers in the menus, one row a step (IVR-12).",
    key=("contact_id", "step"),
    whole=("contact_id",),
    columns=(
        _ID,
        _OF_CONTACT,
        _count("step", "place in the call, from 1"),
        _at("at", "when"),
        _text("line", "line of the menus"),
        _count("menu_version", "version of the line's menus; 0 is the contract's"),
        _text("node", "where the caller was"),
        _text("choice", "what was chosen; `-` for nothing"),
        _text("exit", "how the caller left the node, or why not: `Exit` of chalicelib/menus/models.py"),
    ),
)

AGENT_TURNS: Final = Table(
    name="agent_turns",
    says="What agents turned to, one row a turn (DSK-05); the view agent_intervals makes stretches of them.",
    key=("agent_id", "at", "event_id"),
    whole=(),
    columns=(
        _text("agent_id", "Amazon Connect's id of the agent", About.STAFF),
        _text("event_id", "the agent event that tells it"),
        _text(VERSION, "the place of the copy in the table's stream"),
        _at("at", "when, with milliseconds"),
        _text("agent", "username", About.STAFF),
        _text("activity", "what the agent does from then on: `Activity` of chalicelib/agents/activity.py"),
        _text("status", "name of the chosen status: the reason, while no contact is on the screen"),
        _text("contact_id", "the contact that makes the activity"),
        _text("queue", "its queue, by Amazon Connect's id"),
        _text("before_activity", "what the agent did until then"),
        _text("before_status", "and the status chosen until then"),
        _text("before_contact_id", "the contact that made it"),
        _text("before_queue", "and its queue"),
    ),
)

AGENT_STATUSES: Final = Table(
    name="agent_statuses",
    says="Statuses that agents chose, one row a change; one holds until the agent's next one.",
    key=("agent_id", "at"),
    whole=(),
    columns=(
        _text("agent_id", "Amazon Connect's id of the agent", About.STAFF),
        _text(VERSION, "the place of the copy in the table's stream"),
        _at("at", "since when, with milliseconds"),
        _text("agent", "username", About.STAFF),
        _text("status", "name of the status"),
        _text("type", "ROUTABLE, CUSTOM, OFFLINE: in any but the last the agent is signed in"),
        _flag("unpaid", "the contract named it among its unpaid statuses at the time"),
    ),
)

REFUSED_CALLS: Final = Table(
    name="refused_calls",
    says="Calls that Amazon Connect refused before they were contacts, one row a quarter-hour and reason.",
    key=("metric", "at"),
    whole=(),
    columns=(
        _text("metric", "the metric of CloudWatch that counts them"),
        _at("at", "beginning of the quarter-hour"),
        _text(VERSION, "when CloudWatch was asked"),
        _count("calls", "refused calls"),
    ),
)

ENTRIES: Final = Table(
    name="entries",
    says="What people wrote: each version of a contact's completion (DSK-08), each step of a ticket (TKT-01).",
    key=("kind", "id", "revision"),
    whole=(),
    columns=(
        _text("kind", "completion or ticket"),
        _text("id", "Amazon Connect's id of the contact, or the number of the ticket"),
        _count("revision", "which version or step, from 1"),
        _text(VERSION, "the place of the copy in the table's stream"),
        _at("at", "when"),
        _text("by", "username of whoever wrote it", About.STAFF),
        _flag("complaint", "it made the contact a complaint, or the ticket is one that came without a contact"),
        _text("category", "of a completion: what the contact was about"),
        _text("sub_category", "and below it"),
        _text("result", "of a completion: what came of the contact"),
        _flag("solved", "of a completion: nothing is left to do"),
        _text("next_step", "of a completion: what happens next"),
        _text("step", "of a ticket: `Step` of chalicelib/tickets/models.py"),
    ),
)

TABLES: Final[Mapping[str, Table]] = {
    table.name: table for table in (CONTACTS, LEGS, MENU_STEPS, AGENT_TURNS, AGENT_STATUSES, REFUSED_CALLS, ENTRIES)
}
