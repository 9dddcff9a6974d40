"""Menus: what they are. A tree of nodes as data, where a caller stands in it, and what comes next. Values only.

Contract and API read these classes from JSON with pydantic, so the classes say their configuration in
`__pydantic_config__` without importing it: a flow-invoked function loads this module.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, ClassVar

CLOSED: Mapping[str, Any] = {"extra": "forbid"}
"""An unknown field is an error."""

KEYS = "0123456789*#"
"""The keys of a telephone."""
TIMEOUTS_S = (5, 10, 20)
"""How long a menu may wait for a key: the flow has one input action for each, because the limit there is fixed."""

BACK, REPEAT, TOP, HUMAN = "@back", "@repeat", "@top", "@human"
WORDS = frozenset({BACK, REPEAT, TOP, HUMAN})
"""What a key may lead to beside a node: the menu before, the same again, the first menu, a person."""


class Strict:
    """Says to pydantic, without importing it, that nothing else is taken for the value: `false` is no number."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return {**handler(source), "strict": True}


class Kind(StrEnum):
    """What a node does."""

    MENU = "menu"
    ANSWER = "answer"
    ENQUIRY = "enquiry"
    ROUTE = "route"
    EMERGENCY = "emergency"
    LINE = "line"
    VOICEMAIL = "voicemail"
    GOODBYE = "goodbye"


STAYS = frozenset({Kind.MENU, Kind.ANSWER, Kind.ENQUIRY})
"""Kinds at which a caller is asked for something; at all others the menu ends."""


class Level(StrEnum):
    """How sure we are of who is calling (IDV-02), ascending. `known`: the number of the telephone or a typed customer
    number is a customer's; that only identifies. `verified`: an agent has verified the caller as this customer.
    """

    NONE = "none"
    KNOWN = "known"
    VERIFIED = "verified"

    @property
    def rank(self) -> int:
        """Its place in the order."""
        return list(Level).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What is heard, by language: a text to speak, and a recording (`s3://bucket/key.wav`) to play in its place.

    The text stays, so that a recording that is missing is spoken (IVR-02). `{name}` and `{answer}` stand for the
    caller's name and the answer of an enquiry.
    """

    text: Mapping[str, str]
    recording: Mapping[str, str] = field(default_factory=dict)

    __pydantic_config__: ClassVar[Mapping[str, Any]] = CLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One place of a tree; which of the fields count depends on `kind` (docs/menus.md has the table).

    `otherwise` is where callers go who give up here, ask for a person, or whose enquiry fails; left out, the tree's
    `human`. `queues` by language; none means the line's default queue.
    """

    kind: Kind
    prompt: Prompt | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    timeout_s: Annotated[int, Strict()] = 5
    retries: Annotated[int, Strict()] = 2
    no_input: Prompt | None = None
    wrong_key: Prompt | None = None
    otherwise: str | None = None
    category: str | None = None
    sub_category: str | None = None
    queues: Mapping[str, str] = field(default_factory=dict)
    line: str | None = None
    enquiry: str | None = None
    level: Level = Level.NONE
    ask: Prompt | None = None
    not_found: Prompt | None = None

    __pydantic_config__: ClassVar[Mapping[str, Any]] = CLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Greetings:
    """The first words of a call (IVR-09): by grade before by name before neutral; a withheld number is a stranger."""

    neutral: Prompt
    by_name: Prompt | None = None
    by_grade: Mapping[str, Prompt] = field(default_factory=dict)

    __pydantic_config__: ClassVar[Mapping[str, Any]] = CLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """Sentences that every node of a tree shares. `again` offers 1 to repeat, 2 to go back and 0 for a person."""

    no_input: Prompt
    wrong_key: Prompt
    again: Prompt
    not_found: Prompt
    refused: Prompt
    apology: Prompt
    goodbye: Prompt

    __pydantic_config__: ClassVar[Mapping[str, Any]] = CLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The menus of one line. `start` is heard in service hours, `closed` outside them (left out: the off-hours service
    of the line), `human` is the way to a person.
    """

    start: str
    human: str
    nodes: Mapping[str, Node]
    greetings: Greetings
    phrases: Phrases
    closed: str | None = None

    __pydantic_config__: ClassVar[Mapping[str, Any]] = CLOSED


class Exit(StrEnum):
    """How a caller left a node, or why he stayed. The words of the log and the report (IVR-12)."""

    KEY = "key"
    BACK = "back"
    REPEAT = "repeat"
    TOP = "top"
    HUMAN = "human"
    WRONG_KEY = "wrong-key"
    NO_INPUT = "no-input"
    GAVE_UP = "gave-up"
    ANSWERED = "answered"
    NOT_FOUND = "not-found"
    REFUSED = "refused"
    FAILED = "failed"
    DONE = "done"
    TOO_MANY = "too-many-steps"
    ROUTE = "route"
    EMERGENCY = "emergency"
    LINE = "line"
    VOICEMAIL = "voicemail"
    GOODBYE = "goodbye"


STAYING = frozenset({Exit.WRONG_KEY, Exit.NO_INPUT, Exit.REPEAT, Exit.ANSWERED, Exit.NOT_FOUND})
"""Exits after which the caller is still at the same node."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One step in the log: seconds since the menu began, the node, what was chosen (`-`: nothing), and the exit."""

    at_s: int
    node: str
    choice: str
    exit: Exit


class Phase(StrEnum):
    """What an answer or enquiry waits for; a menu always asks."""

    ASK = "ask"
    AFTER = "after"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where a caller stands. `trail` are the menus on the way here, `path` the keys pressed, `tries` the failures at
    this node, `steps` the inputs of the call so far.
    """

    node: str
    phase: Phase = Phase.ASK
    tries: int = 0
    steps: int = 0
    trail: tuple[str, ...] = ()
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """What a menu needs to know of the caller: language and who he is, with absent facts None."""

    language: str
    name: str | None = None
    grade: str | None = None
    customer_id: str | None = None
    level: Level = Level.NONE


class Heard(StrEnum):
    """What came back from the caller, or from a look-up that the step before asked for."""

    KEY = "key"
    DIGITS = "digits"
    NOTHING = "nothing"
    FOUND = "found"
    NOT_FOUND = "not-found"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input: a key, digits, the text of a found answer, or nothing. Digits are a reference and never logged."""

    heard: Heard
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """What is heard in the caller's language; `fell_back` when it had to be the default language (TEN-05)."""

    text: str
    recording: str | None = None
    fell_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A question: `digits` for a number that ends with the pound key, else one key within `timeout_s`."""

    prompt: Utterance
    timeout_s: int
    digits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """An answer to fetch: of which enquiry, for which reference or customer; `owned` when it must be the customer's."""

    enquiry: str
    reference: str
    owned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """The end of the menu. A contact that goes to people has category and sub-category (None: the node names none).

    `queues` by language, as the node has them.
    """

    kind: Kind
    category: str | None = None
    sub_category: str | None = None
    queues: Mapping[str, str] = field(default_factory=dict)
    line: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What comes next: words, then exactly one of a question, a look-up and a hand-over; `log` is what happened."""

    state: State
    says: tuple[Utterance, ...] = ()
    ask: Ask | None = None
    lookup: Lookup | None = None
    done: HandOver | None = None
    log: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is known of a reference, by language; of one customer only when `customer_id` says whose it is."""

    text: Mapping[str, str]
    customer_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Counters of some calls through one version: `<node>.visits`, `.left`, `.completed` and each exit."""

    version: int
    counters: Mapping[str, int]
