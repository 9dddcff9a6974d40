"""Recordings: a short real WAV object under the documented key (9)."""

import array
import functools
import io
import math
import wave
from typing import TYPE_CHECKING

from localstack.connect.engine import keys
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.parts import Recording
from localstack.connect.engine.ports import StoredObject
from localstack.connect.engine.reporter import place_of

if TYPE_CHECKING:
    from localstack.connect.engine.world import World

RATE_HZ = 8000
SECONDS = 1


class Recorder:
    """Starts and stops recordings, and stores them when the contact is over."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def start_ivr(self, contact: Contact) -> None:
        """Record what the caller hears and says in flows; switching on again goes on with the same recording."""
        if not any(recording.ivr for recording in contact.recordings):
            self._start(contact, ivr=True, text="What the caller hears and says is recorded")

    def start_conversation(self, contact: Contact) -> None:
        """Record the conversation, if the flow asked for it."""
        self.stop(contact)
        if contact.recorded:
            self._start(contact, ivr=False, text=f"The conversation is recorded: {_sides(contact)}")

    def stop(self, contact: Contact) -> None:
        """End whatever is being recorded."""
        for recording in contact.recordings:
            recording.ended_at = recording.ended_at or self._world.now

    def store(self, contact: Contact) -> None:
        """Store the recordings of a contact that is over; without a storage config there are none."""
        self.stop(contact)
        storage = contact.instance.storage.get("CALL_RECORDINGS")
        if storage is None or storage.storage_type != "S3" or not storage.bucket:
            contact.recordings.clear()
            return
        place = place_of(contact.instance)
        for recording in contact.recordings:
            key = object_key(storage.prefix, contact.id, recording)
            recording.location = f"{storage.bucket}/{key}"
            self._world.outbox.store(
                place, StoredObject(storage.bucket, key, sound(), "audio/wav", storage.kms_key_arn, contact.instance.id)
            )

    def _start(self, contact: Contact, *, ivr: bool, text: str) -> None:
        contact.recordings.append(Recording(self._world.now, ivr))
        contact.tell(self._world.now, "recording", text, ivr=ivr)


def _sides(contact: Contact) -> str:
    return " and ".join({"Agent": "the agent", "Customer": "the caller"}.get(one, one) for one in contact.recorded)


def object_key(prefix: str, contact_id: str, recording: Recording) -> str:
    """CallRecordings/YYYY/MM/DD/<contactId>_YYYYMMDDThh:mm_UTC.wav below the prefix; the day is that of the start."""
    kind = "CallRecordings/ivr" if recording.ivr else "CallRecordings"
    return keys.dated(prefix, kind, contact_id, recording.started_at, "wav")


@functools.cache
def sound() -> bytes:
    """One second of WAV: stereo, 8 kHz, 16 bit; the customer (left) a low tone, the agent (right) a higher one."""
    samples = array.array("h")
    for n in range(RATE_HZ * SECONDS):
        samples.append(int(6000 * math.sin(2 * math.pi * 330 * n / RATE_HZ)))
        samples.append(int(6000 * math.sin(2 * math.pi * 440 * n / RATE_HZ)))
    written = io.BytesIO()
    with wave.open(written, "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(samples.tobytes())
    return written.getvalue()
