"""Amazon's own test cases, run on the emulator through the API."""

import json
import threading
from typing import Any

import pytest

from localstack.connect.trial_document import BadTrial, read
from localstack.connect.trial_match import holds, similarity
from tests.support.connect_calls import Refused
from tests.support.connect_ports import FUNCTION
from tests.support.connect_world import action, arn, say
from tests.support.live_connect import Live
from tests.support.trial_cases import (
    END,
    INIT,
    WHO,
    check,
    create,
    hours_then,
    mock,
    override,
    press,
    run,
    says,
    see,
    starts,
)
from tests.support.waiting import until


def test_a_call_that_does_as_expected_passes(live: Live) -> None:
    hours_then(live)
    status, records = run(
        live,
        see("begin", INIT, WHO, then="greeted"),
        see("greeted", says("welcome back, ann"), check("$.External.name", "Ann"), then="asked"),
        see("asked", says("press 1"), press("1"), then="queued"),
        see(
            "queued",
            starts("TransferContactToQueue", QueueId=live.id("support")),
            check("$.Queue.Name", "support"),
            END,
        ),
    )
    assert (status, [one["Status"] for one in records]) == ("PASSED", ["PASSED"] * 6)
    assert live.small.cloud.records == []
    assert live.small.lambdas.events == []


def test_a_wrong_expectation_fails_and_says_what_was_found(live: Live) -> None:
    hours_then(live)
    status, records = run(
        live,
        see("begin", INIT, WHO, then="greeted"),
        see("greeted", says("welcome"), check("$.External.name", "Bob"), END),
    )
    assert status == "FAILED"
    (failed,) = [one for one in records if one["Status"] == "FAILED"]
    assert "Ann" in failed["Record"]
    assert failed["ObservationId"] == "greeted"


def test_what_is_expected_and_does_not_happen_fails(live: Live) -> None:
    hours_then(live)
    status, records = run(live, see("begin", INIT, WHO, then="never"), see("never", says("good bye, Maria")))
    assert (status, records[-1]["ObservationId"]) == ("FAILED", "never")


def test_hours_are_mocked_or_replaced(live: Live) -> None:
    hours_then(live)
    hours = {"HoursOfOperationId": arn("operating-hours", "always")}
    closed = see("closed", says("we are closed"), END)
    mocked = override("CheckHoursOfOperation", mock({"Value": "OutOfHours"}), **hours)
    assert run(live, see("begin", INIT, mocked, then="closed"), closed, name="mocked")[0] == "PASSED"
    never = live.small.hours("never", ())
    replaced = override("CheckHoursOfOperation", {"Type": "SubstituteResource", "SubstituteArn": never.arn}, **hours)
    assert run(live, see("begin", INIT, replaced, then="closed"), closed, name="replaced")[0] == "PASSED"


@pytest.mark.parametrize(
    ("error", "heard"), [("TimeLimitExceeded", "that took too long"), ("NoMatchingError", "we do not know you")]
)
def test_a_function_fails_as_told(live: Live, error: str, heard: str) -> None:
    hours_then(live)
    failing = override("InvokeLambdaFunction", mock({"Value": error}, "Error"), LambdaFunctionARN=f"{FUNCTION}who:live")
    assert run(live, see("begin", INIT, failing, then="heard"), see("heard", says(heard), END))[0] == "PASSED"


def test_a_full_queue_is_mocked(live: Live) -> None:
    hours_then(live)
    full = override("TransferContactToQueue", mock({"Value": "QueueAtCapacity"}, "Error"), QueueId=live.id("support"))
    status, _ = run(
        live,
        see("begin", INIT, WHO, full, then="asked"),
        see("asked", says("press 1"), press("1"), then="full"),
        see("full", says("All lines are busy")),
    )
    assert status == "PASSED"


def test_without_a_mock_the_real_function_is_asked(live: Live) -> None:
    hours_then(live)
    live.small.lambdas.answers["who"] = {"name": "Eve"}
    status, _ = run(
        live, see("begin", INIT, then="greeted"), see("greeted", says("Welcome back Eve", "Similarity"), END)
    )
    assert status == "PASSED"
    assert [name for name, _ in live.small.lambdas.events] == ["who"]


