"""The control API of callers: who is on the line, and what the person at the customer's end does."""

from collections.abc import Callable, Mapping
from typing import Any

from localstack.connect import control_requests
from localstack.connect.control_agents import Do, Route
from localstack.connect.control_deeds import Body
from localstack.connect.control_requests import BadRequest
from localstack.connect.directory import Directory
from localstack.connect.engine import times
from localstack.connect.engine.caller import type_ahead
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.effects import Chance, Choice, Digits, Words
from localstack.connect.engine.world import World


class CallRoutes:
    """Routes below /connect/calls."""

    def __init__(self, directory: Directory, do: Do) -> None:
        self._directory = directory
        self._do = do

    def routes(self) -> list[tuple[str, str, Route]]:
        """Method, path and answer."""
        one = "/connect/calls/(?P<id>[^/]+)"
        return [
            ("GET", "/connect/calls", self._list),
            ("POST", "/connect/calls", self._call),
            ("GET", one, self._tell),
            ("POST", f"{one}/press", self._press),
            ("POST", f"{one}/say", self._say),
            ("POST", f"{one}/choose", self._choose),
            ("POST", f"{one}/hang-up", self._hang_up),
        ]

    async def _list(self, parts: Mapping[str, str], _body: Body) -> Any:
        """Every call that is not over, oldest first; `instance` is an id or alias."""
        wanted = self._directory.instance(parts["instance"]) if "instance" in parts else None
        if wanted is None and "instance" in parts:
            msg = f"there is no instance {parts['instance']}"
            raise LookupError(msg)

        def tell(world: World) -> list[dict[str, Any]]:
            firsts = {contact.segments[0].id: contact.segments[0] for contact in world.active}
            return [_row(first) for first in firsts.values() if wanted is None or first.instance.id == wanted.id]

        return {"calls": await self._do(tell)}

    async def _call(self, _parts: Mapping[str, str], body: Mapping[str, Any]) -> Any:
        plan, at = control_requests.call_plan(body), control_requests.moment(body, "at")
        contact = await self._do(lambda world: world.place_call(plan, at=at))
        return {"contact_id": contact.id}

    async def _tell(self, parts: Mapping[str, str], _body: Mapping[str, Any]) -> Any:
        after = parts.get("after", "0")
        if not after.isdecimal():
            msg = f"after is {after!r}, expected a number"
            raise BadRequest(msg)
        return await self._do(lambda world: _told(_contact(world, parts["id"]), int(after)))

    async def _press(self, parts: Mapping[str, str], body: Mapping[str, Any]) -> Any:
        digits = control_requests.digits(body.get("digits"))
        if control_requests.field(body, "ahead", bool, default=False):

            def ahead(world: World, contact: Contact) -> bool:
                type_ahead(world, contact, digits)
                return True

            return await self._act(parts, "keys", ahead)
        return await self._act(parts, "keys", lambda world, contact: world.press(contact, digits))

    async def _say(self, parts: Mapping[str, str], body: Mapping[str, Any]) -> Any:
        text = control_requests.field(body, "text", str)
        return await self._act(parts, "words", lambda world, contact: world.say(contact, text))

    async def _choose(self, parts: Mapping[str, str], body: Mapping[str, Any]) -> Any:
        chosen = control_requests.choice(body)
        return await self._act(
            parts, "a choice", lambda world, contact: world.choose(contact, chosen.action, chosen.data)
        )

    async def _act(self, parts: Mapping[str, str], what: str, act: Callable[[World, Contact], bool]) -> Any:
        """Let an interactive person act. Refused when the flow is not waiting for that."""

        def do(world: World) -> dict[str, Any]:
            contact = _contact(world, parts["id"])
            if not act(world, contact):
                msg = f"the flow is not waiting for {what}"
                raise ValueError(msg)
            return _told(contact, len(contact.transcript))

        return await self._do(do)

    async def _hang_up(self, parts: Mapping[str, str], _body: Mapping[str, Any]) -> Any:
        def hang_up(world: World) -> dict[str, Any]:
            contact = _contact(world, parts["id"])
            world.hang_up(contact)
            return _told(contact, len(contact.transcript))

        return await self._do(hang_up)


def _row(first: Contact) -> dict[str, Any]:
    """One call in a list: where it has come to, and who has it."""
    contact = first.latest
    agent = contact.leg.agent if contact.leg else contact.offered_to
    return {
        "contact_id": first.id,
        "instance": first.instance.alias,
        "channel": contact.channel,
        "method": first.initiation_method,
        "from": contact.plan.caller,
        "to": contact.plan.to,
        "state": str(contact.state),
        "since": times.micros(first.initiated_at),
        "queue": contact.visit.queue.name or None if contact.visit and contact.waiting else None,
        "agent": agent.user.username if agent else None,
        "interactive": first.plan.interactive,
    }


def _contact(world: World, contact_id: str) -> Contact:
    contact = world.contacts.get(contact_id)
    if contact is None:
        msg = f"there is no contact {contact_id}"
        raise LookupError(msg)
    return contact


def _waiting(wanted: Chance) -> dict[str, Any]:
    """What a person may do now."""
    match wanted:
        case Digits():
            return {"for": "digits", "max_digits": wanted.max_digits, "timeout_s": wanted.first_s}
        case Words():
            return {"for": "words", "keys": wanted.keys is not None, "timeout_s": wanted.first_s}
        case Choice():
            return {"for": "choice", "of": wanted.what, "timeout_s": wanted.limit_s}


def _told(first: Contact, after: int) -> dict[str, Any]:
    """The call that `first` began: the state of the contact that it has come to, the transcript of all."""
    contact = first.latest
    return {
        "contact_id": first.id,
        "segments": [segment.id for segment in first.segments],
        "state": str(contact.state),
        "waiting": _waiting(contact.listening.wanted) if contact.listening else None,
        "ended": all(segment.completed for segment in first.segments),
        "events": [told.to_json() for told in contact.transcript[after:]],
    }
