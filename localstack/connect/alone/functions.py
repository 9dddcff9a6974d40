"""Functions in this process: Python callables, or answers in a row, under the names that a flow uses."""

import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from localstack.connect.engine.ports import Invocation, LambdaReply, Ports
from localstack.connect.trial_world import NoList, NoStore

Handler = Callable[[Mapping[str, Any], "LocalContext"], Any]

_MS = 1000


@dataclass(frozen=True, slots=True)
class LocalContext:
    """What a handler may ask of its invocation."""

    function_name: str
    deadline_s: float
    aws_request_id: str = "00000000-0000-4000-8000-000000000000"
    function_version: str = "$LATEST"
    memory_limit_in_mb: int = 512

    @property
    def invoked_function_arn(self) -> str:
        """The function's ARN in the local account."""
        return f"arn:aws:lambda:us-east-1:000000000000:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the block's own limit."""
        return max(0, int((self.deadline_s - monotonic()) * _MS))


@dataclass(frozen=True, slots=True)
class InProcess:
    """The Lambda port over handlers in this process. What is not among them is refused by its name."""

    handlers: Mapping[str, Handler]

    def start(self, asked: Invocation) -> LambdaReply:
        """Call the handler at once; it gets a copy of the event, with which it may do what it likes."""
        handler = self.handlers.get(asked.name)
        if handler is None:
            return LambdaReply("refused", detail=f"no function {asked.name} was given (--lambda {asked.name}=...)")
        return _called(handler, asked.name, json.loads(json.dumps(asked.event)), asked.limit_s)


def _called(handler: Handler, name: str, event: Mapping[str, Any], limit_s: float) -> LambdaReply:
    began = monotonic()
    try:
        answer = json.dumps(handler(event, LocalContext(name, began + limit_s)), ensure_ascii=False).encode()
    except FailsAsTold:
        return LambdaReply("refused", detail=f"the script says that {name} fails")
    except Exception as exc:  # noqa: BLE001  the door to foreign code: whatever it raises is the function's error
        return LambdaReply("function-error", detail=f"{type(exc).__name__}: {exc}")
    took_s = monotonic() - began
    if took_s > limit_s:
        return LambdaReply("timeout", detail=f"took {took_s:.1f} s, allowed are {limit_s:g} s")
    return LambdaReply("ok", answer, real_ms=took_s * _MS)


class FailsAsTold(Exception):
    """The script says that this function fails; there is nothing to gain by trying again."""


@dataclass(slots=True)
class Answers:
    """A function without code: gives these answers one after another, the last one again and again.

    The answer `error` is a function that fails.
    """

    answers: Sequence[Mapping[str, Any] | str]
    _left: deque[Mapping[str, Any] | str] = field(init=False)

    def __post_init__(self) -> None:
        self._left = deque(self.answers)

    def __call__(self, event: Mapping[str, Any], context: LocalContext) -> Mapping[str, Any]:
        """Answer."""
        del event, context
        answer = self._left.popleft() if len(self._left) > 1 else self._left[0]
        if isinstance(answer, Mapping):
            return answer
        raise FailsAsTold


def ports(handlers: Mapping[str, Handler]) -> Ports:
    """Return the engine's ports: these functions; what leaves the world otherwise goes nowhere."""
    return Ports(lambdas=InProcess(handlers), streams=NoList(), bus=NoList(), objects=NoStore(), logs=NoStore())
