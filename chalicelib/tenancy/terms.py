"""What a contract says beside its routing, as plain values: figures, seats, organisation, people, waiting, customers.

Field by field what the section's own `contract_*.py` validates.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


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
class Box:
    """The message box of a group's queues, or of a person."""

    id: str
    name: str
    queues: tuple[str, ...] = ()
    agent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackTerms:
    """Whom the tenant calls back, and how often; field by field what `contract_waiting.py` validates."""

    country: str
    regions: tuple[str, ...]
    digits_least: int
    digits_most: int
    attempts: int
    retry_s: int


CHAIN_TERMS = CallbackTerms(country="+", regions=("+",), digits_least=1, digits_most=0, attempts=3, retry_s=600)
"""Of a callback at the end of a chain, where the contract has no terms: the telephone that called, wherever it is; no
number that is keyed in can be one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerField:
    """A field of the tenant's own customers, who are sorted by it when it is `listed`; see `contract_customers.py`."""

    id: str
    title: str
    kind: Literal["text", "number", "date", "choice", "flag"]
    choices: tuple[str, ...] = ()
    listed: bool = False
    classification: Literal["plain", "personal", "sensitive"] = "personal"


PAGE_KEYS = ("contact_id", "number", "entry_number", "customer_id", "line", "region")
"""What the URL of a tenant's own page may name of a contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerPage:
    """A page of the tenant's own CRM, opened for callers whom we do not know (`unmatched`) or for all."""

    url: str
    when: Literal["unmatched", "always"] = "unmatched"
