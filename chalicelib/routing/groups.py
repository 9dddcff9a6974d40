"""A group of agents that is offered a contact at its desks, all at once (ACD-04). Other tenants do not load it."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from chalicelib.platform import observability
from chalicelib.platform.errors import ProductError
from chalicelib.routing.models import ContactFacts, Decision, Target, TargetKind

_log = logging.getLogger(__name__)


class Desks(Protocol):
    """Port: the desks of the tenant's agents; see `offers.service.Desks`."""

    def ring(
        self, contact_id: str, line: str, queue: str, agents: dict[str, str], *, at: datetime, ring_s: int
    ) -> None:
        """Offer a contact to all of `agents` (Amazon Connect's id by username) at once, for `ring_s` seconds."""


@dataclass(frozen=True, slots=True)
class AtDesks:
    """Offers contacts at the desks of one tenant's groups; see `service.Groups`."""

    desks: Desks

    def offered(self, decision: Decision, contact: ContactFacts) -> Decision:
        """Return the decision with its group at its desks, which have been told; else as it is: their telephones ring.

        A contact in a queue flow goes on as another contact, whose id nobody knows yet. Desks that cannot be told cost
        the caller nothing: the metric DesksMissed counts them.
        """
        group = next((one for one in decision.targets if one.kind is TargetKind.GROUP), None)
        if group is None or not _may_be(group, contact):
            return decision
        agents = dict(zip(group.usernames, group.agents, strict=True))
        queue = group.queue or group.id
        try:
            self.desks.ring(contact.id, decision.line, queue, agents, at=decision.at, ring_s=group.timeout_s)
        except ProductError as error:
            observability.measure("DesksMissed")
            _log.warning("desks missed", extra={"code": error.code, "reason": error.detail})
            return decision
        at_desks = replace(group, at_desks=True)
        return replace(decision, targets=tuple(at_desks if one is group else one for one in decision.targets))


def _may_be(group: Target, contact: ContactFacts) -> bool:
    return group.desks and bool(contact.id) and contact.channel == "VOICE" and not contact.in_queue_flow
