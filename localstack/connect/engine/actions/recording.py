"""What is recorded (2.3, 9)."""

from collections.abc import Mapping
from typing import Any

from localstack.connect.engine.document import flag
from localstack.connect.engine.effects import DONE, ActionFailed, Done
from localstack.connect.engine.interpreter import FlowRun
from localstack.connect.engine.registry import Parameters, action

BEHAVIOURS: Mapping[str, str] = {"VoiceBehavior": "VoiceAnalyticsBehavior", "ChatBehavior": "ChatAnalyticsBehavior"}
"""The parts of the newer form, and where each says whether the conversation is analysed."""


@action("UpdateContactRecordingBehavior")
def set_recording(run: FlowRun, parameters: Parameters) -> Done:
    """Older form: who is recorded once joined, and whether the flow is recorded from here on."""
    _apply(run, parameters.get("RecordingBehavior") or {})
    if "AnalyticsBehavior" in parameters:
        _analyse(run, parameters["AnalyticsBehavior"] or {})
    return DONE


@action("UpdateContactRecordingAndAnalyticsBehavior")
def set_recording_and_analytics(run: FlowRun, parameters: Parameters) -> Done:
    """Newer form, with the part of the contact's channel; another channel's part is a mismatch (2.6)."""
    kind = next((name for name in BEHAVIOURS if name in parameters), None)
    if kind is None and "ScreenRecordingBehavior" not in parameters:
        error, why = "ChannelMismatch", f"there is no behaviour for a {run.contact.channel} contact"
        raise ActionFailed(error, why)
    behaviour: Mapping[str, Any] = parameters.get(kind or "") or {}
    _apply(run, behaviour.get("VoiceRecordingBehavior") or {})
    _analyse(run, behaviour.get(BEHAVIOURS.get(kind or "", "")) or {})
    return DONE


def _analyse(run: FlowRun, behaviour: Mapping[str, Any]) -> None:
    """Whether the conversation is analysed; a change is told."""
    wanted = flag(behaviour.get("Enabled"))
    if wanted != run.contact.analytics:
        run.contact.analytics = wanted
        run.world.reporter.data_updated(run.contact, "ContactLens.ConversationalAnalytics.Configuration")


def _apply(run: FlowRun, behaviour: Mapping[str, Any]) -> None:
    """Who is recorded; only what is spoken can be. What is written is kept anyhow (9)."""
    if run.contact.channel != "VOICE":
        return
    if "RecordedParticipants" in behaviour:
        run.contact.recorded = tuple(behaviour["RecordedParticipants"] or ())
    ivr = behaviour.get("IVRRecordingBehavior")
    if ivr == "Enabled":
        run.world.recorder.start_ivr(run.contact)
    elif ivr == "Disabled":
        run.world.recorder.stop(run.contact)
