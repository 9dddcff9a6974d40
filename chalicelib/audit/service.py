"""Audit: what it does. Write an entry with the change it tells of, and find entries again. The only door for others.

A change that must not be without its entry hands its transaction to `commit`:

    write = dynamo.Transaction(client)
    write.add("strategy", {"Put": ...}, on_fail=Outdated)
    audit.trail().commit(write, actor, Act(action="routing.strategy.change", resource="queue/english", after=...))
"""

import functools
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from chalicelib.audit import policy
from chalicelib.audit.models import Act, Actor, Entry, Page, Search, Verdict
from chalicelib.audit.store import Log, Lost, position
from chalicelib.organisation.service import Sight, sees_node
from chalicelib.platform import aws, clock, settings
from chalicelib.platform.dynamo import Contended, Transaction
from chalicelib.platform.errors import NotFound
from chalicelib.platform.pages import Shown, narrowed
from chalicelib.platform.tenancy import TenantId
from chalicelib.tenancy import service as tenancy

__all__ = ["Act", "Actor", "Entry", "Trail", "trail"]

TRIES: Final = 5
"""Writes of one act. Each lost one means that the same person did something else at the same moment."""
PAUSE_S: Final = 0.02


_BEYOND: Final = "~#999999999"
"""Sorts behind every actor and number: the trail is read from the newest entry."""


class Kept(Protocol):
    """Port: the trail that is kept; see `store.Log`."""

    def begin(self) -> Transaction:
        """Return a transaction that changes nothing yet."""

    def newest(self, tenant: TenantId, actor: str) -> Entry | None:
        """Return the newest entry of an actor."""

    def chain(self, tenant: TenantId, actor: str) -> Iterator[Entry]:
        """Yield every entry of an actor, oldest first."""

    def commit(self, tenant: TenantId, write: Transaction, entry: Entry) -> None:
        """Write the steps and the entry, or raise Lost."""

    def search(self, tenant: TenantId, search: Search, *, after: str | None, limit: int) -> Page:
        """Return a page, newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """The audit trail of one tenant."""

    tenant: TenantId
    kept: Kept
    now: Callable[[], datetime]
    pause: Callable[[float], None] = time.sleep

    def commit(self, write: Transaction, by: Actor, act: Act) -> Entry:
        """Write the steps of `write` and the entry of `act` in one transaction: neither is there without the other.

        `write` carries no token of its own: its conditions must make a repeat harmless.

        Raises:
            Lost, Contended: the same person, or somebody who writes the same items, acted at every try.
            ProductError: what a failed step of `write` asks for, or the store could not answer. Nothing was written.

        """
        for attempt in range(TRIES):
            last = self.kept.newest(self.tenant, by.user)
            entry = policy.entry(self.tenant, by, act, self.now(), last)
            try:
                self.kept.commit(self.tenant, write, entry)
            except Contended:
                if attempt == TRIES - 1:
                    raise
                self.pause(PAUSE_S * (attempt + 1))
                continue
            return entry
        raise Lost("the same person acted at every try")

    def note(self, by: Actor, act: Act) -> Entry:
        """Write the entry of an act that changes nothing: data that was shown, or a request that was refused.

        Raises:
            Lost, Contended, StoreUnavailable, Throttled: it could not be written; whatever it is about must not happen.

        """
        return self.commit(self.kept.begin(), by, act)

    def search(self, search: Search, *, after: str | None, limit: int, seen: Sight | None = None) -> Page:
        """Return a page of entries, newest first: those of whoever acted within `seen` of the organisation.

        Where more is asked for than one partition holds, entries are read on past the others, as `pages.narrowed` says.

        Raises:
            InvalidInput: `after` is no position of this trail.
            StoreUnavailable, Throttled: the store could not answer.

        """
        if seen is None and policy.one_partition(search):
            return self.kept.search(self.tenant, search, after=after, limit=limit)

        def read(after: str | None, limit: int) -> tuple[tuple[Entry, ...], str | None]:
            page = self.kept.search(self.tenant, search, after=after, limit=limit)
            return page.entries, page.after

        def sees(entry: Entry) -> bool:
            return policy.matches(entry, search) and sees_node(seen, entry.node or None)

        shown = Shown(sees=sees, place=position, beyond=_BEYOND)
        found = narrowed(shown, read, after=after, limit=limit)
        return Page(entries=found.rows, after=found.after)

    def verify(self, actor: str, seen: Sight | None = None) -> Verdict:
        """Return whether every entry of `actor` still is what was written.

        Raises:
            NotFound: the actor has entries out of sight, or none in sight: how many there are is told to nobody else.
            StoreUnavailable, Throttled: the store could not answer.

        """
        chain = list(self.kept.chain(self.tenant, actor)) if seen else self.kept.chain(self.tenant, actor)
        if isinstance(chain, list) and not (chain and all(sees_node(seen, entry.node or None) for entry in chain)):
            raise NotFound("no such actor")
        return policy.verdict(chain)


@functools.cache
def trail() -> Trail:
    """Return the trail of this process's tenant; a missing setting fails here, by name."""
    table = settings.required(os.environ, "TRUNKLINE_AUDIT_TABLE")
    log = Log(aws.client("dynamodb", aws.A_PERSON_WAITS), table)
    return Trail(tenant=tenancy.current().id, kept=log, now=clock.from_environment())
