"""Action types that change the contact: attributes, queue, hooks, transfers, recording, tags."""

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
    path,
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
_CONTINUES = Shape(block="Transfer", required=NO_MATCHING_ERROR | {"CallFailed", "ConnectionTimeLimitExceeded"})
_LEAVES = Shape(
    block="Transfer", required=NO_MATCHING_ERROR, forbidden=frozenset({"CallFailed", "ConnectionTimeLimitExceeded"})
)

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
        name="TransferParticipantToThirdParty",
        shape=_LEAVES,
        forms=(
            Form("ContinueFlowExecution", frozenset({"True"}), _LEAVES, flow_types=frozenset({AT})),
            Form("ContinueFlowExecution", frozenset({"True"}), _CONTINUES),
        ),
        parameters=(
            dynamic("ThirdPartyPhoneNumber", required=True),
            whole("ThirdPartyConnectionTimeLimitSeconds", required=True, least=0, most=600),
            static("ContinueFlowExecution", "True", "False", required=True),
            whole("ThirdPartyDTMFDigits", pattern=r"[0-9,*#]{1,50}"),
            whole("CallerId.Number"),
            dynamic("CallerId.Name"),
        ),
        interactive=True,
        flow_types=frozenset({IN, CQ, AT, QT, MOD}),
        effects=VOICE_ONLY,
    ),
    ActionType(
        name="CompleteOutboundCall",
        shape=Shape(block="CompleteOutboundCall"),
        parameters=(
            whole("CallerId.Number"),
            structure("VoiceConnector"),
            static("ConnectionTimeLimitSeconds", least=1, most=600),
        ),
        needs=(("ConnectionTimeLimitSeconds", "VoiceConnector"),),
        interactive=True,
        flow_types=frozenset({OW}),
        effects=VOICE_ONLY,
    ),
    ActionType(
        name="CreateTask",
        shape=Shape(block="CreateTask", required=NO_MATCHING_ERROR),
        parameters=(
            whole("ContactFlowId"),
            static("TaskTemplateId"),
            dynamic("Name", required=True),
            dynamic("Description"),
            structure("References"),
            dynamic("Attributes.*"),
            static("DelaySeconds", least=1, most=518_400),
            dynamic("ScheduledTime"),
        ),
        exactly_one=(("ContactFlowId", "TaskTemplateId"),),
        at_most_one=(("DelaySeconds", "ScheduledTime"),),
    ),
    ActionType(
        name="CreateCallbackContact",
        shape=Shape(block="CreateCallback", required=NO_MATCHING_ERROR),
        parameters=(
            whole("QueueId"),
            whole("AgentId"),
            whole("ContactFlowId"),
            whole("CallerId.Number"),
            static("InitialCallDelaySeconds", required=True, least=1, most=259_200),
            static("MaximumConnectionAttempts", required=True, least=1),
            static("RetryDelaySeconds", required=True, least=1, most=259_200),
        ),
        at_most_one=(("QueueId", "AgentId"),),
        flow_types=frozenset({IN, CQ, AT, QT, MOD}),
    ),
    ActionType(
        name="UpdateContactCallbackNumber",
        shape=Shape(
            block="SetCallBackNumber",
            required=frozenset({"InvalidCallbackNumber", "CallbackNumberNotDialable"}),
            forbidden=NO_MATCHING_ERROR,
        ),
        parameters=(path("CallbackNumber", required=True),),
        flow_types=frozenset({IN, CQ, AT, QT, MOD}),
        effects=VOICE_ONLY,
        channel_rules=(ChannelRule(channels=NOT_VOICE, effect=Effect.ERROR, error="InvalidCallbackNumber"),),
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
    ActionType(
        name="StartOutboundChatContact",
        shape=Shape(block="SendMessage", required=NO_MATCHING_ERROR),
        parameters=(
            structure("SourceEndpoint", required=True),
            dynamic("SourceEndpoint.Address", required=True),
            static("SourceEndpoint.Type", "CONNECT_PHONENUMBER_ARN", required=True),
            structure("DestinationEndpoint", required=True),
            dynamic("DestinationEndpoint.Address", required=True),
            static("DestinationEndpoint.Type", "TELEPHONE_NUMBER", required=True),
            whole("ContactFlowArn", required=True),
            static("ContactSubtype", "connect:SMS", required=True),
            structure("InitialSystemMessage"),
            dynamic("InitialSystemMessage.Content"),
            static("RelatedContact", "CURRENT"),
        ),
    ),
)
