"""The ingest of contact records: exactly once whatever the stream does, and how many records a second and core.

Contacts of a day are delivered shuffled, a fifth of them twice or more often, one in twenty followed or overtaken by
a correction. Every contact, pointer, counter and distribution must then be, field by field, what the newest copies give
once and in order. The speed is processor time beside a floor: the same records parsed and written as one item.

    python -m bench.ingest_records [--records 100000] [--seed 1]

The table is in memory and honours the ingest's conditions, so no network and no store is in the figures.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.contacts.service import Ingest
from chalicelib.contacts.store import Contacts
from chalicelib.platform.dynamo import decode, encode
from tests.support.contact_records import INSTANCE_ARN, Record, abandoned, agent, encoded, queue, record, tenant, when

DUPLICATES, CORRECTIONS = 0.20, 0.05
MOST_ITEMS = 100
QUEUES = ("After-sales (Mandarin)", "Complaints (Mandarin)", "English desk", "somebody's own queue")
TENANT = tenant()

type Key = tuple[str, str]
type Item = dict[str, Any]


class Table:
    """A table that knows transactions of puts, deletes and additions, with the two conditions that the ingest sets.

    Whoever asks for anything else is refused, so that nothing passes because the table does not look.
    """

    def __init__(self) -> None:
        self.items: dict[Key, Item] = {}

    def transact_write_items(self, **request: Any) -> Mapping[str, Any]:
        """Write all or nothing; the reasons of a refusal carry the old item."""
        actions = [next(iter(action.items())) for action in request["TransactItems"]]
        keys = [_key(body.get("Key") or body["Item"]) for _, body in actions]
        if len(set(keys)) < len(keys) or len(keys) > MOST_ITEMS:
            msg = "a transaction names each item once, and at most 100"
            raise ValueError(msg)
        reasons = [_reason(self.items.get(key), body) for key, (_, body) in zip(keys, actions, strict=True)]
        if any(reason["Code"] != "None" for reason in reasons):
            told: Any = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
            raise ClientError(told, "TransactWriteItems")
        for key, (kind, body) in zip(keys, actions, strict=True):
            self._apply(key, kind, body)
        return {}

    def query(self, **request: Any) -> Mapping[str, Any]:
        """Refuse: the ingest reads nothing."""
        raise NotImplementedError(request)

    def _apply(self, key: Key, kind: str, body: Mapping[str, Any]) -> None:
        if kind == "Put":
            self.items[key] = body["Item"]
        elif kind == "Delete":
            self.items.pop(key, None)
        else:
            verb, _, rest = body["UpdateExpression"].partition(" ")
            if (kind, verb) != ("Update", "ADD"):
                msg = f"not an addition: {body}"
                raise ValueError(msg)
            item = self.items.setdefault(key, dict(body["Key"]))
            for name, value in (part.split() for part in rest.split(", ")):
                place, more = body["ExpressionAttributeNames"][name], body["ExpressionAttributeValues"][value]["N"]
                item[place] = {"N": str(int(item.get(place, {"N": "0"})["N"]) + int(more))}


def _key(item: Mapping[str, Any]) -> Key:
    return item["pk"]["S"], item["sk"]["S"]


def _reason(old: Item | None, body: Mapping[str, Any]) -> dict[str, Any]:
    seen = body.get("ExpressionAttributeValues", {}).get(":seen")
    holds = {
        None: True,
        "attribute_not_exists(pk)": old is None,
        "updated_at = :seen": old is not None and old.get("updated_at") == seen,
    }[body.get("ConditionExpression")]
    return {"Code": "None"} if holds else {"Code": "ConditionalCheckFailed", **({"Item": old} if old else {})}


def copies(count: int, chance: random.Random) -> Iterator[list[Record]]:
    """Yield the copies of each of `count` contacts, oldest first: one, or two for those that are corrected."""
    for n in range(count):
        made = _contact(n, chance)
        corrected = _contact(n, chance) | {"LastUpdateTimestamp": when(90_000 + n)}
        yield [made, corrected] if chance.random() < CORRECTIONS else [made]


def _contact(n: int, chance: random.Random) -> Record:
    began_s, wait_s = chance.randrange(86_400), min(3_600, round(chance.expovariate(1 / 25)))
    common: Record = {
        "InitiationTimestamp": when(began_s),
        "ConnectedToSystemTimestamp": when(began_s),
        "LastUpdateTimestamp": when(began_s + 2_000),
        "CustomerEndpoint": {"Address": f"+86138{chance.randrange(5_000):08}", "Type": "TELEPHONE_NUMBER"},
        "Queue": queue(chance.choice(QUEUES), began_s + 20, wait_s),
    }
    if chance.random() < 0.08:
        return abandoned(f"c-{n}") | common
    served = agent(
        f"agent-{chance.randrange(500):03}",
        AgentInteractionDuration=round(chance.lognormvariate(5.2, 0.6)),
        CustomerHoldDuration=chance.choice((0, 0, 0, 35)),
        AfterContactWorkDuration=chance.randrange(90),
        ConnectedToAgentTimestamp=when(began_s + 20 + wait_s),
    )
    return record(f"c-{n}") | common | {"Agent": served}


def shuffled(contacts: Sequence[Sequence[Record]], chance: random.Random) -> list[Record]:
    """Return every copy, a fifth of them again, in any order."""
    deliveries = [copy for one in contacts for copy in one]
    deliveries += chance.sample(deliveries, round(len(deliveries) * DUPLICATES))
    chance.shuffle(deliveries)
    return deliveries


def taken_in(deliveries: Sequence[Record]) -> tuple[Table, float]:
    """Return the table after all deliveries, and the processor seconds that the ingest took for them."""
    table, payloads = Table(), [encoded(delivery) for delivery in deliveries]
    ingest = Ingest(
        tenant=TENANT,
        table="table",
        contacts=Contacts(table, "table", TENANT.id, TENANT.contacts_days, lambda: ""),
        instance_arn=INSTANCE_ARN,
        pause=time.sleep,
        chance=random.random,
    )
    began_s = time.process_time()
    for payload in payloads:
        ingest.take(payload)
    return table, time.process_time() - began_s


def floor_s(deliveries: Sequence[Record]) -> float:
    """Return the processor seconds of parsing each record and writing it as one item."""
    table, payloads = Table(), [encoded(delivery) for delivery in deliveries]
    began_s = time.process_time()
    for payload in payloads:
        told = json.loads(payload)
        item = encode({"pk": told["ContactId"], "sk": "RECORD", "record": told})
        table.transact_write_items(TransactItems=[{"Put": {"TableName": "table", "Item": item}}])
    return time.process_time() - began_s


def state(table: Table) -> dict[Key, Item]:
    """Return every item field by field; a counter of zero is none, and an item without counters is no item."""
    plain = {key: decode(item) for key, item in table.items.items()}
    kept = {
        key: {name: value for name, value in item.items() if value != 0} if "KPI#" in key[0] else item
        for key, item in plain.items()
    }
    return {key: item for key, item in kept.items() if set(item) > {"pk", "sk"}}


def differences(found: Mapping[Key, Item], expected: Mapping[Key, Item]) -> list[str]:
    """Return each field that differs, as `item, field: found instead of expected`."""
    return [
        f"{key}, {name}: {found.get(key, {}).get(name)} instead of {expected.get(key, {}).get(name)}"
        for key in sorted({*found, *expected})
        for name in sorted({*found.get(key, {}), *expected.get(key, {})})
        if found.get(key, {}).get(name) != expected.get(key, {}).get(name)
    ]


def main() -> int:
    """Run the benchmark; fail when one field differs."""
    parser = argparse.ArgumentParser(description="Contact records: exactly once in effect, and records a second.")
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)  # noqa: S311 - a plan, not a secret
    contacts = list(copies(round(options.records / (1 + CORRECTIONS) / (1 + DUPLICATES)), chance))
    deliveries = shuffled(contacts, chance)
    table, took_s = taken_in(deliveries)
    once, once_s = taken_in([one[-1] for one in contacts])
    wrong = differences(state(table), state(once))
    floor = floor_s([one[-1] for one in contacts])
    told = f"{DUPLICATES:.0%} again, {CORRECTIONS:.0%} corrected"
    print(f"{len(deliveries):,} records of {len(contacts):,} contacts, {told}")
    print(f"  shuffled         {len(deliveries) / took_s:>10,.0f} records/s and core")
    print(f"  once, in order   {len(contacts) / once_s:>10,.0f} records/s and core")
    print(f"  floor            {len(contacts) / floor:>10,.0f} records/s and core: parsed and written as one item")
    print(f"  ratio, once in order over floor: {once_s / floor:.2f}")
    print(f"  {len(state(once)):,} items; fields that differ: {len(wrong)}")
    print("\n".join(wrong[:20]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
