"""Sends operations and returns typed answers; a request that met a busy API is sent again, refusals are problems."""

import random
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from chalicelib.platform.openapi import Problem
from cli.client.operation import Operation
from cli.http import JsonClient, Refused, Unreachable

TRIES: Final = 4
LONGEST_PAUSE_S: Final = 5.0
FIRST_PAUSE_S: Final = 0.2
OK: Final = 200
BUSY: Final = frozenset({429, 503})
STILL_SERVED: Final = "idempotency-key-in-use"


class ApiRefusal(Refused):
    """The API refused, and said why in problem details (RFC 9457)."""

    def __init__(self, problem: Problem, refused: Refused) -> None:
        super().__init__(refused.detail, **refused.facts)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Client:
    """The REST API of one tenant behind `http`. What a test would make certain is a field."""

    http: JsonClient
    pause: Callable[[float], None] = time.sleep
    new_key: Callable[[], str] = lambda: str(uuid.uuid4())
    chance: Callable[[], float] = random.random

    def send[Query: BaseModel, Body: BaseModel, Answer: BaseModel](
        self,
        operation: Operation[Query, Body, Answer],
        *,
        query: Query | None = None,
        body: Body | None = None,
        **parts: str,
    ) -> Answer:
        """Return the answer of `operation`; `parts` are the names in its path.

        A POST that changes something carries one idempotency key for all its tries; whatever else changes something
        changes nothing the second time. So every request may be sent again, TRIES times at most.

        Raises:
            ValueError: a name of the path is missing, or there is no such name.
            ApiRefusal: the API refused. Unreachable: nothing answers. Refused: something else than the API answered,
                or another version of it.

        """
        address = operation.address(parts)
        headers = {"Idempotency-Key": self.new_key()} if operation.keyed else {}
        data = body.model_dump_json(by_alias=True, exclude_unset=True).encode() if body is not None else None

        def once() -> Any:
            return self.http.send(operation.method, address, query=parameters(query), body=data, headers=headers)

        told = self._patiently(once)
        try:
            return operation.answer.model_validate(told)
        except ValidationError as exc:
            msg = f"{operation.method} {operation.path} was answered in another shape than the API's: {exc.errors()[0]}"
            raise Refused(msg, http_status=OK, body="") from exc

    def pages[Query: BaseModel, Body: BaseModel, Answer: BaseModel](
        self, operation: Operation[Query, Body, Answer], query: Query, **parts: str
    ) -> Iterator[Answer]:
        """Yield the pages of a list, until one has no cursor.

        Raises:
            ValueError: the operation answers no pages. What `send` raises.

        """
        if "cursor" not in operation.answer.model_fields or "cursor" not in operation.query.model_fields:
            msg = f"{operation.method} {operation.path} answers no pages"
            raise ValueError(msg)
        while True:
            page = self.send(operation, query=query, body=None, **parts)
            yield page
            cursor = getattr(page, "cursor")  # noqa: B009 - the model is the caller's
            if cursor is None:
                return
            query = query.model_copy(update={"cursor": cursor})

    def _patiently(self, once: Callable[[], Any]) -> Any:
        for tried in range(1, TRIES):
            try:
                return _problems_told(once)
            except Unreachable:
                self.pause(self._pause_s(tried, 0.0))
            except Refused as refusal:
                if not _is_passing(refusal):
                    raise
                self.pause(self._pause_s(tried, refusal.retry_after_s))
        return _problems_told(once)

    def _pause_s(self, tried: int, told_s: float) -> float:
        """Return how long to wait: what the API said, else twice as long each time; never alike for all clients."""
        least_s = max(told_s, FIRST_PAUSE_S * (1 << (tried - 1)))
        return min(LONGEST_PAUSE_S, least_s * (1 + self.chance() / 2))


def parameters(query: BaseModel | None) -> dict[str, str]:
    """Return a query as its parameters; what was not set is left out."""
    told = query.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude_none=True) if query else {}
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in told.items()}


def _is_passing(refusal: Refused) -> bool:
    """Whether the same request may be answered a moment later; a gateway may say so in words of its own."""
    busy = refusal.http_status in BUSY
    return busy or (isinstance(refusal, ApiRefusal) and refusal.problem.code == STILL_SERVED)


def _problems_told(once: Callable[[], Any]) -> Any:
    try:
        return once()
    except Refused as refused:
        try:
            problem = Problem.model_validate_json(str(refused.facts["body"]))
        except ValidationError:
            raise refused from None
        raise ApiRefusal(problem, refused) from refused
