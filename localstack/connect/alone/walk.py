"""Flow runs that are watched, and may be led: along a way that the explorer has found, through its errors too."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flowlang.document import Action
from flowlang.explore import Step
from localstack.connect.engine.effects import ActionFailed, Done, Outcome
from localstack.connect.engine.interpreter import FlowRun
from localstack.connect.engine.registry import Performing

ANY_DIGITS = "1234#"
HANGS_UP_AFTER_S = 0.1
_BY_ITSELF = frozenset({
    "MessageParticipantIteratively", "DisconnectParticipant", "EndFlowExecution", "EndFlowModuleExecution",
})  # fmt: skip
"""Types that do what the way says without being led."""
_ROUNDS = frozenset({"ContinueLooping", "DoneLooping"})


@dataclass(slots=True)
class Walk:
    """The actions that a call has entered (flow, identifier), and the way that it is led, if any."""

    root: str = ""
    way: Sequence[Step] = ()
    entered: list[tuple[str, str]] = field(default_factory=list)
    _at: int = 0

    def enter(self, flow: str, action: str) -> Step | None:
        """Note that an action is entered; return its step where the call is still on its way."""
        self.entered.append((flow, action))
        if self._at >= len(self.way):
            return None
        step = self.way[self._at]
        if (step.flow or self.root, step.action) != (flow, action):
            self._at = len(self.way)
            return None
        self._at += 1
        return step

    def run(self, *given: Any) -> FlowRun:
        """Return a flow run that is watched and led."""
        return WalkedRun(self, *given)


def keys(way: Sequence[Step]) -> list[dict[str, str]]:
    """Return what the caller presses on a way, as the steps of a script."""
    pressed = {"type digits": ANY_DIGITS, "type nothing": ""}
    found = [pressed.get(step.choice, step.choice.removeprefix("press ")) for step in way
             if step.choice in pressed or step.choice.startswith("press ")]  # fmt: skip
    return [{"press": digits} for digits in found]


class WalkedRun(FlowRun):
    """A flow run that notes what it enters, and takes the choices of a way where the flow alone would not."""

    def __init__(self, walk: Walk, *given: Any) -> None:
        super().__init__(*given)
        self._walk = walk

    def _perform(self, action: Action) -> Outcome | Performing:
        step = self._walk.enter(self.frame.source.name, action.identifier)
        if step is None:
            return super()._perform(action)
        if step.choice == "hang up":
            self.world.timeline.after(HANGS_UP_AFTER_S, lambda: self.world.hang_up(self.contact))
            return super()._perform(action)
        if step.choice.startswith("error "):
            raise ActionFailed(step.choice.split()[1], "as the way says")
        return self._led(action, step.choice)

    def _led(self, action: Action, choice: str) -> Outcome | Performing:
        value = _value(choice)
        if action.type in _BY_ITSELF or choice == "type nothing" or (value is not None and "such that" in choice):
            return super()._perform(action)
        if choice in _ROUNDS:
            # The explorer does not count out a loop of many rounds; the counter goes on all the same.
            super()._perform(action)
            return Done(choice)
        if action.type == "GetParticipantInput":
            return self._or_done(super()._perform, action, value)
        if value is not None and action.transitions.conditions and action.type != "InvokeFlowModule":
            self.tell("branch", f"{action.type}: {value}, as the way says", result=value)
            return Done(value)
        return self._or_done(super()._perform, action, value)

    def _or_done(self, perform: "_Perform", action: Action, value: str | None) -> Performing:
        """Perform an action; where it fails and the way says that it does not, it has succeeded."""
        try:
            begun = perform(action)
            return begun if isinstance(begun, Outcome) else (yield from begun)
        except ActionFailed as error:
            self.tell("branch", f"{action.type} goes on, as the way says ({error})")
            return Done(value)


_Perform = Callable[[Action], Outcome | Performing]


def _value(choice: str) -> str | None:
    """Return the result that a choice names: `1` of `$.External.n is 1`, `result 1`, `returns 1`, `press 1`."""
    for mark in (" is ", "result ", "returns ", "press "):
        _, found, value = choice.partition(mark)
        if found:
            return value
    return None


def way_of(problem: Mapping[str, Any]) -> list[Step]:
    """Return the way that a problem of an explorer's report shows."""
    return [Step(str(one["action"]), str(one["choice"]), str(one.get("flow", ""))) for one in problem["script"]]
