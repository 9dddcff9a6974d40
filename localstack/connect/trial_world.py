"""A world of its own for one test case: the instance's real flows and functions, with eyes and overrides in between."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from flowlang.document import Action
from localstack.connect.arns import bare_id
from localstack.connect.directory import Queue
from localstack.connect.engine import attributes
from localstack.connect.engine.effects import ActionFailed, Done, Outcome, Pause
from localstack.connect.engine.interpreter import FlowRun
from localstack.connect.engine.ports import Ports
from localstack.connect.engine.registry import Performing
from localstack.connect.trial_document import RESOURCE_OF, flow_action
from localstack.connect.trial_document import resource as resource_of

QUALIFIED_PARTS = 8
"""`arn:aws:lambda:<region>:<account>:function:<name>:<qualifier>`."""


BOT_ERRORS = {"TimeLimitExceeded": "InputTimeLimitExceeded"}
"""What a flow calls the errors of a mocked bot."""


class Watcher(Protocol):
    """Port: who is told what happens, and says what is overridden."""

    def heard(self, run: FlowRun, spoken: str) -> None:
        """The customer begins to hear something."""

    def started(self, run: FlowRun, action: str, resource: str) -> None:
        """A flow action begins."""

    def completed(self, run: FlowRun, action: str, resource: str) -> None:
        """A flow action has succeeded."""

    def override(self, action: str, resource: str) -> Mapping[str, Any] | None:
        """The properties of the override that fits, if any. It is used up by that."""


class WatchedRun(FlowRun):
    """A flow run that tells what it does, and lets single actions be replaced."""

    def __init__(self, watcher: Watcher, *given: Any) -> None:
        super().__init__(*given)
        self._watcher = watcher

    def hear(self, spoken: str) -> None:
        """Tell what is heard, too."""
        super().hear(spoken)
        if spoken.strip() and self.participant == "customer" and not self.alone:
            self._watcher.heard(self, spoken)

    def _perform(self, action: Action) -> Outcome | Performing:
        return self._watched(action) if action.type in RESOURCE_OF else super()._perform(action)

    def _watched(self, action: Action) -> Performing:
        resource = self._resource(action)
        self._watcher.started(self, action.type, resource)
        begun = self._overridden(action, self._watcher.override(action.type, resource))
        outcome = begun if isinstance(begun, Outcome) else (yield from begun)
        self._watcher.completed(self, action.type, resource)
        return outcome

    def _overridden(self, action: Action, override: Mapping[str, Any] | None) -> Outcome | Performing:
        if override is None:
            return super()._perform(action)
        strategy = override["Strategy"]
        if strategy["Type"] == "SubstituteResource":
            return super()._perform(self._substitute(action, strategy["SubstituteArn"]))
        return self._mock(action, strategy["Response"])

    def _resource(self, action: Action) -> str:
        given = resource_of(action.type, action.parameters)
        queue = self.contact.target_queue
        if given is not None:
            return attributes.value_of(given, self.tree) or ""
        if queue is None:
            return ""
        return queue.hours_id if action.type == "CheckHoursOfOperation" else queue.arn

    def _substitute(self, action: Action, arn: str) -> Action:
        if action.type == "TransferContactToQueue":
            self.contact.target_queue = self.contact.instance.find(Queue, arn)
            return action
        return dataclasses.replace(action, parameters=_laid(action.parameters, RESOURCE_OF[action.type], arn))

    def _mock(self, action: Action, response: Mapping[str, Any]) -> Performing:
        result = response.get(response["Type"]) or {}
        if result.get("DelaySeconds"):
            yield Pause(float(result["DelaySeconds"]))
        is_bot = action.type == "ConnectParticipantWithLexBot"
        if response["Type"] == "Error":
            error = str(result.get("Value", "NoMatchingError"))
            raise ActionFailed(BOT_ERRORS.get(error, error) if is_bot else error, "mocked by the test case")
        if is_bot:
            return self._bot(json.loads(result.get("LoadedData") or "{}"))
        if action.type == "CheckHoursOfOperation":
            is_open = result.get("Value") == "InHours"
            self.tell("branch", f"Hours, mocked: {'open' if is_open else 'closed'}", result=str(is_open))
            return Done(str(is_open))
        self.frame.external = json.loads(result.get("LoadedData") or "{}")
        self.tell("lambda", "The function is mocked", result=self.frame.external)
        return Done()

    def _bot(self, loaded: Mapping[str, Any]) -> Done:
        """What a bot has understood: as $.Lex holds it, or as Lex itself answers."""
        intent = (loaded.get("sessionState") or {}).get("intent")
        facts = loaded if intent is None else {"IntentName": intent.get("name"), "Slots": _slots(intent)}
        self.frame.loaded["Lex"] = facts
        name = str(facts.get("IntentName") or "FallbackIntent")
        self.tell("lex", f"The bot is mocked: intent {name}", result=name)
        return Done(name)


def _slots(intent: Mapping[str, Any]) -> dict[str, Any]:
    given = intent.get("slots") or {}
    return {name: ((slot or {}).get("value") or {}).get("interpretedValue") for name, slot in given.items()}


class NoList:
    """Takes records or events, and keeps none."""

    def put(self, *_given: Any) -> Sequence[int]:
        """All are taken."""
        return ()


class NoStore:
    """Takes objects or log lines, and keeps none."""

    def put(self, *_given: Any) -> bool:
        """It is taken."""
        return True


def deaf_ports(ports: Ports) -> Ports:
    """The real functions; a test leaves no records, events, recordings or logs."""
    return Ports(lambdas=ports.lambdas, streams=NoList(), bus=NoList(), objects=NoStore(), logs=NoStore())


def fits(action: str, wanted: Mapping[str, Any], started: str, resource: str) -> bool:
    """Whether an event or override of a test case means the flow action that starts."""
    if flow_action(wanted) != started:
        return False
    named = resource_of(started, wanted.get("ActionParameters") or {})
    return not named or same_resource(action, str(named), resource)


def same_resource(action: str, one: str, other: str) -> bool:
    """Functions are the same by name when one of them has no qualifier; bots by ARN; all else by id."""
    if action == "ConnectParticipantWithLexBot":
        return one == other
    if action != "InvokeLambdaFunction":
        return bare_id(one) == bare_id(other)
    first, second = one.split(":"), other.split(":")
    if len(first) == len(second):
        return first == second
    return first[: QUALIFIED_PARTS - 1] == second[: QUALIFIED_PARTS - 1]


def _laid(parameters: Mapping[str, Any], way: tuple[str, ...], value: str) -> dict[str, Any]:
    """The parameters with another value at the end of the way."""
    name, *further = way
    inner = _laid(parameters.get(name) or {}, tuple(further), value) if further else value
    return {**parameters, name: inner}
