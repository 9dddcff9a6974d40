"""Queue flows, whispers and second thoughts: what may happen while a caller waits."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from localstack.connect.engine.hours import Timetable
from localstack.connect.engine.parts import Outcome
from localstack.connect.engine.plan import HangUp, Press, WaitFor
from tests.support.connect_world import MONDAY, Small, action, kinds, one_queue, say, staff, texts, to_queue
from tests.support.one_action import go


def loop(seconds: str | None, then: str = "hint") -> dict[str, Any]:
    parameters: dict[str, Any] = {"Messages": [{"Text": "Please hold."}, {"Text": "Thank you for waiting."}]}
    if seconds:
        parameters["InterruptFrequencySeconds"] = seconds
    return action("loop", "MessageParticipantIteratively", parameters, then, errors={"NoMatchingError": "failed"})


def queue_flow(small: Small, *actions: dict[str, Any]) -> None:
    small.flow("Default customer queue", *actions, kind="CUSTOMER_QUEUE")


def test_loop_prompts_give_control_back_when_their_time_is_over() -> None:
    small = one_queue()
    queue_flow(small, loop("30"), say("hint", "Visit our website.", "loop"), say("failed", "failed", "loop"))
    contact = small.call(patience_s=70)
    small.run()
    hints = [told.at - contact.initiated_at for told in contact.transcript if told.text == "Visit our website."]
    assert [round(hint.total_seconds()) for hint in hints] == [30, 61]


def test_loop_prompts_without_a_limit_play_until_an_agent_comes() -> None:
    small = one_queue()
    queue_flow(small, loop(None), say("hint", "never", "loop"), say("failed", "failed", "loop"))
    contact = small.call(patience_s=600)
    small.run(until=MONDAY + timedelta(seconds=300))
    staff(small, "li.na")
    small.run()
    assert texts(contact, "hears") == ["Please hold.", "Thank you for waiting."]
    assert contact.leg is not None


@pytest.mark.parametrize(("limit", "heard"), [("15", "failed"), ("22", "hint"), ("27", "failed")])
def test_an_interrupt_while_it_rings_takes_the_error_branch(limit: str, heard: str) -> None:
    """It rings for the first 20 s, and again from the 25th on."""
    small = one_queue()
    end = action("end", "EndFlowExecution")
    queue_flow(small, loop(limit), say("hint", "hint", "end"), say("failed", "failed", "end"), end)
    staff(small, "slow", accept_share=0.0)
    contact = small.call(patience_s=35)
    small.run()
    assert heard in texts(contact, "hears")


def test_a_loop_without_prompts_is_an_error() -> None:
    small = Small()
    assert go(small, "MessageParticipantIteratively", {"Messages": []})[0] == "NoMatchingError"


def test_a_queue_flow_may_hang_up() -> None:
    small = one_queue()
    queue_flow(small, say("sorry", "We are closing.", "bye"))
    contact = small.call()
    small.run()
    assert small.record_of(contact)["DisconnectReason"] == "CONTACT_FLOW_DISCONNECT"
    assert contact.visit is not None
    assert contact.visit.outcome is Outcome.ABANDONED


def test_a_queue_flow_that_fails_leaves_the_caller_waiting() -> None:
    small = one_queue()
    queue_flow(small, action("x", "TransferToFlow", {"ContactFlowId": "nope"}, "x"))
    contact = small.call(WaitFor(100), HangUp())
    small.run()
    assert small.record_of(contact)["Queue"]["Duration"] >= 100


def test_keys_can_be_pressed_in_the_queue() -> None:
    small = one_queue()
    menu = {"Text": "Press 1 to leave.", "StoreInput": "False", "InputTimeLimitSeconds": "5"}
    errors = dict.fromkeys(("NoMatchingCondition", "NoMatchingError", "InputTimeLimitExceeded"), "menu")
    queue_flow(small, action("menu", "GetParticipantInput", menu, "menu", errors=errors, when={"1": "bye"}))
    contact = small.call(WaitFor(12), Press("1"))
    small.run()
    assert contact.disconnect_reason == "CONTACT_FLOW_DISCONNECT"
    assert contact.state.value == "ended"


def test_an_agent_who_answers_interrupts_the_question() -> None:
    small = one_queue()
    menu = {"Text": "Press 1 to leave.", "StoreInput": "False", "InputTimeLimitSeconds": "60"}
    errors = dict.fromkeys(("NoMatchingCondition", "NoMatchingError", "InputTimeLimitExceeded"), "menu")
    queue_flow(small, action("menu", "GetParticipantInput", menu, "menu", errors=errors, when={"1": "bye"}))
    staff(small, "li.na", ring_s=5)
    contact = small.call(WaitFor(20), Press("1"), talk_s=60)
    small.run()
    assert contact.leg is not None
    assert "pressed" not in kinds(contact)
    assert contact.listening is None


def test_the_agent_is_known_in_the_whisper_and_not_in_the_flow() -> None:
    small = one_queue()
    end = action("end", "EndFlowExecution")
    small.flow("Default agent whisper", say("w", "Hello $.Agent.UserName .", "end"), end, kind="AGENT_WHISPER")
    small.number(small.flow("main", say("s", "Nobody: $.Agent.UserName .", "set"), *to_queue("support")))
    staff(small, "li.na")
    contact = small.call()
    small.run()
    assert texts(contact, "agent-hears") == ["Hello li.na ."]
    assert texts(contact, "hears") == ["Nobody: ."]


def test_an_agent_cannot_be_asked_for_keys() -> None:
    small = one_queue()
    menu = {"Text": "Press 1.", "StoreInput": "False", "InputTimeLimitSeconds": "5"}
    ask = action("ask", "GetParticipantInput", menu, "end", errors={"NoMatchingError": "end"})
    small.flow("Default agent whisper", ask, action("end", "EndFlowExecution"), kind="AGENT_WHISPER")
    staff(small, "li.na")
    contact = small.call()
    small.run()
    assert contact.leg is not None


def test_an_older_call_is_served_before_a_younger_one_that_was_made_older() -> None:
    small = one_queue()
    adjust = {"QueueTimeAdjustmentSeconds": "600"}
    small.number(
        small.flow("moved", action("a", "UpdateContactRoutingBehavior", adjust, "set"), *to_queue("support")), "+8621"
    )
    plain = small.call()
    moved = small.call(to="+8621", at=MONDAY + timedelta(seconds=60))
    small.run(until=MONDAY + timedelta(seconds=90))
    staff(small, "li.na", talk_s=10)
    small.run()
    assert plain.leg is not None
    assert moved.leg is not None
    assert moved.leg.connected_at < plain.leg.connected_at


def test_a_module_that_runs_on_without_its_end_ends_the_call() -> None:
    small = Small()
    module = small.module("open-ended", action("s", "MessageParticipant", {"Text": "In the module."}))
    label, contact = go(small, "InvokeFlowModule", {"FlowModuleId": module.arn})
    assert label == ""
    assert contact.completed


@pytest.mark.parametrize(("hour", "minute", "expected"), [(23, 59, True), (0, 0, True), (8, 59, False)])
def test_midnight_may_be_written_as_zero_or_as_twenty_four(hour: int, minute: int, expected: object) -> None:
    small = Small()
    late = {"Day": "MONDAY", "StartTime": {"Hours": 22, "Minutes": 0}, "EndTime": {"Hours": 24, "Minutes": 0}}
    early = {"Day": "TUESDAY", "StartTime": {"Hours": 0, "Minutes": 0}, "EndTime": {"Hours": 1, "Minutes": 0}}
    hours = small.hours("night", (late, early))
    day = 3 if hour == 0 else 2
    local = datetime.fromisoformat(f"2026-03-0{day}T{hour:02d}:{minute:02d}:00+08:00")
    assert Timetable().is_open(hours, local) is expected


def test_too_many_flow_attributes_are_refused() -> None:
    values = {"FlowAttributes": {"big": {"Value": "x" * 33_000}}}
    assert go(Small(), "UpdateFlowAttributes", values)[0] == "NoMatchingError"
