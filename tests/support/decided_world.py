"""A tenant with a routing section on the engine: the product's own flows and its own `route_contact`, in one process.

The floor that decisions see is the floor of the engine: who is signed in, on which calls, since when, for how long.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from chalicelib.customers.service import UNKNOWN, Caller
from chalicelib.platform.flow_door import flat, parse
from chalicelib.platform.tenancy import TenantId
from chalicelib.routing import flow
from chalicelib.routing.floor import Agent, Floor, Presence, QueueState
from chalicelib.routing.service import KnownFloor, Routing
from chalicelib.tenancy.compiler import compile_contract, document_text
from chalicelib.tenancy.contract_file import parse as parse_contract
from chalicelib.tenancy.models import Tenant, from_document
from localstack.connect.engine.contact import Contact, HangUp, Press, WaitFor
from localstack.connect.engine.staff import Agent as Signed
from tests.support.connect_world import MONDAY, arn
from tests.support.routing_plans import raw
from tests.support.tenant_world import TenantWorld

AFTER_SALES = "+864008601234"
CALLER, LATER = "+8613800138000", "+8613900139000"
TO_CONSULTATION, TO_COMPLAINTS = (Press("1"), Press(""), Press("1")), (Press("1"), Press(""), Press("3"))
"""Keys of the after-sales line: Mandarin, no customer number, then the menu."""


def after(seconds: float) -> datetime:
    """Return the moment so long after the day of the tests has begun."""
    return MONDAY + timedelta(seconds=seconds)


class Decided(TenantWorld):
    """The HR group with this routing section, and strategies of its queues (`_` for `-`).

    `replies` are the decisions, in order; `turns` counts how often a waiting contact was told to stay.
    """

    def __init__(
        self,
        routing: dict[str, Any],
        callers: Mapping[str, Caller] | None = None,
        *,
        now: datetime = MONDAY,
        **strategies: str,
    ) -> None:
        contract = parse_contract(raw(routing, **strategies), source="test")
        super().__init__(contract, route=self._route, now=now)
        self.tenant: Tenant = from_document(json.loads(document_text(compile_contract(contract))))
        self.callers = callers or {}
        self.places: dict[str, int] = {}
        self.last_tried: dict[str, str] = {}
        self.full: frozenset[str] = frozenset()
        self.replies: list[dict[str, str]] = []
        self.turns = 0
        ids = {queue: arn("queue", queue).rpartition("/")[2] for queue in self.tenant.queues}
        self.wires = flow.Wired(
            Routing(self, self.tenant, lambda: self.world.timeline.now, KnownFloor(self._floor)), ids
        )

    def find(self, tenant: TenantId, phone: str, *, now: datetime, within_s: float) -> Caller:
        """Return what is known of a caller; the port of `Routing`."""
        assert (tenant, within_s, now) == (self.tenant.id, 1.0, self.world.timeline.now)
        return self.callers.get(phone, UNKNOWN)

    def people_of(self, profile: str, *usernames: str, **habits: Any) -> None:
        """Sign agents in; their place is the order in which they are named."""
        self.staff(profile, *usernames, **habits)
        self.places |= {name: len(self.places) + n for n, name in enumerate(usernames)}

    def dial(self, *script: Any, **plan: Any) -> Contact:
        """Place one call to after-sales and let ten minutes pass."""
        contact = self.call(*script, **{"to": AFTER_SALES, "caller": CALLER, **plan})
        self.run(until=self.world.timeline.now + timedelta(minutes=10))
        return contact

    def ask(self, *keys: Any, wait_s: float = 60, **plan: Any) -> Contact:
        """Place a call whose caller hangs up so long after the last key; nothing runs yet."""
        return self.call(*keys, WaitFor(wait_s), HangUp(), **{"to": AFTER_SALES, "caller": CALLER, **plan})

    def chain(self, contact: Contact) -> list[dict[str, Any]]:
        """Return the records of a contact and of all that it went on as, in order."""
        return [self.record_of(one) for one in contact.segments]

    def agent_of(self, contact: Contact) -> str | None:
        """Return who answered the contact, or one that it went on as."""
        agents = [record["Agent"] for record in self.chain(contact) if record["Agent"]]
        return agents[-1]["Username"] if agents else None

    def rung(self, contact: Contact) -> list[str]:
        """Return whose telephone rang for the contact, in order."""
        offers = (one for one in contact.transcript if one.kind in {"offered", "dialing"})
        return [str(one.facts.get("agent") or one.facts.get("to")) for one in offers]

    def queues(self, contact: Contact) -> list[str]:
        """Return the queues that the contact stood in."""
        return [record["Queue"]["Name"] for record in self.chain(contact) if record["Queue"]]

    def _route(self, event: Mapping[str, Any]) -> dict[str, str]:
        answer = flat(flow.handle(parse(event), 1.0, self.wires))
        if "targets" in answer:
            self.replies.append(answer)
        else:
            self.turns += 1
        return answer

    def _floor(self) -> Floor:
        queues = {one.id: frozenset(entry.queue for entry in one.queues) for one in self.contract.routing_profiles}
        agents = tuple(self._agent(one, queues) for one in self.world.floor.agents())
        return Floor(
            at=self.world.timeline.now, agents=agents, queues={one: self._queue(one) for one in self.tenant.queues}
        )

    def _agent(self, agent: Signed, queues: Mapping[str, frozenset[str]]) -> Agent:
        name = agent.user.username
        served = [one["Agent"] for one in self.cloud.records if one["Agent"] and one["Agent"]["Username"] == name]
        return Agent(
            id=agent.user.id,
            name=name,
            presence=Presence.AVAILABLE if agent.status.type == "ROUTABLE" else Presence.AWAY,
            queues=queues[agent.profile.name],
            place=self.places.get(name, 0),
            idle_since=agent.available_since,
            talk_s=sum(one["AgentInteractionDuration"] for one in served),
            handled=len(served),
            used=len(agent.desk),
        )

    def _queue(self, queue: str) -> QueueState:
        limit = self.tenant.queues[queue].max_contacts if queue in self.full else None
        return QueueState(waiting=limit or 0, last_tried=self.last_tried.get(queue))
