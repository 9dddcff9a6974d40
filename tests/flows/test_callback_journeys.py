"""Callers who ask to be called back: the number, the place in line, and the callback's course by the real records."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
import yaml

from chalicelib.callbacks import flow
from chalicelib.callbacks.models import State
from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_file import parse
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import Callee, Press, TypeAhead, WaitFor
from localstack.connect.engine.ports import LambdaReply
from tests.support.callback_register import CallbackRegister
from tests.support.connect_world import kinds, texts
from tests.support.contact_records import tenant
from tests.support.tenant_world import REGULAR, TENANTS, TenantWorld

AFTER_SALES = "+864008601234"
CALLER, OTHER = "+8613900000002", "+8613912345678"


class CallbackWorld(TenantWorld):
    """The HR group's flows, its real function of callbacks, and one agent who is busy for two minutes."""

    def __init__(self, tenant_of: str | Contract = "hrgroup", *before: Press) -> None:
        super().__init__(tenant_of, lookup=REGULAR)
        self.register = CallbackRegister(tenant(), self)
        self.lambdas.answers["request_callback"] = self.register.promise
        self.staff("service", "li.na", talk_s=120, acw_s=0)
        self.call(*before, Press("1"), to=AFTER_SALES, talk_s=120)
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


def answered_in_the_goodbye(world: CallbackWorld) -> Contact:
    """Have a second agent become free while the caller, who has just been promised a callback, hears the goodbye."""
    call = world.ask("1", "1", patience_s=600)
    while "scheduled" not in kinds_of_chain(world, call):
        world.world.timeline.fire()
    world.staff("service", "wang.wei", ring_s=1, talk_s=60, acw_s=0)
    world.run()
    return call


def kinds_of_chain(world: CallbackWorld, call: Contact) -> list[str]:
    return [told.kind for one in world.world.contacts.values() if one.initial is call for told in one.transcript]


@pytest.mark.req("QUE-03")
def test_a_caller_whom_an_agent_takes_in_the_goodbye_is_not_called_back_and_nobody_is_rung_for_it() -> None:
    world = CallbackWorld()
    call = answered_in_the_goodbye(world)
    (stopped,) = world.callbacks_of(call)
    assert world.record_of(call)["Agent"]["Username"] == "wang.wei"
    assert (stopped["DisconnectReason"], stopped["Agent"], stopped["Queue"]) == ("OTHER", None, None)
    assert "dialing" not in kinds_of_chain(world, call)
    assert world.state(CALLER, call) is State.WITHDRAWN
    world.register.take_in([record for record in world.cloud.records if record is stopped])
    assert world.state(CALLER, call) is State.WITHDRAWN


def test_when_the_callback_cannot_be_stopped_the_caller_is_joined_to_the_agent_all_the_same() -> None:
    world = CallbackWorld()
    promise = world.lambdas.answers["request_callback"]

    def only_promises(event: Mapping[str, Any]) -> Any:
        is_asked = "event" not in event["Details"]["Parameters"]
        return promise(event) if is_asked else LambdaReply("function-error", b"", "Amazon Connect is throttled")

    world.lambdas.answers["request_callback"] = only_promises
    call = answered_in_the_goodbye(world)
    record = world.record_of(call)
    assert (record["Agent"]["Username"], record["Attributes"]["callbackUnstopped"]) == ("wang.wei", "true")
    assert world.state(CALLER, call) is State.REACHED


def test_the_call_back_itself_is_not_stopped_when_its_agent_hands_it_on() -> None:
    world = CallbackWorld()
    call = world.ask("1", "1")
    while "joined" not in kinds_of_chain(world, call):
        world.world.timeline.fire()
    (back,) = [one for one in world.world.active if one.initiation_method == "CALLBACK"]
    assert world.register.withdrawals.answered(world.instance.arn, back.id) is False
    world.run()
    assert world.state(CALLER, call) is State.REACHED


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


def recorded(policy: str, *before: Press, **prompts: Any) -> CallbackWorld:
    """The after-sales line with this policy of recording, and prompts; callers may refuse where keys come `before`."""
    raw = yaml.safe_load((TENANTS / "hrgroup.yaml").read_text(encoding="utf-8"))
    line = {**raw["service_lines"][0], "recording": policy}
    if before:
        line["recording_refusal"] = {"then": "unrecorded"}
    line["prompts"] = {**line.get("prompts", {}), **prompts}
    return CallbackWorld(parse({**raw, "service_lines": [line, *raw["service_lines"][1:]]}, source="test"), *before)


def called_back(world: CallbackWorld, call: Contact) -> Contact:
    return next(
        one for one in world.world.contacts.values() if one.initial is call and one.initiation_method == "CALLBACK"
    )


@pytest.mark.req("REC-02")
@pytest.mark.parametrize(
    ("policy", "notice", "is_recorded"),
    [("full", "本次通话将被录音", True), ("on-demand", "本次通话可能会被录音", False)],
)
def test_who_is_called_back_is_told_of_the_recording_before_it_starts(
    policy: str, notice: str, *, is_recorded: bool
) -> None:
    world = recorded(policy)
    call = world.ask("1", "1")
    world.run()
    back = called_back(world, call)
    answered = kinds(back).index("answered")
    told = next(n for n, line in enumerate(back.transcript) if line.kind == "hears" and notice in line.text)
    assert answered < told
    assert [kind for kind in kinds(back)[:told] if kind == "recording"] == []
    assert ("recording" in kinds(back)[told:]) is is_recorded
    (record,) = world.callbacks_of(call)
    assert (record["Recording"] is not None) is is_recorded
    assert record["Attributes"]["recordingNotice"] == "true"


@pytest.mark.req("REC-02")
def test_who_has_refused_is_called_back_unrecorded_and_a_line_without_recording_tells_nothing() -> None:
    refusing = recorded("full", Press(""))
    refused = refusing.call(Press("9"), Press("1"), Press("1"), Press("1"), to=AFTER_SALES, caller=CALLER)
    silent = recorded("none")
    asked = silent.ask("1", "1")
    for world, call in ((refusing, refused), (silent, asked)):
        world.run()
        (record,) = world.callbacks_of(call)
        assert record["Agent"]["Username"] == "li.na"
        assert record["Recording"] is None
        assert record["Attributes"]["recordingNotice"] == "none"
        assert "录音" not in " ".join(texts(called_back(world, call), "hears"))


def test_a_notice_that_is_a_recording_is_played_and_whoever_is_not_reached_was_not_told() -> None:
    world = recorded("full", recording_notice={"zh-CN": "s3://acme/notice.wav"})
    call = world.ask("1", "1", callee=Callee(answers=("busy", "answer")))
    world.run()
    unreached, reached = world.callbacks_of(call)
    assert unreached["Attributes"]["recordingNotice"] == "none"
    assert reached["Attributes"]["recordingNotice"] == "true"
    backs = [one for one in world.world.contacts.values() if one.initiation_method == "CALLBACK"]
    assert "s3://acme/notice.wav" in " ".join(texts(backs[-1], "hears"))
