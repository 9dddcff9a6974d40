"""A Wait beside which its flow runs on: what is done meanwhile, and when the Wait is over (2.2)."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localstack.connect.engine.chats import ChatPlan
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import HangUp, WaitFor
from localstack.connect.engine.speech import seconds
from tests.support.connect_world import Small, action, arn, say, staff, texts, to_queue

MUSIC = "Please stay on the line, we are looking that up."


def beside(seconds: str, meanwhile: str, then: str = "after", identifier: str = "wait") -> dict[str, Any]:
    parameters = {"ContinueExecution": "True", "MinimumWaitTimeSeconds": seconds}
    return action(
        identifier, "Wait", parameters, "failed", errors={"NoMatchingError": "failed"},
        when={"Continue": meanwhile, "WaitCompleted": then},
    )  # fmt: skip


def called(*actions: Mapping[str, Any], small: Small | None = None, **plan: Any) -> Contact:
    """A call through these actions; `after` and `failed` are said and end it."""
    small = small or Small()
    ends = (say("after", "After.", "bye"), say("failed", "Failed.", "bye"))
    small.number(small.flow("main", *actions, *ends))
    contact = small.call(**plan)
    small.run()
    return contact


def when(contact: Contact, text: str) -> float:
    """Seconds from the arrival to the moment at which this is heard."""
    (at,) = [one.at for one in contact.transcript if one.kind == "hears" and one.text == text]
    return (at - contact.initiated_at).total_seconds()


def test_the_flow_runs_on_and_the_rest_of_the_time_passes_in_silence() -> None:
    contact = called(beside("30", "meanwhile"), say("meanwhile", MUSIC, "wait"))
    assert texts(contact, "hears") == [MUSIC, "After."]
    assert (when(contact, MUSIC), when(contact, "After.")) == (0.0, 30.0)


def test_a_branch_that_has_no_next_action_ends_there_and_the_wait_goes_on() -> None:
    silent = action("meanwhile", "UpdateContactAttributes", {"Attributes": {"seen": "yes"}})
    contact = called(beside("7", "meanwhile"), silent)
    assert contact.attributes == {"seen": "yes"}
    assert when(contact, "After.") == 7.0


def test_when_the_time_is_over_what_is_being_said_is_finished_and_the_branch_is_left() -> None:
    contact = called(beside("1", "one"), say("one", MUSIC, "two"), say("two", "Never heard.", "wait"))
    assert texts(contact, "hears") == [MUSIC, "After."]
    assert when(contact, "After.") == pytest.approx(seconds(MUSIC), abs=0.001)


def test_music_that_goes_round_and_round_ends_with_the_wait() -> None:
    contact = called(beside("60", "one"), say("one", MUSIC, "two"), say("two", "Still looking.", "one"))
    assert texts(contact, "hears").count(MUSIC) > 2
    assert texts(contact, "hears")[-1] == "After."
    assert 60 <= when(contact, "After.") < 60 + seconds(MUSIC)


def test_a_module_that_runs_meanwhile_is_one_action_and_is_finished() -> None:
    small = Small()
    small.module("m", say("a", MUSIC, "b"), say("b", "In the module.", "end"), action("end", "EndFlowModuleExecution"))
    enter = action("in", "InvokeFlowModule", {"FlowModuleId": arn("flow-module", "m")}, "late",
                   errors={"NoMatchingError": "failed"})  # fmt: skip
    contact = called(beside("1", "in"), enter, say("late", "Never heard.", "wait"), small=small)
    assert texts(contact, "hears") == [MUSIC, "In the module.", "After."]


def test_a_wait_inside_what_runs_meanwhile_takes_its_error_branch() -> None:
    contact = called(beside("30", "inner"), beside("5", "one", identifier="inner"), say("one", MUSIC, "wait"))
    assert texts(contact, "hears") == ["Failed."]
    assert "does not wait" in texts(contact, "error")[0]


def test_a_second_wait_behind_the_first_waits_anew() -> None:
    again = beside("10", "two", then="after", identifier="again")
    contact = called(
        beside("10", "one", then="again"), say("one", "First.", "wait"), again, say("two", "Second.", "again")
    )
    assert texts(contact, "hears") == ["First.", "Second.", "After."]
    assert (when(contact, "Second."), when(contact, "After.")) == (10.0, 20.0)


def test_a_transfer_to_a_queue_meanwhile_leaves_the_wait_behind() -> None:
    small = Small()
    small.queue("support")
    small.profile("support", ("support", 1, 0))
    staff(small, "li.na")
    contact = called(beside("600", "set"), *to_queue("support"), small=small, talk_s=5)
    assert contact.leg is not None
    assert texts(contact, "hears").count("After.") == 0


def test_a_caller_who_hangs_up_during_a_wait_is_gone_and_nothing_of_it_runs() -> None:
    contact = called(beside("600", "one"), say("one", MUSIC, "two"), say("two", "Still looking.", "one"),
                     script=(WaitFor(20), HangUp()))  # fmt: skip
    assert contact.disconnect_reason == "CUSTOMER_DISCONNECT"
    assert contact.disconnected_at is not None
    assert 20 < (contact.disconnected_at - contact.initiated_at).total_seconds() < 25
    assert "After." not in texts(contact, "hears")


def test_a_chat_waits_so_too_and_end_flow_execution_ends_only_what_runs_meanwhile() -> None:
    small = Small()
    small.queue("support")
    small.profile("support", ("support", 1, 0))
    waits = small.flow(
        "waits", beside("40", "one"), say("one", "While you wait.", "end"), action("end", "EndFlowExecution"),
        say("after", "After.", "end"), say("failed", "Failed.", "end"), kind="CUSTOMER_QUEUE",
    )  # fmt: skip
    hook = action("hook", "UpdateContactEventHooks", {"EventHooks": {"CustomerQueue": waits.arn}}, "set",
                  errors={"NoMatchingError": "bye"})  # fmt: skip
    chat = small.world.chats.start(small.instance, ChatPlan(flow=small.flow("chat", hook, *to_queue("support"))))
    small.let_pass(60)
    assert texts(chat, "hears") == ["While you wait.", "After."]


@settings(max_examples=25, deadline=None)
@given(least_s=st.integers(1, 90), words=st.integers(1, 60))
def test_a_wait_is_over_when_its_time_is_and_never_before(least_s: int, words: int) -> None:
    said = "word " * words
    contact = called(beside(str(least_s), "one"), say("one", said.strip(), "wait"))
    assert when(contact, "After.") == pytest.approx(max(float(least_s), seconds(said.strip())), abs=0.01)
