"""An engine without a cloud: fakes of its ports, a small instance, and a way to write flows in few words."""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from localstack.connect.directory import (
    AgentStatus,
    Directory,
    Document,
    Flow,
    FlowModule,
    Hours,
    Instance,
    PhoneNumber,
    Queue,
    RoutingProfile,
    Storage,
    User,
)
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import CallPlan, Deed
from localstack.connect.engine.settings import Settings
from localstack.connect.engine.staff import Agent, Habits
from localstack.connect.engine.world import World
from localstack.connect.resources import Resource
from tests.support.connect_ports import AGENT_EVENTS, RECORDS, FakeCloud, FakeLambdas, fake_ports

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Monday 2026-03-02, 09:00 in Shanghai."""
NUMBER, CALLER = "+862155360100", "+8613800000001"
INSTANCE_ID = "11111111-1111-4111-8111-111111111111"
ARN = f"arn:aws:connect:us-east-1:000000000000:instance/{INSTANCE_ID}"


def action(
    identifier: str,
    kind: str,
    parameters: Mapping[str, Any] | None = None,
    then: str = "",
    *,
    errors: Mapping[str, str] | None = None,
    when: Mapping[str, str] | None = None,
    operator: str = "Equals",
) -> dict[str, Any]:
    """One action; `when` maps operands to targets."""
    transitions: dict[str, Any] = {
        "Errors": [{"ErrorType": error, "NextAction": target} for error, target in (errors or {}).items()],
        "Conditions": [
            {"NextAction": target, "Condition": {"Operator": operator, "Operands": [operand]}}
            for operand, target in (when or {}).items()
        ],
    }
    if then:
        transitions["NextAction"] = then
    return {"Identifier": identifier, "Type": kind, "Parameters": dict(parameters or {}), "Transitions": transitions}


def say(identifier: str, text: str, then: str) -> dict[str, Any]:
    """A prompt."""
    return action(identifier, "MessageParticipant", {"Text": text}, then, errors={"NoMatchingError": then})


BYE = action("bye", "DisconnectParticipant")


def content(*actions: Mapping[str, Any]) -> dict[str, Any]:
    """A document that starts with its first action; an action `bye` that hangs up is added when there is none."""
    listed = list(actions)
    if not any(one["Identifier"] == "bye" for one in listed):
        listed.append(BYE)
    return {"Version": "2019-10-30", "StartAction": listed[0]["Identifier"], "Actions": listed}


def identifier(name: str) -> str:
    """A stable resource id."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def arn(kind: str, name: str) -> str:
    """The ARN of a resource of the small instance."""
    return f"{ARN}/{kind}/{identifier(name)}"


ALWAYS = tuple(
    {"Day": day, "StartTime": {"Hours": 0, "Minutes": 0}, "EndTime": {"Hours": 0, "Minutes": 0}}
    for day in ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
)
NAMESPACE = uuid.UUID("00000000-0000-4000-8000-000000000001")


