"""A tenant on the engine, its decisions made from the floor that its own agent events tell through the ingest."""

import json
import random
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from chalicelib.customers.service import UNKNOWN, Caller
from chalicelib.platform.flow_door import flat, parse
from chalicelib.routing import flow
from chalicelib.routing.reserving import Reserving
from chalicelib.routing.service import Overrides, Routing
from chalicelib.tenancy.compiler import compile_contract, document_text
from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_file import parse as parse_contract
from chalicelib.tenancy.models import Tenant, from_document
from cli import world_floor
from cli.memory_reservations import MemoryReservations
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import HangUp, Press, WaitFor
from tests.support.connect_world import MONDAY, arn
from tests.support.routing_plans import raw
from tests.support.tenant_world import TenantWorld

AFTER_SALES = "+864008601234"
CALLER = "+8613800138000"
TO_CONSULTATION = (Press("1"), Press(""), Press("1"))
HELD = frozenset({"CONNECTING", "INCOMING", "CONNECTED", "CONNECTED_ONHOLD", "ENDED"})
"""States of a contact that an agent has, or is about to have."""


class LiveFloorWorld(TenantWorld):
    """Real flows, real `route_contact`, real ingest of agent events, some of them twice and displaced by `spoil`.

    `routing` is the routing section of the HR group with `strategies` of its queues, or one of the project's tenants.
    `overrides` makes what reads the changes of a supervisor.
    `replies` are the decisions, in order; `turns` counts how often a waiting contact was told to stay where it is.
    `shared` are contacts that two agents had, or were offered, at one instant; `missed` are offers without answer.
    `reserves` is False for a tenant without reservations of agents. `quick` checks no schema and tells no flow, for
    many runs.
    """

    def __init__(
        self,
        routing: dict[str, Any] | str | Contract,
        *,
        spoil: random.Random | None = None,
        callers: Mapping[str, Caller] | None = None,
        quick: bool = False,
        now: datetime = MONDAY,
        overrides: Callable[[Tenant], Overrides] | None = None,
        reserves: bool = True,
        **strategies: str,
    ) -> None:
        served = parse_contract(raw(routing, **strategies), source="test") if isinstance(routing, dict) else routing
        super().__init__(served, route=self._route, flows_told=not quick, now=now)
        contract = self.contract
        self.cloud.real = not quick
        self.tenant = from_document(json.loads(document_text(compile_contract(contract))))
        self.floor = world_floor.of_tenant(self.tenant, self.deliver)
        self.spoil = spoil
        self.callers = callers or {}
        self.replies: list[dict[str, str]] = []
        self.turns = 0
        self.shared: list[tuple[str, set[str]]] = []
        self.missed: set[tuple[str, str]] = set()
        self._having: dict[str, set[str]] = {}
        self._heard = 0
        ids = {queue: arn("queue", queue).rpartition("/")[2] for queue in self.tenant.queues}
        changed = overrides(self.tenant) if overrides else None
        self.reservations = MemoryReservations()
        aims = Reserving(self.reservations) if reserves else None
        self.wires = flow.Wired(Routing(self, self.tenant, lambda: self.world.now, self.floor, changed, aims), ids)

    def find(self, *_: Any, **asked: Any) -> Caller:
        """Return what is known of a caller; the port of `Routing`."""
        del asked
        return self.callers.get(str(_[1]), UNKNOWN)

    def deliver(self) -> None:
        """Take in every agent event that the engine has told, spoilt ones among them."""
        self.world.outbox.flush()
        news, self._heard = self.cloud.agent_events[self._heard :], len(self.cloud.agent_events)
        for event in news:
            self._watch(event)
        if self.spoil is not None:
            news = [*news, *self.spoil.choices(self.cloud.agent_events, k=len(news) // 2)]
            # Neighbours may change places, as between shards; what is older comes again at any time.
            spoil = self.spoil
            news = [one for _, one in sorted(enumerate(news), key=lambda pair: pair[0] + spoil.uniform(0, 3))]
        for event in news:
            self.floor.ingest.take(json.dumps(event).encode())

    def _watch(self, event: Mapping[str, Any]) -> None:
        agent = str(event["AgentARN"])
        works = (event["CurrentAgentSnapshot"] or {}).get("Contacts", [])
        self.missed |= {(agent, one["ContactId"]) for one in works if one["State"] == "MISSED"}
        self._having[agent] = {one["ContactId"] for one in works if one["State"] in HELD}
        for contact in self._having[agent]:
            holders = {name for name, had in self._having.items() if contact in had}
            if len(holders) > 1:
                self.shared.append((contact, holders))

    def _route(self, event: Mapping[str, Any]) -> dict[str, str]:
        answer = flat(flow.handle(parse(event), 1.0, self.wires))
        if answer == flow.STAY:
            self.turns += 1
        else:
            self.replies.append(answer)
        return answer

    def ask(self, *keys: Any, wait_s: float = 60, **plan: Any) -> Contact:
        """Place a call whose caller hangs up so long after the last key; nothing runs yet."""
        return self.call(*(keys or TO_CONSULTATION), WaitFor(wait_s), HangUp(),
                         **{"to": AFTER_SALES, "caller": CALLER, **plan})  # fmt: skip

    def agents_of(self, contact: Contact) -> list[str]:
        """Return who answered the contact, and those that it went on as."""
        records = [self.record_of(one) for one in contact.segments]
        return [record["Agent"]["Username"] for record in records if record["Agent"]]
