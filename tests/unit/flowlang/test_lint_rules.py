"""Every rule of the linter, by its code: a document that breaks it, and the same document mended."""

import copy
from dataclasses import dataclass
from typing import Any

import pytest

from flowlang import document, lint
from tests.support.flow_documents import ARN, Document, action, before_the_end, good, with_action
from tests.support.flow_documents import document as flow_of

IN, CQ, AW, MOD = "CONTACT_FLOW", "CUSTOMER_QUEUE", "AGENT_WHISPER", "MODULE"
END = action("end", "DisconnectParticipant")
SETTINGS: dict[str, Any] = {"InputParameters": [], "OutputParameters": [], "Transitions": []}


@dataclass(frozen=True)
class Case:
    """A document that breaks one rule and a sibling that does not."""

    bad: Document
    fine: Document
    flow_type: str = IN
    names: frozenset[str] | None = None


def _set(identifier: str, **parameters: Any) -> Document:
    return with_action(identifier, lambda item: item["Parameters"].update(parameters))


def _ways(identifier: str, **transitions: Any) -> Document:
    return with_action(identifier, lambda item: item["Transitions"].update(transitions))


def _type(identifier: str, kind: str) -> Document:
    return with_action(identifier, lambda item: item.update(Type=kind))


def _without(identifier: str, key: str) -> Document:
    return with_action(identifier, lambda item: item["Parameters"].pop(key))


def _here(kind: str, parameters: dict[str, Any] | None = None, **ways: Any) -> Document:
    ways = {"go": "bye", "errors": {"NoMatchingError": "bye"}, **ways}
    return before_the_end(action("here", kind, parameters, **ways))


def _queue_flow(*actions: dict[str, Any]) -> Document:
    return flow_of(*actions, action("stay", "EndFlowExecution"))


def _loop_prompts(seconds: str) -> dict[str, Any]:
    return action(
        "wait",
        "MessageParticipantIteratively",
        {"Messages": [{"Text": "Please hold."}], "InterruptFrequencySeconds": seconds},
        go="stay",
        when=[("Equals", "MessagesInterrupted", "wait")],
    )


def _module(*actions: dict[str, Any]) -> Document:
    return flow_of(*actions, action("done", "EndFlowModuleExecution"), Settings=SETTINGS)


def _say(identifier: str, text: str, go: str) -> dict[str, Any]:
    return action(identifier, "MessageParticipant", {"Text": text}, go=go)


def _lambda(identifier: str, go: str, error: str, **parameters: Any) -> dict[str, Any]:
    given = {"LambdaFunctionARN": ARN + "f", "InvocationTimeLimitSeconds": "8", **parameters}
    return action(identifier, "InvokeLambdaFunction", given, go=go, errors={"NoMatchingError": error})


def _two_functions(read_last: str) -> Document:
    return flow_of(
        _lambda("first", "hello", "end"),
        _say("hello", "Hello $.External.name", "second"),
        _lambda("second", "bye", "end", LambdaFunctionARN=ARN + "g"),
        _say("bye", f"Goodbye {read_last}", "end"),
        END,
    )


def _compare(value: str, *when: tuple[str, str, str]) -> Document:
    return _here("Compare", {"ComparisonValue": value}, errors={"NoMatchingCondition": "bye"}, when=list(when))


def _store(**parameters: Any) -> Document:
    given = {
        "Text": "Enter your number.",
        "StoreInput": "True",
        "InputTimeLimitSeconds": "5",
        "InputValidation": {"CustomValidation": {"MaximumLength": "12"}},
    }
    return _here("GetParticipantInput", {**given, **parameters})


def _encrypted(*, logging: str) -> Document:
    log = action("here", "UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": logging}, go="card")
    card = copy.deepcopy(_store(InputEncryption={"EncryptionKeyId": "k", "Key": "pem"})["Actions"][-1])
    return before_the_end(log, {**card, "Identifier": "card"})


def _repeated_condition() -> Document:
    def change(item: dict[str, Any]) -> None:
        item["Transitions"]["Conditions"] *= 2

    return with_action("ask", change)


def _two_operands() -> Document:
    def change(item: dict[str, Any]) -> None:
        item["Transitions"]["Conditions"][0]["Condition"]["Operands"] = ["1", "2"]

    return with_action("ask", change)


def _operand(identifier: str, operand: str) -> Document:
    def change(item: dict[str, Any]) -> None:
        item["Transitions"]["Conditions"][0]["Condition"]["Operands"] = [operand]

    return with_action(identifier, change)


