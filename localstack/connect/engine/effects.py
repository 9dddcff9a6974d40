"""What an action asks of the world while it runs (effects), and what came of it (outcomes)."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from localstack.connect.directory import Flow, FlowModule
from localstack.connect.engine.legs import Participant


@dataclass(frozen=True, slots=True)
class Pause:
    """Time passes."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Connect:
    """The call of an agent is placed, showing `caller_id` ("" = the queue's); goes on when the customer answers.

    `limit_s` is how long it may ring, None = as usual.
    """

    caller_id: str = ""
    limit_s: float | None = None


@dataclass(frozen=True, slots=True)
class ForEver:
    """Nothing follows unless the run is cancelled: music in a queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digits:
    """The customer, or the agent who transfers, may press keys. Resumes with a `Keyed`."""

    of: Participant = "customer"
    prompt_s: float
    first_s: float
    between_s: float = 5.0
    ends_with: str = ""
    max_digits: int = 1
    cancels: bool = False
    typed: str = ""
    """Keys that were pressed before, and count as pressed now."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """Keys that were pressed; "" = none in time."""

    digits: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The customer may say something, or write it in a chat; with `keys`, press keys instead. Resumes with a `Said`.

    `first_s` is how long after the prompt speech must begin, `longest_s` how much of it is heard, `silence_s` how
    long it must be silent afterwards. A prompt that may not be interrupted is spoken before the chance begins.
    """

    prompt_s: float
    first_s: float
    longest_s: float = 12.0
    silence_s: float = 0.6
    keys: Digits | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What was said; "" = nothing in time. `by` tells speech or text from keys."""

    text: str
    by: Literal["words", "keys"] = "words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The person before a screen may choose one of its actions (a view). Resumes with a `Chosen`.

    What is filled in does not stand in the transcript when it is `hidden`.
    """

    limit_s: float
    what: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """The action that was chosen and the data of the form; None = nothing in time."""

    action: str | None
    data: Mapping[str, Any] = field(default_factory=dict)


Chance = Digits | Words | Choice
"""What a person may do now."""
ChanceTaken = Keyed | Said | Chosen


@dataclass(frozen=True, slots=True)
class Await:
    """Time passes until one of the events happens. Resumes with its name, None when the time is over first."""

    seconds: float
    events: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoke:
    """A function is invoked, or with `asynchronous` only set going. Resumes with a `ports.LambdaReply`."""

    function_arn: str
    event: Mapping[str, Any]
    limit_s: float
    asynchronous: bool = False


Effect = Connect | Pause | ForEver | Await | Digits | Words | Choice | Invoke
Steps = Generator[Effect, Any, Any]


@dataclass(frozen=True, slots=True)
class Done:
    """The action succeeded; `result` decides between its conditions, None = it has no result."""

    result: str | None = None


DONE = Done()
"""Nearly every action ends so: one for all of them."""


@dataclass(frozen=True, slots=True)
class Finish:
    """The run is over: "disconnect" ends the call, "queued" leaves the contact in a queue, "end" only ends the flow."""

    how: str


@dataclass(frozen=True, slots=True)
class Jump:
    """The run goes on at the start of another flow."""

    flow: Flow


@dataclass(frozen=True, slots=True)
class Enter:
    """The run goes into a module and comes back to this action."""

    module: FlowModule
    inputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Leave:
    """The run leaves a module."""

    result: str | None
    data: Mapping[str, Any]


Outcome = Done | Finish | Jump | Enter | Leave


class ActionFailed(Exception):
    """An action took an error branch. `error` is the ErrorType; the text says why, for the transcript."""

    def __init__(self, error: str, why: str) -> None:
        super().__init__(why)
        self.error = error


NO_MATCHING_ERROR = "NoMatchingError"


def failed(why: str) -> ActionFailed:
    """The catch-all error."""
    return ActionFailed(NO_MATCHING_ERROR, why)


OVER = (Done, Finish, Jump, Enter, Leave, ActionFailed)
"""What an action has come to, as opposed to one that goes on."""
UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)
"""What a unit raises when a parameter has another shape than it must have."""


def unreadable(error: Exception) -> ActionFailed:
    """A parameter of another shape is the catch-all error, too."""
    return failed(f"the parameters cannot be read: {error!r}")


def to_its_end(performing: Generator[Effect, Any, Outcome]) -> Generator[Any, Any, Outcome | ActionFailed]:
    """Perform the rest of an action that takes time."""
    try:
        return (yield from performing)
    except ActionFailed as error:
        return error
    except UNREADABLE as error:
        return unreadable(error)
