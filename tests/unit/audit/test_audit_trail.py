"""The audit trail: chains without gaps, entries that stand or fall with their change, and pages in time."""

import contextlib
import itertools
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.audit import policy
from chalicelib.audit.models import Act, Actor, Entry, Outcome, Search
from chalicelib.audit.service import TRIES, Trail
from chalicelib.audit.store import Log, Lost, key, partitions
from chalicelib.platform.dynamo import Contended, Transaction, encode
from chalicelib.platform.errors import Conflict, InvalidInput, StoreUnavailable
from chalicelib.platform.tenancy import tenant_id
from tests.support.fake_dynamo import FakeDynamo, failure

TENANT = tenant_id("hrgroup")
NOW = datetime(2026, 3, 2, 9, 0, 0, 123_000, tzinfo=UTC)
CHEN, LI = Actor(user="chen", roles=("duty-manager",), request_id="r-1", source="192.0.2.7"), Actor(user="li")
CHANGE = Act(action="routing.change", resource="queue/english", before={"a": 1}, after={"a": 2}, facts={"why": "x"})


class Ticking:
    """A clock that goes on by `step` at each look."""

    def __init__(self, step: timedelta = timedelta(hours=7)) -> None:
        self.at = NOW
        self.step = step

    def __call__(self) -> datetime:
        self.at += self.step
        return self.at


def trail(client: FakeDynamo, now: Any = lambda: NOW) -> Trail:
    return Trail(tenant=TENANT, kept=Log(client, "audit"), now=now, pause=lambda _: None)


def put(client: FakeDynamo, pk: str = "T#hrgroup#X#1") -> Transaction:
    write = Transaction(client)
    item = {"TableName": "table", "Item": encode({"pk": pk, "sk": "x"})}
    write.add("change", {"Put": {**item, "ConditionExpression": "attribute_not_exists(pk)"}})
    return write


def whole(start: datetime = NOW - timedelta(days=1), days: int = 31, **only: str) -> Search:
    return Search(start=start, end=start + timedelta(days=days), **only)


def test_an_entry_says_who_did_what_to_what_when_and_from_where() -> None:
    client = FakeDynamo()
    entry = trail(client).note(CHEN, CHANGE)
    (kept,) = trail(client).search(whole(), after=None, limit=10).entries
    assert kept == entry
    assert (kept.tenant, kept.actor, kept.roles, kept.number, kept.at) == ("hrgroup", "chen", ("duty-manager",), 1, NOW)
    assert (kept.request_id, kept.source, kept.facts, kept.outcome) == ("r-1", "192.0.2.7", {"why": "x"}, Outcome.DONE)
    assert (json.loads(kept.before), json.loads(kept.after)) == ({"a": 1}, {"a": 2})


def test_a_change_and_its_entry_are_both_there() -> None:
    client = FakeDynamo()
    trail(client).commit(put(client), CHEN, CHANGE)
    assert len(client.items) == 2


def test_a_change_that_is_refused_leaves_no_entry() -> None:
    client = FakeDynamo()
    trail(client).commit(put(client), CHEN, CHANGE)
    with pytest.raises(Conflict) as refusal:
        trail(client).commit(put(client), CHEN, CHANGE)
    assert refusal.value.facts["step"] == "change"
    assert trail(client).verify("chen").entries == 1


def test_a_change_whose_entry_cannot_be_written_does_not_happen() -> None:
    def refuse(operation: str) -> None:
        if operation == "TransactWriteItems":
            raise failure("AccessDeniedException")

    client = FakeDynamo(refuse)
    with pytest.raises(StoreUnavailable):
        trail(client).commit(put(client), CHEN, CHANGE)
    assert client.items == {}


class Racing(FakeDynamo):
    """A table into which the same person writes `times` entries of another request, each before each write of ours."""

    def __init__(self, times: int) -> None:
        super().__init__(self.meddle)
        self.times = times
        self.inside = False

    def meddle(self, operation: str) -> None:
        if operation != "TransactWriteItems" or self.inside or not self.times:
            return
        self.times -= 1
        self.inside = True
        trail(self).note(CHEN, replace(CHANGE, action="other"))
        self.inside = False


