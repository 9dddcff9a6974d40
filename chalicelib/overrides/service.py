"""Overrides: what they do. Change them with an audit entry, and tell decisions what is in force now."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol

from chalicelib.audit.models import Act, Actor, Trail
from chalicelib.overrides import policy
from chalicelib.overrides.models import NONE, Edit, InForce, Outdated, Overrides
from chalicelib.overrides.store import Store, document, key
from chalicelib.platform import observability, settings
from chalicelib.platform.kept_read import KeptRead, Reading
from chalicelib.tenancy.models import Tenant

__all__ = ["InForce", "Live", "Overrides", "Overriding", "Store", "Told", "following", "kept_s", "key", "live"]

WAIT_S: Final = 0.3
"""How long a decision waits for the overrides, at the same time as for the caller."""
KEPT_S: Final = 2.0
"""How long one reading serves the decisions of a process, and how long a change waits before it is answered."""

type Told = tuple[float, Overrides]
"""When a consistent reading began, by a monotonic clock in seconds, and what it found."""


def kept_s(environment: Mapping[str, str]) -> float:
    """Return how long a reading serves: the same for who reads and who changes, `TRUNKLINE_OVERRIDES_KEPT_S`."""
    return settings.seconds(environment, "TRUNKLINE_OVERRIDES_KEPT_S", KEPT_S)


class Kept(Protocol):
    """Port: the overrides that are kept; see `store.Store`."""

    def read(self) -> Overrides:
        """Return the overrides as of now."""

    def write(self, new: Overrides, trail: Trail, by: Actor, act: Act) -> None:
        """Write `new` over the version before it, or raise Outdated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overriding:
    """The overrides of one tenant, for those who may see and change them.

    `settle` lets the time pass for which a process may decide by what it read before (`KEPT_S`).
    """

    tenant: Tenant
    kept: Kept
    trail: Trail
    now: Callable[[], datetime]
    settle: Callable[[], object]

    def current(self) -> Overrides:
        """Return the overrides as of now.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        return self.kept.read()

    def change(self, edit: Edit, *, seen: int, by: Actor, act: Act) -> Overrides:
        """Return the overrides after `edit`, which was made looking at the version `seen`.

        When it returns, no process decides by what was before: whatever is routed from now on follows it (ACD-02).
        An edit that changes nothing writes nothing, whichever version it saw: the same request again is harmless, and
        waits too, because the answer to the first one may have been lost.
        `act` says action and resource; what was before and after is added here.

        Raises:
            NoSuchPart, NotPossible: the contract does not allow it.
            Outdated: somebody changed them meanwhile; `version` is the present one.
            ProductError: the store could not answer.

        """
        present = self.current()
        wanted = policy.edited(present, edit, self.tenant)
        if wanted == present:
            self.settle()
            return present
        if present.version != seen:
            raise Outdated("somebody changed the overrides meanwhile", version=present.version, seen=seen)
        at = self.now().replace(microsecond=0)
        new = replace(wanted, version=present.version + 1, at=at, actor=by.user)
        told = replace(act, before=document(present), after=document(new))
        self.kept.write(new, self.trail, by, told)
        self.settle()
        return new


class Live:
    """What is in force now, read beside the other reads of a decision.

    A reading serves for `keep_s` from its beginning, and whoever changes something is answered after that time, so a
    change holds from the next contact after the answer. Where a reading fails or is late, the newest one of this
    process counts, without one the contract alone, and the version is None.
    """

    def __init__(
        self,
        tenant: Tenant,
        reading: Reading[Told],
        keep_s: float,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._contract = tenant
        self._clock_s = clock_s
        self._keep_s = keep_s
        self._reading = reading
        self._asked_s = 0.0
        self._made: tuple[int, Tenant] = (NONE.version, tenant)

    def ask(self, within_s: float) -> None:
        """Begin to read when what is known is too old, without waiting."""
        self._asked_s = self._clock_s()
        self._reading.ask(min(within_s, WAIT_S))

    def look(self) -> Tenant:
        """Return the tenant as it is in force; the metric says when that is not known for sure."""
        found = self.in_force()
        observability.measure("OverridesUnknown", float(found.version is None))
        return found.tenant

    def in_force(self) -> InForce:
        """Return the same with its version."""
        found = self._reading.latest()
        if found is None:
            return InForce(tenant=self._contract, version=None)
        began_s, overrides = found
        if overrides.version != self._made[0]:
            self._made = (overrides.version, policy.in_force(self._contract, overrides))
        is_new = began_s >= self._asked_s - self._keep_s
        return InForce(tenant=self._made[1], version=overrides.version if is_new else None)


def following(
    tenant: Tenant, read: Callable[[], Overrides], keep_s: float, clock_s: Callable[[], float] = time.monotonic
) -> Live:
    """Return what is in force by `read`, which nobody else shares."""
    return Live(tenant, KeptRead(lambda: (clock_s(), read()), keep_s, clock_s), keep_s, clock_s)


def live(client: Any, table: str, tenant: Tenant, keep_s: float) -> Live:
    """Return what is in force by the tenant's table; `client` has the patience of a waiting caller."""
    return following(tenant, Store(client, table, tenant.id).read, keep_s)