GOOD = good()
UNREACHED = {**good(), "Actions": [*good()["Actions"], _say("alone", "Nobody hears this.", "end")]}
TRAP = before_the_end(_say("here", "Round", "there"), _say("there", "and round.", "here"))
CALLBACK = {"InitialCallDelaySeconds": "5", "MaximumConnectionAttempts": "2", "RetryDelaySeconds": "600"}
CALLBACK_ONWARD = before_the_end(
    action("here", "CreateCallbackContact", CALLBACK, go="leave", errors={"NoMatchingError": "bye"}),
    action(
        "leave", "TransferToFlow", {"ContactFlowId": ARN + "x"}, go="leave-2", errors={"NoMatchingError": "leave-2"}
    ),
    action("leave-2", "TransferToFlow", {"ContactFlowId": ARN + "y"}, go="leave", errors={"NoMatchingError": "leave"}),
)
CHAIN = before_the_end(_lambda("here", "two", "bye"), _lambda("two", "three", "bye"), _lambda("three", "bye", "bye"))
SPOKEN_CHAIN = before_the_end(
    _lambda("here", "say", "bye"),
    _say("say", "One moment.", "two"),
    _lambda("two", "three", "bye"),
    _lambda("three", "bye", "bye"),
)

CASES = {
    "D01": Case({**GOOD, "Version": "2020-01-01"}, GOOD),
    "D02": Case({**GOOD, "Actions": [*GOOD["Actions"], *[_say(f"a{i}", "x", "end") for i in range(250)]]}, GOOD),
    "D03": Case(flow_of(action("a:b", "DisconnectParticipant")), flow_of(action("再见", "DisconnectParticipant"))),
    "D04": Case({**GOOD, "Actions": [*GOOD["Actions"], END]}, GOOD),
    "D05": Case({**GOOD, "StartAction": "nowhere"}, GOOD),
    "D06": Case({**GOOD, "Settings": SETTINGS}, GOOD),
    "D07": Case(
        _set("bye", Text="{{prompt.godbye}}"),
        _set("bye", Text="{{prompt.goodbye}}"),
        names=frozenset({"prompt.goodbye"}),
    ),
    "D08": Case(
        _module(action("a", "InvokeFlowModule", {"FlowModuleId": ARN + "m"}, go="done")),
        _module(action("a", "InvokeFlowModule", {"FlowModuleId": "{{module.m}}"}, go="done")),
        flow_type=MOD,
        names=frozenset({"module.m"}),
    ),
    "T01": Case(_type("log", "SetLoggingBehavior"), GOOD),
    "T02": Case(flow_of(END), flow_of(action("end", "EndFlowExecution")), flow_type=AW),
    "T03": Case(_here("StartVoiceIdStream"), GOOD),
    "G01": Case(_ways("log", NextAction="nowhere"), GOOD),
    "G02": Case(UNREACHED, GOOD),
    "G03": Case(with_action("bye", lambda item: item["Transitions"].pop("NextAction")), GOOD),
    "G04": Case(_ways("end", NextAction="bye"), GOOD),
    "G05": Case(TRAP, before_the_end(_say("here", "Straight on.", "bye"))),
    "B01": Case(_ways("look-up", Errors=[]), GOOD),
    "B02": Case(_ways("log", Errors=[{"ErrorType": "NoMatchingError", "NextAction": "ask"}]), GOOD),
    "B03": Case(_ways("bye", Errors=[{"ErrorType": "QueueAtCapacity", "NextAction": "end"}]), GOOD),
    "B04": Case(_ways("bye", Errors=[{"ErrorType": "NoMatchingError", "NextAction": "end"}] * 2), GOOD),
    "B05": Case(_ways("look-up", Errors=[{"ErrorType": "NoMatchingError", "NextAction": "look-up"}]), GOOD),
    "B06": Case(
        _ways("bye", Conditions=[{"NextAction": "end", "Condition": {"Operator": "Equals", "Operands": ["1"]}}]), GOOD
    ),
    "B07": Case(_two_operands(), GOOD),
    "B08": Case(_operand("ask", "12"), _operand("ask", "*")),
    "B09": Case(_operand("retry", "DoneLooping"), GOOD),
    "B10": Case(_repeated_condition(), GOOD),
    "P01": Case(_set("bye", Text=""), _set("bye", Text=" ")),
    "P02": Case(_without("look-up", "LambdaFunctionARN"), GOOD),
    "P03": Case(_set("log", FlowLoggingBehavior="On"), _set("log", FlowLoggingBehavior="Disabled")),
    "P04": Case(_set("look-up", InvocationTimeLimitSeconds="9"), _set("look-up", InvocationTimeLimitSeconds=8)),
    "P05": Case(_set("ask", InputTimeLimitSeconds="$.Attributes.limit"), GOOD),
    "P06": Case(_set("set-queue", QueueId="queue $.External.queueArn"), GOOD),
    "P07": Case(_set("set-queue", QueueId="$.Extrenal.queueArn"), GOOD),
    "P08": Case(_compare("$.External", ("Equals", "1", "bye")), _compare("$.External.a", ("Equals", "1", "bye"))),
    "P09": Case(_set("bye", SSML="<speak>Goodbye.</speak>"), GOOD),
    "P10": Case(
        _here("Wait", {"TimeoutSeconds": "5"}, when=[("Equals", "WaitCompleted", "bye")]),
        _here("Wait", {"TimeLimitSeconds": "5"}, when=[("Equals", "WaitCompleted", "bye")]),
    ),
    "P11": Case(_queue_flow(_loop_prompts("20")), _queue_flow(_loop_prompts("21")), flow_type=CQ),
    "P12": Case(
        _here("UpdateContactAttributes", {"Attributes": {"first name": "x"}}),
        _here("UpdateContactAttributes", {"Attributes": {"first-name": "x"}}),
    ),
    "P13": Case(
        _store(InputEncryption={"Key": "pem"}, InputValidation={"PhoneNumberValidation": {"NumberFormat": "E164"}}),
        _encrypted(logging="Disabled"),
    ),
    "P14": Case(
        _store(DTMFConfiguration={"InputTerminationSequence": "*"}),
        _store(DTMFConfiguration={"InputTerminationSequence": "*", "DisableCancelKey": "True"}),
    ),
    "P15": Case(
        _here("CheckMetricData", {"MetricType": "OldestContactInQueueAgeSeconds"}),
        _here("CheckMetricData", {"MetricType": "NumberOfContactsInQueue"}),
    ),
    "P16": Case(_set("bye", Text="x" * 3_001), _set("bye", Text="x" * 3_000)),
    "P17": Case(_set("bye", Text="Bye $.Atributes.name"), _set("bye", Text="Bye $.Attributes.name")),
    "R01": Case(_ways("look-up", NextAction="transfer"), GOOD),
    "R02": Case(_set("bye", Text="Bye $.External.name"), GOOD),
    "R03": Case(
        _compare("$.StoredCustomerInput", ("Equals", "1", "bye")),
        _compare("$.StoredCustomerInput", ("Equals", "Timeout", "bye")),
    ),
    "R04": Case(_set("bye", Text="You spoke with $.Agent.FirstName"), GOOD),
    "R05": Case(_set("bye", Text="This was $.Queue.Name"), GOOD),
    "R06": Case(CHAIN, SPOKEN_CHAIN),
    "R07": Case(CALLBACK_ONWARD, _here("CreateCallbackContact", CALLBACK)),
    "R08": Case(_encrypted(logging="Enabled"), _encrypted(logging="Disabled")),
    "R09": Case(
        _queue_flow(_say("hello", "Welcome.", "wait"), _loop_prompts("25")),
        _queue_flow(_loop_prompts("25")),
        flow_type=CQ,
    ),
    "R10": Case(
        _module(_say("say", "You are number $.Metrics.Contact.PositionInQueue .", "done")),
        _module(
            action("read", "GetMetricData", go="say", errors={"NoMatchingError": "done"}),
            _say("say", "You are number $.Metrics.Contact.PositionInQueue .", "done"),
        ),
        flow_type=MOD,
    ),
    "D09": Case(
        _here("UpdateContactTargetQueue", {"QueueId": "arn:aws:connect:us-east-1:111122223333:instance/i/queue/q"}),
        _here("UpdateContactTargetQueue", {"QueueId": ARN + "queue/q"}),
    ),
    "R11": Case(_two_functions("$.External.name"), _two_functions("$.Attributes.name")),
    "R12": Case(
        _queue_flow(_say("hello", "a" * 1801, "stay")), _queue_flow(_say("hello", "a" * 1800, "stay")), flow_type=AW
    ),
}


