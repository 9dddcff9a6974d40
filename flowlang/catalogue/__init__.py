"""Every action type of the flow language, as data. Synth, the linter and the emulator read the same table.

Sources: the developer guide's action pages, the admin guide's block pages, and publishing tests against the service
that others have published; see the reference material beside the project, sections 2 and 18.
"""

from collections.abc import Mapping

from flowlang.catalogue.cases import CASE_ACTIONS
from flowlang.catalogue.contact import CONTACT_ACTIONS
from flowlang.catalogue.control import CONTROL_ACTIONS
from flowlang.catalogue.interactions import INTERACTION_ACTIONS
from flowlang.catalogue.model import (
    ActionType,
    ChannelRule,
    Effect,
    Form,
    Kind,
    Parameter,
    Result,
    Shape,
    Status,
    Verdict,
)
from flowlang.catalogue.participant import PARTICIPANT_ACTIONS
from flowlang.catalogue.reaching_out import REACHING_OUT_ACTIONS

__all__ = [
    "ACTIONS",
    "MISSPELT",
    "ActionType",
    "ChannelRule",
    "Effect",
    "Form",
    "Kind",
    "Parameter",
    "Result",
    "Shape",
    "Status",
    "Verdict",
]

ACTIONS: Mapping[str, ActionType] = {
    action.name: action
    for action in (
        *PARTICIPANT_ACTIONS, *CONTROL_ACTIONS, *CONTACT_ACTIONS, *REACHING_OUT_ACTIONS, *CASE_ACTIONS,
        *INTERACTION_ACTIONS,
    )
}  # fmt: skip
"""The action types by name."""

MISSPELT: Mapping[str, str] = {
    "UnTagContact": "UntagContact",
    "UpdateRoutingCriteria": "UpdateContactRoutingCriteria",
    "CheckAttribute": "Compare",
    "SetLoggingBehavior": "UpdateFlowLoggingBehavior",
    "SetVoice": "UpdateContactTextToSpeechVoice",
    "SetAttributes": "UpdateContactAttributes",
    "SetQueue": "UpdateContactTargetQueue",
    "PlayPrompt": "MessageParticipant",
    "Disconnect": "DisconnectParticipant",
    "TransferToQueue": "TransferContactToQueue",
    "TransferContactToFlow": "TransferToFlow",
    "StartMediaStreaming": "UpdateContactMediaStreamingBehavior",
    "CheckMetric": "CheckMetricData",
    "Start": "the document's StartAction",
}
"""Names that documents and generated flows use and the service refuses, with what is meant."""
