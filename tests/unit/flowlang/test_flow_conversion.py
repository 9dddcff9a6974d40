"""Old exports become flow-language documents; what has no counterpart is kept and named."""

from typing import Any

import pytest

from flowlang import lint
from flowlang.convert import Conversion, convert
from flowlang.document import Action, Condition, ErrorBranch


def _export(*modules: dict[str, Any], kind: str = "contactFlow") -> Conversion:
    return convert({"modules": list(modules), "version": "1", "type": kind, "start": "a", "metadata": {"name": "X"}})


def _block(kind: str, branches: dict[str, str] | None = None, *parameters: dict[str, Any], **more: Any) -> Any:
    ways = [{"condition": name, "transition": target} for name, target in (branches or {}).items()]
    return {"id": "a", "type": kind, "branches": ways, "parameters": list(parameters), **more}


def _p(name: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "value": value, **more}


def _one(*args: Any, kind: str = "contactFlow", **more: Any) -> Action:
    return _export(_block(*args, **more), kind=kind).flow.actions[0]


BOTH = {"Success": "b", "Error": "c"}
FAILS = (ErrorBranch("NoMatchingError", "c"),)


@pytest.mark.parametrize(
    ("block", "kind", "parameters"),
    [
        (_block("PlayPrompt", BOTH, _p("Text", "Hi")), "MessageParticipant", {"Text": "Hi"}),
        (
            _block("PlayPrompt", BOTH, _p("Text", "<speak/>"), _p("TextToSpeechType", "ssml")),
            "MessageParticipant",
            {"SSML": "<speak/>"},
        ),
        (
            _block("PlayPrompt", BOTH, _p("AudioPrompt", "arn:p", resourceName="Beep.wav")),
            "MessageParticipant",
            {"PromptId": "arn:p"},
        ),
        (
            _block("PlayAudio", BOTH, _p("Text", "x", namespace="External")),
            "MessageParticipant",
            {"Text": "$.External.x"},
        ),
        (
            _block("SetAttributes", BOTH, _p("Attribute", "Customer Number", key="k", namespace="System")),
            "UpdateContactAttributes",
            {"Attributes": {"k": "$.CustomerEndpoint.Address"}},
        ),
        (
            _block("SetContactData", BOTH, {"name": "ContactData", "namespace": None, "languageCode": "en-US"}),
            "UpdateContactData",
            {"LanguageCode": "en-US"},
        ),
        (
            _block(
                "InvokeExternalResource",
                BOTH,
                _p("FunctionArn", "arn:f"),
                _p("TimeLimit", "3"),
                _p("Parameter", "Stored customer input", key="pin", namespace="System"),
                target="Lambda",
            ),
            "InvokeLambdaFunction",
            {
                "LambdaFunctionARN": "arn:f",
                "InvocationTimeLimitSeconds": "3",
                "LambdaInvocationAttributes": {"pin": "$.StoredCustomerInput"},
            },
        ),
        (
            _block("SetQueue", BOTH, _p("Queue", "my queue", namespace="User Defined")),
            "UpdateContactTargetQueue",
            {"QueueId": "$.Attributes.['my queue']"},
        ),
        (
            _block("SetQueue", BOTH, _p("Agent", "who", namespace="Lex.SessionAttributes")),
            "UpdateContactTargetQueue",
            {"AgentId": "$.Lex.SessionAttributes.who"},
        ),
        (_block("Disconnect"), "DisconnectParticipant", {}),
        (_block("Resume"), "EndFlowExecution", {}),
        (
            _block("SetEventHook", BOTH, _p("Type", "CustomerQueue"), _p("ContactFlowId", "arn:q")),
            "UpdateContactEventHooks",
            {"EventHooks": {"CustomerQueue": "arn:q"}},
        ),
        (
            _block("GetMetricData", BOTH, _p("Queue", "arn:q", namespace=None)),
            "GetMetricData",
            {"QueueId": "arn:q"},
        ),
        (_block("SetVoice", {"Success": "b"}, _p("GlobalVoice", "Joanna"), _p("GlobalEngine", "Neural")),
         "UpdateContactTextToSpeechVoice", {"TextToSpeechVoice": "Joanna", "TextToSpeechEngine": "neural"}),
        (
            _block("StopMediaStreaming", BOTH, _p("Track", "FromCustomer"), _p("MediaStreamTypes", "Audio")),
            "UpdateContactMediaStreamingBehavior",
            {
                "MediaStreamingState": "Disabled",
                "Participants": [{"ParticipantType": "Customer", "MediaDirections": ["From"]}],
                "MediaStreamType": "Audio",
            },
        ),
        (
            _block("CreateCallback", BOTH, _p("InitialDelaySeconds", 9), _p("RetryDelaySeconds", 60),
                   _p("MaxRetryAttempts", 1)),
            "CreateCallbackContact",
            {"InitialCallDelaySeconds": "9", "MaximumConnectionAttempts": "2", "RetryDelaySeconds": "60"},
        ),
        (_block("UpdateRoutingPriority", {"Success": "b"}, _p("AbsolutePosition", "1")),
         "UpdateContactRoutingBehavior", {"QueuePriority": "1"}),
        (
            _block("SetRecordingBehavior", {"Success": "b"}, _p("RecordingBehaviorOption", "Enable"),
                   _p("RecordingParticipantOption", "Both")),
            "UpdateContactRecordingBehavior",
            {"RecordingBehavior": {"RecordedParticipants": ["Agent", "Customer"]}},
        ),
        (
            _block("SetRecordingBehavior", {"Success": "b"}, _p("RecordingBehaviorOption", "Disable"),
                   _p("RecordingParticipantOption", "Both")),
            "UpdateContactRecordingBehavior",
            {"RecordingBehavior": {"RecordedParticipants": []}},
        ),
        (_block("SetLoggingBehavior", {"Success": "b"}, _p("LoggingBehavior", "Enable")),
         "UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": "Enabled"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_block_becomes_an_action(block: dict[str, Any], kind: str, parameters: dict[str, Any]) -> None:
    made = _export(block)
    (action,) = made.flow.actions
    assert (action.type, action.parameters, made.notes) == (kind, parameters, ())


def test_success_and_error_become_next_and_catch_all() -> None:
    ways = _one("PlayPrompt", BOTH, _p("Text", "x")).transitions
    assert (ways.next_action, ways.errors, ways.conditions) == ("b", FAILS, ())


def test_a_menu_keeps_its_keys_silence_and_no_match() -> None:
    block = _block("GetUserInput", {"Timeout": "t", "NoMatch": "n", "Error": "c"}, _p("Text", "1?"), target="Digits")
    block["branches"].append(
        {"condition": "Evaluate", "conditionType": "Equals", "conditionValue": "1", "transition": "one"}
    )
    action = _export(block).flow.actions[0]
    assert action.parameters == {"Text": "1?", "StoreInput": "False", "InputTimeLimitSeconds": "5"}
    assert action.transitions.conditions == (Condition("Equals", ("1",), "one"),)
    assert action.transitions.error_types() == {"InputTimeLimitExceeded", "NoMatchingCondition", "NoMatchingError"}
    assert action.transitions.next_action == "n"


@pytest.mark.parametrize(
    ("given", "bot"),
    [
        ([_p("BotAliasArn", "arn:b"), _p("LexVersion", "V2")], {"LexV2Bot": {"AliasArn": "arn:b"}}),
        ([_p("BotName", "B"), _p("BotAlias", "$LATEST")], {"LexBot": {"Name": "B", "Alias": "$LATEST"}}),
    ],
)
def test_a_bot_of_either_version_is_kept(given: list[dict[str, Any]], bot: dict[str, Any]) -> None:
    action = _one("GetUserInput", {"NoMatch": "n", "Error": "c"}, _p("Text", "?"), *given, target="Lex")
    assert (action.type, action.parameters) == ("ConnectParticipantWithLexBot", {"Text": "?", **bot})


@pytest.mark.parametrize(
    ("given", "validation", "errors"),
    [
        ([_p("CustomerInputType", "Custom"), _p("MaxDigits", "4")], {"CustomValidation": {"MaximumLength": "4"}},
         {"NoMatchingError"}),
        ([_p("CustomerInputType", "PhoneNumber"), _p("PhoneNumberFormat", "Local"), _p("CountryCode", "US")],
         {"PhoneNumberValidation": {"NumberFormat": "Local", "CountryCode": "US"}},
         {"NoMatchingError", "InvalidPhoneNumber"}),
    ],
)  # fmt: skip
def test_stored_input_keeps_its_validation(given: Any, validation: Any, errors: set[str]) -> None:
    branches = {"Success": "b", "Error": "c"} | ({"InvalidNumber": "i"} if len(errors) > 1 else {})
    action = _one("StoreUserInput", branches, *given)
    assert action.parameters["StoreInput"] == "True"
    assert action.parameters["InputValidation"] == validation
    assert action.transitions.error_types() == errors


def test_an_attribute_check_becomes_a_comparison() -> None:
    block = _block("CheckAttribute", {"NoMatch": "n"}, _p("Attribute", "pin"), _p("Namespace", "User Defined"))
    tests = [("GreaterThan", "5", "g"), ("Contains", "x", "x"), ("StartsWith", "y", "y"), ("Equals", 7, "e")]
    block["branches"] += [
        {"condition": "Evaluate", "conditionType": kind, "conditionValue": value, "transition": target}
        for kind, value, target in tests
    ]
    action = _export(block).flow.actions[0]
    assert action.parameters == {"ComparisonValue": "$.Attributes.pin"}
    assert [(one.operator, one.operands) for one in action.transitions.conditions] == [
        ("NumberGreaterThan", ("5",)), ("TextContains", ("x",)), ("TextStartsWith", ("y",)), ("Equals", ("7",)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("target", "kind", "made"),
    [
        ("Queue", "contactFlow", "TransferContactToQueue"),
        ("Queue", "customerQueue", "DequeueContactAndTransferToQueue"),
        ("Flow", "contactFlow", "TransferToFlow"),
        ("PhoneNumber", "contactFlow", "TransferParticipantToThirdParty"),
    ],
)
def test_a_transfer_depends_on_its_target(target: str, kind: str, made: str) -> None:
    assert _one("Transfer", {"Error": "c"}, target=target, kind=kind).type == made


@pytest.mark.parametrize(("branches", "goes_on"), [({"Error": "c"}, "False"), ({"Success": "b", "Error": "c"}, "True")])
def test_a_call_to_a_number_returns_only_where_the_export_goes_on(branches: Any, goes_on: str) -> None:
    action = _one("Transfer", branches, _p("PhoneNumber", "+15550100"), _p("TimeLimit", "30"), target="PhoneNumber")
    assert action.parameters["ContinueFlowExecution"] == goes_on


def test_loops_and_hours_become_conditions() -> None:
    loop = _one("Loop", {"Looping": "l", "Complete": "d"}, _p("LoopCount", "3"))
    assert [(c.operands, c.next_action) for c in loop.transitions.conditions] == [
        (("ContinueLooping",), "l"), (("DoneLooping",), "d"),
    ]  # fmt: skip
    hours = _one("CheckHoursOfOperation", {"True": "o", "False": "s", "Error": "c"})
    assert [c.operands for c in hours.transitions.conditions] == [("True",), ("False",)]


def test_staffing_and_queue_status_become_metrics() -> None:
    staffing = _one("CheckStaffing", {"True": "y", "False": "n", "Error": "c"}, _p("Status", "Online"))
    assert staffing.parameters == {"MetricType": "NumberOfAgentsOnline"}
    assert staffing.transitions.conditions == (Condition("NumberGreaterThan", ("0",), "y"),)
    assert staffing.transitions.on_error("NoMatchingCondition") == "n"
    block = _block("CheckQueueStatus", {"NoMatch": "n", "Error": "c"})
    block["branches"].insert(
        0, {"condition": "CheckQueueTime", "conditionType": "LessThan", "conditionValue": 300000, "transition": "w"}
    )
    status = _export(block).flow.actions[0]
    assert status.parameters == {"MetricType": "OldestContactInQueueAgeSeconds"}
    assert status.transitions.conditions == (Condition("NumberLessThan", ("300000",), "w"),)


def test_a_wait_and_loop_prompts_end_with_their_time() -> None:
    wait = _one("Wait", {"Timeout": "t", "CustomerReturn": "r", "Error": "c"}, _p("TimeoutSeconds", "9"))
    assert wait.parameters == {"TimeLimitSeconds": "9", "Events": ["CustomerReturned"]}
    assert [c.operands for c in wait.transitions.conditions] == [("WaitCompleted",), ("CustomerReturned",)]
    prompts = _one("LoopPrompts", {"Error": "c"}, _p("Text", "Hold", key="text"), _p("AudioPrompt", "arn:m"))
    assert prompts.parameters == {"Messages": [{"Text": "Hold"}, {"PromptId": "arn:m"}]}


def test_a_transfer_to_an_agent_is_one() -> None:
    block = _block("Transfer", {"Error": "c"})
    block["target"] = "Agent"
    assert _export(block).flow.actions[0].type == "TransferContactToAgent"


def test_a_block_without_a_public_export_is_what_its_name_says_and_the_conversion_says_so() -> None:
    hold = _export(_block("HoldParticipant", {"Success": "b", "Error": "c"}, _p("State", "AgentOnHold")))
    assert hold.flow.actions[0].type == "UpdatePreviousContactParticipantState"
    assert hold.flow.actions[0].transitions.on_error("NoMatchingError") == "c"
    assert "is UpdatePreviousContactParticipantState by its name" in hold.notes[0]
    unknown = _export(_block("CustomerProfiles", {"Success": "b", "Error": "c"}))
    assert unknown.flow.actions[0].type == "CustomerProfiles", "the name means several types"


def test_a_callback_number_keeps_both_refusals() -> None:
    action = _one(
        "SetCallBackNumber",
        {"Success": "b", "InvalidPhoneNumber": "i", "NonDialableNumber": "n"},
        _p("CallBackNumber", "Stored customer input", namespace="System"),
    )
    assert action.parameters == {"CallbackNumber": "$.StoredCustomerInput"}
    assert action.transitions.error_types() == {"InvalidCallbackNumber", "CallbackNumberNotDialable"}


def test_a_catch_all_that_is_asked_for_today_is_added() -> None:
    action = _one("SetContactFlow", {"Success": "b"}, _p("Type", "AgentWhisper"), _p("ContactFlowId", "arn:w"))
    assert action.transitions.errors == (ErrorBranch("NoMatchingError", "b"),)


def test_an_unknown_block_is_kept_and_named() -> None:
    made = _export(_block("SayBoo", {"Success": "b", "Scared": "s"}, _p("Volume", "11")))
    (action,) = made.flow.actions
    assert (action.type, action.parameters) == ("SayBoo", {"Volume": "11"})
    assert {edge.target for edge in action.transitions.edges()} == {"b", "s"}
    assert made.notes == ("a: no counterpart for the block type 'SayBoo'; kept by its name",)


def test_unknown_parameters_and_branches_are_kept_and_named() -> None:
    made = _export(_block("PlayPrompt", {"Success": "b", "Scared": "s"}, _p("Text", "x"), _p("Volume", "11")))
    (action,) = made.flow.actions
    assert action.parameters == {"Volume": "11", "Text": "x"}
    assert action.transitions.errors == (ErrorBranch("Scared", "s"),)
    assert len(made.notes) == 2


def test_a_converted_flow_is_one_that_the_service_would_publish() -> None:
    made = _export(
        _block("PlayPrompt", {"Success": "b", "Error": "b"}, _p("Text", "Hi")),
        {"id": "b", "type": "Disconnect", "branches": [], "parameters": []},
    )
    assert lint.lint(made.flow, flow_type=made.type) == ()


def test_names_that_the_console_showed_are_kept_for_drawings() -> None:
    made = _export(
        _block("SetQueue", BOTH, _p("Queue", "arn:q", resourceName="Sales"), metadata={"position": {"x": 1}})
    )
    about = made.flow.metadata["ActionMetadata"]["a"]
    assert about == {"position": {"x": 1}, "parameters": {"QueueId": {"displayName": "Sales"}}}
