"""Callbacks as they are kept: one number, one callback, followed by contact records until it is closed."""

import json
import random
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import app
from chalicelib.callbacks import flow
from chalicelib.callbacks.models import Asked, Refused, State
from chalicelib.callbacks.service import Callbacks, Follower, Promises
from chalicelib.contacts.service import Ingest
from chalicelib.contacts.store import Contacts
from chalicelib.platform.flow_door import ContactFlowEvent
from tests.support.contact_records import Record, record, tenant, when
from tests.support.fake_dynamo import FakeDynamo
from tests.support.rest import USER, get
from tests.support.rest_table import rest_table

HR = tenant()
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PHONE = "+8613800138000"


def store(client: FakeDynamo) -> Callbacks:
    return Callbacks(client, "table", HR.id, 365)


def ask(client: FakeDynamo, call: str = "call", number: str | None = PHONE, now: datetime = NOW) -> Any:
    promises = Promises(store(client), HR, lambda: now)
    return promises.ask(Asked(id=call, number=number, line="after-sales", queue="after-sales", language="zh-CN"))


def reason_of(client: FakeDynamo, call: str, number: str = PHONE, now: datetime = NOW) -> str:
    try:
        ask(client, call, number, now)
    except Refused as refused:
        return str(refused.facts["reason"])
    return "promised"


def test_one_number_has_one_open_callback_however_it_is_written() -> None:
    client = FakeDynamo()
    ask(client)
    assert reason_of(client, "another call", "013800138000") == "open"
    assert reason_of(client, "another call", "13900139000") == "promised"


def test_asked_twice_in_the_same_call_it_is_the_same_callback() -> None:
    client = FakeDynamo()
    assert ask(client) == ask(client)
    assert [row.id for row in store(client).listed(State.OPEN, 10).rows] == ["call"]


