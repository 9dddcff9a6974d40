"""Callbacks: where they are kept. Each callback, and one lock a number while its callback is open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from chalicelib.callbacks.models import Callback, Outcome, Row, State
from chalicelib.platform.dynamo import GetClient, QueryClient, TransactClient, Transaction, decode, encode, store_errors
from chalicelib.platform.instants import instant
from chalicelib.platform.pages import Page, next_after, oldest_first
from chalicelib.platform.tenancy import TenantId, partition

LOCK: Final = "OPEN"
LOCKED: Final = timedelta(days=9)
"""Amazon Connect keeps a callback seven days; two more, and a number whose records were lost can be promised again."""
_DAY_S = 86_400
_CALLBACK = "CALLBACK#"


class Client(GetClient, QueryClient, TransactClient, Protocol):
    """Port: the calls of a DynamoDB client that callbacks need."""


def key(tenant: TenantId, phone: str, sort: str) -> dict[str, str]:
    """Return the key of a callback of `phone`, or of its lock."""
    return {"pk": partition(tenant, "CALLBACK", phone), "sk": sort}


def position(asked_at: datetime, callback_id: str) -> str:
    """Return where a callback stands in its list: by time, then id."""
    return f"{instant(asked_at)}#{callback_id}"


def partition_of(tenant: TenantId, phone: str) -> str:
    """Return the partition of the callbacks of `phone` and of their lock."""
    return key(tenant, phone, LOCK)["pk"]


def item(tenant: TenantId, callback: Callback, days: int) -> dict[str, Any]:
    """Return the callback's item; it expires `days` after it was asked for."""
    state = callback.state
    at = instant(callback.asked_at)
    return {
        **key(tenant, callback.phone, _CALLBACK + callback.id),
        "gsi2pk": partition(tenant, "CALLBACKS", state.value),
        "gsi2sk": position(callback.asked_at, callback.id),
        "callback_id": callback.id,
        "caller": callback.phone,
        "line": callback.line,
        "queue": callback.queue,
        "language": callback.language,
        "asked_at": at,
        "attempts": callback.attempts,
        "outcomes": {contact: outcome.value for contact, outcome in callback.outcomes.items()},
        "left": callback.left,
        "revision": callback.revision,
        **({"entry_number": callback.entry_number} if callback.entry_number else {}),
        "result": state.value,
        "ttl": int(callback.asked_at.timestamp()) + days * _DAY_S,
    }


def callback_of(found: Mapping[str, Any]) -> Callback:
    """Return the callback that `item` wrote."""
    return Callback(
        id=found["callback_id"],
        phone=found["caller"],
        line=found["line"],
        queue=found["queue"],
        language=found["language"],
        asked_at=datetime.fromisoformat(found["asked_at"]),
        attempts=found["attempts"],
        outcomes={contact: Outcome(outcome) for contact, outcome in found["outcomes"].items()},
        left=found["left"],
        revision=found["revision"],
        entry_number=found.get("entry_number"),
    )


@dataclass(frozen=True, slots=True)
class Callbacks:
    """The callbacks of one tenant. `days` is how long one is kept."""

    client: Client
    table: str
    tenant: TenantId
    days: int

    def promise(self, callback: Callback, now: datetime) -> bool:
        """Keep a new callback and lock its number; False when another one is open for the number.

        Asked twice in the same call, it is the same callback.

        Raises:
            Throttled, Contended, StoreUnavailable: nothing was written.

        """
        lock = {
            **key(self.tenant, callback.phone, LOCK),
            "callback_id": callback.id,
            "until": instant(now + LOCKED),
            "ttl": int((now + LOCKED).timestamp()),
        }
        free = {
            "ConditionExpression": "attribute_not_exists(pk) OR callback_id = :id OR #until < :now",
            "ExpressionAttributeNames": {"#until": "until"},
            "ExpressionAttributeValues": encode({":id": callback.id, ":now": instant(now)}),
        }
        write = Transaction(self.client)
        write.add("lock", {"Put": {"TableName": self.table, "Item": encode(lock), **free}})
        write.add(
            "callback", {"Put": {"TableName": self.table, "Item": encode(item(self.tenant, callback, self.days))}}
        )
        return write.attempt() is None

    def find(self, phone: str, callback_id: str) -> Callback | None:
        """Return a callback as it is now.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        wanted = encode(key(self.tenant, phone, _CALLBACK + callback_id))
        with store_errors("read a callback"):
            answer = self.client.get_item(TableName=self.table, Key=wanted, ConsistentRead=True)
        return callback_of(decode(answer["Item"])) if "Item" in answer else None

    def save(self, new: Callback, seen: int) -> bool:
        """Store `new` over the revision `seen`, and free the number once it is closed; False: it has changed since.

        Raises:
            Throttled, Contended, StoreUnavailable: nothing was written.

        """
        unchanged = {
            "ConditionExpression": "revision = :seen",
            "ExpressionAttributeValues": encode({":seen": seen}),
        }
        put = {"TableName": self.table, "Item": encode(item(self.tenant, new, self.days)), **unchanged}
        write = Transaction(self.client)
        write.add("callback", {"Put": put})
        if new.state is not State.OPEN:
            write.add("lock", {"Delete": self._own_lock(new)})
        lost = write.attempt()
        if lost is not None and lost.step == "lock":  # another callback of the number is open by now: leave its lock
            write = Transaction(self.client)
            write.add("callback", {"Put": put})
            lost = write.attempt()
        return lost is None

    def _own_lock(self, callback: Callback) -> dict[str, Any]:
        return {
            "TableName": self.table,
            "Key": encode(key(self.tenant, callback.phone, LOCK)),
            "ConditionExpression": "attribute_not_exists(pk) OR callback_id = :id",
            "ExpressionAttributeValues": encode({":id": callback.id}),
        }

    def listed(self, state: State, limit: int, after: str | None = None) -> Page[Row]:
        """Return a page of the callbacks that stand so, those asked for first in front.

        Raises:
            InvalidInput: `after` is no position of a list.
            Throttled, StoreUnavailable: the store could not answer.

        """
        entries = partition(self.tenant, "CALLBACKS", state.value)
        with store_errors("list callbacks"):
            answer = self.client.query(TableName=self.table, **oldest_first("gsi2", entries, after, limit))
        return Page(tuple(_row(decode(found)) for found in answer["Items"]), next_after(answer))


def _row(found: Mapping[str, Any]) -> Row:
    asked_at, _, callback_id = str(found["gsi2sk"]).partition("#")
    return Row(
        id=callback_id,
        asked_at=datetime.fromisoformat(asked_at),
        state=found["result"],
        phone=found["caller"],
        line=found["line"],
        queue=found["queue"],
        entry_number=found.get("entry_number"),
    )
