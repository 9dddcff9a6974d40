"""Voicemail: where it is kept. One item a message, and an index of each box by state."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from chalicelib.audit.models import Act, Actor, Trail
from chalicelib.platform.dynamo import GetClient, QueryClient, TransactClient, Transaction, decode, encode, store_errors
from chalicelib.platform.errors import Conflict
from chalicelib.platform.instants import instant
from chalicelib.platform.pages import Page, next_after, oldest_first
from chalicelib.platform.tenancy import TenantId, partition
from chalicelib.voicemail.models import Message, Reason, Row, State

SORT: Final = "MESSAGE"
_DAY_S = 86_400


class AlreadyClosed(Conflict):
    """Somebody has closed the message."""

    code, title = "already-closed", "Already closed"


class Client(GetClient, QueryClient, TransactClient, Protocol):
    """Port: the calls of a DynamoDB client that voicemail needs."""


def key(tenant: TenantId, message_id: str) -> dict[str, str]:
    """Return the key of a message."""
    return {"pk": partition(tenant, "MESSAGE", message_id), "sk": SORT}


def position(message: Message | Row) -> str:
    """Return where a message stands in its box: by time, then id."""
    return f"{instant(message.at)}#{message.id}"


def item(tenant: TenantId, message: Message, days: int) -> dict[str, Any]:
    """Return the item of a message; it expires `days` after it was left. Absent facts take no room."""
    facts: dict[str, Any] = {
        "message_id": message.id,
        "at": instant(message.at),
        "box": message.box,
        "line": message.line,
        "category": message.reason.value,
        "caller": message.caller,
        "queue": message.queue,
        "language": message.language,
        "recording": message.recording,
        "result": message.state.value,
        "outcome": message.result,
        "closed_at": instant(message.closed_at) if message.closed_at else None,
        "closed_by": message.closed_by,
        "entry_number": message.entry_number,
    }
    return {
        **key(tenant, message.id),
        "gsi2pk": partition(tenant, "MESSAGES", message.box, message.state.value),
        "gsi2sk": position(message),
        **{name: value for name, value in facts.items() if value is not None},
        "ttl": int(message.at.timestamp()) + days * _DAY_S,
    }


def message_of(found: Mapping[str, Any]) -> Message:
    """Return the message that `item` wrote."""
    closed_at = found.get("closed_at")
    return Message(
        id=found["message_id"],
        at=datetime.fromisoformat(found["at"]),
        box=found["box"],
        line=found["line"],
        reason=Reason(found["category"]),
        caller=found.get("caller"),
        queue=found.get("queue"),
        language=found.get("language"),
        recording=found.get("recording"),
        state=State(found["result"]),
        result=found.get("outcome"),
        closed_at=datetime.fromisoformat(closed_at) if closed_at else None,
        closed_by=found.get("closed_by"),
        entry_number=found.get("entry_number"),
    )


@dataclass(frozen=True, slots=True)
class Messages:
    """The messages of one tenant. `days` is how long one is kept."""

    client: Client
    table: str
    tenant: TenantId
    days: int

    def keep(self, message: Message, beside: Mapping[str, Any] | None = None) -> bool:
        """Keep a new message and the item `beside` it; False, and nothing is written, when it is kept already.

        Raises:
            Throttled, Contended, StoreUnavailable: nothing was written.

        """
        write = Transaction(self.client)
        write.add("message", self._put(message, "attribute_not_exists(pk)", {}))
        if beside is not None:
            write.add("beside", {"Put": {"TableName": self.table, "Item": encode(beside)}})
        return write.attempt() is None

    def close(self, message: Message, trail: Trail, by: Actor, act: Act) -> None:
        """Store the closed `message` over the new one, with the entry of the act in the same transaction.

        Raises:
            AlreadyClosed: somebody was quicker.
            Throttled, Contended, StoreUnavailable: nothing was written.

        """
        write = Transaction(self.client)
        unread = self._put(message, "#result = :new", {":new": State.NEW.value})
        unread["Put"]["ExpressionAttributeNames"] = {"#result": "result"}
        write.add("message", unread, on_fail=AlreadyClosed)
        trail.commit(write, by, act)

    def _put(self, message: Message, condition: str, values: Mapping[str, str]) -> dict[str, dict[str, Any]]:
        put: dict[str, Any] = {
            "TableName": self.table,
            "Item": encode(item(self.tenant, message, self.days)),
            "ConditionExpression": condition,
        }
        return {"Put": put | ({"ExpressionAttributeValues": encode(values)} if values else {})}

    def find(self, message_id: str) -> Message | None:
        """Return a message.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        wanted = encode(key(self.tenant, message_id))
        with store_errors("read a message"):
            answer = self.client.get_item(TableName=self.table, Key=wanted, ConsistentRead=True)
        return message_of(decode(answer["Item"])) if "Item" in answer else None

    def listed(self, box: str, state: State, limit: int, after: str | None = None) -> Page[Row]:
        """Return a page of the messages of a box that stand so, the oldest first.

        Raises:
            InvalidInput: `after` is no position of a list.
            Throttled, StoreUnavailable: the store could not answer.

        """
        entries = partition(self.tenant, "MESSAGES", box, state.value)
        with store_errors("list messages"):
            answer = self.client.query(TableName=self.table, **oldest_first("gsi2", entries, after, limit))
        return Page(tuple(_row(decode(found)) for found in answer["Items"]), next_after(answer))


def _row(found: Mapping[str, Any]) -> Row:
    at, _, message_id = str(found["gsi2sk"]).partition("#")
    return Row(
        id=message_id,
        at=datetime.fromisoformat(at),
        state=found["result"],
        line=found["line"],
        reason=found["category"],
        caller=found.get("caller"),
        queue=found.get("queue"),
        entry_number=found.get("entry_number"),
    )
