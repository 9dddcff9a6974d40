"""Notices of new messages: where they are kept. Beside its message, and in an index while it is open."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol

from chalicelib.platform.dynamo import GetClient, PutClient, QueryClient, attempt_put, decode, encode, store_errors
from chalicelib.platform.instants import instant
from chalicelib.platform.tenancy import TenantId, partition
from chalicelib.voicemail.models import Message, Notice, NoticeState, Way
from chalicelib.voicemail.store import SORT as MESSAGE_SORT
from chalicelib.voicemail.store import message_of

SORT: Final = "NOTICE"
OPEN: Final = "open"
_DAY_S = 86_400
_TEXTS = ("person", "problem")


class Client(GetClient, PutClient, QueryClient, Protocol):
    """Port: the calls of a DynamoDB client that notices need."""


def key(tenant: TenantId, message_id: str) -> dict[str, str]:
    """Return the key of a message's notice."""
    return {"pk": partition(tenant, "MESSAGE", message_id), "sk": SORT}


def item(tenant: TenantId, notice: Notice, days: int) -> dict[str, Any]:
    """Return the notice's item; it expires with its message. Only an open one is in the index of what is due."""
    facts: dict[str, Any] = {
        "notice_of": notice.id,
        "box": notice.box,
        "left_at": instant(notice.left_at),
        "due_at": instant(notice.due_at),
        "state": notice.state.value,
        "attempts": notice.attempts,
        "revision": notice.revision,
        "way": notice.way.value if notice.way else None,
        "person": notice.person,
        "problem": notice.problem,
        "told_at": instant(notice.told_at) if notice.told_at else None,
    }
    listed = {
        "gsi1pk": partition(tenant, "NOTICES", OPEN),
        "gsi1sk": f"{instant(notice.due_at)}#{notice.id}",
    }
    return {
        **key(tenant, notice.id),
        **(listed if notice.is_open else {}),
        **{name: value for name, value in facts.items() if value is not None},
        "ttl": int(notice.left_at.timestamp()) + days * _DAY_S,
    }


def notice_of(found: Mapping[str, Any]) -> Notice:
    """Return the notice that `item` wrote."""
    told_at = found.get("told_at")
    return Notice(
        id=found["notice_of"],
        box=found["box"],
        left_at=datetime.fromisoformat(found["left_at"]),
        due_at=datetime.fromisoformat(found["due_at"]),
        state=NoticeState(found["state"]),
        attempts=found["attempts"],
        revision=found["revision"],
        way=Way(found["way"]) if "way" in found else None,
        told_at=datetime.fromisoformat(told_at) if told_at else None,
        **{name: found.get(name) for name in _TEXTS},
    )


@dataclass(frozen=True, slots=True)
class Notices:
    """The notices of one tenant. `days` is how long a message is kept."""

    client: Client
    table: str
    tenant: TenantId
    days: int

    def find(self, message_id: str) -> Notice | None:
        """Return the notice of a message as it is now; None: nobody is told of it.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        with store_errors("read a notice"):
            answer = self.client.get_item(
                TableName=self.table, Key=encode(key(self.tenant, message_id)), ConsistentRead=True
            )
        return notice_of(decode(answer["Item"])) if "Item" in answer else None

    def both(self, message_id: str) -> tuple[Message, Notice] | None:
        """Return a message and its notice as they are now; None when one of them is not there.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        with store_errors("read a message and its notice"):
            answer = self.client.query(
                TableName=self.table,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues=encode({":pk": key(self.tenant, message_id)["pk"]}),
                ConsistentRead=True,
            )
        found = {one["sk"]: one for one in map(decode, answer["Items"])}
        if MESSAGE_SORT not in found or SORT not in found:
            return None
        return message_of(found[MESSAGE_SORT]), notice_of(found[SORT])

    def save(self, new: Notice) -> Notice | None:
        """Store `new` over the copy that it was made of; None: that has changed since, and nothing was written.

        Raises:
            Throttled, Contended, StoreUnavailable: nothing was written.

        """
        kept = replace(new, revision=new.revision + 1)
        request = {
            "TableName": self.table,
            "Item": encode(item(self.tenant, kept, self.days)),
            "ConditionExpression": "revision = :seen",
            "ExpressionAttributeValues": encode({":seen": new.revision}),
        }
        return kept if attempt_put(self.client, "keep a notice", request) is None else None

    def due(self, now: datetime, limit: int) -> tuple[str, ...]:
        """Return the ids of messages whose notice is due, the oldest first.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        until = f"{instant(now)}#~"
        with store_errors("list the notices that are due"):
            answer = self.client.query(
                TableName=self.table,
                IndexName="gsi1",
                KeyConditionExpression="gsi1pk = :pk AND gsi1sk BETWEEN :first AND :last",
                ExpressionAttributeValues=encode(
                    {":pk": partition(self.tenant, "NOTICES", OPEN), ":first": "0", ":last": until}
                ),
                Limit=limit,
            )
        return tuple(str(decode(found)["gsi1sk"]).partition("#")[2] for found in answer["Items"])