def test_an_execution_that_breaks_has_failed_and_the_log_says_why(live: Live, caplog: pytest.LogCaptureFixture) -> None:
    hours_then(live)
    live.small.lambdas.answers["who"] = {"name": object()}  # the fake cannot write this as JSON
    status, _ = run(live, see("begin", INIT, then="greeted"), see("greeted", says("Welcome"), END))
    assert status == "FAILED"
    until(lambda: "broke" in caplog.text or None, what="the log entry")
    assert "TypeError" in caplog.text


def test_the_contact_is_marked_and_has_its_initial_attributes(live: Live) -> None:
    hours_then(live)
    marked = check("$.SegmentAttributes['connect:ValidationTestType']", "EXPERIENCE_VALIDATION")
    status, records = run(
        live,
        see("begin", INIT, WHO, then="greeted"),
        see("greeted", says("welcome"), check("$.Attributes.tier", "gold"), marked, END),
        InitializationData=json.dumps({"tier": "gold"}),
    )
    assert status == "PASSED", records


def test_a_published_test_case_that_cannot_run_is_refused_with_its_problems(live: Live) -> None:
    bad = see("a", {"Type": "Telepathy"}, {"Type": "Dance"}, then="nowhere")
    with pytest.raises(Refused) as caught:
        create(live, bad)
    assert caught.value.code == "InvalidTestCaseException"
    assert len(caught.value.document["Problems"]) == 3
    saved = create(live, bad, Status="SAVED")
    with pytest.raises(Refused) as caught:
        live("StartTestCaseExecution", TestCaseId=saved)
    assert caught.value.code == "InvalidParameterException"


def test_test_cases_are_kept_changed_listed_and_deleted(live: Live) -> None:
    case = create(live, see("a", INIT, END), name="one")
    create(live, see("a", INIT, END), name="two")
    with pytest.raises(Refused) as caught:
        create(live, see("a", INIT, END), name="two")
    assert caught.value.code == "DuplicateResourceException"
    live("UpdateTestCase", TestCaseId=case, Name="first", Description="d")
    shown = live("DescribeTestCase", TestCaseId=case)["TestCase"]
    assert (shown["Name"], shown["Description"], shown["Status"]) == ("first", "d", "PUBLISHED")
    assert [one["Name"] for one in live("ListTestCases")["TestCaseSummaryList"]] == ["first", "two"]
    live("DeleteTestCase", TestCaseId=case)
    with pytest.raises(Refused) as caught:
        live("DescribeTestCase", TestCaseId=case)
    assert caught.value.code == "ResourceNotFoundException"


def test_executions_are_listed_and_one_that_is_over_is_not_stopped(live: Live) -> None:
    status, _ = run(live, see("a", INIT, END))
    (one,) = live("ListTestCaseExecutions", TestCaseName="t")["TestCaseExecutions"]
    live("StopTestCaseExecution", TestCaseId=one["TestCaseId"], TestCaseExecutionId=one["TestCaseExecutionId"])
    assert one["TestCaseExecutionStatus"] == status == "PASSED"
    assert live("ListTestCaseExecutions", Status="FAILED")["TestCaseExecutions"] == []


def test_a_client_token_starts_one_execution(live: Live) -> None:
    case = create(live, see("a", INIT, END))
    ids = {live("StartTestCaseExecution", TestCaseId=case, ClientToken="t")["TestCaseExecutionId"] for _ in range(3)}
    assert len(ids) == 1


def test_content_that_is_no_document_is_named() -> None:
    for content in ("{", "[]", "{}", '{"Observations": [1]}'):
        with pytest.raises(BadTrial):
            read(content)


@pytest.mark.parametrize(
    ("operator", "value", "operand", "wanted"),
    [
        ("Equals", "a", "a", True),
        ("TextStartsWith", "abc", "ab", True),
        ("TextEndsWith", "abc", "ab", False),
        ("TextContains", "abc", "b", True),
        ("NumberGreaterThan", "10", "9", True),
        ("NumberGreaterThan", "9", "9", False),
        ("NumberGreaterOrEqualTo", "9", "9", True),
        ("NumberGreaterOrEqualTo", "8", "9", False),
        ("NumberLessThan", "9", "9", False),
        ("NumberLessThan", "8", "9", True),
        ("NumberLessOrEqualTo", "9", "9", True),
        ("NumberLessOrEqualTo", "x", "9", False),
        ("Equals", "a", "A", False),
        ("TextContains", "abc", "d", False),
        ("Exists", "", "", True),
    ],
)
def test_an_assertion_holds_as_its_operator_says(operator: str, value: str, operand: str, *, wanted: bool) -> None:
    assert holds(operator, value, operand) is wanted


