"""Action types that change the contact: attributes, queue, hooks, recording, tags."""

from flowlang.catalogue.model import (
    AT,
    AW,
    CQ,
    CW,
    IN,
    MOD,
    NO_MATCHING_ERROR,
    NOT_CHAT,
    NOT_VOICE,
    OW,
    QT,
    VOICE_ELSE_NOTHING,
    VOICE_ONLY,
    ActionType,
    ChannelRule,
    Effect,
    Form,
    Shape,
    Status,
    dynamic,
    static,
    structure,
    whole,
)

_ROUTING_TYPES = frozenset({IN, AT, QT, MOD})
# The documents leave modules out; published modules that AWS itself deploys have these blocks.
_RECORDING_TYPES = frozenset({IN, CQ, AT, QT, OW, MOD})
_HOOKS = (
    "AgentHold", "AgentWhisper", "CustomerHold", "CustomerQueue", "CustomerRemaining", "CustomerWhisper",
    "DefaultAgentUI", "DisconnectAgentUI", "PauseContact", "ResumeContact",
)  # fmt: skip
_VOICE_ID = ("IsVoiceIdStreamingEnabled", "IsVoiceAuthenticationEnabled", "IsFraudDetectionEnabled")
_MISMATCH = "ChannelMismatch"
_FAILS = Shape(required=NO_MATCHING_ERROR)
_TAGS = Shape(block="TagContact", required=NO_MATCHING_ERROR)

