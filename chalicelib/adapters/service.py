"""Adapters: what is done with them. Look a customer up within a budget, and keep two systems in step (INT-02)."""

import functools
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from chalicelib.adapters import policy
from chalicelib.adapters.comparing import Comparing
from chalicelib.adapters.models import (
    AdapterTerms,
    Decision,
    Found,
    Mark,
    Page,
    Port,
    Refused,
    Round,
    Source,
    Undecided,
    Unreachable,
)
from chalicelib.adapters.store import Links, Trail, standing
from chalicelib.audit.models import Act, Actor
from chalicelib.customers.models import CUSTOMER_ID
from chalicelib.customers.registry import Registry
from chalicelib.organisation.service import Sight
from chalicelib.platform import dynamo
from chalicelib.platform.errors import Conflict, ProductError, StoreUnavailable, Throttled, Unprocessable
from chalicelib.tenancy.models import Tenant

READ_AT_ONCE: Final = 50
ROUND_S: Final = 10.0
"""Of one round that a person or the clock asks for: the API's function has fifteen seconds."""
BATCHES: Final = 20
"""Times that a round looks for who is to be compared, as long as there is time."""
FEEDS: Final = 20
"""Pages of the other system's feed that one round reads at most; they have half of its time."""
WORN_OUT: Final = (Refused, Undecided, Unprocessable)
"""Failures that another try does not mend: the customer is on the error list at once."""


COUNTS: Final = ("pulled", "settled", "deferred", "failed", "delivered")


def probes(
    client: dynamo.QueryClient, table: str, tenant: Tenant, now: Callable[[], datetime]
) -> dict[str, Callable[[], str]]:
    """Return what tells of each other system of the contract, by id, what is wrong as the rounds left it (REL-09).

    Nobody is asked for it: the clock's rounds ask every five minutes, and note who answers.
    """

    def probe(adapter: str) -> str:
        return policy.problem(standing(client, table, tenant.id, adapter), now())

    return {one.id: functools.partial(probe, one.id) for one in policy.terms(tenant)}


