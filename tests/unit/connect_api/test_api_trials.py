"""Amazon's own test cases, run on the emulator through the API."""

import json
import threading
from typing import Any

import pytest

from localstack.connect.trial_document import BadTrial, read
from localstack.connect.trial_match import holds, similarity
from tests.support.connect_calls import Refused
from tests.support.connect_ports import FUNCTION
from tests.support.connect_world import CALLER, NUMBER, action, arn, say, to_queue
from tests.support.live_connect import Live
from tests.support.waiting import until

INIT = {"Type": "TestInitiated", "Actor": "System", "Properties": {}}
END = {"Identifier": "end", "Type": "TestControl", "Parameters": {"Command": {"Type": "EndTest"}}}


def says(text: str, matching: str = "Inclusion") -> dict[str, Any]:
    return {
        "Type": "MessageReceived",
        "Actor": "System",
        "Properties": {"Text": text, "MatchingCriteria": {"Type": matching}},
    }


def starts(kind: str, **parameters: Any) -> dict[str, Any]:
    return {
        "Type": "FlowActionStarted",
        "Actor": "System",
        "Properties": {"ActionType": kind, "ActionParameters": parameters},
    }


def see(name: str, event: dict[str, Any], *actions: dict[str, Any], then: str = "", **more: Any) -> dict[str, Any]:
    following = [then] if then else []
    return {
        "Identifier": name,
        "Event": event,
        "Actions": list(actions),
        "Transitions": {"NextObservations": following},
        **more,
    }


def press(keys: str) -> dict[str, Any]:
    instruction = {"Type": "DtmfInput", "Properties": {"Value": keys}}
    return {
        "Identifier": "p",
        "Type": "SendInstruction",
        "Parameters": {"Actor": "Customer", "Instruction": instruction},
    }


def check(path: str, operand: str, operator: str = "Equals") -> dict[str, Any]:
    return {
        "Identifier": "a",
        "Type": "Assert",
        "Parameters": {"Namespace": path, "Operator": operator, "Operand": operand},
    }


def override(kind: str, strategy: dict[str, Any], **parameters: Any) -> dict[str, Any]:
    properties = {"ActionType": kind, "ActionParameters": parameters, "Strategy": strategy}
    behavior = {"Type": "FlowAction", "Properties": properties}
    return {"Identifier": "o", "Type": "OverrideSystemBehavior", "Parameters": {"Behavior": behavior}}


def mock(result: dict[str, Any], kind: str = "ExecutionResult") -> dict[str, Any]:
    return {"Type": "MockResponse", "Response": {"Type": kind, kind: result}}


def create(live: Live, *observations: dict[str, Any], name: str = "t", **more: Any) -> str:
    entry = {"SourcePhoneNumber": CALLER, "DestinationPhoneNumber": NUMBER}
    made = live(
        "CreateTestCase",
        Name=name,
        Content=json.dumps({"Version": "2019-10-30", "Observations": observations}),
        EntryPoint={"Type": "VOICE_CALL", "VoiceCallEntryPointParameters": entry},
        **more,
    )
    return str(made["TestCaseId"])


def run(live: Live, *observations: dict[str, Any], **more: Any) -> tuple[str, list[dict[str, Any]]]:
    """(status, records) of one execution."""
    case = create(live, *observations, **more)
    ids = {
        "TestCaseId": case,
        "TestCaseExecutionId": live("StartTestCaseExecution", TestCaseId=case)["TestCaseExecutionId"],
    }

    def ended() -> dict[str, Any] | None:
        found = live("GetTestCaseExecutionSummary", **ids)
        return found if found["Status"] in {"PASSED", "FAILED", "STOPPED"} else None

    summary = until(ended, within_s=10, what="the end of the test case")
    return summary["Status"], live("ListTestCaseExecutionRecords", **ids)["ExecutionRecords"]


def hours_then(live: Live) -> None:
    """A line that checks its hours, asks a function, offers a menu and queues."""
    missed = dict.fromkeys(("NoMatchingCondition", "NoMatchingError", "InputTimeLimitExceeded"), "bye")
    ask = {"LambdaFunctionARN": f"{FUNCTION}who:live", "InvocationTimeLimitSeconds": "8"}
    menu = {"Text": "Press 1 for support.", "StoreInput": "False", "InputTimeLimitSeconds": "5"}
    live.small.number(
        live.small.flow(
            "main",
            action("hours", "CheckHoursOfOperation", {"HoursOfOperationId": arn("operating-hours", "always")}, "bye",
                   errors={"NoMatchingError": "bye"}, when={"True": "who", "False": "closed"}),
            action("who", "InvokeLambdaFunction", ask, "hello",
                   errors={"NoMatchingError": "sorry", "TimeLimitExceeded": "late"}),
            say("hello", "Welcome back, $.External.name.", "menu"),
            say("sorry", "We do not know you.", "menu"),
            say("late", "That took too long.", "menu"),
            action("menu", "GetParticipantInput", menu, "bye", errors=missed, when={"1": "set"}),
            *to_queue("support"),
            say("closed", "We are closed.", "bye"),
        )
    )  # fmt: skip


WHO = override(
    "InvokeLambdaFunction",
    mock({"DelaySeconds": 1, "LoadedData": '{"name": "Ann"}'}),
    LambdaFunctionARN=f"{FUNCTION}who",
)


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
    until(lambda: "broke" in caplog.text or None, within_s=5, what="the log entry")
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
        ("NumberGreaterOrEqualTo", "9", "9", True),
        ("NumberLessThan", "9", "9", False),
        ("NumberLessOrEqualTo", "x", "9", False),
        ("Exists", "", "", True),
    ],
)
def test_operators_of_assertions(operator: str, value: str, operand: str, *, wanted: bool) -> None:
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


