"""The API's way to the contacts and agents that are alive: it asks the engine, and remembers what it answered."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from localstack.connect.api_agent_facts import AgentLedger
from localstack.connect.api_context import OPERATIONS, Answer, Context, Operation, Request
from localstack.connect.api_errors import ConnectError, ContactNotFound, NotImplementedHere, ResourceNotFound
from localstack.connect.api_facts import Ledger
from localstack.connect.directory import Instance
from localstack.connect.driver import Driver
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.world import World
from localstack.connect.trials import Trials

if TYPE_CHECKING:
    from localstack.connect.api_chat import Seat, Ticket

ANSWER_LIMIT_S = 30.0
"""So long the engine may take to answer; it answers between two events."""
LIVE: set[str] = set()
"""Operations that ask the engine. They must not be run in the thread that serves the engine's own requests."""


@dataclass(slots=True)
class Engine:
    """A running engine and what the API remembers about it. Used in any thread."""

    driver: Driver
    sockets_url: str = "ws://127.0.0.1:4566"
    """Where websockets are served."""
    suspended: set[str] = field(default_factory=set)
    """Contacts whose recording is suspended."""
    seats: "dict[str, Seat]" = field(default_factory=dict)
    """What the tokens of the Participant Service stand for."""
    sockets: "dict[str, Ticket]" = field(default_factory=dict)
    """Addresses of websockets that nobody has opened yet, by what stands in them."""
    ledger: Ledger = field(init=False)
    agents: AgentLedger = field(init=False)
    trials: Trials = field(default_factory=Trials)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.driver.world)
        self.agents = AgentLedger(self.driver.world)

    def ask[T](self, do: Callable[[World], T]) -> T:
        """Do something between two events of the engine. Raises the refusal that `do` raises."""

        def guarded(world: World) -> tuple[T | None, ConnectError | None]:
            try:
                return do(world), None
            except ConnectError as error:
                return None, error

        answer, refusal = self.driver.call(guarded).result(ANSWER_LIMIT_S)
        if refusal is not None:
            raise refusal
        return answer  # type: ignore[return-value]  # without a refusal it is what `do` returned


LiveOperation = Callable[[Engine, World, Instance, Request], Answer]
"""What runs in the driver's thread: the world may be read and changed freely."""


def engine_of(context: Context) -> Engine:
    """The running engine.

    Raises:
        NotImplementedHere: this directory is served without one.

    """
    if not isinstance(context.engine, Engine):
        msg = "This operation needs a running engine, and there is none here"
        raise NotImplementedHere(msg)
    return context.engine


def live(name: str) -> Callable[[LiveOperation], LiveOperation]:
    """Register a function as the operation `name`, to be run between two events of the engine."""

    def register(function: LiveOperation) -> LiveOperation:
        def answer(context: Context, request: Request) -> Answer:
            instance = context.instance(request["InstanceId"])
            engine = engine_of(context)
            return engine.ask(lambda world: function(engine, world, instance, request))

        OPERATIONS[name] = answer
        LIVE.add(name)
        return function

    return register


def threaded(name: str) -> Callable[[Operation], Operation]:
    """Register a function as the operation `name`; it asks the engine by itself."""

    def register(function: Operation) -> Operation:
        OPERATIONS[name] = function
        LIVE.add(name)
        return function

    return register


def contact_of(
    world: World, instance: Instance, contact_id: str, refusal: type[ConnectError] = ResourceNotFound
) -> Contact:
    """A contact of this instance.

    Raises:
        ConnectError: `refusal`, when there is none that the engine still knows.

    """
    contact = world.contacts.get(contact_id)
    if contact is None or contact.instance.id != instance.id:
        msg = f"Contact not found: {contact_id}"
        raise refusal(msg)
    return contact


def any_contact(world: World, instance: Instance, request: Request) -> Contact:
    """The contact that `ContactId` names. Raises ContactNotFound."""
    return contact_of(world, instance, request["ContactId"], ContactNotFound)


def bare(value: Any) -> str:
    """The id at the end of an ARN, or the id itself."""
    return str(value).rpartition("/")[2]