def test_two_acts_of_one_person_at_the_same_moment_are_both_in_one_chain() -> None:
    client = Racing(times=TRIES - 1)
    entry = trail(client).commit(put(client), CHEN, CHANGE)
    assert entry.number == TRIES
    assert trail(client).verify("chen") == policy.Verdict(entries=TRIES, broken_at=None)


def test_whoever_always_loses_the_race_is_told_so_and_nothing_is_changed() -> None:
    client = Racing(times=TRIES)
    with pytest.raises(Lost) as told:
        trail(client).commit(put(client), CHEN, CHANGE)
    assert (told.value.status, told.value.retryable) == (503, True), "the same request may be sent again"
    assert all("#AUDIT#" in pk for pk, _ in client.items)


def test_an_item_that_another_transaction_holds_is_tried_again() -> None:
    held = iter([True, True, False])

    def contend(operation: str) -> None:
        if operation == "TransactWriteItems" and next(held):
            raise failure("TransactionConflictException")

    assert trail(FakeDynamo(contend)).note(CHEN, CHANGE).number == 1


def test_what_is_always_held_is_said_so() -> None:
    def contend(operation: str) -> None:
        if operation == "TransactWriteItems":
            raise failure("TransactionConflictException")

    with pytest.raises(Contended):
        trail(FakeDynamo(contend)).note(CHEN, CHANGE)


acts = st.lists(st.tuples(st.sampled_from([CHEN, LI]), st.sampled_from(["queue/a", "queue/b"])), max_size=12)


def written(done: list[tuple[Actor, str]]) -> tuple[FakeDynamo, list[Entry]]:
    client, clock = FakeDynamo(), Ticking()
    actions = itertools.cycle(["routing.change", "users.grant", "routing.changes", "users.take"])
    entries = [
        trail(client, clock).note(by, replace(CHANGE, resource=resource, action=action))
        for (by, resource), action in zip(done, actions, strict=False)
    ]
    return client, entries


def is_asked_for(entry: Entry, only: dict[str, str]) -> bool:
    """Return whether an entry has all that is asked for; a kind holds the kinds below it."""
    kinds = {entry.action, entry.action.split(".")[0]}
    same = {name: value for name, value in only.items() if name != "action"}
    return only.get("action", entry.action) in kinds and all(getattr(entry, name) == same[name] for name in same)


@settings(max_examples=40, deadline=None)
@given(acts)
def test_every_actor_has_one_chain_without_a_gap(done: list[tuple[Actor, str]]) -> None:
    client, entries = written(done)
    for user in ("chen", "li"):
        own = [entry for entry in entries if entry.actor == user]
        assert [entry.number for entry in own] == list(range(1, len(own) + 1))
        assert trail(client).verify(user) == policy.Verdict(entries=len(own), broken_at=None)


@settings(max_examples=40, deadline=None)
@given(
    acts,
    st.integers(1, 4),
    st.fixed_dictionaries(
        {},
        optional={
            "actor": st.just("chen"),
            "resource": st.just("queue/b"),
            "action": st.sampled_from(["routing.change", "routing", "users", "users.take", "user", "log-in"]),
        },
    ),
)
def test_pages_show_every_entry_that_is_asked_for_once_newest_first(
    done: list[tuple[Actor, str]], limit: int, only: dict[str, str]
) -> None:
    client, entries = written(done)
    seen: list[Entry] = []
    after: str | None = None
    for _ in itertools.count():
        page = trail(client).search(whole(**only), after=after, limit=limit)
        assert len(page.entries) <= limit
        seen += page.entries
        after = page.after
        if after is None:
            break
    wanted = [entry for entry in entries if is_asked_for(entry, only)]
    assert seen == wanted[::-1]


