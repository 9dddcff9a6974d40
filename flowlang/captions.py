"""What a box in a picture says of an action, in words for people who do not know the flow language."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from flowlang.document import Action, Flow, scalar_text

_WORDS: Mapping[str, str] = {
    "MessageParticipant": "Says",
    "MessageParticipantIteratively": "Plays in a loop",
    "GetParticipantInput": "Asks for keys",
    "ConnectParticipantWithLexBot": "Talks with a bot",
    "ShowView": "Shows a form",
    "DisconnectParticipant": "Hangs up",
    "EndFlowExecution": "Ends this flow",
    "EndFlowModuleExecution": "Returns",
    "Compare": "Tests",
    "CheckHoursOfOperation": "Open now?",
    "CheckMetricData": "Checks the queue",
    "GetMetricData": "Reads the queue",
    "DistributeByPercentage": "Splits by chance",
    "Loop": "Repeats",
    "Wait": "Waits",
    "TransferToFlow": "Goes on in",
    "InvokeFlowModule": "Module",
    "UpdateContactAttributes": "Remembers",
    "UpdateFlowAttributes": "Remembers here",
    "UpdateContactData": "Sets",
    "UpdateContactTargetQueue": "Chooses the queue",
    "TransferContactToQueue": "Puts in the queue",
    "DequeueContactAndTransferToQueue": "Moves to the queue",
    "TransferContactToAgent": "Connects the agent",
    "TransferParticipantToThirdParty": "Dials",
    "CreateCallbackContact": "Orders a call back",
    "UpdateContactCallbackNumber": "Number to call back",
    "UpdateContactEventHooks": "Flow for later",
    "UpdateContactRoutingBehavior": "Priority",
    "UpdateContactRecordingBehavior": "Recording",
    "UpdateContactRecordingAndAnalyticsBehavior": "Recording",
    "UpdateContactMediaStreamingBehavior": "Media stream",
    "UpdateContactTextToSpeechVoice": "Voice",
    "UpdateFlowLoggingBehavior": "Flow log",
    "InvokeLambdaFunction": "Asks a function",
    "CreateTask": "Creates a task",
    "TagContact": "Tags",
}

_TELLING = (
    "Text", "SSML", "PromptId", "ComparisonValue", "LambdaFunctionARN", "QueueId", "AgentId", "ContactFlowId",
    "FlowModuleId", "HoursOfOperationId", "MetricType", "LoopCount", "TextToSpeechVoice", "FlowLoggingBehavior",
    "ThirdPartyPhoneNumber", "CallbackNumber", "QueuePriority", "QueueTimeAdjustmentSeconds", "TimeLimitSeconds",
    "MediaStreamingState", "Result", "Name", "LanguageCode",
)  # fmt: skip
_GROUPS = ("Attributes", "FlowAttributes", "EventHooks", "Tags", "LexV2Bot", "LexBot", "ViewResource")
_BRANCHES: Mapping[str, str] = {
    "NoMatchingCondition": "otherwise",
    "NoMatchingError": "if it fails",
    "InputTimeLimitExceeded": "no key",
    "QueueAtCapacity": "queue full",
    "InvalidPhoneNumber": "no phone number",
    "InvalidCallbackNumber": "no phone number",
    "CallbackNumberNotDialable": "cannot be dialled",
    "CallFailed": "call failed",
    "ConnectionTimeLimitExceeded": "no answer",
    "TimeLimitExceeded": "too late",
    "ChannelMismatch": "other channel",
    "MultipleFoundError": "several found",
    "NoneFoundError": "none found",
    "ContinueLooping": "again",
    "DoneLooping": "done",
    "True": "yes",
    "False": "no",
    "MessagesInterrupted": "after a while",
    "WaitCompleted": "time over",
    "CustomerReturned": "customer is back",
}
_SIGNS: Mapping[str, str] = {
    "Equals": "", "NumberGreaterThan": "> ", "NumberGreaterOrEqualTo": "≥ ", "NumberLessThan": "< ",
    "NumberLessOrEqualTo": "≤ ", "TextStartsWith": "starts with ", "TextEndsWith": "ends with ",
    "TextContains": "contains ", "KeyExists": "exists ",
}  # fmt: skip
_TAG = re.compile(r"<[^>]*>")
_MACHINE_NAME = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}")


def title(action: Action) -> str:
    """Return what the action does, in two or three words; unknown types are named as they are."""
    words = _WORDS.get(action.type) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", action.type)
    return words if _MACHINE_NAME.fullmatch(action.identifier) else f"{words} · {action.identifier}"


def body(flow: Flow, action: Action) -> str:
    """Return what the action does it with: the text spoken, the function asked, the value tested."""
    shown = dict(_shown(flow, action))
    for name in _TELLING:
        if name in action.parameters:
            return shown.get(name) or _short(scalar_text(action.parameters[name]))
    for name in _GROUPS:
        group = action.parameters.get(name)
        if isinstance(group, Mapping) and group:
            return ", ".join(f"{key}: {_short(_inner(value))}" for key, value in list(group.items())[:3])
    messages = action.parameters.get("Messages")
    if isinstance(messages, list):
        return "; ".join(_short(scalar_text(v)) for one in messages if isinstance(one, Mapping) for v in one.values())
    return ""


def branch(kind: str, label: str) -> str:
    """Return what a branch says: `Equals 1` is 1, `NoMatchingCondition` is otherwise."""
    operator, _, operand = label.partition(" ")
    if kind == "condition" and operator in _SIGNS:
        return _SIGNS[operator] + _BRANCHES.get(operand, operand)
    return _BRANCHES.get(label, label)


def short_name(flow: Flow, identifier: str) -> str:
    """Return how other boxes call an action."""
    if not _MACHINE_NAME.fullmatch(identifier):
        return identifier
    action = flow.by_identifier().get(identifier)
    if action is None:
        return "nothing"
    said = body(flow, action)
    return f"{title(action)}: {said}" if said else title(action)


def _shown(flow: Flow, action: Action) -> Iterator[tuple[str, str]]:
    """Names that the designer showed for resources."""
    about = flow.metadata.get("ActionMetadata")
    mine = about.get(action.identifier) if isinstance(about, Mapping) else None
    parameters = mine.get("parameters") if isinstance(mine, Mapping) else None
    for name, value in parameters.items() if isinstance(parameters, Mapping) else ():
        if isinstance(value, Mapping) and isinstance(value.get("displayName"), str):
            yield str(name), str(value["displayName"])


def _inner(value: Any) -> str:
    return scalar_text(value.get("Value", "") if isinstance(value, Mapping) else value)


def _short(text: str) -> str:
    plain = " ".join(_TAG.sub(" ", text).split())
    if plain.startswith("arn:"):
        # arn:aws:lambda:region:account:function:name:alias, arn:aws:connect:region:account:instance/x/queue/y
        resource = plain.split(":", 5)[-1]
        plain = resource.rpartition("/")[2].removeprefix("function:")
    return plain[:8] + "…" if _MACHINE_NAME.fullmatch(plain) else plain


def width(text: str) -> int:
    """Return how many columns a text takes: characters of Chinese and Japanese are twice as wide."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def wrap(text: str, columns: int, lines: int) -> list[str]:
    """Return a text in lines of at most `columns`; what does not fit ends with an ellipsis."""
    wrapped = [""]
    for word in re.findall(r"[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+\s*|\S\s*", text):
        for piece in _pieces(word, columns):
            if width(wrapped[-1] + piece.rstrip()) > columns:
                wrapped.append("")
            wrapped[-1] += piece
    wrapped = [line.strip() for line in wrapped if line.strip()]
    if len(wrapped) > lines:
        last = wrapped[lines - 1]
        while last and width(last) >= columns:
            last = last[:-1]
        wrapped = [*wrapped[: lines - 1], last + "…"]
    return wrapped


def cut(text: str, columns: int) -> str:
    """Return a text in one line, cut where it must be and not at its last space: half a name says more than none."""
    shown = " ".join(text.split())
    if width(shown) <= columns:
        return shown
    while width(shown) >= columns:
        shown = shown[:-1]
    return shown + "…"


def _pieces(word: str, columns: int) -> Iterator[str]:
    """A word in parts that fit a line."""
    part = ""
    for one in word:
        if width(part + one) > columns:
            yield part
            part = ""
        part += one
    yield part
