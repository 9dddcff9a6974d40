"""More documents that each break one rule: shapes of parameters, and the course of a contact."""

from typing import Any

from tests.support.flow_documents import ARN, Document, action, before_the_end, with_action
from tests.support.flow_documents import document as flow_of
from tests.support.lint_cases import (
    CASES,
    CQ,
    GOOD,
    Case,
    compare,
    here,
    queue_flow,
    say,
    setting,
    store,
    ways,
    without,
)

OW, AT, MOD = "OUTBOUND_WHISPER", "AGENT_TRANSFER", "MODULE"
INSTANCE = "arn:aws:connect:us-east-1:000000000000:instance/"
FIRST, SECOND = (f"{INSTANCE}{digit * 8}-0000-4000-8000-000000000000/queue/q" for digit in "12")


def _two_queues(first: str, second: str) -> Document:
    return before_the_end(
        action("here", "UpdateContactTargetQueue", {"QueueId": first}, go="two", errors={"NoMatchingError": "bye"}),
        action("two", "UpdateContactTargetQueue", {"QueueId": second}, go="bye", errors={"NoMatchingError": "bye"}),
    )


def _shares(*thresholds: str) -> Document:
    tests = [("NumberLessThan", one, "bye") for one in thresholds]
    return here("DistributeByPercentage", errors={"NoMatchingCondition": "bye"}, when=tests)


def _module_branches(count: int) -> Document:
    errors = {"NoMatchingCondition": "bye", "NoMatchingError": "bye"}
    branches = [("Equals", f"branch-{number}", "bye") for number in range(count)]
    return here("InvokeFlowModule", {"FlowModuleId": ARN + "m"}, errors=errors, when=branches)


def _criteria(*steps: Any) -> Document:
    return here("UpdateContactRoutingCriteria", {"RoutingCriteria": {"Steps": list(steps)}})


def _skill(level: str) -> dict[str, Any]:
    condition = {"Name": "lang", "Value": "fr", "ProficiencyLevel": level}
    return {"Expression": {"AttributeCondition": {**condition, "ComparisonOperator": "NumberGreaterOrEqualTo"}}}


def _loop_messages(message: dict[str, str]) -> Document:
    return queue_flow(action("wait", "MessageParticipantIteratively", {"Messages": [message]}))


def _number(number: str) -> Document:
    given = {
        "ThirdPartyPhoneNumber": number,
        "ThirdPartyConnectionTimeLimitSeconds": "30",
        "ContinueFlowExecution": "False",
    }
    return here("TransferParticipantToThirdParty", given)


def _analysed(*recorded: str) -> Document:
    given = {"RecordingBehavior": {"RecordedParticipants": list(recorded)}, "AnalyticsBehavior": {"Enabled": "True"}}
    return here("UpdateContactRecordingBehavior", given, errors={})


def _dialled(*actions: dict[str, Any]) -> Document:
    return flow_of(*actions, action("end", "EndFlowExecution"))


def _menu(identifier: str, go: str, when: list[tuple[str, str, str]]) -> dict[str, Any]:
    errors = dict.fromkeys(("InputTimeLimitExceeded", "NoMatchingCondition", "NoMatchingError"), go)
    given = {"Text": "Press a key.", "StoreInput": "False", "InputTimeLimitSeconds": "5"}
    return action(identifier, "GetParticipantInput", given, go=go, errors=errors, when=when)


def _loop_that_is_left(after: str) -> Document:
    """A menu whose retries are counted; key 1 leads on, and from there key 9 leads to `after`."""
    rounds = [("Equals", "ContinueLooping", "menu"), ("Equals", "DoneLooping", "end")]
    return flow_of(
        _menu("menu", "retry", [("Equals", "1", "second")]),
        action("retry", "Loop", {"LoopCount": "3"}, go="end", when=rounds),
        _menu("second", "end", [("Equals", "9", after)]),
        action("end", "DisconnectParticipant"),
    )


def _channel(target: str) -> Document:
    test = action("test", "Compare", {"ComparisonValue": "$.Channel"}, go="ask", errors={"NoMatchingCondition": "ask"},
                  when=[("Equals", "CHAT", target)])  # fmt: skip
    return flow_of(test, _menu("ask", "end", [("Equals", "1", "end")]), action("end", "DisconnectParticipant"))


def _nested(path: str) -> Document:
    return with_action("set-queue", lambda item: item["Parameters"].update(QueueId=path))


