"""Adapters: where it is kept what is to be compared, what both systems agreed on, and where each adapter stands."""

import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol

from chalicelib.adapters.models import Flaw, Mark, Page, State, Told
from chalicelib.audit import models as audit
from chalicelib.audit.models import Act, Actor
from chalicelib.customers.registry import erasing, outbox
from chalicelib.platform import dynamo, pages
from chalicelib.platform.errors import Conflict, NotFound, Unprocessable
from chalicelib.platform.instants import instant
from chalicelib.platform.tenancy import TenantId, partition

LINK_PREFIX: Final = "LINK#"
STATE: Final = "STATE"
BAD_LINE: Final = "bad-line"
"""Why a line of a file, or a file, is on the error list."""


class Table(
    dynamo.BatchClient, dynamo.GetClient, dynamo.PutClient, dynamo.QueryClient, dynamo.TransactClient, Protocol
):
    """Port: the calls of a DynamoDB client that this store makes."""


class Trail(audit.Trail, audit.Noting, Protocol):
    """Port: the audit trail, for what we keep and for a run, which changes nothing of ours by itself."""


def state_key(tenant: TenantId, adapter: str) -> dict[str, str]:
    """Return the key of where an adapter stands."""
    return {"pk": partition(tenant, "ADAPTER", adapter), "sk": STATE}


def link_key(tenant: TenantId, adapter: str, customer_id: str) -> dict[str, str]:
    """Return the key of what both systems last agreed on of a customer, beside his record."""
    return {"pk": outbox.mark_key(tenant, adapter, customer_id)["pk"], "sk": LINK_PREFIX + adapter}


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """What is kept of one adapter in one tenant's table."""

    client: Table
    table: str
    tenant: TenantId
    adapter: str

    def agreed(self, customer_id: str) -> Told | None:
        """Return the facts that both systems last agreed on; None: the customer was never in both, or is in none now.

        Raises:
            StoreUnavailable, Throttled: the store could not answer. So do all of these.

        """
        item = self._get(link_key(self.tenant, self.adapter, customer_id))
        return dict(item["facts"]) if "facts" in item else None

    def is_erased(self, customer_id: str) -> bool:
        """Return whether the person asked to be forgotten: no other system brings him back."""
        return bool(self._get(erasing.erased_key(self.tenant, customer_id)))

    def part(self, customer_id: str) -> None:
        """Forget what both agreed on: neither has the customer any more."""
        self._put(link_key(self.tenant, self.adapter, customer_id))

    def agree(self, customer_id: str, facts: Told) -> None:
        """Keep what both systems have."""
        self._put({**link_key(self.tenant, self.adapter, customer_id), "facts": dict(facts)})

    def mark(self, customer_id: str, why: str, due: datetime) -> None:
        """Let a customer be compared from `due` on."""
        self._put(outbox.mark_item(self.tenant, self.adapter, customer_id, why, due))

    def waiting(self, now: datetime, limit: int) -> tuple[Mark, ...]:
        """Return up to `limit` customers who are to be compared by `now`, those first who wait longest."""
        asked = pages.oldest_first("gsi1", self._listed(outbox.WAITING), None, limit)
        asked["ExpressionAttributeValues"] |= dynamo.encode({":last": f"{instant(now)}~"})
        return self._marks(asked, outbox.WAITING)[0]

    def failed(self, *, after: str | None, limit: int) -> Page:
        """Return a page of the error list, oldest first.

        Raises:
            InvalidInput: `after` is no position of this list.

        """
        asked = pages.oldest_first("gsi1", self._listed(outbox.FAILED), after, limit)
        marks, last = self._marks(asked, outbox.FAILED)
        return Page(marks=marks, after=last)

    def settle(self, mark: Mark) -> None:
        """Take a customer out of what is to do, unless there is a new mark meanwhile."""
        key = outbox.mark_key(self.tenant, self.adapter, mark.customer_id)
        self._over(mark, {**key, "customer_id": mark.customer_id, "why": mark.why})

    def defer(self, mark: Mark, code: str, detail: str, due: datetime | None, now: datetime) -> None:
        """Keep why a comparison failed: to be tried again at `due`, or (None) an entry of the error list from `now`."""
        item = outbox.mark_item(self.tenant, self.adapter, mark.customer_id, mark.why, due or now)
        if due is None:
            item["gsi1pk"] = self._listed(outbox.FAILED)
        self._over(mark, {**item, "tries": mark.tries + 1, "code": code, "detail": detail})

    def flaw(self, flaw: Flaw, now: datetime) -> None:
        """Put something that cannot be read on the error list; the same again stands there once."""
        id_ = urllib.parse.quote(flaw.place, safe=":")
        item = outbox.mark_item(self.tenant, self.adapter, id_, flaw.place, now)
        self._put(item | {"gsi1pk": self._listed(outbox.FAILED), "tries": 1, "code": BAD_LINE, "detail": flaw.detail})

    def decide(self, customer_id: str, due: datetime | None, trail: Trail, by: Actor, act: Act) -> None:
        """Take a customer off the error list, to be compared at `due` or (None) not before the next change.

        Raises:
            NotFound: the customer is not on the list, or not any more.
            Unprocessable: it is a line of a file, which is mended where it was written.

        """
        key = outbox.mark_key(self.tenant, self.adapter, customer_id)
        held = self._get(key)
        if held.get("gsi1pk") != self._listed(outbox.FAILED):
            raise NotFound("no such entry in the error list", customer_id=customer_id)
        if due is not None and held["code"] == BAD_LINE:
            raise Unprocessable("a line is mended and delivered again, or dismissed", place=customer_id)
        item = {**key, "customer_id": customer_id, "why": held["why"]}
        if due is not None:
            item = outbox.mark_item(self.tenant, self.adapter, customer_id, held["why"], due)
        write = dynamo.Transaction(self.client)
        write.add("entry", {"Put": self._as(item, "gsi1pk = :seen", {":seen": held["gsi1pk"]})}, on_fail=NotFound)
        trail.commit(write, by, act)

    def state(self) -> State:
        """Return where the adapter stands; a new one at the beginning."""
        item = self._get(state_key(self.tenant, self.adapter))
        return _state(item) if item else State()

    def stand(self, state: State) -> State:
        """Keep where the adapter stands, over exactly the revision that `state` was made of, and return it.

        Raises:
            Conflict: somebody else wrote it.

        """
        item = {
            **state_key(self.tenant, self.adapter),
            "revision": state.revision + 1,
            "cursor": state.cursor,
            "failures": state.failures,
            **({"paused_until": state.paused_until.isoformat()} if state.paused_until else {}),
            **({"answered_at": state.answered_at.isoformat()} if state.answered_at else {}),
        }
        request = self._as(item, "attribute_not_exists(pk) OR revision = :seen", {":seen": state.revision})
        if dynamo.attempt_put(self.client, "state of an adapter", request) is not None:
            raise Conflict("somebody else works with the adapter at this moment")
        return replace(state, revision=state.revision + 1)

    def _over(self, mark: Mark, item: Mapping[str, Any]) -> None:
        """Write over the mark that was seen; a newer one stays, for which the customer is compared again."""
        dynamo.attempt_put(self.client, "mark", self._as(item, "why = :seen", {":seen": mark.why}))

    def _listed(self, state: str) -> str:
        return outbox.marks_partition(self.tenant, self.adapter, state)

    def _as(self, item: Mapping[str, Any], condition: str, values: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "TableName": self.table,
            "Item": dynamo.encode(item),
            "ConditionExpression": condition,
            "ExpressionAttributeValues": dynamo.encode(values),
        }

    def _put(self, item: Mapping[str, Any]) -> None:
        with dynamo.store_errors("adapter"):
            self.client.put_item(TableName=self.table, Item=dynamo.encode(item))

    def _get(self, key: Mapping[str, str]) -> dict[str, Any]:
        with dynamo.store_errors("adapter"):
            answer = self.client.get_item(TableName=self.table, Key=dynamo.encode(key), ConsistentRead=True)
        return dynamo.decode(answer.get("Item") or {})

    def _marks(self, asked: Mapping[str, Any], state: str) -> tuple[tuple[Mark, ...], str | None]:
        """Return the marks that a page of the index names and that are still in this state, in its order."""
        with dynamo.store_errors("adapter"):
            answer = self.client.query(TableName=self.table, **asked)
        ids = [str(dynamo.decode(item)["gsi1sk"]).partition("#")[2] for item in answer.get("Items", [])]
        keys = [outbox.mark_key(self.tenant, self.adapter, id_) for id_ in dict.fromkeys(ids)]
        read = dynamo.read_keys(self.client, "adapter", self.table, keys, consistent=True)
        kept = [_mark(item) for item in read if item.get("gsi1pk") == self._listed(state)]
        return tuple(sorted(kept, key=lambda one: (one.due, one.customer_id))), pages.next_after(answer)