def _codes(source: Document, case: Case) -> set[str]:
    findings = lint.lint(document.parse(source), flow_type=case.flow_type, known_references=case.names)
    return {finding.code for finding in findings}


def test_every_rule_has_a_case() -> None:
    assert CASES.keys() == lint.RULES.keys()


@pytest.mark.parametrize("code", sorted(CASES))
def test_a_rule_finds_its_defect(code: str) -> None:
    assert code in _codes(CASES[code].bad, CASES[code])


@pytest.mark.parametrize("code", sorted(CASES))
def test_a_rule_is_silent_about_the_mended_document(code: str) -> None:
    assert code not in _codes(CASES[code].fine, CASES[code])


def test_a_good_flow_has_no_findings_at_all() -> None:
    assert lint.lint(document.parse(good()), flow_type=IN) == ()


def test_every_finding_says_where_what_and_how_to_mend_it() -> None:
    for case in CASES.values():
        flow = document.parse(case.bad)
        for finding in lint.lint(flow, flow_type=case.flow_type, known_references=case.names):
            assert finding.message
            assert finding.mend
            assert str(finding).startswith(f"{finding.code} {finding.severity} ")
            assert finding.action in {"", *flow.by_identifier()}


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("UnTagContact", "UntagContact"),
        ("UpdateRoutingCriteria", "UpdateContactRoutingCriteria"),
        ("SetVoice", "UpdateContactTextToSpeechVoice"),
    ],
)
def test_a_misspelt_type_is_refused_with_the_name_that_is_meant(wrong: str, right: str) -> None:
    findings = lint.refusals(document.parse(_type("log", wrong)), flow_type=IN)
    (finding,) = [finding for finding in findings if finding.code == "T01"]
    assert right in finding.mend


