"""What each action does on which channel: the table of the reference, row by row (2.6)."""

from typing import Any

import pytest

from flowlang.catalogue import ACTIONS, Effect

CHANNELS = ("VOICE", "CHAT", "TASK", "EMAIL")
YES, NO, SILENT = "works", "NoMatchingError", "nothing"
MISMATCH, NUMBER = "ChannelMismatch", "InvalidCallbackNumber"
VOICE_ONLY = (YES, NO, NO, NO)

ROWS: list[tuple[str, dict[str, Any], tuple[str, str, str, str]]] = [
    ("MessageParticipant", {"Text": "hello"}, (YES, YES, SILENT, SILENT)),
    ("MessageParticipant", {"SSML": "<speak>hello</speak>"}, (YES, NO, SILENT, SILENT)),
    ("MessageParticipant", {"PromptId": "p"}, (YES, NO, SILENT, SILENT)),
    ("MessageParticipant", {"Media": {"Uri": "s3://b/k"}}, (YES, NO, SILENT, SILENT)),
    ("GetParticipantInput", {"StoreInput": "False"}, VOICE_ONLY),
    ("GetParticipantInput", {"StoreInput": "True"}, VOICE_ONLY),
    ("ConnectParticipantWithLexBot", {}, (YES, YES, NO, NO)),
    ("MessageParticipantIteratively", {}, VOICE_ONLY),
    ("UpdatePreviousContactParticipantState", {}, VOICE_ONLY),
    ("UpdateContactCallbackNumber", {}, (YES, NUMBER, NUMBER, NUMBER)),
    ("TransferParticipantToThirdParty", {}, VOICE_ONLY),
    ("TransferContactToAgent", {}, VOICE_ONLY),
    ("CompleteOutboundCall", {}, VOICE_ONLY),
    ("CheckOutboundCallStatus", {}, VOICE_ONLY),
    ("UpdateContactMediaStreamingBehavior", {}, VOICE_ONLY),
    ("UpdateContactTextToSpeechVoice", {}, (YES, SILENT, SILENT, SILENT)),
    ("UpdateContactRecordingBehavior", {"RecordingBehavior": {}}, (YES, YES, SILENT, SILENT)),
    ("UpdateContactRecordingAndAnalyticsBehavior", {"VoiceBehavior": {}}, (YES, MISMATCH, MISMATCH, MISMATCH)),
    ("UpdateContactRecordingAndAnalyticsBehavior", {"ChatBehavior": {}}, (MISMATCH, YES, MISMATCH, MISMATCH)),
    ("UpdateContactRecordingAndAnalyticsBehavior", {"ScreenRecordingBehavior": {}}, (YES, YES, YES, YES)),
    ("UpdateContactMediaProcessing", {}, (MISMATCH, YES, MISMATCH, MISMATCH)),
    ("Wait", {"TimeLimitSeconds": "5"}, (NO, YES, YES, YES)),
    ("Wait", {"TimeLimitSeconds": "5", "Events": ["CustomerReturned"]}, (YES, YES, NO, YES)),
    ("Wait", {"MinimumWaitTimeSeconds": "5", "ContinueExecution": "True"}, (YES, YES, YES, YES)),
    ("ShowView", {}, (NO, YES, NO, YES)),
    ("ResumeContact", {}, (NO, NO, YES, NO)),
    ("AuthenticateParticipant", {}, (NO, YES, NO, NO)),
    ("LoadContactContent", {}, (NO, NO, NO, YES)),
    *(
        (name, {}, (YES, YES, YES, YES))
        for name in (
            "Compare", "CheckHoursOfOperation", "CheckMetricData", "GetMetricData", "DistributeByPercentage", "Loop",
            "TransferToFlow", "EndFlowExecution", "UpdateFlowAttributes", "UpdateFlowLoggingBehavior",
            "UpdateContactRoutingCriteria", "UpdateContactAttributes", "UpdateContactData", "UpdateContactTargetQueue",
            "TransferContactToQueue", "DequeueContactAndTransferToQueue", "CreateTask", "UpdateContactEventHooks",
            "UpdateContactRoutingBehavior", "TagContact", "UntagContact", "InvokeFlowModule", "InvokeLambdaFunction",
            "CreateCase", "GetCase", "UpdateCase", "CreateCustomerProfile", "GetCustomerProfile",
            "DisconnectParticipant", "CreateCallbackContact",
        )
    ),
]  # fmt: skip


def became(name: str, channel: str, parameters: dict[str, Any], flow_type: str = "CONTACT_FLOW") -> str:
    verdict = ACTIONS[name].on(channel, parameters, flow_type)
    return {Effect.WORKS: YES, Effect.NOTHING: SILENT}.get(verdict.effect, verdict.error)


@pytest.mark.parametrize(("name", "parameters", "expected"), ROWS, ids=[f"{n}-{'-'.join(p)}" for n, p, _ in ROWS])
def test_an_action_does_on_each_channel_what_the_table_says(
    name: str, parameters: dict[str, Any], expected: tuple[str, ...]
) -> None:
    assert tuple(became(name, channel, parameters) for channel in CHANNELS) == expected


def test_a_caller_can_be_made_to_wait_for_something_else_only_before_the_queue() -> None:
    asked = {"TimeLimitSeconds": "5", "Events": ["CustomerReturned"]}
    assert became("Wait", "VOICE", asked, "CUSTOMER_QUEUE") == NO
    assert became("Wait", "CHAT", asked, "CUSTOMER_QUEUE") == YES


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_a_branch_that_a_channel_takes_can_be_declared(name: str) -> None:
    kind = ACTIONS[name]
    shapes = (kind.shape, *(form.shape for form in kind.forms))
    for rule in kind.channel_rules:
        if rule.effect is Effect.ERROR:
            assert any(rule.error in shape.required | shape.optional for shape in shapes)
