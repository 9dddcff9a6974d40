"""Metrics: what they are. Counters, the registry of KPIs with their formulas, and what a report holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

NO_QUEUE = "-"
"""Stands for the queue of contacts that never entered one, and for the line of contacts whose number is no line's."""

INTERVAL_S = 900
"""Counters are kept per quarter of an hour of UTC: every time zone's days and half hours are whole numbers of these."""

BOOKING_RULE = "a contact counts in the quarter-hour in which it entered its queue (arrived, if it never queued)"
"""The one rule that says in which interval a contact counts; reports print it."""

WAIT_BOUNDS_S = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600)
"""Upper bounds, inclusive, of the histogram of answered waits (docs/requirements.md has no percentiles without one)."""


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
    contact never queued; `threshold_s` and `short_s` are those of its queue.
    """

    arrived_at: datetime
    queued_at: datetime | None
    line: str
    queue: str
    outcome: Outcome
    arrival: bool
    handled: bool
    transferred: bool = False
    degraded: bool = False
    voicemail: bool = False
    wait_s: int | None = None
    talk_s: int = 0
    hold_s: int = 0
    acw_s: int = 0
    threshold_s: int | None = None
    short_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Where counts are kept: the interval that starts at `start` (UTC), the service line and the queue."""

    start: datetime
    line: str
    queue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """What one contact adds to one slot. Counters that would add nothing are left out."""

    slot: Slot
    counters: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """A KPI of the glossary (docs/requirements.md, section 4): sums of counters divided by sums of counters.

    Both maps are counter -> factor. The pseudo-counter `period_s` is the length of the period that is reported.
    """

    id: str
    name: str
    formula: str
    unit: Literal["share", "seconds", "erlang"]
    numerator: Mapping[str, int]
    denominator: Mapping[str, int]


_OFFERED_LESS_SHORT = {"answered": 1, "abandoned": 1, "short_abandoned": -1}
_HANDLE = {"talk_s": 1, "hold_s": 1, "acw_s": 1}

KPIS: tuple[Kpi, ...] = (
    Kpi(id="K02", name="Human answer rate", formula="ANS / (ANS + ABN - SAB)", unit="share",
        numerator={"answered": 1}, denominator=_OFFERED_LESS_SHORT),
    Kpi(id="K03", name="Service level", formula="ANS within T / (ANS + ABN - SAB)", unit="share",
        numerator={"answered_in_target": 1}, denominator=_OFFERED_LESS_SHORT),
    Kpi(id="K04", name="Average speed of answer", formula="sum of queue wait of ANS / ANS", unit="seconds",
        numerator={"wait_s": 1}, denominator={"answered": 1}),
    Kpi(id="K06", name="Average talk time", formula="sum of talk without hold / HND", unit="seconds",
        numerator={"talk_s": 1}, denominator={"handled": 1}),
    Kpi(id="K07", name="Average hold time", formula="sum of hold / HND", unit="seconds",
        numerator={"hold_s": 1}, denominator={"handled": 1}),
    Kpi(id="K08", name="Average after-call work", formula="sum of after-call work / HND", unit="seconds",
        numerator={"acw_s": 1}, denominator={"handled": 1}),
    Kpi(id="K09", name="Average handle time", formula="sum of (talk + hold + ACW) / HND", unit="seconds",
        numerator=_HANDLE, denominator={"handled": 1}),
    Kpi(id="K10", name="Abandon rate", formula="(ABN - SAB) / (ANS + ABN - SAB)", unit="share",
        numerator={"abandoned": 1, "short_abandoned": -1}, denominator=_OFFERED_LESS_SHORT),
    Kpi(id="K12", name="Transfer rate", formula="contacts transferred / HND", unit="share",
        numerator={"transferred": 1}, denominator={"handled": 1}),
    Kpi(id="K45", name="Traffic load", formula="contacts per hour x AHT in hours", unit="erlang",
        numerator=_HANDLE, denominator={"period_s": 1}),
)  # fmt: skip
"""The only place where a KPI's formula is written down; every report and target reads it here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A KPI value that the client holds the outsourcer to."""

    kpi: str
    direction: Literal["at-least", "at-most"]
    target: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One KPI of one group. `value` is None when there is no denominator; `met` is None without value or target."""

    kpi: Kpi
    value: float | None
    target: Target | None
    met: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One row of a report: a queue, a line or the tenant, in one interval or (`start` None) the whole period."""

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
