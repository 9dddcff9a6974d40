"""Action types that steer the flow: tests, loops, waits, jumps, modules."""

from flowlang.catalogue.model import (
    AT,
    AW,
    BOTH,
    CMP,
    CQ,
    CW,
    EQUALS,
    IN,
    MOD,
    NO_MATCHING_CONDITION,
    NO_MATCHING_ERROR,
    NUMBERS,
    OPERATORS,
    OW,
    QT,
    VOICE_ONLY,
    ActionType,
    ChannelRule,
    Effect,
    Form,
    Result,
    Shape,
    Status,
    dynamic,
    path,
    static,
    structure,
    whole,
)

_TRANSFER_TYPES = frozenset({IN, AT, QT, MOD})
_ROUTING_TYPES = _TRANSFER_TYPES | {CQ}
_QUEUE_METRICS = ("OldestContactInQueueAgeSeconds", "NumberOfContactsInQueue")
_AGENT_METRICS = ("NumberOfAgentsAvailable", "NumberOfAgentsStaffed", "NumberOfAgentsOnline")
_WAITS_ON_THE_LINE = frozenset({IN, MOD})
"""A caller on the telephone can be made to wait for something else only before the queue (2.2, Wait)."""
_NUMBER = r"-?\d+(\.\d+)?"

