"""Action types one by one: prompts, keys, decisions, loops. Success, and each error."""

from datetime import UTC, datetime
from typing import Any

import pytest

from localstack.connect.engine.plan import Press
from tests.support.connect_world import ALWAYS, Small, action, arn, say, texts
from tests.support.one_action import go


@pytest.fixture
def small() -> Small:
    return Small()


def test_a_prompt_is_heard_to_its_end(small: Small) -> None:
    label, contact = go(small, "MessageParticipant", {"Text": "Good morning $.CustomerEndpoint.Address , welcome."})
    assert label == "next"
    assert texts(contact, "hears")[0] == "Good morning +8613800000001 , welcome."
    assert contact.disconnected_at is not None
    assert (contact.disconnected_at - contact.initiated_at).total_seconds() > 2


def test_speech_marks_are_not_spoken(small: Small) -> None:
    _, contact = go(small, "MessageParticipant", {"SSML": "<speak>Hello <break time='1s'/>there</speak>"})
    assert texts(contact, "hears")[0] == "Hello there"


@pytest.mark.parametrize("parameters", [{}, {"Text": "$.Attributes.nothing"}, {"PromptId": "nope"}])
def test_a_prompt_without_anything_to_play_fails(small: Small, parameters: dict[str, Any]) -> None:
    assert go(small, "MessageParticipant", parameters)[0] == "NoMatchingError"


def test_a_recorded_prompt_is_named(small: Small) -> None:
    small.prompt("welcome")
    _, contact = go(small, "MessageParticipant", {"PromptId": arn("prompt", "welcome")})
    assert texts(contact, "hears")[0] == "[prompt welcome]"


MENU = {"Text": "Press 1 or 2.", "StoreInput": "False", "InputTimeLimitSeconds": "5"}
ONE = {"one": ("Equals", "1")}


def test_a_key_of_the_menu_takes_its_condition(small: Small) -> None:
    assert go(small, "GetParticipantInput", MENU, Press("1"), results=ONE)[0] == "one"


def test_another_key_takes_the_no_match_branch(small: Small) -> None:
    assert go(small, "GetParticipantInput", MENU, Press("9"), results=ONE)[0] == "NoMatchingCondition"


def test_silence_takes_the_time_limit_branch_after_prompt_and_limit(small: Small) -> None:
    label, contact = go(small, "GetParticipantInput", {**MENU, "InputTimeLimitSeconds": "7"}, results=ONE)
    assert label == "InputTimeLimitExceeded"
    error = next(told for told in contact.transcript if told.kind == "error")
    assert (error.at - contact.initiated_at).total_seconds() == pytest.approx(7.9)


def test_a_key_interrupts_the_prompt(small: Small) -> None:
    _, contact = go(small, "GetParticipantInput", {**MENU, "Text": "A long story. " * 40}, Press("1"), results=ONE)
    pressed = next(told for told in contact.transcript if told.kind == "pressed")
    assert (pressed.at - contact.initiated_at).total_seconds() < 3


def store(maximum: int = 8, **config: str) -> dict[str, Any]:
    return {
        "Text": "Your number?",
        "StoreInput": "True",
        "InputTimeLimitSeconds": "5",
        "InputValidation": {"CustomValidation": {"MaximumLength": str(maximum)}},
        "DTMFConfiguration": config,
    }


KEEP = action("keep", "UpdateContactAttributes", {"Attributes": {"typed": "$.StoredCustomerInput"}})


@pytest.mark.parametrize(
    ("keys", "config", "stored"),
    [
        ("1234#", {}, "1234"),
        ("123456789", {}, "12345678"),
        ("12*34#", {}, "34"),
        ("12*34#", {"DisableCancelKey": "True"}, "12*34"),
        ("12##", {"InputTerminationSequence": "##"}, "12"),
        ("12", {}, "12"),
        ("#", {}, "Timeout"),
        ("", {}, "Timeout"),
    ],
)
def test_keys_are_stored(small: Small, keys: str, config: dict[str, str], stored: str) -> None:
    label, contact = go(small, "GetParticipantInput", store(**config), Press(keys), after=KEEP)
    assert label == "next"
    assert contact.attributes["typed"] == stored


@pytest.mark.parametrize(
    ("keys", "validation", "expected"),
    [
        ("8613800000001#", {"NumberFormat": "E164"}, "+8613800000001"),
        ("02155550100#", {"NumberFormat": "Local", "CountryCode": "CN"}, "+862155550100"),
        ("12#", {"NumberFormat": "E164"}, None),
        ("555#", {"NumberFormat": "Local", "CountryCode": "XX"}, None),
    ],
)
def test_telephone_numbers_are_checked(
    small: Small, keys: str, validation: dict[str, str], expected: str | None
) -> None:
    parameters = {**store(), "InputValidation": {"PhoneNumberValidation": validation}}
    label, contact = go(small, "GetParticipantInput", parameters, Press(keys), after=KEEP)
    assert label == ("next" if expected else "InvalidPhoneNumber")
    assert contact.attributes.get("typed") == expected


def test_an_unreadable_time_limit_is_an_error_and_not_a_crash(small: Small) -> None:
    assert go(small, "GetParticipantInput", {**MENU, "InputTimeLimitSeconds": "soon"})[0] == "NoMatchingError"


SET = action("a", "UpdateContactAttributes", {"Attributes": {"tier": "gold", "visits": "7"}})


