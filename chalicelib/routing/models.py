"""Routing: what it is. Values only; an absent fact is None, never ''."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from chalicelib.tenancy.models import Line, MenuOption


class Reason(StrEnum):
    """Why a contact goes where it goes. Public: flows keep it on the contact, reports count it."""

    MENU_CHOICE = "menu-choice"
    DEFAULT_LINE = "default-line"
    MENU_UNKNOWN = "menu-unknown"
    LANGUAGE_FALLBACK = "language-fallback"
    VIP_GRADE = "vip-grade"
    UNKNOWN_NUMBER = "unknown-number"
    RULE = "rule"
    BRANCH = "branch"
    HEADQUARTERS = "headquarters"
    REGION = "caller-region"
    ELSEWHERE = "caller-elsewhere"
    ACCOUNT_MANAGER = "account-manager"
    KEY_ACCOUNT_SEATS = "key-account-seats"
    LAST_AGENT = "last-agent"
    LAST_QUEUE = "last-queue"
    STRATEGY = "strategy"
    OFF_HOURS = "off-hours"
    OVERFLOW = "overflow"
    NOBODY_ANSWERED = "nobody-answered"
    EMERGENCY = "emergency"
    DEGRADED = "routing-degraded"


class TargetKind(StrEnum):
    """What a contact can be sent to. `group` is several agents of a queue at once."""

    AGENT = "agent"
    GROUP = "group"
    QUEUE = "queue"
    OUTSIDE = "outside"
    CALLBACK = "callback"
    VOICEMAIL = "voicemail"
    IVR = "ivr"


class Why(StrEnum):
    """Why a candidate was passed over, or what a decision had to do without."""

    OFFLINE = "offline"
    AWAY = "away"
    BUSY = "busy"
    BACKING_OFF = "backing-off"
    RESERVED = "reserved"
    NOT_RESERVED = "not-reserved"
    NOT_IN_QUEUE = "not-in-queue"
    EXCLUDED = "excluded"
    UNKNOWN_AGENT = "unknown-agent"
    RANKED_LOWER = "ranked-lower"
    NOT_MATCHED = "not-matched"
    TOO_LONG_AGO = "too-long-ago"
    NOBODY_REMEMBERED = "nobody-remembered"
    NO_MANAGER = "no-account-manager"
    QUEUE_FULL = "queue-full"
    WAIT_OVER_LIMIT = "wait-over-limit"
    NOBODY_SIGNED_IN = "nobody-signed-in"
    CLOSED = "closed"
    TRIED_BEFORE = "tried-before"
    NOT_A_CALL = "not-a-call"
    NO_NUMBER = "no-number"
    FLOOR_MISSING = "floor-missing"
    FLOOR_STALE = "floor-stale"
    QUEUE_NOT_TRIED = "queue-not-tried"
    NOT_FROM_A_QUEUE = "not-from-a-queue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of routing criteria (11.4): one of `agents`, or all of `skills` (attribute, value, level).

    `expiry_s` None is for ever.
    """

    agents: tuple[str, ...] = ()
    skills: tuple[tuple[str, str, int], ...] = ()
    expiry_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One place to try, for `timeout_s` seconds.

    `id` is the contract's queue id, the line's for its voicemail, the agent's username, the telephone number outside,
    the name of a self-service. `agents` are the Amazon Connect ids of an agent or group, `queue` the one they are
    asked in. `steps` are what a queue is asked for, beginning with its entry.

    `usernames` are those of a group, in the order of `agents`. `desks`: they have desks at which all can be offered
    the contact at once. `at_desks`: they are; no telephone rings meanwhile.
    """

    kind: TargetKind
    id: str
    timeout_s: int
    reason: Reason
    queue: str | None = None
    agents: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    usernames: tuple[str, ...] = ()
    desks: bool = False
    at_desks: bool = False

    @property
    def place(self) -> tuple[str, str]:
        """What may stand in a list only once (ACD-16)."""
        return self.kind.value, self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFacts:
    """What is known of the contact itself. `is_stray`: no line of the tenant was dialled or named;
    `number_known` is False when a number was dialled that is not in the contract.

    `id` seeds chance. `menu_path` is every key in order, `menu_choice` the one of the top menu. `chosen` is what the
    menu handed over; without it the contract's own first menu says what `menu_choice` means. `emergency` goes before
    everything else (IVR-11). `tried` are places that the contact has been to, `excluded` usernames that must not get
    it. `in_queue_flow`: it is in a queue flow, from which no way leads back to a menu.
    """

    line: Line
    language: str | None = None
    menu_choice: str | None = None
    is_stray: bool = False
    number_known: bool = True
    id: str = ""
    channel: str = "VOICE"
    dialled: str | None = None
    menu_path: str | None = None
    chosen: MenuOption | None = None
    emergency: bool = False
    branch: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    tried: frozenset[tuple[str, str]] = frozenset()
    excluded: frozenset[str] = frozenset()
    in_queue_flow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """An earlier contact of the caller; `answered` when an agent handled it."""

    at: datetime
    agent: str | None = None
    queue: str | None = None
    line: str | None = None
    answered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerFacts:
    """What routing needs to know of the caller. `number` is None when withheld, `recent` newest first."""

    grade: str | None = None
    number: str | None = None
    manager: str | None = None
    recent: tuple[Past, ...] = ()
    open_tickets: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A candidate that was considered and not taken."""

    what: str
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """An agent (Amazon Connect's id) whom decisions keep for one contact, from `at` to `until`."""

    agent_id: str
    contact_id: str
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What explains a decision: what was found, in which order it was looked for, and what was passed over.

    `queue` is the one the strategy worked on, `rank` 1 to 9 who is served first, before it is told to Amazon Connect.
    `without` says why the state of agents and queues was missed.
    """

    rank: int = 5
    rule: str | None = None
    segments: tuple[str, ...] = ()
    region: str | None = None
    branch: str | None = None
    queue: str | None = None
    strategy: str = ""
    without: Why | None = None
    raised_by: tuple[str, ...] = ()
    passed: tuple[Passed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The ordered targets of a contact (ACD-01) with the headline reason; `priority` 1 is served first.

    Without an ageing bound `head_start_s` is 0; with one it carries the priority and Amazon Connect's own stays equal
    for all (ACD-08). `version` is the contract's: with it, the facts and the state a decision can be replayed.
    """

    at: datetime
    line: str
    targets: tuple[Target, ...]
    reason: Reason
    category: str | None
    language: str
    priority: int
    strategy: str
    version: str
    head_start_s: int = 0
    record: Record = field(default_factory=Record)

    @property
    def is_degraded(self) -> bool:
        """Whether the decision was made without the store (ACD-21)."""
        return self.reason is Reason.DEGRADED
