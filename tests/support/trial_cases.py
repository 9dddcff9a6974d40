"""Amazon's test cases in few words, and one run of them through the API."""

import json
from typing import Any

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


def utter(text: str) -> dict[str, Any]:
    instruction = {"Type": "TextUtterance", "Properties": {"Text": text, "LanguageCode": "en-US"}}
    return {
        "Identifier": "u",
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
    asked = {
        "Content": json.dumps({"Version": "2019-10-30", "Observations": observations}),
        "EntryPoint": {"Type": "VOICE_CALL", "VoiceCallEntryPointParameters": entry},
        **more,
    }
    made = live("CreateTestCase", Name=name, **asked)
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

    summary = until(ended, what="the end of the test case")
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


def ends(kind: str, **parameters: Any) -> dict[str, Any]:
    return {**starts(kind, **parameters), "Type": "FlowActionCompleted"}
