"""Runs one flow for one contact: performs actions, and decides which action comes next (sections 1 and 5.4)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flowlang.document import Action, Transitions
from localstack.connect.directory import Flow, FlowModule
from localstack.connect.engine import attributes, channels, conditions, document
from localstack.connect.engine.effects import (
    DONE,
    OVER,
    UNREADABLE,
    ActionFailed,
    Connect,
    Done,
    Enter,
    Finish,
    Jump,
    Leave,
    Outcome,
    Steps,
    failed,
    to_its_end,
    unreadable,
)
from localstack.connect.engine.flow_state import OUTBOUND_WHISPER, FlowState
from localstack.connect.engine.frame import Beside, Frame
from localstack.connect.engine.parts import State
from localstack.connect.engine.registry import UNITS, Performing
from localstack.connect.engine.reporter import Entered

if TYPE_CHECKING:
    from localstack.connect.engine.watch import Count

COMPLETE_CALL = "CompleteOutboundCall"
FAILED, ENDED = Finish("failed"), Finish("end")


class FlowRun(FlowState):
    """One run. `steps()` is made a process by the world and returns a `Finish`."""

    def steps(self) -> Steps:
        """Run from the start of the flow to its end."""
        if not self._opens():
            return FAILED
        contact, timeline = self.contact, self.world.timeline
        most, tells = self.world.settings.actions_without_interaction, self.tells
        finish: Finish | None = None
        while finish is None:
            frame = self.frames[-1]
            action = frame.document.actions[frame.at]
            self.since_interaction += 1
            if contact.state is State.ENDED or self.since_interaction > most:
                finish = self._stopped(action)
                if finish is not None:
                    break
            began, logging = timeline.now, tells and contact.logging
            entered = self._entered(frame, action) if logging else None
            if self.flow_type == OUTBOUND_WHISPER and self._dials_first(action):
                yield Connect()
            outcome, apart = self._begin(action), False
            if not isinstance(outcome, OVER):  # few actions take time, so only they are made generators
                apart = self._log_apart(entered)
                outcome = yield from to_its_end(outcome)
            if entered is not None or (tells and contact.logging is not logging):  # the action may have switched it
                self._log(entered or Entered(frame.source, action, began, {}), outcome, apart=apart)
            finish = self._conclude(frame.source, action, outcome)
        return self._counted(finish)

    def _open(self, source: Flow | FlowModule, inputs: Mapping[str, Any] | None = None) -> Frame:
        read = self.world.documents.honoured(source, self.world.settings)
        return Frame(source, read, read.start, inputs=inputs or {})

    def _opens(self) -> bool:
        """Open the first flow; False when it cannot be run."""
        try:
            self.frames = [self._open(self.first)]
        except document.BrokenFlow as error:
            self.tell("error", f"Flow {self.first.name} cannot be run: {error}")
            self._count("ContactFlowFatalErrors", self.first.name)
            return False
        return True

    def _counted(self, finish: Finish) -> Finish:
        if finish == FAILED:
            self._count("ContactFlowFatalErrors", self.frames[0].source.name)
        return finish

    def _stopped(self, action: Action) -> Finish | None:
        """What ends the run before its next action, if anything does."""
        if self.since_interaction > self.world.settings.actions_without_interaction:
            self.tell("error", f"Flow {self.frame.source.name} runs in a circle")
            return FAILED
        if self.contact.ended and channels.interactive(action):
            return ENDED
        return None

    def _entered(self, frame: Frame, action: Action) -> Entered | None:
        """What the log says of an action that begins; None when there is no log."""
        if not self.world.reporter.logs(self.contact):
            return None
        shown = attributes.render_deep(action.parameters, self.tree)
        return Entered(frame.source, action, self.world.now, shown)

    def _begin(self, action: Action) -> Outcome | ActionFailed | Performing:
        """What comes of an action that takes no time; else what is left of it to do."""
        try:
            return self._perform(action)
        except ActionFailed as error:
            return error
        except UNREADABLE as error:
            return unreadable(error)

    def _log_apart(self, entered: Entered | None) -> bool:
        """Log that an action begins, which takes time; False when there is no log."""
        if entered is not None:
            self.world.reporter.flow_log(self.contact, entered)
        return entered is not None

    def _log(self, entered: Entered, outcome: Outcome | ActionFailed, *, apart: bool) -> None:
        """Log what came of an action. `apart`: it takes time, so it was logged already that it was entered."""
        reporter = self.world.reporter
        if reporter.logs(self.contact):
            reporter.outcome(self.contact, entered, outcome, apart=apart, external=self.frame.external)

    def _conclude(self, source: Flow | FlowModule, action: Action, outcome: Outcome | ActionFailed) -> Finish | None:
        """Go on from an action."""
        self.world.actions_performed += 1
        if isinstance(outcome, Done):  # nearly always
            finish = self._next(action.transitions, outcome.result)
        else:
            finish = self._fail(action, outcome) if isinstance(outcome, ActionFailed) else self._turn(action, outcome)
        return self._strict(source, action) or finish if self.rules.unset else finish

    def _dials_first(self, action: Action) -> bool:
        """Whether an outbound whisper comes to its first participant action before the customer is dialled (5.1)."""
        return action.type != COMPLETE_CALL and not self.answered and channels.interactive(action)

    @property
    def answered(self) -> bool:
        """Whether the customer of an agent's call has answered, or is none who is dialled."""
        return self.contact.connected_at is not None or self.contact.leg is None

    def _strict(self, source: Flow | FlowModule, action: Action) -> Finish | None:
        """In strict mode a path that leads nowhere ends the flow, except where a flow asks whether it is set."""
        unset, self.rules.unset = self.rules.unset or [], []
        if any(condition.operator == "KeyExists" for condition in action.transitions.conditions):
            return None
        for path in dict.fromkeys(unset):
            found = f"{source.name}, {action.identifier}: {path} is not set"
            self.world.unset.append(found)
            self.tell("error", f"Strict references: {found}", path=path)
        return FAILED

    def _perform(self, action: Action) -> Outcome | Performing:
        """Perform an action as far as it goes without an effect."""
        known = (action.type, self.contact.channel) in channels.ALWAYS
        if not known and not channels.works(action, self.contact.channel, self.flow_type):
            return DONE
        unit = UNITS.get(action.type)
        if unit is None:
            why = f"there is no action type {action.type}"
            raise failed(why)
        return unit(self, action.parameters)

    def _fail(self, action: Action, error: ActionFailed) -> Finish | None:
        """Rule 1: the error's own branch, else the catch-all, else the flow fails."""
        target = action.transitions.on_error(error.error)
        self.tell("error", f"{action.type}: {error}", action=action.identifier, error=error.error, handled=bool(target))
        if target:
            self._count("ContactFlowErrors", self.frames[0].source.name)
            frame = self.frame
            frame.at = (
                target if frame.beside is None or frame.beside.at == frame.at else self._meanwhile(frame.beside, target)
            )
            return None
        if len(self.frames) == 1:
            return FAILED
        module = self.frames.pop().source
        return self._fail(self.frame.action, failed(f"module {module.name} failed"))

    def _count(self, name: "Count", flow: str) -> None:
        self.world.watch.count(self.contact.instance, name, flow)

    def _turn(self, action: Action, outcome: Finish | Jump | Enter | Leave) -> Finish | None:
        match outcome:
            case Finish():
                return self._ends() if outcome == ENDED else outcome
            case Jump(flow):
                return self._jump(action, flow)
            case Enter(module, inputs):
                return self._enter(action, module, inputs)
            case Leave(result, data):
                return self._leave(result, data)

    def _next(self, ways: Transitions, result: str | None) -> Finish | None:
        """Rules 2 to 4: a true condition, else the no-match branch, else NextAction."""
        target = conditions.chosen(ways, result, self.tree) if ways.conditions else ways.next_action
        if not target:
            return self._ends()
        frame = self.frames[-1]
        frame.at = target if frame.beside is None else self._meanwhile(frame.beside, target)
        return None

    def _meanwhile(self, beside: Beside, target: str) -> str:
        """Where a flow goes on beside a Wait: back to it when its time is over, between two actions."""
        over = self.world.now >= beside.until and not self.world.settings.wait_lasts_as_its_branch
        return beside.at if over else target

    def _ends(self) -> Finish | None:
        """The flow is over; if it ran beside a Wait, only what ran there is."""
        frame = self.frames[-1]
        if frame.beside is None:
            return ENDED
        frame.at = frame.beside.at
        return None

    def _jump(self, action: Action, flow: Flow) -> Finish | None:
        try:
            opened = self._open(flow)
        except document.BrokenFlow as error:
            return self._fail(action, failed(str(error)))
        if self.world.settings.external_survives_transfer:
            opened.inherit(self.frames[0])
        self.frames = [opened]
        return None

    def _enter(self, action: Action, module: FlowModule, inputs: Mapping[str, Any]) -> Finish | None:
        try:
            self.frames.append(self._open(module, inputs))
        except document.BrokenFlow as error:
            return self._fail(action, failed(str(error)))
        return None

    def _leave(self, result: str | None, data: Mapping[str, Any]) -> Finish | None:
        if len(self.frames) == 1:
            return ENDED
        module = self.frames.pop()
        if self.world.settings.external_leaves_module:
            self.frame.external = module.external
        self.frame.module_result, self.frame.module_data = result, data
        return self._next(self.frame.action.transitions, result)
