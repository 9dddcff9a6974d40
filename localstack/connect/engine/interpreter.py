"""Runs one flow for one contact: performs actions, and decides which action comes next (sections 1 and 5.4)."""

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Any

from flowlang.document import Action, Transitions
from localstack.connect.directory import Flow, FlowModule
from localstack.connect.engine import attributes, channels, conditions, document
from localstack.connect.engine.contact import Contact, State
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
    Pause,
    Steps,
    failed,
    to_its_end,
    unreadable,
)
from localstack.connect.engine.frame import Frame
from localstack.connect.engine.legs import Participant
from localstack.connect.engine.references import References
from localstack.connect.engine.registry import UNITS, Performing
from localstack.connect.engine.reporter import Entered

if TYPE_CHECKING:
    from localstack.connect.engine.chat import Role
    from localstack.connect.engine.watch import Count
    from localstack.connect.engine.world import World

SEES_AGENT = frozenset(
    {"AGENT_WHISPER", "CUSTOMER_WHISPER", "OUTBOUND_WHISPER", "AGENT_HOLD", "CUSTOMER_HOLD", "AGENT_TRANSFER"}
)
"""Flow types in which $.Agent is known (3)."""
TRANSFERS = frozenset({"AGENT_TRANSFER", "QUEUE_TRANSFER"})
OUTBOUND_WHISPER, COMPLETE_CALL = "OUTBOUND_WHISPER", "CompleteOutboundCall"
FAILED, ENDED = Finish("failed"), Finish("end")


class FlowRun:
    """One run. `steps()` is made a process by the world and returns a `Finish`."""

    def __init__(self, world: "World", contact: Contact, flow: Flow, participant: Participant = "customer") -> None:
        self.world = world
        self.contact = contact
        self._began_with = participant
        self.flow_type = flow.type
        self.frames: list[Frame] = []
        self.functions_s = 0.0
        """What functions have taken since the last participant interaction."""
        self.tells = world.settings.flows_told
        """Whether what the flow does stands in transcript and log: asked before a line is put into words."""
        self._since_interaction = 0
        self._first = flow
        self._seen: References | None = None
        self._rules = attributes.rules_of(world.settings)

    @property
    def participant(self) -> Participant:
        """Whom the flow talks to: a transfer flow to the source agent, unless it has put him on hold or he has left.

        An outbound whisper talks to the agent while it has the customer on hold.
        """
        if self.flow_type == OUTBOUND_WHISPER and self.contact.call.held_by is self.contact:
            return "agent"
        if self._began_with != "agent" or self.flow_type not in TRANSFERS:
            return self._began_with
        return self.contact.asked if self.contact.source is not None else "customer"

    @property
    def customer(self) -> Contact:
        """The contact that the customer is on, as far as this flow can reach him."""
        return self.contact if self.contact.source is None else self.contact.call.home

    @property
    def frame(self) -> Frame:
        """The flow or module that runs now."""
        return self.frames[-1]

    @property
    def tree(self) -> attributes.Tree:
        """What references are worth now: one for as long as a frame is on top, it reads when it is asked."""
        frame = self.frames[-1]
        if self._seen is None or self._seen.frame is not frame:
            self._seen = References(self.contact, frame, self._rules, with_agent=self.flow_type in SEES_AGENT)
        return self._seen

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
            self._since_interaction += 1
            if contact.state is State.ENDED or self._since_interaction > most:
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

    def tell(self, kind: str, text: str, **facts: Any) -> None:
        """Add a line to the contact's transcript, where what flows do stands in it."""
        if self.tells:
            self.contact.tell(self.world.now, kind, text, **facts)

    def interacted(self) -> None:
        """A participant interaction happened: the guard against running in a circle starts again."""
        self._since_interaction = 0
        self.functions_s = 0.0

    def say(self, spoken: str, duration_s: float) -> Generator[Pause, Any]:
        """The participant hears something for as long as it takes to speak it, or reads it."""
        self.hear(spoken)
        yield Pause(duration_s if self.contact.channel == "VOICE" else self.world.settings.chat_message_s)

    def hear(self, spoken: str) -> None:
        """Something begins to be heard."""
        self.interacted()
        if not self.tells and self.contact.chat is None:
            return
        if self.alone:
            return
        if not spoken.strip():
            return
        for kind, whom in (("hears", "customer"), ("agent-hears", "agent")) if self.tells else ():
            if self.participant in (whom, "both"):
                self.tell(kind, spoken)
        if self.contact.chat is not None:
            whisper = self.flow_type in ("AGENT_WHISPER", "CUSTOMER_WHISPER")
            side: Role = "CUSTOMER" if self.participant == "customer" else "AGENT"
            self.world.chats.system_says(self.contact, spoken, only=side if whisper else None)

    @property
    def alone(self) -> bool:
        """Whether nobody is there to hear anything: a task, a callback that waits."""
        return self.participant == "customer" and not self.world.calls.is_present(self.customer)

    def whole(self, value: Any, what: str) -> str:
        """A parameter that must be worth something. Raises ActionFailed when it is unset or empty."""
        found = attributes.value_of(value, self.tree)
        if not found:
            why = f"{what} is not set ({value})"
            raise failed(why)
        return found

    def text(self, value: Any) -> str:
        """A free-text parameter."""
        return attributes.render(value if isinstance(value, str) else document.text(value), self.tree)

    def texts(self, values: Mapping[str, Any]) -> dict[str, str]:
        """Free-text parameters by their names."""
        tree = self.tree
        return {
            name: attributes.render(value if isinstance(value, str) else document.text(value), tree)
            for name, value in values.items()
        }

    def _open(self, source: Flow | FlowModule, inputs: Mapping[str, Any] | None = None) -> Frame:
        read = self.world.documents.honoured(source, self.world.settings)
        return Frame(source, read, read.start, inputs=inputs or {})

    def _opens(self) -> bool:
        """Open the first flow; False when it cannot be run."""
        try:
            self.frames = [self._open(self._first)]
        except document.BrokenFlow as error:
            self.tell("error", f"Flow {self._first.name} cannot be run: {error}")
            self._count("ContactFlowFatalErrors", self._first.name)
            return False
        return True

    def _counted(self, finish: Finish) -> Finish:
        if finish == FAILED:
            self._count("ContactFlowFatalErrors", self.frames[0].source.name)
        return finish

    def _stopped(self, action: Action) -> Finish | None:
        """What ends the run before its next action, if anything does."""
        if self._since_interaction > self.world.settings.actions_without_interaction:
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
        return self._strict(source, action) or finish if self._rules.unset else finish

    def _dials_first(self, action: Action) -> bool:
        """Whether an outbound whisper comes to its first participant action before the customer is dialled (5.1)."""
        return action.type != COMPLETE_CALL and not self.answered and channels.interactive(action)

    @property
    def answered(self) -> bool:
        """Whether the customer of an agent's call has answered, or is none who is dialled."""
        return self.contact.connected_at is not None or self.contact.leg is None

    def _strict(self, source: Flow | FlowModule, action: Action) -> Finish | None:
        """In strict mode a path that leads nowhere ends the flow, except where a flow asks whether it is set."""
        unset, self._rules.unset = self._rules.unset or [], []
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
            self.frame.at = target
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
                return outcome
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
            return ENDED
        self.frames[-1].at = target
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