class Small:
    """A small instance and its world: one number, queues and agents as asked for."""

    def __init__(self, *, now: datetime = MONDAY, **settings: Any) -> None:
        self.directory = Directory()
        self.instance = Instance(
            id=INSTANCE_ID,
            arn=ARN,
            alias="small",
            account="000000000000",
            region="us-east-1",
            attributes={"CONTACTFLOW_LOGS": True},
        )
        self.directory.add_instance(self.instance)
        self.lambdas, self.cloud = FakeLambdas(), FakeCloud()
        ports = fake_ports(self.lambdas, self.cloud)
        self.world = World(self.directory, ports, Settings(namespace=NAMESPACE, **settings), now)
        self._furnish()

    def _furnish(self) -> None:
        kinds: tuple[tuple[str, Any], ...] = (("Available", "ROUTABLE"), ("Offline", "OFFLINE"), ("Lunch", "CUSTOM"))
        for name, kind in kinds:
            self.put(AgentStatus(id=identifier(name), arn=arn("agent-state", name), name=name, type=kind))
        for kind, stream in (("CONTACT_TRACE_RECORDS", RECORDS), ("AGENT_EVENTS", AGENT_EVENTS)):
            self.put(self._storage(kind, storage_type="KINESIS_STREAM", stream_arn=stream))
        self.put(self._storage("CALL_RECORDINGS", storage_type="S3", bucket="recordings", prefix="connect/small"))
        self.hours("always", ALWAYS)

    def _storage(self, kind: str, **more: Any) -> Storage:
        return Storage(id=identifier(kind), arn="", name=kind, resource_type=kind, **more)

    def put[R: Resource](self, resource: R) -> R:
        self.directory.put(self.instance, resource)
        return resource

    def hours(self, name: str, config: Sequence[Mapping[str, Any]], **more: Any) -> Hours:
        made = Hours(
            id=identifier(name), arn=arn("operating-hours", name), name=name, time_zone="Asia/Shanghai",
            config=tuple(config), **more,
        )  # fmt: skip
        return self.put(made)

    def queue(self, name: str, **more: Any) -> Queue:
        return self.put(
            Queue(id=identifier(name), arn=arn("queue", name), name=name, hours_id=identifier("always"), **more)
        )

    def flow(self, name: str, *actions: Mapping[str, Any], kind: str = "CONTACT_FLOW") -> Flow:
        document = content(*actions)
        common: dict[str, Any] = {
            "id": identifier(name), "name": name, "content": document, "text": json.dumps(document),
        }  # fmt: skip
        return self.put(Flow(**common, arn=arn("contact-flow", name), type=kind))

    def module(self, name: str, *actions: Mapping[str, Any]) -> FlowModule:
        document = content(*actions)
        made = FlowModule(
            id=identifier(name), arn=arn("flow-module", name), name=name, content=document, text=json.dumps(document)
        )
        return self.put(made)

    def prompt(self, name: str) -> Document:
        return self.put(Document(id=identifier(name), arn=arn("prompt", name), name=name, kind="prompt", body={}))

    def number(self, flow: Flow, number: str = NUMBER) -> None:
        self.put(PhoneNumber(id=identifier(number), arn="", name=number, flow_id=flow.id, instance_id=self.instance.id))

    def profile(self, name: str, *entries: tuple[str, int, int], **more: Any) -> RoutingProfile:
        """Entries are (queue name, priority, delay in seconds), for every channel of `concurrency`."""
        concurrency = more.pop("concurrency", {"VOICE": 1})
        queues = tuple(
            (identifier(queue), channel, priority, delay_s)
            for queue, priority, delay_s in entries
            for channel in concurrency
        )
        made = RoutingProfile(
            id=identifier(name), arn=arn("routing-profile", name), name=name, queues=queues, concurrency=concurrency,
            default_outbound_queue_id=queues[0][0], **more,
        )  # fmt: skip
        return self.put(made)

    def user(self, username: str, profile: RoutingProfile, **more: Any) -> User:
        return self.put(
            User(
                id=identifier(username), arn=arn("agent", username), name=username, routing_profile_id=profile.id,
                **more,
            )
        )  # fmt: skip

    def agent(self, username: str, profile: RoutingProfile, status: str = "Available", **habits: Any) -> Agent:
        return self.sign_in(self.user(username, profile), status, **habits)

    def sign_in(self, user: User, status: str = "Available", **habits: Any) -> Agent:
        chosen = self.instance.named(AgentStatus, status)
        assert chosen is not None
        return self.world.floor.sign_in(self.instance, user, Habits(**habits), chosen)

    def call(self, *script: Deed, at: datetime | None = None, **plan: Any) -> Contact:
        wanted = CallPlan(**{"to": NUMBER, "caller": CALLER, "script": script, **plan})
        return self.world.place_call(wanted, at=at)

    def run(self, until: datetime | None = None) -> None:
        """Run until nothing is left to do, or until a moment; then hand over what waits."""
        timeline = self.world.timeline
        while not self.world.awaited:
            head = timeline.head()
            if head is None or (timeline.idle if until is None else head.when > until):
                break
            timeline.fire()
        if until is not None:
            timeline.move_to(until)
        self.world.outbox.flush()

    def let_pass(self, seconds: float) -> None:
        """Time goes on whether or not a person has been asked something: offers are missed."""
        timeline, until = self.world.timeline, self.world.now + timedelta(seconds=seconds)
        while (head := timeline.head()) is not None and head.when <= until:
            timeline.fire()
        timeline.move_to(until)

    def timeline_is_empty(self) -> bool:
        """Whether nothing is left to do, in the world and in the outbox."""
        return self.world.timeline.idle and not self.world.active and not self.world.outbox.waiting

    def record_of(self, contact: Contact) -> dict[str, Any]:
        (record,) = [one for one in self.cloud.records if one["ContactId"] == contact.id]
        return record


def kinds(contact: Contact) -> list[str]:
    """The kinds of the transcript's lines."""
    return [told.kind for told in contact.transcript]


def texts(contact: Contact, kind: str) -> list[str]:
    """The texts of one kind."""
    return [told.text for told in contact.transcript if told.kind == kind]


def to_queue(name: str) -> tuple[dict[str, Any], ...]:
    """Actions that put the caller into a queue."""
    return (
        action(
            "set", "UpdateContactTargetQueue", {"QueueId": arn("queue", name)}, "go", errors={"NoMatchingError": "bye"}
        ),
        action("go", "TransferContactToQueue", {}, "bye", errors={"QueueAtCapacity": "full", "NoMatchingError": "bye"}),
        say("full", "All lines are busy.", "bye"),
    )


def one_queue(**settings: Any) -> Small:
    """A world whose number leads straight into the queue `support`; profile `support` serves it."""
    small = Small(**settings)
    small.queue("support")
    small.profile("support", ("support", 1, 0))
    small.number(small.flow("main", *to_queue("support")))
    return small


def staff(small: Small, *usernames: str, profile: str = "support", **habits: Any) -> list[Agent]:
    """Sign agents in."""
    found = small.instance.named(RoutingProfile, profile)
    assert found is not None
    return [small.agent(username, found, **habits) for username in usernames]
