"""Tenancy: what a function knows of its tenant. The contract compiled to plain values that load in microseconds.

The stack packages this as `chalicelib/tenant.json`, so that a function needs no call and no permission to know its
tenant: the default queue is known even when the table is not reachable (ACD-21).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from chalicelib.platform.settings import read
from chalicelib.platform.tenancy import TenantId, tenant_id
from chalicelib.tenancy import calendar
from chalicelib.tenancy.calendar import WEEK, Timetable, Why, day_of, is_open, local_time, zone
from chalicelib.tenancy.plan import (
    AREA_COUNTRY,
    AREA_DIGITS,
    CHAIN_TERMS,
    LONGEST_IDLE,
    NATIVE,
    NO_REGION,
    REGION_DIGITS,
    TUNABLE,
    WAIT_S,
    Attribution,
    Bounds,
    Box,
    Branch,
    CallbackTerms,
    Chain,
    Conditions,
    CustomerField,
    CustomerPage,
    Duty,
    History,
    Hop,
    Memory,
    Plan,
    Region,
    Rule,
    Strategy,
    Treatment,
)  # fmt: skip

__all__ = [
    "AREA_COUNTRY",
    "AREA_DIGITS",
    "ASIDE",
    "CHAIN_TERMS",
    "DOCUMENT_VERSION",
    "LONGEST_IDLE",
    "NATIVE",
    "NO_REGION",
    "REGION_DIGITS",
    "TUNABLE",
    "UNQUALIFIED",
    "WAIT_S",
    "WEEK",
    "Attribution",
    "Bounds",
    "Box",
    "Branch",
    "CallbackTerms",
    "Chain",
    "CompletionLists",
    "Conditions",
    "CustomerField",
    "CustomerPage",
    "Duty",
    "History",
    "Hop",
    "IdentityQuestion",
    "IdentityTerms",
    "KpiTarget",
    "KpiTerms",
    "Line",
    "Memory",
    "MenuOption",
    "Part",
    "Plan",
    "Qualification",
    "Queue",
    "Reading",
    "Region",
    "Required",
    "Rule",
    "Seats",
    "Strategy",
    "Tenant",
    "Timetable",
    "Treatment",
    "Why",
    "day_of",
    "from_document",
    "is_open",
    "local_time",
    "read",
    "zone",
]  # fmt: skip

DOCUMENT_VERSION = 2

ASIDE = "aside"
"""A queue of every instance that no agent serves: whoever has left the waiting line for a telephone outside, voicemail
or a callback stands there while a flow serves him. No contract may define a queue of this name; no KPI counts it."""


UNQUALIFIED = "unqualified"
"""The routing profile without queues of agents who lack what their own one requires (PPL-06)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A waiting line as decisions see it. `priority` 1 is served first; `max_contacts` None is the instance's quota."""

    id: str
    name: str
    language: str
    strategy: str
    priority: int
    threshold_s: int
    short_abandon_s: int
    hours: str = ""
    max_contacts: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuOption:
    """What one key of a line's menu means, and its queue in each language."""

    digit: str
    category: str
    queues: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A service line: the numbers that lead to it, its menu and its default queue."""

    id: str
    numbers: tuple[str, ...]
    default_queue: str
    hours: str
    off_hours: str
    recording: str
    menu: Mapping[str, MenuOption]


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiTarget:
    """A KPI that the client holds the outsourcer to; the unit of `target` and `warning` is the KPI's.

    In force from the local midnight of the date (ISO) `effective_from`, None: from ever, to that of `effective_until`.
    """

    kpi: str
    direction: Literal["at-least", "at-most"]
    target: float
    window: Literal["day", "week", "month"] = "month"
    warning: float | None = None
    consequence: str | None = None
    effective_from: str | None = None
    effective_until: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiTerms:
    """How the contract wants its figures: `service_level` is the variant of K03 (`metrics/registry.py`).

    What is of `complaint_categories` is a complaint. A survey has the classes 1 to `survey_classes`; from
    `satisfied_from` on the customer is satisfied. Time in `unpaid_statuses` is no staffed time.
    """

    service_level: str = "short-abandons-excluded"
    complaint_categories: tuple[str, ...] = ("complaint",)
    survey_classes: int = 5
    satisfied_from: int = 4
    unpaid_statuses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seats:
    """Seats in the contract (TEN-08): bought, designed for, and the ceiling of concurrent log-ins."""

    contracted: int
    designed: int
    burst: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the tenant's organisation, and what is bound to it (TEN-11); `parent` None is the headquarters."""

    id: str
    name: str
    kind: Literal["headquarters", "region", "branch", "outlet"]
    parent: str | None = None
    ownership: Literal["direct", "franchise"] = "direct"
    numbers: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Required:
    """A training, exam or periodic test. A pass holds `valid_days` days with its own; None: for good."""

    kind: str
    id: str
    valid_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualification:
    """What an agent of the routing profile `skill` must have passed to receive contacts (PPL-06)."""

    skill: str
    requires: tuple[Required, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Records that a user may be shown in an hour; see `contract_security.Reading` (SEC-02)."""

    unusual_per_h: int = 300
    front_desk_per_h: int = 600
    front_desk_page: int = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """The actions that a superior approves first, and how long such a request waits (PPL-01)."""

    actions: tuple[str, ...] = ()
    lapse_s: int = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionLists:
    """What contacts are completed from (DSK-08): ids; next steps in `ticketed` need a ticket.

    `shown` is the section of the contract, with the names that a desk shows.
    """

    categories: Mapping[str, tuple[str, ...]]
    results: tuple[str, ...]
    next_steps: tuple[str, ...]
    ticketed: tuple[str, ...] = ()
    shown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityQuestion:
    """What an agent asks a caller, and the field of the customer that has the answer (IDV-01)."""

    id: str
    ask: Mapping[str, str]
    field: str
    secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityTerms:
    """So many right answers verify a caller; after so many wrong ones no more are taken in the call.

    `operations` are the levels that operations on a customer need, by their action (IDV-02).
    """

    questions: tuple[IdentityQuestion, ...]
    needed: int
    attempts: int
    operations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """The compiled contract. `version` is a digest of its content: it changes exactly when the contract does."""

    id: TenantId
    version: str
    name: str
    time_zone: str
    default_language: str
    languages: tuple[str, ...]
    lines: Mapping[str, Line]
    queues: Mapping[str, Queue]
    seats: Seats
    grade_priority: Mapping[str, int] = field(default_factory=dict)
    contacts_days: int = 365
    ticket_steps_left_out: tuple[str, ...] = ()
    kpi_targets: tuple[KpiTarget, ...] = ()
    kpis: KpiTerms = KpiTerms()
    hours: Mapping[str, Timetable] = field(default_factory=dict)
    plan: Plan = field(default_factory=Plan)
    papers: Mapping[str, Any] = field(default_factory=dict)
    """Numbers and licences with their papers, as `chalicelib/licences` reads them: nobody else does."""
    organisation: tuple[Part, ...] = ()
    callback: CallbackTerms | None = None
    boxes: tuple[Box, ...] = ()
    agent_greetings: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    """Text and recording by language of each agent who has a greeting of his own (IVR-09)."""
    notices: Mapping[str, Any] = field(default_factory=dict)
    """Who is told of new messages, as `chalicelib/voicemail` reads it: nobody else does."""
    qualifications: tuple[Qualification, ...] = ()
    reading: Reading = field(default_factory=Reading)
    realtime: Mapping[str, Any] = field(default_factory=dict)
    """What lines hold and what is told of at once, as `chalicelib/realtime` reads it: nobody else does."""
    approvals: Approvals = field(default_factory=Approvals)
    reliability: Mapping[str, Any] = field(default_factory=dict)
    """What is promised of the system itself, as `chalicelib/reliability` reads it: nobody else does."""
    privacy: Mapping[str, Any] = field(default_factory=dict)
    """How long data is kept and who answers for it, as `chalicelib/privacy` reads it: nobody else does."""
    customer_fields: tuple[CustomerField, ...] = ()
    customer_page: CustomerPage | None = None
    adapters: tuple[Mapping[str, Any], ...] = ()
    """The other systems that keep customers, as `adapters.policy.terms` reads them: flows pay nothing for it."""
    completion: CompletionLists | None = None
    identity: IdentityTerms | None = None
    agent_statuses: Mapping[str, str] = field(default_factory=dict)
    """What agents may choose beside Available and Offline: the name, and whether it is `break` or `busy` (DSK-05)."""


def from_document(document: Mapping[str, Any]) -> Tenant:
    """Read the compiled document that `compiler.compile_contract` wrote.

    Raises:
        ValueError: the document has another version or an invalid tenant id.

    """
    if document.get("document_version") != DOCUMENT_VERSION:
        msg = f"tenant document has version {document.get('document_version')!r}, this code reads {DOCUMENT_VERSION}"
        raise ValueError(msg)
    return Tenant(
        id=tenant_id(document["id"]),
        version=document["version"],
        name=document["name"],
        time_zone=document["time_zone"],
        default_language=document["default_language"],
        languages=tuple(document["languages"]),
        lines={key: _line(line) for key, line in document["lines"].items()},
        queues={key: Queue(**queue) for key, queue in document["queues"].items()},
        seats=Seats(**document["seats"]),
        grade_priority=document["grade_priority"],
        contacts_days=document["contacts_days"],
        ticket_steps_left_out=tuple(document["ticket_steps_left_out"]),
        kpi_targets=tuple(KpiTarget(**target) for target in document["kpi_targets"]),
        kpis=read(KpiTerms, document.get("kpis", {})),
        hours={key: calendar.from_document(timetable) for key, timetable in document["hours"].items()},
        plan=read(Plan, document["routing"]),
        boxes=tuple(read(Box, box) for box in document.get("boxes", ())),
        agent_greetings=document.get("agent_greetings", {}),
        notices=document.get("notices", {}),
        qualifications=tuple(read(Qualification, one) for one in document.get("qualifications", ())),
        customer_page=read(CustomerPage, page) if (page := document.get("customer_page")) else None,
        adapters=tuple(document.get("adapters", ())),
        customer_fields=tuple(read(CustomerField, one) for one in document.get("customer_fields", ())),
        identity=read(IdentityTerms, identity) if (identity := document.get("identity")) else None,
        completion=_completion(document.get("completion")),
        agent_statuses=document.get("agent_statuses", {}),
        papers=document["papers"],
        reading=Reading(**document.get("reading", {})),
        realtime=document.get("realtime", {}),
        approvals=read(Approvals, document.get("approvals", {})),
        reliability=document.get("reliability", {}),
        privacy=document.get("privacy", {}),
        organisation=tuple(read(Part, node) for node in document["organisation"]),
        callback=read(CallbackTerms, callback) if (callback := document.get("callback")) else None,
    )


def _completion(document: Mapping[str, Any] | None) -> CompletionLists | None:
    if document is None:
        return None
    return CompletionLists(
        categories={name: tuple(subs) for name, subs in document["categories"].items()},
        results=tuple(document["results"]),
        next_steps=tuple(document["next_steps"]),
        ticketed=tuple(document["ticketed"]),
        shown=document["shown"],
    )


def _line(document: Mapping[str, Any]) -> Line:
    menu = {digit: MenuOption(**option) for digit, option in document["menu"].items()}
    return Line(**{**document, "numbers": tuple(document["numbers"]), "menu": menu})
