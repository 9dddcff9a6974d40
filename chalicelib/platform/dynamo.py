"""DynamoDB in plain values: a codec for items, named transactions, and store failures as product errors.

Low level on purpose: a flow-invoked function pays for every import before a caller hears anything.
"""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.platform.errors import Conflict, ProductError, StoreUnavailable, Throttled

_THROTTLES = frozenset({
    *("ProvisionedThroughputExceededException", "ProvisionedThroughputExceeded", "RequestLimitExceeded"),
    *("ThrottlingException", "ThrottlingError"),
})  # fmt: skip
BATCH_TRIES: Final = 3
"""Requests for the same items; a batch that is cut short is asked for again."""

_BUGS = frozenset({"ValidationException", "SerializationException", "IdempotentParameterMismatchException"})


class Contended(Throttled):
    """Another transaction holds one of the items at this moment; the same write may succeed if tried again."""

    code = "contended"


def encode(item: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the DynamoDB form of the plain `item`; None becomes NULL.

    Raises:
        TypeError: a value has no exact form in DynamoDB; floats are refused, use Decimal or an int with a unit.

    """
    return {name: encode_value(value) for name, value in item.items()}


def encode_value(value: Any) -> dict[str, Any]:  # noqa: PLR0911 - one return a type of value
    """Return the DynamoDB form of one plain value; see `encode`."""
    match value:
        case bool():  # before int: a bool is an int
            return {"BOOL": value}
        case str():
            return {"S": str(value)}  # a StrEnum goes as its text
        case int() | Decimal():
            return {"N": str(value)}
        case None:
            return {"NULL": True}
        case bytes():
            return {"B": value}
        case Mapping():
            return {"M": encode(value)}
        case list() | tuple():
            return {"L": [encode_value(element) for element in value]}
        case _:
            msg = f"a {type(value).__name__} has no exact form in DynamoDB"
            raise TypeError(msg)


def decode(item: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the plain form of a DynamoDB `item`; whole numbers become int, others Decimal."""
    return {name: decode_value(value) for name, value in item.items()}


def decode_value(value: Mapping[str, Any]) -> Any:
    """Return the plain form of one DynamoDB value such as `{"N": "1"}`.

    Raises:
        ValueError: a type that nothing of ours writes (sets).

    """
    ((kind, raw),) = value.items()
    match kind:
        case "S" | "BOOL" | "B":
            return raw
        case "N":
            return int(raw) if raw.lstrip("-").isdigit() else Decimal(raw)
        case "NULL":
            return None
        case "M":
            return decode(raw)
        case "L":
            return [decode_value(element) for element in raw]
        case _:
            msg = f"nothing of ours writes the DynamoDB type {kind!r}"
            raise ValueError(msg)


@contextlib.contextmanager
def store_errors(what: str) -> Iterator[None]:
    """Translate failures of the store in the body into product errors; `what` says in words what was tried.

    A refusal that means our own request is wrong (validation) stays as it is: it is a bug and must be loud.

    Raises:
        Conflict: a condition was not met.
        Throttled: the store asked for patience.
        StoreUnavailable: permission, network, time, or the store's own failure.

    """
    try:
        yield
    except ClientError as exc:
        code = error_code(exc)
        if code in _BUGS:
            raise
        raise _product_error(code)(f"{what}: {code}", cause=code) from exc
    except BotoCoreError as exc:
        name = type(exc).__name__
        raise StoreUnavailable(f"{what}: {name}", cause=name) from exc


def error_code(exc: Exception) -> str:
    """Return the code of a botocore ClientError such as `AccessDeniedException`; `Unknown` for anything else."""
    response: Mapping[str, Any] = getattr(exc, "response", {})
    return str(response.get("Error", {}).get("Code", "Unknown"))


def _product_error(code: str) -> type[ProductError]:
    if code in _THROTTLES:
        return Throttled
    if code in {"TransactionConflictException", "TransactionInProgressException"}:
        return Contended
    return Conflict if code == "ConditionalCheckFailedException" else StoreUnavailable


class GetClient(Protocol):
    """Port: the one call of a DynamoDB client that reading an item by its key needs."""

    def get_item(self, **request: Any) -> Mapping[str, Any]:
        """Read one item."""


class QueryClient(Protocol):
    """Port: the one call of a DynamoDB client that reading a partition needs."""

    def query(self, **request: Any) -> Mapping[str, Any]:
        """Return one page of items of one partition."""


class PutClient(Protocol):
    """Port: the one call of a DynamoDB client that a conditional put needs."""

    def put_item(self, **request: Any) -> Mapping[str, Any]:
        """Write one item."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The condition of a put was not met; `old_item` is what it found (None if there was none)."""

    old_item: dict[str, Any] | None


def attempt_put(client: PutClient, what: str, request: Mapping[str, Any]) -> Refused | None:
    """Put one item if its condition is met; return what stood in the way instead of raising.

    One item for the price of one: a transaction would cost twice the write units.

    Raises:
        Throttled, Contended, StoreUnavailable: nothing was written and the reason may go away.

    """
    with store_errors(what):
        try:
            client.put_item(ReturnValuesOnConditionCheckFailure="ALL_OLD", **request)
        except ClientError as exc:
            if error_code(exc) != "ConditionalCheckFailedException":
                raise
            old = exc.response.get("Item")
            return Refused(decode(old) if old else None)
    return None


class BatchClient(Protocol):
    """Port: the one call of a DynamoDB client that reading items by their keys needs."""

    def batch_get_item(self, **request: Any) -> Mapping[str, Any]:
        """Read up to a hundred items by their keys."""


def read_keys(
    client: BatchClient, what: str, table: str, keys: Iterable[Mapping[str, str]], *, consistent: bool = False
) -> list[dict[str, Any]]:
    """Return the items of `keys` that exist, in no promised order; what was cut short is asked for again.

    Raises:
        Throttled, StoreUnavailable: the store could not answer, or kept answering in part.

    """
    wanted = [encode(key) for key in keys]
    found: list[dict[str, Any]] = []
    for _ in range(BATCH_TRIES):
        if not wanted:
            return found
        with store_errors(what):
            answer = client.batch_get_item(RequestItems={table: {"Keys": wanted, "ConsistentRead": consistent}})
        found += [decode(item) for item in answer["Responses"].get(table, [])]
        wanted = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
    if wanted:
        raise StoreUnavailable(f"{what}: the store answered in part only")
    return found


class TransactClient(Protocol):
    """Port: the one call of a DynamoDB client that a transaction needs."""

    def transact_write_items(self, **request: Any) -> Mapping[str, Any]:
        """Write all or nothing."""


@dataclass(frozen=True, slots=True)
class Cancellation:
    """The first step whose condition was not met, and the item it found (None if there was none)."""

    step: str
    old_item: dict[str, Any] | None


@dataclass(slots=True)
class Transaction:
    """Ordered, named writes, all or nothing. A cancelled write is reported by the name of the step that failed.

    `token` makes a repeat of the same writes within ten minutes harmless; empty means none is sent.
    Each action is one of DynamoDB's `{"Put"|"Update"|"Delete"|"ConditionCheck": {...}}`.
    """

    client: TransactClient
    token: str = ""
    _steps: list[tuple[str, type[ProductError], dict[str, Any]]] = field(default_factory=list)

    def add(self, name: str, action: Mapping[str, Any], *, on_fail: type[ProductError] = Conflict) -> None:
        """Append the step `name`; its failed condition is raised as `on_fail`, and the old item is asked back."""
        ((kind, body),) = action.items()
        self._steps.append((name, on_fail, {kind: {"ReturnValuesOnConditionCheckFailure": "ALL_OLD", **body}}))

    def with_step(
        self, name: str, action: Mapping[str, Any], *, on_fail: type[ProductError] = Conflict
    ) -> "Transaction":
        """Return a transaction of these steps and one more; this one stays as it is and can be tried with another."""
        longer = Transaction(self.client, self.token, list(self._steps))
        longer.add(name, action, on_fail=on_fail)
        return longer

    def commit(self) -> None:
        """Write all steps.

        Raises:
            ProductError: the `on_fail` of the first step whose condition failed, with the fact `step`.
            Throttled, Contended, StoreUnavailable: nothing was written and the reason may go away.

        """
        failed = self.attempt()
        if failed is not None:
            kind = next(on_fail for name, on_fail, _ in self._steps if name == failed.step)
            raise kind(f"the step {failed.step!r} found another state than it needs", step=failed.step)

    def attempt(self) -> Cancellation | None:
        """Write all steps; return the failed step instead of raising, for callers to whom losing is an answer.

        Raises:
            Throttled, Contended, StoreUnavailable: nothing was written and the reason may go away.

        """
        request: dict[str, Any] = {"TransactItems": [action for _, _, action in self._steps]}
        if self.token:
            request["ClientRequestToken"] = self.token
        return self._send(request)

    def _send(self, request: dict[str, Any]) -> Cancellation | None:
        with store_errors("transaction"):
            try:
                self.client.transact_write_items(**request)
            except ClientError as exc:
                if error_code(exc) != "TransactionCanceledException":
                    raise
                return self._cancelled(exc)
        return None

    def _cancelled(self, exc: Exception) -> Cancellation:
        """Return the failed condition, else raise what the other reasons mean; conditions speak first."""
        response: Mapping[str, Any] = getattr(exc, "response", {})
        reasons: list[Mapping[str, Any]] = list(response.get("CancellationReasons", []))
        for (name, _, _), reason in zip(self._steps, reasons, strict=False):
            if reason.get("Code") == "ConditionalCheckFailed":
                old = reason.get("Item")
                return Cancellation(name, decode(old) if old else None)
        codes = {str(reason.get("Code")) for reason in reasons}
        if "TransactionConflict" in codes:
            raise Contended("transaction: another one holds an item") from exc
        if codes & _THROTTLES:
            raise Throttled("transaction: throttled") from exc
        raise exc