CONTROL_ACTIONS = (
    ActionType(
        name="Compare",
        shape=Shape(block="CheckAttribute", result=Result(operators=OPERATORS), required=NO_MATCHING_CONDITION),
        parameters=(path("ComparisonValue", required=True),),
    ),
    ActionType(
        name="CheckHoursOfOperation",
        shape=Shape(
            block="CheckHoursOfOperation",
            result=Result(operators=EQUALS, values=("True", "False"), tested=("True", "False")),
            required=NO_MATCHING_ERROR,
        ),
        parameters=(whole("HoursOfOperationId"),),
        flow_types=_ROUTING_TYPES,
    ),
    ActionType(
        name="CheckMetricData",
        shape=Shape(
            block="CheckQueueStatus", result=Result(operators=EQUALS | NUMBERS, pattern=_NUMBER), required=BOTH
        ),
        forms=(
            Form(
                "MetricType",
                frozenset(_AGENT_METRICS),
                Shape(
                    block="CheckStaffing",
                    result=Result(operators=frozenset({"NumberGreaterThan"}), values=("0",)),
                    required=BOTH,
                ),
            ),
        ),
        parameters=(
            static("MetricType", *_AGENT_METRICS, *_QUEUE_METRICS, required=True),
            dynamic("QueueId"),
            dynamic("AgentId"),
        ),
        at_most_one=(("QueueId", "AgentId"),),
        flow_types=_ROUTING_TYPES,
    ),
    ActionType(
        name="GetMetricData",
        shape=Shape(block="GetMetricData", required=NO_MATCHING_ERROR),
        parameters=(dynamic("QueueId"), dynamic("AgentId"), dynamic("QueueChannel", "Voice", "Chat")),
        at_most_one=(("QueueId", "AgentId"),),
    ),
    ActionType(
        name="DistributeByPercentage",
        shape=Shape(
            block="PercentileBranching",
            result=Result(operators=frozenset({"NumberLessThan"}), pattern=r"\d+"),
            required=NO_MATCHING_CONDITION,
        ),
        flow_types=_ROUTING_TYPES,
    ),
    ActionType(
        name="Loop",
        shape=Shape(
            block="Loop",
            result=Result(
                operators=EQUALS,
                values=("ContinueLooping", "DoneLooping"),
                tested=("ContinueLooping", "DoneLooping"),
            ),
            optional=NO_MATCHING_ERROR,
        ),
        parameters=(dynamic("LoopCount", least=0, most=100),),
    ),
    ActionType(
        name="Wait",
        shape=Shape(
            block="Wait",
            result=Result(
                operators=EQUALS,
                values=("WaitCompleted", "CustomerReturned", "BotParticipantDisconnected", "Continue"),
                tested=("WaitCompleted",),
            ),
            required=NO_MATCHING_ERROR,
            optional=frozenset({"ParticipantNotFound"}),
        ),
        parameters=(
            whole("TimeLimitSeconds", least=1, most=604_800),
            structure("Events"),
            static("Events[]", "CustomerReturned", "BotParticipantDisconnected"),
            static("ContinueExecution", "True", "False"),
            static("MinimumWaitTimeSeconds"),
        ),
        exactly_one=(("TimeLimitSeconds", "MinimumWaitTimeSeconds"),),
        needs=(("ContinueExecution", "MinimumWaitTimeSeconds"), ("MinimumWaitTimeSeconds", "ContinueExecution")),
        refused={"TimeoutSeconds": "Write TimeLimitSeconds"},
        interactive=True,
        effects={"VOICE": Effect.ERROR},
        channel_rules=(
            ChannelRule(channels=frozenset({"TASK"}), effect=Effect.ERROR, parameter="Events"),
            ChannelRule(
                channels=frozenset({"VOICE"}),
                effect=Effect.WORKS,
                parameter="ContinueExecution",
                values=frozenset({"True"}),
                flow_types=_WAITS_ON_THE_LINE,
            ),
            ChannelRule(
                channels=frozenset({"VOICE"}), effect=Effect.WORKS, parameter="Events", flow_types=_WAITS_ON_THE_LINE
            ),
        ),
    ),
    ActionType(
        name="TransferToFlow",
        shape=Shape(block="Transfer", required=NO_MATCHING_ERROR),
        parameters=(whole("ContactFlowId", required=True),),
        flow_types=_TRANSFER_TYPES,
    ),
    ActionType(
        name="EndFlowExecution",
        shape=Shape(block="Resume"),
        terminal=True,
        flow_types=frozenset({CW, OW, AW, CQ}),
    ),
    ActionType(
        name="InvokeFlowModule",
        shape=Shape(
            block="InvokeFlowModule",
            result=Result(operators=EQUALS),
            required=NO_MATCHING_ERROR,
            # Exports of older consoles lack it; the service asks for it today.
            optional=NO_MATCHING_CONDITION,
        ),
        parameters=(dynamic("FlowModuleId", required=True), structure("Input")),
    ),
    ActionType(
        name="EndFlowModuleExecution",
        shape=Shape(block="Return"),
        parameters=(static("Result"), structure("ResultData")),
        terminal=True,
        flow_types=frozenset({MOD}),
    ),
    ActionType(
        name="UpdateFlowAttributes",
        shape=Shape(block="SetAttributes", required=NO_MATCHING_ERROR),
        parameters=(structure("FlowAttributes", required=True), dynamic("FlowAttributes.*.Value")),
    ),
    ActionType(
        name="UpdateFlowLoggingBehavior",
        shape=Shape(block="SetLoggingBehavior", forbidden=frozenset({"*"})),
        parameters=(static("FlowLoggingBehavior", "Enabled", "Disabled", required=True),),
    ),
    ActionType(
        name="CheckOutboundCallStatus",
        shape=Shape(
            block="CheckCallProgress",
            result=Result(operators=EQUALS, values=("CallAnswered", "VoicemailBeep", "VoicemailNoBeep", "NotDetected")),
            required=NO_MATCHING_ERROR,
        ),
        effects=VOICE_ONLY,
    ),
    ActionType(
        name="StartVoiceIdStream",
        shape=Shape(block="SetVoiceId", optional=NO_MATCHING_ERROR),
        effects=VOICE_ONLY,
        status=Status.ENDED,
    ),
    ActionType(
        name="CheckVoiceId",
        shape=Shape(
            block="CheckVoiceId",
            result=Result(
                operators=EQUALS,
                values=(
                    "Enrolled",
                    "NotEnrolled",
                    "OptedOut",
                    "Authenticated",
                    "NotAuthenticated",
                    "Inconclusive",
                    "HighRisk",
                    "LowRisk",
                ),
            ),
            optional=BOTH,
        ),
        parameters=(static("CheckVoiceIdOption", "enrollmentStatus", "voiceAuthentication", "fraudDetection"),),
        effects=VOICE_ONLY,
        status=Status.ENDED,
    ),
    ActionType(
        name="CheckSegmentMembership",
        shape=Shape(result=Result(operators=EQUALS), optional=BOTH),
        # Journey flows have it; ordinary flows with it are refused.
        flow_types=frozenset({CMP}),
        status=Status.REFUSED,
    ),
)