def two_lookups(live: Live) -> None:
    """A line that asks the same function twice, and says what it answered."""
    ask = {"LambdaFunctionARN": f"{FUNCTION}who:live", "InvocationTimeLimitSeconds": "8"}
    lost = {"NoMatchingError": "bye"}
    live.small.lambdas.answers["who"] = {"name": "the real one"}
    live.small.number(
        live.small.flow(
            "main",
            action("first", "InvokeLambdaFunction", ask, "one", errors=lost),
            say("one", "First $.External.name.", "second"),
            action("second", "InvokeLambdaFunction", ask, "two", errors=lost),
            say("two", "Then $.External.name.", "third"),
            action("third", "InvokeLambdaFunction", ask, "three", errors=lost),
            say("three", "At last $.External.name.", "bye"),
        )
    )


def answers(name: str) -> dict[str, Any]:
    return override("InvokeLambdaFunction", mock({"LoadedData": json.dumps({"name": name})}), LambdaFunctionARN=WHICH)


WHICH = f"{FUNCTION}who"


def ends(kind: str, **parameters: Any) -> dict[str, Any]:
    return {**starts(kind, **parameters), "Type": "FlowActionCompleted"}


def test_each_override_holds_once_and_the_oldest_comes_first(live: Live) -> None:
    two_lookups(live)
    status, records = run(
        live,
        see("begin", INIT, answers("Ann"), answers("Bob"), then="one"),
        see("one", says("First Ann."), then="two"),
        see("two", says("Then Bob."), then="three"),
        see("three", says("At last the real one."), END),
    )
    assert status == "PASSED", records


def test_the_end_of_an_action_is_observed_and_its_result_can_be_asserted_from_then_on(live: Live) -> None:
    two_lookups(live)
    result = "$.LambdaInvocation.ResultData.name"
    done = see("done", ends("InvokeLambdaFunction", LambdaFunctionARN=WHICH), check(result, "Ann"), END)
    status, records = run(live, see("begin", INIT, answers("Ann"), then="done"), done, name="waited for")
    assert status == "PASSED", records
    early = see("early", says("First Ann."), check(result, "Ann"), END)
    status, records = run(live, see("begin", INIT, answers("Ann"), then="early"), early, name="not waited for")
    assert (status, records[-1]["Status"]) == ("FAILED", "FAILED")


def test_an_action_that_takes_its_error_branch_is_not_completed(live: Live) -> None:
    hours_then(live)
    failing = override("InvokeLambdaFunction", mock({"Value": "NoMatchingError"}, "Error"), LambdaFunctionARN=WHICH)
    done = see("done", ends("InvokeLambdaFunction", LambdaFunctionARN=WHICH))
    status, records = run(live, see("begin", INIT, failing, then="done"), done)
    assert (status, records[-1]["ObservationId"]) == ("FAILED", "done")


def test_a_false_assertion_ends_its_observation_and_what_it_leads_to(live: Live) -> None:
    hours_then(live)
    wrong = check("$.External.name", "Bob")
    status, records = run(
        live,
        see("begin", INIT, WHO, then="greeted"),
        see("greeted", says("welcome"), wrong, press("1"), then="asked"),
        see("asked", says("press 1"), END),
    )
    assert status == "FAILED"
    assert {one["ObservationId"] for one in records} == {"begin", "greeted"}


def test_actions_follow_their_transitions_whatever_order_they_are_listed_in(live: Live) -> None:
    hours_then(live)
    last = {**check("$.External.name", "nobody"), "Identifier": "last"}
    first = {**check("$.External.name", "Ann"), "Identifier": "first", "Transitions": {"NextAction": "last"}}
    _, records = run(live, see("begin", INIT, WHO, then="greeted"), see("greeted", says("welcome"), last, first))
    assert ["'Ann'" in one["Record"] and one["Status"] for one in records[-2:]] == ["PASSED", "FAILED"]


@pytest.mark.parametrize(
    ("observation", "problem"),
    [
        (see("a", says("x"), Usage={"Type": "AtLeast"}), "needs Times"),
        (see("a", says("x"), Usage={"Type": "Exactly", "Times": 0}), "whole number"),
        (see("a", says("x"), press("A")), "expected some of"),
        (see("a", says("x"), {**press("1"), "Transitions": {"NextAction": "gone"}}), "leads to 'gone'"),
        (see("a", {"Type": "MessageReceived", "Properties": {}}), "a message needs"),
        (see("a", ends("CheckHoursOfOperation")), "the end of CheckHoursOfOperation"),
        (see("a", INIT, override("TransferContactToQueue", mock({"Value": "Full"}, "Error"))), "no error 'Full'"),
        (see("a", INIT, override("TransferContactToQueue", mock({}))), "not mocked with a response"),
        (see("a", INIT, override("CheckHoursOfOperation", mock({"Value": "Maybe"}))), "InHours or OutOfHours"),
        (see("a", INIT, override("InvokeLambdaFunction", mock({"LoadedData": "[]"}))), "not a JSON object"),
        (see("a", INIT, override("InvokeLambdaFunction", {"Type": "SubstituteResource"})), "needs SubstituteArn"),
    ],
)
def test_content_that_the_pages_do_not_allow_is_refused_with_the_reason(
    observation: dict[str, Any], problem: str
) -> None:
    with pytest.raises(BadTrial, match=problem):
        read(json.dumps({"Version": "2019-10-30", "Observations": [observation]}))


def test_another_version_of_the_language_is_refused() -> None:
    with pytest.raises(BadTrial, match="2001-01-01"):
        read(json.dumps({"Version": "2001-01-01", "Observations": [see("a", INIT)]}))


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
