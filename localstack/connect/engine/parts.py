"""What a contact is made of: its states, its stays in queues, its recordings, and the lines of its transcript."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from localstack.connect.directory import Queue
from localstack.connect.engine import times


class State(StrEnum):
    """Where a contact is, as the control API tells it."""

    SCHEDULED = "scheduled"
    DIALING = "dialing"
    CONNECTING = "connecting"
    FLOW = "flow"
    AWAITING = "awaiting-input"
    QUEUED = "queued"
    RINGING = "ringing"
    CONNECTED = "connected"
    PAUSED = "paused"
    ENDED = "ended"


class Outcome(StrEnum):
    """How a visit to a queue ended. Every visit ends in exactly one way."""

    ANSWERED = "answered"
    PAUSED = "paused"
    ABANDONED = "abandoned"
    TRANSFERRED = "transferred"


@dataclass(slots=True)
class Visit:
    """A stay in a queue."""

    queue: Queue
    enqueued_at: datetime
    left_at: datetime | None = None
    outcome: Outcome | None = None

    def leave(self, at: datetime, outcome: Outcome) -> None:
        """End the visit; a second end is a defect of the engine."""
        if self.outcome is not None:
            msg = f"the visit ended already: {self.outcome}"
            raise RuntimeError(msg)
        self.left_at, self.outcome = at, outcome


@dataclass(slots=True)
class Break:
    """A time for which a task was paused."""

    started_at: datetime
    with_agent: bool
    """An agent had the task."""
    ended_at: datetime | None = None


@dataclass(slots=True)
class Recording:
    """One recording: `ivr` ones cover flows, the others the conversation. `location` is bucket/key once stored.

    The transcript of a chat counts as one, too (`media` CHAT).
    """

    started_at: datetime
    ivr: bool
    location: str = ""
    ended_at: datetime | None = None
    media: str = "AUDIO"


@dataclass(slots=True, kw_only=True)
class MediaStream:
    """Live media of the customer in a Kinesis video stream (2.3). `fragment` is the number of the first piece."""

    arn: str
    fragment: str
    started_at: datetime
    stopped_at: datetime | None = None

    def facts(self) -> dict[str, str | None]:
        """As references and functions see it: epoch milliseconds as text (3, 4.1)."""
        stopped = self.stopped_at
        return {
            "StreamARN": self.arn,
            "StartTimestamp": str(times.epoch_ms(self.started_at)),
            "StopTimestamp": str(times.epoch_ms(stopped)) if stopped else None,
            "StartFragmentNumber": self.fragment,
        }


class Told(NamedTuple):
    """One line of the transcript. A named tuple, because a contact has dozens."""

    n: int
    at: datetime
    kind: str
    text: str
    facts: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """The line as the control API gives it."""
        return {"n": self.n, "at": times.micros(self.at), "kind": self.kind, "text": self.text, **self.facts}
