"""The control API of agents: who is signed in, and what a person at an agent's screen does.

Amazon Connect has no API to accept, hold or transfer as an agent, so these deeds are ours.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from localstack.connect import control_requests
from localstack.connect.control_deeds import DEEDS, OF_SUPERVISORS, Body, named
from localstack.connect.directory import AgentStatus, Directory, Instance, User
from localstack.connect.engine import times, transfers
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.staff import Activity, Agent, Handling
from localstack.connect.engine.third_parties import METHOD
from localstack.connect.engine.world import World

Route = Callable[[Mapping[str, str], Body], Awaitable[Any]]
Do = Callable[[Callable[[World], Any]], Awaitable[Any]]


class AgentRoutes:
    """Routes below /connect/agents."""

    def __init__(self, directory: Directory, do: Do) -> None:
        self._directory = directory
        self._do = do

    def routes(self) -> list[tuple[str, str, Route]]:
        """Method, path and answer."""
        one = "/connect/agents/(?P<username>[^/]+)"
        return [
            ("GET", "/connect/agents", self._list),
            ("POST", "/connect/agents", self._sign_in),
            ("GET", one, self._show),
            ("POST", f"{one}/status", self._status),
            ("POST", f"{one}/dial", self._dial),
            ("POST", f"{one}/(?P<deed>{'|'.join(DEEDS)})", self._act),
        ]

    async def _list(self, parts: Mapping[str, str], _body: Body) -> Any:
        instance = self._instance(parts["instance"]) if "instance" in parts else None

        def tell(world: World) -> list[dict[str, Any]]:
            agents = world.floor.agents() if instance is None else world.floor.agents_of(instance)
            return [_agent(agent) for agent in agents]

        return await self._do(tell)

    async def _sign_in(self, _parts: Mapping[str, str], body: Body) -> Any:
        instance = self._instance(control_requests.field(body, "instance", str))
        wanted = [control_requests.agent(one) for one in control_requests.field(body, "agents", list)]
        known = [
            (named(instance, User, name), named(instance, AgentStatus, status), habits)
            for name, status, habits in wanted
        ]

        def sign_in(world: World) -> list[dict[str, Any]]:
            return [_agent(world.floor.sign_in(instance, user, habits, status)) for user, status, habits in known]

        return {"agents": await self._do(sign_in)}

    async def _show(self, parts: Mapping[str, str], _body: Body) -> Any:
        instance = self._only_instance(parts.get("instance"))
        return await self._do(lambda world: _screen(world, _signed_in(world, instance, parts["username"])))

    async def _status(self, parts: Mapping[str, str], body: Body) -> Any:
        instance = self._only_instance(control_requests.field(body, "instance", str, default=None))
        status = named(instance, AgentStatus, control_requests.field(body, "status", str))
        return await self._screen_after(instance, parts, lambda world, agent: world.floor.set_status(agent, status))

    async def _dial(self, parts: Mapping[str, str], body: Body) -> Any:
        """The agent dials `to`; `from` is the number that the customer sees."""
        instance = self._only_instance(control_requests.field(body, "instance", str, default=None))
        asked = control_requests.call_plan(body)
        plan = replace(asked, to=asked.caller, caller=asked.to)
        return await self._screen_after(instance, parts, lambda world, agent: world.dialing.by_agent(agent, plan))

    async def _act(self, parts: Mapping[str, str], body: Body) -> Any:
        instance = self._only_instance(control_requests.field(body, "instance", str, default=None))
        contact_id = control_requests.field(body, "contact_id", str, default=None)
        deed, states = DEEDS[parts["deed"]]

        def act(world: World, agent: Agent) -> None:
            deed(world, agent, _meant(agent, contact_id, parts["deed"], states).contact, body)

        return await self._screen_after(instance, parts, act)

    async def _screen_after(
        self, instance: Instance, parts: Mapping[str, str], do: Callable[[World, Agent], object]
    ) -> Any:
        """Let the agent of the path do something; answer what the agent sees then."""

        def work(world: World) -> dict[str, Any]:
            agent = _signed_in(world, instance, parts["username"])
            do(world, agent)
            return _screen(world, agent)

        return await self._do(work)

    def _instance(self, id_or_alias: str) -> Instance:
        return self._only_instance(id_or_alias)

    def _only_instance(self, id_or_alias: str | None) -> Instance:
        return control_requests.only_instance(self._directory, id_or_alias)


def _signed_in(world: World, instance: Instance, username: str) -> Agent:
    agent = world.floor.agent(named(instance, User, username).id)
    if agent is None:
        msg = f"{username} is not signed in"
        raise LookupError(msg)
    return agent


def _meant(agent: Agent, contact_id: str | None, deed: str, states: frozenset[Activity]) -> Handling:
    """The contact that a deed means: the one that is named, else the only one of which it can be done."""
    if contact_id is not None:
        if contact_id not in agent.desk:
            msg = f"{agent.user.username} has no contact {contact_id}"
            raise LookupError(msg)
        return _supervised(agent.desk[contact_id], deed)
    fitting = [handling for handling in agent.desk.values() if handling.activity in states]
    if len(fitting) != 1:
        msg = f"{deed} fits {len(fitting)} contacts of {agent.user.username}: name one by contact_id"
        raise ValueError(msg)
    return _supervised(fitting[0], deed)


def _supervised(handling: Handling, deed: str) -> Handling:
    """Raises ValueError for a deed that a supervisor who listens cannot do."""
    leg = handling.contact.leg
    if leg is not None and leg.listens and deed not in OF_SUPERVISORS:
        msg = f"a supervisor who listens cannot {deed}: only {', '.join(sorted(OF_SUPERVISORS))}"
        raise ValueError(msg)
    return handling


def _agent(agent: Agent) -> dict[str, Any]:
    return {
        "username": agent.user.username,
        "status": agent.status.name,
        "activity": str(agent.activity) or None,
        "since": times.micros(agent.since),
        "contact_id": agent.contact.id if agent.contact else None,
        "handled": agent.handled,
    }


def _screen(world: World, agent: Agent) -> dict[str, Any]:
    """Everything that the agent sees."""
    return {
        **_agent(agent),
        "next_status": agent.next_status.name if agent.next_status else None,
        "person": agent.habits.person,
        "quick_connects": [document.name for document in transfers.visible(agent)],
        "contacts": [_on_screen(world, handling) for handling in agent.desk.values()],
        "now": times.micros(world.now),
    }


def _on_screen(world: World, handling: Handling) -> dict[str, Any]:
    contact = handling.contact
    transfer = world.transfers.pending(contact)
    return {
        "contact_id": contact.id,
        "call_id": contact.segments[0].id,
        "channel": contact.channel,
        "method": contact.initiation_method,
        "state": str(handling.activity),
        "accepted": handling.accepted,
        "since": times.micros(handling.since),
        "customer": contact.plan.caller,
        "queue": contact.visit.queue.name or None if contact.visit else None,
        "attributes": dict(contact.attributes),
        "transfer": None if transfer is None else _coming(transfer),
        "parties": [_party_of(one) for one in world.conferences.others(contact)],
        "caller_on_line": world.conferences.with_customer(contact.call),
        "caller_on_hold": contact.call.held_by is not None,
    }


def _coming(new: Contact) -> dict[str, Any]:
    listening = new.agent_listening
    asked = None if listening is None else {"for": "digits"}
    return {"contact_id": new.id, "state": str(new.state), "to": _party_of(new)["name"], "waiting": asked}


def _party_of(contact: Contact) -> dict[str, Any]:
    """Another party of the call; nobody's name is known before somebody has accepted."""
    known = contact.leg is not None or contact.initiation_method == METHOD
    name = contact.party_name if known else None
    return {"contact_id": contact.id, "name": name, "on_hold": contact.held_by is not None}
