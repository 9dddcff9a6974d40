"""A person is erased: nothing of them is left anywhere, every figure stays, and nobody else loses anything (SEC-06)."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.audit.models import Search
from chalicelib.customers.record import Facts, Identity
from chalicelib.platform.errors import NotFound
from chalicelib.privacy.models import Ambiguous, Kind, State
from chalicelib.privacy.people import Who
from tests.support.contact_records import encoded, when
from tests.support.private_lives import (
    DEEDS,
    HOME,
    LENT,
    History,
    assert_intact,
    assert_nothing_is_left,
    erase,
    lived,
    of_wang,
    stopped,
)
from tests.support.private_world import OFFICER, START, PrivateWorld

histories = st.lists(st.sampled_from(DEEDS), min_size=1, max_size=12)


@settings(max_examples=25, deadline=None)
@given(histories, st.lists(st.integers(1, 9), max_size=6))
def test_any_history_is_erased_however_often_it_is_stopped(deeds: list[Any], stops: list[int]) -> None:
    world = (history := lived(deeds)).world
    counters, wangs = world.counters(), of_wang(world)
    request = erase(world)
    for stop in stops:
        stopped(world, stop)
    world.carry_out()
    assert world.privacy.request(request).state is State.DONE
    assert_nothing_is_left(world)
    assert world.counters() == counters
    assert of_wang(world) == wangs
    assert_intact(world)
    for _, data in history.records:  # the stream gives records again, some in a later copy
        later = {**json.loads(data), "LastUpdateTimestamp": when(9_000)}
        world.ingest.take(data)
        world.ingest.take(encoded(later))
    assert_nothing_is_left(world)
    assert world.counters() == counters


def test_the_certificate_tells_what_was_erased_and_is_in_the_trail() -> None:
    history = lived(
        [History.zhang_calls, History.zhang_is_completed, History.zhang_has_a_ticket, History.zhang_has_points]
    )
    world = history.world
    id_ = erase(world)
    asked = world.privacy.request(id_)
    world.carry_out()
    done = world.privacy.request(id_)
    assert (asked.state, asked.proof, done.state, done.person) == (State.OPEN, "", State.DONE, None)
    assert dict(done.counts) == {
        "contacts": 3, "recordings": 3, "completions": 1, "tickets": 1, "answers": 1, "identities": 3, "customers": 1,
    }  # fmt: skip
    assert dict(done.kept) == {"identities_of_others_too": 1}
    assert (done.asked_by, done.ended_at, len(done.proof)) == ("officer", START, 64)
    search = Search(start=START - timedelta(days=1), end=START + timedelta(days=1), resource=f"privacy/requests/{id_}")
    ended, begun = world.trail.search(search, after=None, limit=10).entries
    assert (begun.action, ended.action, ended.actor) == ("privacy.erasure", "privacy.erasure.done", "officer")
    assert json.loads(ended.after)["proof"] == done.proof
    assert json.loads(ended.after)["counts"] == dict(done.counts)
    assert "audit trail" in " ".join(what for what, _, _ in world.privacy.left_behind())


def test_a_second_erasure_of_the_same_person_finds_nobody() -> None:
    world = lived([History.zhang_calls]).world
    erase(world)
    world.carry_out()
    with pytest.raises(NotFound):
        erase(world)
    assert len(world.privacy.desk.requests()) == 1


def test_a_number_that_is_nobodys_customer_is_a_person_too() -> None:
    world = lived([History.wang_calls]).world
    world.call("stranger-1", LENT)
    world.promise("stranger-1", LENT)
    id_ = world.privacy.ask(Kind.ERASURE, Who(identity=f"phone:{LENT}"), "asked by telephone", OFFICER).id
    world.carry_out()
    assert dict(world.privacy.request(id_).counts) == {"contacts": 1, "recordings": 1, "callbacks": 2}
    assert LENT.encode() not in world.everything()
    assert b"wang-88" in world.everything()


def test_a_number_of_several_customers_names_none_of_them() -> None:
    world = History().world
    with pytest.raises(Ambiguous) as refused:
        world.privacy.ask(Kind.ERASURE, Who(identity=f"phone:{HOME}"), "asked", OFFICER)
    assert refused.value.facts["candidates"] == ["zhang-77", "wang-88"]
    assert world.privacy.desk.requests() == ()


def test_a_person_gets_everything_in_one_document_with_what_it_is_for() -> None:
    history = lived(
        [
            *(History.zhang_calls, History.zhang_is_completed, History.zhang_has_a_ticket, History.wang_calls),
            *(History.zhang_has_points, History.somebody_calls_from_home, History.wang_calls_with_zhangs_telephone),
        ]
    )
    world = history.world
    before = without_requests(world)
    id_ = world.privacy.ask(Kind.EXPORT, Who(customer_id="zhang-77"), "asked in writing", OFFICER).id
    world.carry_out()
    request = world.privacy.request(id_)
    assert request.package is not None
    packed = json.loads(world.s3.versions[request.package][-1][1])
    assert [one["customer_id"] for one in packed["customers"]] == ["zhang-77"]
    assert sorted(one["contact_id"] for one in packed["contacts"]) == ["contact-0001", "contact-0002", "contact-0003"]
    assert all(one["recordings"][0]["sha256"] for one in packed["contacts"])
    assert [one["subject"]["text"] for one in packed["tickets"]] == ["his heart is weak"]
    assert packed["answers"][0]["text"] == {"zh-CN": "his heart is weak"}
    assert "wang" not in json.dumps(packed)
    assert packed["purposes"][packed["fields"]["caller"]]["purpose"]
    assert set(packed["fields"]) >= {"caller", "customer_id", "note", "talk_s"}
    assert without_requests(world) == before
    assert world.privacy.fetch(id_).startswith(f"https://{request.package}")
    world.at += timedelta(days=8)
    with pytest.raises(NotFound):
        world.privacy.fetch(id_)
    world.carry_out()
    assert world.privacy.request(id_).person is None


def test_an_erasure_takes_the_package_of_the_same_person_away() -> None:
    world = lived([History.zhang_calls]).world
    world.privacy.ask(Kind.EXPORT, Who(customer_id="zhang-77"), "asked in writing", OFFICER)
    world.carry_out()
    id_ = erase(world)
    world.carry_out()
    assert world.privacy.request(id_).counts["packages"] == 1
    assert_nothing_is_left(world)


def without_requests(world: PrivateWorld) -> dict[Any, Any]:
    """Return what the table holds beside requests and the trail."""
    return {
        key: item for key, item in world.table.items.items() if not key[0].endswith(("#PRIVACY#hrgroup", "officer"))
    }


def test_two_at_once_do_no_harm() -> None:
    world = lived([History.zhang_calls, History.zhang_has_a_ticket, History.zhang_is_completed]).world
    counters, id_ = world.counters(), erase(world)
    inner = {"busy": False}

    def second(operation: str) -> None:
        if operation == "TransactWriteItems" and not inner["busy"]:
            inner["busy"] = True
            world.carry_out()
            inner["busy"] = False

    world.table.before = second
    world.carry_out()
    world.table.before = lambda _operation: None
    world.carry_out()
    done = world.privacy.request(id_)
    assert (done.state, done.counts["contacts"], done.counts["tickets"]) == (State.DONE, 3, 1)
    assert world.counters() == counters
    assert_nothing_is_left(world)


def test_time_that_is_over_leaves_a_request_that_goes_on() -> None:
    world = lived([History.zhang_calls, History.zhang_calls]).world
    id_ = erase(world)
    assert world.carry_out(seconds=0)["left"] == 1
    assert world.privacy.request(id_).state is State.OPEN
    world.carry_out()
    assert world.privacy.request(id_).state is State.DONE


def test_a_forgotten_customer_can_still_be_erased() -> None:
    world = lived([History.zhang_calls_from_home]).world
    world.registry.delete("zhang-77", OFFICER, revision=1)
    id_ = erase(world)
    world.carry_out()
    assert world.privacy.request(id_).counts["contacts"] == 1
    assert b"zhang-77" not in world.everything()


def test_merged_records_are_one_person() -> None:
    world = History().world
    second = Facts(name="Zhang X.", identities=(Identity("phone", LENT),))
    world.registry.create(second, OFFICER, id_="zhang-99")
    world.registry.merge("zhang-77", "zhang-99", OFFICER)
    world.call("c-1", LENT, "zhang-99")
    id_ = erase(world, "zhang-99")
    world.carry_out()
    assert world.privacy.request(id_).counts["customers"] == 2
    assert_nothing_is_left(world)
    assert b"zhang-99" not in world.everything()
    assert replace(world.privacy.request(id_), proof="").person is None
