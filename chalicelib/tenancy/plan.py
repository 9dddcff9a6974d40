"""The routing section of the contract as decisions see it. Field by field what `contract_routing.py` validates."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

NATIVE = "longest-idle"
NEED_NO_FLOOR = frozenset({NATIVE, "skills", "site-preferred", "site-shares"})
"""Kinds of strategy that Amazon Connect carries out by itself; all others need the state of the agents."""

type Bounds = tuple[int, int]
RING_S: Bounds = (5, 120)
"""How long one agent or group is offered a contact."""
MOST: Bounds = (1, 5)
"""How many single agents are asked; Amazon Connect takes five steps of criteria (11.4)."""
MOST_TOGETHER: Bounds = (2, 20)
"""How many agents a contact is kept for at the same time."""
RELAX_AFTER_S: Bounds = (1, 7_200)
"""After how long other sites are asked too."""
WAIT_S: Bounds = (5, 7_200)
"""How long a target is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A skill at a level; its value stands here or is the contact's fact named by `source`."""

    attribute: str
    level: int = 1
    value: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """What is asked less after `after_s` in the queue; steps add up."""

    after_s: int
    levels: Mapping[str, int] = field(default_factory=dict)
    drop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """A strategy by its contract name; which of the fields count depends on `kind`."""

    id: str
    kind: str
    ring_s: int = 15
    most: int = 3
    rings: Literal["desks", "telephones"] = "telephones"
    weights: Mapping[str, int] = field(default_factory=dict)
    require: tuple[Requirement, ...] = ()
    relax: tuple[Relaxation, ...] = ()
    site: str | None = None
    shares: Mapping[str, int] = field(default_factory=dict)
    after_s: int = 30


LONGEST_IDLE = Strategy(id=NATIVE, kind=NATIVE)
"""What Amazon Connect does itself, and what every other strategy ends in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """A place of an overflow chain; `number` is the outside telephone's."""

    to: str
    id: str | None = None
    number: str | None = None
    timeout_s: int = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Where contacts of `queues` go when they are not answered there."""

    id: str
    hops: tuple[Hop, ...]
    queues: tuple[str, ...] = ()
    wait_limit_s: int | None = None
    skip_wait_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """When a rule applies; an empty list asks for nothing."""

    lines: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    menu: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A row of the rule table."""

    id: str
    when: Conditions = field(default_factory=Conditions)
    queue: str | None = None
    strategy: str | None = None
    priority: int | None = None
    overflow: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A time segment: it holds while its timetable is open."""

    id: str
    hours: str


AREA_COUNTRY, AREA_DIGITS, REGION_DIGITS = "+86", 7, 3
"""The table of an attribution tells numbers of this country by so many digits after it, of up to 999 regions."""
NO_REGION = "-" * REGION_DIGITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Numbers of one area, and where its agents are; `areas` are compiled into the attribution's table."""

    id: str
    prefixes: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    queue: str | None = None
    site: str | None = None

    def fit(self, number: str | None) -> int:
        """Return how many characters of the number the best prefix covers."""
        return max((len(prefix) for prefix in self.prefixes if (number or "").startswith(prefix)), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Routing by the caller's region.

    `table` is one text of entries of equal length, ascending: the first AREA_DIGITS of a number after AREA_COUNTRY, and
    the position of the region that it and all up to the next entry belong to. It is searched as it stands: a function
    starts no slower for its size.
    """

    regions: tuple[Region, ...]
    table: str = ""
    lines: tuple[str, ...] = ()
    elsewhere: str | None = None
    after_s: int = 60

    def region_of(self, number: str | None) -> Region | None:
        """Return the region of a number: the longest prefix that fits, then the place that the number belongs to."""
        by_prefix = max(self.regions, key=lambda one: (one.fit(number), one.id))
        if by_prefix.fit(number) > 0:
            return by_prefix
        position = self._position(number or "")
        return None if position is None else self.regions[position]

    def _position(self, number: str) -> int | None:
        """Return the position of the region that `number` belongs to by its first digits."""
        digits = number.removeprefix(AREA_COUNTRY)[:AREA_DIGITS]
        if not number.startswith(AREA_COUNTRY) or len(digits) < AREA_DIGITS:
            return None
        width, table = AREA_DIGITS + REGION_DIGITS, self.table
        places = range(len(table) // width)
        after = bisect_right(places, digits, key=lambda n: table[n * width : n * width + AREA_DIGITS])
        if after == 0:
            return None
        region = table[after * width - REGION_DIGITS : after * width]
        return None if region == NO_REGION else int(region)


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A branch, its queue and its headquarters' queue."""

    id: str
    queue: str
    headquarters: str
    numbers: tuple[str, ...] = ()
    site: str | None = None
    after_s: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Back to the agent or the queue that served last."""

    of: str
    lookback_days: int
    timeout_s: int
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAccounts:
    """Account manager, key-account seats, general queue at top priority."""

    grades: tuple[str, ...]
    seats: str
    manager_s: int
    seats_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """An interaction that raises the priority by `by` ranks."""

    kind: str
    by: int
    queues: tuple[str, ...] = ()
    within_h: int = 24
    count: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """What callers of closed lines get."""

    lines: tuple[str, ...]
    hops: tuple[Hop, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyDay:
    """The telephone of a date (ISO) or of weekdays."""

    number: str
    date: str | None = None
    weekdays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A duty roster; `number` when no day fits."""

    id: str
    number: str
    days: tuple[DutyDay, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The whole section. The empty plan routes by menu, language and grade."""

    strategies: tuple[Strategy, ...] = ()
    overflow: tuple[Chain, ...] = ()
    rules: tuple[Rule, ...] = ()
    segments: tuple[Segment, ...] = ()
    attribution: Attribution | None = None
    branches: tuple[Branch, ...] = ()
    memory: Memory | None = None
    key_accounts: KeyAccounts | None = None
    history: tuple[History, ...] = ()
    closed: tuple[Treatment, ...] = ()
    duties: tuple[Duty, ...] = ()
    presented_number: str | None = None
    site_attribute: str = "Site"
    ageing_bound_s: int | None = None
    floor_max_age_s: int = 30

    def strategy(self, name: str) -> Strategy:
        """Return the strategy with the id `name`; Amazon Connect's own has no entry."""
        return next((one for one in self.strategies if one.id == name), LONGEST_IDLE)

    def chain(self, name: str) -> Chain | None:
        """Return the overflow chain with the id `name`."""
        return next((one for one in self.overflow if one.id == name), None)

    def chain_of(self, queue: str) -> Chain | None:
        """Return the overflow chain of `queue`."""
        return next((one for one in self.overflow if queue in one.queues), None)

    @property
    def is_changeable(self) -> bool:
        """Whether a supervisor may change anything of it while calls run."""
        return bool(self.strategies or self.overflow or self.rules or self.ageing_bound_s is not None)

    @property
    def rings_desks(self) -> bool:
        """Whether any group is offered contacts at its desks."""
        return any(one.rings == "desks" for one in self.strategies)

    @property
    def needs_floor(self) -> bool:
        """Whether any decision looks at agents or queues."""
        by_agent = self.memory is not None and self.memory.of == "agent"
        strategies = any(one.kind not in NEED_NO_FLOOR for one in self.strategies)
        return bool(by_agent or strategies or self.key_accounts or self.overflow)

    @property
    def tells_time(self) -> bool:
        """Whether any decision depends on the time of day."""
        return bool(self.segments or self.closed or self.overflow)
