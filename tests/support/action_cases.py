"""How each action type of the catalogue succeeds, and what makes it take each of its errors."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from localstack.connect.engine.plan import Callee, Choose, Deed, Press, Say
from tests.support.connect_ports import FUNCTION
from tests.support.connect_world import CALLER, arn, identifier

ASSISTANT = "arn:aws:wisdom:us-east-1:000000000000:assistant/a-1"
KNOWN: dict[str, Any] = {
    "bots": [
        {"name": "b", "aliases": ["bot"], "locales": {"en_US": {"intents": [{"name": "Help", "utterances": ["help"]}]}}}
    ],
    "profiles": [
        {
            "id": "p",
            "fields": {"PhoneNumber": CALLER, "City": "Ningbo"},
            "objects": {"Order": [{"n": "1"}]},
            "calculated": {"c": "1"},
        },
        {"id": "q", "fields": {"City": "Ningbo"}},
    ],
    "cases": {
        "cases": [{"id": "c", "fields": {"title": "x"}}, {"id": "d", "fields": {"title": "x"}}],
        "most_related_items": 0,
    },
    "views": {"v": {"actions": ["Next"]}},
    "tables": [{"id": "t", "name": "t", "primary": ["k"], "rows": [{"k": "1", "v": "2"}]}],
}
UNSET = "$.Attributes.unset"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """How a type succeeds, and what makes it take each of its errors (other parameters, or another script)."""

    good: Mapping[str, Any] = field(default_factory=dict)
    script: tuple[Deed, ...] = ()
    result: str = ""
    operator: str = "Equals"
    errors: Mapping[str, "Case"] = field(default_factory=dict)
    queue: str = "support"
    channel: str = ""
    third_party: Callee = field(default_factory=lambda: Callee(talk_s=5.0))


def case(good: Mapping[str, Any] | None = None, *script: Deed, **more: Any) -> Case:
    errors = {name: one if isinstance(one, Case) else Case(good=one) for name, one in more.pop("errors", {}).items()}
    return Case(good=good or {}, script=script, errors=errors, **more)


def bad(good: Mapping[str, Any], **change: Any) -> dict[str, Any]:
    return {**good, **change}


MENU = {"Text": "1?", "InputTimeLimitSeconds": "5"}
STORE = {**MENU, "StoreInput": "True", "InputValidation": {"PhoneNumberValidation": {"NumberFormat": "E164"}}}
BOT = {"Text": "Yes?", "LexV2Bot": {"AliasArn": "bot"}}
VIEW = {"ViewResource": {"Id": "v"}, "InvocationTimeLimitSeconds": "30"}
QUEUE = {"QueueId": arn("queue", "support")}
CALLBACK = {**QUEUE, "InitialCallDelaySeconds": "5", "MaximumConnectionAttempts": "1", "RetryDelaySeconds": "5"}
DIAL = {
    "ThirdPartyPhoneNumber": "+862155360188",
    "ThirdPartyConnectionTimeLimitSeconds": "30",
    "ContinueFlowExecution": "True",
}
RECORD = {"VoiceBehavior": {"VoiceRecordingBehavior": {"RecordedParticipants": ["Agent", "Customer"]}}}
MEDIA = {
    "MediaStreamingState": "Enabled",
    "MediaStreamType": "Audio",
    "Participants": [{"ParticipantType": "Customer"}],
}
MESSAGE = {
    "SourceEndpoint": {"Address": identifier("sms")},
    "DestinationEndpoint": {"Address": "+8613800000002"},
    "ContactFlowArn": arn("contact-flow", "other"),
    "ContactSubtype": "connect:SMS",
}
LINKED = {"LinkContactToCase": "true"}
APART = {"LinkContactToCase": "false"}
ASK = {"LambdaFunctionARN": f"{FUNCTION}decide", "InvocationTimeLimitSeconds": "3"}
ROW = {"Name": "q", "PrimaryValues": [{"AttributeName": "k", "Value": "1"}], "Attributes": {"v": "3"}}
TABLE = {"DataTableId": "t", "Queries": [ROW]}
CRITERION = {"Name": "skill", "Value": "x", "ProficiencyLevel": "1", "ComparisonOperator": "NumberGreaterOrEqualTo"}
CRITERIA = {"RoutingCriteria": {"Steps": [{"Expression": {"AttributeCondition": CRITERION}}]}}


def profile(request: Mapping[str, Any]) -> dict[str, Any]:
    return {"ProfileRequestData": dict(request), "ProfileResponseData": []}


CASES: Mapping[str, Case] = {
    "MessageParticipant": case({"Text": "Hello"}, errors={"NoMatchingError": {"Text": UNSET}}),
    "GetParticipantInput": case(
        MENU,
        Press("1"),
        result="1",
        errors={
            "NoMatchingCondition": case(MENU, Press("9"), result="1"),
            "InputTimeLimitExceeded": case(MENU, result="1"),
            "NoMatchingError": bad(MENU, InputTimeLimitSeconds="x"),
            "InvalidPhoneNumber": case(STORE, Press("12#")),
        },
    ),
    "ConnectParticipantWithLexBot": case(
        BOT,
        Say("help"),
        result="Help",
        errors={
            "NoMatchingCondition": case(BOT, Say("song of the sea"), result="Help"),
            "NoMatchingError": bad(BOT, LexV2Bot={"AliasArn": "none"}),
            "InputTimeLimitExceeded": case(bad(BOT, LexTimeoutSeconds={"Text": "60"}), channel="CHAT"),
        },
    ),
    "DisconnectParticipant": case(),
    "MessageParticipantIteratively": case(
        {"Messages": [{"Text": "Hold"}], "InterruptFrequencySeconds": "30"},
        result="MessagesInterrupted",
        errors={"NoMatchingError": {"Messages": [{"Text": UNSET}], "InterruptFrequencySeconds": "30"}},
    ),
    "ShowView": case(
        VIEW,
        Choose("Next"),
        result="Next",
        errors={
            "NoMatchingCondition": case(VIEW, Choose("Next"), result="Other"),
            "TimeLimitExceeded": case(VIEW, result="Next"),
            "NoMatchingError": bad(VIEW, ViewResource={"Id": "none"}),
        },
    ),
    "AuthenticateParticipant": case(
        {}, Choose("Authenticated"), errors={"NoMatchingError": case({}, Choose("Declined"))}
    ),
    "LoadContactContent": case(),
    "Compare": case(
        {"ComparisonValue": "$.Channel"},
        result="",
        operator="TextStartsWith",
        errors={"NoMatchingCondition": case({"ComparisonValue": UNSET}, result="x")},
    ),
    "CheckHoursOfOperation": case({}, result="True", errors={"NoMatchingError": {"HoursOfOperationId": "none"}}),
    "CheckMetricData": case(
        {"MetricType": "NumberOfContactsInQueue"},
        result="100",
        operator="NumberLessThan",
        errors={
            "NoMatchingError": {"MetricType": "NumberOfContactsInQueue", "QueueId": "none"},
            "NoMatchingCondition": case({"MetricType": "NumberOfContactsInQueue"}, result="77"),
        },
    ),
    "GetMetricData": case({}, errors={"NoMatchingError": {"QueueId": "none"}}),
    "DistributeByPercentage": case(
        {},
        result="101",
        operator="NumberLessThan",
        errors={"NoMatchingCondition": case({}, result="1", operator="NumberLessThan")},
    ),
    "Loop": case({"LoopCount": "1"}, result="ContinueLooping", errors={"NoMatchingError": {"LoopCount": "many"}}),
    "Wait": case(
        {"TimeLimitSeconds": "5"},
        result="WaitCompleted",
        errors={
            "NoMatchingError": {"TimeLimitSeconds": UNSET},
            "ParticipantNotFound": case(
                {"TimeLimitSeconds": "5", "Events": ["BotParticipantDisconnected"]}, channel="CHAT"
            ),
        },
    ),
    "TransferToFlow": case(
        {"ContactFlowId": arn("contact-flow", "other")}, errors={"NoMatchingError": {"ContactFlowId": UNSET}}
    ),
    "EndFlowExecution": case(),
    "InvokeFlowModule": case(
        {"FlowModuleId": arn("flow-module", "m")},
        result="gold",
        errors={
            "NoMatchingError": {"FlowModuleId": UNSET},
            "NoMatchingCondition": case({"FlowModuleId": arn("flow-module", "m")}, result="silver"),
        },
    ),
    "EndFlowModuleExecution": case({"Result": "gold"}),
    "UpdateFlowAttributes": case(
        {"FlowAttributes": {"a": {"Value": "x"}}},
        errors={"NoMatchingError": {"FlowAttributes": {"a": {"Value": "x" * 33_000}}}},
    ),
    "UpdateFlowLoggingBehavior": case({"FlowLoggingBehavior": "Enabled"}),
    "CheckOutboundCallStatus": case({}, result="CallAnswered", errors={"NoMatchingError": {}}),
    "StartVoiceIdStream": case(errors={"NoMatchingError": {}}),
    "CheckVoiceId": case({"CheckVoiceIdOption": "enrollmentStatus"}, errors={"NoMatchingError": {}}),
    "UpdateContactAttributes": case(
        {"Attributes": {"a": "x"}}, errors={"NoMatchingError": {"Attributes": {"a": "x" * 33_000}}}
    ),
    "UpdateContactData": case({"Name": "n"}, errors={"NoMatchingError": {"Name": UNSET}}),
    "UpdateContactTargetQueue": case(QUEUE, errors={"NoMatchingError": {"QueueId": UNSET}}),
    "TransferContactToQueue": case(
        errors={"NoMatchingError": case({}, queue=""), "QueueAtCapacity": case({}, queue="full")}
    ),
    "DequeueContactAndTransferToQueue": case(
        {"QueueId": arn("queue", "other")},
        errors={"NoMatchingError": {"QueueId": UNSET}, "QueueAtCapacity": {"QueueId": arn("queue", "full")}},
    ),
    "TransferContactToAgent": case(queue="agent"),
    "TransferParticipantToThirdParty": case(
        DIAL,
        errors={
            "NoMatchingError": bad(DIAL, ThirdPartyPhoneNumber=UNSET),
            "CallFailed": case(DIAL, third_party=Callee(answers=("busy",))),
            "ConnectionTimeLimitExceeded": bad(DIAL, ThirdPartyConnectionTimeLimitSeconds="1"),
        },
    ),
    "CompleteOutboundCall": case(),
    "CreateTask": case(
        {"ContactFlowId": arn("contact-flow", "other"), "Name": "n"},
        errors={"NoMatchingError": {"ContactFlowId": UNSET, "Name": "n"}},
    ),
    "CreateCallbackContact": case(CALLBACK, errors={"NoMatchingError": bad(CALLBACK, QueueId=UNSET)}),
    "UpdateContactCallbackNumber": case(
        {"CallbackNumber": "$.SystemEndpoint.Address"},
        errors={"InvalidCallbackNumber": {"CallbackNumber": UNSET}},
    ),
    "UpdateContactEventHooks": case(
        {"EventHooks": {"CustomerQueue": arn("contact-flow", "other")}},
        errors={"NoMatchingError": {"EventHooks": {"CustomerQueue": UNSET}}},
    ),
    "UpdateContactRoutingBehavior": case({"QueuePriority": "1"}),
    "UpdateContactRoutingCriteria": case(CRITERIA, errors={"NoMatchingError": {"RoutingCriteria": UNSET}}),
    "UpdateContactRecordingBehavior": case({"RecordingBehavior": {"RecordedParticipants": ["Agent"]}}),
    "UpdateContactRecordingAndAnalyticsBehavior": case(RECORD),
    "UpdateContactMediaStreamingBehavior": case(
        MEDIA, errors={"NoMatchingError": bad(MEDIA, MediaStreamingState="Perhaps")}
    ),
    "UpdateContactTextToSpeechVoice": case(
        {"TextToSpeechVoice": "Joanna"}, errors={"NoMatchingError": {"TextToSpeechVoice": UNSET}}
    ),
    "UpdatePreviousContactParticipantState": case(
        {"PreviousContactParticipantState": "OffHold"}, errors={"NoMatchingError": {}}
    ),
    "TagContact": case({"Tags": {"a": "b"}}, errors={"NoMatchingError": {"Tags": {str(n): "x" for n in range(7)}}}),
    "UntagContact": case({"TagKeys": ["a"]}),
    "ResumeContact": case(),
    "CreateWisdomSession": case(
        {"WisdomAssistantArn": ASSISTANT}, errors={"NoMatchingError": {"WisdomAssistantArn": "x"}}
    ),
    "StartOutboundChatContact": case(MESSAGE, errors={"NoMatchingError": bad(MESSAGE, ContactFlowArn=UNSET)}),
    "CreateCase": case(
        {**APART, "CaseTemplateId": "any"},
        errors={
            "NoMatchingError": {**APART, "CaseTemplateId": UNSET},
            "ContactNotLinked": {**LINKED, "CaseTemplateId": "any"},
        },
    ),
    "GetCase": case(
        {**APART, "CaseRequestFields": {"case_id": "c"}},
        errors={
            "NoMatchingError": APART,
            "NoneFound": {**APART, "CaseRequestFields": {"title": "y"}},
            "MultipleFound": {**APART, "CaseRequestFields": {"title": "x"}},
            "ContactNotLinked": {**LINKED, "CaseRequestFields": {"case_id": "c"}},
        },
    ),
    "UpdateCase": case(
        {**APART, "CaseId": "c"},
        errors={"NoMatchingError": {**APART, "CaseId": "z"}, "ContactNotLinked": {**LINKED, "CaseId": "c"}},
    ),
    "InvokeLambdaFunction": case(
        ASK,
        errors={
            "NoMatchingError": bad(ASK, LambdaFunctionARN=f"{FUNCTION}missing"),
            "TimeLimitExceeded": bad(ASK, LambdaFunctionARN=f"{FUNCTION}slow"),
        },
    ),
    "CreateCustomerProfile": case(profile({"City": "x"}), errors={"NoMatchingError": profile({})}),
    "UpdateCustomerProfile": case(
        profile({"ProfileId": "p", "City": "x"}), errors={"NoMatchingError": profile({"City": "x"})}
    ),
    "GetCustomerProfile": case(
        profile({"PhoneNumber": CALLER}),
        errors={
            "NoMatchingError": profile({}),
            "NoneFoundError": profile({"City": "x"}),
            "MultipleFoundError": profile({"City": "Ningbo"}),
        },
    ),
    "GetCustomerProfileObject": case(
        profile({"ProfileId": "p", "ObjectType": "Order", "UseLatest": "true"}),
        errors={
            "NoneFoundError": profile({"ProfileId": "q", "ObjectType": "Order", "UseLatest": "true"}),
            "NoMatchingError": {"ProfileRequestData": "x"},
        },
    ),
    "GetCalculatedAttributesForCustomerProfile": case(
        profile({"ProfileId": "p"}),
        errors={"NoneFoundError": profile({"ProfileId": "q"}), "NoMatchingError": {"ProfileRequestData": "x"}},
    ),
    "AssociateContactToCustomerProfile": case(profile({"ProfileId": "p"}), errors={"NoMatchingError": profile({})}),
    "EvaluateDataTableValues": case(TABLE, errors={"NoMatchingError": bad(TABLE, DataTableId="z")}),
    "ListDataTableValues": case(
        {"DataTableId": "t", "Queries": [{"Name": "q"}]},
        errors={"NoMatchingError": {"DataTableId": "z", "Queries": []}},
    ),
    "UpsertDataTableValues": case(TABLE, errors={"NoMatchingError": bad(TABLE, DataTableId="z")}),
}
