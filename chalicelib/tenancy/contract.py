"""The tenant contract: the one profile from which a tenant's stack, flows and decisions are made (TEN-02).

Authoring side only (CDK, command line, tests): functions read the compiled form, see `compiler.py`. A contract is a
YAML file in `tenants/`; unknown fields are errors, and `contract_file.load` names every offending field at once.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from chalicelib.menus.models import Node
from chalicelib.platform.tenancy import tenant_id
from chalicelib.tenancy.contract_agents import MOST_STATUSES, AgentStatus
from chalicelib.tenancy.contract_base import (
    E164,
    Id,
    Language,
    Model,
    Text,
    TextByLanguage,
    Title,
    each_once,
)
from chalicelib.tenancy.contract_completion import Completion
from chalicelib.tenancy.contract_customers import Customers
from chalicelib.tenancy.contract_demo import Demo
from chalicelib.tenancy.contract_evidence import Allocation, Connection, LegalClass, Licence, Province
from chalicelib.tenancy.contract_greetings import AgentGreeting
from chalicelib.tenancy.contract_hours import Hours, ZoneName
from chalicelib.tenancy.contract_identity import Identity
from chalicelib.tenancy.contract_kpis import Kpis
from chalicelib.tenancy.contract_organisation import Part
from chalicelib.tenancy.contract_qualifications import Qualification
from chalicelib.tenancy.contract_realtime import Realtime
from chalicelib.tenancy.contract_reliability import Reliability
from chalicelib.tenancy.contract_retention import Retention
from chalicelib.tenancy.contract_routing import Routing
from chalicelib.tenancy.contract_security import Security
from chalicelib.tenancy.contract_survey import Survey
from chalicelib.tenancy.contract_targets import KpiTarget
from chalicelib.tenancy.contract_voicemail import Voicemail
from chalicelib.tenancy.contract_waiting import Waiting


class Languages(Model):
    """The languages offered to callers (TEN-05)."""

    default: Language
    offered: list[Language] = Field(min_length=1)

    @model_validator(mode="after")
    def _default_is_offered(self) -> Self:
        if len(set(self.offered)) < len(self.offered):
            msg = f"each language once, not {self.offered}"
            raise ValueError(msg)
        if self.default not in self.offered:
            msg = f"the default {self.default!r} must be one of offered {self.offered}"
            raise ValueError(msg)
        return self


class Seats(Model):
    """Seats in the contract (TEN-08): bought, designed for, and the ceiling of concurrent log-ins."""

    contracted: int = Field(ge=1)
    designed: int = Field(ge=1)
    burst: int = Field(ge=1)

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if not self.contracted <= self.designed <= self.burst:
            msg = "expected contracted <= designed <= burst"
            raise ValueError(msg)
        return self


class Claim(Model):
    """How Amazon Connect claims the number: `Prefix` search of the country's inventory, or a ported number."""

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    type: Literal["DID", "TOLL_FREE", "UIFN", "SHARED", "THIRD_PARTY_DID", "THIRD_PARTY_TF", "SHORT_CODE"]


