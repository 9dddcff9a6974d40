"""For every rule of the linter a document that breaks it, and the same document mended."""

import copy
from dataclasses import dataclass
from typing import Any

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


def setting(identifier: str, **parameters: Any) -> Document:
    """Return the good flow with parameters of one action set."""
    return with_action(identifier, lambda item: item["Parameters"].update(parameters))


def ways(identifier: str, **transitions: Any) -> Document:
    """Return the good flow with transitions of one action set."""
    return with_action(identifier, lambda item: item["Transitions"].update(transitions))


def typed(identifier: str, kind: str) -> Document:
    """Return the good flow with another type of one action."""
    return with_action(identifier, lambda item: item.update(Type=kind))


def without(identifier: str, key: str) -> Document:
    """Return the good flow without a parameter."""
    return with_action(identifier, lambda item: item["Parameters"].pop(key))


def here(kind: str, parameters: dict[str, Any] | None = None, **ways: Any) -> Document:
    """Return the good flow with one action of this type before its goodbye."""
    ways = {"go": "bye", "errors": {"NoMatchingError": "bye"}, **ways}
    return before_the_end(action("here", kind, parameters, **ways))


def queue_flow(*actions: dict[str, Any]) -> Document:
    """Return a customer queue flow."""
    return flow_of(*actions, action("stay", "EndFlowExecution"))


def loop_prompts(seconds: str) -> dict[str, Any]:
    """Return loop prompts with this interrupt."""
    return action(
        "wait",
        "MessageParticipantIteratively",
        {"Messages": [{"Text": "Please hold."}], "InterruptFrequencySeconds": seconds},
        go="stay",
        when=[("Equals", "MessagesInterrupted", "wait")],
    )


def module(*actions: dict[str, Any]) -> Document:
    """Return a module."""
    return flow_of(*actions, action("done", "EndFlowModuleExecution"), Settings=SETTINGS)


def say(identifier: str, text: str, go: str) -> dict[str, Any]:
    """Return a prompt."""
    return action(identifier, "MessageParticipant", {"Text": text}, go=go)


def function(identifier: str, go: str, error: str, **parameters: Any) -> dict[str, Any]:
    """Return a function."""
    given = {"LambdaFunctionARN": ARN + "f", "InvocationTimeLimitSeconds": "8", **parameters}
    return action(identifier, "InvokeLambdaFunction", given, go=go, errors={"NoMatchingError": error})


def two_functions(read_last: str) -> Document:
    """Return two functions, of which the first is read before the second."""
    return flow_of(
        function("first", "hello", "end"),
        say("hello", "Hello $.External.name", "second"),
        function("second", "bye", "end", LambdaFunctionARN=ARN + "g"),
        say("bye", f"Goodbye {read_last}", "end"),
        END,
    )


def compare(value: str, *when: tuple[str, str, str]) -> Document:
    """Return a comparison of a value."""
    return here("Compare", {"ComparisonValue": value}, errors={"NoMatchingCondition": "bye"}, when=list(when))


def store(**parameters: Any) -> Document:
    """Return the good flow with a stored input."""
    given = {
        "Text": "Enter your number.",
        "StoreInput": "True",
        "InputTimeLimitSeconds": "5",
        "InputValidation": {"CustomValidation": {"MaximumLength": "12"}},
    }
    return here("GetParticipantInput", {**given, **parameters})


def encrypted(*, logging: str) -> Document:
    """Return a flow that stores an encrypted input."""
    log = action("here", "UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": logging}, go="card")
    card = copy.deepcopy(store(InputEncryption={"EncryptionKeyId": "k", "Key": "pem"})["Actions"][-1])
    return before_the_end(log, {**card, "Identifier": "card"})


def repeated_condition() -> Document:
    """Return a menu that tests a key twice."""

    def change(item: dict[str, Any]) -> None:
        item["Transitions"]["Conditions"] *= 2

    return with_action("ask", change)


def two_operands() -> Document:
    """Return a condition with two operands."""

    def change(item: dict[str, Any]) -> None:
        item["Transitions"]["Conditions"][0]["Condition"]["Operands"] = ["1", "2"]

    return with_action("ask", change)


def operand_of(identifier: str, operand: str) -> Document:
    """Return the good flow with another operand of an action."""

    def change(item: dict[str, Any]) -> None:
        item["Transitions"]["Conditions"][0]["Condition"]["Operands"] = [operand]

    return with_action(identifier, change)


