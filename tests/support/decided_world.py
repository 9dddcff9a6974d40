"""Calls that go from place to place: the world with the live floor, read call by call instead of contact by contact."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.customers.service import Caller
from chalicelib.routing import flow
from chalicelib.routing.floor import Floor, QueueState
from chalicelib.routing.service import Routing
from chalicelib.tenancy.contract import Contract
from cli.world_floor import WorldFloor
from localstack.connect.directory import RoutingProfile
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import Press
from tests.support.callback_register import CallbackRegister
from tests.support.connect_world import MONDAY
from tests.support.live_floor_world import AFTER_SALES, CALLER, TO_CONSULTATION, LiveFloorWorld

__all__ = ["AFTER_SALES", "CALLER", "LATER", "TO_COMPLAINTS", "TO_CONSULTATION", "TO_REPAIR", "Decided", "after"]

LATER = "+8613900139000"
TO_REPAIR, TO_COMPLAINTS = (Press("1"), Press(""), Press("2")), (Press("1"), Press(""), Press("3"))
"""Keys of the after-sales line: Mandarin, no customer number, then the menu."""


def after(seconds: float) -> datetime:
    """Return the moment so long after the day of the tests has begun."""
    return MONDAY + timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class _WithFull:
    """The floor, with so many contacts waiting in some queues."""

    floor: WorldFloor
    waiting: Callable[[], Mapping[str, int]]

    def ask(self, within_s: float) -> None:
        """Let all agent events arrive."""
        self.floor.ask(within_s)

    def look(self, channel: str, now: datetime) -> Floor | None:
        """Return the floor."""
        known = self.floor.look(channel, now) or Floor(at=now)
        full = {queue: QueueState(waiting=count) for queue, count in self.waiting().items()}
        return replace(known, queues={**known.queues, **full})


class Decided(LiveFloorWorld):
    """The HR group with this routing section and strategies of its queues (`_` for `-`), or a tenant of the project.

    Queues in `full` are full to decisions.
    """

    def __init__(
        self, routing: dict[str, Any] | str | Contract, callers: Mapping[str, Caller] | None = None, **more: Any
    ) -> None:
        super().__init__(routing, callers=callers, **more)
        self.full: frozenset[str] = frozenset()
        self.register = CallbackRegister(self.tenant, self)
        self.lambdas.answers["request_callback"] = self.register.promise
        floors = _WithFull(self.floor, lambda: {one: self.tenant.queues[one].max_contacts or 0 for one in self.full})
        self.wires = replace(self.wires, routing=replace(self.wires.routing, floors=floors))

    def without_floor(self) -> None:
        """Let decisions know nothing of agents and queues."""
        self.wires = flow.Wired(Routing(self, self.tenant, lambda: self.world.now), self.wires.queue_ids)

    def skilled(self, username: str, *skills: tuple[str, str, float], profile: str = "service", **habits: Any) -> None:
        """Sign in an agent with proficiencies: attribute, value, level."""
        found = self.instance.named(RoutingProfile, profile)
        assert found is not None
        self.sign_in(self.user(username, found, proficiencies=skills), **habits)

    def sign_in_again(self, username: str) -> None:
        """Let an agent sign out and in: another shift."""
        agent = next(one for one in self.world.floor.agents() if one.user.username == username)
        for name in ("Offline", "Available"):
            self.sign_in(agent.user, name)
            self.run(until=self.world.now + timedelta(seconds=1))

    def dial(self, *script: Any, **plan: Any) -> Contact:  # type: ignore[override] # the number is nearly always one
        """Place one call and let ten minutes pass."""
        contact = self.call(*script, **{"to": AFTER_SALES, "caller": CALLER, **plan})
        self.run(until=self.world.now + timedelta(minutes=10))
        return contact

    def chain(self, contact: Contact) -> list[dict[str, Any]]:
        """Return the records of a contact and of all that it went on as, in order."""
        return [self.record_of(one) for one in contact.segments]

    def agent_of(self, contact: Contact) -> str | None:
        """Return who answered the call."""
        agents = self.agents_of(contact)
        return agents[-1] if agents else None

    def rung(self, contact: Contact) -> list[str]:
        """Return whose telephone rang for the call, in order: usernames, and numbers outside."""
        offers = (one for one in contact.transcript if one.kind in {"offered", "dialing"})
        return [str(one.facts.get("agent") or one.facts.get("to")) for one in offers]

    def queues(self, contact: Contact) -> list[str]:
        """Return the queues that the call stood in."""
        return [record["Queue"]["Name"] for record in self.chain(contact) if record["Queue"]]
