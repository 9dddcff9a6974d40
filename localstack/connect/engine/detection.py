"""Answering machine detection of calls that we place: what is found, and when (2.2, 6.3, 12). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from localstack.connect.engine import times
from localstack.connect.engine.plan import Answer, Callee

HUMAN, BEEP, NO_BEEP = "HUMAN_ANSWERED", "VOICEMAIL_BEEP", "VOICEMAIL_NO_BEEP"
RESULTS: Mapping[str, str] = {HUMAN: "CallAnswered", BEEP: "VoicemailBeep", NO_BEEP: "VoicemailNoBeep"}
NOT_DETECTED = "NotDetected"
"""CheckOutboundCallStatus says so of everything else."""
STATUSES: Mapping[Answer, str] = {
    "answer": HUMAN,
    "voicemail": BEEP,
    "voicemail-no-beep": NO_BEEP,
    "unclear": "AMD_UNRESOLVED",
    "fax": "FAX_MACHINE_DETECTED",
    "no-answer": "AMD_UNANSWERED",
    "busy": "SIT_TONE_BUSY",
    "invalid": "SIT_TONE_INVALID_NUMBER",
}
MACHINES = frozenset({"voicemail", "voicemail-no-beep"})
PERSON_GREETS_S = 1.0


@dataclass(slots=True)
class Detection:
    """What is listened for on one call, and what was found. With `awaits_prompt` a machine may speak to its end."""

    awaits_prompt: bool = False
    status: str | None = None
    greeting: tuple[datetime, datetime] | None = None

    def decide(self, answer: Answer, callee: Callee, answered_at: datetime, listens_s: float) -> float:
        """Find out who has answered; so many seconds later it is known.

        The beep of a machine is heard only by those who await the end of its greeting (AG/check-call-progress).
        """
        hears_beep = self.awaits_prompt or answer != "voicemail"
        self.status = STATUSES[answer] if hears_beep else NO_BEEP
        greets_s = callee.greeting_s if answer in MACHINES else PERSON_GREETS_S
        self.greeting = (answered_at, times.later(answered_at, greets_s))
        return max(listens_s, greets_s) if self.awaits_prompt and answer in MACHINES else listens_s

    def unreached(self, answer: Answer) -> None:
        """Nobody was reached."""
        self.status = STATUSES[answer]

    @property
    def result(self) -> str:
        """The result of CheckOutboundCallStatus."""
        return RESULTS.get(self.status or "", NOT_DETECTED)