def _mark(item: Mapping[str, Any]) -> Mark:
    return Mark(
        customer_id=item["customer_id"],
        why=item["why"],
        due=datetime.fromisoformat(str(item["gsi1sk"]).partition("#")[0]),
        tries=item["tries"],
        code=item.get("code"),
        detail=item.get("detail"),
    )


def standing(client: dynamo.QueryClient, table: str, tenant: TenantId, adapter: str) -> State:
    """Return where an adapter stands, by a Query: the look at dependencies may make no other read.

    Raises:
        StoreUnavailable, Throttled: the store could not answer.

    """
    key = state_key(tenant, adapter)
    with dynamo.store_errors("state of an adapter"):
        answer = client.query(
            TableName=table,
            KeyConditionExpression="pk = :pk AND sk = :sk",
            ExpressionAttributeValues=dynamo.encode({":pk": key["pk"], ":sk": key["sk"]}),
        )
    return next((_state(dynamo.decode(item)) for item in answer["Items"]), State())


def _state(item: Mapping[str, Any]) -> State:
    paused, answered = item.get("paused_until"), item.get("answered_at")
    return State(
        revision=item["revision"],
        cursor=item["cursor"],
        failures=item["failures"],
        paused_until=datetime.fromisoformat(paused) if paused else None,
        answered_at=datetime.fromisoformat(answered) if answered else None,
    )