def test_wait_with_the_documented_parameter_is_told_the_real_one() -> None:
    findings = lint.lint(document.parse(CASES["P10"].bad), flow_type=IN)
    assert any("TimeLimitSeconds" in finding.mend for finding in findings if finding.code == "P10")


def test_refusals_are_only_what_the_service_would_not_publish() -> None:
    spinning = document.parse(CASES["B05"].bad)
    assert lint.refusals(spinning, flow_type=IN) == ()
    assert lint.lint(spinning, flow_type=IN)


def test_rules_about_flow_types_wait_until_the_type_is_known() -> None:
    whisper_with_disconnect = document.parse(CASES["T02"].bad)
    assert "T02" not in {finding.code for finding in lint.lint(whisper_with_disconnect)}


def test_a_module_without_settings_is_refused() -> None:
    module = flow_of(action("done", "EndFlowModuleExecution"))
    assert [finding.code for finding in lint.lint(document.parse(module), flow_type=MOD)] == ["D06"]


def test_a_key_that_the_caller_presses_breaks_the_circle_of_an_error() -> None:
    asks_again = _ways("look-up", Errors=[{"ErrorType": "NoMatchingError", "NextAction": "ask"}])
    assert "B05" not in {finding.code for finding in lint.lint(document.parse(asks_again), flow_type=IN)}


def test_a_queue_that_could_not_be_set_does_not_count_as_set() -> None:
    errors = [{"ErrorType": "NoMatchingError", "NextAction": "transfer"}]
    assert "R01" in {
        finding.code for finding in lint.lint(document.parse(_ways("set-queue", Errors=errors)), flow_type=IN)
    }


def test_stored_input_must_not_declare_the_branches_of_a_menu() -> None:
    stored = _store()
    stored["Actions"][-1]["Transitions"]["Errors"].append({"ErrorType": "InputTimeLimitExceeded", "NextAction": "bye"})
    assert "B02" in {finding.code for finding in lint.lint(document.parse(stored), flow_type=IN)}


@pytest.mark.parametrize(("identifier", "legal"), [("", False), ("a", True), ("a" * 50, True), ("a" * 51, False)])
def test_an_identifier_has_1_to_50_characters(identifier: str, *, legal: bool) -> None:
    findings = lint.lint(document.parse(flow_of(action(identifier, "DisconnectParticipant"))), flow_type=IN)
    assert ("D03" in {finding.code for finding in findings}) != legal


@pytest.mark.parametrize(
    ("identifier", "operator", "mend"),
    [("bye", "Equals", "It takes no conditions at all"), ("ask", "TextContains", "It takes Equals")],
)
def test_a_wrong_operator_is_told_the_right_ones(identifier: str, operator: str, mend: str) -> None:
    condition = {"NextAction": "end", "Condition": {"Operator": operator, "Operands": ["1"]}}
    findings = lint.lint(document.parse(_ways(identifier, Conditions=[condition])), flow_type=IN)
    assert [finding.mend for finding in findings if finding.code == "B06"] == [mend]


def test_a_prompt_anywhere_before_the_loop_prompts_is_found_and_one_behind_them_is_not() -> None:
    flow = _queue_flow(
        action("log", "UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": "Enabled"}, go="hello"),
        _say("hello", "Welcome.", "wait"),
        {**_loop_prompts("25"), "Transitions": {"NextAction": "again"}},
        _say("again", "Please stay.", "wait"),
    )
    findings = lint.lint(document.parse(flow), flow_type=CQ)
    assert [finding.action for finding in findings if finding.code == "R09"] == ["hello"]
