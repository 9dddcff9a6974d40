"""Callers who ask to be called back: the number, the place in line, and the callback's course by the real records."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.callbacks import flow
from chalicelib.callbacks.models import State
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import Callee, Press, TypeAhead, WaitFor
from tests.support.callback_register import CallbackRegister
from tests.support.connect_world import texts
from tests.support.contact_records import tenant
from tests.support.tenant_world import REGULAR, TenantWorld

AFTER_SALES = "+864008601234"
CALLER, OTHER = "+8613900000002", "+8613912345678"


class CallbackWorld(TenantWorld):
    """The HR group's flows, its real function of callbacks, and one agent who is busy for two minutes."""

    def __init__(self) -> None:
        super().__init__("hrgroup", lookup=REGULAR)
        self.register = CallbackRegister(tenant(), lambda: self.world.now)
        self.lambdas.answers["request_callback"] = self.register.promise
        self.staff("service", "li.na", talk_s=120, acw_s=0)
        self.call(Press("1"), to=AFTER_SALES, talk_s=120)
        self.run(until=self.world.now + timedelta(seconds=45))

    def state(self, phone: str, call: Contact) -> State:
        self.register.take_in(self.cloud.records)
        return self.register.state(phone, call.id)

    def ask(self, *keys: str, **plan: Any) -> Contact:
        return self.call(Press("1"), *map(Press, keys), to=AFTER_SALES, caller=CALLER, **plan)

    def callbacks_of(self, call: Contact) -> list[dict[str, Any]]:
        return [
            r for r in self.cloud.records if r["InitiationMethod"] == "CALLBACK" and r["InitialContactId"] == call.id
        ]


def test_a_caller_presses_two_keys_hangs_up_and_is_called_back_by_the_agent() -> None:
    world = CallbackWorld()
    call = world.ask("1", "1")
    world.run()
    record = world.record_of(call)
    (called,) = world.callbacks_of(call)
    assert record["Attributes"]["callback"] == "true"
    assert record["DisconnectReason"] == "CONTACT_FLOW_DISCONNECT"
    assert called["CustomerEndpoint"]["Address"] == CALLER
    assert called["Agent"]["Username"] == "li.na"
    assert world.state(CALLER, call) is State.REACHED


@pytest.mark.req("QUE-03")
def test_the_callback_keeps_the_callers_place_in_line() -> None:
    world = CallbackWorld()
    call = world.ask("1", "1")
    world.run(until=world.world.now + timedelta(seconds=5))
    later = world.call(Press("1"), to=AFTER_SALES, caller="+8613900000003", patience_s=3_600)
    world.run()
    (called,) = world.callbacks_of(call)
    answered = world.record_of(later)
    assert called["Queue"]["EnqueueTimestamp"] > answered["Queue"]["EnqueueTimestamp"]
    assert called["Queue"]["DequeueTimestamp"] < answered["Queue"]["DequeueTimestamp"]


@pytest.mark.req("QUE-03")
def test_the_number_can_be_changed_and_is_read_back() -> None:
    world = CallbackWorld()
    call = world.ask("1", "2", "013912345678#", "1")
    world.run()
    assert "013912345678" in " ".join(texts(call, "hears"))
    (called,) = world.callbacks_of(call)
    assert called["CustomerEndpoint"]["Address"] == OTHER
    assert world.state(OTHER, call) is State.REACHED
    assert world.record_of(call)["Attributes"]["callbackNumber"] == OTHER


@pytest.mark.parametrize("keyed", ["110#", "0012025550100#", "4008601234#"])
def test_a_number_that_we_may_not_call_is_refused_and_the_caller_waits_on(keyed: str) -> None:
    world = CallbackWorld()
    call = world.ask("1", "2", keyed, "1")
    world.run()
    assert "无法回拨该号码" in " ".join(texts(call, "hears"))
    assert world.callbacks_of(call) == []
    assert world.record_of(call)["Agent"]["Username"] == "li.na"


def test_a_second_call_with_the_same_number_is_told_that_it_has_its_callback() -> None:
    world = CallbackWorld()
    first = world.ask("1", "1")
    world.run(until=world.world.now + timedelta(seconds=75))
    second = world.ask("1", "1", patience_s=60)
    world.run()
    assert "已经登记回电" in " ".join(texts(second, "hears"))
    assert len(world.callbacks_of(first)) == 1
    assert world.callbacks_of(second) == []


@pytest.mark.req("QUE-03")
def test_a_customer_who_does_not_answer_is_tried_as_often_as_the_contract_says() -> None:
    world = CallbackWorld()
    call = world.ask("1", "1", callee=Callee(answers=("no-answer",)))
    world.run()
    attempts = world.callbacks_of(call)
    assert [one["DisconnectReason"] for one in attempts] == ["TELECOM_UNANSWERED"] * 3
    assert world.state(CALLER, call) is State.EXHAUSTED


@pytest.mark.req("QUE-03")
def test_one_who_answers_the_second_time_is_reached() -> None:
    world = CallbackWorld()
    call = world.ask("1", "1", callee=Callee(answers=("busy", "answer")))
    world.run()
    assert len(world.callbacks_of(call)) == 2
    assert world.state(CALLER, call) is State.REACHED


def test_a_caller_whom_an_agent_takes_while_the_number_is_being_confirmed_has_no_callback() -> None:
    world = CallbackWorld()
    call = world.ask("1", patience_s=600)
    world.run()
    assert world.record_of(call)["Agent"]["Username"] == "li.na"
    assert world.callbacks_of(call) == []


@pytest.mark.parametrize("keys", [(), ("1",), ("1", "3"), ("1", "2"), ("1", "2", "13912345678#", "9")])
def test_whoever_presses_nothing_or_something_else_waits_on(keys: tuple[str, ...]) -> None:
    world = CallbackWorld()
    call = world.ask(*keys)
    world.run()
    assert world.callbacks_of(call) == []
    assert world.record_of(call)["Agent"]["Username"] == "li.na"


def test_a_key_that_is_pressed_while_the_music_plays_is_kept_until_the_flow_listens() -> None:
    world = CallbackWorld()
    call = world.call(Press("1"), WaitFor(12), TypeAhead("1"), Press("1"), to=AFTER_SALES, caller=CALLER)
    world.run()
    # The last key of the script confirms the number: the first question of the line has been answered by then.
    (called,) = world.callbacks_of(call)
    assert called["CustomerEndpoint"]["Address"] == CALLER
    assert world.state(CALLER, call) is State.REACHED


def test_when_the_store_is_silent_the_caller_keeps_the_place() -> None:
    world = CallbackWorld()
    world.lambdas.answers["request_callback"] = flow.refused("unavailable")
    call = world.ask("1", "1")
    world.run()
    assert "现在无法登记回电" in " ".join(texts(call, "hears"))
    assert world.record_of(call)["Agent"]["Username"] == "li.na"
