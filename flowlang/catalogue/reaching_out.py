"""Action types that reach somebody else: third parties, callbacks, tasks, messages."""

from flowlang.catalogue.model import (
    AT,
    CQ,
    IN,
    MOD,
    NO_MATCHING_ERROR,
    NOT_VOICE,
    OW,
    QT,
    VOICE_ONLY,
    ActionType,
    ChannelRule,
    Effect,
    Form,
    Shape,
    dynamic,
    path,
    static,
    structure,
    whole,
)

_CONTINUES = Shape(block="Transfer", required=NO_MATCHING_ERROR | {"CallFailed", "ConnectionTimeLimitExceeded"})
_LEAVES = Shape(
    block="Transfer", required=NO_MATCHING_ERROR, forbidden=frozenset({"CallFailed", "ConnectionTimeLimitExceeded"})
)

REACHING_OUT_ACTIONS = (
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
