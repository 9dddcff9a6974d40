"""A chance to press, to say or to choose: one answer each, in time or not."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack.connect.control_requests import BadRequest, call_plan
from localstack.connect.engine.effects import Chance, ChanceTaken, Choice, Chosen, Digits, Keyed, Said, Words
from localstack.connect.engine.listening import Listening, listen
from localstack.connect.engine.plan import Choose, Deed, HangUp, Press, Say, WaitFor
from localstack.connect.engine.timeline import Timeline
from tests.support.connect_world import CALLER, MONDAY, NUMBER

KEYS = Digits(prompt_s=0, first_s=5, max_digits=10, ends_with="#", cancels=True)
TALK = Words(prompt_s=2, first_s=3, longest_s=12, silence_s=0.5, keys=KEYS)


def chance(wanted: Chance) -> tuple[Timeline, Listening, list[ChanceTaken]]:
    timeline, taken = Timeline(MONDAY), list[ChanceTaken]()
    return timeline, listen(timeline, wanted, taken.append), taken


def finish(timeline: Timeline) -> float:
    """Let time go by; the seconds it took."""
    while timeline.head():
        timeline.fire()
    return (timeline.now - MONDAY).total_seconds()


def test_what_is_said_is_heard_when_it_is_over() -> None:
    timeline, listening, taken = chance(TALK)
    assert listening.say("I want to book", 4.0)
    assert taken == []
    assert finish(timeline) == 4.5
    assert taken == [Said("I want to book")]


def test_only_the_beginning_of_a_long_speech_is_heard() -> None:
    timeline, listening, taken = chance(TALK)
    listening.say("one two three four", 24.0)
    assert finish(timeline) == 12.5
    assert taken == [Said("one two")]


def test_silence_is_noticed_after_prompt_and_limit() -> None:
    timeline, _, taken = chance(TALK)
    assert finish(timeline) == 5.0
    assert taken == [Said("")]


def test_keys_may_answer_a_question_that_asks_for_words() -> None:
    timeline, listening, taken = chance(TALK)
    assert [listening.press(key) for key in "1*42#"] == [True] * 5
    assert taken == [Said("42", "keys")]
    assert not listening.say("too late")
    assert finish(timeline) == 0


def test_words_are_not_taken_once_a_key_was_pressed() -> None:
    timeline, listening, taken = chance(TALK)
    listening.press("7")
    assert not listening.say("hello", 1.0)
    assert finish(timeline) == KEYS.between_s
    assert taken == [Said("7", "keys")]


def test_keys_are_not_taken_while_somebody_speaks_nor_where_none_are_asked_for() -> None:
    _, listening, _ = chance(TALK)
    listening.say("hello", 1.0)
    assert not listening.press("1")
    _, no_keys, _ = chance(Words(prompt_s=0, first_s=3))
    assert not no_keys.press("1")
    _, screen, _ = chance(Choice(limit_s=10))
    assert not screen.press("1")
    assert not screen.say("hello")


def test_a_screen_takes_one_choice_or_none_in_time() -> None:
    timeline, listening, taken = chance(Choice(limit_s=10))
    assert listening.choose("Pay", {"amount": "5"})
    assert not listening.choose("Pay", {})
    assert taken == [Chosen("Pay", {"amount": "5"})]
    timeline, _, taken = chance(Choice(limit_s=10))
    assert finish(timeline) == 10
    assert taken == [Chosen(None)]


deeds = st.lists(
    st.one_of(
        st.tuples(st.just("press"), st.sampled_from("0123456789*#")),
        st.tuples(st.just("say"), st.sampled_from(["hello there", "yes", "a very long story " * 9])),
        st.tuples(st.just("wait"), st.floats(0.1, 7)),
        st.tuples(st.just("expire"), st.none()),
        st.tuples(st.just("close"), st.none()),
    )
)


@given(deeds, st.sampled_from([KEYS, TALK, Words(prompt_s=0, first_s=3), Choice(limit_s=9)]))
def test_a_chance_has_one_answer_whatever_is_done(deeds: list[tuple[str, Any]], wanted: Chance) -> None:
    timeline, listening, taken = chance(wanted)
    closed = False
    for kind, value in deeds:
        match kind:
            case "press":
                listening.press(value)
            case "say":
                listening.say(value, len(value) / 10)
            case "wait":
                until = timeline.now + timedelta(seconds=value)
                while (head := timeline.head()) and head.when <= until:
                    timeline.fire()
                timeline.move_to(until)
            case "expire":
                listening.expire()
            case _:
                closed = closed or not taken
                listening.close()
    finish(timeline)
    assert len(taken) == (0 if closed else 1)
    assert not listening.open
    expected = {Digits: Keyed, Words: Said, Choice: Chosen}[type(wanted)]
    assert all(isinstance(one, expected) for one in taken)


@pytest.mark.parametrize(
    ("step", "deed"),
    [
        ({"press": "12#"}, Press("12#")),
        ({"say": "I want to book"}, Say("I want to book")),
        ({"choose": "Pay"}, Choose("Pay")),
        ({"choose": "Pay", "data": {"amount": "5"}}, Choose("Pay", {"amount": "5"})),
        ({"wait_s": 3}, WaitFor(3.0)),
        ({"hang_up": True}, HangUp()),
    ],
)
def test_a_script_says_each_deed(step: dict[str, Any], deed: Deed) -> None:
    assert call_plan({"to": NUMBER, "from": CALLER, "script": [step]}).script == (deed,)


@pytest.mark.parametrize(
    "step", [{"say": 5}, {"choose": 1}, {"choose": "x", "data": []}, {"say": "a", "press": "1"}, {"sing": "la"}, {}, 3]
)
def test_a_step_that_is_no_deed_is_refused(step: Any) -> None:
    with pytest.raises(BadRequest):
        call_plan({"to": NUMBER, "from": CALLER, "script": [step]})