def _wait_inside(kind: str) -> Document:
    waits = {"ContinueExecution": "True", "MinimumWaitTimeSeconds": "5"}
    results = [("Equals", "WaitCompleted", "bye"), ("Equals", "Continue", "inner")]
    inner = (
        action("inner", "Wait", {"TimeLimitSeconds": "5"}, go="bye", errors={"NoMatchingError": "bye"},
               when=[("Equals", "WaitCompleted", "bye")])
        if kind == "Wait" else say("inner", "Meanwhile.", "bye")
    )  # fmt: skip
    wait = action("here", "Wait", waits, go="bye", errors={"NoMatchingError": "bye"}, when=results)
    return before_the_end(wait, inner)


MORE = {
    "D10": Case({**GOOD, "Comment": "x"}, GOOD),
    "D11": Case(setting("set-queue", QueueId="${Queue}"), setting("bye", Text="${Goodbye}")),
    "T04": Case(here("CheckSegmentMembership"), GOOD),
    "B11": Case(ways("bye", Errors=[{"NextAction": "end"}]), GOOD),
    "B12": Case(
        compare("$.External.n", ("NumberLessThan", "many", "bye")),
        compare("$.External.n", ("NumberLessThan", "$.Attributes.n", "bye"), ("NumberLessThan", "-1.5", "bye")),
    ),
    "B13": Case(_shares("81", "31"), _shares("31", "81")),
    "B14": Case(_module_branches(9), _module_branches(8)),
    "P18": Case(
        here("UpdateContactData", {"TargetContact": "Current"}), here("UpdateContactData", {"LanguageCode": "en-US"})
    ),
    "P19": Case(here("UpdateContactData", {"Name": "x", "References": {}}), here("UpdateContactData", {"Name": "x"})),
    "P20": Case(_loop_messages({"Text": "x", "SSML": "<speak/>"}), _loop_messages({"Text": "x"}), flow_type=CQ),
    "P21": Case(_criteria(_skill("6")), _criteria(_skill("5"))),
    "P22": Case(
        here("UpdateFlowAttributes", {"FlowAttributes": {"a": "x"}}),
        here("UpdateFlowAttributes", {"FlowAttributes": {"a": {"Value": "x"}}}),
    ),
    "P23": Case(
        here("UpdateContactAttributes", {"Attributes": {"a": "x" * 32_768}}),
        here("UpdateContactAttributes", {"Attributes": {"a": "x" * 32_000}}),
    ),
    "P24": Case(setting("retry", LoopCount=2), GOOD),
    "P25": Case(setting("bye", Text="$.CustomerEndpoint.Number"), setting("bye", Text="$.CustomerEndpoint.Address")),
    "P26": Case(
        setting("look-up", InvocationTimeLimitSeconds="9"),
        setting("look-up", InvocationTimeLimitSeconds="60", InvocationType="ASYNCHRONOUS"),
    ),
    "P27": Case(_number("020 7946 0000"), _number("+442079460000")),
    "P28": Case(_analysed("Agent"), _analysed("Agent", "Customer")),
    "P29": Case(
        flow_of(action("done", "EndFlowModuleExecution", {"ResultData": "x"}), Settings={"Transitions": []}),
        flow_of(action("done", "EndFlowModuleExecution", {"ResultData": {"a": "x"}}), Settings={"Transitions": []}),
        flow_type=MOD,
    ),
    "R13": Case(
        _dialled(say("hello", "Hello.", "call"), action("call", "CompleteOutboundCall", go="end")),
        _dialled(action("call", "CompleteOutboundCall", go="hello"), say("hello", "Hello.", "end")),
        flow_type=OW,
    ),
    "R14": Case(_loop_that_is_left("menu"), _loop_that_is_left("end")),
    "R15": Case(_channel("ask"), _channel("end")),
    "R16": Case(_nested("$.External.customer.queue"), _nested("$.External.queue")),
    "R17": Case(_wait_inside("Wait"), _wait_inside("MessageParticipant")),
    "R18": Case(setting("bye", Text="$.Modules.Input.name"), setting("bye", Text="$.Attributes.name")),
}
ALL = {
    **CASES,
    **MORE,
    "D09": Case(_two_queues(FIRST, SECOND), _two_queues(FIRST, FIRST)),
}

