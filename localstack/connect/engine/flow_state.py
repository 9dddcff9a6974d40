"""What a flow run is about: whom it talks to, where it stands, what references are worth; what actions do with it."""

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Any

from localstack.connect.directory import Flow
from localstack.connect.engine import attributes, document
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.effects import Pause, failed
from localstack.connect.engine.frame import Frame
from localstack.connect.engine.legs import Participant
from localstack.connect.engine.references import References

if TYPE_CHECKING:
    from localstack.connect.engine.chat import Role
    from localstack.connect.engine.world import World

SEES_AGENT = frozenset(
    {"AGENT_WHISPER", "CUSTOMER_WHISPER", "OUTBOUND_WHISPER", "AGENT_HOLD", "CUSTOMER_HOLD", "AGENT_TRANSFER"}
)
"""Flow types in which $.Agent is known (3)."""
TRANSFERS = frozenset({"AGENT_TRANSFER", "QUEUE_TRANSFER"})
OUTBOUND_WHISPER = "OUTBOUND_WHISPER"


class FlowState:
    """One run as its actions see it; `interpreter.FlowRun` takes it from one action to the next."""

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
        self.since_interaction = 0
        self.first = flow
        self._seen: References | None = None
        self.rules = attributes.rules_of(world.settings)

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
            self._seen = References(self.contact, frame, self.rules, with_agent=self.flow_type in SEES_AGENT)
        return self._seen

    def tell(self, kind: str, text: str, **facts: Any) -> None:
        """Add a line to the contact's transcript, where what flows do stands in it."""
        if self.tells:
            self.contact.tell(self.world.now, kind, text, **facts)

    def interacted(self) -> None:
        """A participant interaction happened: the guard against running in a circle starts again."""
        self.since_interaction = 0
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
