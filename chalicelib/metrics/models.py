"""Metrics: what they are. Counters, the registry of KPIs with their formulas, and what a report holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

NO_QUEUE = "-"
"""Stands for the queue of contacts that never entered one, and for the line of contacts whose number is no line's."""

NO_NUMBER = "-"
"""Stands for the entry number of contacts that dialled none of the tenant's: chat, or a number it does not have."""

METRIC_PREFIX = "kpi."
"""How CloudWatch's metrics of counters begin; the counter's name follows."""

PERIOD = "period_s"
"""The pseudo-counter of the length of the period."""

type Unit = Literal["share", "seconds", "erlang", "per-thousand", "per-hour", "score"]

INTERVAL_S = 900
"""Counters are kept per quarter of an hour of UTC: every time zone's days and half hours are whole numbers of these."""

BOOKING_RULE = "a contact counts in the quarter-hour in which it entered its queue (arrived, if it never queued)"
"""The one rule that says in which interval a contact counts; reports print it."""

NO_AGENT = "-"
"""Stands for the agent of a handled contact whose record names none."""


class Outcome(StrEnum):
    """How a contact leaves the queue or the flow, as far as counting goes. Exactly one a contact."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    DROPPED = "dropped"
    """The system ended it while it waited: counted with the abandoned, never as a short one."""
    EXIT = "exit"
    """Left the queue for voicemail, self service or a callback."""
    OVERFLOWED = "overflowed"
    """Went on to another queue as a new contact, which is the one that counts as offered."""
    TURNED_AWAY = "turned-away"
    SELF_SERVED = "self-served"
    LEFT_IN_FLOW = "left-in-flow"
    CLOSED = "closed"
    TRANSFERRED_OUT = "transferred-out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What counting needs to know of one finished contact. Spans in whole seconds.

    `arrival` is true for the first contact of a chain: a transferred call arrived once. `wait_s` is None when the
    contact never queued; `threshold_s` and `short_s` are those of its queue. `agent` is who handled it. `satisfied` is
    what the customer's answer to the survey means, None without a valid answer.
    """

    arrived_at: datetime
    queued_at: datetime | None
    line: str
    queue: str
    number: str = NO_NUMBER
    outcome: Outcome
    arrival: bool
    handled: bool
    transferred: bool = False
    degraded: bool = False
    voicemail: bool = False
    callback: bool = False
    called_back: bool = False
    accepted: bool = False
    complaint: bool = False
    agent: str | None = None
    surveyed: bool = False
    satisfied: bool | None = None
    wait_s: int | None = None
    talk_s: int = 0
    hold_s: int = 0
    acw_s: int = 0
    threshold_s: int | None = None
    short_s: int | None = None
    line_failed: bool = False
    voice_score: int | None = None
    agent_voice_score: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Where counts are kept: the interval that starts at `start` (UTC), the line, the queue and the entry number.

    The number is part of the place, so that the sum over numbers is the line's count by itself (NUM-03).
    """

    start: datetime
    line: str
    queue: str
    number: str = NO_NUMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSlot:
    """Where the counts of what one agent handled are kept beside: the interval that starts at `start` (UTC)."""

    start: datetime
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking[Place: Slot | AgentSlot = Slot]:
    """What one contact adds to one slot. Counters that would add nothing are left out.

    `agent` is set when an agent handled it: a part of the counters is then kept at the agent, too (`policy.share`).
    """

    slot: Place
    counters: Mapping[str, int] = field(default_factory=dict)
    agent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """So many calls were refused in the quarter-hour from `at` (UTC) on, as the metric of CloudWatch counts them."""

    at: datetime
    metric: str
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """A KPI of the glossary (docs/requirements.md, section 4): sums of counters divided by sums of counters.

    Both maps are counter -> factor. The pseudo-counter `period_s` is the length of the period that is reported.
    `source` names the stored fields that the counters come from, `owner` the role that answers for the definition,
    `version` counts changes of the formula. `direction` is where the better values are. `variant` is set where a
    contract chooses among several formulas; `histogram` names the distribution whose mean the KPI is.
    """

    id: str
    name: str
    formula: str
    unit: Unit
    direction: Literal["up", "down", "none"]
    owner: str
    source: tuple[str, ...]
    numerator: Mapping[str, int]
    denominator: Mapping[str, int]
    version: int = 1
    variant: str | None = None
    histogram: str | None = None

    @property
    def counters(self) -> frozenset[str]:
        """The counters that the formula reads."""
        return frozenset({*self.numerator, *self.denominator} - {PERIOD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfed:
    """A KPI of the glossary that no stored data feeds yet, and what is missing."""

    id: str
    name: str
    formula: str
    missing: str


class Verdict(StrEnum):
    """How a value stands to its target; the order is from good to bad."""

    MET = "met"
    WARNED = "warned"
    """The target is met, and the warning level is not: the next bad day may miss it."""
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One version of what the client holds the outsourcer to, in force in [since, till) (TEN-06).

    None is from ever, and until the next version. `warning` lies on the good side of `target`; `window` is the period
    of the tenant's calendar that is judged as one; `consequence` is what a miss leads to.
    """

    kpi: str
    direction: Literal["at-least", "at-most"]
    target: float
    window: Literal["day", "week", "month"] = "month"
    warning: float | None = None
    consequence: str | None = None
    since: datetime | None = None
    till: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A KPI in [start, end), held against the one version of its target that is in force there.

    `value` and `verdict` are None where there is no denominator.
    """

    start: datetime
    end: datetime
    target: Target
    value: float | None
    verdict: Verdict | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One KPI of one group. `value` is None when there is no denominator.

    `judgements` has one entry for each stretch of the period with one version of the target, in order of time; none
    where there was no target.
    """

    kpi: Kpi
    value: float | None
    judgements: tuple[Judgement, ...] = ()

    @property
    def target(self) -> Target | None:
        """The target in force in the period; None when there was none or it changed."""
        return self.judgements[0].target if len(self.judgements) == 1 else None

    @property
    def verdict(self) -> Verdict | None:
        """The worst of the judgements; None when none could be made."""
        order = list(Verdict)
        return max((one.verdict for one in self.judgements if one.verdict), key=order.index, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One row of a report: a queue, line, number or the tenant, in one interval or (`start` None) the whole period."""

    name: str
    start: datetime | None
    counters: Mapping[str, int]
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """KPIs of a period. `as_of` is when it was computed: late records restate past intervals."""

    start: datetime
    end: datetime
    by: str
    as_of: datetime
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A measurement window of a target, cut to the days on which the target is in force, and how it came out.

    `complete` is false while the window still runs: then the verdict is how it stands so far.
    """

    name: str
    kpi: Kpi
    judgement: Judgement
    complete: bool
