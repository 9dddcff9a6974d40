"""Traces: what is done with them. Follow a chain from any of its contacts, live and afterwards (RTM-02)."""

import functools
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from chalicelib.agents.service import Agents, House
from chalicelib.contacts import service as contacts
from chalicelib.contacts.models import Contact, Recording
from chalicelib.organisation.service import Sight, sees_contact
from chalicelib.platform import aws, settings
from chalicelib.platform.errors import NotFound
from chalicelib.tenancy import service as tenancy
from chalicelib.traces import connect, policy
from chalicelib.traces.models import Leg, Trace

MOST: Final = 24
"""Contacts of a chain that are read: more than Amazon Connect lets a chain have."""


class Contacts(Protocol):
    """Port: see `contacts.service.Finder`."""

    def contact(self, contact_id: str, seen: Sight | None = None) -> tuple[Contact, tuple[Recording, ...]]:
        """Return a contact and what was recorded of it, or raise NotFound."""


class Floor(Protocol):
    """Port: see `agents.store.Agents`."""

    def house(self, *, consistent: bool = False) -> House:
        """Return all agents."""


class Living(Protocol):
    """Port: see `connect.Living`."""

    def legs(self, contact_id: str, kept: Collection[str], agents: Mapping[str, str]) -> Iterable[Leg]:
        """Yield the legs of a chain that are not kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """The courses of one tenant's contacts."""

    contacts: Contacts
    floor: Floor
    living: Living

    def follow(self, contact_id: str, *, own: str | None, sight: Sight | None) -> Trace:
        """Return the course of the chain that `contact_id` belongs to, as of now.

        What is kept comes from the records; only of a chain that is not complete Amazon Connect is asked for the rest.
        `own`: only a chain in which this agent took part; `sight`: only one of which some leg is in sight.

        Raises:
            NotFound: there is no such contact, or none that may be seen.
            Throttled, StoreUnavailable: the store or Amazon Connect did not answer.

        """
        legs = self._kept(contact_id)
        if not legs or not policy.is_complete(legs):
            agents = {agent.id: agent.name for agent in self.floor.house().agents}
            legs += self.living.legs(contact_id, {leg.contact_id for leg in legs}, agents)
        if not any(_sees(leg, own, sight) for leg in legs):
            raise NotFound("no such contact")
        return policy.trace(legs)

    def _kept(self, contact_id: str) -> list[Leg]:
        """Return the legs whose records are here, from any of them to both ends of the chain."""
        found: dict[str, Leg] = {}
        wanted = [contact_id]
        while wanted and len(found) < MOST:
            one = wanted.pop()
            if one in found:
                continue
            try:
                contact, _ = self.contacts.contact(one)
            except NotFound:
                continue  # its record is still to come, or retention has ended it
            found[one] = policy.leg_of(contact)
            wanted += [other for other in (contact.initial_id, contact.previous_id, contact.next_id) if other]
        return list(found.values())


def _sees(leg: Leg, own: str | None, sight: Sight | None) -> bool:
    return own in {None, leg.agent} and sees_contact(sight, leg.queue, leg.number, leg.agent)


@functools.cache
def wired() -> Traces:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    table = settings.StoreSettings.load(os.environ).table
    instance_id = settings.instance_id(os.environ)
    queues = settings.text_map(os.environ, "TRUNKLINE_QUEUES")
    tenant = tenancy.current()
    client = aws.client("dynamodb", aws.A_PERSON_WAITS)
    names = {connect_id: name for name, connect_id in queues.items()}
    return Traces(
        contacts=contacts.finder(),
        floor=Agents(client, table, tenant.id, tenant.contacts_days),
        living=connect.Living(aws.client("connect", aws.A_PERSON_WAITS), instance_id, names),
    )
