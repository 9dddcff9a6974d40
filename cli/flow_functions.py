"""Functions for a flow that runs without a cloud: Python callables under the names that the flow uses."""

import importlib
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from time import monotonic
from typing import Any

from chalicelib.platform.errors import InvalidInput
from localstack.connect.engine.ports import LambdaReply, Place, Ports, StoredObject, StreamRecord

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


def named(pairs: Sequence[str]) -> dict[str, Handler]:
    """Return the handlers that texts such as `look_up=my.module:handler` name.

    Raises:
        InvalidInput: a text has another form, or there is no such module or function.

    """
    return dict(_handler(pair) for pair in pairs)


def _handler(pair: str) -> tuple[str, Handler]:
    name, found, place = pair.partition("=")
    module, colon, function = place.partition(":")
    if not (name and found and module and colon and function):
        msg = f"expected NAME=module:function, not {pair!r}"
        raise InvalidInput(msg)
    try:
        handler = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError) as exc:
        msg = f"--lambda {pair}: {exc}"
        raise InvalidInput(msg) from exc
    if not callable(handler):
        msg = f"--lambda {pair}: {function} cannot be called"
        raise InvalidInput(msg)
    return name, handler


@dataclass(frozen=True, slots=True)
class InProcess:
    """The Lambda port over handlers in this process. What is not among them is refused by its name."""

    handlers: Mapping[str, Handler]

    def start(
        self,
        place: Place,
        function_arn: str,
        payload: bytes,
        limit_s: float,
        *,
        source_arn: str = "",
        asynchronous: bool = False,
    ) -> Future[LambdaReply]:
        """Call the handler at once."""
        del place, source_arn, asynchronous
        future: Future[LambdaReply] = Future()
        name = function_arn.partition(":function:")[2].partition(":")[0] or function_arn
        handler = self.handlers.get(name)
        if handler is None:
            future.set_result(LambdaReply("refused", detail=f"no function {name} was given (--lambda {name}=...)"))
        else:
            future.set_result(_called(handler, name, json.loads(payload), limit_s))
        return future


def _called(handler: Handler, name: str, event: Mapping[str, Any], limit_s: float) -> LambdaReply:
    began = monotonic()
    try:
        answer = json.dumps(handler(event, LocalContext(name, began + limit_s)), ensure_ascii=False).encode()
    except Exception as exc:  # noqa: BLE001  the door to foreign code: whatever it raises is the function's error
        return LambdaReply("function-error", detail=f"{type(exc).__name__}: {exc}")
    took_s = monotonic() - began
    if took_s > limit_s:
        return LambdaReply("timeout", detail=f"took {took_s:.1f} s, allowed are {limit_s:g} s")
    return LambdaReply("ok", answer, real_ms=took_s * _MS)


class _Streams:
    def put(self, place: Place, stream_arn: str, records: Sequence[StreamRecord]) -> Sequence[int]:
        del place, stream_arn, records
        return ()


class _Bus:
    def put(self, place: Place, events: Sequence[dict[str, Any]]) -> Sequence[int]:
        del place, events
        return ()


class _Objects:
    def put(self, place: Place, stored: StoredObject) -> bool:
        del place, stored
        return True


class _Logs:
    def put(self, place: Place, group: str, lines: Sequence[tuple[int, str]]) -> bool:
        del place, group, lines
        return True


def ports(handlers: Mapping[str, Handler]) -> Ports:
    """Return the engine's ports: these functions; what leaves the world otherwise goes nowhere."""
    return Ports(lambdas=InProcess(handlers), streams=_Streams(), bus=_Bus(), objects=_Objects(), logs=_Logs())
