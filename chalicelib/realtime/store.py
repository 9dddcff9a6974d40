"""Real time: where it is kept. One partition a tenant, so one Query is the board; a contact leaves it by its record.

A contact is one item. What its events tell is written over older ones only; where the caller stands in a menu is set
beside it by another function, and neither changes what the other wrote. Nothing is read before a write.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from chalicelib.platform.dynamo import PutClient, QueryClient, attempt_put, decode, encode, store_errors
from chalicelib.platform.errors import Conflict
from chalicelib.platform.instants import instant_ms
from chalicelib.platform.tenancy import TenantId, partition
from chalicelib.realtime.models import AgentCheck, Board, Check, Moment, Phase, Place, QueueCheck, Standing

CONTACT_PREFIX: Final = "CONTACT#"
CHECK_SORT: Final = "CHECK"
STANDINGS_SORT: Final = "THRESHOLDS"
_KEPT_S: Final = 86_400
"""How long what nobody removes stays: a contact whose record never came."""


class Writer(PutClient, Protocol):
    """Port: the calls of a DynamoDB client that writing needs."""

    def update_item(self, **request: Any) -> Mapping[str, Any]:
        """Set attributes of one item, which is made if it is not there."""

    def delete_item(self, **request: Any) -> Mapping[str, Any]:
        """Delete one item, if it is there."""


class Client(Writer, QueryClient, Protocol):
    """Port: the calls of a DynamoDB client that reading needs, too."""


def board_partition(tenant: TenantId) -> str:
    """Return the partition of all that goes on at the tenant."""
    return partition(tenant, "LIVE", tenant)


def contact_key(tenant: TenantId, contact_id: str) -> dict[str, str]:
    """Return the key of what the events of a contact told."""
    return {"pk": board_partition(tenant), "sk": CONTACT_PREFIX + contact_id}


def check_key(tenant: TenantId) -> dict[str, str]:
    """Return the key of what Amazon Connect said last."""
    return {"pk": board_partition(tenant), "sk": CHECK_SORT}


def standings_key(tenant: TenantId) -> dict[str, str]:
    """Return the key of where the thresholds stand."""
    return {"pk": board_partition(tenant), "sk": STANDINGS_SORT}


def moment_facts(one: Moment) -> dict[str, Any]:
    """Return what an event told, as attributes of the contact's item; None: the item has no such attribute."""
    return {
        "channel": one.channel,
        "method": one.method,
        "at": _text(one.at),
        "taken_at": _text(one.taken_at),
        "rank": one.rank,
        "number": one.number,
        "queue": one.queue,
        "queued_at": _text(one.queued_at),
        "connected_at": _text(one.connected_at),
        "ended_at": _text(one.ended_at),
        "agent_id": one.agent_id,
        "ttl": int(one.last_at.timestamp()) + _KEPT_S,
    }


def moment_of(item: Mapping[str, Any]) -> Moment | None:
    """Return what the events told; None: none has come, and only a place is known."""
    if "rank" not in item:
        return None
    return Moment(
        id=str(item["sk"]).removeprefix(CONTACT_PREFIX),
        channel=item["channel"],
        method=item["method"],
        at=datetime.fromisoformat(item["at"]),
        taken_at=datetime.fromisoformat(item["taken_at"]),
        number=item.get("number"),
        queue=item.get("queue"),
        queued_at=_maybe(item.get("queued_at")),
        connected_at=_maybe(item.get("connected_at")),
        ended_at=_maybe(item.get("ended_at")),
        agent_id=item.get("agent_id"),
    )


def place_facts(one: Place) -> dict[str, Any]:
    """Return where a contact stands, as attributes of its item."""
    return {
        "line": one.line,
        "node": one.node,
        "node_at": _text(one.at),
        "ttl": int(one.at.timestamp()) + _KEPT_S,
    }


def place_of(item: Mapping[str, Any]) -> Place | None:
    """Return where the contact stands, if it is in a menu."""
    if "node" not in item:
        return None
    contact_id = str(item["sk"]).removeprefix(CONTACT_PREFIX)
    return Place(
        contact_id=contact_id, line=item["line"], node=item["node"], at=datetime.fromisoformat(item["node_at"])
    )


def check_item(tenant: TenantId, check: Check) -> dict[str, Any]:
    """Return the item of a check, its rows packed into one text as those of the floor are (docs/adr/0016)."""
    state = {
        "queues": {
            name: [row.waiting, round(row.oldest_s), _text(row.differs_since)] for name, row in check.queues.items()
        },
        "agents": [
            [row.agent, row.activity, row.status, _text(row.since), _text(row.differs_since)] for row in check.agents
        ],
        "agents_at": _text(check.agents_at),
    }
    text = json.dumps(state, ensure_ascii=False, separators=(",", ":"))
    return {**check_key(tenant), "at": _text(check.at), "state": text}


