"""The routing section of a tenant contract: who is asked, for how long, and what comes after. Authoring side only.

Every part may be left out; a contract without the section routes by menu, language and grade alone.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from chalicelib.tenancy.contract_areas import known_area
from chalicelib.tenancy.contract_base import E164, Id, Language, Model, Title, Weekday
from chalicelib.tenancy.contract_strategies import AttributeName, Strategy
from chalicelib.tenancy.plan import WAIT_S

Rank = Annotated[int, Field(ge=1, le=9)]
"""A priority; 1 is served first."""

Prefix = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{0,11}$")]
"""The beginning of telephone numbers in E.164 form, such as +8621 for Shanghai."""

Wait = Annotated[int, Field(ge=WAIT_S[0], le=WAIT_S[1])]
"""How long a target is tried, in seconds."""


class ToQueue(Model):
    """Waits in another queue."""

    to: Literal["queue", "callback"]
    id: Id
    timeout_s: Wait = 300


class ToOutside(Model):
    """Rings a telephone outside; the tenant's own number is presented (OUT-10). 600 s is Amazon Connect's limit."""

    to: Literal["outside"]
    number: E164
    timeout_s: int = Field(default=30, ge=5, le=600)


class ToDuty(Model):
    """Rings today's telephone of a duty roster."""

    to: Literal["duty"]
    id: Id
    timeout_s: int = Field(default=30, ge=5, le=600)


class ToService(Model):
    """Goes to the line's voicemail, or to a self-service part of its menu."""

    to: Literal["voicemail", "ivr"]
    id: Id | None = None

    @model_validator(mode="after")
    def _ivr_is_named(self) -> Self:
        if (self.to == "ivr") != (self.id is not None):
            msg = "expected an id with ivr, and none with voicemail"
            raise ValueError(msg)
        return self


Hop = Annotated[ToQueue | ToOutside | ToDuty | ToService, Field(discriminator="to")]


class Chain(Model):
    """The overflow chain of `queues` (ACD-16): where a contact goes when it is not answered there, in order.

    `wait_limit_s` is how long it waits in the queue itself; a queue whose oldest contact waits longer than
    `skip_wait_s` is not entered at all when that is known.
    """

    id: Id
    queues: list[Id] = Field(default_factory=list)
    wait_limit_s: Wait | None = None
    skip_wait_s: Wait | None = None
    hops: list[Hop] = Field(min_length=1, max_length=6)


class Conditions(Model):
    """When a rule applies: every list that is given must hold the contact's fact; `menu` has beginnings of keys."""

    lines: list[Id] = Field(default_factory=list)
    numbers: list[E164] = Field(default_factory=list)
    languages: list[Language] = Field(default_factory=list)
    menu: list[Annotated[str, StringConstraints(pattern=r"^[0-9]{1,10}$")]] = Field(default_factory=list)
    categories: list[Id] = Field(default_factory=list)
    grades: list[Id] = Field(default_factory=list)
    regions: list[Id] = Field(default_factory=list)
    segments: list[Id] = Field(default_factory=list)
    channels: list[Literal["VOICE", "CHAT", "TASK", "EMAIL"]] = Field(default_factory=list)
    attributes: Mapping[AttributeName, list[Title]] = Field(default_factory=dict)


class Rule(Model):
    """A row of the rule table (ACD-14); the first that applies decides, and is recorded on the contact."""

    id: Id
    when: Conditions = Conditions()
    queue: Id | None = None
    strategy: Id | None = None
    priority: Rank | None = None
    overflow: Id | None = None

    @model_validator(mode="after")
    def _decides_something(self) -> Self:
        if all(one is None for one in (self.queue, self.strategy, self.priority, self.overflow)):
            msg = "expected at least one of queue, strategy, priority, overflow"
            raise ValueError(msg)
        return self


class Segment(Model):
    """A time segment (ACD-15): it holds while the timetable `hours` is open, in the tenant's time zone."""

    id: Id
    hours: Id


AreaName = Annotated[str, AfterValidator(known_area)]
"""A province or city of China, such as 广东, 广东省, 深圳 or 广东省深圳市."""