class EntryNumber(Model):
    """A number that callers dial (NUM-01, NUM-02): it belongs to exactly one service line.

    A 1xx, 95xxx or 96xxx number has its allocation and, per carrier, how it is connected (NUM-06). It
    may be presented to called parties from `verified_on`, the day on which the carrier confirmed whose it is (OUT-10).
    `areas` are the regions or areas of responsibility that it is published for (NUM-03); none: wherever it can be
    dialled.
    """

    number: E164
    number_class: Literal["400", "800", "1xx", "95xxx", "96xxx", "local-access", "direct-dial"]
    reach: Literal["nationwide", "local"]
    line: Id
    claim: Claim
    allocation: Allocation | None = None
    connections: list[Connection] = Field(default_factory=list)
    verified_on: dt.date | None = None
    areas: Annotated[list[Title], AfterValidator(each_once)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _class_decides_reach(self) -> Self:
        fixed = {"1xx": "nationwide", "95xxx": "nationwide", "96xxx": "local"}.get(self.number_class, self.reach)
        if self.reach != fixed:
            msg = f"a {self.number_class} number is {fixed} (NUM-01)"
            raise ValueError(msg)
        return self


class ServiceLevel(Model):
    """K03: the share `target` of contacts answered within `threshold_s`; abandons before `short_abandon_s` excluded."""

    threshold_s: int = Field(ge=1, le=604_800)
    target: float = Field(gt=0, le=1)
    short_abandon_s: int = Field(default=5, ge=0)


class Queue(Model):
    """A waiting line. Amazon Connect orders it by `priority` (1 first) and then age.

    Calls out of it present `caller_id`, a verified number of the tenant; left out, the queue has no number.
    `strategy` is `longest-idle`, which Amazon Connect does itself, or the id of one of `routing.strategies`.
    """

    id: Id
    name: Title
    hours: Id
    language: Language
    strategy: Id
    priority: int = Field(default=5, ge=1, le=9)
    max_contacts: int | None = Field(default=None, ge=1)
    caller_id: E164 | None = None
    service_level: ServiceLevel


class ProfileQueue(Model):
    """A queue in a routing profile: smaller `priority` first, offered only after `delay_s` in queue."""

    queue: Id
    priority: int = Field(default=1, ge=1, le=99)
    delay_s: int = Field(default=0, ge=0, le=9_999)


class RoutingProfile(Model):
    """Which queues a group of agents serves."""

    id: Id
    name: Title
    queues: list[ProfileQueue] = Field(min_length=1, max_length=50)


class MenuOption(Model):
    """One key of a line's top menu: what it means (category) and which queue serves it in each language.

    With `to` it leads to one of the line's `nodes`; the queues then are for callers who give up there.
    """

    digit: Annotated[str, StringConstraints(pattern=r"^[0-9]$")]
    category: Id
    label: TextByLanguage = Field(min_length=1)
    queues: Mapping[Language, Id] = Field(min_length=1)
    to: Id | None = None


class Refusal(Model):
    """A caller may refuse to be recorded by a key (REC-02), and then goes on unrecorded, is served by `queue`, or is
    bidden goodbye.
    """

    then: Literal["unrecorded", "queue", "end"]
    queue: Id | None = None

    @model_validator(mode="after")
    def _queue_is_named(self) -> Self:
        if (self.then == "queue") != (self.queue is not None):
            msg = "expected a queue with the rule queue, and none with another one"
            raise ValueError(msg)
        return self


class ServiceLine(Model):
    """One service behind one or more numbers: its hours, menu, default queue, recording policy and legal class.

    `services` are what the line offers in the words of the licence; `provinces` empty: the whole country (LIC-02).
    `nodes` are what lies behind the keys of `menu` (docs/menus.md), `closed_menu` the one that is heard outside service
    hours, `greetings` the first words for customers of a grade, `survey` the question after the call.
    """

    id: Id
    name: TextByLanguage = Field(min_length=1)
    hours: Id
    default_queue: Id
    recording: Literal["full", "on-demand", "none"]
    recording_refusal: Refusal | None = None
    survey: Survey | None = None
    off_hours: Literal["voicemail", "announce"]
    identification: bool = False
    menu: list[MenuOption] = Field(min_length=1)
    nodes: Mapping[Id, Node] = Field(default_factory=dict)
    closed_menu: Id | None = None
    greetings: Mapping[Id, TextByLanguage] = Field(default_factory=dict)
    prompts: Mapping[str, TextByLanguage] = Field(default_factory=dict)
    legal_class: LegalClass
    services: list[Id] = Field(default_factory=lambda: ["call-centre"], min_length=1)
    provinces: list[Province] = Field(default_factory=list)


class GradePriority(Model):
    """Customers of `grade` enter their queue with this priority (ACD-08); others with the queue's own."""

    grade: Id
    priority: int = Field(ge=1, le=9)


class Tickets(Model):
    """The course of tickets (TKT-01): all six steps, but for those that this tenant leaves out."""

    left_out: list[Literal["supervise", "follow-up", "revisit"]] = Field(default_factory=list)


class Protection(Model):
    """Guards that a production tenant switches on."""

    deletion_protection: bool = False


class Capacity(Model):
    """What one tenant may take of the shared account (REL-08)."""

    reserved_concurrency: int = Field(ge=1, le=1_000)


class Contract(Model):
    """Everything that Trunkline knows of a tenant before the first call.

    `checked_on` is the day on which the papers were looked at last. They are judged by it, so that the same contract
    always gives the same stack; `trunkline numbers check` judges them by today.
    """

    schema_version: Literal[1]
    checked_on: dt.date
    tenant: Annotated[str, AfterValidator(tenant_id)]
    name: Text
    industry: Text
    outsourcing_model: Literal["full", "partial", "client-controlled"]
    areas: list[Text] = Field(min_length=1)
    time_zone: ZoneName
    languages: Languages
    seats: Seats
    licences: list[Licence] = Field(default_factory=list)
    entry_numbers: list[EntryNumber] = Field(min_length=1)
    service_lines: list[ServiceLine] = Field(min_length=1)
    hours: list[Hours] = Field(min_length=1)
    queues: list[Queue] = Field(min_length=1)
    routing_profiles: list[RoutingProfile] = Field(min_length=1)
    agent_statuses: list[AgentStatus] = Field(default_factory=list, max_length=MOST_STATUSES)
    qualifications: list[Qualification] = Field(default_factory=list)
    grades: list[GradePriority] = Field(default_factory=list)
    organisation: list[Part] = Field(default_factory=list)
    routing: Routing = Routing()
    waiting: Waiting = Waiting()
    voicemail: Voicemail = Voicemail()
    agent_greetings: list[AgentGreeting] = Field(default_factory=list)
    kpi_targets: list[KpiTarget] = Field(min_length=1)
    kpis: Kpis = Kpis()
    realtime: Realtime = Realtime()
    tickets: Tickets = Tickets()
    customers: Customers = Customers()
    completion: Completion | None = None
    identity: Identity | None = None
    retention: Retention
    protection: Protection = Protection()
    security: Security
    reliability: Reliability = Reliability()
    capacity: Capacity
    demo: Demo
