"""Killed at every call, and shuffled by the thousand: contacts and counters are those of the newest copies."""

import itertools
import random
from typing import Any

import pytest
from botocore.exceptions import ClientError

from bench.ingest_records import copies, differences, shuffled, state, taken_in
from chalicelib.contacts.events import batches_of
from chalicelib.contacts.service import Ingest
from chalicelib.contacts.store import Contacts
from chalicelib.platform.dynamo import decode
from tests.support.contact_records import INSTANCE_ARN, abandoned, agent, batch, encoded, record, tenant, when
from tests.support.fake_dynamo import FakeDynamo

TENANT = tenant()
TOKENS = itertools.count()
DELIVERIES = [
    encoded(record("c-1")),
    encoded(abandoned("c-2")),
    b"no record at all",
    encoded(record("c-1")),
    encoded(record("c-2", LastUpdateTimestamp=when(700))),
    encoded(record("c-3", Agent=agent("agent-008"))),
    encoded(abandoned("c-1", LastUpdateTimestamp=when(900))),
    encoded(record("c-3", Agent=agent("agent-009"), LastUpdateTimestamp=when(800))),
    encoded(abandoned("c-2")),
]
CALLS = 12
"""Calls of DynamoDB and of the dead-letter queue that taking these in makes."""


class Killed(BaseException):
    """The process is gone: nothing in it may notice."""


class Mortal:
    """Counts the calls of its clients and dies at one of them, before it or after its effect, and never again."""

    def __init__(self, dies_at: int, *, after: bool) -> None:
        self.made = 0
        self.dies_at, self.after = dies_at, after
        self.table, self.letters = FakeDynamo(), []

    def transact_write_items(self, **request: Any) -> Any:
        return self._call(lambda: self.table.transact_write_items(**request))

    def query(self, **request: Any) -> Any:
        return self._call(lambda: self.table.query(**request))

    def send_message(self, **request: Any) -> Any:
        return self._call(lambda: self.letters.append(request["MessageBody"]) or {})

    def _call(self, effect: Any) -> Any:
        self.made += 1
        dies = self.made == self.dies_at
        if dies and not self.after:
            raise Killed
        try:
            answer = effect()
        except ClientError as refusal:
            raise Killed if dies else refusal from None
        if dies:
            raise Killed
        return answer

    def deliver(self) -> None:
        """Deliver as Kinesis does: the batch again, to a new process, until one comes through."""
        for _ in range(3):
            contacts = Contacts(self, "table", TENANT.id, TENANT.contacts_days, lambda: f"token-{next(TOKENS)}")
            ingest = Ingest(
                tenant=TENANT, table="table", contacts=contacts, instance_arn=INSTANCE_ARN,
                pause=lambda _: None, chance=lambda: 0.5,
            )  # fmt: skip
            try:
                answer = batches_of(ingest, self, "dlq").handle(batch(DELIVERIES), lambda: 60.0)
            except Killed:
                continue
            assert answer == {"batchItemFailures": []}
            return
        pytest.fail("the batch never got through")

    def kept(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Return every item field by field, without counters of zero."""
        plain = {key: decode(item) for key, item in self.table.items.items()}
        shown = {
            key: {name: value for name, value in item.items() if value != 0} if "KPI#" in key[0] else item
            for key, item in plain.items()
        }
        return {key: item for key, item in shown.items() if set(item) > {"pk", "sk"}}


def never_killed() -> Mortal:
    unhurt = Mortal(0, after=False)
    unhurt.deliver()
    return unhurt


def test_the_calls_are_as_many_as_are_tried() -> None:
    assert never_killed().made == CALLS


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("call", range(1, CALLS + 1))
def test_killed_at_any_call_and_delivered_again_everything_is_counted_once(call: int, *, after: bool) -> None:
    killed = Mortal(call, after=after)
    killed.deliver()
    assert killed.made > CALLS
    assert killed.kept() == never_killed().kept()
    assert killed.letters, "poison is parked, twice at worst"


@pytest.mark.parametrize("seed", range(3))
def test_a_shuffled_day_with_duplicates_and_late_corrections_is_the_day_in_order(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a plan, not a secret
    contacts = list(copies(250, chance))
    table, _ = taken_in(shuffled(contacts, chance))
    once, _ = taken_in([one[-1] for one in contacts])
    assert any(len(one) > 1 for one in contacts)
    assert differences(state(table), state(once)) == []
