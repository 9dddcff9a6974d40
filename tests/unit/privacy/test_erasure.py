"""A person is erased: nothing of them is left anywhere, every figure stays, and nobody else loses anything (SEC-06)."""

import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.audit.models import Search
from chalicelib.contacts import items
from chalicelib.customers.record import Facts, Identity
from chalicelib.platform.dynamo import decode
from chalicelib.platform.errors import NotFound, StoreUnavailable
from chalicelib.privacy import package
from chalicelib.privacy.finding import Finding
from chalicelib.privacy.models import Ambiguous, Ended, Kind, Person, State
from chalicelib.privacy.people import Who
from tests.support.contact_records import encoded, when
from tests.support.fake_dynamo import failure
from tests.support.private_world import OFFICER, START, PrivateWorld

ZHANG, WANG, HOME, LENT = "+8613911110001", "+8613922220002", "+862155550003", "+8613933330004"
ZHANGS_WORDS = ("Zhang Xiaoming", "zhang-77", "zhang@mail.example", "his heart is weak", "sound of zhang", ZHANG)


@dataclass
class History:
    """What Zhang and Wang did, in any order. Zhang shares the telephone at home with Wang, and lends his own once."""

    world: PrivateWorld = field(default_factory=PrivateWorld)
    records: list[tuple[str, bytes]] = field(default_factory=list)
    number: int = 0

    def __post_init__(self) -> None:
        zhang = Facts(
            name="Zhang Xiaoming", fields={"city": "wuxi"},
            identities=(Identity("phone", ZHANG), Identity("phone", HOME), Identity("email", "zhang@mail.example")),
        )  # fmt: skip
        wang = Facts(name="Wang Fang", identities=(Identity("phone", WANG), Identity("phone", HOME)))
        self.world.registry.create(zhang, OFFICER, id_="zhang-77")
        self.world.registry.create(wang, OFFICER, id_="wang-88")

    def call(self, phone: str | None, customer_id: str | None, **more: Any) -> str:
        self.number += 1
        contact_id = f"contact-{self.number:04d}"
        self.records.append((contact_id, self.world.call(contact_id, phone, customer_id, **more)))
        return contact_id

    def zhang_calls(self) -> None:
        self.call(ZHANG, "zhang-77")

    def zhang_calls_unknown(self) -> None:
        self.call(ZHANG, None)

    def zhang_calls_from_home(self) -> None:
        self.call(HOME, "zhang-77")

    def somebody_calls_from_home(self) -> None:
        self.call(HOME, None)

    def wang_calls_with_zhangs_telephone(self) -> None:
        self.call(ZHANG, "wang-88")

    def wang_calls(self) -> None:
        self.call(WANG, "wang-88")

    def zhang_is_transferred(self) -> None:
        first = self.call(ZHANG, None, NextContactId=f"contact-{self.number + 2:04d}")
        self.call(None, None, PreviousContactId=first, InitialContactId=first, InitiationMethod="TRANSFER")

    def zhang_is_completed(self) -> None:
        self.world.complete(self.call(ZHANG, "zhang-77"), "his heart is weak", "zhang-77")

    def zhang_has_a_ticket(self) -> None:
        self.world.ticket("his heart is weak", ZHANG, "zhang-77", self.call(ZHANG, None))

    def a_contact_of_zhang_has_a_ticket(self) -> None:
        self.world.ticket("his heart is weak", None, None, self.call(ZHANG, None))

    def wang_has_a_ticket(self) -> None:
        self.world.ticket("the lift stands", ZHANG, "wang-88", self.call(WANG, "wang-88"))

    def zhang_leaves_a_message(self) -> None:
        self.call(ZHANG, None, Agent=None, Queue=None, attributes={"voicemail": "true", "voicemailLeft": "true"})

    def zhang_is_called_back(self) -> None:
        call_id = f"contact-{self.number + 1:04d}"
        # The flows keep the number with the contact once it is promised; a second open callback is not.
        is_promised = self.world.promise(call_id, ZHANG)
        said = {"callbackId": call_id, "callbackNumber": ZHANG} if is_promised else {}
        self.call(WANG, "wang-88", attributes=said)

    def something_is_entered(self) -> None:
        self.world.drafts.write(self.call(ZHANG, "zhang-77"), {"note": "his heart is weak"}, revision=0, by=OFFICER)

    def zhang_was_visited(self) -> None:
        self.world.visit("zhang-77", None, "his heart is weak")

    def somebody_was_visited_at_zhangs_number(self) -> None:
        self.world.visit(None, ZHANG, "his heart is weak")

    def wang_was_visited(self) -> None:
        self.world.visit("wang-88", ZHANG, "the lift stands")

    def zhang_has_points(self) -> None:
        self.world.answer("zhang-77", "his heart is weak")

    def wang_has_points(self) -> None:
        self.world.answer("wang-88", "a hundred points")


DEEDS: list[Callable[[History], None]] = [
    value for name, value in vars(History).items() if callable(value) and not name.startswith("_") and name != "call"
]
histories = st.lists(st.sampled_from(DEEDS), min_size=1, max_size=12)


def lived(deeds: list[Callable[[History], None]]) -> History:
    history = History()
    for deed in deeds:
        deed(history)
    return history


