"""Live media of the customer, and messages that a function processes (2.3)."""

import hashlib

from localstack.connect.engine import times
from localstack.connect.engine.document import text
from localstack.connect.engine.effects import Done, failed
from localstack.connect.engine.interpreter import FlowRun
from localstack.connect.engine.parts import MediaStream
from localstack.connect.engine.registry import Parameters, action, cannot
from localstack.connect.engine.settings import Settings

FRAGMENT_DIGITS = 47
"""Kinesis Video Streams numbers fragments with that many."""


@cannot("UpdateContactMediaStreamingBehavior")
def _other_media(parameters: Parameters, _settings: Settings) -> str | None:
    kind = text(parameters.get("MediaStreamType")) or "Audio"
    others = [one for one in parameters.get("Participants") or () if text(one.get("ParticipantType")) != "Customer"]
    if kind != "Audio":
        return f"MediaStreamType {kind} is not published"
    return "only the customer's media are streamed" if others else None


@action("UpdateContactMediaStreamingBehavior")
def stream_media(run: FlowRun, parameters: Parameters) -> Done:
    """Start or stop the stream of the customer's audio. There is no sound in it; its numbers are real."""
    contact, now = run.contact, run.world.now
    running = contact.media_stream is not None and contact.media_stream.stopped_at is None
    match text(parameters.get("MediaStreamingState")):
        case "Disabled":
            if contact.media_stream is not None and running:
                contact.media_stream.stopped_at = now
        case "Enabled" if not running:
            contact.media_stream = _started(run)
        case "Enabled":
            pass
        case state:
            why = f"MediaStreamingState is {state!r}"
            raise failed(why)
    return Done()


def _started(run: FlowRun) -> MediaStream:
    """A stream under the instance's prefix. Raises ActionFailed when live media streaming is off."""
    contact, instance = run.contact, run.contact.instance
    storage = instance.storage.get("MEDIA_STREAMS")
    if storage is None or storage.storage_type != "KINESIS_VIDEO_STREAM":
        why = "the instance has no storage configuration for MEDIA_STREAMS"
        raise failed(why)
    name = f"{storage.prefix}-connect-{instance.alias}-contact-{contact.id}"
    created_ms = times.epoch_ms(run.world.now)
    arn = f"arn:aws:kinesisvideo:{instance.region}:{instance.account}:stream/{name}/{created_ms}"
    number = int(hashlib.sha256(f"{arn}/fragment".encode()).hexdigest(), 16) % 10 ** (FRAGMENT_DIGITS - 1)
    fragment = f"9{number:0{FRAGMENT_DIGITS - 1}d}"
    return MediaStream(arn=arn, fragment=fragment, started_at=run.world.now)