GOOD = good()
UNREACHED = {**good(), "Actions": [*good()["Actions"], say("alone", "Nobody hears this.", "end")]}
TRAP = before_the_end(say("here", "Round", "there"), say("there", "and round.", "here"))
CALLBACK = {"InitialCallDelaySeconds": "5", "MaximumConnectionAttempts": "2", "RetryDelaySeconds": "600"}
CALLBACK_ONWARD = before_the_end(
    action("here", "CreateCallbackContact", CALLBACK, go="leave", errors={"NoMatchingError": "bye"}),
    action(
        "leave", "TransferToFlow", {"ContactFlowId": ARN + "x"}, go="leave-2", errors={"NoMatchingError": "leave-2"}
    ),
    action("leave-2", "TransferToFlow", {"ContactFlowId": ARN + "y"}, go="leave", errors={"NoMatchingError": "leave"}),
)
CHAIN = before_the_end(function("here", "two", "bye"), function("two", "three", "bye"), function("three", "bye", "bye"))
SPOKEN_CHAIN = before_the_end(
    function("here", "say", "bye"),
    say("say", "One moment.", "two"),
    function("two", "three", "bye"),
    function("three", "bye", "bye"),
)

CASES = {
    "D01": Case({**GOOD, "Version": "2020-01-01"}, GOOD),
    "D02": Case({**GOOD, "Actions": [*GOOD["Actions"], *[say(f"a{i}", "x", "end") for i in range(250)]]}, GOOD),
    "D03": Case(flow_of(action("a:b", "DisconnectParticipant")), flow_of(action("再见", "DisconnectParticipant"))),
    "D04": Case({**GOOD, "Actions": [*GOOD["Actions"], END]}, GOOD),
    "D05": Case({**GOOD, "StartAction": "nowhere"}, GOOD),
    "D06": Case({**GOOD, "Settings": SETTINGS}, GOOD),
    "D07": Case(
        setting("bye", Text="{{prompt.godbye}}"),
        setting("bye", Text="{{prompt.goodbye}}"),
        names=frozenset({"prompt.goodbye"}),
    ),
    "D08": Case(
        module(action("a", "InvokeFlowModule", {"FlowModuleId": ARN + "m"}, go="done")),
        module(action("a", "InvokeFlowModule", {"FlowModuleId": "{{module.m}}"}, go="done")),
        flow_type=MOD,
        names=frozenset({"module.m"}),
    ),
    "T01": Case(typed("log", "SetLoggingBehavior"), GOOD),
    "T02": Case(flow_of(END), flow_of(action("end", "EndFlowExecution")), flow_type=AW),
    "T03": Case(here("StartVoiceIdStream"), GOOD),
    "G01": Case(ways("log", NextAction="nowhere"), GOOD),
    "G02": Case(UNREACHED, GOOD),
    "G03": Case(with_action("bye", lambda item: item["Transitions"].pop("NextAction")), GOOD),
    "G04": Case(ways("end", NextAction="bye"), GOOD),
    "G05": Case(TRAP, before_the_end(say("here", "Straight on.", "bye"))),
    "B01": Case(ways("look-up", Errors=[]), GOOD),
    "B02": Case(ways("log", Errors=[{"ErrorType": "NoMatchingError", "NextAction": "ask"}]), GOOD),
    "B03": Case(ways("bye", Errors=[{"ErrorType": "QueueAtCapacity", "NextAction": "end"}]), GOOD),
    "B04": Case(ways("bye", Errors=[{"ErrorType": "NoMatchingError", "NextAction": "end"}] * 2), GOOD),
    "B05": Case(ways("look-up", Errors=[{"ErrorType": "NoMatchingError", "NextAction": "look-up"}]), GOOD),
    "B06": Case(
        ways("bye", Conditions=[{"NextAction": "end", "Condition": {"Operator": "Equals", "Operands": ["1"]}}]), GOOD
    ),
    "B07": Case(two_operands(), GOOD),
    "B08": Case(operand_of("ask", "12"), operand_of("ask", "*")),
    "B09": Case(operand_of("retry", "DoneLooping"), GOOD),
    "B10": Case(repeated_condition(), GOOD),
    "P01": Case(setting("bye", Text=""), setting("bye", Text=" ")),
    "P02": Case(without("look-up", "LambdaFunctionARN"), GOOD),
    "P03": Case(setting("log", FlowLoggingBehavior="On"), setting("log", FlowLoggingBehavior="Disabled")),
    "P04": Case(setting("ask", InputTimeLimitSeconds="181"), setting("ask", InputTimeLimitSeconds=180)),
    "P05": Case(setting("ask", InputTimeLimitSeconds="$.Attributes.limit"), GOOD),
    "P06": Case(setting("set-queue", QueueId="queue $.External.queueArn"), GOOD),
    "P07": Case(setting("set-queue", QueueId="$.Extrenal.queueArn"), GOOD),
    "P08": Case(compare("$.External", ("Equals", "1", "bye")), compare("$.External.a", ("Equals", "1", "bye"))),
    "P09": Case(setting("bye", SSML="<speak>Goodbye.</speak>"), GOOD),
    "P10": Case(setting("bye", Volume="11"), GOOD),
    "P11": Case(queue_flow(loop_prompts("20")), queue_flow(loop_prompts("21")), flow_type=CQ),
    "P12": Case(
        here("UpdateContactAttributes", {"Attributes": {"first name": "x"}}),
        here("UpdateContactAttributes", {"Attributes": {"first-name": "x"}}),
    ),
    "P13": Case(
        with_action(
            "here",
            lambda item: item["Transitions"]["Errors"].append({"ErrorType": "InvalidPhoneNumber", "NextAction": "bye"}),
            store(
                InputEncryption={"EncryptionKeyId": "k", "Key": "pem"},
                InputValidation={"PhoneNumberValidation": {"NumberFormat": "E164"}},
            ),
        ),
        encrypted(logging="Disabled"),
    ),
    "P14": Case(
        store(DTMFConfiguration={"InputTerminationSequence": "*"}),
        store(DTMFConfiguration={"InputTerminationSequence": "*", "DisableCancelKey": "True"}),
    ),
    "P15": Case(
        here("CheckMetricData", {"MetricType": "OldestContactInQueueAgeSeconds"}),
        here("CheckMetricData", {"MetricType": "NumberOfContactsInQueue"}),
    ),
    "P16": Case(setting("bye", Text="x" * 3_001), setting("bye", Text="x" * 3_000)),
    "P17": Case(setting("bye", Text="Bye $.Atributes.name"), setting("bye", Text="Bye $.Attributes.name")),
    "R01": Case(ways("look-up", NextAction="transfer"), GOOD),
    "R02": Case(setting("bye", Text="Bye $.External.name"), GOOD),
    "R03": Case(
        compare("$.StoredCustomerInput", ("Equals", "1", "bye")),
        compare("$.StoredCustomerInput", ("Equals", "Timeout", "bye")),
    ),
    "R04": Case(setting("bye", Text="You spoke with $.Agent.FirstName"), GOOD),
    "R05": Case(setting("bye", Text="This was $.Queue.Name"), GOOD),
    "R06": Case(CHAIN, SPOKEN_CHAIN),
    "R07": Case(CALLBACK_ONWARD, here("CreateCallbackContact", CALLBACK)),
    "R08": Case(encrypted(logging="Enabled"), encrypted(logging="Disabled")),
    "R09": Case(
        queue_flow(say("hello", "Welcome.", "wait"), loop_prompts("25")),
        queue_flow(loop_prompts("25")),
        flow_type=CQ,
    ),
    "R10": Case(
        module(say("say", "You are number $.Metrics.Contact.PositionInQueue .", "done")),
        module(
            action("read", "GetMetricData", go="say", errors={"NoMatchingError": "done"}),
            say("say", "You are number $.Metrics.Contact.PositionInQueue .", "done"),
        ),
        flow_type=MOD,
    ),
    "D09": Case(
        here("UpdateContactTargetQueue", {"QueueId": "arn:aws:connect:us-east-1:111122223333:instance/i/queue/q"}),
        here("UpdateContactTargetQueue", {"QueueId": ARN + "queue/q"}),
    ),
    "R11": Case(two_functions("$.External.name"), two_functions("$.Attributes.name")),
    "R12": Case(
        queue_flow(say("hello", "a" * 1801, "stay")), queue_flow(say("hello", "a" * 1800, "stay")), flow_type=AW
    ),
}
