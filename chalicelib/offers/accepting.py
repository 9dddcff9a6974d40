"""The desk's side of offers: what an agent is offered now, and the first acceptance of all (ACD-04)."""

import functools
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from chalicelib.agents.service import Agents, AgentState
from chalicelib.audit import service as audit
from chalicelib.audit.models import Act, Actor, Noting
from chalicelib.offers import policy, service
from chalicelib.offers.connect import Line
from chalicelib.offers.models import NotIdle, Offer, Ring, State, Withdrawn
from chalicelib.offers.store import Rings
from chalicelib.platform import aws, clock, settings
from chalicelib.platform.dynamo import Contended
from chalicelib.platform.errors import NotFound
from chalicelib.tenancy import service as tenancy

ACTION: Final = "offers.accept"


class Kept(service.Kept, Protocol):
    """Port: see `store.Rings`."""

    def in_time(self, now: datetime) -> Iterable[Ring]:
        """Return the open rings whose time is not over."""


class Floor(Protocol):
    """Port: see `agents.store.Agents`."""

    def find(self, agent_id: str) -> AgentState | None:
        """Return an agent as last heard of."""


class Giver(Protocol):
    """Port: see `connect.Line`."""

    def give(self, contact_id: str, agent_id: str) -> bool:
        """Have a waiting contact rung at one agent's telephone alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepting:
    """Lets agents of one tenant see and accept what they are offered."""

    kept: Kept
    floor: Floor
    line: Giver
    trail: Noting
    now: Callable[[], datetime]

    def offers(self, agent: str) -> tuple[Offer, ...]:
        """Return what `agent` could accept now, what ends first in front; nothing while the agent is not idle.

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        now = self.now()
        listed = (ring for ring in self.kept.in_time(now) if agent in ring.agents)
        mine = [ring for ring in listed if policy.state(ring, agent, now) is State.OPEN]
        if not mine or not policy.is_idle(self.floor.find(mine[0].agents[agent]), now):
            return ()
        return tuple(Offer(ring=ring, state=State.OPEN) for ring in mine)

    def accept(self, contact_id: str, by: Actor) -> Offer:
        """Give the contact to the agent `by`, who is the first to ask for it; asked again, it is the same acceptance.

        The conditional write that names the winner comes first, and withdraws every other offer. Then Amazon Connect
        is told. If it was not reached, the winner may accept again; else the contact goes to its queue by itself.

        Raises:
            NotFound: no such contact was offered to the agent.
            Withdrawn, Lapsed: another agent was first, the caller is gone, or it is too late.
            NotIdle: the agent could not be given a call now.
            Contended, Throttled, StoreUnavailable: nothing was decided, or the winner has still to be given the call.

        """
        ring = self._won(contact_id, by.user)
        if not ring.placed:
            ring = self._placed(ring, by)
        return Offer(ring=ring, state=State.ACCEPTED)

    def _won(self, contact_id: str, agent: str) -> Ring:
        for _ in range(service.TRIES):
            known = self.kept.find(contact_id)
            if known is None:
                raise NotFound("no such offer", contact_id=contact_id)
            new = policy.accepted(known, agent, self.now())
            if new == known:
                return known
            if not policy.is_idle(self.floor.find(known.agents[agent]), self.now()):
                raise NotIdle("an agent who is not idle cannot be given a call", agent=agent)
            new = replace(new, revision=known.revision + 1)
            if self.kept.save(new, known.revision):
                return new
        raise Contended("the offer kept changing under the write")

    def _placed(self, ring: Ring, by: Actor) -> Ring:
        if not self.line.give(ring.contact_id, ring.agents[by.user]):
            raise Withdrawn("the caller is gone", reason="gone")
        self.trail.note(by, Act(action=ACTION, resource=f"offers/{ring.contact_id}", facts={"queue": ring.queue}))
        placed = replace(ring, placed=True, revision=ring.revision + 1)
        self.kept.save(placed, ring.revision)
        return placed


@functools.cache
def wired() -> Accepting:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    configured = settings.StoreSettings.load(os.environ)
    instance_id = settings.instance_id(os.environ)
    tenant = tenancy.current()
    client = aws.client("dynamodb", aws.A_PERSON_WAITS)
    return Accepting(
        kept=Rings(client, configured.table, tenant.id),
        floor=Agents(client, configured.table, tenant.id, tenant.contacts_days),
        line=Line(aws.client("connect", aws.A_PERSON_WAITS), instance_id),
        trail=audit.trail(),
        now=clock.from_environment(),
    )