@pytest.mark.parametrize(
    ("path", "operator", "operand", "label"),
    [
        ("$.Attributes.tier", "Equals", "gold", "hit"),
        ("$.Attributes.tier", "Equals", "Gold", "NoMatchingCondition"),
        ("$.Attributes.tier", "TextStartsWith", "go", "hit"),
        ("$.Attributes.tier", "TextEndsWith", "ld", "hit"),
        ("$.Attributes.tier", "TextContains", "ol", "hit"),
        ("$.Attributes.visits", "NumberGreaterThan", "6", "hit"),
        ("$.Attributes.visits", "NumberGreaterOrEqualTo", "7", "hit"),
        ("$.Attributes.visits", "NumberLessThan", "7", "NoMatchingCondition"),
        ("$.Attributes.visits", "NumberLessOrEqualTo", "7.0", "hit"),
        ("$.Attributes.tier", "NumberGreaterThan", "1", "NoMatchingCondition"),
        ("$.Attributes.tier", "KeyExists", "x", "hit"),
        ("$.Attributes.none", "KeyExists", "x", "NoMatchingCondition"),
        ("$.Attributes.none", "Equals", "", "NoMatchingCondition"),
        ("$.Attributes['tier']", "Equals", "$.Attributes.tier", "hit"),
        ("$.Attributes.tier", "Contains", "gold", "NoMatchingCondition"),
        ("$.SegmentAttributes['connect:Subtype']", "Equals", "connect:Telephony", "hit"),
        ("$.Channel", "Equals", "VOICE", "hit"),
        ("gold", "Equals", "gold", "NoMatchingError"),
    ],
)
def test_a_comparison_goes_as_its_operator_says(
    small: Small, path: str, operator: str, operand: str, label: str
) -> None:
    found, _ = go(small, "Compare", {"ComparisonValue": path}, before=(SET,), results={"hit": (operator, operand)})
    assert found == label


MONDAY_MORNING = ({"Day": "MONDAY", "StartTime": {"Hours": 9, "Minutes": 0}, "EndTime": {"Hours": 12, "Minutes": 0}},)
OPEN = {"open": ("Equals", "True"), "closed": ("Equals", "False")}


@pytest.mark.parametrize(
    ("at", "label"),
    [
        (datetime(2026, 3, 2, 0, 59, 59, tzinfo=UTC), "closed"),
        (datetime(2026, 3, 2, 1, 0, tzinfo=UTC), "open"),
        (datetime(2026, 3, 2, 3, 59, 59, tzinfo=UTC), "open"),
        (datetime(2026, 3, 2, 4, 0, tzinfo=UTC), "closed"),
        (datetime(2026, 3, 3, 1, 0, tzinfo=UTC), "closed"),
    ],
)
def test_hours_count_in_their_own_time_zone(at: datetime, label: str) -> None:
    small = Small(now=at)
    hours = small.hours("morning", MONDAY_MORNING)
    assert go(small, "CheckHoursOfOperation", {"HoursOfOperationId": hours.arn}, results=OPEN)[0] == label


@pytest.mark.parametrize(("config", "label"), [((), "closed"), (MONDAY_MORNING, "open")])
def test_an_override_replaces_the_day(config: tuple[dict[str, Any], ...], label: str) -> None:
    small = Small()
    day = {"Name": "special", "EffectiveFrom": "2026-03-02", "EffectiveTill": "2026-03-02", "Config": list(config)}
    hours = small.hours("own", ALWAYS, overrides=(day,))
    assert go(small, "CheckHoursOfOperation", {"HoursOfOperationId": hours.id}, results=OPEN)[0] == label


def test_hours_of_the_target_queue_are_meant_when_none_are_named(small: Small) -> None:
    small.queue("support")
    set_queue = action("s", "UpdateContactTargetQueue", {"QueueId": arn("queue", "support")})
    assert go(small, "CheckHoursOfOperation", {}, before=(set_queue,), results=OPEN)[0] == "open"


@pytest.mark.parametrize("parameters", [{}, {"HoursOfOperationId": "nope"}, {"HoursOfOperationId": "$.Attributes.x"}])
def test_hours_that_are_not_there_are_an_error(small: Small, parameters: dict[str, str]) -> None:
    assert go(small, "CheckHoursOfOperation", parameters, results=OPEN)[0] == "NoMatchingError"


@pytest.mark.parametrize("count", ["0", "1", "3"])
def test_a_loop_continues_as_often_as_it_says_then_starts_again(count: str) -> None:
    small = Small()
    again = {"ContinueLooping": "turn", "DoneLooping": "stop"}
    small.number(
        small.flow(
            "main",
            action("loop", "Loop", {"LoopCount": count}, "stop", when=again),
            say("turn", "turn", "loop"),
            say("stop", "stop", "loop2"),
            action("loop2", "Loop", {"LoopCount": count}, "bye", when={"ContinueLooping": "bye", "DoneLooping": "bye"}),
        )
    )
    contact = small.call()
    small.run()
    assert texts(contact, "hears") == ["turn"] * int(count) + ["stop"]


@pytest.mark.parametrize("count", ["101", "-1", "some"])
def test_a_loop_with_a_bad_count_is_an_error(small: Small, count: str) -> None:
    assert go(small, "Loop", {"LoopCount": count})[0] == "NoMatchingError"


def test_percentages_share_the_calls() -> None:
    shares = {"low": 0, "rest": 0}
    for seed in range(60):
        label, _ = go(Small(seed=seed), "DistributeByPercentage", {}, results={"low": ("NumberLessThan", "31")})
        shares["low" if label == "low" else "rest"] += 1
    assert 6 <= shares["low"] <= 32