CONTACT_ACTIONS = (
    ActionType(
        name="UpdateContactAttributes",
        shape=Shape(block="SetAttributes", required=NO_MATCHING_ERROR),
        parameters=(
            structure("Attributes", required=True, least=1),
            dynamic("Attributes.*"),
            static("TargetContact", "Current", "Related"),
        ),
    ),
    ActionType(
        name="UpdateContactData",
        shape=Shape(block="SetContactData", required=NO_MATCHING_ERROR),
        parameters=(
            dynamic("Name"),
            dynamic("Description"),
            dynamic("LanguageCode"),
            dynamic("CustomerId"),
            dynamic("WisdomSessionArn"),
            *(static(name) for name in _VOICE_ID),
            static("VoiceAuthenticationThreshold"),
            static("VoiceAuthenticationResponseTime"),
            static("FraudDetectionThreshold"),
            static("WatchlistId"),
            static("TargetContact", "Current", "Related"),
        ),
        at_least_one=(
            ("Name", "Description", "LanguageCode", "CustomerId", "WisdomSessionArn", *_VOICE_ID, "WatchlistId"),
        ),
        together=(_VOICE_ID,),
        refused={"References": "Set references when the contact is created"},
    ),
    ActionType(
        name="UpdateContactTargetQueue",
        shape=Shape(block="SetQueue", required=NO_MATCHING_ERROR),
        parameters=(whole("QueueId"), whole("AgentId")),
        exactly_one=(("QueueId", "AgentId"),),
        flow_types=_ROUTING_TYPES,
    ),
    ActionType(
        name="TransferContactToQueue",
        shape=Shape(block="Transfer", required=NO_MATCHING_ERROR | {"QueueAtCapacity"}),
        flow_types=_ROUTING_TYPES,
    ),
    ActionType(
        name="DequeueContactAndTransferToQueue",
        shape=Shape(block="Transfer", required=NO_MATCHING_ERROR | {"QueueAtCapacity"}),
        parameters=(whole("QueueId"), whole("AgentId")),
        exactly_one=(("QueueId", "AgentId"),),
        flow_types=frozenset({CQ}),
    ),
    ActionType(
        name="TransferContactToAgent",
        shape=Shape(block="Transfer"),
        terminal=True,
        interactive=True,
        flow_types=frozenset({AT, QT}),
        effects=VOICE_ONLY,
    ),
    ActionType(
        name="RouteContactToAgent",
        shape=Shape(optional=NO_MATCHING_ERROR),
        flow_types=frozenset({CQ}),
        status=Status.REFUSED,
    ),
    ActionType(
        name="UpdateContactEventHooks",
        shape=Shape(block="SetEventHook", required=NO_MATCHING_ERROR),
        parameters=(
            structure("EventHooks", required=True, least=1, most=1),
            *(whole(f"EventHooks.{hook}") for hook in _HOOKS),
        ),
        exactly_one=(tuple(f"EventHooks.{hook}" for hook in _HOOKS),),
        refused={"EventHooksConfiguration": "Remove it: the console adds it and the API refuses it"},
    ),
    ActionType(
        name="UpdateContactRoutingBehavior",
        shape=Shape(block="UpdateRoutingPriority"),
        parameters=(static("QueuePriority", least=1), static("QueueTimeAdjustmentSeconds")),
        exactly_one=(("QueuePriority", "QueueTimeAdjustmentSeconds"),),
        flow_types=frozenset({IN, CQ, AT, QT, MOD}),
    ),
    ActionType(
        name="UpdateContactRoutingCriteria",
        shape=Shape(block="SetRoutingCriteria", required=NO_MATCHING_ERROR),
        parameters=(structure("RoutingCriteria", required=True),),
        flow_types=frozenset({IN, CQ, AT, QT, MOD}),
    ),
    ActionType(
        name="UpdateContactRecordingBehavior",
        shape=Shape(block="SetRecordingBehavior"),
        parameters=(
            static("RecordingBehavior.RecordedParticipants[]", "Agent", "Customer"),
            static("RecordingBehavior.ScreenRecordedParticipants[]", "Agent"),
            static("RecordingBehavior.IVRRecordingBehavior", "Enabled", "Disabled"),
            structure("AnalyticsBehavior"),
        ),
        flow_types=_RECORDING_TYPES,
        effects={"TASK": Effect.NOTHING, "EMAIL": Effect.NOTHING},
    ),
    ActionType(
        name="UpdateContactRecordingAndAnalyticsBehavior",
        shape=Shape(
            block="SetRecordingAndAnalyticsBehavior",
            required=NO_MATCHING_ERROR | {"ChannelMismatch"},
            optional=frozenset({"InFlightRedactionConfigurationFailed"}),
        ),
        parameters=(
            structure("VoiceBehavior"),
            structure("ChatBehavior"),
            structure("ScreenRecordingBehavior"),
            static("VoiceBehavior.VoiceRecordingBehavior.RecordedParticipants[]", "Agent", "Customer"),
            static("VoiceBehavior.VoiceRecordingBehavior.IVRRecordingBehavior", "Enabled", "Disabled"),
        ),
        exactly_one=(("VoiceBehavior", "ChatBehavior", "ScreenRecordingBehavior"),),
        flow_types=_RECORDING_TYPES,
        channel_rules=(
            ChannelRule(channels=NOT_VOICE, effect=Effect.ERROR, error=_MISMATCH, parameter="VoiceBehavior"),
            ChannelRule(channels=NOT_CHAT, effect=Effect.ERROR, error=_MISMATCH, parameter="ChatBehavior"),
        ),
    ),
    ActionType(
        name="UpdateContactMediaProcessing",
        shape=Shape(required=NO_MATCHING_ERROR | {"ChannelMismatch"}),
        parameters=(
            structure("ChatProcessor", required=True),
            static("ChatProcessor.ProcessingEnabled"),
            dynamic("ChatProcessor.LambdaProcessorARN"),
            static("ChatProcessor.ChatProcessorSettings.DeliverUnprocessedMessages", required=True),
        ),
        effects=dict.fromkeys(sorted(NOT_CHAT), Effect.ERROR),
        channel_rules=(ChannelRule(channels=NOT_CHAT, effect=Effect.ERROR, error=_MISMATCH),),
    ),
    ActionType(
        name="UpdateContactMediaStreamingBehavior",
        shape=Shape(block="StopMediaStreaming", required=NO_MATCHING_ERROR),
        forms=(
            Form(
                "MediaStreamingState",
                frozenset({"Enabled"}),
                Shape(block="StartMediaStreaming", required=NO_MATCHING_ERROR),
            ),
        ),
        parameters=(
            static("MediaStreamingState", "Enabled", "Disabled", required=True),
            structure("Participants", required=True, least=1),
            static("MediaStreamType", "Audio", required=True),
        ),
        flow_types=frozenset({IN, CQ, AT, QT, CW, OW, AW, MOD}),
        effects=VOICE_ONLY,
    ),
    ActionType(
        name="UpdateContactTextToSpeechVoice",
        shape=Shape(block="SetVoice", optional=NO_MATCHING_ERROR),
        parameters=(
            dynamic("TextToSpeechVoice", required=True),
            static("TextToSpeechEngine", "standard", "neural", "long-form", "generative"),
            static("TextToSpeechStyle", "None", "Conversational", "Newscaster"),
        ),
        effects=VOICE_ELSE_NOTHING,
    ),
    ActionType(
        name="UpdatePreviousContactParticipantState",
        shape=Shape(block="HoldParticipant", required=NO_MATCHING_ERROR),
        parameters=(
            static("PreviousContactParticipantState", "AgentOnHold", "CustomerOnHold", "OffHold", required=True),
        ),
        flow_types=frozenset({IN, OW, AT, QT, MOD}),
        effects=VOICE_ONLY,
    ),
    ActionType(
        name="TagContact",
        shape=_TAGS,
        parameters=(structure("Tags", required=True, least=1, most=6), dynamic("Tags.*")),
    ),
    ActionType(name="UntagContact", shape=_TAGS, parameters=(structure("TagKeys", required=True, least=1),)),
    ActionType(
        name="ResumeContact",
        shape=Shape(block="ResumeContact", required=NO_MATCHING_ERROR),
        effects={"VOICE": Effect.ERROR, "CHAT": Effect.ERROR, "EMAIL": Effect.ERROR},
    ),
    ActionType(
        name="CreateWisdomSession",
        shape=Shape(block="SetWisdomAssistant", required=NO_MATCHING_ERROR),
        parameters=(dynamic("WisdomAssistantArn", required=True),),
    ),
)