def of_wang(world: PrivateWorld) -> dict[str, Any]:
    person = Person(ids=("wang-88",), identities=(f"phone:{WANG}", f"phone:{HOME}"), shared=(f"phone:{HOME}",))
    found = Finding(
        places=world.privacy.desk.places,
        tenant=world.tenant.id,
        days=world.tenant.contacts_days,
        person=person,
        at=START,
    )
    packed = package.package(found, START)
    del packed["fields"]
    for contact in packed["contacts"]:
        contact.pop("caller", None)  # Zhang's telephone, which Wang once used, is Zhang's
        contact.pop("callback_number", None)
        contact.pop("erased", None)
        for message in contact["messages"]:
            message.pop("caller", None)
    for ticket in packed["tickets"]:
        ticket["subject"].pop("phone", None)
    # A service stands in the list of the number that it came from: what is not in Wang's is found by Wang's name.
    packed["services"] = sorted(({**one, "customer": {**one["customer"], "phone": ""}} for one in packed["services"]),
                                key=lambda one: one["service_id"])  # fmt: skip
    packed["customers"] = [{**one, "revision": 0} for one in packed["customers"]]
    return packed


def assert_nothing_is_left(world: PrivateWorld) -> None:
    """Hold that no byte of table and bucket tells of Zhang."""
    everything = world.everything()
    assert [word for word in ZHANGS_WORDS if word.encode() in everything] == []


def assert_intact(world: PrivateWorld) -> None:
    kept = [decode(item) for (_, sk), item in world.table.items.items() if sk == items.CONTACT_SORT]
    assert all(items.is_intact(item) for item in kept)


def erase(world: PrivateWorld, customer_id: str = "zhang-77") -> str:
    return world.privacy.ask(Kind.ERASURE, Who(customer_id=customer_id), "asked in writing", OFFICER).id


def stopped(world: PrivateWorld, writes: int) -> None:
    """Let the function run until the store fails, after so many writes."""
    left = writes

    def fail(operation: str) -> None:
        nonlocal left
        left -= operation == "TransactWriteItems"
        if left < 0:
            raise failure("InternalServerError")

    world.table.before = fail
    with contextlib.suppress(StoreUnavailable):
        world.carry_out()
    world.table.before = lambda _operation: None


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


def test_a_hold_stops_an_erasure_until_it_has_ended() -> None:
    world = lived([History.zhang_calls, History.zhang_has_a_ticket]).world
    hold = world.privacy.hold(Who(contact_id="contact-0001"), "court order 7", OFFICER, until=None)
    id_ = erase(world)
    world.carry_out()
    assert (world.privacy.request(id_).state, world.privacy.request(id_).held_by) == (State.HELD, hold.id)
    assert b"his heart is weak" in world.everything()
    world.privacy.end_hold(hold.id, OFFICER)
    with pytest.raises(Ended):
        world.privacy.end_hold(hold.id, OFFICER)
    world.carry_out()
    assert world.privacy.request(id_).state is State.DONE
    assert_nothing_is_left(world)
    (ended,) = world.privacy.desk.holds()
    assert (ended.reason, ended.by, ended.ended_by) == ("court order 7", "officer", "officer")


def without_requests(world: PrivateWorld) -> dict[Any, Any]:
    """Return what the table holds beside requests and the trail."""
    return {
        key: item for key, item in world.table.items.items() if not key[0].endswith(("#PRIVACY#hrgroup", "officer"))
    }


def endings(world: PrivateWorld) -> dict[tuple[str, str], Any]:
    kinds = ("#KPI#", "#AUDIT#", "#PRIVACY#", "#AGENTKPI#")
    return {
        key: item["ttl"]["N"]
        for key, item in world.table.items.items()
        if "ttl" in item and not any(kind in key[0] for kind in kinds)
    }


def test_nothing_of_a_held_person_expires_and_all_of_it_does_again_afterwards() -> None:
    deeds = [History.zhang_calls, History.zhang_is_completed, History.zhang_has_a_ticket, History.wang_calls]
    world = lived(deeds).world
    before = endings(world)
    until = START + timedelta(days=30)
    world.privacy.hold(Who(customer_id="zhang-77"), "court order 7", OFFICER, until=until)
    world.carry_out()
    held = before.keys() - endings(world).keys()
    assert {key[0] for key in held} > {f"T#hrgroup#CONTACT#contact-000{n}" for n in (1, 2, 3)}
    assert {key[0] for key in endings(world)} >= {"T#hrgroup#CONTACT#contact-0004"}
    recordings = [decode(item) for (_, sk), item in world.table.items.items() if sk.startswith("RECORDING#")]
    copies = {one["key"] for one in recordings if "key_before" in one}
    assert len(copies) == 3
    for key in [key for key in world.s3.versions if key not in copies]:
        del world.s3.versions[key]  # the bucket's own rule ends what was recorded
    assert copies == world.s3.versions.keys()
    world.call("contact-0009", ZHANG, "zhang-77")  # what comes later is found by the walk of the next day
    world.at += timedelta(days=1)
    world.carry_out()
    assert ("T#hrgroup#CONTACT#contact-0009", "CONTACT") not in endings(world)
    world.at = until
    world.carry_out()
    assert {key: end for key, end in endings(world).items() if key in before} == before
    assert not any(key.startswith("held/") for key in world.s3.versions)


def test_what_was_over_before_the_hold_ended_goes_with_it() -> None:
    world = lived([History.zhang_calls]).world
    hold = world.privacy.hold(Who(customer_id="zhang-77"), "court order 7", OFFICER, until=None)
    world.carry_out()
    world.at += timedelta(days=2_000)
    world.privacy.end_hold(hold.id, OFFICER)
    world.carry_out()
    assert ("T#hrgroup#CONTACT#contact-0001", "CONTACT") not in world.table.items


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
