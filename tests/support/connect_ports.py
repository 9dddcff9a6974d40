"""In-process fakes of the engine's ports: functions that answer as told, and a cloud that keeps what is delivered.

Everything that a world hands over is held to its schema here, in every test that has a world.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from localstack.connect import schemas
from localstack.connect.engine.ports import (
    Datum,
    File,
    Invocation,
    LambdaReply,
    Place,
    Ports,
    StoredObject,
    StreamRecord,
)
from tests.support.schema_checks import hold

RECORDS = "arn:aws:kinesis:us-east-1:000000000000:stream/records"
AGENT_EVENTS = "arn:aws:kinesis:us-east-1:000000000000:stream/agents"
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:"

Answer = Mapping[str, Any] | str | LambdaReply | Callable[[Mapping[str, Any]], Any]


@dataclass
class FakeLambdas:
    """Answers by function name: a map, raw text, a ready reply, or a function of the event; lists answer in turn."""

    answers: dict[str, Answer | list[Answer]] = field(default_factory=dict)
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def start(self, asked: Invocation) -> Future[LambdaReply]:
        name = asked.name
        given = json.loads(json.dumps(asked.event))
        hold("lambda_event", [given])
        self.events.append((name, given))
        answer = self.answers.get(name, LambdaReply("refused", detail="no such function"))
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if callable(answer):
            answer = answer(given)
        future: Future[LambdaReply] = Future()
        future.set_result(_reply(answer))
        return future


def _reply(answer: Any) -> LambdaReply:
    if isinstance(answer, LambdaReply):
        return answer
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return LambdaReply("ok", text.encode(), real_ms=1.0)


@dataclass
class FakeCloud:
    """Keeps what is delivered. `refusals` makes the next so many batches fail.

    What is `real` keeps its schema; `odd` contact events keep that of AWS's samples.
    """

    records: list[dict[str, Any]] = field(default_factory=list)
    agent_events: list[dict[str, Any]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    objects: dict[str, bytes] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)
    data: list[Datum] = field(default_factory=list)
    refusals: int = 0
    real: bool = True
    odd: bool = False
    no_objects: bool = False

    def hold(self, name: schemas.Name, documents: Sequence[Any]) -> None:
        if self.real:
            hold(name, documents)

    def refuse(self) -> bool:
        self.refusals -= 1
        return self.refusals >= 0


class FakeStreams:
    def __init__(self, cloud: FakeCloud) -> None:
        self.cloud = cloud

    def put(self, place: Place, stream_arn: str, records: Sequence[StreamRecord]) -> Sequence[int]:
        del place
        if self.cloud.refuse():
            return range(len(records))
        documents = [json.loads(record.data) for record in records]
        if stream_arn == RECORDS:
            self.cloud.hold("contact_record", documents)
            self.cloud.records.extend(documents)
        else:
            self.cloud.hold("agent_event", documents)
            self.cloud.agent_events.extend(documents)
        self.cloud.raw.extend(record.data for record in records)
        return []


class FakeBus:
    def __init__(self, cloud: FakeCloud) -> None:
        self.cloud = cloud

    def put(self, place: Place, events: Sequence[dict[str, Any]]) -> Sequence[int]:
        del place
        self.cloud.hold("contact_event_tolerant" if self.cloud.odd else "contact_event", events)
        self.cloud.events.extend(events)
        return []


class FakeObjects:
    def __init__(self, cloud: FakeCloud) -> None:
        self.cloud = cloud

    def put(self, place: Place, stored: StoredObject) -> bool:
        del place
        if self.cloud.no_objects:
            return False
        self.cloud.hold("object_key", [stored.key])
        self.cloud.objects[f"{stored.bucket}/{stored.key}"] = stored.data
        return True


class FakeFiles:
    """Addresses are bucket and key; whoever uploads puts the file into `FakeCloud.objects`."""

    def __init__(self, cloud: FakeCloud) -> None:
        self.cloud = cloud

    def upload_url(self, place: Place, file: File, expires_s: int) -> str:
        del place, expires_s
        return f"https://files.invalid/{file.bucket}/{file.key}"

    def download_url(self, place: Place, file: File, expires_s: int, disposition: str) -> str:
        return f"{self.upload_url(place, file, expires_s)}?{disposition}"

    def size_bytes(self, place: Place, file: File) -> int | None:
        del place
        found = self.cloud.objects.get(f"{file.bucket}/{file.key}")
        return None if found is None else len(found)

    def fetch(self, url: str) -> bytes:
        found = self.cloud.objects.get(url.removeprefix("https://files.invalid/"))
        if found is None:
            msg = f"there is nothing at {url}"
            raise ValueError(msg)
        return found

    def delete(self, place: Place, file: File) -> None:
        del place
        self.cloud.objects.pop(f"{file.bucket}/{file.key}", None)


class FakeLogs:
    def __init__(self, cloud: FakeCloud) -> None:
        self.cloud = cloud

    def put(self, place: Place, group: str, lines: Sequence[tuple[int, str]]) -> bool:
        del place, group
        documents = [json.loads(line) for _, line in lines]
        self.cloud.hold("flow_log", documents)
        self.cloud.lines.extend(documents)
        return True


class FakeCloudWatch:
    def __init__(self, cloud: FakeCloud) -> None:
        self.cloud = cloud

    def put(self, place: Place, data: Sequence[Datum]) -> bool:
        del place
        self.cloud.data.extend(data)
        return True


def fake_ports(lambdas: FakeLambdas, cloud: FakeCloud) -> Ports:
    """All ports over these fakes."""
    return Ports(
        lambdas=lambdas,
        streams=FakeStreams(cloud),
        bus=FakeBus(cloud),
        objects=FakeObjects(cloud),
        files=FakeFiles(cloud),
        logs=FakeLogs(cloud),
        cloudwatch=FakeCloudWatch(cloud),
    )