def check_of(item: Mapping[str, Any]) -> Check:
    """Return what `check_item` wrote."""
    state = json.loads(item["state"])
    return Check(
        at=datetime.fromisoformat(item["at"]),
        queues={
            name: QueueCheck(waiting=waiting, oldest_s=oldest_s, differs_since=_maybe(since))
            for name, (waiting, oldest_s, since) in state["queues"].items()
        },
        agents_at=_maybe(state["agents_at"]),
        agents=tuple(
            AgentCheck(
                agent=agent,
                activity=activity,
                status=status,
                since=datetime.fromisoformat(since),
                differs_since=datetime.fromisoformat(differs),
            )
            for agent, activity, status, since, differs in state["agents"]
        ),
    )


def standings_item(tenant: TenantId, standings: Mapping[str, Standing], revision: int) -> dict[str, Any]:
    """Return the item of where the thresholds stand, packed as a check is."""
    rows = {name: [one.phase.value, _text(one.since), round(one.value, 3), one.told] for name, one in standings.items()}
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return {**standings_key(tenant), "revision": revision, "state": text}


def standings_of(item: Mapping[str, Any]) -> dict[str, Standing]:
    """Return what `standings_item` wrote."""
    rows = json.loads(item["state"])
    return {
        name: Standing(phase=Phase(phase), since=datetime.fromisoformat(since), value=value, told=told)
        for name, (phase, since, value, told) in rows.items()
    }


def _text(at: datetime | None) -> str | None:
    return None if at is None else instant_ms(at)


def _maybe(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class Moments:
    """What goes on at one tenant, as it is written."""

    client: Writer
    table: str
    tenant: TenantId

    def keep(self, one: Moment) -> bool:
        """Keep what an event told; False: what is kept is as new, and stays.

        Raises:
            Throttled, StoreUnavailable: nothing was written; the same call may succeed later.

        """
        request = self._setting(one.id, moment_facts(one))
        request["ConditionExpression"] = "attribute_not_exists(#rank) OR #rank < :rank"
        try:
            with store_errors("keep what a contact event told"):
                self.client.update_item(**request)
        except Conflict:
            return False
        return True

    def stands(self, one: Place) -> None:
        """Keep where a contact stands.

        Raises:
            Throttled, StoreUnavailable: it may not be written.

        """
        with store_errors("keep where a caller stands"):
            self.client.update_item(**self._setting(one.contact_id, place_facts(one)))

    def _setting(self, contact_id: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Return the request that sets facts of a contact's item, and takes away those that are None."""
        known = {name: value for name, value in facts.items() if value is not None}
        gone = [f"#{name}" for name in facts.keys() - known.keys()]
        set_ = "SET " + ", ".join(f"#{name} = :{name}" for name in known)
        return {
            "TableName": self.table,
            "Key": encode(contact_key(self.tenant, contact_id)),
            "UpdateExpression": set_ + (f" REMOVE {', '.join(sorted(gone))}" if gone else ""),
            "ExpressionAttributeNames": {f"#{name}": name for name in facts},
            "ExpressionAttributeValues": encode({f":{name}": value for name, value in known.items()}),
        }

    def check(self, check: Check) -> None:
        """Keep a check; raises as `stands` does."""
        with store_errors("keep what Amazon Connect said"):
            self.client.put_item(TableName=self.table, Item=encode(check_item(self.tenant, check)))

    def stand(self, standings: Mapping[str, Standing], seen: int) -> bool:
        """Keep where the thresholds stand over copy number `seen` (0: over none); False: there is another copy.

        Raises:
            Throttled, StoreUnavailable: it may not be written.

        """
        request: dict[str, Any] = {
            "TableName": self.table,
            "Item": encode(standings_item(self.tenant, standings, seen + 1)),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        if seen:
            request["ConditionExpression"] = "revision = :seen"
            request["ExpressionAttributeValues"] = encode({":seen": seen})
        return attempt_put(self.client, "keep where thresholds stand", request) is None

    def forget(self, contact_id: str) -> None:
        """Remove a contact that is over. Raises as `stands` does."""
        with store_errors("remove a contact from the board"):
            self.client.delete_item(TableName=self.table, Key=encode(contact_key(self.tenant, contact_id)))


@dataclass(frozen=True, slots=True)
class Boards:
    """What goes on at one tenant, as it is read."""

    client: Client
    table: str
    tenant: TenantId

    def board(self) -> Board:
        """Return everything by one Query, one more a megabyte: 500 calls are about 200 KB, 25 read units.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        moments: list[Moment] = []
        places: list[Place] = []
        check: Check | None = None
        standings: dict[str, Standing] = {}
        revision = 0
        for item in self._items():
            if item["sk"].startswith(CONTACT_PREFIX):
                moments += filter(None, [moment_of(item)])
                places += filter(None, [place_of(item)])
            elif item["sk"] == CHECK_SORT:
                check = check_of(item)
            elif item["sk"] == STANDINGS_SORT:
                standings, revision = standings_of(item), int(item["revision"])
        return Board(moments=tuple(moments), places=tuple(places), check=check, standings=standings, revision=revision)

    def _items(self) -> Iterator[dict[str, Any]]:
        request: dict[str, Any] = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": encode({":pk": board_partition(self.tenant)}),
        }
        while True:
            with store_errors("read what goes on"):
                answer = self.client.query(**request)
            yield from map(decode, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
