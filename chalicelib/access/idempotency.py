"""Idempotency keys of POST requests: the first answer is kept for a day, and the same request again gets it back.

A client that got no answer sends the request again with the same `Idempotency-Key`. The key is its user's own. What is
kept is the answer as it left us; it lies in the tenant's encrypted table and expires.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from chalice.app import Response

from chalicelib.platform import dynamo
from chalicelib.platform.errors import Conflict, InvalidInput, ProductError
from chalicelib.platform.tenancy import TenantId, partition

HEADER: Final = "idempotency-key"
KEPT_S: Final = 86_400
TAKEN_S: Final = 30
"""How long a request that was begun and never answered holds its key: longer than the function may run."""
LONGEST: Final = 128
LARGEST_ANSWER_BYTES: Final = 200_000
"""A larger answer is not kept: its repeat is done again, and the conditions of the change make that harmless."""


class KeyReused(Conflict):
    """The key named another request before."""

    code, title = "idempotency-key-reused", "Idempotency key reused"


class KeyInUse(Conflict):
    """The request of this key is being served at this moment."""

    code, title, retryable = "idempotency-key-in-use", "Still being served", True


class Table(dynamo.GetClient, dynamo.TransactClient, Protocol):
    """Port: the calls of a DynamoDB client that this makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A POST with a key: whose it is, and a digest of what was asked."""

    user: str
    key: str
    digest: str


def asked(user: str, key: str, path: str, body: bytes) -> Asked:
    """Return the request of `user` under `key`.

    Raises:
        InvalidInput: the key is empty, too long, or not visible ASCII.

    """
    if not 1 <= len(key) <= LONGEST or not (key.isascii() and key.isprintable()) or " " in key:
        raise InvalidInput(f"an idempotency key has 1 to {LONGEST} visible characters", field="Idempotency-Key")
    digest = hashlib.sha256(path.encode() + b"\n" + body).hexdigest()
    return Asked(user=user, key=key, digest=digest)


def place(tenant: TenantId, user: str, key: str) -> dict[str, str]:
    """Return the key of the item; a name in it may hold anything, so it goes in as its digest."""
    return {"pk": partition(tenant, "REQUEST", hashlib.sha256(f"{user}\n{key}".encode()).hexdigest()), "sk": "ANSWER"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The answers that one tenant's table keeps."""

    client: Table
    table: str
    tenant: TenantId
    now: Callable[[], datetime]

    def once(self, request: Asked, serve: Callable[[], Response]) -> Response:
        """Return the answer of `serve`, or the one that it gave to this very request before.

        A refusal leaves the key free again at once: the request may be made good and sent again. A bug leaves it taken
        for TAKEN_S.

        Raises:
            KeyReused: the key named another request. KeyInUse: it is being served.
            ProductError: what `serve` refuses, or the store could not answer.

        """
        kept = self._take(request)
        if kept is not None:
            return _replayed(request, kept)
        try:
            answer = serve()
        except ProductError:
            self._put(request, {"state": "free", "ttl": 0}, over="taken")
            raise
        self._keep(request, answer)
        return answer

    def _take(self, request: Asked) -> dict[str, Any] | None:
        """Take the key, or return what stands under it."""
        until = int(self.now().timestamp()) + TAKEN_S
        return self._put(request, {"state": "taken", "ttl": until})

    def _keep(self, request: Asked, answer: Response) -> None:
        until = int(self.now().timestamp()) + KEPT_S
        if len(str(answer.body).encode()) > LARGEST_ANSWER_BYTES:
            self._put(request, {"state": "free", "ttl": 0}, over="taken")
            return
        told = {"status": answer.status_code, "body": answer.body, "headers": dict(answer.headers)}
        self._put(request, {"state": "answered", "ttl": until, **told}, over="taken")

    def _put(self, request: Asked, told: Mapping[str, Any], *, over: str = "") -> dict[str, Any] | None:
        """Write what is `told` if the key is free, or in the state `over`; return what stood in the way."""
        item = {**place(self.tenant, request.user, request.key), "digest": request.digest, **told}
        condition, values = "attribute_not_exists(pk) OR #t < :now", {":now": {"N": str(int(self.now().timestamp()))}}
        names = {"#t": "ttl"}
        if over:
            condition, values, names = "#t = :over", {":over": {"S": over}}, {"#t": "state"}
        write = dynamo.Transaction(self.client)
        put = {
            "TableName": self.table,
            "Item": dynamo.encode(item),
            "ConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }
        write.add("key", {"Put": put})
        lost = write.attempt()
        return None if lost is None else lost.old_item or {}


def _replayed(request: Asked, kept: Mapping[str, Any]) -> Response:
    if kept.get("digest") != request.digest:
        raise KeyReused("this idempotency key named another request before")
    if kept.get("state") != "answered":
        raise KeyInUse("the first request of this key is still being served")
    headers = {**kept["headers"], "Idempotent-Replayed": "true"}
    return Response(body=kept["body"], status_code=kept["status"], headers=headers)
