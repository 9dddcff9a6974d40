"""A tenant on the engine whose groups are offered calls at their desks: decisions, offers, acceptances, telephones."""

from dataclasses import dataclass, replace
from typing import Any

from chalicelib.agents.models import AgentState
from chalicelib.audit.models import Actor
from chalicelib.audit.service import Trail
from chalicelib.audit.store import Log
from chalicelib.offers.accepting import Accepting
from chalicelib.offers.connect import Line
from chalicelib.offers.models import Offer
from chalicelib.offers.service import Closer, Desks, Rings
from chalicelib.routing.groups import AtDesks
from cli.world_floor import WorldFloor
from tests.support.connect_in_place import connect_client
from tests.support.seed_world import SeedWorld


@dataclass(frozen=True, slots=True)
class _LastHeard:
    """The floor as the API reads it: every agent event taken in."""

    floor: WorldFloor

    def find(self, agent_id: str) -> AgentState | None:
        self.floor.deliver()
        kept = self.floor.agents.kept.get(agent_id)
        return kept.state if kept else None


class RingingDesks(SeedWorld):
    """The tenant `tenant`, whose agents have desks; `accepting` is what the API does for them."""

    def __init__(self, tenant: str, **more: Any) -> None:
        super().__init__(tenant, **more)
        self.rings = Rings(self.table, self.customers.table, self.tenant.id)
        self.wires = replace(self.wires, groups=AtDesks(Desks(self.rings)))
        self._ingest = replace(self._ingest, listeners=(Closer(self.rings),))
        self.accepting = Accepting(
            kept=self.rings,
            floor=_LastHeard(self.floor),
            line=Line(connect_client(self), self.instance.id),
            trail=Trail(tenant=self.tenant.id, kept=Log(self.table, "audit"), now=lambda: self.world.now),
            now=lambda: self.world.now,
        )

    def sees(self, *agents: str) -> list[int]:
        """Return how many calls each of the agents is offered at the desk now."""
        return [len(self.accepting.offers(agent)) for agent in agents]

    def accepts(self, agent: str) -> Offer:
        """Let the agent accept what the desk shows."""
        (offer,) = self.accepting.offers(agent)
        return self.takes(agent, offer.ring.contact_id)

    def takes(self, agent: str, contact_id: str) -> Offer:
        """Let the agent ask for a contact, shown or not."""
        return self.accepting.accept(contact_id, Actor(user=agent, roles=("agent",)))
