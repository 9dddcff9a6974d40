"""A world for one flow: an instance that has whatever the flow names, so that any flow runs without a cloud."""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flowlang import document
from flowlang.catalogue.model import IN, MOD
from flowlang.document import Action, scalar_text
from flowlang.explore import Step
from flowlang.explore.library import Book, Library, shown_name
from flowlang.load import Loaded
from localstack.connect.alone.calls import NUMBER, Script
from localstack.connect.alone.walk import Walk
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
    User,
)
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import CallPlan
from localstack.connect.engine.ports import Ports
from localstack.connect.engine.settings import Settings
from localstack.connect.engine.staff import Habits
from localstack.connect.engine.world import World

MAX_CALL_S = 3_600.0
"""A flow may go round for ever; the caller does not."""
_NAMESPACE = uuid.UUID("00000000-0000-4000-8000-0000000000f1")
_ARN = f"arn:aws:connect:us-east-1:000000000000:instance/{_NAMESPACE}"
_DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
_MIDNIGHT = {"Hours": 0, "Minutes": 0}
_KINDS = {"QueueId": Queue, "HoursOfOperationId": Hours, "PromptId": Document}
_SEGMENTS = {Queue: "queue", Hours: "operating-hours", Document: "prompt"}


class FlowWorld:
    """The flow behind `NUMBER`, its references made local, `agents` agents on every queue it names."""

    def __init__(self, flows: Sequence[Loaded], ports: Ports, script: Script, way: Sequence[Step] = ()) -> None:
        self._library = Library(flows[0], flows[1:])
        self._instance = Instance(
            id=str(_NAMESPACE), arn=_ARN, alias="flow", account="000000000000", region="us-east-1"
        )
        self._directory = Directory()
        self._directory.add_instance(self._instance)
        self._open = script.is_open
        self._attributes = dict(script.attributes)
        self._settle()
        for name in script.queues:
            self._queue(name, name)
        self.world = World(self._directory, ports, Settings(namespace=_NAMESPACE), script.at)
        self.walk = Walk(root=_shown("", self._library.books[""]), way=way)
        self.world.calls.new_run = self.walk.run
        for number in range(script.agents):
            self._sign_in(f"agent{number + 1}")

    def call(self, plan: CallPlan) -> Contact:
        """Place the call and run until nothing is left to do; nobody stays for more than an hour."""
        contact = self.world.place_call(plan)
        contact.set_attributes(self._attributes)
        self.world.timeline.after(MAX_CALL_S, lambda: self._no_longer(contact))
        while not self.world.timeline.idle:
            self.world.timeline.fire()
        return contact

    def _no_longer(self, contact: Contact) -> None:
        if not contact.latest.ended:
            contact.latest.tell(self.world.now, "error", f"The caller has been on the line for {MAX_CALL_S:.0f} s")
            self.world.hang_up(contact)

    def _put(self, resource: Any) -> None:
        self._directory.put(self._instance, resource)

    def _settle(self) -> None:
        self._put(AgentStatus(id=_id("Available"), arn="", name="Available", type="ROUTABLE"))
        self._hours("default")
        self._queue("default")
        for name, book in self._library.books.items():
            self._put(self._resource(name, book))
        self._put(PhoneNumber(id=_id(NUMBER), arn="", name=NUMBER, flow_id=_id("flow/"), instance_id=self._instance.id))

    def _resource(self, name: str, book: Book) -> Flow | FlowModule:
        actions = tuple(self._local(book, action) for action in book.loaded.flow.actions)
        content = document.to_document(replace(book.loaded.flow, actions=actions))
        text, shown = json.dumps(content, ensure_ascii=False), _shown(name, book)
        if book.is_module:
            return FlowModule(id=_id(f"flow/{name}"), arn=_flow_arn(name, book), name=shown, content=content, text=text)
        kind = book.loaded.type or IN
        arn = _flow_arn(name, book)
        return Flow(id=_id(f"flow/{name}"), arn=arn, name=shown, type=kind, content=content, text=text)

    def _local(self, book: Book, action: Action) -> Action:
        """Return the action with its literal references replaced by what this world has."""
        return replace(action, parameters=dict(self._parameters(book, action, action.parameters)))

    def _parameters(self, book: Book, action: Action, given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for key, value in given.items():
            if isinstance(value, Mapping):
                yield key, dict(self._parameters(book, action, value))
            elif isinstance(value, list):
                inner = (
                    dict(self._parameters(book, action, one)) if isinstance(one, Mapping) else one for one in value
                )
                yield key, list(inner)
            else:
                yield key, self._value(book, action, key, value)

    def _value(self, book: Book, action: Action, key: str, value: Any) -> Any:
        text = scalar_text(value)
        if not text or text.startswith("$."):
            return value
        if key in _KINDS:
            return self._made(key, text)
        if key == "LambdaFunctionARN":
            return f"arn:aws:lambda:us-east-1:000000000000:function:{function_name(text)}"
        is_hook = action.type == "UpdateContactEventHooks"
        if key in {"ContactFlowId", "FlowModuleId"} or is_hook:
            found = self._library.find(text, "" if is_hook else shown_name(book, action))
            return value if found is None else _flow_arn(found.name, found)
        return value

    def _made(self, key: str, text: str) -> str:
        name = text.rpartition("/")[2].strip("{}? $")
        match key:
            case "QueueId":
                self._queue(name)
            case "HoursOfOperationId":
                self._hours(name)
            case _:
                prompt = Document(id=_id(f"prompt/{name}"), arn=_arn("prompt", name), name=name, kind="prompt", body={})
                self._put(prompt)
        return _arn(_SEGMENTS[_KINDS[key]], name)

    def _queue(self, name: str, queue_id: str = "") -> None:
        """Make a queue; with an id of its own, functions may answer `<InstanceARN>/queue/<id>`."""
        found = queue_id or _id(f"queue/{name}")
        hours = _id("operating-hours/default")
        self._put(Queue(id=found, arn=f"{_ARN}/queue/{found}", name=name, hours_id=hours))

    def _hours(self, name: str) -> None:
        days = [{"Day": day, "StartTime": _MIDNIGHT, "EndTime": _MIDNIGHT} for day in _DAYS] if self._open else []
        arn = _arn("operating-hours", name)
        self._put(Hours(id=_id(f"operating-hours/{name}"), arn=arn, name=name, time_zone="UTC", config=tuple(days)))

    def _sign_in(self, username: str) -> None:
        queues = tuple((queue_id, "VOICE", 1, 0) for queue_id in self._instance.queues)
        profile = RoutingProfile(
            id=_id("profile"), arn=_arn("routing-profile", "all"), name="all", queues=queues,
            concurrency={"VOICE": 1}, default_outbound_queue_id=queues[0][0],
        )  # fmt: skip
        self._put(profile)
        user = User(id=_id(username), arn=_arn("agent", username), name=username, routing_profile_id=profile.id)
        self._put(user)
        status = self._instance.statuses[_id("Available")]
        self.world.floor.sign_in(self._instance, user, Habits(), status)


def function_name(text: str) -> str:
    """Return what the command line calls a function: the name in its ARN, `x` of `{{lambda.x}}` and of `${x.Arn}`."""
    if ":function:" in text:
        return text.partition(":function:")[2].partition(":")[0]
    return text.strip("{}$ ?").removeprefix("lambda.").removesuffix(".Arn").rpartition("/")[2]


def _shown(name: str, book: Book) -> str:
    return name or book.loaded.name or "flow"


def _id(name: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, name))


def _arn(segment: str, name: str) -> str:
    return f"{_ARN}/{segment}/{_id(f'{segment}/{name}')}"


def _flow_arn(name: str, book: Book) -> str:
    segment = "flow-module" if book.loaded.type == MOD else "contact-flow"
    return f"{_ARN}/{segment}/{_id(f'flow/{name}')}"
