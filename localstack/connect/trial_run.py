"""Runs one test case in virtual time, and says what came of it."""

import functools
import json
import threading
import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from localstack.connect.api_context import edition
from localstack.connect.directory import Directory, Flow, Instance, PhoneNumber
from localstack.connect.engine import attributes
from localstack.connect.engine.chats import ChatPlan
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.effects import Words
from localstack.connect.engine.interpreter import FlowRun
from localstack.connect.engine.plan import CallPlan
from localstack.connect.engine.ports import Ports
from localstack.connect.engine.providers import Providers
from localstack.connect.engine.settings import Faults, Settings
from localstack.connect.engine.world import World
from localstack.connect.trial_build import Entry
from localstack.connect.trial_document import Observation, utterance
from localstack.connect.trial_match import holds, says
from localstack.connect.trial_world import WatchedRun, deaf_ports, fits

LONGEST = timedelta(minutes=5)
"""A test runs that long at most (17), in virtual time."""
TEST_TYPE = {"connect:ValidationTestType": "EXPERIENCE_VALIDATION"}
ONLY_CAPTURED = frozenset({"LambdaInvocation", "Lex"})
"""Results of flow actions under these roots can be asserted only once their completion was observed."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a test case finds as it is in the instance: settings, and the services that flows speak to."""

    settings: Settings = field(default_factory=Settings)
    providers: Providers = field(default_factory=Providers)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the execution's records."""

    observation: str
    passed: bool
    at: datetime
    record: str


