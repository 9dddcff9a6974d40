"""Ports: all that the engine needs from outside. `adapters` talks to a cloud; tests have in-process fakes."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

LambdaStatus = Literal["ok", "function-error", "throttled", "timeout", "refused"]


@dataclass(frozen=True, slots=True)
class Place:
    """Account and region that a delivery or an invocation belongs to."""

    account: str
    region: str


@dataclass(frozen=True, slots=True)
class Invocation:
    """A function to invoke, which may take `limit_s` seconds.

    `event` is a JSON object, parts of which belong to the contact: it is only read. With a `source_arn` the function
    must allow connect.amazonaws.com to invoke it for that instance (4.3).
    """

    place: Place
    function_arn: str
    event: Mapping[str, Any]
    limit_s: float
    source_arn: str = ""
    asynchronous: bool = False

    @property
    def name(self) -> str:
        """The function's name, without version or alias; what is no ARN is a name."""
        return self.function_arn.partition(":function:")[2].partition(":")[0] or self.function_arn


@dataclass(frozen=True, slots=True)
class LambdaReply:
    """What came of one invocation. `detail` says in words what went wrong, "" when nothing did."""

    status: LambdaStatus
    payload: bytes = b""
    detail: str = ""
    real_ms: float = 0.0
    answer: Mapping[str, str] | None = None
    """A flat answer from this process, which need not be written to be read again; it stands for the payload."""


@dataclass(frozen=True, slots=True)
class StreamRecord:
    """One record for a Kinesis stream."""

    partition_key: str
    data: bytes


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object for a bucket; `instance_id` is the instance whose it is."""

    bucket: str
    key: str
    data: bytes
    content_type: str
    kms_key_arn: str = ""
    instance_id: str = ""


class Lambdas(Protocol):
    """Invokes functions. The answer never raises: every failure is a `LambdaReply` with its status."""

    def start(self, asked: Invocation) -> Future[LambdaReply] | LambdaReply:
        """Begin an invocation; an asynchronous one is answered once it is taken.

        What has the reply already gives it as it is.
        """
        ...


class Streams(Protocol):
    """Kinesis data streams."""

    def put(self, place: Place, stream_arn: str, records: Sequence[StreamRecord]) -> Sequence[int]:
        """Write records (at most 500); answers the positions of those that were not taken."""
        ...


class EventBus(Protocol):
    """The default event bus of an account."""

    def put(self, place: Place, events: Sequence[dict[str, Any]]) -> Sequence[int]:
        """Publish events in the shape of section 8.1; answers the positions of those that were not taken."""
        ...


class Objects(Protocol):
    """S3 buckets."""

    def put(self, place: Place, stored: StoredObject) -> bool:
        """Store an object; False when it was not taken."""
        ...


@dataclass(frozen=True, slots=True)
class File:
    """An object that somebody outside puts into a bucket and gets out of it."""

    bucket: str
    key: str
    content_type: str


class Files(Protocol):
    """S3 buckets as those outside reach them: by addresses that need no credentials, for some seconds."""

    def upload_url(self, place: Place, file: File, expires_s: int) -> str:
        """Where to PUT the file."""
        ...

    def download_url(self, place: Place, file: File, expires_s: int, disposition: str) -> str:
        """Where to GET it; `disposition` is what the answer then says of itself (RFC 6266)."""
        ...

    def size_bytes(self, place: Place, file: File) -> int | None:
        """How large it is; None when it is not there."""
        ...

    def fetch(self, url: str) -> bytes:
        """What stands at an address of this cloud. Raises ValueError, saying why, when it cannot be had."""
        ...

    def delete(self, place: Place, file: File) -> None:
        """Take the file away; one that is not there is no reason to fail."""
        ...


class Logs(Protocol):
    """CloudWatch Logs, best effort."""

    def put(self, place: Place, group: str, lines: Sequence[tuple[int, str]]) -> bool:
        """Write (epoch milliseconds, text) lines; False when they were not taken."""
        ...


@dataclass(frozen=True, slots=True)
class Datum:
    """One value of a metric of the namespace AWS/Connect, for the minute that begins at `at`."""

    name: str
    dimensions: tuple[tuple[str, str], ...]
    at: datetime
    value: float
    unit: Literal["Count", "Seconds", "Percent"]


class CloudWatch(Protocol):
    """CloudWatch metrics, best effort."""

    def put(self, place: Place, data: Sequence[Datum]) -> bool:
        """Publish values; False when they were not taken."""
        ...


class Unwatched:
    """Metrics that nobody keeps."""

    def put(self, place: Place, data: Sequence[Datum]) -> bool:
        """Forget them."""
        del place, data
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """All ports of one world."""

    lambdas: Lambdas
    streams: Streams
    bus: EventBus
    objects: Objects
    logs: Logs
    cloudwatch: CloudWatch = field(default_factory=Unwatched)
    files: Files | None = None
    """None where nobody attaches files to chats."""