def test_of_many_calls_at_once_exactly_one_is_promised() -> None:
    client, found = FakeDynamo(), []
    barrier = threading.Barrier(8)

    def one(call: str) -> None:
        barrier.wait()
        found.append(reason_of(client, call))

    threads = [threading.Thread(target=one, args=(f"call-{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["open"] * 7 + ["promised"]


def test_a_number_whose_records_were_lost_can_be_promised_again_after_nine_days() -> None:
    client = FakeDynamo()
    ask(client)
    assert reason_of(client, "later", now=NOW + timedelta(days=9)) == "open"
    assert reason_of(client, "later", now=NOW + timedelta(days=9, seconds=1)) == "promised"


def attempt(contact_id: str, reason: str | None, at: int) -> Record:
    """The record of a contact by which the caller was called back; without a reason he was reached."""
    made = record(contact_id, InitiationMethod="CALLBACK", PreviousContactId="call", InitialContactId="call")
    made["Attributes"] |= {"callbackId": "call", "callbackNumber": PHONE}
    made["LastUpdateTimestamp"] = when(at)
    if reason:
        made |= {"DisconnectReason": reason, "ConnectedToSystemTimestamp": None}
    return made


def asking_call() -> Record:
    made = record("call", Agent=None, DisconnectReason="CONTACT_FLOW_DISCONNECT", LastUpdateTimestamp=when(100))
    made["Attributes"] |= {"callbackId": "call", "callbackNumber": PHONE, "callback": "true"}
    return made


def ingest(client: FakeDynamo) -> Ingest:
    return Ingest(
        tenant=HR,
        table="table",
        contacts=Contacts(client, "table", HR.id, 365, lambda: str(random.random())),  # noqa: S311 - a name
        instance_arn=None,
        pause=lambda _: None,
        chance=lambda: 0.0,
        listeners=(Follower(store(client)),),
    )


def take(client: FakeDynamo, *records: Record) -> None:
    taker = ingest(client)
    for one in records:
        taker.take(json.dumps(one).encode())


def state(client: FakeDynamo) -> State:
    found = store(client).find(PHONE, "call")
    assert found is not None
    return found.state


UNREACHED = [attempt(name, "TELECOM_UNANSWERED", 200 + n) for n, name in enumerate("abc")]


def test_it_is_closed_only_when_reached_or_exhausted_and_then_the_number_is_free() -> None:
    client = FakeDynamo()
    ask(client)
    take(client, asking_call(), *UNREACHED[:2])
    assert state(client) is State.OPEN
    assert reason_of(client, "again") == "open"
    take(client, UNREACHED[2])
    assert state(client) is State.EXHAUSTED
    assert reason_of(client, "again") == "promised"


@settings(max_examples=40)
@given(st.data())
def test_any_order_and_any_repetition_of_records_lead_to_the_same_state(data: st.DataObject) -> None:
    history = [asking_call(), UNREACHED[0], attempt("b", None, 300)]
    deliveries = data.draw(st.permutations([*history, *data.draw(st.lists(st.sampled_from(history), max_size=3))]))
    client = FakeDynamo()
    ask(client)
    take(client, *deliveries)
    assert state(client) is State.REACHED
    assert [row.id for row in store(client).listed(State.REACHED, 10).rows] == ["call"]
    assert store(client).listed(State.OPEN, 10).rows == ()


def test_a_late_record_of_a_closed_callback_leaves_the_number_to_the_next_one() -> None:
    client = FakeDynamo()
    ask(client)
    take(client, attempt("a", None, 200))
    ask(client, "next")
    take(client, UNREACHED[1], asking_call())
    assert state(client) is State.REACHED
    assert reason_of(client, "third") == "open"


def counters(client: FakeDynamo) -> dict[str, int]:
    total: dict[str, int] = {}
    for (pk, _), item in client.items.items():
        if "#KPI#" in pk:
            for name, value in item.items():
                if "N" in value:
                    total[name] = total.get(name, 0) + int(value["N"])
    return total


def test_the_call_counts_as_an_exit_and_neither_as_abandoned_nor_is_the_callback_offered_again() -> None:
    client = FakeDynamo()
    ask(client)
    take(client, asking_call(), UNREACHED[0], attempt("b", None, 300))
    found = counters(client)
    assert {name: found.get(name, 0) for name in ("offered", "exits", "callbacks", "abandoned", "answered")} == {
        "offered": 1, "exits": 1, "callbacks": 1, "abandoned": 0, "answered": 0
    }  # fmt: skip
    assert found["called_back"] == found["handled"] == 1
    assert found["arrivals"] == 1


def asked(**parameters: str) -> ContactFlowEvent:
    return ContactFlowEvent(contact_id="c", initial_contact_id="first", caller=PHONE, parameters=parameters)


def test_the_flow_is_answered_the_number_or_the_reason() -> None:
    client = FakeDynamo()
    service = Promises(store(client), HR, lambda: NOW)
    answer = flow.handle(asked(queue="after-sales", line="after-sales"), service)
    promised = {"accepted": "true", "reason": "none", "callback": "promised", "callbackId": "first", "number": PHONE}
    assert answer == promised
    assert flow.handle(asked(number="12"), service) == flow.refused("number")


def test_a_tenant_without_the_section_promises_nothing() -> None:
    with pytest.raises(Refused) as refused:
        Promises(store(FakeDynamo()), replace(HR, callback=None), lambda: NOW).ask(
            Asked(id="c", number=PHONE, line="l", queue="q", language="zh-CN")
        )
    assert refused.value.facts["reason"] == "off"


def test_the_callback_of_a_chain_needs_no_section_and_is_one_a_number_like_any_other() -> None:
    client = FakeDynamo()
    service = Promises(store(client), replace(HR, callback=None), lambda: NOW)
    call = {"queue": "after-sales", "line": "after-sales"}
    assert flow.handle(asked(**call), service) == flow.refused("off")
    assert flow.handle(asked(**call, chain="true"), service)["callback"] == "promised"
    kept = store(client).find(PHONE, "first")
    assert kept is not None
    assert (kept.attempts, kept.queue) == (3, "after-sales")
    other = replace(asked(**call, chain="true"), initial_contact_id="second")
    assert flow.handle(other, service) == flow.refused("open")
    abroad = replace(other, caller="+12025550100")
    assert flow.handle(abroad, service)["number"] == "+12025550100"
    assert flow.handle(replace(other, caller=None), service) == flow.refused("number")
    assert flow.handle(replace(other, caller=min(HR.lines["after-sales"].numbers)), service) == flow.refused("own")


def test_where_the_contract_says_whom_it_calls_back_a_chain_keeps_to_it() -> None:
    service = Promises(store(FakeDynamo()), HR, lambda: NOW)
    abroad = replace(asked(queue="after-sales", line="after-sales", chain="true"), caller="+12025550100")
    assert flow.handle(abroad, service) == flow.refused("region")


@pytest.fixture
def rest(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeDynamo]:
    with rest_table(monkeypatch, tmp_path) as table:
        yield table


def test_supervisors_see_the_open_callbacks_the_oldest_first_and_agents_see_none(rest: FakeDynamo) -> None:
    ask(rest, "second", "13900139000", NOW + timedelta(minutes=5))
    ask(rest)
    status, body = get(app.app, "/v1/callbacks")
    assert status == 200
    assert [(row["callback_id"], row["phone"]) for row in body["callbacks"]] == [
        ("call", PHONE),
        ("second", "+8613900139000"),
    ]
    assert get(app.app, "/v1/callbacks", query={"state": "reached"})[1] == {"callbacks": [], "cursor": None}
    assert get(app.app, "/v1/callbacks", claims={**USER, "cognito:groups": "agent"})[0] == 403
    assert get(app.app, "/v1/callbacks", claims={**USER, "custom:tenant": "taxihotline"})[0] == 403
    assert get(app.app, "/v1/callbacks", query={"state": "lost"})[0] == 400
