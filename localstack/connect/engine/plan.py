"""What a simulated customer is going to do. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Answer = Literal["answer", "voicemail", "voicemail-no-beep", "fax", "unclear", "busy", "no-answer", "invalid"]
"""What comes of dialling somebody; a voicemail or another machine counts as connected (11.7)."""


@dataclass(frozen=True, slots=True)
class Press:
    """The caller presses these keys at the next chance; "" = stays silent there."""

    digits: str


@dataclass(frozen=True, slots=True)
class TypeAhead:
    """The caller presses these keys at once, whether or not anybody listens."""

    digits: str


@dataclass(frozen=True, slots=True)
class Say:
    """The caller says this at the next chance to speak (writes it in a chat); "" = stays silent there."""

    text: str


@dataclass(frozen=True, slots=True)
class Choose:
    """The person chooses an action of the next screen (a view); "" = lets its time limit go by."""

    action: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WaitFor:
    """The caller does nothing for some seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class HangUp:
    """The caller hangs up."""


@dataclass(frozen=True, slots=True)
class LoseLine:
    """The telephone network loses the call; nobody hangs up."""


Deed = Press | TypeAhead | Say | Choose | WaitFor | HangUp | LoseLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Audio:
    """How each end of the line is heard: scores of 1 to 5, and what may be wrong with it."""

    agent_score: float
    customer_score: float
    agent_issues: tuple[str, ...] = ()
    customer_issues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Callee:
    """Somebody who is called: what comes of one attempt after another (the last one again and again)."""

    answers: tuple[Answer, ...] = ("answer",)
    ring_s: float = 6.0
    talk_s: float | None = 60.0
    """How long a third party talks, None = until somebody else hangs up; a customer talks as long as the plan says."""

    greeting_s: float = 6.0
    """How long an answering machine speaks before its beep."""

    def on(self, attempt: int) -> Answer:
        """What comes of an attempt, counted from 1."""
        return self.answers[min(attempt, len(self.answers)) - 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPlan:
    """A call to place. `patience_s` None = waits for ever; `talk_s` None = the agent's own talk time.

    `callee` is the customer when called (back), `third_party` whoever a flow connects the customer to.
    """

    to: str
    caller: str
    display_name: str = ""
    sip_headers: Mapping[str, str] = field(default_factory=dict)
    siprec: str = ""
    capabilities: Mapping[str, Any] = field(default_factory=dict)
    """What the two sides of a web call can do: {"Customer": {"Video": "SEND"}}."""
    script: tuple[Deed, ...] = ()
    patience_s: float | None = None
    talk_s: float | None = None
    interactive: bool = False
    callee: Callee = Callee()
    third_party: Callee = Callee()
    audio: Audio | None = None
    """None: it was not measured."""