@dataclass(slots=True)
class Tally:
    """What a round has done so far."""

    done: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))

    def count(self, what: str, by: int = 1) -> None:
        """Add to one of them."""
        self.done[what] += by

    def round(self, *, paused: bool) -> Round:
        """Return all."""
        return Round(**self.done, paused=paused)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """One other system of one tenant."""

    terms: AdapterTerms
    port: Port
    links: Links
    registry: Registry
    trail: Trail
    now: Callable[[], datetime]

    @property
    def comparing(self) -> Comparing:
        """What compares a customer of both."""
        return Comparing(terms=self.terms, port=self.port, links=self.links, registry=self.registry)

    def look_up(self, phone: str, seen: Sight | None = None) -> Found:
        """Return the customers of a number as the other system keeps them, or as we do when it does not answer in time.

        Raises:
            StoreUnavailable, Throttled: our own store could not answer.

        """
        state, now = self.links.state(), self.now()
        if policy.is_open(state, now):
            return self._own(phone, seen, "it is left alone after many failures")
        try:
            documents = self.port.look_up(phone)
        except (Unreachable, Refused) as silence:
            self._stand(answered=not isinstance(silence, Unreachable))
            return self._own(phone, seen, silence.detail)
        self._stand(answered=True)
        return Found(source=Source.THEIRS, customers=tuple((one.id, one.facts) for one in documents))

    def round(self, left_s: Callable[[], float], by: Actor) -> Round:
        """Take in what changed there, and compare everybody who is due while there is time; return what was done.

        Nothing is lost when it ends early or fails: the place in the feed moves on after its changes are marked, and a
        mark is taken away after both systems have the same.

        Raises:
            Conflict: another round runs at this moment.
            StoreUnavailable, Throttled: our own store could not answer.

        """
        self.trail.note(by, Act(action="adapters.run", resource=f"adapters/{self.terms.id}"))
        tally = Tally()
        if not policy.is_open(self.links.state(), self.now()) and self._pull(tally, left_s):
            self._compare_all(tally, left_s)
            self._deliver(tally)
        return tally.round(paused=policy.is_open(self.links.state(), self.now()))

    @property
    def longest_s(self) -> float:
        """What comparing one customer takes at most: two calls there, and our own reads and writes."""
        return 2 * self.terms.timeout_ms / 1000 + 1

    def failed(self, *, after: str | None, limit: int) -> Page:
        """Return a page of the error list; raises as `Links.failed`."""
        return self.links.failed(after=after, limit=limit)

    def decide(self, customer_id: str, decision: Decision, by: Actor) -> None:
        """Try a customer of the error list again, or leave him as he is until one of both changes him; see `Links`."""
        due = self.now() if decision is Decision.RETRY else None
        act = Act(
            action="adapters.decide",
            resource=f"adapters/{self.terms.id}/{customer_id}",
            after={"decision": decision.value},
        )
        self.links.decide(customer_id, due, self.trail, by, act)

    def _compare_all(self, tally: Tally, left_s: Callable[[], float]) -> None:
        """Compare everybody who is due, while there is time and the other system is worth asking."""
        for _ in range(BATCHES):
            due = self.links.waiting(self.now(), READ_AT_ONCE)
            for mark in due:
                if left_s() < self.longest_s or not self._work_off(mark, tally):
                    return
            if not due:
                return

    def _deliver(self, tally: Tally) -> None:
        try:
            tally.count("delivered", self.port.deliver())
        except Unreachable:
            self._stand(answered=False)

    def _pull(self, tally: Tally, left_s: Callable[[], float]) -> bool:
        """Mark what changed there; return whether the other system answered."""
        enough_s = max(self.longest_s, left_s() / 2)
        for _ in range(FEEDS):
            state = self.links.state()
            if left_s() < enough_s:
                return True
            try:
                changes = self.port.changes(state.cursor)
            except (Unreachable, Refused):
                self._stand(answered=False)
                return False
            for id_, version in changes.changed:
                # An id that cannot be one of ours is marked too, so that it comes to the error list.
                known = id_ if CUSTOMER_ID.fullmatch(id_) else urllib.parse.quote(id_, safe="") + "%"
                self.links.mark(known, f"theirs {version}", self.now())
            for flaw in changes.flaws:
                self.links.flaw(flaw, self.now())
            tally.count("pulled", len(changes.changed))
            tally.count("failed", len(changes.flaws))
            self.links.stand(replace(policy.after_call(state, self.now(), answered=True), cursor=changes.cursor))
            if changes.cursor == state.cursor:
                return True
        return True

    def _work_off(self, mark: Mark, tally: Tally) -> bool:
        """Compare one customer, and keep what came of it; return whether the other system is worth asking on."""
        try:
            self.comparing.compare(mark.customer_id)
        except Unreachable as silence:
            self._stand(answered=False)
            self._defer(mark, silence, tally)
            return not policy.is_open(self.links.state(), self.now())
        except WORN_OUT as refusal:
            self.links.defer(mark, refusal.code, refusal.detail, None, self.now())
            tally.count("failed")
        except (Conflict, StoreUnavailable, Throttled) as trouble:
            self._defer(mark, trouble, tally)
        else:
            self.links.settle(mark)
            tally.count("settled")
        return True

    def _defer(self, mark: Mark, trouble: ProductError, tally: Tally) -> None:
        due = policy.next_try(mark, self.now())
        self.links.defer(mark, trouble.code, trouble.detail, due, self.now())
        tally.count("deferred" if due else "failed")

    def _own(self, phone: str, seen: Sight | None, reason: str) -> Found:
        search = self.registry.of_number(phone, seen)
        known = tuple((one.record.id, policy.shared(one.shown, self.terms.fields)) for one in search)
        return Found(source=Source.OURS, customers=known, reason=reason)

    def _stand(self, *, answered: bool) -> None:
        """Keep whether the other system answered; who writes at the same time has seen the same silence."""
        state = self.links.state()
        after = policy.after_call(state, self.now(), answered=answered)
        if after != state:
            try:
                self.links.stand(after)
            except Conflict:
                return
