"""What a person at an agent's screen can do with a contact, by name: the deeds of the control API."""

from collections.abc import Callable, Mapping
from typing import Any

from localstack.connect import control_requests
from localstack.connect.control_requests import BadRequest
from localstack.connect.directory import AgentStatus, Document, Instance, Queue, User
from localstack.connect.engine import transfers
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.email import PLAIN
from localstack.connect.engine.staff import REFUSED, Activity, Agent
from localstack.connect.engine.transfers import Destination, Outside
from localstack.connect.engine.world import World
from localstack.connect.resources import Resource

Body = Mapping[str, Any]
Deed = Callable[[World, Agent, Contact, Body], None]


def _hold(world: World, agent: Agent, contact: Contact, body: Body) -> None:
    party = _party(world, contact, body)
    if party is None:
        world.holds.hold(agent, contact)
    else:
        world.holds.hold_party(agent, contact, party)


def _resume(world: World, agent: Agent, contact: Contact, body: Body) -> None:
    party = _party(world, contact, body)
    if contact.paused:
        world.pausing.resume(contact)
    elif party is None:
        world.holds.resume(agent, contact)
    else:
        world.holds.resume_party(agent, contact, party)


def _disconnect(world: World, agent: Agent, contact: Contact, body: Body) -> None:
    world.conferences.disconnect(agent, contact, _party(world, contact, body))


def _press(world: World, _agent: Agent, contact: Contact, body: Body) -> None:
    world.press_as_agent(contact, control_requests.digits(body.get("digits")))


def _transfer(world: World, agent: Agent, contact: Contact, body: Body) -> None:
    to = _destination(agent, body)
    if isinstance(to, Outside):
        callee = control_requests.callee(body, "callee") if "callee" in body else None
        world.third_parties.bring_in(agent, contact, to, callee)
    else:
        world.transfers.start(agent, contact, to)


def _say(world: World, agent: Agent, contact: Contact, body: Body) -> None:
    world.chats.agent_says(agent, contact, control_requests.field(body, "text", str))


def _reply(world: World, agent: Agent, contact: Contact, body: Body) -> None:
    kind = control_requests.field(body, "content_type", str, default=PLAIN)
    world.emails.reply(agent, contact, control_requests.field(body, "body", str), kind)


def _plain(do: Callable[[World, Agent, Contact], object]) -> Deed:
    """A deed about which nothing more is to be said than who does it with which contact."""

    def deed(world: World, agent: Agent, contact: Contact, _body: Body) -> None:
        do(world, agent, contact)

    return deed


_OFFERED = frozenset({Activity.CONNECTING, Activity.INCOMING})
_CONNECTED = frozenset({Activity.CONNECTED})
_TALKING = frozenset({Activity.CONNECTED, Activity.ON_HOLD})

DEEDS: Mapping[str, tuple[Deed, frozenset[Activity]]] = {
    "accept": (_plain(lambda world, agent, contact: world.desks.accept(agent, contact)), _OFFERED),
    "reject": (_plain(lambda world, agent, contact: world.desks.reject(agent, contact)), _OFFERED),
    "miss": (_plain(lambda world, agent, contact: world.desks.ignore(agent, contact)), _OFFERED),
    "clear": (
        _plain(lambda world, agent, contact: world.desks.clear_refused(agent, contact)),
        REFUSED,
    ),
    "close": (_plain(lambda world, agent, contact: world.desks.close(agent, contact)), frozenset({Activity.ENDED})),
    "hold": (_hold, _CONNECTED),
    "resume": (_resume, frozenset({Activity.CONNECTED, Activity.ON_HOLD, Activity.PAUSED})),
    "pause": (_plain(lambda world, _, contact: world.pausing.pause(contact)), _CONNECTED),
    "disconnect": (_disconnect, _TALKING),
    "press": (_press, _TALKING),
    "hang-up": (
        _plain(lambda world, agent, contact: world.joining.hang_up(agent, contact)),
        frozenset({Activity.CONNECTING, Activity.CONNECTED, Activity.ON_HOLD}),
    ),
    "reply": (_reply, _CONNECTED),
    "say": (_say, _CONNECTED),
    "transfer": (_transfer, _TALKING),
    "conference": (_plain(lambda world, agent, contact: world.transfers.conference(agent, contact)), _TALKING),
    "leave": (_plain(lambda world, _, contact: world.transfers.complete(contact)), _TALKING),
    "barge": (_plain(lambda world, agent, contact: world.monitoring.barge(agent, contact)), _CONNECTED),
    "listen": (_plain(lambda world, agent, contact: world.monitoring.listen(agent, contact)), _CONNECTED),
    "take-over": (_plain(lambda world, agent, contact: world.monitoring.take_over(agent, contact)), _CONNECTED),
    "cancel-transfer": (_plain(lambda world, agent, contact: world.transfers.cancel(agent, contact)), _TALKING),
}
"""What an agent can do with a contact, and in which states of it."""
OF_SUPERVISORS = frozenset({"barge", "listen", "take-over", "hang-up"})
"""All that a supervisor can do with a contact that is listened to."""


def named[R: Resource](instance: Instance, kind: type[R], name: str) -> R:
    """A user, status or queue by its name or id. Raises LookupError."""
    found = instance.named(kind, name) or instance.find(kind, name)
    if found is None:
        what = {User: "user", AgentStatus: "agent status", Queue: "queue"}[kind]
        msg = f"there is no {what} {name}"
        raise LookupError(msg)
    return found


def _party(world: World, contact: Contact, body: Body) -> Contact | None:
    """The party that a deed is about: a contact of the call by its id; without one, the customer."""
    party_id = control_requests.field(body, "party", str, default=None)
    if party_id is None:
        return None
    found = world.contacts.get(party_id)
    if found is None or found not in contact.segments:
        msg = f"there is no party {party_id} on this call"
        raise LookupError(msg)
    return found


def _destination(agent: Agent, body: Body) -> Destination | Outside:
    asked = {key: body[key] for key in ("queue", "agent", "quick_connect", "number") if key in body}
    if len(asked) != 1:
        msg = "a transfer goes to one of queue, agent, quick_connect or number"
        raise BadRequest(msg)
    ((kind, _),) = asked.items()
    name = control_requests.field(body, kind, str)
    match kind:
        case "queue":
            return transfers.to_queue(agent.instance, named(agent.instance, Queue, name))
        case "agent":
            return transfers.to_agent(agent.instance, named(agent.instance, User, name))
        case "number":
            return Outside(name)
        case _:
            return transfers.by_quick_connect(agent.instance, _quick_connect(agent, name))


def _quick_connect(agent: Agent, name: str) -> Document:
    """A quick connect by its name, among those of the agent's queues."""
    for document in transfers.visible(agent):
        if document.name == name:
            return document
    msg = f"there is no quick connect {name} in the queues of {agent.user.username}"
    raise LookupError(msg)
