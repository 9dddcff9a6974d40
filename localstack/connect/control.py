"""The control API under /_trunkline/: what a laptop needs and AWS does not offer: a clock, callers and agents.

Amazon Connect has no API to dial in, to press keys or to be an agent, so this is ours, apart from the AWS surface.
"""

import asyncio
import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from localstack.connect import control_requests, inner_bus
from localstack.connect.bursts import Bursts
from localstack.connect.control_agents import AgentRoutes, Route
from localstack.connect.control_chats import ChatRoutes
from localstack.connect.control_requests import BadRequest
from localstack.connect.directory import Directory, Instance
from localstack.connect.driver import Driver
from localstack.connect.engine import times
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.effects import Chance, Choice, Digits, Words
from localstack.connect.engine.ports import Ports
from localstack.connect.engine.settings import Settings
from localstack.connect.engine.world import World
from localstack.connect.limits import Limits

log = logging.getLogger(__name__)

Answer = tuple[int, dict[str, str], bytes]
Query = Mapping[str, list[str]]
BASE = "/_trunkline"
LONGEST_RUN_S = 86_400.0


class Control:
    """Routes requests to the driver; never blocks the event loop that calls it."""

    def __init__(
        self,
        directory: Directory,
        endpoint_url: str,
        *,
        ports: Ports | None = None,
        settings: Settings | None = None,
    ) -> None:
        chosen = settings or Settings()
        reached = ports or inner_bus.ports(endpoint_url)
        self.directory = directory
        self.driver = Driver(lambda now: World(directory, reached, chosen, now), chosen)
        self.bursts = Bursts(self.driver)
        self.limits = Limits()
        self._agents = AgentRoutes(directory, self._do)
        self._chats = ChatRoutes(directory, self._do)
        self._routes = self._table()
        self.driver.start()

    def close(self) -> None:
        """Hand over what waits and stop."""
        self.driver.stop()

    async def handle(self, method: str, path: str, query: Query, body: bytes) -> Answer:
        """Answer one request; every refusal is JSON with `error`."""
        known_path = False
        for wanted, pattern, route in self._routes:
            match = pattern.fullmatch(path)
            if match is None:
                continue
            known_path = True
            if wanted == method:
                return await self._answer(route, match.groupdict(), query, body)
        status, error = (405, "method not allowed") if known_path else (404, f"there is no {path}")
        return _json(status, {"error": error})

    async def _answer(self, route: Route, parts: Mapping[str, str], query: Query, body: bytes) -> Answer:
        try:
            read = json.loads(body) if body.strip() else {}
            if not isinstance(read, dict):
                msg = "the body must be a JSON object"
                raise BadRequest(msg)  # noqa: TRY301
            return _json(200, await route({**parts, **{k: v[-1] for k, v in query.items()}}, read))
        except (BadRequest, json.JSONDecodeError) as error:
            return _json(400, {"error": str(error)})
        except LookupError as error:
            return _json(404, {"error": str(error).strip("'\"")})
        except ValueError as error:
            return _json(409, {"error": str(error)})

    def _table(self) -> list[tuple[str, re.Pattern[str], Route]]:
        return [
            (method, re.compile(BASE + path), route)
            for method, path, route in (
                ("GET", "/health", self._health),
                ("GET", "/clock", self._clock),
                ("POST", "/clock", self._set_clock),
                ("GET", "/connect/instances", self._instances),
                *self._agents.routes(),
                ("POST", "/connect/calls", self._call),
                ("GET", "/connect/calls/(?P<id>[^/]+)", self._tell),
                ("POST", "/connect/calls/(?P<id>[^/]+)/press", self._press),
                ("POST", "/connect/calls/(?P<id>[^/]+)/say", self._say),
                ("POST", "/connect/calls/(?P<id>[^/]+)/choose", self._choose),
                ("POST", "/connect/calls/(?P<id>[^/]+)/hang-up", self._hang_up),
                *self._chats.routes(),
                ("POST", "/connect/run", self._run),
                ("GET", "/connect/deliveries", self._deliveries),
                ("POST", "/connect/faults", self._set_faults),
                ("POST", "/connect/limits", self._set_limits),
                ("POST", "/connect/bursts", self._burst),
                ("GET", "/connect/bursts/(?P<id>[^/]+)", self._tell_burst),
            )
        ]

    async def _do[T](self, do: Callable[[World], T]) -> T:
        return await asyncio.wrap_future(self.driver.call(do))

    async def _health(self, _parts: Mapping[str, str], _body: Mapping[str, Any]) -> Any:
        return {"status": "ok", "failure": self.driver.failure or None}

    async def _deliveries(self, _parts: Mapping[str, str], _body: Mapping[str, Any]) -> Any:
        outbox = self.driver.world.outbox
        return {
            "waiting": outbox.waiting,
            "delivered": outbox.delivered,
            "lost": outbox.lost,
            "dropped": outbox.dropped,
            "failure": self.driver.failure or None,
        }

    async def _set_faults(self, _parts: Mapping[str, str], body: Mapping[str, Any]) -> Any:
        faults = control_requests.faults(body)

        def switch(world: World) -> dict[str, Any]:
            world.outbox.faults = faults
            return asdict(faults)

        return await self._do(switch)

    async def _set_limits(self, _parts: Mapping[str, str], body: Mapping[str, Any]) -> Any:
        throttles, quotas = (
            control_requests.field(body, name, bool, default=False) for name in ("throttles", "quotas")
        )
        self.limits.switch(throttles=throttles, quotas=quotas)
        return {"throttles": throttles, "quotas": quotas}

    async def _clock(self, _parts: Mapping[str, str], _body: Mapping[str, Any]) -> Any:
        return {"now": times.micros(self.driver.now), "mode": self.driver.mode}

    async def _set_clock(self, parts: Mapping[str, str], body: Mapping[str, Any]) -> Any:
        mode = control_requests.field(body, "mode", str)
        if mode not in ("virtual", "real"):
            msg = f"mode is {mode!r}, expected virtual or real"
            raise BadRequest(msg)
        await asyncio.wrap_future(self.driver.set_clock(mode, control_requests.moment(body, "now")))
        return await self._clock(parts, body)

    async def _instances(self, _parts: Mapping[str, str], _body: Mapping[str, Any]) -> Any:
        return [_instance(instance) for instance in self.directory.instances()]

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

    async def _run(self, _parts: Mapping[str, str], body: Mapping[str, Any]) -> Any:
        until = None if body.get("until", "idle") == "idle" else control_requests.moment(body, "until")
        longest_s = control_requests.seconds(body, "max_s")
        run = self.driver.run(until, LONGEST_RUN_S if longest_s is None else longest_s)
        idle = await asyncio.wrap_future(run)
        awaited = await self._do(lambda world: [contact.id for contact in world.awaited])
        return {"now": times.micros(self.driver.now), "idle": idle, "awaiting": awaited}

    async def _burst(self, _parts: Mapping[str, str], body: Mapping[str, Any]) -> Any:
        seed, start, calls = control_requests.burst(body)
        if start is not None and (self.driver.mode == "real" or start < self.driver.now):
            await asyncio.wrap_future(self.driver.set_clock("virtual", start))
        if self.driver.mode == "real":
            msg = "a burst runs on the virtual clock: give its start"
            raise BadRequest(msg)
        burst = await self._do(lambda world: self.bursts.start(world, seed, start or world.now, calls))
        return {"burst_id": burst.id}

    async def _tell_burst(self, parts: Mapping[str, str], _body: Mapping[str, Any]) -> Any:
        return await self._do(lambda world: self.bursts.tell(world, parts["id"]))


def _json(status: int, body: Any) -> Answer:
    return status, {"content-type": "application/json"}, json.dumps(body, ensure_ascii=False).encode()


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


def _instance(instance: Instance) -> dict[str, Any]:
    flows = {flow.id: flow.name for flow in instance.flows.values()}
    return {
        "id": instance.id,
        "alias": instance.alias,
        "arn": instance.arn,
        "numbers": [
            {"number": number.number, "flow": flows.get(number.flow_id or "")}
            for number in instance.phone_numbers.values()
        ],
        "queues": [{"id": queue.id, "name": queue.name} for queue in instance.queues.values()],
        "users": len(instance.users),
        "flows": len(instance.flows),
    }