def test_similar_texts_are_told_from_others() -> None:
    assert similarity("press one to reach an agent", "press one to reach our agent") > 0.6
    assert similarity("press one to reach an agent", "the office is closed") < 0.6


def test_how_often_something_happens_is_counted(live: Live) -> None:
    hellos = (say(f"s{n}", "Hello.", f"s{n + 1}" if n < 3 else "bye") for n in range(4))
    live.small.number(live.small.flow("main", *hellos))
    at_most, at_least = ({"Usage": {"Type": kind, "Times": 3}} for kind in ("AtMost", "AtLeast"))
    begin = see("begin", INIT, then="heard")
    assert run(live, begin, see("heard", says("hello"), **at_least), name="least")[0] == "PASSED"
    assert run(live, begin, see("heard", says("hello"), **at_most), name="most")[0] == "FAILED"


def test_a_test_without_end_stops_after_five_minutes(live: Live) -> None:
    missed = dict.fromkeys(("NoMatchingCondition", "NoMatchingError", "InputTimeLimitExceeded"), "menu")
    menu = {"Text": "Press 1.", "StoreInput": "False", "InputTimeLimitSeconds": "5"}
    live.small.number(live.small.flow("main", action("menu", "GetParticipantInput", menu, "bye", errors=missed)))
    status, records = run(live, see("begin", INIT, then="never"), see("never", says("something else")))
    assert status == "FAILED"
    assert "did not happen" in records[-1]["Record"]


def test_the_customer_can_hang_up(live: Live) -> None:
    hours_then(live)
    leave = {"Identifier": "x", "Type": "SendInstruction", "Parameters": {"Instruction": {"Type": "Disconnect"}}}
    done = see("over", {"Type": "TestCompleted", "Actor": "System", "Properties": {}})
    greeted = see("greeted", says("welcome"), leave, then="over")
    assert run(live, see("begin", INIT, WHO, then="greeted"), greeted, done)[0] == "PASSED"


def test_test_cases_are_found_by_name_status_and_tag(live: Live) -> None:
    for name, more in (
        ("opening hours", {"Tags": {"team": "night"}}),
        ("closing hours", {}),
        ("queue", {"Status": "SAVED"}),
    ):
        create(live, see("a", INIT, END), name=name, **more)

    def found(**asked: Any) -> list[str]:
        return [one["Name"] for one in live("SearchTestCases", **asked)["TestCases"]]

    named = {"StringCondition": {"FieldName": "name", "Value": "HOURS", "ComparisonType": "CONTAINS"}}
    tagged = {"TagFilter": {"TagCondition": {"TagKey": "team", "TagValue": "night"}}}
    assert found() == ["closing hours", "opening hours", "queue"]
    assert found(SearchCriteria=named) == ["closing hours", "opening hours"]
    assert found(SearchCriteria={"OrConditions": [named, {"StatusCondition": "SAVED"}]}) == found()
    assert found(SearchCriteria={"AndConditions": [named, {"StatusCondition": "SAVED"}]}) == []
    assert found(SearchFilter=tagged) == ["opening hours"]


def test_a_test_case_can_be_tagged_as_every_resource(live: Live) -> None:
    arn_of = live("DescribeTestCase", TestCaseId=create(live, see("a", INIT, END)))["TestCase"]["Arn"]
    live.connect("TagResource", resourceArn=arn_of, tags={"team": "night"})
    assert live.connect("ListTagsForResource", resourceArn=arn_of)["tags"] == {"team": "night"}


def test_the_hundred_and_first_execution_is_refused(live: Live) -> None:
    hours_then(live)
    case = create(live, see("begin", INIT, then="never"), see("never", says("something else")))
    gate = threading.Event()
    live.small.lambdas.answers["who"] = lambda _event: {"name": str(gate.wait(timeout=10))}
    for _ in range(100):
        live("StartTestCaseExecution", TestCaseId=case)
    with pytest.raises(Refused) as caught:
        live("StartTestCaseExecution", TestCaseId=case)
    gate.set()
    assert caught.value.code == "ServiceQuotaExceededException"
