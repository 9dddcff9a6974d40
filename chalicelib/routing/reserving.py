"""The agent at whom a contact is aimed is kept from other contacts for a moment (docs/adr/0025).

Between a decision and the moment at which its offer is heard of lie seconds, in which every other decision would find
the same agent idle. Tenants whose contacts are aimed at no single agent do not load this.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from chalicelib.platform import aws, observability
from chalicelib.platform.budget import Deadline
from chalicelib.platform.errors import ProductError
from chalicelib.routing.floor import Floor
from chalicelib.routing.models import ContactFacts, Decision, Passed, Reason, Reservation, Target, TargetKind, Why
from chalicelib.routing.store import Reservations
from chalicelib.tenancy.models import Tenant

TRIES: Final = 8
"""Agents that one decision tries to reserve: so many contacts may be decided at once, each in a process of its own."""
SHORTEST_S: Final = 10
"""A reservation lasts as long as its agent is rung, but this at least: the caller hears a prompt before the offer."""
LONGEST_S: Final = 30
"""And this at most: an offer rings 20 s, and is heard of long before."""
PATIENCE: Final = aws.Patience(connect_timeout_s=0.1, read_timeout_s=0.2, attempts=1)
"""One slow write is all that a caller waits for; then the decision stands without a reservation."""
_ONE_TRY_S: Final = PATIENCE.connect_timeout_s + PATIENCE.read_timeout_s
_AIMED: Final = frozenset({Reason.STRATEGY, Reason.LAST_AGENT})
"""Agents who are asked because they are free. An account manager is waited for, so nobody keeps him."""

_log = logging.getLogger(__name__)

type Decide = Callable[[Floor], Decision]


class Kept(Protocol):
    """Port: see `store.Reservations`."""

    def put(self, wanted: Reservation, asked_at: datetime | None) -> Reservation | None:
        """Keep `wanted`, or return another contact's reservation that stands in the way."""


def aim(decision: Decision) -> Target | None:
    """Return the free agent whom the contact asks first and alone; None when it asks nobody, a group, or any agent."""
    first = decision.targets[0]
    return first if first.kind is TargetKind.AGENT and first.reason in _AIMED else None


def stands(known: Reservation, contact_id: str, asked_at: datetime | None, now: datetime) -> bool:
    """Return whether `known` keeps its agent from the contact `contact_id` at `now`.

    It does until its end, and not when the agent was offered something or became idle since (`asked_at`): then it has
    done its work, or something else came between.
    """
    asked_since = asked_at is not None and known.at < asked_at
    return known.contact_id != contact_id and now <= known.until and not asked_since


def wish(decision: Decision, target: Target, contact_id: str) -> Reservation:
    """Return the reservation that the decision asks for."""
    lasts_s = min(max(target.timeout_s, SHORTEST_S), LONGEST_S)
    until = decision.at + timedelta(seconds=lasts_s)
    return Reservation(agent_id=target.agents[0], contact_id=contact_id, at=decision.at, until=until)


@dataclass(frozen=True, slots=True)
class Reserving:
    """Reserves the first agent of decisions of one tenant; see `service.Aims`.

    What this process has seen of reservations is remembered as long as they stand, so that contacts in a row do not
    each try the same agents. One decision uses it at a time.
    """

    kept: Kept
    _seen: dict[str, Reservation] = field(default_factory=dict)

    def aimed(self, decide: Decide, floor: Floor, contact: ContactFacts, *, within_s: float) -> Decision:
        """Return what `decide` makes of the floor without agents who are reserved for others, its first one reserved.

        A decision that is aimed at no single agent costs nothing. A store that is slow or refuses, and agents who are
        lost one after the other, cost the caller nothing but the reservation: the decision says `not-reserved`, and
        the metric AimsMissed counts it.
        """
        deadline, decision = Deadline.after(within_s), decide(floor)
        target = aim(decision) if contact.id else None
        reserved = self._standing(floor, contact.id, decision.at) if target else frozenset[str]()
        if target is not None and target.agents[0] in reserved:
            decision = decide(replace(floor, reserved=reserved))
            target = aim(decision)
        for _ in range(TRIES):
            if target is None:
                return decision
            if deadline.left_s() < _ONE_TRY_S:
                break
            try:
                lost = not self._put(wish(decision, target, contact.id), floor)
            except ProductError as error:
                _log.warning("agent not reserved", extra={"code": error.code, "reason": error.detail})
                break
            if not lost:
                return decision
            reserved |= {target.agents[0]}
            decision = decide(replace(floor, reserved=reserved))
            target = aim(decision)
        return decision if target is None else _unreserved(decision, target)

    def _put(self, wanted: Reservation, floor: Floor) -> bool:
        """Return whether the agent is reserved as wanted, not for another contact."""
        agent = next(one for one in floor.agents if one.id == wanted.agent_id)
        other = self.kept.put(wanted, agent.asked_at)
        self._seen[agent.id] = other or wanted
        return other is None

    def _standing(self, floor: Floor, contact_id: str, now: datetime) -> frozenset[str]:
        """Return the agents whom other contacts have, as far as this process knows; forget what is over."""
        for agent_id in [agent_id for agent_id, known in self._seen.items() if known.until < now]:
            del self._seen[agent_id]
        seen = [one for one in floor.agents if one.id in self._seen] if self._seen else []
        return frozenset(one.id for one in seen if stands(self._seen[one.id], contact_id, one.asked_at, now))


def _unreserved(decision: Decision, target: Target) -> Decision:
    observability.measure("AimsMissed")
    missed = Passed(what=f"reservation of agent {target.id}", why=Why.NOT_RESERVED)
    return replace(decision, record=replace(decision.record, passed=(*decision.record.passed, missed)))


def of_table(table: str, tenant: Tenant) -> Reserving:
    """Return what reserves agents in the tenant's table, by a client of its own that waits for no slow answer."""
    return Reserving(Reservations(aws.client("dynamodb", PATIENCE), table, tenant.id))