def test_a_period_holds_its_start_and_not_its_end() -> None:
    client, (first, second, third) = written([(CHEN, "a")] * 3)
    del first
    page = trail(client).search(Search(start=second.at, end=third.at), after=None, limit=10)
    assert page.entries == (second,)


TAMPERED = ["action", "resource", "actor", "before", "after", "source", "outcome", "request_id"]


@pytest.mark.parametrize("field", TAMPERED)
def test_an_entry_that_was_changed_behind_the_products_back_breaks_the_chain(field: str) -> None:
    client, _ = written([(CHEN, "a")] * 3)
    found = key(TENANT, "chen", 2)
    client.items[found["pk"], found["sk"]][field] = {"S": "refused" if field == "outcome" else "forged"}
    assert trail(client).verify("chen") == policy.Verdict(entries=1, broken_at=2)


def test_an_entry_that_was_removed_breaks_the_chain() -> None:
    client, _ = written([(CHEN, "a")] * 3)
    found = key(TENANT, "chen", 2)
    del client.items[found["pk"], found["sk"]]
    assert trail(client).verify("chen") == policy.Verdict(entries=1, broken_at=2)


def test_an_entry_that_was_written_anew_with_a_right_digest_breaks_the_link_after_it() -> None:
    _, (first, second, third) = written([(CHEN, "a")] * 3)
    forged = replace(second, resource="queue/other")
    forged = replace(forged, digest=policy.digest(forged))
    assert policy.verdict([first, forged, third]).broken_at == 3


def test_what_is_too_large_is_kept_by_size_and_digest() -> None:
    kept = json.loads(policy.small({"text": "x" * policy.LARGEST_BYTES}))
    assert kept.keys() == {"sha256", "size_bytes"}
    assert kept["size_bytes"] > policy.LARGEST_BYTES


names = st.text(min_size=1, max_size=400)


@given(names, names)
def test_different_names_have_different_chains(one: str, other: str) -> None:
    assert (key(TENANT, one, 1) == key(TENANT, other, 1)) == (one == other)
    assert len(key(TENANT, one, 1)["pk"]) < 300


@given(st.text(max_size=40) | st.sampled_from(["2026-03-02T09:00:00.123Z#chen#000000001", "2026-03-02T09:00:00Z#c#1"]))
def test_a_position_that_is_not_of_the_trail_is_refused_and_never_a_bug(after: str) -> None:
    for search in (whole(), whole(actor="chen"), whole(start=NOW + timedelta(days=400))):
        with contextlib.suppress(InvalidInput):
            assert trail(FakeDynamo()).search(search, after=after, limit=5).entries == ()


def test_who_asks_for_several_things_reads_one_partition_in_time_and_nothing_is_scanned() -> None:
    client, _ = written([(CHEN, "queue/a")] * 4)
    for only, index in (
        ({"actor": "chen", "action": "users.take"}, "gsi1"),
        ({"actor": "chen", "resource": "queue/a", "action": "users"}, "gsi3"),
        ({"action": "users.take"}, "gsi4"),
    ):
        asked = Search(start=NOW, end=NOW + timedelta(days=31), **only)
        assert [name for name, _ in partitions(TENANT, asked, None)] == [index]
    client.calls.clear()
    assert len(trail(client).search(whole(action="users.take"), after=None, limit=10).entries) == 1
    assert set(client.calls) == {"Query"}


def test_a_reader_without_content_sees_who_did_what_when_and_why_it_was_refused() -> None:
    refused = replace(CHANGE, facts={"number": "+8613800138000", "reason": "no role"}, outcome=Outcome.REFUSED)
    entry = trail(FakeDynamo()).note(CHEN, refused)
    told = policy.without_content(entry)
    assert (told.before, told.after, told.facts) == ("", "", {"number": "***", "reason": "no role"})
    same = ("actor", "number", "at", "action", "resource", "outcome", "digest", "previous", "source")
    assert [getattr(told, name) for name in same] == [getattr(entry, name) for name in same]
