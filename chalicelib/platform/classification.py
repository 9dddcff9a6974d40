"""What every stored or shown field is, by its name: the one declaration behind masking, erasure and the page of docs.

A name means the same everywhere. `docs/data-classification.md` is made of this, and a test holds every name that stores
and answers use to the table (SEC-02, SEC-06). Numbers with a unit in their name (`talk_s`, `size_bytes`) and instants
(`ended_at`) say nothing of a person by themselves and need no line.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from chalicelib.platform.masking import mask


class Kind(StrEnum):
    """What a field says."""

    OPERATION = "operation"
    STAFF = "staff"
    IDENTITY = "identity"
    REACH = "reach"
    CONTENT = "content"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What fields of a kind are, what they are collected for, and how long they are kept (SEC-06)."""

    says: str
    purpose: str
    kept: str
    erased: str


RULES: Final[Mapping[Kind, Rule]] = {
    Kind.OPERATION: Rule(
        says="what happened, where and when; names no person",
        purpose="to route and serve contacts, to count and bill them, to prove service levels",
        kept="as long as the item it stands in; counters for good",
        erased="no",
    ),
    Kind.STAFF: Rule(
        says="who of the staff acted",
        purpose="to route to agents, to judge and pay their work, to answer for what was done",
        kept="as long as the item it stands in; the audit trail as long as the table",
        erased="no: it is not the customer's",
    ),
    Kind.IDENTITY: Rule(
        says="who the customer is",
        purpose="to serve the customer as who they are",
        kept="retention.contacts_days; in a customer's record retention.customers_days",
        erased="yes",
    ),
    Kind.REACH: Rule(
        says="where the customer is reached: number, address",
        purpose="to recognise a caller, to call back",
        kept="retention.contacts_days; in a customer's record retention.customers_days",
        erased="yes",
    ),
    Kind.CONTENT: Rule(
        says="what the customer or somebody about the customer said or wrote",
        purpose="to do what the customer asked for, to judge the service",
        kept="retention.contacts_days, recordings retention.recordings_days",
        erased="yes",
    ),
}

PLAIN: Final = re.compile(r".*_(at|s|ms|min|h|days|bytes|on|count|share)|at|on")
"""Names that a unit or an instant ends: they need no line."""


def _named(kind: Kind, names: str) -> dict[str, Kind]:
    return dict.fromkeys(names.split(), kind)


