"""Names of flow-log lines: flow logs still use the block names of the console's old export format (16, 18)."""

from collections.abc import Mapping

BLOCK_NAMES: Mapping[str, str] = {
    "CheckHoursOfOperation": "CheckHoursOfOperation",
    "CheckMetricData": "CheckQueueStatus",
    "Compare": "CheckAttribute",
    "CreateCallbackContact": "CreateCallback",
    "DequeueContactAndTransferToQueue": "Transfer",
    "DisconnectParticipant": "Disconnect",
    "DistributeByPercentage": "PercentileBranching",
    "EndFlowExecution": "Resume",
    "GetMetricData": "GetMetricData",
    "GetParticipantInput": "GetUserInput",
    "InvokeLambdaFunction": "InvokeExternalResource",
    "Loop": "Loop",
    "MessageParticipant": "PlayPrompt",
    "MessageParticipantIteratively": "LoopPrompts",
    "TransferContactToQueue": "Transfer",
    "TransferToFlow": "Transfer",
    "UpdateContactAttributes": "SetAttributes",
    "UpdateContactCallbackNumber": "SetCallBackNumber",
    "UpdateContactData": "SetContactData",
    "UpdateContactEventHooks": "SetEventHook",
    "UpdateContactRecordingAndAnalyticsBehavior": "SetRecordingBehavior",
    "UpdateContactRecordingBehavior": "SetRecordingBehavior",
    "UpdateContactRoutingBehavior": "UpdateRoutingPriority",
    "UpdateContactTargetQueue": "SetQueue",
    "UpdateContactTextToSpeechVoice": "SetVoice",
    "UpdateFlowLoggingBehavior": "SetLoggingBehavior",
    "Wait": "Wait",
}