@dataclass(slots=True)
class Trial:
    """One execution. It watches its own world; `steps` may be read from other threads."""

    observations: tuple[Observation, ...]
    stop: threading.Event = field(default_factory=threading.Event)
    steps: list[Step] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    active: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    inputs: deque[tuple[Literal["keys", "words"], str]] = field(default_factory=deque)
    """What the customer is still to press or say."""
    leaving: bool = False
    over: bool = False
    now: datetime | None = None
    _overrides: list[Mapping[str, Any]] = field(default_factory=list)
    _captured: dict[str, Any] = field(default_factory=dict)
    _last: FlowRun | None = None

    def run(
        self,
        directory: Directory,
        ports: Ports,
        instance: Instance,
        entry: Entry,
        now: datetime,
        surroundings: Surroundings | None = None,
    ) -> bool:
        """Run to the end; whether all that was expected has happened."""
        around = surroundings or Surroundings()
        settings = replace(around.settings, namespace=uuid.uuid4(), faults=Faults())
        world = World(directory, deaf_ports(ports), settings, now)
        world.adopt(instance, around.providers)
        world.calls.new_run = functools.partial(WatchedRun, self)
        self.now = now
        targets = {name for one in self.observations for name in one.following}
        self.active = {one.id for one in self.observations if one.id not in targets}
        self._happened("TestInitiated", {}, "")
        contact = _arrive(world, instance, entry)
        while self._goes_on(world, contact, now + LONGEST):
            if self._act(world, contact):
                continue
            head = world.timeline.head()
            if head is None or world.timeline.idle or head.when > now + LONGEST:
                break
            if head.gate is not None:
                head.gate.result()
            world.timeline.fire()
            self.now = world.now
        self._happened("TestCompleted", {}, "")
        return self._judge()

    def heard(self, run: FlowRun, spoken: str) -> None:
        """The customer begins to hear something."""
        self._last, self.now = run, run.world.now
        self._happened("MessageReceived", {"spoken": spoken}, spoken)

    def started(self, run: FlowRun, action: str, resource: str) -> None:
        """A flow action begins."""
        self._last, self.now = run, run.world.now
        self._happened("FlowActionStarted", {"action": action, "resource": resource}, f"{action} {resource}")

    def completed(self, run: FlowRun, action: str, resource: str) -> None:
        """A flow action has succeeded: what came of it can be asserted when somebody waited for that."""
        self._last, self.now = run, run.world.now
        self._happened("FlowActionCompleted", {"action": action, "resource": resource}, f"{action} {resource}")

    def override(self, action: str, resource: str) -> Mapping[str, Any] | None:
        """The oldest override that fits; it is used up: each holds for one time (17)."""
        found = next((one for one in self._overrides if fits(action, one, action, resource)), None)
        if found is not None:
            self._overrides.remove(found)
        return found

    def _goes_on(self, world: World, contact: Contact, ends: datetime) -> bool:
        expected = [one for one in self.observations if one.id in self.active and one.event != "TestCompleted"]
        nothing_left = all(self._done(one) and one.usage in ("exactly", "at-least") for one in expected)
        nothing_left = nothing_left and not self.inputs and not self.leaving
        return not (self.over or self.stop.is_set() or nothing_left or contact.latest.completed or world.now >= ends)

    def _done(self, one: Observation) -> bool:
        return one.satisfied(self.counts.get(one.id, 0)) or one.id in self.failed

    def _act(self, world: World, contact: Contact) -> bool:
        """The simulated customer does one thing that an observation has told him to, if it can be done now."""
        if self.leaving:
            self.leaving = False
            world.hang_up(contact)
        elif self.inputs and _can(self.inputs[0][0], contact.latest):
            kind, value = self.inputs.popleft()
            if kind == "keys":
                world.press(contact, value)
            else:
                world.say(contact, value)
        else:
            return False
        return True

    def _happened(self, event: str, facts: Mapping[str, str], record: str) -> None:
        for one in [o for o in self.observations if o.id in self.active and o.event == event]:
            if not self.over or event == "TestCompleted":
                self._look(one, facts, record)

    def _look(self, one: Observation, facts: Mapping[str, str], record: str) -> None:
        if not self._matches(one, facts):
            return
        count = self.counts[one.id] = self.counts.get(one.id, 0) + 1
        if one.usage == "at-most" and count > one.times:
            self._note(one, f"happened {count} times: {record}", passed=False)
            return
        self._note(one, record or one.event, passed=True)
        if one.event == "FlowActionCompleted" and self._last is not None:
            self._captured |= {root: self._last.tree.get(root) for root in ("External", *ONLY_CAPTURED)}
        if one.exhausted(count):
            self.active.discard(one.id)
        if self._acted(one) and one.leads_on(count):
            exhausted = {other.id for other in self.observations if other.exhausted(self.counts.get(other.id, 0))}
            self.active |= set(one.following) - exhausted

    def _acted(self, one: Observation) -> bool:
        """Do the observation's actions; a false assertion ends them, and what would follow is not watched."""
        for action in one.actions:
            self._do(one, action)
            if one.id in self.failed:
                return False
        return True

    def _matches(self, one: Observation, facts: Mapping[str, str]) -> bool:
        if one.event == "MessageReceived":
            instance = self._last.contact.instance if self._last else None
            return instance is not None and says(one.properties, facts["spoken"], instance, similar=one.similar)
        if one.event in ("FlowActionStarted", "FlowActionCompleted"):
            return fits(facts["action"], one.properties, facts["action"], facts["resource"])
        return True

    def _do(self, one: Observation, action: Mapping[str, Any]) -> None:
        parameters = action["Parameters"]
        match action["Type"]:
            case "OverrideSystemBehavior":
                self._overrides.append(parameters["Behavior"]["Properties"])
            case "SendInstruction":
                self._instruct(parameters["Instruction"])
            case "Assert":
                self._check(one, parameters)
            case "TestControl":
                self._control(one, parameters["Command"])
            case _:
                pass  # `trial_document` lets no other type through

    def _instruct(self, instruction: Mapping[str, Any]) -> None:
        match instruction["Type"]:
            case "Disconnect":
                self.leaving = True
            case "DtmfInput":
                self.inputs.append(("keys", str(instruction["Properties"]["Value"])))
            case _:
                self.inputs.append(("words", utterance(instruction)))

    def _control(self, one: Observation, command: Mapping[str, Any]) -> None:
        if command["Type"] == "EndTest":
            self.over = True
            return
        wanted = (command.get("Properties") or {}).get("Expressions") or {}
        logged = {key: self._value(path) for key, path in wanted.items()}
        self._note(one, json.dumps({"LogData": logged}, ensure_ascii=False), passed=True)

    def _check(self, one: Observation, parameters: Mapping[str, Any]) -> None:
        path, operator, operand = parameters["Namespace"], parameters["Operator"], parameters.get("Operand", "")
        value = self._value(path)
        passed = value is not None and holds(operator, value, str(operand))
        self._note(one, f"{path} is {value!r}: {operator} {operand!r}", passed=passed)

    def _value(self, path: str) -> str | None:
        """What a reference is worth; a whole object is worth nothing."""
        root = path.removeprefix("$.").partition(".")[0].partition("[")[0]
        found = None
        if root not in ONLY_CAPTURED and self._last is not None:
            found = attributes.look_up(path, self._last.tree)
        if found is None:
            found = attributes.look_up(path, self._captured)
        return None if found is None or isinstance(found, Mapping | list) else attributes.written(found)

    def _note(self, one: Observation, record: str, *, passed: bool) -> None:
        if not passed:
            self.failed.add(one.id)
        if self.now is not None:
            self.steps.append(Step(one.id, passed, self.now, record))

    def _judge(self) -> bool:
        """What was expected and did not happen has failed. After EndTest nothing more is expected."""
        for one in self.observations:
            if one.id in self.active and not self.over and not self._done(one):
                self._note(one, f"{one.event} did not happen as expected", passed=False)
        return not self.failed and not self.stop.is_set()

    def passed(self) -> int:
        """Observations that have happened as expected."""
        return sum(self.counts.get(o.id, 0) > 0 and o.id not in self.failed for o in self.observations)


def _can(kind: str, contact: Contact) -> bool:
    """Whether the customer can do that now: press while keys are waited for, speak to a bot, write in a chat."""
    listening = contact.listening
    if kind == "words":
        return contact.chat is not None or (listening is not None and isinstance(listening.wanted, Words))
    return listening is not None


def _arrive(world: World, instance: Instance, entry: Entry) -> Contact:
    if entry.channel == "CHAT":
        flow = edition(instance, Flow, entry.flow_id)
        plan = ChatPlan(flow=flow, attributes=entry.attributes, segment_attributes=TEST_TYPE)
        return world.chats.start(instance, plan)
    contact = world.new_contact(instance, CallPlan(to=entry.destination, caller=entry.source))
    contact.segment_attributes.update(TEST_TYPE)
    contact.attributes.update(entry.attributes)
    line = PhoneNumber(id="", arn="", name=entry.destination, flow_id=entry.flow_id or None, instance_id=instance.id)
    world.timeline.after(0.0, lambda: world.calls.arrive(contact, line))
    return contact