VARIANTS: tuple[tuple[str, Case], ...] = (
    ("B02", Case(
        flow_of(
            action("call", "TransferParticipantToThirdParty",
                   {"ThirdPartyPhoneNumber": "+15550100", "ThirdPartyConnectionTimeLimitSeconds": "30",
                    "ContinueFlowExecution": "True"},
                   go="end", errors={"NoMatchingError": "end", "CallFailed": "end"}),
            action("end", "DisconnectParticipant"),
        ), GOOD, flow_type=AT)),
    ("B09", Case(
        here("Wait", {"TimeLimitSeconds": "60", "Events": ["CustomerReturned"]},
             when=[("Equals", "WaitCompleted", "bye")]),
        here("Wait", {"TimeLimitSeconds": "60", "Events": ["CustomerReturned"]},
             when=[("Equals", "WaitCompleted", "bye"), ("Equals", "CustomerReturned", "bye")]))),
    ("B08", Case(
        here("Wait", {"TimeLimitSeconds": "60"},
             when=[("Equals", "WaitCompleted", "bye"), ("Equals", "CustomerReturned", "bye")]),
        here("Wait", {"TimeLimitSeconds": "60"}, when=[("Equals", "WaitCompleted", "bye")]))),
    ("B06", Case(
        here("CheckMetricData", {"MetricType": "NumberOfAgentsAvailable"}, when=[("Equals", "0", "bye")],
             errors={"NoMatchingError": "bye", "NoMatchingCondition": "bye"}),
        here("CheckMetricData", {"MetricType": "NumberOfAgentsAvailable"}, when=[("NumberGreaterThan", "0", "bye")],
             errors={"NoMatchingError": "bye", "NoMatchingCondition": "bye"}))),
    ("P02", Case(here("GetParticipantInput", {"Text": "x", "StoreInput": "True", "InputTimeLimitSeconds": "5"}),
                 store())),
    ("P02", Case(without("retry", "LoopCount"), GOOD)),
    ("P02", Case(here("MessageParticipant", {"Media": {"SourceType": "S3", "MediaType": "Audio"}}),
                 here("MessageParticipant", {"Media": {"Uri": "s3://b/k", "SourceType": "S3", "MediaType": "Audio"}}))),
    ("P03", Case(
        here("TransferParticipantToThirdParty",
             {"ThirdPartyPhoneNumber": "+15550100", "ThirdPartyConnectionTimeLimitSeconds": "30",
              "ContinueFlowExecution": "False", "ThirdPartyDTMFDigits": "wait 5"}),
        here("TransferParticipantToThirdParty",
             {"ThirdPartyPhoneNumber": "+15550100", "ThirdPartyConnectionTimeLimitSeconds": "30",
              "ContinueFlowExecution": "False", "ThirdPartyDTMFDigits": "1,,2#"}))),
    ("P04", Case(setting("retry", LoopCount="101"), setting("retry", LoopCount="$.Attributes.rounds"))),
    ("P06", Case(here("UpdateContactCallbackNumber", {"CallbackNumber": "+15550100"},
                      errors={"InvalidCallbackNumber": "bye", "CallbackNumberNotDialable": "bye"}),
                 here("UpdateContactCallbackNumber", {"CallbackNumber": "$.CustomerEndpoint.Address"},
                      errors={"InvalidCallbackNumber": "bye", "CallbackNumberNotDialable": "bye"}))),
    ("P09", Case(here("CheckMetricData", {"MetricType": "NumberOfContactsInQueue", "QueueId": "q", "AgentId": "a"},
                      errors={"NoMatchingError": "bye", "NoMatchingCondition": "bye"}),
                 here("CheckMetricData", {"MetricType": "NumberOfContactsInQueue", "QueueId": "q"},
                      errors={"NoMatchingError": "bye", "NoMatchingCondition": "bye"}))),
    ("P18", Case(here("UpdateContactData", {"IsVoiceIdStreamingEnabled": "true"}),
                 here("UpdateContactData", {"LanguageCode": "de-DE"}))),
    ("P19", Case(here("UpdateContactEventHooks",
                      {"EventHooks": {"CustomerQueue": "q"}, "EventHooksConfiguration": {}}),
                 here("UpdateContactEventHooks", {"EventHooks": {"CustomerQueue": "q"}}))),
    ("P21", Case(_criteria(*[_skill("1")] * 6), _criteria(*[_skill("1")] * 5))),
    ("P21", Case(_criteria({"Expression": {"OrExpression": [_skill("1")["Expression"]]}}),
                 _criteria({"Expression": {"AndExpression": [_skill("1")["Expression"]]}}))),
    ("T02", Case(flow_of(say("hold", "One moment.", "hold")),
                 flow_of(action("hold", "MessageParticipantIteratively", {"Messages": [{"Text": "x"}]})),
                 flow_type="CUSTOMER_HOLD")),
    ("T02", Case(flow_of(action("end", "EndFlowExecution")), flow_of(action("end", "DisconnectParticipant")))),
    ("T02", Case(
        here("DequeueContactAndTransferToQueue", {"QueueId": "q"},
             errors={"NoMatchingError": "bye", "QueueAtCapacity": "bye"}), GOOD)),
)  # fmt: skip
"""A code with another way to break its rule."""