class Region(Model):
    """Numbers of one area (ACD-10), and the queue or the site of its agents.

    `prefixes` are the tenant's own word and go first, the longest that fits; `areas` are provinces and cities of China,
    by the table of the numbers that belong to them. A city goes before its province.
    """

    id: Id
    prefixes: list[Prefix] = Field(default_factory=list)
    areas: list[AreaName] = Field(default_factory=list)
    queue: Id | None = None
    site: Id | None = None

    @model_validator(mode="after")
    def _has_numbers(self) -> Self:
        if not (self.prefixes or self.areas):
            msg = "expected prefixes or areas"
            raise ValueError(msg)
        return self


class Attribution(Model):
    """Routing by the caller's region on `lines` (all when left out); the base queue follows after `after_s`.

    `elsewhere` is the queue of unknown, foreign and withheld numbers; the base queue when left out.
    """

    lines: list[Id] = Field(default_factory=list)
    regions: list[Region] = Field(min_length=1, max_length=999)
    elsewhere: Id | None = None
    after_s: Wait = 60


class Branch(Model):
    """A branch or outlet (ACD-11): found by the dialled number or by the caller's choice, then its headquarters."""

    id: Id
    numbers: list[E164] = Field(default_factory=list)
    queue: Id
    site: Id | None = None
    headquarters: Id
    after_s: Wait = 60


class Memory(Model):
    """Back to the agent, or to the queue, that last served the caller on this line (ACD-12)."""

    of: Literal["agent", "queue"] = "agent"
    lookback_days: int = Field(default=30, ge=1, le=365)
    timeout_s: int = Field(default=15, ge=5, le=120)
    lines: list[Id] = Field(default_factory=list)


class KeyAccounts(Model):
    """Customers of `grades` (ACD-09): own account manager, then the seats, then the general queue at top priority."""

    grades: list[Id] = Field(min_length=1)
    manager_s: int = Field(default=20, ge=5, le=120)
    seats: Id
    seats_s: Wait = 40


class History(Model):
    """Raises the priority `by` ranks (ACD-13): a recent contact in `queues`, repeated contacts, an open ticket."""

    kind: Literal["recent-contact", "repeated-contacts", "open-ticket"]
    by: int = Field(ge=1, le=8)
    queues: list[Id] = Field(default_factory=list)
    within_h: int = Field(default=24, ge=1, le=8_760)
    count: int = Field(default=2, ge=1, le=10)


class Treatment(Model):
    """What callers of `lines` get while the line is closed (ACD-15), in order; voicemail or announcement after it."""

    lines: list[Id] = Field(min_length=1)
    hops: list[Hop] = Field(min_length=1, max_length=4)


class DutyDay(Model):
    """The telephone of a date, or of some weekdays."""

    date: dt.date | None = None
    weekdays: list[Weekday] = Field(default_factory=list)
    number: E164

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.date is None) == (not self.weekdays):
            msg = "expected either date or weekdays"
            raise ValueError(msg)
        return self


class Duty(Model):
    """Who is on duty: the entry of the date, else of the weekday, else `number`."""

    id: Id
    number: E164
    days: list[DutyDay] = Field(default_factory=list)


class Routing(Model):
    """How contacts find their agent. `floor_max_age_s` is how old knowledge of agents and queues may be.

    With `ageing_bound_s` priorities become head starts of at most that many seconds (ACD-08): nobody is overtaken by
    a contact that came later than that. Without it priorities are strict classes.
    """

    strategies: list[Strategy] = Field(default_factory=list)
    overflow: list[Chain] = Field(default_factory=list)
    rules: list[Rule] = Field(default_factory=list)
    segments: list[Segment] = Field(default_factory=list)
    attribution: Attribution | None = None
    branches: list[Branch] = Field(default_factory=list)
    memory: Memory | None = None
    key_accounts: KeyAccounts | None = None
    history: list[History] = Field(default_factory=list)
    closed: list[Treatment] = Field(default_factory=list)
    duties: list[Duty] = Field(default_factory=list)
    presented_number: E164 | None = None
    site_attribute: AttributeName = "Site"
    ageing_bound_s: int | None = Field(default=None, ge=60, le=3_600)
    floor_max_age_s: int = Field(default=30, ge=1, le=600)
