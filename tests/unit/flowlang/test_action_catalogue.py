"""The catalogue of action types, held against itself and against what the service is known to ask for."""

import re

import pytest

from flowlang.catalogue import ACTIONS, MISSPELT, Effect, Kind, Status
from flowlang.catalogue.model import FLOW_TYPES, OPERATORS

DOCUMENTED = frozenset(
    re.findall(
        r"\w+",
        """
MessageParticipant GetParticipantInput ConnectParticipantWithLexBot DisconnectParticipant MessageParticipantIteratively
ShowView AuthenticateParticipant LoadContactContent Compare CheckHoursOfOperation CheckMetricData GetMetricData
DistributeByPercentage Loop Wait TransferToFlow EndFlowExecution UpdateFlowAttributes UpdateFlowLoggingBehavior
UpdateContactRoutingCriteria CheckOutboundCallStatus StartVoiceIdStream CheckVoiceId CheckSegmentMembership
UpdateContactAttributes UpdateContactData UpdateContactTargetQueue TransferContactToQueue
DequeueContactAndTransferToQueue TransferContactToAgent RouteContactToAgent TransferParticipantToThirdParty
CompleteOutboundCall CreateTask CreateCallbackContact UpdateContactCallbackNumber UpdateContactEventHooks
UpdateContactRoutingBehavior UpdateContactRecordingBehavior UpdateContactRecordingAndAnalyticsBehavior
UpdateContactMediaProcessing UpdateContactMediaStreamingBehavior UpdateContactTextToSpeechVoice
UpdatePreviousContactParticipantState TagContact UntagContact ResumeContact CreateWisdomSession
StartOutboundChatContact InvokeFlowModule EndFlowModuleExecution CreateCase GetCase UpdateCase InvokeLambdaFunction
CreateCustomerProfile UpdateCustomerProfile GetCustomerProfile GetCustomerProfileObject
GetCalculatedAttributesForCustomerProfile AssociateContactToCustomerProfile EvaluateDataTableValues
ListDataTableValues UpsertDataTableValues
""",
    )
)


def test_every_documented_type_is_there_and_nothing_else() -> None:
    assert ACTIONS.keys() == DOCUMENTED


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_an_entry_is_consistent(name: str) -> None:
    kind = ACTIONS[name]
    assert kind.flow_types
    assert kind.flow_types <= FLOW_TYPES
    assert kind.effects.keys() <= {"VOICE", "CHAT", "TASK", "EMAIL"}
    names = [parameter.name for parameter in kind.parameters]
    assert len(names) == len(set(names))
    for shape in (kind.shape, *(form.shape for form in kind.forms)):
        assert shape.result.operators <= OPERATORS
        assert set(shape.result.tested) <= set(shape.result.values)
        assert not shape.required & shape.forbidden
        assert not shape.required & shape.optional
        re.compile(shape.result.pattern)
        if kind.terminal:
            assert shape.required | shape.optional == frozenset()
            assert shape.result.operators == frozenset()


def test_no_misspelling_is_a_type() -> None:
    assert not MISSPELT.keys() & ACTIONS.keys()


@pytest.mark.parametrize(
    ("parameters", "block", "errors"),
    [
        ({}, "GetUserInput", {"NoMatchingCondition", "NoMatchingError", "InputTimeLimitExceeded"}),
        ({"StoreInput": "False"}, "GetUserInput", {"NoMatchingCondition", "NoMatchingError", "InputTimeLimitExceeded"}),
        ({"StoreInput": "True"}, "StoreUserInput", {"NoMatchingError"}),
        ({"StoreInput": True}, "StoreUserInput", {"NoMatchingError"}),
        (
            {"StoreInput": "True", "InputValidation": {"PhoneNumberValidation": {"NumberFormat": "E164"}}},
            "StoreUserInput",
            {"NoMatchingError", "InvalidPhoneNumber"},
        ),
    ],
)
def test_input_has_two_forms_with_their_own_branches(
    parameters: dict[str, object], block: str, errors: set[str]
) -> None:
    shape = ACTIONS["GetParticipantInput"].as_used(parameters)
    assert (shape.block, shape.required) == (block, errors)


def test_a_third_party_transfer_that_goes_on_can_fail_in_more_ways() -> None:
    kind = ACTIONS["TransferParticipantToThirdParty"]
    assert "CallFailed" in kind.as_used({"ContinueFlowExecution": "True"}).required
    assert "CallFailed" in kind.as_used({"ContinueFlowExecution": "False"}).forbidden


def test_agents_and_queues_are_checked_differently() -> None:
    kind = ACTIONS["CheckMetricData"]
    assert kind.as_used({"MetricType": "NumberOfAgentsAvailable"}).block == "CheckStaffing"
    assert kind.as_used({"MetricType": "NumberOfContactsInQueue"}).block == "CheckQueueStatus"


def test_channels_without_a_note_work() -> None:
    assert ACTIONS["Compare"].effect_on("EMAIL") is Effect.WORKS
    assert ACTIONS["MessageParticipant"].effect_on("TASK") is Effect.NOTHING
    assert ACTIONS["GetParticipantInput"].effect_on("CHAT") is Effect.ERROR


def test_priority_takes_static_values_only() -> None:
    kinds = {parameter.name: parameter.kind for parameter in ACTIONS["UpdateContactRoutingBehavior"].parameters}
    assert kinds["QueuePriority"] is Kind.STATIC


def test_what_the_service_behind_has_ended_is_marked() -> None:
    assert ACTIONS["CheckVoiceId"].status is Status.ENDED


@pytest.mark.parametrize("name", ["CheckHoursOfOperation", "CheckMetricData", "DistributeByPercentage"])
def test_a_customer_queue_flow_may_test_hours_metrics_and_chance(name: str) -> None:
    assert {"CONTACT_FLOW", "CUSTOMER_QUEUE", "AGENT_TRANSFER", "QUEUE_TRANSFER"} <= set(ACTIONS[name].flow_types)
    assert "AGENT_WHISPER" not in ACTIONS[name].flow_types
