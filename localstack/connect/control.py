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

from localstack.connect import arns, control_requests, inner_bus
from localstack.connect.bursts import Bursts
from localstack.connect.control_agents import AgentRoutes, Route
from localstack.connect.control_calls import CallRoutes
from localstack.connect.control_chats import ChatRoutes
from localstack.connect.control_emails import EmailRoutes
from localstack.connect.control_requests import BadRequest
from localstack.connect.control_services import ServiceRoutes
from localstack.connect.directory import Directory, Instance
from localstack.connect.driver import Driver
from localstack.connect.engine import times
from localstack.connect.engine.load import USUAL_LIMIT
from localstack.connect.engine.ports import Ports
from localstack.connect.engine.settings import Settings
from localstack.connect.engine.world import World
from localstack.connect.limits import Limits

log = logging.getLogger(__name__)

Answer = tuple[int, dict[str, str], bytes]
Query = Mapping[str, list[str]]
BASE = "/_trunkline"


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
        self._services = ServiceRoutes(directory, self._do)
        self._calls = CallRoutes(directory, self._do)
        self._chats = ChatRoutes(directory, self._do)
        self._emails = EmailRoutes(directory, self._do)
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
                *self._calls.routes(),
                *self._chats.routes(),
                *self._emails.routes(),
                *self._services.routes(),
                ("POST", "/connect/run", self._run),
                ("GET", "/connect/deliveries", self._deliveries),
                ("POST", "/connect/faults", self._set_faults),
                ("POST", "/connect/limits", self._set_limits),
                ("POST", "/connect/callees", self._know_callee),
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
        calls = control_requests.field(body, "concurrent_calls", int, default=USUAL_LIMIT if quotas else None)
        per_s = control_requests.field(body, "calls_per_s", int, default=None)
        self.limits.switch(throttles=throttles, quotas=quotas)

        def set_limit(world: World) -> dict[str, Any]:
            world.load.limit, world.load.per_s = calls, per_s
            return {"throttles": throttles, "quotas": quotas, "concurrent_calls": calls, "calls_per_s": per_s}

        return await self._do(set_limit)

    async def _know_callee(self, _parts: Mapping[str, str], body: Mapping[str, Any]) -> Any:
        """Whoever is called at this number, by the API or called back first, behaves so."""
        plan = control_requests.call_plan({"to": "", "from": control_requests.field(body, "number", str), **body})

        def write(world: World) -> dict[str, Any]:
            world.phone_book[plan.caller] = plan
            return {"number": plan.caller}

        return await self._do(write)

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

    async def _run(self, _parts: Mapping[str, str], body: Mapping[str, Any]) -> Any:
        until = None if body.get("until", "idle") == "idle" else control_requests.moment(body, "until")
        longest_s = control_requests.seconds(body, "max_s")
        run = self.driver.run(until, longest_s)
        idle = await asyncio.wrap_future(run)
        awaited, unset = await self._do(lambda world: ([contact.id for contact in world.awaited], list(world.unset)))
        now = times.micros(self.driver.now)
        return {"now": now, "idle": idle, "awaiting": awaited, **({"unset": unset} if unset else {})}

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


def _instance(instance: Instance) -> dict[str, Any]:
    flows = {flow.id: flow.name for flow in instance.flows.values()}
    return {
        "id": instance.id,
        "alias": instance.alias,
        "arn": instance.arn,
        "numbers": [
            {"number": number.number, "flow": flows.get(arns.bare_id(number.flow_id or ""))}
            for number in instance.phone_numbers.values()
        ],
        "queues": [{"id": queue.id, "name": queue.name} for queue in instance.queues.values()],
        "users": len(instance.users),
        "flows": len(instance.flows),
    }
