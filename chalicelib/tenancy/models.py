"""Tenancy: what a function knows of its tenant. The contract compiled to plain values that load in microseconds.

The stack packages this as `chalicelib/tenant.json`, so that a function needs no call and no permission to know its
tenant: the default queue is known even when the table is not reachable (ACD-21).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.platform.settings import read
from chalicelib.platform.tenancy import TenantId, tenant_id
from chalicelib.tenancy import calendar
from chalicelib.tenancy.calendar import WEEK, Timetable, Why, day_of, is_open, local_time, zone
from chalicelib.tenancy.plan import (
    LONGEST_IDLE,
    MOST,
    MOST_TOGETHER,
    NATIVE,
    RELAX_AFTER_S,
    RING_S,
    WAIT_S,
    Attribution,
    Bounds,
    Branch,
    Chain,
    Conditions,
    Duty,
    History,
    Hop,
    Memory,
    Plan,
    Region,
    Rule,
    Strategy,
    Treatment,
)
from chalicelib.tenancy.terms import (
    CHAIN_TERMS,
    Approvals,
    Box,
    CallbackTerms,
    CompletionLists,
    CustomerField,
    CustomerPage,
    IdentityQuestion,
    IdentityTerms,
    KpiTarget,
    KpiTerms,
    Part,
    Qualification,
    Reading,
    Required,
    Seats,
)

__all__ = [
    "ASIDE",
    "CHAIN_TERMS",
    "DOCUMENT_VERSION",
    "LONGEST_IDLE",
    "MOST",
    "MOST_TOGETHER",
    "NATIVE",
    "RELAX_AFTER_S",
    "RING_S",
    "UNQUALIFIED",
    "WAIT_S",
    "WEEK",
    "Attribution",
    "Bounds",
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
]

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
    kpis: KpiTerms = field(default_factory=KpiTerms)
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
