"""What is recorded (2.3, 9)."""

from collections.abc import Mapping
from typing import Any

from localstack.connect.engine.document import flag
from localstack.connect.engine.effects import ActionFailed, Done
from localstack.connect.engine.interpreter import FlowRun
from localstack.connect.engine.registry import Parameters, action


@action("UpdateContactRecordingBehavior")
def set_recording(run: FlowRun, parameters: Parameters) -> Done:
    """Older form: who is recorded once joined, and whether the flow is recorded from here on."""
    _apply(run, parameters.get("RecordingBehavior") or {})
    if "AnalyticsBehavior" in parameters:
        _analyse(run, parameters["AnalyticsBehavior"] or {})
    return Done()


@action("UpdateContactRecordingAndAnalyticsBehavior")
def set_recording_and_analytics(run: FlowRun, parameters: Parameters) -> Done:
    """Newer form; a voice contact takes the voice part only."""
    voice = parameters.get("VoiceBehavior")
    if voice is None and "ScreenRecordingBehavior" not in parameters:
        error, why = "ChannelMismatch", "there is no behaviour for a voice contact"
        raise ActionFailed(error, why)
    _apply(run, (voice or {}).get("VoiceRecordingBehavior") or {})
    _analyse(run, (voice or {}).get("VoiceAnalyticsBehavior") or {})
    return Done()


def _analyse(run: FlowRun, behaviour: Mapping[str, Any]) -> None:
    """Whether the conversation is analysed; a change is told."""
    wanted = flag(behaviour.get("Enabled"))
    if wanted != run.contact.analytics:
        run.contact.analytics = wanted
        run.world.reporter.data_updated(run.contact, "ContactLens.ConversationalAnalytics.Configuration")


def _apply(run: FlowRun, behaviour: Mapping[str, Any]) -> None:
    if "RecordedParticipants" in behaviour:
        run.contact.recorded = tuple(behaviour["RecordedParticipants"] or ())
    ivr = behaviour.get("IVRRecordingBehavior")
    if ivr == "Enabled":
        run.world.recorder.start_ivr(run.contact)
    elif ivr == "Disabled":
        run.world.recorder.stop(run.contact)
