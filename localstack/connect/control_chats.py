"""The control API of chats: begin one as its customer, and read what was written.

The customer writes through `/connect/calls/{id}/say`, the agent through the deed `say`.
"""

from collections.abc import Mapping
from typing import Any

from localstack.connect import control_requests
from localstack.connect.api_context import INBOUND
from localstack.connect.control_agents import Do, Route
from localstack.connect.control_deeds import Body
from localstack.connect.control_requests import BadRequest, field
from localstack.connect.directory import Directory, Flow, Instance
from localstack.connect.engine.chat import LONGEST_MIN, SHORTEST_MIN, USUAL_MIN
from localstack.connect.engine.chats import ChatPlan
from localstack.connect.engine.world import World


class ChatRoutes:
    """Routes below /connect/chats."""

    def __init__(self, directory: Directory, do: Do) -> None:
        self._directory = directory
        self._do = do

    def routes(self) -> list[tuple[str, str, Route]]:
        """Method, path and answer."""
        return [
            ("POST", "/connect/chats", self._begin),
            ("GET", "/connect/chats/(?P<id>[^/]+)", self._read),
        ]

    async def _begin(self, _parts: Mapping[str, str], body: Body) -> Any:
        instance = control_requests.only_instance(self._directory, field(body, "instance", str, default=None))
        plan = chat_plan(instance, body)

        def begin(world: World) -> dict[str, Any]:
            return {"contact_id": world.chats.start(instance, plan).id}

        return await self._do(begin)

    async def _read(self, parts: Mapping[str, str], _body: Body) -> Any:
        return await self._do(lambda world: _told(world, parts["id"]))


def chat_plan(instance: Instance, body: Body) -> ChatPlan:
    """A chat to begin; `flow` by name, id or ARN. Raises BadRequest, or LookupError for a flow that is not there."""
    minutes = field(body, "minutes", int, default=USUAL_MIN)
    if not SHORTEST_MIN <= minutes <= LONGEST_MIN:
        msg = f"minutes are {minutes}, expected {SHORTEST_MIN} to {LONGEST_MIN}"
        raise BadRequest(msg)
    return ChatPlan(
        flow=flow_of(instance, field(body, "flow", str)),
        customer=field(body, "name", str, default="Customer"),
        call=control_requests.call_plan({"to": "", "from": "", **body}),
        subtype=field(body, "subtype", str, default="connect:Chat"),
        message=field(body, "message", str, default=None),
        attributes=texts(body, "attributes"),
        minutes=minutes,
    )


def texts(body: Body, name: str) -> dict[str, str]:
    """A map of texts. Raises BadRequest."""
    found = dict(field(body, name, Mapping, default={}))
    if not all(isinstance(value, str) for value in found.values()):
        msg = f"{name} hold texts only"
        raise BadRequest(msg)
    return found


def flow_of(instance: Instance, name: str) -> Flow:
    """A flow by its name, id or ARN. Raises LookupError."""
    found = instance.named(Flow, name) or instance.edition(Flow, name)
    if found is None:
        msg = f"there is no flow {name}"
        raise LookupError(msg)
    if found.type != INBOUND:
        msg = f"flow {found.name} is of type {found.type}, a contact begins with a {INBOUND}"
        raise BadRequest(msg)
    return found


def _told(world: World, contact_id: str) -> dict[str, Any]:
    contact = world.contacts.get(contact_id)
    if contact is None or contact.chat is None:
        msg = f"there is no chat {contact_id}"
        raise LookupError(msg)
    return {
        "contact_id": contact.id,
        "segments": [segment.id for segment in contact.segments],
        "state": str(contact.latest.state),
        "over": contact.chat.over,
        "idle": sorted(contact.chat.idle),
        "items": [{**item.to_json(), "ContactId": item.contact_id} for item in contact.chat.items],
    }