FIELDS: Final[Mapping[str, Kind]] = {
    **_named(Kind.IDENTITY, "customer_id name reference whom"),
    **_named(Kind.REACH, "caller phone callback_number identities identity"),
    **_named(Kind.CONTENT, "after before body facts fields note recording recordings text transcript"),
    **_named(Kind.CONTENT, "data said"),
    **_named(Kind.OPERATION, "contact customer form ids page"),
    **_named(Kind.OPERATION, "people position approval_id approvals decision asked request told"),
    **_named(Kind.OPERATION, "agent_score agent_voice_score customer_score line_failed voice_score"),
    **_named(Kind.OPERATION, "carriers checks dependencies findings good limits measure numbers objective objectives"),
    **_named(Kind.OPERATION, "ok promises quota quotas recovery schema scope share sites total up usages used"),
    **_named(Kind.OPERATION, "service_id services sort first where date descending edited deleted"),
    **_named(
        Kind.OPERATION,
        "adapter adapters bad changed decision deferred delivered failures last_file paused paused_until pulled settled"
        " sign theirs",
    ),
    **_named(Kind.OPERATION, "deletions delimiter encoding files flaws metric most_missing_percent place"),
    **_named(Kind.OPERATION, "gone offers placed places ring schema"),
    **_named(Kind.OPERATION, "account creates gsi4pk gsi4sk held_until pending redacted users"),
    **_named(Kind.OPERATION, "deletions delimiter encoding files flaws metric most_missing_percent place"),
    **_named(
        Kind.OPERATION,
        "answered at_desks branch chosen desks dialled emergency in_queue_flow is_stray menu_choice number_known"
        " open_tickets priority raised_by record segments without",
    ),
    **_named(Kind.CONTENT, "attributes"),
    **_named(Kind.STAFF, "by_user excluded usernames"),
    **_named(Kind.CONTENT, "after answer before body facts fields note recording recordings text transcript"),
    **_named(
        Kind.STAFF,
        "actor agent agent_id agents asked_by assignee by changed_by closed_by created_by decided_by ended_by opened_by"
        " proposer manager email"
        " leader meant_agent person reached_by responsible role roles source superiors user username winner",
    ),
    **_named(
        Kind.OPERATION,
        """
        about absorb accepted action activity again answers apology applied arrival as_of ask attempts attempts_left
        beyond booking_rule box box_name bucket burst by_chain by_grade by_name by_user callback callback_id callbacks
        called_back calls candidates categories category chain chains change channel choice closed code columns
        complaint complete completed completion consequence contact_id contacts contract contracted counted
        counted_from counted_until counters counts current cursor customers day days definitions degraded denominator
        designed detail digest digits direction do done draft drop_off due duties effective enabled end end_reason
        enquiry entered entries entry entry_number erased errors evidence exit exits expiring failed fallbacks
        fell_back field figures formula found from function gate gates given goodbye grade greeting greetings group
        groups gsi1pk gsi1sk gsi2pk gsi2sk gsi3pk gsi3sk handled head_start head_start_off headers heard heard_ids
        hears held_by histogram history holds hops human id idle idle_since in_force initial_id instance instance_arn
        intact intervals is_kept is_open judgement judgements kept key keys kind kpi kpis lacking language last left
        left_for legs level line local log lookup mark marks meant_queue menu_log menu_path menu_place merged message
        message_id messages met method missing most needed needs_ticket neutral next next_id next_status next_step
        next_steps no_input node nodes not_found notice notice_heard notice_of now number numerator of off_hours
        offers opening otherwise outcome outcomes over over_intervals overflow override own_skill owned owner package
        passed path peak percent percentiles phase phrases pk places previous previous_id problem proficiencies
        profile prompt proof proofs published purpose purposes qualified question questions queue queue_name queues
        reason recent recent_contacts recorded recording_notice recording_refused records refused region related_id
        request_id requests resource result results retention retries revision rows rule rules rules_off satisfied
        says schema script seconds secret sha256 shared shift shown since site sk skill skills slot slots snapshot
        solved spans stage start state states status step steps strategy sub_categories sub_category subject
        survey_answer survey_offered surveyed table target targets tenant ticket tickets till time_zone times title to
        trail transferred transferred_to tree tried tries ttl type unattended uncovered unit until url value values
        variant verdict verification version versions visits voicemail waiting waits_for warning way what whole why
        window works wrong wrong_key
        """,
    ),
    **_named(
        Kind.OPERATION,
        """
        available callers check differs_since differing in_flow in_progress ivr lines moments places rank service_level
        staffed talking occupancy raised schema standings told
        """,
    ),
}
"""Every name. Where it stands for several things, it is what the most personal of them is."""


def kind_of(name: str) -> Kind:
    """Return what the field `name` is; a number with its unit, an instant or an index of a key is of the operation."""
    return FIELDS.get(name, Kind.OPERATION)


def is_declared(name: str) -> bool:
    """Return whether the table says what the field `name` is."""
    return name in FIELDS or PLAIN.fullmatch(name) is not None


def masked(value: Any, hidden: Collection[Kind]) -> Any:
    """Return the JSON `value` with every field of the kinds `hidden` masked, at whatever depth.

    Where numbers are hidden, they are hidden within other texts too, except in ids and instants (`masking.mask`).
    """
    return _masked("", value, frozenset(hidden))


def _masked(name: str, value: Any, hidden: frozenset[Kind]) -> Any:
    if isinstance(value, Mapping):
        return {key: _masked(key, inner, hidden) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked(name, inner, hidden) for inner in value]
    if not isinstance(value, str) or not value:
        return value
    kind = kind_of(name)
    if kind in hidden:
        return concealed(value)
    return mask(value) if kind is Kind.CONTENT and Kind.REACH in hidden else value


def concealed(text: str) -> str:
    """Return as little of `text` as still helps: last four digits of a number, first letter of anything else."""
    digits = "".join(character for character in text if character.isdigit())
    return f"***{digits[-4:]}" if len(digits) > 4 else f"{text[:1]}***"  # noqa: PLR2004 - said above
